/**
 * Comms: the two-way channel between a cell's code and a widget in the page (Jupyter messaging, "Custom messages").
 * These types are the whole contract with the widget half, which finds the running kernel under {@link kernelSymbol}
 * and therefore imports nothing from here at run time.
 */

import type { Output } from "./session/output.js";

export type { Output };

/** Plain JSON, as it travels in a message. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What arrives with a comm message. Buffers are right-sized copies that the receiver may keep. */
export interface CommMessage {
  readonly data: Record<string, Json>;
  readonly metadata: Record<string, Json>;
  readonly buffers: readonly Uint8Array[];
}

/** What may be sent along with the data of a comm message. */
export interface CommExtras {
  metadata?: Record<string, Json>;
  /** Binary frames. They are copied, so that they may be changed as soon as this has returned. */
  buffers?: readonly (ArrayBufferView | ArrayBuffer)[];
  /**
   * Hands the buffers over instead of copying them: they are empty here afterwards. A view of only a part of its buffer,
   * or of shared memory, is copied all the same. Default false.
   */
  transfer?: boolean;
}

/** What may be said when a comm is opened. */
export interface OpenExtras extends CommExtras {
  /** Default: a new one. */
  id?: string;
  /**
   * A custom message `{ kind: "stop" }` of the page on this comm also interrupts the running cell if the main thread does
   * not take it within 50 ms.
   */
  stops?: boolean;
}

/**
 * One open comm. Handlers run with the output context of the cell that registered them; what they send at once names the
 * page's message as its cause.
 */
export interface Comm {
  readonly id: string;
  readonly target: string;
  send(data: Record<string, Json>, extras?: CommExtras): void;
  close(data?: Record<string, Json>, extras?: CommExtras): void;
  onMessage(handler: (message: CommMessage) => void): void;
  onClose(handler: (message: CommMessage) => void): void;
}

/** Opens comms towards the page and receives those that the page opens. */
export interface CommManager {
  open(target: string, data: Record<string, Json>, extras?: OpenExtras): Comm;
  /** Called for each `comm_open` of the page with this target name. */
  onOpen(target: string, handler: (comm: Comm, message: CommMessage) => void): void;
}

/** A MIME bundle as display messages carry it; binary types (image/png) are base64 text. */
export type MimeBundle = Record<string, Json>;

/** What the kernel offers to code in cells, as `globalThis[Symbol.for("voxbook.kernel")]`. */
export interface KernelApi {
  /** Whether a page may listen: false in headless runs, whose comms reach nobody. */
  readonly interactive: boolean;
  /** Folder beside the notebook for what readers do in widgets; undefined: nothing of it is kept. */
  readonly stateFolder?: string;
  readonly comms: CommManager;
  /** Publishes display_data, or update_display_data when `update` is set, for the cell that is the current context. */
  display(
    bundle: MimeBundle,
    options?: { displayId?: string; update?: boolean; metadata?: Record<string, Json> },
  ): void;
  clearOutput(wait?: boolean): void;
  /**
   * Runs a function whose output goes to `sink` instead of the cell: what it prints and displays, now and later (timers,
   * promises, callbacks), the value it returns, shown like the last value of a cell, and what it throws, with the cell's
   * traceback. Renewals of a display that went to `sink` go there, too, wherever they come from. Without a sink all of
   * this is output of the cell.
   * @returns what `run` returns; undefined if it threw. Only an interrupt is thrown on.
   */
  capture<T>(sink: ((output: Output) => void) | undefined, run: () => T | Promise<T>): Promise<T | undefined>;
  /** Shows an error that nobody awaits in the output of the current context, with the cell's traceback. */
  showError(error: unknown): void;
  /** Called when the reader interrupts the running cell, so that work in other threads stops, too. */
  onInterrupt(handler: () => void): void;
  /** Number of the cell whose output context is current; undefined outside cells. */
  readonly cell: number | undefined;
}

/** Key of the running kernel's {@link KernelApi} on `globalThis`; absent in headless library use. */
export const kernelSymbol: unique symbol = Symbol.for("voxbook.kernel") as never;

/**
 * A value with an id under this symbol is shown as a display that can be renewed by that id, instead of as the cell's
 * plain result.
 */
export const displayIdSymbol: unique symbol = Symbol.for("voxbook.displayId") as never;

/**
 * A method under this symbol of a value with a display id returns what is shown of it at once, until its whole bundle is there;
 * undefined: nothing. A page can begin with it while the kernel still draws a picture for the notebook file.
 */
export const firstDisplaySymbol: unique symbol = Symbol.for("voxbook.firstDisplay") as never;
