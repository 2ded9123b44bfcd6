/**
 * Stops what the main thread is doing, in three steps, each only if the one before was not heard: the flag that loops
 * look at, with a message that ends any await; a signal, which ends the synchronous part of a cell whatever library it is
 * in; the debugger's terminate, which ends everything else: a library's loop behind an await, in a timer, in wasm.
 */
import type { StopReason } from "./halt.js";

/** The means of each step; tests bring their own. */
export interface Means {
  /** Raises the flag. */
  raise(reason: StopReason, text: string): void;
  /** Tells the main thread; true if its event loop has taken the message within that time. */
  tell(milliseconds: number): Promise<boolean>;
  /** True as soon as the event loop turns, false after that time. */
  turns(milliseconds: number): Promise<boolean>;
  signal(): void;
  terminate(): void;
}

/** How long each step may take before the next one; a Stop is felt as immediate below 200 ms. */
const HEARD = 60;
/** Where memory runs out there is less time: a cell can fill what is left in a tenth of a second. */
const URGENT = 20;
const SIGNALLED = 80;
const TERMINATED = 100;
/** Several callbacks can wait that spin, one after the other. */
const MOST_TERMINATIONS = 50;

export class Interrupter {
  private running: Promise<void> | undefined;
  constructor(private readonly means: Means) {}

  /** Two interrupts at once are one. @param text why, for the reader */
  interrupt(reason: StopReason, text = ""): Promise<void> {
    this.running ??= this.escalate(reason, text).finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  /** Interrupts only a main thread that does not hear otherwise: a page's Stop whose handler cannot run. */
  async interruptIfDeaf(): Promise<void> {
    if (!(await this.means.turns(50))) await this.interrupt("reader");
  }

  private async escalate(reason: StopReason, text: string): Promise<void> {
    const { means } = this;
    means.raise(reason, text);
    const urgent = reason === "memory";
    if (await means.tell(urgent ? URGENT : HEARD)) return;
    means.signal();
    if (await means.turns(urgent ? URGENT : SIGNALLED)) return;
    for (let attempt = 0; attempt < MOST_TERMINATIONS; attempt++) {
      means.terminate();
      if (await means.turns(TERMINATED)) return;
    }
  }
}
