/**
 * Stops what the main thread is doing, in two steps: the flag that every loop of a cell looks at, with a message that ends
 * any await; and, if that is not heard, the debugger's terminate, which ends everything else: a library's loop, a regular
 * expression, wasm. No signal: Node takes its handlers away while it starts a script, and a signal in that moment would end
 * the process.
 *
 * Terminate is blunt. It ends whatever runs when it arrives, be it the kernel's own answer, and it drops every promise that
 * was about to go on. So nothing new is handed to the main thread until it is known that no termination is on its way any
 * more, and at the end the main thread is told to put itself in order.
 */
import type { StopReason } from "../threads/halt.js";

/** The means of each step; tests bring their own. */
export interface Means {
  /** Raises the flag. */
  raise(reason: StopReason, text: string): void;
  /** Tells the main thread; true if its event loop has taken the message within that time. */
  tell(milliseconds: number): Promise<boolean>;
  /** True as soon as the event loop turns, false after that time. */
  turns(milliseconds: number): Promise<boolean>;
  /** Resolves when something has been ended: what runs now or, if nothing does, whatever runs next. */
  terminate(): Promise<void>;
  /** Tells the main thread that no termination will come any more; true if it has taken that within that time. */
  settle(milliseconds: number): Promise<boolean>;
}

/** How long the flag may take: what a cell calls may be in the middle of something that should end by itself. */
const HEARD = 100;
/** Where memory runs out there is less time: a cell can fill what is left in a tenth of a second. */
const HEARD_URGENTLY = 20;
const TURNED = 100;
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

  /** Whether an interrupt is on its way: nothing new may reach the main thread until it is over. */
  get pending(): Promise<void> | undefined {
    return this.running;
  }

  private async escalate(reason: StopReason, text: string): Promise<void> {
    const { means } = this;
    means.raise(reason, text);
    if (await means.tell(reason === "memory" ? HEARD_URGENTLY : HEARD)) return;
    for (let attempt = 0; attempt < MOST_TERMINATIONS; attempt++) if (await this.terminate()) break;
    for (let attempt = 0; attempt < MOST_TERMINATIONS; attempt++) if (await means.settle(TURNED)) break;
  }

  /** Ends one thing. @returns whether the event loop turns after that */
  private async terminate(): Promise<boolean> {
    const { means } = this;
    let ended = false;
    void means.terminate().then(() => {
      ended = true;
    });
    // If the main thread has become free by itself, the question is what gets ended.
    let turns = await means.turns(TURNED);
    for (let attempt = 0; !ended && attempt < MOST_TERMINATIONS; attempt++) turns = await means.turns(TURNED);
    return ended && (turns || means.turns(TURNED));
  }
}
