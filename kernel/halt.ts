/**
 * How a running loop is stopped. Every loop of a cell, and of a local `.ts` file, looks at one number in shared memory
 * that another thread sets. What it throws then is an ordinary error, so promises, timers and `finally` blocks stay whole.
 * Recursion is no loop, and loops of packages are not looked at: the interrupt signal and the debugger end those.
 */

/** Thrown into a cell that was interrupted. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor() {
    super("the cell was interrupted; its variables are kept");
  }
}

/** Names on `globalThis` that the compiled loops use; see halt-check.ts for why they are global. */
export const HALT = "__halt";
export const STOP = "__stop";

const stop = new Proxy(Object.freeze({}), {
  deleteProperty() {
    throw new Interrupted();
  },
});

/** Makes `halt` the number that loops look at: while it is not 0, they throw {@link Interrupted}. */
export function installHalt(halt: Int32Array): void {
  Object.defineProperty(globalThis, HALT, { value: halt, configurable: true });
  Object.defineProperty(globalThis, STOP, { value: stop, configurable: true });
}
