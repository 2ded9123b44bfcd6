/** The kernel's comms: registry, dispatch, and the messages they send. */
import { randomUUID } from "node:crypto";
import type { Comm, CommExtras, CommManager, CommMessage, Json, OpenExtras } from "../comm.js";
import { contexts, currentContext, type OutputContext } from "./output.js";

type CommKind = "comm_open" | "comm_msg" | "comm_close";

/**
 * Sends one comm message; `buffers` are right-sized copies that may be transferred. `cause` is the context of the page's
 * message that is being handled: a page knows the echo of its own change by the parent.
 */
export type CommSender = (
  kind: CommKind,
  content: Record<string, Json>,
  metadata: Record<string, Json>,
  buffers: Uint8Array[],
  cause?: OutputContext,
) => void;

type Handler = (message: CommMessage) => void;

/** Right-sized buffers that may leave this thread: a view of a large one would take all of it along. */
function outgoing({ buffers = [], transfer = false }: CommExtras): Uint8Array[] {
  return buffers.map((buffer) => {
    const bytes = ArrayBuffer.isView(buffer)
      ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
      : new Uint8Array(buffer);
    const whole = bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength;
    return transfer && whole ? bytes : bytes.slice();
  });
}

class OpenComm implements Comm {
  readonly messageHandlers: { handler: Handler; context: OutputContext | undefined }[] = [];
  readonly closeHandlers: { handler: Handler; context: OutputContext | undefined }[] = [];
  constructor(
    readonly id: string,
    readonly target: string,
    private readonly comms: Comms,
  ) {}

  send(data: Record<string, Json>, extras: CommExtras = {}): void {
    this.comms.send("comm_msg", { comm_id: this.id, data }, extras);
  }

  close(data: Record<string, Json> = {}, extras: CommExtras = {}): void {
    if (!this.comms.forget(this.id)) return;
    this.comms.send("comm_close", { comm_id: this.id, data }, extras);
  }

  onMessage(handler: Handler): void {
    this.messageHandlers.push({ handler, context: currentContext() });
  }

  onClose(handler: Handler): void {
    this.closeHandlers.push({ handler, context: currentContext() });
  }
}

export class Comms implements CommManager {
  private readonly open_ = new Map<string, OpenComm>();
  private readonly targets = new Map<string, (comm: Comm, message: CommMessage) => void>();

  private cause: OutputContext | undefined;

  constructor(
    private readonly sender: CommSender,
    private readonly failed: (error: unknown, context: OutputContext | undefined) => void,
    private readonly stops: (comm: string) => void = () => {},
  ) {}

  open(target: string, data: Record<string, Json>, extras: OpenExtras = {}): Comm {
    const comm = new OpenComm(extras.id ?? randomUUID().replaceAll("-", ""), target, this);
    this.open_.set(comm.id, comm);
    if (extras.stops) this.stops(comm.id);
    this.send("comm_open", { comm_id: comm.id, target_name: target, data }, extras);
    return comm;
  }

  send(kind: CommKind, content: Record<string, Json>, extras: CommExtras): void {
    this.sender(kind, content, extras.metadata ?? {}, outgoing(extras), this.cause);
  }

  onOpen(target: string, handler: (comm: Comm, message: CommMessage) => void): void {
    this.targets.set(target, handler);
  }

  /** No message is being handled any more: a termination may have ended what was, and its finally with it. */
  settle(): void {
    this.cause = undefined;
  }

  forget(id: string): boolean {
    return this.open_.delete(id);
  }

  /** Hands a comm message of the page to its handlers, each in the context of the cell that registered it. */
  receive(
    kind: CommKind,
    content: Record<string, Json>,
    metadata: Record<string, Json>,
    buffers: readonly Uint8Array[],
  ): void {
    const id = String(content.comm_id);
    const data = (content.data ?? {}) as Record<string, Json>;
    const message: CommMessage = { data, metadata, buffers };
    const outer = this.cause;
    this.cause = currentContext();
    try {
      this.deliver(kind, id, String(content.target_name), message);
    } finally {
      this.cause = outer;
    }
  }

  private deliver(kind: CommKind, id: string, target: string, message: CommMessage): void {
    if (kind === "comm_open") return this.opened(id, target, message);
    const comm = this.open_.get(id);
    if (comm === undefined) return;
    if (kind === "comm_close") this.open_.delete(id);
    for (const { handler, context } of kind === "comm_msg" ? comm.messageHandlers : comm.closeHandlers)
      this.call(() => handler(message), context);
  }

  private opened(id: string, target: string, message: CommMessage): void {
    const handler = this.targets.get(target);
    // The protocol asks for an immediate close of a comm that nobody here knows.
    if (handler === undefined) return this.send("comm_close", { comm_id: id, data: {} }, {});
    const comm = new OpenComm(id, target, this);
    this.open_.set(id, comm);
    this.call(() => handler(comm, message), currentContext());
  }

  private call(run: () => unknown, context: OutputContext | undefined): void {
    const guarded = (): void => {
      try {
        const value = run();
        if (value instanceof Promise) value.catch((error: unknown) => this.failed(error, context));
      } catch (error) {
        this.failed(error, context);
      }
    };
    if (context === undefined) guarded();
    else contexts.run(context, guarded);
  }
}
