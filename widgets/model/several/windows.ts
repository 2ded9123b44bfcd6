/** Grey values shown as black and as white, of several volumes: one window for all of them, or one for each. */
import type { Json } from "../../../kernel/comm.js";
import { percentileWindow } from "../../../src/core/picture.js";
import type { Volume } from "../../../src/core/volume.js";
import type { OwnWidget } from "../own-widget.js";

type Window = readonly [low: number, high: number];

/** Values of a plane that count for the common window: more would make it no better. */
const SAMPLE = 8192;

export class VolumeWindows {
  /** The window of each. */
  readonly own: Window[];
  /** Between the values that 99 % of the middle planes of all volumes lie between. */
  readonly common: [low: number, high: number];

  private constructor(own: Window[], common: [low: number, high: number]) {
    this.own = own;
    this.common = common;
  }

  /** Looks at the middle planes. Cost and memory: one plane a volume. */
  static async of(volumes: readonly Volume[]): Promise<VolumeWindows> {
    const own: Window[] = [];
    const sample: number[] = [];
    for (const volume of volumes) {
      const { values } = await volume.plane("z", volume.shape[0] >> 1);
      own.push(percentileWindow(values));
      const step = Math.max(1, Math.floor(values.length / SAMPLE));
      for (let k = 0; k < values.length; k += step) sample.push(values[k]!);
    }
    // Of the sample each value counts: percentileWindow itself would take every nth of a long one.
    return new VolumeWindows(own, pooled(sample));
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
