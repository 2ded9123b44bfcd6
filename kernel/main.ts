/** The kernel's process: `node main.js CONNECTION_FILE`. Messages come from the I/O thread; cells run here. */

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { capture } from "./capture.js";
import type { Json, KernelApi } from "./comm.js";
import { Comms } from "./comms.js";
import { mimeBundle } from "./display.js";
import { History } from "./history.js";
import type { Channel, FromMain, ToMain } from "./io-worker.js";
import {
  captureStreams,
  contexts,
  currentContext,
  fallback,
  hideExperimentalWarnings,
  type Output,
  OutputContext,
} from "./output.js";
import { Session } from "./session.js";
import type { ConnectionInfo } from "./spec.js";
import { codePoints, codeUnits } from "./text.js";
import { type Message, newHeader } from "./wire.js";

type Content = Record<string, Json>;

const [, , connectionFile] = process.argv;
if (connectionFile === undefined) {
  process.stderr.write(
    "usage: node main.js CONNECTION_FILE (Jupyter starts this; to install it: npx voxbook kernel install)\n",
  );
  process.exit(2);
}
const connection = JSON.parse(readFileSync(connectionFile, "utf8")) as ConnectionInfo;
if (connection.signature_scheme !== "hmac-sha256" || connection.key === "") {
  process.stderr.write(
    `the connection file asks for "${connection.signature_scheme}" or has no key; this kernel signs with hmac-sha256\n`,
  );
  process.exit(2);
}

const ident = randomUUID();
const halt = new Int32Array(new SharedArrayBuffer(4));
const io = new Worker(fileURLToPath(new URL("./io-worker.js", import.meta.url)), {
  workerData: { connection, session: ident, halt },
});
const post = (message: FromMain, transfer: ArrayBuffer[] = []): void => io.postMessage(message, transfer);

function send(
  channel: Channel,
  type: string,
  content: Content,
  parent?: Message,
  extras: { metadata?: Content; buffers?: Uint8Array[] } = {},
): void {
  const { metadata = {}, buffers = [] } = extras;
  const header = newHeader(type, ident);
  const identities = channel === "iopub" ? [] : (parent?.identities ?? []);
  const message: Message = { identities, header, parent_header: parent?.header ?? {}, metadata, content, buffers };
  post(
    { kind: "send", channel, message },
    buffers.map((buffer) => buffer.buffer as ArrayBuffer),
  );
}

/** Contexts remember the request that caused them, so that late output names it. */
const parents = new WeakMap<OutputContext, Message>();
const parentOf = (context: OutputContext | undefined): Message | undefined =>
  context && (parents.get(context) ?? parentOf(context.outer));

function publish(output: Output, parent: Message | undefined): void {
  const { output_type, ...content } = output;
  const transient = "data" in output ? { transient: {} } : {};
  send("iopub", output_type, { ...transient, ...content } as Content, parent);
}

function contextOf(request: Message, cell: number | undefined, silent = false): OutputContext {
  const context = new OutputContext(cell, (output) => {
    if (!silent || output.output_type === "stream") publish(output, request);
  });
  parents.set(context, request);
  return context;
}

const comms = new Comms(
  (kind, content, metadata, buffers, cause) => {
    currentContext()?.flush();
    send("iopub", kind, content, parentOf(cause ?? currentContext()), { metadata, buffers });
  },
  (error, context) =>
    context === undefined ? session.uncaught(error) : contexts.run(context, () => session.uncaught(error)),
);

const interrupts = new Set<() => void>();
const api: KernelApi = {
  interactive: true,
  comms,
  display: (data, { displayId, update = false, metadata = {} } = {}) => {
    const transient = displayId === undefined ? {} : { transient: { display_id: displayId } };
    currentContext()?.send({
      output_type: update ? "update_display_data" : "display_data",
      data,
      metadata,
      ...transient,
    });
  },
  clearOutput: (wait = false) => currentContext()?.send({ output_type: "clear_output", wait }),
  capture: (sink, run) => capture(session, sink, run),
  showError: (error) => session.uncaught(error),
  onInterrupt: (handler) => void interrupts.add(handler),
  get cell() {
    return currentContext()?.cell;
  },
};

