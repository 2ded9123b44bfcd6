/**
 * The flag that ends loops: one number in memory that both threads share. Every loop of a cell, and of a local `.ts` file,
 * looks at it and throws while it is not 0, so that a loop can be stopped anywhere, after an await or in a callback, by an
 * ordinary error, which leaves promises, timers and finally blocks whole. Recursion is no loop, and loops of packages do
 * not look: the debugger ends those.
 */

/** Who stops the cell: the reader, or the kernel because memory runs out. */
export type StopReason = "reader" | "memory";

/** The flag, and beside it room for a sentence that says why. */
export type Halt = Int32Array<SharedArrayBuffer>;

const REASONS: readonly StopReason[] = ["reader", "memory"];
const TEXT_BYTES = 508;

export const newHalt = (): Halt => new Int32Array(new SharedArrayBuffer(4 + TEXT_BYTES));

const textOf = (halt: Halt): Uint8Array => new Uint8Array(halt.buffer, 4);

/** @param text what the reader has to know, a sentence without its full stop */
export function raise(halt: Halt, reason: StopReason, text = ""): void {
  textOf(halt).fill(0).set(Buffer.from(text).subarray(0, TEXT_BYTES));
  Atomics.store(halt, 0, REASONS.indexOf(reason) + 1);
}

export function lower(halt: Halt): void {
  Atomics.store(halt, 0, 0);
}

/** The error to throw into a cell while the flag is up; the reader's wish if it has just been lowered. */
export function stopped(halt: Halt): Interrupted {
  const reason = REASONS[Atomics.load(halt, 0) - 1] ?? "reader";
  const text = Buffer.from(textOf(halt)).toString().replace(/\0+$/, "");
  return new Interrupted(reason, text);
}

/** Thrown into a cell that is stopped. */
export class Interrupted extends Error {
  override readonly name: string;
  constructor(reason: StopReason, text = "") {
    super(
      reason === "reader"
        ? "the cell was interrupted; its variables are kept"
        : `memory was about to run out: ${text}. The cell was stopped before the kernel would have died, and its variables are kept: free what is not needed any more, or work on parts`,
    );
    this.name = reason === "reader" ? "Interrupted" : "OutOfMemory";
  }
}

/** Names on `globalThis` that compiled loops use; see halt-check.ts for why they are global. */
export const FLAG = "__halt";
export const STOP = "__stop";

/**
 * Makes a flag the one that loops look at.
 * @param told gets each error that is thrown into a loop, which knows the line
 */
export function install(halt: Halt, told: (error: Interrupted) => void = () => {}): void {
  const stop = new Proxy(Object.freeze({}), {
    deleteProperty() {
      const error = stopped(halt);
      told(error);
      throw error;
    },
  });
  Object.defineProperty(globalThis, FLAG, { value: halt, configurable: true });
  Object.defineProperty(globalThis, STOP, { value: stop, configurable: true });
}
