/** What a view needs of its model: a few calls, so that it runs in JupyterLab and on a bare page of a test alike. */
import type { Reply, Request } from "../protocol.js";

/** @template Sent what the view asks its kernel half for; @template Got what that answers */
export interface ModelHandle<State, Sent = Request, Got = Reply> {
  get<Name extends keyof State>(name: Name): State[Name];
  /** Changes the state in the page only. */
  note(changes: Partial<State>): void;
  /** Changes the state and tells the kernel, once. */
  save(changes: Partial<State>): void;
  send(request: Sent, buffers?: readonly Uint8Array<ArrayBuffer>[]): void;
  /** @returns a function that ends the listening */
  onMessage(listener: (reply: Got, buffers: readonly DataView[]) => void): () => void;
  /** Called with the names of what changed. @returns a function that ends the listening */
  onChange(listener: (names: readonly string[]) => void): () => void;
  /** Identifies the kernel: two notebooks in one page must not share a scene. */
  readonly owner: object;
}

/** The handle as those parts take it that all views have: they leave replies alone that only one kind of view knows. */
export const commonHandle = <State, Sent, Got>(handle: ModelHandle<State, Sent, Got>): ModelHandle<State> =>
  handle as unknown as ModelHandle<State>;

/** A mounted view. */
export interface Mounted {
  /** Called when the element has become visible or has another size. */
  resized(): void;
  dispose(): void;
}
