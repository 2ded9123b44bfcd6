/**
 * Runs execute requests one after the other, and aborts those behind one that failed. Each step is taken by a message or
 * a callback that can be repeated: a termination (see interrupt.ts) may drop any promise, and the queue must go on.
 */

import type { Json } from "../comm.js";
import type { Channel, Inbound } from "../io/channels.js";
import type { Message } from "../io/wire.js";
import type { Interrupted } from "../threads/halt.js";
import { fallback, OutputContext } from "./output.js";
import type { Session } from "./session.js";

type Content = Record<string, Json>;

/** A request whose cell runs. */
interface Execution {
  readonly request: Message;
  readonly channel: Inbound;
  readonly context: OutputContext;
  readonly count: number;
  /** As soon as the outcome is known. */
  reply?: Content;
}

/** What a run of cells needs of the kernel around it. */
export interface Surroundings {
  readonly session: Session;
  contextOf(request: Message, silent: boolean): OutputContext;
  send(channel: Channel, type: string, content: Content, request: Message): void;
  status(state: "busy" | "idle", request: Message): void;
  remember(line: number, source: string): void;
  /** Calls back behind every request that has arrived until now. */
  barrier(then: () => void): void;
}

export class Executions {
  current: Execution | undefined;
  private readonly queue: { channel: Inbound; request: Message }[] = [];
  private interrupted: { execution: Execution; reason: Interrupted } | undefined;

  constructor(private readonly around: Surroundings) {}

  push(channel: Inbound, request: Message): void {
    this.queue.push({ channel, request });
    if (this.current === undefined) this.next();
  }

  /** To be called after the cell's promise was rejected: if nothing comes of that, there is nothing left to wait for. */
  interrupt(reason: Interrupted): void {
    const execution = this.current;
    if (execution === undefined) return;
    this.interrupted = { execution, reason };
    // All that can still settle has done so by then.
    setImmediate(() => setImmediate(() => this.abandon(execution, reason)));
  }

  /** Does again what a termination may have ended in the middle. */
  settle(): void {
    if (this.interrupted === undefined || this.current !== this.interrupted.execution) return;
    const { execution, reason } = this.interrupted;
    if (execution.reply !== undefined) this.conclude(execution);
    else setImmediate(() => setImmediate(() => this.abandon(execution, reason)));
  }

  private abandon(execution: Execution, reason: Interrupted): void {
    if (execution.reply !== undefined) return;
    const error = this.around.session.abandoned(reason, execution.count);
    execution.context.send({ output_type: "error", ...error });
    this.finish(execution, failure(execution, error));
  }

  private next(): void {
    const queued = this.queue.shift();
    if (queued === undefined) return;
    const { session } = this.around;
    const { request, channel } = queued;
    const { code, silent, store_history: store } = request.content;
    const source = String(code ?? "");
    const quiet = silent === true;
    const numbered = !quiet && store !== false;
    const count = session.count + (numbered ? 1 : 0);
    const context = this.around.contextOf(request, quiet);
    context.cell = count;
    const execution: Execution = { request, channel, context, count };
    this.current = execution;
    // What a silent cell says is heard nowhere: what comes late belongs to the cell before.
    if (!quiet) fallback.context = context;
    this.around.status("busy", request);
    if (!quiet) this.around.send("iopub", "execute_input", { code: source, execution_count: count }, request);
    if (numbered) this.around.remember(count, source);
    void this.execute(execution, source, numbered).then((reply) => this.finish(execution, reply));
  }

  private async execute(execution: Execution, source: string, numbered: boolean): Promise<Content> {
    const { session } = this.around;
    const { context, count, request } = execution;
    const result = await session.execute(source, context, numbered);
    if (result.status === "error") return failure(execution, result.error);
    return {
      status: "ok",
      execution_count: count,
      payload: session.payload.splice(0),
      user_expressions: await this.evaluate((request.content.user_expressions ?? {}) as Content, context),
    };
  }

  private async evaluate(expressions: Content, context: OutputContext): Promise<Content> {
    const { session } = this.around;
    const found: [string, Content][] = [];
    for (const [name, source] of Object.entries(expressions)) {
      const silent = new OutputContext(context.cell, () => {});
      try {
        found.push([name, { status: "ok", data: await session.evaluate(String(source), silent), metadata: {} }]);
      } catch (error) {
        found.push([name, { status: "error", ...session.tracebacks.describe(error) }]);
      }
    }
    // Not by assignment: `__proto__` is a name like any other.
    return Object.fromEntries(found);
  }

  private finish(execution: Execution, reply: Content): void {
    // It was given up meanwhile.
    if (execution.reply !== undefined) return;
    execution.reply = reply;
    execution.context.flush();
    if (reply.status !== "error" || execution.request.content.stop_on_error === false) this.conclude(execution);
    // What was asked before this error can be known is aborted; what is asked after its reply runs.
    else this.around.barrier(() => this.conclude(execution));
  }

  private conclude(execution: Execution): void {
    if (this.current !== execution) return;
    const { channel, request, reply } = execution;
    if (reply!.status === "error" && request.content.stop_on_error !== false)
      for (const waiting of this.queue.splice(0)) {
        this.around.status("busy", waiting.request);
        this.around.send(waiting.channel, "execute_reply", { status: "aborted" }, waiting.request);
        this.around.status("idle", waiting.request);
      }
    this.around.send(channel, "execute_reply", reply!, request);
    this.around.status("idle", request);
    this.current = undefined;
    this.next();
  }
}

const failure = ({ count }: Execution, error: { ename: string; evalue: string; traceback: string[] }): Content => ({
  status: "error",
  execution_count: count,
  ...error,
});
