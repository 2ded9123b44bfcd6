/** The I/O thread's view of the main thread: whether its event loop turns. */
import type { ToMain } from "./messages.js";

export class MainWatch {
  private readonly waiting = new Map<number, () => void>();
  private last = 0;
  constructor(private readonly post: (message: ToMain) => void) {}

  /** Passes an interrupt on; true if it was taken within that time. */
  tell = (milliseconds: number): Promise<boolean> =>
    this.expect(milliseconds, (number) => this.post({ kind: "interrupt", number }));

  /** True as soon as the event loop turns, false after that time. */
  turns = (milliseconds: number): Promise<boolean> =>
    this.expect(milliseconds, (number) => this.post({ kind: "ask", number }));

  /** Says that no termination will come any more; true if that was taken within that time. */
  settle = (milliseconds: number): Promise<boolean> =>
    this.expect(milliseconds, (number) => this.post({ kind: "settle", number }));

  /** The main thread has answered. */
  alive(number: number): void {
    this.waiting.get(number)?.();
  }

  private expect(milliseconds: number, ask: (number: number) => void): Promise<boolean> {
    const number = ++this.last;
    return new Promise((resolve) => {
      const settle = (answered: boolean): void => {
        clearTimeout(timer);
        this.waiting.delete(number);
        resolve(answered);
      };
      const timer = setTimeout(() => settle(false), milliseconds);
      this.waiting.set(number, () => settle(true));
      ask(number);
    });
  }
}