/** The request whose cell runs, for input() and for interrupts. */
let running: Message | undefined;
let answerInput: ((value: string) => void) | undefined;

function input(prompt = ""): Promise<string> {
  const request = parentOf(currentContext()) ?? running;
  if (request?.content.allow_stdin !== true)
    return Promise.reject(new Error("input(): this front end gives no way to answer"));
  currentContext()?.flush();
  send("stdin", "input_request", { prompt: String(prompt), password: false }, request);
  return new Promise((resolve) => {
    answerInput = resolve;
  });
}

const session = new Session({ folder: process.cwd(), api, breakOnSigint: true, input, halt });
const history = new History();

interface Queued {
  readonly request: Message;
  readonly channel: Channel;
  readonly order: number;
}
const queue: Queued[] = [];
let draining = false;
let lastArrival = 0;

const status = (state: "busy" | "idle", request: Message): void =>
  send("iopub", "status", { execution_state: state }, request);

async function drain(): Promise<void> {
  if (draining) return;
  draining = true;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const failed = await execute(next);
    if (!failed) continue;
    // What was asked before this error became known is aborted; what comes after it runs. Requests on their way are let in first.
    for (let k = 0; k < 5; k++) await new Promise((resolve) => setImmediate(resolve));
    const until = lastArrival;
    while (queue[0] !== undefined && queue[0].order <= until) abort(queue.shift()!);
    send(next.channel, "execute_reply", failed, next.request);
    status("idle", next.request);
  }
  draining = false;
}

function abort({ request, channel }: Queued): void {
  status("busy", request);
  send(channel, "execute_reply", { status: "aborted" }, request);
  status("idle", request);
}

/** Runs one execute_request. @returns the reply if the cell failed and those behind it must be aborted; it is then not sent yet */
async function execute({ request, channel }: Queued): Promise<Content | undefined> {
  const {
    code,
    silent = false,
    store_history = !silent,
    user_expressions = {},
    stop_on_error = true,
  } = request.content;
  const source = String(code ?? "");
  const numbered = store_history === true && silent !== true;
  const count = session.count + (numbered ? 1 : 0);
  const context = contextOf(request, count, silent === true);
  status("busy", request);
  running = request;
  fallback.context = context;
  if (silent !== true) send("iopub", "execute_input", { code: source, execution_count: count }, request);
  if (numbered) history.add(count, source);
  const result = await session.execute(source, context, numbered);
  const failed = result.status === "error";
  const reply: Content = failed
    ? { status: "error", execution_count: count, ...result.error, user_expressions: {}, payload: [] }
    : {
        status: "ok",
        execution_count: count,
        payload: session.payload.splice(0),
        user_expressions: await evaluate(user_expressions as Content, context),
      };
  running = undefined;
  context.flush();
  if (failed && stop_on_error === true) return reply;
  send(channel, "execute_reply", reply, request);
  status("idle", request);
  return undefined;
}

async function evaluate(expressions: Content, context: OutputContext): Promise<Content> {
  const out: Content = {};
  for (const [name, source] of Object.entries(expressions)) {
    const quiet = new OutputContext(context.cell, () => {});
    try {
      const value = await session.evaluate(String(source), quiet);
      out[name] = { status: "ok", data: await mimeBundle(value), metadata: {} };
    } catch (error) {
      out[name] = { status: "error", ...session.tracebacks.describe(error) };
    }
  }
  return out;
}

