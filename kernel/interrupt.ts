/**
 * Stops what the main thread is doing, in three steps, each only if the one before was not heard: the flag that loops
 * look at, with a message that ends any await; a signal, which ends the synchronous part of a cell whatever library it is
 * in; the debugger's terminate, which ends everything else: a library's loop behind an await, in a timer, in wasm.
 */
import type { StopReason } from "./halt.js";

/** The means of each step; tests bring their own. */
export interface Means {
  /** Raises the flag. */
  raise(reason: StopReason): void;
  /** Tells the main thread; true if its event loop has taken the message within that time. */
  tell(reason: StopReason, milliseconds: number): Promise<boolean>;
  /** True as soon as the event loop turns, false after that time. */
  turns(milliseconds: number): Promise<boolean>;
  signal(): void;
  terminate(): void;
}

/** How long each step may take before the next one; a Stop is felt as immediate below 200 ms. */
const HEARD = 60;
const SIGNALLED = 80;
const TERMINATED = 100;
/** Several callbacks can wait that spin, one after the other. */
const MOST_TERMINATIONS = 50;

export class Interrupter {
  private running: Promise<void> | undefined;
  constructor(private readonly means: Means) {}

  /** Two interrupts at once are one. */
  interrupt(reason: StopReason): Promise<void> {
    this.running ??= this.escalate(reason).finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  /** Interrupts only a main thread that does not hear otherwise: a page's Stop whose handler cannot run. */
  async interruptIfDeaf(): Promise<void> {
    if (!(await this.means.turns(50))) await this.interrupt("reader");
  }

  private async escalate(reason: StopReason): Promise<void> {
    const { means } = this;
    means.raise(reason);
    if (await means.tell(reason, HEARD)) return;
    means.signal();
    if (await means.turns(SIGNALLED)) return;
    for (let attempt = 0; attempt < MOST_TERMINATIONS; attempt++) {
      means.terminate();
      if (await means.turns(TERMINATED)) return;
    }
  }
}
