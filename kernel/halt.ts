/**
 * The flag that ends loops: one number in memory that both threads share. Every loop of a cell looks at it and throws
 * while it is not 0, so that a loop can be stopped anywhere, after an await or in a callback, by an ordinary error, which
 * leaves promises, timers and finally blocks whole.
 */

/** Who stops the cell: the reader, or the kernel because memory runs out. */
export type StopReason = "reader" | "memory";

const REASONS: readonly StopReason[] = ["reader", "memory"];

export const newHalt = (): Int32Array<SharedArrayBuffer> => new Int32Array(new SharedArrayBuffer(4));

export function raise(halt: Int32Array, reason: StopReason): void {
  Atomics.store(halt, 0, REASONS.indexOf(reason) + 1);
}

export function lower(halt: Int32Array): void {
  Atomics.store(halt, 0, 0);
}

/** Why the flag is up; the reader's wish if it has just been lowered. */
export const reasonOf = (halt: Int32Array): StopReason => REASONS[Atomics.load(halt, 0) - 1] ?? "reader";

/** Thrown into a cell that is stopped. */
export class Interrupted extends Error {
  override readonly name: string;
  constructor(reason: StopReason) {
    super(
      reason === "reader"
        ? "the cell was interrupted; its variables are kept"
        : "memory was about to run out, so the cell was stopped before the kernel died; variables are kept, the cell's output says how much was used",
    );
    this.name = reason === "reader" ? "Interrupted" : "OutOfMemory";
    // Where in a loop it was stopped is chance.
    this.stack = `${this.name}: ${this.message}`;
  }
}
