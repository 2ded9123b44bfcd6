/** Grey values shown as black and as white, of several volumes: one window for all of them, or one for each. */
import type { Json } from "../../../kernel/comm.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { suggestion } from "../../../src/core/options.js";
import { percentileWindow } from "../../../src/core/picture.js";
import type { Volume } from "../../../src/core/volume.js";
import type { OwnWidget } from "../own-widget.js";
import { checkWindow } from "../slices/slices.js";

type Window = readonly [low: number, high: number];

/** Values of a plane that count for the common window: more would make it no better. */
const SAMPLE = 8192;

export class VolumeWindows {
  /** The window of each. */
  readonly own: Window[];
  /** Those between which the middle planes lie. */
  readonly #fitting: readonly Window[];
  /** Between the values that 99 % of the middle planes of all volumes lie between. */
  readonly common: [low: number, high: number];

  private constructor(own: Window[], common: [low: number, high: number]) {
    this.own = own;
    this.#fitting = [...own];
    this.common = common;
  }

  /**
   * Looks at the middle planes. Cost and memory: one plane a volume.
   * @param counts whether a volume counts for the common window
   */
  static async of(
    volumes: readonly Volume[],
    counts: (volume: Volume) => boolean = () => true,
  ): Promise<VolumeWindows> {
    const own: Window[] = [];
    const sample: number[] = [];
    for (const volume of volumes) {
      const { values } = await volume.plane("z", volume.shape[0] >> 1);
      own.push(percentileWindow(values));
      if (!counts(volume)) continue;
      const step = Math.max(1, Math.floor(values.length / SAMPLE));
      for (let k = 0; k < values.length; k += step) sample.push(values[k]!);
    }
    // Of the sample each value counts: percentileWindow itself would take every nth of a long one.
    return new VolumeWindows(own, pooled(sample));
  }

  /** Those that are not the ones that fit, by the names of their volumes. */
  changed(names: readonly string[]): Record<string, Window> {
    const other = names
      .map((name, k) => [name, this.own[k]!] as const)
      .filter(([, own], k) => own !== this.#fitting[k]);
    return Object.fromEntries(other);
  }

  /** Sets windows of single volumes. @throws InvalidArgument if one is none, or there is no volume of its name */
  set(caller: string, names: readonly string[], windows: Readonly<Record<string, Window>>): void {
    const checked = Object.entries(Object(windows) as Record<string, Window>).map(([name, window]) => {
      const k = names.indexOf(name);
      if (k < 0)
        throw new InvalidArgument(
          `${caller}: windows: there is no ${JSON.stringify(name)}${suggestion(name, names)}; the names are ${names.map((one) => JSON.stringify(one)).join(", ")}`,
        );
      return [k, checkWindow(`${caller}: the window of ${JSON.stringify(name)}`, window)] as const;
    });
    for (const [k, window] of checked) this.own[k] = window;
  }

  /** Takes the windows that a page sets of single volumes. */
  follow(widget: OwnWidget<object>): void {
    widget.onMessage(({ kind, volume, window }) => {
      if (kind !== "window" || !Number.isInteger(volume) || this.own[Number(volume)] === undefined) return;
      const fits = Array.isArray(window) && window.length === 2 && window.every((n: Json) => Number.isFinite(n));
      const [low, high] = fits ? (window as unknown as Window) : [0, 0];
      if (low < high) this.own[Number(volume)] = [low, high];
    });
  }
}

/** As {@link percentileWindow}, of all values of a list. */
function pooled(values: readonly number[], share = 0.005): [low: number, high: number] {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  const low = sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const high = sorted[Math.ceil((1 - share) * (sorted.length - 1))] ?? 1;
  return low < high ? [low, high] : [low, low + 1];
}
