/** How many pixels are drawn: fewer while it moves, if it is slow, and twice as many along each side at rest. */

/** Milliseconds that a frame shall take at most while it moves. */
const BUDGET = 45;
/** Milliseconds without a move until all is drawn sharp. */
const REST = 180;
/** Pixels of the canvas per pixel of the page at rest: edges are smooth. */
const SHARPEST = 2;
const COARSEST = 0.4;

export class Sharpness {
  #moving = false;
  #ratio = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #ask: () => void;

  /** @param ask draws in the next frame */
  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** Pixels of the canvas per pixel of the page, now. */
  get ratio(): number {
    return this.#moving ? this.#ratio : SHARPEST;
  }

  /** Something has changed: it is drawn at once, and sharp as soon as nothing more does. */
  moved(): void {
    this.#moving = true;
    this.#ask();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#moving = false;
      this.#ask();
    }, REST);
  }

  /** How long a frame took; the next one has as many pixels as fit the time. */
  drawn(milliseconds: number): void {
    if (!this.#moving) return;
    const fits = this.#ratio * Math.sqrt(BUDGET / Math.max(1, milliseconds));
    // Not at every small change: pixels that jump are seen.
    if (fits < this.#ratio * 0.95 || fits > this.#ratio * 1.3)
      this.#ratio = Math.min(1, Math.max(COARSEST, (this.#ratio + fits) / 2));
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
