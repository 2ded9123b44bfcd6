import { displaySymbol, type MimeBundle } from "../core/display.js";
import { MissingData } from "../core/errors.js";
import { checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { type Provenance, type Traced, trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import type { Histogram } from "./histogram.js";
import { histogramFrom } from "./histogram-from.js";
import { histogramHtml } from "./histogram-picture.js";
import { deviationOf, lowest, merged, peaksOf, smooth, span } from "./peaks.js";

/** Options of {@link modes}. */
export interface ModesOptions extends RunOptions {
  /**
   * Standard deviation, in grey values, of the Gaussian that smooths the histogram first; 0 for none. Default: 1 % of the
   * span from the 0.1th to the 99.9th percentile.
   */
  smoothing?: number;
  /**
   * How far a peak must stand above the higher of the valleys that part it from higher peaks, as a share of the highest
   * peak, from 0 to 1. Default 0.02.
   */
  prominence?: number;
}

/** One peak of a histogram. */
export interface Peak {
  /** Grey value of its top. */
  readonly value: number;
  /** Voxels per grey value at the top, after smoothing. */
  readonly height: number;
  /** Height above the valley that parts it from the next higher peak, in voxels per grey value. */
  readonly prominence: number;
  /**
   * Standard deviation in grey values of the Gaussian that falls to half its height (or, where a valley is not as low, half the
   * way to the valley) as soon as the peak does on its steeper side; the smoothing is taken off. What fills one of the valleys
   * beside a peak hardly counts.
   */
  readonly deviation: number;
}

/** The peaks of a histogram, from dark to bright: `result.peaks.length` of them. */
export class Modes implements Traced {
  readonly peaks: readonly Peak[];
  /** Grey values of the lowest points between neighbouring peaks: one fewer than there are peaks. */
  readonly valleys: readonly number[];
  /** Standard deviation of the smoothing in grey values. */
  readonly smoothing: number;
  readonly provenance: Provenance;
  readonly #bars: Pick<Histogram, "counts" | "low" | "step">;

  constructor(init: Omit<Modes, typeof displaySymbol>, bars: Pick<Histogram, "counts" | "low" | "step">) {
    this.peaks = init.peaks;
    this.valleys = init.valleys;
    this.smoothing = init.smoothing;
    this.provenance = init.provenance;
    this.#bars = bars;
  }

  toString(): string {
    const at = (values: readonly number[]): string => values.map((value) => Number(value.toPrecision(5))).join(", ");
    const peaks = `${this.peaks.length} peak${this.peaks.length === 1 ? "" : "s"} at ${at(this.peaks.map(({ value }) => value))}`;
    const valleys = this.valleys.length === 0 ? "" : `; valleys at ${at(this.valleys)}`;
    return `${peaks}${valleys} (smoothed by ${Number(this.smoothing.toPrecision(3))} grey values)`;
  }

  [displaySymbol](): MimeBundle {
    const marks = this.peaks.map(({ value }) => ({ value, colour: "#d55e00" }));
    return { "text/plain": this.toString(), "text/html": histogramHtml(this.#bars, this.toString(), marks) };
  }
}

/** How much of a peak stands above the valley beside it, where that is least: 1 where nothing lies between two; NaN of one peak. */
export function separationOf(peaks: readonly Pick<Peak, "prominence" | "height">[]): number {
  return peaks.length < 2 ? Number.NaN : Math.min(...peaks.map(({ prominence, height }) => prominence / height));
}

/**
 * Finds the peaks of a histogram: where phases can be told apart each gives one, where noise or blur merges them there are
 * fewer. The histogram is smoothed by a Gaussian, nothing being counted beyond its ends; of the maxima those are kept
 * whose prominence is large enough.
 * Cost that of the histogram.
 * @param input a volume, counted here (exactly, or float32 in 1024 bins), or a histogram
 * @throws InvalidArgument if smoothing is negative, prominence outside 0 to 1, or run options come with a histogram
 * @throws MissingData if nothing lies in the histogram's bins
 */
export async function modes(input: Volume | Histogram, options: ModesOptions = {}): Promise<Modes> {
  checkOptions("modes", options, ["smoothing", "prominence", ...RUN_OPTIONS]);
  const { smoothing, prominence = 0.02, ...run } = options;
  if (smoothing !== undefined) checkNumber("smoothing (grey values)", smoothing, 0, Number.MAX_VALUE);
  checkNumber("prominence", prominence, 0, 1);
  const counted = await histogramFrom("modes", input, run, 1024);
  const { counts, low, step } = counted;
  if (counted.total === 0) throw new MissingData("modes: no voxel lies in the bins of this histogram");
  const sigma = smoothing ?? 0.01 * span(counted);
  // Bins much finer than the smoothing say no more than coarser ones, and cost more.
  const merge = Math.max(1, Math.floor(sigma / step / 16));
  const half = Math.max(1, Math.ceil((4 * sigma) / (step * merge)));
  const heights = smooth(merged(counts, merge, half), sigma / (step * merge)).map((n) => n / (step * merge));
  const centre = (k: number): number => low + (k - half + 0.5) * merge * step;
  const found = peaksOf(heights, prominence * heights.reduce((a, b) => Math.max(a, b), 0));
  const dips = found.slice(1).map(({ at }, k) => lowest(heights, found[k]!.at, at));
  const peaks = found.map(({ at, prominence }, k) => {
    const width = merge * step * deviationOf(heights, at, [dips[k - 1] ?? 0, dips[k] ?? heights.length - 1]);
    return {
      value: centre(at),
      height: heights[Math.round(at)]!,
      prominence,
      deviation: Math.sqrt(Math.max(0, width ** 2 - sigma ** 2)),
    };
  });
  const valleys = dips.map(centre);
  const provenance = trace("modes", { smoothing: sigma, prominence }, { histogram: counted });
  return new Modes({ peaks, valleys, smoothing: sigma, provenance }, counted);
}
