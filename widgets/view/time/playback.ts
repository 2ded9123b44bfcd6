/**
 * Which state is due while a series is played. The clock decides: where planes come too slowly states are left out, and what is shown is never
 * behind by more than the state that was waited for. Positions count on through the rounds; a state is its position modulo their number.
 */

/** States that are fetched before they are due. */
const AHEAD = 4;

export class Playback {
  readonly #count: number;
  readonly #loop: boolean;
  #fps: number;
  #start: number;
  #origin: number;
  #shown: number;
  /** What is waited for, though its time may be over: or else, where planes come slowly, nothing would ever be complete. */
  #waited: number;

  /** @param state from which it begins @param now milliseconds of a clock that never goes back */
  constructor(count: number, fps: number, loop: boolean, state: number, now: number) {
    this.#count = count;
    this.#fps = fps;
    this.#loop = loop;
    this.#start = now;
    this.#origin = state;
    this.#shown = state;
    this.#waited = state + 1;
  }

  /** The position that the clock has reached. */
  due(now: number): number {
    const position = this.#origin + Math.floor(((now - this.#start) * this.#fps) / 1000 + 1e-6);
    return this.#loop ? position : Math.min(position, this.#count - 1);
  }

  /** Goes on from where it is at another speed. */
  pace(fps: number, now: number): void {
    this.#origin = this.due(now);
    this.#start = now;
    this.#fps = fps;
  }

  /** Whether the last state has been shown, and none follows. */
  get ended(): boolean {
    return !this.#loop && this.#shown >= this.#count - 1;
  }

  #state(position: number): number {
    return position % this.#count;
  }

  /** The state to show now, the newest that is due and complete; undefined: none that is not shown already. */
  next(now: number, complete: (state: number) => boolean): number | undefined {
    const due = this.due(now);
    // Further back there are only the same states again.
    for (let position = due; position > Math.max(this.#shown, due - this.#count); position--) {
      if (!complete(this.#state(position))) continue;
      this.#shown = position;
      return this.#state(position);
    }
    return undefined;
  }

  /** States to fetch, the most urgent first: the one that is waited for, then those that will be due. */
  ahead(now: number, complete: (state: number) => boolean): number[] {
    const due = this.due(now);
    const last = this.#loop ? Number.POSITIVE_INFINITY : this.#count - 1;
    if (this.#waited <= this.#shown || complete(this.#state(this.#waited)))
      // What is due now would come too late; the last state is not left out.
      this.#waited = Math.min(last, Math.max(this.#shown, due) + 1);
    const positions = [this.#waited, ...Array.from({ length: AHEAD }, (_, k) => due + 1 + k)];
    const states = positions.filter((position) => position <= last).map((position) => this.#state(position));
    return [...new Set(states)].filter((state) => !complete(state));
  }
}
