/** What the main thread, where cells run, and the I/O thread, which owns the sockets, say to each other. */
import type { MessagePort } from "node:worker_threads";
import type { Halt } from "../threads/halt.js";
import type { Channel, Inbound } from "./channels.js";
import type { Connection } from "./connection.js";
import type { Announcement } from "./text-watch.js";
import type { Message } from "./wire.js";

/** What the I/O thread is started with. */
export interface IoSettings {
  readonly connection: Connection;
  /** Id of this kernel's run. */
  readonly session: string;
  /** See halt.ts. */
  readonly halt: Halt;
  /** Bytes of objects that the main thread may hold before the engine ends the process. */
  readonly heapLimit: number;
  /** Note of this run, for the next one to read should this one die. */
  readonly note: string;
  /** See shared-text.ts. */
  readonly text: SharedArrayBuffer;
}

/** Main thread → I/O thread. */
export type FromMain =
  | { kind: "send"; channel: Channel; message: Message }
  /** An input that the history keeps. */
  | { kind: "remember"; line: number; source: string }
  /** A custom message `{ kind: "stop" }` on this comm interrupts. */
  | { kind: "stops"; comm: string }
  | { kind: "text"; announcement: Announcement }
  /** Asks for a `passed` behind everything that has arrived until now. */
  | { kind: "barrier"; number: number }
  /** The event loop turns: answers `ask`, `interrupt` and `settle`. */
  | { kind: "alive"; number: number }
  /** A port to a language thread that has started. */
  | { kind: "language"; port: MessagePort }
  | { kind: "close" };

/** I/O thread → main thread. */
export type ToMain =
  | { kind: "ready"; died: string | undefined }
  | { kind: "message"; channel: Inbound; message: Message }
  | { kind: "interrupt"; number: number }
  | { kind: "ask"; number: number }
  /** What was interrupted was terminated; no more terminations come. */
  | { kind: "settle"; number: number }
  | { kind: "passed"; number: number };
