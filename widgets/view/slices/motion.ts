/** How the cursor moves through the planes: which way, and whether it rests. */
import { AXES, type Axis, type Triple } from "../../../src/core/shape.js";

const same = (a: Triple | undefined, b: Triple): boolean => a?.every((n, k) => n === b[k]) === true;

export class Motion {
  readonly #rested: () => void;
  readonly #pause: number;
  readonly #ways: [number, number, number] = [1, 1, 1];
  #last: Triple | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param pause milliseconds without a move @param rested is called when it rests */
  constructor(pause: number, rested: () => void) {
    this.#pause = pause;
    this.#rested = rested;
  }

  /** To be called with the cursor of each drawing. The first one rests at once. */
  seen(cursor: Triple): void {
    if (same(this.#last, cursor)) return;
    const before = this.#last;
    this.#last = cursor;
    if (before === undefined) return;
    for (const [k, n] of cursor.entries()) this.#ways[k] = Math.sign(n - before[k]!) || this.#ways[k]!;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#rested();
    }, this.#pause);
  }

  /** Whether it has been here for a while. */
  rests(cursor: Triple): boolean {
    return same(this.#last, cursor) && this.#timer === undefined;
  }

  /** 1 or −1: where it last went along an axis. */
  way(axis: Axis): number {
    return this.#ways[AXES[axis]];
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
