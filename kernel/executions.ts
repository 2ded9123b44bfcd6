/** Runs execute requests one after the other, and aborts those behind one that failed. */
import type { Channel, Inbound } from "./channels.js";
import type { Json } from "./comm.js";
import { fallback, OutputContext } from "./output.js";
import type { Session } from "./session.js";
import type { Message } from "./wire.js";

type Content = Record<string, Json>;

interface Queued {
  readonly request: Message;
  readonly channel: Inbound;
}

/** What a run of cells needs of the kernel around it. */
export interface Surroundings {
  readonly session: Session;
  contextOf(request: Message, silent: boolean): OutputContext;
  send(channel: Channel, type: string, content: Content, request: Message): void;
  status(state: "busy" | "idle", request: Message): void;
  remember(line: number, source: string): void;
  barrier(): Promise<void>;
}

export class Executions {
  /** The request whose cell runs, and where its output goes. */
  running: Message | undefined;
  context: OutputContext | undefined;
  private readonly queue: Queued[] = [];
  private draining = false;

  constructor(private readonly around: Surroundings) {}

  push(channel: Inbound, request: Message): void {
    this.queue.push({ channel, request });
    void this.drain();
  }

  private async drain(): Promise<void> {
    if (this.draining) return;
    this.draining = true;
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
      const reply = await this.execute(next);
      if (reply.status === "error" && next.request.content.stop_on_error !== false) await this.abortWaiting();
      this.around.send(next.channel, "execute_reply", reply, next.request);
      this.around.status("idle", next.request);
    }
    this.draining = false;
  }

  /** What was asked before this error can be known is aborted; what is asked after its reply runs. */
  private async abortWaiting(): Promise<void> {
    await this.around.barrier();
    for (const { channel, request } of this.queue.splice(0)) {
      this.around.status("busy", request);
      this.around.send(channel, "execute_reply", { status: "aborted" }, request);
      this.around.status("idle", request);
    }
  }

  /** @returns the reply */
  private async execute({ request }: Queued): Promise<Content> {
    const { session } = this.around;
    const { code, silent, store_history: store, user_expressions: expressions } = request.content;
    const source = String(code ?? "");
    const quiet = silent === true;
    const numbered = !quiet && store !== false;
    const count = session.count + (numbered ? 1 : 0);
    const context = this.around.contextOf(request, quiet);
    context.cell = count;
    this.around.status("busy", request);
    this.running = request;
    this.context = context;
    fallback.context = context;
    if (!quiet) this.around.send("iopub", "execute_input", { code: source, execution_count: count }, request);
    if (numbered) this.around.remember(count, source);
    const result = await session.execute(source, context, numbered);
    const reply: Content =
      result.status === "error"
        ? { status: "error", execution_count: count, ...result.error, user_expressions: {}, payload: [] }
        : {
            status: "ok",
            execution_count: count,
            payload: session.payload.splice(0),
            user_expressions: await this.evaluate((expressions ?? {}) as Content, context),
          };
    this.running = undefined;
    this.context = undefined;
    context.flush();
    return reply;
  }

  private async evaluate(expressions: Content, context: OutputContext): Promise<Content> {
    const { session } = this.around;
    const out: Content = {};
    for (const [name, source] of Object.entries(expressions)) {
      const silent = new OutputContext(context.cell, () => {});
      try {
        out[name] = { status: "ok", data: await session.evaluate(String(source), silent), metadata: {} };
      } catch (error) {
        out[name] = { status: "error", ...session.tracebacks.describe(error) };
      }
    }
    return out;
  }
}
