/** A page that a test plays: what the kernel's half of the widgets sends to it, and what it says to them. */

import type { Comm, CommExtras, CommMessage, Json, KernelApi, MimeBundle, OpenExtras } from "#kernel/comm.js";
import { capture } from "#kernel/session/capture.js";
import { mimeBundle } from "#kernel/session/display.js";
import { contexts, type OutputContext } from "#kernel/session/output.js";

export interface Sent {
  readonly data: Record<string, Json>;
  readonly metadata: Record<string, Json>;
  readonly buffers: Uint8Array[];
}

export interface Opened {
  readonly id: string;
  readonly target: string;
  readonly state: Record<string, Json>;
  readonly extras: OpenExtras;
  readonly paths: Json;
  readonly buffers: Uint8Array[];
  /** All that the kernel has sent since it was opened. */
  readonly sent: Sent[];
  closed: boolean;
  /** Says something to the kernel. */
  say(data: Record<string, Json>, buffers?: Uint8Array[]): void;
  /** Closes the comm from the page's side. */
  close(): void;
}

const symbol = Symbol.for("voxbook.kernel");

const copied = (buffers: CommExtras["buffers"] = []): Uint8Array[] =>
  buffers.map((buffer) =>
    ArrayBuffer.isView(buffer)
      ? Uint8Array.from(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength))
      : new Uint8Array(buffer.slice(0)),
  );

export class FakePage {
  readonly opened: Opened[] = [];
  /** What was displayed outside of any cell. */
  readonly shown: { bundle: MimeBundle; displayId: string | undefined; update: boolean }[] = [];
  readonly errors: unknown[] = [];
  readonly interrupts: (() => void)[] = [];
  /** Sees each message of the kernel, in order: `comm_open`, `comm_msg`, `comm_close`. */
  onSent: ((kind: string, id: string, sent: Sent) => void) | undefined;
  readonly #targets = new Map<string, (comm: Comm, message: CommMessage) => void>();

  readonly kernel: KernelApi = {
    interactive: true,
    comms: {
      open: (target, data, extras = {}) => this.#comm(extras.id ?? "unnamed", target, data, extras).comm,
      onOpen: (target, handler) => void this.#targets.set(target, handler),
    },
    display: (bundle, { displayId, update = false } = {}) => {
      const transient = displayId === undefined ? {} : { transient: { display_id: displayId } };
      const output_type = update ? "update_display_data" : "display_data";
      this.#send({ output_type, data: bundle, metadata: {}, ...transient }, () =>
        this.shown.push({ bundle, displayId, update }),
      );
    },
    clearOutput: () => {},
    capture: (sink, run) => capture(this.#session, sink, run),
    showError: (error) => {
      const { name = "Error", message = String(error) } = error as Partial<Error>;
      this.#send({ output_type: "error", ename: name, evalue: message, traceback: [] }, () => this.errors.push(error));
    },
    onInterrupt: (handler) => void this.interrupts.push(handler),
    cell: 1,
  };

  /** As in the kernel: output goes to the context in which the code runs; outside of any, a test sees it here. */
  #send(output: Parameters<OutputContext["send"]>[0], otherwise: () => void): void {
    const context = contexts.getStore();
    if (context === undefined) otherwise();
    else context.send(output);
  }

  readonly #session = {
    display: async (value: unknown) => this.kernel.display(await mimeBundle(value)),
    uncaught: (error: unknown) => this.kernel.showError(error),
  };

  /**
   * Makes this page the one that widgets of this process talk to; `interactive: false`: there is a kernel, but no page.
   * @param stateFolder keeps what is done in it
   */
  attach(interactive = true, stateFolder?: string): this {
    const others = { interactive, ...(stateFolder === undefined ? {} : { stateFolder }) };
    Object.assign(globalThis, { [symbol]: { ...this.kernel, ...others } });
    return this;
  }

  detach(): void {
    Object.assign(globalThis, { [symbol]: undefined });
  }

  /** The comm of the model with this id. */
  of(widget: { readonly id: string }): Opened {
    return this.opened.find(({ id }) => id === widget.id)!;
  }

  /** States that a widget has sent as updates. */
  updates(widget: { readonly id: string }): Json[] {
    return this.of(widget)
      .sent.filter(({ data }) => data.method === "update")
      .map(({ data }) => data.state!);
  }

  /** The first comm whose model has this name. */
  model(name: string): Opened {
    return this.opened.find(({ state }) => state?._model_name === name)!;
  }

  /** Opens a comm from the page. */
  open(target: string, data: Record<string, Json> = {}, metadata: Record<string, Json> = {}): Opened {
    const { comm, opened } = this.#comm(`page-${this.opened.length}`, target, data, { metadata });
    const handler = this.#targets.get(target);
    if (handler === undefined) throw new Error(`nobody takes comms of ${target}`);
    handler(comm, { data, metadata, buffers: [] });
    return opened;
  }

  #comm(id: string, target: string, data: Record<string, Json>, extras: OpenExtras): { comm: Comm; opened: Opened } {
    const heard: ((message: CommMessage) => void)[] = [];
    const ended: ((message: CommMessage) => void)[] = [];
    // As on the wire: what arrives is a copy.
    const plain = (value: Record<string, Json>): Record<string, Json> => JSON.parse(JSON.stringify(value));
    const opened: Opened = {
      ...{ id, target, extras, sent: [], closed: false },
      state: plain(data).state as Record<string, Json>,
      paths: plain(data).buffer_paths ?? [],
      buffers: copied(extras.buffers),
      say(said, buffers = []) {
        const message = { data: plain(said), metadata: {}, buffers: copied(buffers) };
        for (const listener of heard) listener(message);
      },
      close() {
        for (const listener of ended) listener({ data: {}, metadata: {}, buffers: [] });
      },
    };
    this.opened.push(opened);
    const sent = (kind: string, content: Record<string, Json>, more: CommExtras = {}): Sent => {
      const one = { data: plain(content), metadata: plain(more.metadata ?? {}), buffers: copied(more.buffers) };
      this.onSent?.(kind, id, one);
      return one;
    };
    sent("comm_open", data, extras);
    const comm: Comm = {
      id,
      target,
      send: (content, more) => void opened.sent.push(sent("comm_msg", content, more)),
      close: (content = {}, more = {}) => {
        opened.closed = true;
        sent("comm_close", content, more);
      },
      onMessage: (listener) => void heard.push(listener),
      onClose: (listener) => void ended.push(listener),
    };
    return { comm, opened };
  }
}

export const update = (state: Record<string, Json>, buffer_paths: Json = []): Record<string, Json> => ({
  method: "update",
  state,
  buffer_paths,
});
export const custom = (content: Record<string, Json>): Record<string, Json> => ({ method: "custom", content });
