/** Plays a series: each frame of the page shows what the clock says, if its planes are there. */
import type { Stage } from "../slices/stage.js";
import type { TimeContent } from "./content.js";
import { Playback } from "./playback.js";

export class Player {
  readonly #stage: Stage;
  readonly #content: TimeContent;
  readonly #count: number;
  readonly #show: (state: number) => void;
  readonly #held: () => void;
  #playback: Playback | undefined;
  #frame = 0;
  #due = 0;

  /** @param show shows a state, in the page alone @param held is called when it has come to its end, or was held */
  constructor(stage: Stage, content: TimeContent, count: number, show: (state: number) => void, held: () => void) {
    this.#stage = stage;
    this.#content = content;
    this.#count = count;
    this.#show = show;
    this.#held = held;
  }

  get playing(): boolean {
    return this.#playback !== undefined;
  }

  play(fps: number, loop: boolean): void {
    const { index } = this.#content.shown;
    // From the end of a series that is played once it begins again.
    const from = !loop && index === this.#count - 1 ? 0 : index;
    if (from !== index) this.#show(from);
    const playback = new Playback(this.#count, fps, loop, from, performance.now());
    const complete = (state: number): boolean => this.#content.complete(state);
    this.#playback = playback;
    this.#content.ahead = () => playback.ahead(performance.now(), complete);
    this.#stage.ask();
    const tick = (): void => {
      const now = performance.now();
      const state = playback.next(now, complete);
      if (state !== undefined) this.#show(state);
      const due = playback.due(now);
      // Other states are wanted now.
      if (due !== this.#due) this.#stage.ask();
      this.#due = due;
      if (playback.ended) this.hold();
      else this.#frame = requestAnimationFrame(tick);
    };
    this.#frame = requestAnimationFrame(tick);
  }

  pace(fps: number): void {
    this.#playback?.pace(fps, performance.now());
  }

  hold(): void {
    if (this.#playback === undefined) return;
    this.stop();
    this.#held();
  }

  /** Ends without a word. */
  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#playback = undefined;
    this.#content.ahead = undefined;
  }
}
