/**
 * The kernel as the main thread sees it: takes requests that need the reader's code, one after the other, and says what
 * became of them. It knows no sockets: a {@link Link} carries its messages.
 */

import { resolve } from "node:path";
import type { Json, KernelApi } from "../comm.js";
import type { Channel, Inbound } from "../io/channels.js";
import type { Announcement } from "../io/text-watch.js";
import { type Message, newMessage } from "../io/wire.js";
import { collectAfter } from "../threads/collect.js";
import { type Halt, lower, stopped } from "../threads/halt.js";
import type { SharedText } from "../threads/shared-text.js";
import { capture } from "./capture.js";
import { Comms } from "./comms.js";
import { Executions } from "./executions.js";
import { InputDesk, type InputSettings } from "./input.js";
import { contexts, currentContext, fallback, flushAll, type Output, OutputContext } from "./output.js";
import { Session } from "./session.js";
import { Tail } from "./tail.js";

type Content = Record<string, Json>;

/** The way to the I/O thread. */
export interface Link {
  send(channel: Channel, message: Message): void;
  /** Calls back behind every request that has arrived until now. */
  barrier(then: () => void): void;
  /** Puts an input into the history. */
  remember(line: number, source: string): void;
  /** From now on a Stop on this comm interrupts. */
  stops(comm: string): void;
  /** Says whose text the shared memory holds from now on. */
  announce(announcement: Announcement): void;
  /** All is said; the process may end. */
  close(): void;
}

export interface KernelOptions {
  /** The notebook's folder. */
  readonly folder: string;
  /** Id of this kernel's run. */
  readonly ident: string;
  /** See halt.ts. */
  readonly halt: Halt;
  /** Memory in which the I/O thread finds what the running cell wrote last. */
  readonly text: SharedText;
  /** Gets a port to the language thread for another thread, each time that has started. */
  readonly onLanguage?: ConstructorParameters<typeof Session>[0]["onLanguage"];
}

export class Kernel {
  readonly session: Session;
  private readonly comms: Comms;
  private readonly executions: Executions;
  private readonly input: InputDesk;
  /** Contexts remember the request that caused them, so that late output names it. */
  private readonly parents = new WeakMap<OutputContext, Message>();
  private readonly tail: Tail;
  private readonly interruptHandlers = new Set<() => void>();
  /** The page's message whose handlers run: a termination may end them, and the idle is still to come. */
  private handling: Message | undefined;
  /** What the reader has to be told with the next cell. */
  private notice: string | undefined;

  constructor(
    private readonly link: Link,
    private readonly options: KernelOptions,
  ) {
    const { folder, ident, halt, text, onLanguage } = options;
    this.tail = new Tail(text, (owner, name, context) => {
      const parent = this.parentOf(context);
      if (parent !== undefined) link.announce({ owner, name, parent: parent.header });
    });
    this.comms = new Comms(
      (kind, content, metadata, buffers, cause) => {
        currentContext()?.flush();
        const parent = this.parentOf(cause ?? currentContext());
        link.send("iopub", newMessage(kind, content, ident, parent, { metadata, buffers }));
      },
      (error, context) =>
        context === undefined ? this.uncaught(error) : contexts.run(context, () => this.uncaught(error)),
      (comm) => link.stops(comm),
    );
    this.input = new InputDesk((content, request) => this.send("stdin", "input_request", content, request));
    const ask = (prompt: unknown, settings: InputSettings = {}): Promise<string> =>
      this.input.ask(prompt, settings, this.parentOf(currentContext()) ?? this.executions.current?.request);
    this.session = new Session({
      folder,
      api: this.api(),
      input: ask,
      halt,
      ...(onLanguage && { onLanguage }),
    });
    this.executions = new Executions({
      session: this.session,
      contextOf: (request, silent) => this.contextOf(request, silent),
      send: (channel, type, content, request) => this.send(channel, type, content, request),
      status: (state, request) => this.status(state, request),
      remember: (line, source) => link.remember(line, source),
      barrier: (then) => link.barrier(then),
    });
  }

