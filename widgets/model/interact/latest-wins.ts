/** When a function runs whose arguments change faster than it does: never twice at once, and the last values always. */

/** When runs may begin, in milliseconds. */
export interface Pace {
  /** At least this time between the beginnings of two runs. Default 0. */
  readonly throttle?: number;
  /** Only when nothing has changed for this time. Default 0. */
  readonly debounce?: number;
}

type Waiting = { timeout: ReturnType<typeof setTimeout> } | { immediate: ReturnType<typeof setImmediate> };

export class LatestWins {
  #running: { controller: AbortController; ended: Promise<void> } | undefined;
  #waiting: Waiting | undefined;
  #wanted = false;
  #began = Number.NEGATIVE_INFINITY;
  #asked = Number.NEGATIVE_INFINITY;
  #rest: (() => void)[] = [];

  /** @param run runs with the values of the moment; its signal is aborted when newer ones have come */
  constructor(
    private readonly run: (signal: AbortSignal) => Promise<void>,
    private readonly pace: Pace = {},
  ) {}

  /** Something has changed: a run that is under way is told, and another one follows. */
  request(): void {
    this.#wanted = true;
    this.#asked = performance.now();
    this.#running?.controller.abort(new DOMException("newer values have come", "AbortError"));
    this.#schedule();
  }

  /** Runs at once, or if a run is under way as soon as that has ended. */
  start(): void {
    this.#cancel();
    if (this.#running !== undefined) return this.request();
    this.#begin();
  }

  /** Waits until nothing runs and nothing is to run. */
  async settled(): Promise<void> {
    if (this.#running === undefined && !this.#wanted) return;
    await new Promise<void>((resolve) => this.#rest.push(resolve));
  }

  /** Stops what runs, and what was to run. */
  stop(): void {
    this.#wanted = false;
    this.#cancel();
    this.#running?.controller.abort(new DOMException("the controls were closed", "AbortError"));
    if (this.#running === undefined) this.#settle();
  }

  #schedule(): void {
    if (this.#running !== undefined) return;
    const { throttle = 0, debounce = 0 } = this.pace;
    if (this.#waiting !== undefined && debounce === 0) return;
    this.#cancel();
    const wait = Math.max(this.#began + throttle, this.#asked + debounce) - performance.now();
    const begin = (): void => this.#begin();
    // Also without a wait not at once: changes that have come with this one are taken together.
    this.#waiting = wait > 0 ? { timeout: setTimeout(begin, wait) } : { immediate: setImmediate(begin) };
  }

  #cancel(): void {
    if (this.#waiting === undefined) return;
    if ("timeout" in this.#waiting) clearTimeout(this.#waiting.timeout);
    else clearImmediate(this.#waiting.immediate);
    this.#waiting = undefined;
  }

  #begin(): void {
    this.#waiting = undefined;
    this.#wanted = false;
    this.#began = performance.now();
    const controller = new AbortController();
    const ended = this.run(controller.signal).finally(() => {
      this.#running = undefined;
      if (this.#wanted) this.#schedule();
      else this.#settle();
    });
    this.#running = { controller, ended };
  }

  #settle(): void {
    for (const resolve of this.#rest.splice(0)) resolve();
  }
}