/** Requests that need the compiler or the history, but no user code: answered as they come. */
async function answer(request: Message): Promise<Content> {
  const { content } = request;
  const source = String(content.code ?? "");
  const position = codeUnits(source, Number(content.cursor_pos ?? source.length));
  switch (request.header.msg_type) {
    case "complete_request": {
      const found = await session.compiler.complete(source, position);
      return {
        status: "ok",
        matches: found.matches,
        cursor_start: codePoints(source, found.start),
        cursor_end: codePoints(source, found.end),
        metadata: {
          _jupyter_types_experimental: found.types.map((type) => ({
            ...type,
            start: codePoints(source, found.start),
            end: codePoints(source, found.end),
          })),
        },
      };
    }
    case "inspect_request": {
      const found = await session.compiler.inspect(source, position);
      if (found === undefined) return { status: "ok", found: false, data: {}, metadata: {} };
      return {
        status: "ok",
        found: true,
        data: { "text/plain": found.text, "text/markdown": found.markdown },
        metadata: {},
      };
    }
    case "is_complete_request":
      return { ...(await session.compiler.completeness(source)) };
    case "history_request":
      return { status: "ok", history: history.search(content) };
    case "comm_info_request":
      return {
        status: "ok",
        comms: comms.list(content.target_name === undefined ? undefined : String(content.target_name)),
      };
    default:
      return {
        status: "error",
        ename: "NotImplemented",
        evalue: `this kernel does not know ${request.header.msg_type}`,
        traceback: [],
      };
  }
}

async function reply(request: Message, channel: Channel): Promise<void> {
  status("busy", request);
  let content: Content;
  try {
    content = await answer(request);
  } catch (error) {
    content = { status: "error", ...session.tracebacks.describe(error) };
  }
  send(channel, request.header.msg_type.replace("_request", "_reply"), content, request);
  status("idle", request);
}

function comm(request: Message): void {
  // A front end holds its next update back until the idle of the last one has come: it must come for each.
  status("busy", request);
  const context = contextOf(request, undefined);
  const kind = request.header.msg_type as "comm_open" | "comm_msg" | "comm_close";
  contexts.run(context, () => comms.receive(kind, request.content, request.metadata, request.buffers));
  context.flush();
  status("idle", request);
}

async function shutdown(request: Message, channel: Channel): Promise<void> {
  post({ kind: "alive" });
  status("busy", request);
  send(channel, "shutdown_reply", { status: "ok", restart: request.content.restart === true }, request);
  status("idle", request);
  post({ kind: "close" });
}

function dispatch(request: Message, channel: Channel, order: number): void {
  const type = request.header.msg_type;
  lastArrival = order;
  if (type === "execute_request") {
    queue.push({ request, channel, order });
    void drain();
  } else if (type.startsWith("comm_") && type !== "comm_info_request") comm(request);
  else if (type === "shutdown_request") void shutdown(request, channel);
  else if (type === "input_reply") {
    answerInput?.(String(request.content.value ?? ""));
    answerInput = undefined;
  } else void reply(request, channel);
}

function interrupt(): void {
  for (const handler of interrupts) handler();
  answerInput = undefined;
  session.interrupt();
}

io.on("message", (message: ToMain) => {
  if (message.kind === "message") dispatch(message.message, message.channel, message.order);
  else if (message.kind === "ask") post({ kind: "alive" });
  else if (message.kind === "interrupt") interrupt();
  else if (message.kind === "ready") {
    send("iopub", "status", { execution_state: "starting" });
    // The compiler takes a whole core for a moment: not before the sockets answer.
    setTimeout(() => session.compiler.warm(), 20);
  } else {
    // Ending the process while the thread still unloads its sockets would abort it; a thread that hangs must not keep it.
    io.once("exit", () => leave(0));
    setTimeout(() => process.kill(process.pid, "SIGKILL"), 2000);
  }
});
io.on("error", (error) => {
  process.stderr.write(`the I/O thread failed: ${error.stack ?? error.message}\n`);
  leave(1);
});

const leave = process.exit.bind(process);
// A cell that calls it would lose the reader's variables without a word.
process.exit = ((code?: number) => {
  throw new Error(
    `process.exit(${code ?? ""}) would end the kernel and lose every variable; to start anew use Kernel → Restart`,
  );
}) as typeof process.exit;
process.on("SIGINT", () => {
  // The I/O thread sends it to reach a cell's synchronous part; between cells there is nothing to stop.
});
process.on("uncaughtException", (error) => session.uncaught(error));
process.on("unhandledRejection", (error) => session.uncaught(error));
hideExperimentalWarnings();
captureStreams();
