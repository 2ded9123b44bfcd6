/** The I/O thread: owns the sockets, and keeps answering, interrupting and watching whatever the main thread is doing. */
import { Session as Inspector } from "node:inspector";
import { setTimeout as pause } from "node:timers/promises";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { LanguageClient } from "../language/client.js";
import type { LanguageReply } from "../language/worker.js";
import { collectAfter } from "../threads/collect.js";
import { raise, type StopReason } from "../threads/halt.js";
import { Note } from "../threads/note.js";
import { SharedText } from "../threads/shared-text.js";
import { writeWhole } from "../threads/standard-streams.js";
import { Channels, type Inbound } from "./channels.js";
import { History } from "./history.js";
import { Interrupter } from "./interrupt.js";
import { MainWatch } from "./main-watch.js";
import { MemoryWatch } from "./memory-watch.js";
import type { FromMain, IoSettings, ToMain } from "./messages.js";
import { watchParent } from "./parent-watch.js";
import { Reception } from "./reception.js";
import { TextWatch } from "./text-watch.js";
import { type Message, newMessage } from "./wire.js";

const { connection, session, halt, heapLimit, note: notePath, text } = workerData as IoSettings;
const port = parentPort!;
const post = (message: ToMain, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

const main = new MainWatch(post);
const interrupter = new Interrupter({
  raise: (reason, text) => raise(halt, reason, text),
  tell: main.tell,
  turns: main.turns,
  settle: main.settle,
  terminate: () =>
    new Promise((resolve) => {
      const inspector = new Inspector();
      inspector.connectToMainThread();
      inspector.post("Runtime.terminateExecution", () => {
        inspector.disconnect();
        resolve();
      });
    }),
});

/** The language thread, as soon as the main thread has handed over a port to it; another one if that has died. */
let language: Promise<LanguageClient>;
let languageStarted: (client: LanguageClient) => void;
function awaitLanguage(): void {
  language = new Promise((resolve) => {
    languageStarted = resolve;
  });
}
awaitLanguage();

function connectLanguage(languagePort: MessagePort): void {
  const client = new LanguageClient((request) => languagePort.postMessage(request));
  languagePort.on("message", (reply: LanguageReply) => client.settle(reply));
  languagePort.on("close", () => {
    awaitLanguage();
    client.fail(new Error("the language thread ended; ask again"));
  });
  languageStarted(client);
}

/** Frames are views of larger memory; only their own bytes cross to the main thread, without another copy. */
function forward(channel: Inbound, message: Message): void {
  if (interrupter.pending !== undefined) {
    held.push([channel, message]);
    return;
  }
  const identities = message.identities.map((frame) => Uint8Array.from(frame));
  const buffers = message.buffers.map((frame) => new Uint8Array(frame));
  post(
    { kind: "message", channel, message: { ...message, identities, buffers } },
    buffers.map((frame) => frame.buffer),
  );
  collectAfter(message.buffers);
}

/** Requests that came while an interrupt was on its way; a termination would lose them. */
const held: [channel: Inbound, message: Message][] = [];
async function interrupt(reason: StopReason, text = ""): Promise<void> {
  await interrupter.interrupt(reason, text);
  for (const [channel, message] of held.splice(0)) forward(channel, message);
}

const history = new History();
const reception = new Reception({
  session,
  history,
  send: (channel, message) => channels.send(channel, message),
  forward,
  language: () => language,
  interrupt: () => void interrupt("reader"),
  stop: async () => {
    if (!(await main.turns(50))) await interrupt("reader");
  },
  shutdown: (request) => void shutdown(request),
  // A thread's own stderr would come out in the notebook.
  log: (line) => writeWhole(2, `${line}\n`),
});
const channels = new Channels(connection, session, reception);
const note = new Note(notePath);
const textWatch = new TextWatch(new SharedText(text), ({ name, parent }, text) => {
  const message = newMessage("stream", { name, text }, session);
  channels.send("iopub", { ...message, parent_header: parent });
});

/** A main thread that is lost in a loop does not hear: the reply and the end then come from here. */
async function shutdown(request: Message): Promise<void> {
  note.remove();
  if (await main.turns(1000)) return;
  reception.answer("control", request, { status: "ok", restart: request.content.restart === true });
  await channels.drained();
  // What was handed over is still on its way inside ZeroMQ.
  await pause(200);
  process.kill(process.pid, "SIGKILL");
}

/** Number of the cell that ran last, to name it in the note. */
let cell: number | undefined;
const memory = new MemoryWatch(heapLimit, {
  short: (text) => note.keep(`${text}${cell === undefined ? "" : ` (the last cell was [${cell}])`}`),
  well: () => note.remove(),
  stop: (text) => interrupt("memory", text),
});

/** What the messages of the main thread tell of its cells. */
function follow({ header, content }: Message): void {
  if (header.msg_type === "execute_input") cell = Number(content.execution_count);
  else if (header.msg_type === "execute_reply") memory.cellEnded();
}

port.on("message", async (message: FromMain) => {
  switch (message.kind) {
    case "send":
      reception.sends(message.message);
      follow(message.message);
      channels.send(message.channel, message.message);
      return collectAfter(message.message.buffers);
    case "remember":
      return history.add(message.line, message.source);
    case "stops":
      return reception.stopsBy(message.comm);
    case "text":
      return textWatch.announced(message.announcement);
    case "barrier":
      return post({ kind: "passed", number: message.number });
    case "alive":
      return main.alive(message.number);
    case "language":
      return connectLanguage(message.port);
    case "close":
      note.remove();
      await channels.close();
      port.close();
  }
});

await channels.open();
channels.send("iopub", newMessage("status", { execution_state: "starting" }, session));
watchParent(() => {
  note.remove();
  process.kill(process.pid, "SIGKILL");
});
memory.start();
post({ kind: "ready", died: note.take() });
