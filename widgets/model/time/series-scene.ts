/** What the views of one series share: a scene of all its states, and which of them are shown. */
import { InvalidArgument } from "../../../src/core/errors.js";
import type { Series } from "../../../src/measure/series.js";
import type { ShownStates } from "../../protocol.js";
import { Scene } from "../scene.js";
import { VolumeWindows } from "../several/windows.js";

/** What of a state lies at the bottom: its scan under its labels, or its labels alone. */
export type Show = "scan" | "labels";

export class SeriesScene extends Scene {
  shown: ShownStates = { index: 0, other: null };
  readonly #listeners = new Set<(shown: ShownStates) => void>();

  constructor(
    readonly series: Series,
    readonly show: Show,
    readonly windows: VolumeWindows,
  ) {
    const { shape } = series;
    super(greyOf(series, show)[0]!, {
      cursor: [shape[0] >> 1, shape[1] >> 1, shape[2] >> 1],
      window: [...windows.common],
      thresholds: [],
      region: null,
      normal: null,
    });
    this.log.extend({ time: ({ from, to }, way) => this.present(way === "do" ? to : from) });
  }

  /** Calls `listener` with what is shown from now on. @returns a function that ends it */
  onShown(listener: (shown: ShownStates) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Shows other states in all views. @throws InvalidArgument if the series has none of these numbers */
  present(states: ShownStates): void {
    const taken = shownIn(this.series, states);
    if (taken === undefined)
      throw new InvalidArgument(
        `an action shows the states ${JSON.stringify(states)}; this series has ${this.series.length}, numbered from 0`,
      );
    this.#show(taken);
    void this.renew();
  }

  /** A page shows other states: that is a gesture. */
  presentedByPage(to: ShownStates): void {
    const from = this.shown;
    this.#show(to);
    this.log.add({ kind: "time", from, to });
  }

  #show(shown: ShownStates): void {
    this.shown = shown;
    for (const listener of this.#listeners) listener(shown);
  }
}

/** The volumes at the bottom. */
export const greyOf = ({ states }: Series, show: Show) =>
  states.map(({ scan, labels }) => (show === "scan" ? scan! : labels));

/** What a page, or an action of a file, may show; undefined if the series has no such states. */
export function shownIn({ length }: Pick<Series, "length">, value: unknown): ShownStates | undefined {
  const { index, other } = Object(value) as Partial<ShownStates>;
  const is = (n: unknown): boolean => Number.isInteger(n) && Number(n) >= 0 && Number(n) < length;
  return is(index) && (other === null || is(other)) ? { index: index!, other: other! } : undefined;
}

const scenes = new WeakMap<Series, Map<Show, SeriesScene>>();

/** The scene of a series: made at its first view, with the cursor in the middle and a window that fits all states. */
export async function seriesScene(series: Series, show: Show): Promise<SeriesScene> {
  const known = scenes.get(series)?.get(show);
  if (known !== undefined) return known;
  const windows = await VolumeWindows.of(greyOf(series, show));
  const own = scenes.get(series) ?? new Map<Show, SeriesScene>();
  scenes.set(series, own);
  // Two views may have been asked for at once.
  const made = own.get(show) ?? new SeriesScene(series, show, windows);
  own.set(show, made);
  return made;
}
