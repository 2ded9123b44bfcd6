// What this folder takes from its host, which may be Node, a browser or a worker: declared here, so that neither
// Node's nor the DOM's types are needed and nothing else of them can slip in.
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
}
declare function btoa(binary: string): string;