  /** Takes one message. */
  receive(channel: Inbound, message: Message): void {
    const type = message.header.msg_type;
    if (type === "execute_request") {
      this.executions.push(channel, message);
      this.tellNotice();
    } else if (type === "comm_open" || type === "comm_msg" || type === "comm_close") this.comm(type, message);
    else if (type === "input_reply") this.input.answer(message);
    else if (type === "shutdown_request") this.shutdown(channel, message);
  }

  /** Ends what runs: the cell, its loops, an open question, and work in other threads. */
  interrupt(): void {
    const { halt } = this.options;
    for (const handler of this.interruptHandlers) handler();
    const reason = stopped(halt);
    this.input.cancel(reason);
    this.session.interrupt(reason);
    this.executions.interrupt(reason);
    lower(halt);
  }

  /** Puts in order what a termination has left behind: the flag may be up still, and the cell's promises are gone. */
  settle(): void {
    lower(this.options.halt);
    this.comms.settle();
    this.handled();
    this.executions.settle();
  }

  /** Told with the next cell, or with the one that runs. */
  tell(notice: string): void {
    this.notice = this.notice === undefined ? notice : `${this.notice}\n${notice}`;
    this.tellNotice();
  }

  private tellNotice(): void {
    const context = this.executions.current?.context ?? fallback.context;
    if (this.notice === undefined || context === undefined) return;
    context.write("stderr", `${this.notice}\n`);
    this.notice = undefined;
  }

  /** An error that no cell awaits. */
  uncaught(error: unknown): void {
    this.session.uncaught(error);
  }

  private send(channel: Channel, type: string, content: Content, request: Message): void {
    this.link.send(channel, newMessage(type, content, this.options.ident, request));
  }

  private status(execution_state: "busy" | "idle", request: Message): void {
    this.send("iopub", "status", { execution_state }, request);
  }

  private parentOf(context: OutputContext | undefined): Message | undefined {
    return context && (this.parents.get(context) ?? this.parentOf(context.outer));
  }

  private contextOf(request: Message, silent: boolean): OutputContext {
    const sink = silent ? () => undefined : (output: Output) => this.publish(output, request);
    const context = new OutputContext(undefined, sink, undefined, silent ? undefined : this.tail);
    this.parents.set(context, request);
    return context;
  }

  private publish(output: Output, request: Message): void {
    const { output_type, ...content } = output;
    const transient = "data" in output ? { transient: {} } : {};
    this.send("iopub", output_type, { ...transient, ...content } as Content, request);
  }

  private comm(type: "comm_open" | "comm_msg" | "comm_close", request: Message): void {
    // A front end holds its next update back until the idle of the last one has come: it must come for each.
    this.handling = request;
    this.status("busy", request);
    const context = this.contextOf(request, false);
    contexts.run(context, () => this.comms.receive(type, request.content, request.metadata, request.buffers));
    this.handled();
  }

  private handled(): void {
    const request = this.handling;
    if (request === undefined) return;
    // Its handlers write into the contexts of the cells that made them.
    flushAll(this.tail);
    this.status("idle", request);
    this.handling = undefined;
    collectAfter(request.buffers);
  }

  private shutdown(channel: Inbound, request: Message): void {
    this.status("busy", request);
    const content = { status: "ok", restart: request.content.restart === true };
    this.send(channel, "shutdown_reply", content, request);
    this.status("idle", request);
    this.link.close();
  }

  private api(): KernelApi {
    return {
      interactive: true,
      stateFolder: resolve(".voxbook"),
      comms: this.comms,
      display: (data, { displayId, update = false, metadata = {} } = {}) => {
        const output_type = update ? "update_display_data" : "display_data";
        const transient = displayId === undefined ? {} : { transient: { display_id: displayId } };
        currentContext()?.send({ output_type, data, metadata, ...transient });
      },
      clearOutput: (wait = false) => currentContext()?.send({ output_type: "clear_output", wait }),
      capture: (sink, run) => capture(this.session, sink, run),
      showError: (error) => this.uncaught(error),
      onInterrupt: (handler) => void this.interruptHandlers.add(handler),
      get cell() {
        return currentContext()?.cell;
      },
    };
  }
}
