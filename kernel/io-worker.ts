/**
 * Thread that owns all sockets. It answers heartbeats and kernel_info, passes interrupts on and ends a kernel that does
 * not hear any more, whatever the main thread is doing; everything else it hands to the main thread.
 */
import { Session as Inspector } from "node:inspector";
import { setTimeout as pause } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { Publisher, Reply, Router } from "zeromq";
import type { Json } from "./comm.js";
import { type ConnectionInfo, kernelInfo } from "./spec.js";
import { decode, encode, type Message, newHeader, ReplayGuard } from "./wire.js";

export type Channel = "shell" | "control" | "stdin" | "iopub";

/** Main thread → I/O thread. */
export type FromMain = { kind: "send"; channel: Channel; message: Message } | { kind: "alive" } | { kind: "close" };

/** I/O thread → main thread. */
export type ToMain =
  | { kind: "ready" }
  | { kind: "message"; channel: Channel; message: Message /** Order of arrival on the shell channel. */; order: number }
  | { kind: "interrupt" }
  | { kind: "ask" }
  | { kind: "closed" };

const { connection, session, halt } = workerData as { connection: ConnectionInfo; session: string; halt: Int32Array };
const port = parentPort!;
const address = (number: number): string => `${connection.transport}://${connection.ip}:${number}`;
const guard = new ReplayGuard();

// No high-water mark: a message that the kernel has sent is never dropped on this side.
const sockets = {
  shell: new Router({ sendHighWaterMark: 0, receiveHighWaterMark: 0, linger: 1000 }),
  control: new Router({ sendHighWaterMark: 0, receiveHighWaterMark: 0, linger: 1000 }),
  stdin: new Router({ sendHighWaterMark: 0, receiveHighWaterMark: 0, linger: 1000 }),
  iopub: new Publisher({ sendHighWaterMark: 0, linger: 1000 }),
};

const heartbeat = new Reply({ linger: 0 });

/** One send at a time: zeromq refuses a second one that is not awaited. */
class Outbox {
  private readonly waiting: Uint8Array[][] = [];
  private running: Promise<void> | undefined;
  constructor(private readonly socket: { send(frames: Uint8Array[]): Promise<void> }) {}

  push(frames: Uint8Array[]): void {
    this.waiting.push(frames);
    this.running ??= this.drain();
  }

  private async drain(): Promise<void> {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) await this.socket.send(next);
    this.running = undefined;
  }

  async empty(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }
}

const outboxes: Record<Channel, Outbox> = {
  shell: new Outbox(sockets.shell),
  control: new Outbox(sockets.control),
  stdin: new Outbox(sockets.stdin),
  iopub: new Outbox(sockets.iopub),
};

function send(channel: Channel, message: Message): void {
  const topic =
    channel === "iopub" ? [Buffer.from(`kernel.${session}.${message.header.msg_type}`)] : message.identities;
  outboxes[channel].push(encode({ ...message, identities: topic }, connection.key));
}

/** Answers a request here, with its busy and idle. */
function answer(channel: Channel, request: Message, content: Record<string, Json>): void {
  const message = (type: string, body: Record<string, Json>): Message => ({
    identities: request.identities,
    header: newHeader(type, session),
    parent_header: request.header,
    metadata: {},
    content: body,
    buffers: [],
  });
  send("iopub", message("status", { execution_state: "busy" }));
  send(channel, message(request.header.msg_type.replace("_request", "_reply"), content));
  send("iopub", message("status", { execution_state: "idle" }));
}

/** Whether the main thread still turns; asked when it has to act and nothing is known of it. */
let alive: (() => void) | undefined;
const mainAnswers = (milliseconds: number): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds);
    alive = () => {
      clearTimeout(timer);
      resolve(true);
    };
    port.postMessage({ kind: "ask" } satisfies ToMain);
  });

/** Ends whatever JavaScript the main thread is running now; its variables stay. */
function terminateExecution(): void {
  const inspector = new Inspector();
  inspector.connectToMainThread();
  inspector.post("Runtime.terminateExecution", () => inspector.disconnect());
}

/**
 * First the flag that every loop of a cell looks at, and a message that ends any await. What does not hear that is in a
 * library's own code: a signal ends it in a cell's synchronous part, the debugger's terminate anywhere else.
 */
async function interrupt(): Promise<void> {
  Atomics.store(halt, 0, 1);
  port.postMessage({ kind: "interrupt" } satisfies ToMain);
  if (await mainAnswers(200)) return;
  process.kill(process.pid, "SIGINT");
  if (!(await mainAnswers(300))) terminateExecution();
}

async function shutdown(request: Message): Promise<void> {
  if (await mainAnswers(1000)) return;
  // The main thread is lost in a loop: the reply and the end come from here.
  answer("control", request, { status: "ok", restart: request.content.restart === true });
  await Promise.all(Object.values(outboxes).map((outbox) => outbox.empty()));
  // A message that was handed over is still on its way inside ZeroMQ, which does not tell when it has left.
  await pause(200);
  process.kill(process.pid, "SIGKILL");
}

let arrivals = 0;

async function listen(channel: "shell" | "control" | "stdin"): Promise<void> {
  for await (const frames of sockets[channel]) {
    let message: Message;
    try {
      message = decode(frames, connection.key, guard);
    } catch (error) {
      process.stderr.write(`a message on ${channel} was dropped: ${(error as Error).message}\n`);
      continue;
    }
    const type = message.header.msg_type;
    if (type === "kernel_info_request") answer(channel, message, kernelInfo());
    else if (type === "interrupt_request") {
      answer(channel, message, { status: "ok" });
      void interrupt();
    } else {
      if (type === "shutdown_request") void shutdown(message);
      port.postMessage({ kind: "message", channel, message: copied(message), order: ++arrivals } satisfies ToMain);
    }
  }
}

/** Frames are views of larger memory; only their own bytes cross to the main thread. */
const copied = (message: Message): Message => ({
  ...message,
  identities: message.identities.map((frame) => Uint8Array.from(frame)),
  buffers: message.buffers.map((frame) => Uint8Array.from(frame)),
});

async function beat(socket: Reply): Promise<void> {
  for await (const frames of socket) await socket.send(frames);
}

port.on("message", async (request: FromMain) => {
  if (request.kind === "send") send(request.channel, request.message);
  else if (request.kind === "alive") alive?.();
  else {
    await Promise.all(Object.values(outboxes).map((outbox) => outbox.empty()));
    for (const socket of [...Object.values(sockets), heartbeat]) socket.close();
    port.postMessage({ kind: "closed" } satisfies ToMain);
    port.close();
  }
});

/** A kernel whose client was killed would live on for ever. */
function watchParent(): void {
  const parent = Number(process.env.JPY_PARENT_PID ?? 0) || process.ppid;
  if (parent <= 1) return;
  setInterval(() => {
    try {
      process.kill(parent, 0);
      if (process.env.JPY_PARENT_PID !== undefined || process.ppid === parent) return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EPERM") return;
    }
    process.kill(process.pid, "SIGKILL");
  }, 1000).unref();
}

await sockets.shell.bind(address(connection.shell_port));
await sockets.control.bind(address(connection.control_port));
await sockets.stdin.bind(address(connection.stdin_port));
await sockets.iopub.bind(address(connection.iopub_port));
await heartbeat.bind(address(connection.hb_port));
void beat(heartbeat);
void listen("shell");
void listen("control");
void listen("stdin");
watchParent();
port.postMessage({ kind: "ready" } satisfies ToMain);
