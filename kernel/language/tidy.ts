/**
 * Keeps the language thread small. Each check leaves a program of about 1 MB behind, and the engine, which knows nothing of
 * the notebook beside it, would let 250 MB of them gather before it collects.
 */
import { getHeapStatistics } from "node:v8";
import { collect } from "../threads/collect.js";

const MIB = 2 ** 20;
/** Garbage that is collected while nobody asks for anything, and garbage that is collected at once. */
const IDLE_BYTES = 24 * MIB;
const MOST_BYTES = 96 * MIB;
const IDLE_MILLISECONDS = 400;

export class Tidy {
  private kept = 0;
  private timer: NodeJS.Timeout | undefined;

  /** To be called after a request has been answered. */
  answered(): void {
    clearTimeout(this.timer);
    const garbage = this.garbage();
    if (garbage > MOST_BYTES) this.collect();
    else if (garbage > IDLE_BYTES) this.timer = setTimeout(() => this.collect(), IDLE_MILLISECONDS).unref();
  }

  /** Collects now; what is left is what is needed. */
  collect(): void {
    collect("major");
    this.kept = getHeapStatistics().used_heap_size;
  }

  private garbage(): number {
    return getHeapStatistics().used_heap_size - this.kept;
  }
}
