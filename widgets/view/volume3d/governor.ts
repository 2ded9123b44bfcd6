/** How coarse frames have to be for the time that there is, by how long the last ones took. */

export interface Coarseness {
  /** Side of the frame's pixels, in pixels of the screen. */
  readonly pixel: number;
  readonly lit: boolean;
}

/** Few sizes, far from each other: each change takes time, and is seen. */
const PIXELS = [1, 1.5, 2, 3, 4];
/** A frame with light takes about eight times as long as one without. */
const LIGHT = 8;
const costOf = ({ pixel, lit }: Coarseness): number => (lit ? LIGHT : 1) / pixel ** 2;
const UNLIT: readonly Coarseness[] = PIXELS.map((pixel) => ({ pixel, lit: false }));
/** From fine to coarse: rather without light than in blocks. */
const LIT: readonly Coarseness[] = [
  ...PIXELS.filter((pixel) => pixel <= 3).map((pixel) => ({ pixel, lit: true })),
  ...UNLIT.filter((level) => costOf(level) < LIGHT / 9),
];

/** A frame may take so many times the wanted time before the next ones are coarser. */
const SLOW = 1.25;
/** Frames that are looked at before they are coarser, and before they are finer. */
const [FEW, MANY] = [3, 6];
/** A coarser frame that still takes this share of the time of a finer one is no use. */
const NO_USE = 0.75;
/** Milliseconds that any frame is thought to take at first, and the share of a frame's time that this may be, at most. */
const ALWAYS = { first: 12, share: 0.7 };

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;

/** How frames are drawn while something moves. */
export class MovingGovernor {
  readonly #wanted: number;
  #levels = LIT;
  #at: number;
  /** Milliseconds of the last frames like this one, the newest first. */
  #times: number[] = [];
  /** The finer level that it comes from, with its time. */
  #from: { readonly at: number; readonly took: number } | undefined;
  /** Milliseconds that a frame takes however coarse it is: the page has to be put together, too. */
  #always = ALWAYS.first;
  /** Coarser ones are no use. */
  #coarsest = Number.POSITIVE_INFINITY;

  /** @param wanted milliseconds a frame @param cost of the first frames, at most: 1 is a sharp one without light, 8 one with light */
  constructor(wanted: number, cost: number) {
    this.#wanted = wanted;
    this.#at = this.#finest(cost);
  }

  /** How the next frame is drawn. @param lit whether light is wanted */
  next(lit: boolean): Coarseness {
    const levels = lit ? LIT : UNLIT;
    if (levels !== this.#levels) {
      const cost = this.#cost(this.#at);
      this.#levels = levels;
      this.#coarsest = Number.POSITIVE_INFINITY;
      this.#go(this.#finest(cost));
    }
    return levels[this.#at]!;
  }

  /** The last frame took so many milliseconds. */
  took(milliseconds: number): void {
    this.#times = [milliseconds, ...this.#times].slice(0, MANY);
    if (this.#times.length < FEW) return;
    // One that is slow alone compiled a shader, or waited for something else of the machine.
    const took = median(this.#times.slice(0, FEW));
    const from = this.#from;
    this.#from = undefined;
    if (from !== undefined) {
      this.#learn(from, took);
      if (took > NO_USE * from.took) {
        this.#coarsest = from.at;
        return this.#go(from.at);
      }
    }
    if (took > SLOW * this.#wanted) return this.#coarser(took);
    if (this.#times.length < MANY || this.#at === 0) return;
    const slowest = [...this.#times].sort((a, b) => b - a)[1]!;
    if (this.#guess(slowest, this.#at - 1) < this.#wanted) this.#go(this.#at - 1);
  }

  #coarser(took: number): void {
    const found = this.#levels.findIndex((_, level) => level > this.#at && this.#guess(took, level) <= this.#wanted);
    const to = Math.min(this.#coarsest, found < 0 ? this.#at + 1 : found);
    if (to <= this.#at || to >= this.#levels.length) return;
    const at = this.#at;
    this.#go(to);
    this.#from = { at, took };
  }

  /** Milliseconds on another level. */
  #guess(took: number, level: number): number {
    const always = Math.min(this.#always, ALWAYS.share * took);
    return always + ((took - always) * this.#cost(level)) / this.#cost(this.#at);
  }

  /** Two levels with their times tell what has nothing to do with pixels. */
  #learn(from: { readonly at: number; readonly took: number }, took: number): void {
    const [before, now] = [this.#cost(from.at), this.#cost(this.#at)];
    this.#always = Math.max(0, (took * before - from.took * now) / (before - now));
  }

  /** The gesture is over: what was no use may be of use in the next one. */
  rested(): void {
    this.#coarsest = Number.POSITIVE_INFINITY;
    this.#from = undefined;
    this.#times = [];
  }

  #cost(level: number): number {
    return costOf(this.#levels[level]!);
  }

  #go(to: number): void {
    if (to === this.#at) return;
    this.#at = to;
    this.#times = [];
    this.#from = undefined;
  }

  /** The finest level that costs no more; else the coarsest. */
  #finest(cost: number): number {
    const found = this.#levels.findIndex((level) => costOf(level) <= cost);
    return found < 0 ? this.#levels.length - 1 : found;
  }
}

/** Rows of a sharp picture that are drawn at once: the page shall not wait for all of them. */
export class RowGovernor {
  readonly #wanted: number;
  #rows: number;

  /** @param first rows to begin with @param wanted milliseconds a strip, about */
  constructor(first: number, wanted: number) {
    this.#rows = first;
    this.#wanted = wanted;
  }

  get rows(): number {
    return this.#rows;
  }

  /** So many rows took so many milliseconds. */
  took(milliseconds: number, rows: number): void {
    // What is in the strips differs: empty ones must not make the next one a whole picture.
    const share = Math.min(2, Math.max(0.25, this.#wanted / Math.max(1, milliseconds)));
    this.#rows = Math.max(8, Math.round(rows * share));
  }
}
