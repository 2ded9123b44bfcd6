import { checkVolume } from "../compute/run.js";
import { displaySymbol, type MimeBundle } from "../core/display.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { type Provenance, type Traced, trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { exactCounts, wideCounts, withoutEmptyEnds } from "./bins.js";
import { histogramHtml } from "./histogram-picture.js";

/** Options of {@link histogram}. */
export interface HistogramOptions extends RunOptions {
  /**
   * Number of bins of equal width, from 1 to 65536. Default: one bin for each grey value, where the voxels are whole
   * numbers over at most 65536 values; else 256.
   */
  bins?: number;
  /**
   * Lower and upper edge; values beyond are counted in `below` and `above`. Default: the range of the whole volume, also
   * with `region` or `mask`, so that histograms of parts have the same bins.
   */
  range?: readonly [low: number, high: number];
}

/** Counts of a volume's values. `[...histogram.counts]` are the bins, `histogram.centres` where they lie. */
export class Histogram implements Traced {
  /** Number of voxels in each bin. */
  readonly counts: Float64Array;
  /** Lower edge of the first bin; bin k reaches from `low + k·step` to `low + (k + 1)·step`, the last one inclusive. */
  readonly low: number;
  /** Width of a bin in grey values. */
  readonly step: number;
  /** Voxels below the first and above the last bin. */
  readonly below: number;
  readonly above: number;
  /** Voxels that are no number. They are in no other count. */
  readonly nan: number;
  /** True if each bin is one grey value and holds its exact number of voxels. */
  readonly exact: boolean;
  readonly provenance: Provenance;

  constructor(init: Omit<Histogram, "centres" | "edges" | "total" | typeof displaySymbol>) {
    this.counts = init.counts;
    this.low = init.low;
    this.step = init.step;
    this.below = init.below;
    this.above = init.above;
    this.nan = init.nan;
    this.exact = init.exact;
    this.provenance = init.provenance;
  }

  /** Middle of each bin: the grey value itself, where the histogram is exact. */
  get centres(): Float64Array {
    return Float64Array.from(this.counts, (_, k) => this.low + (k + 0.5) * this.step);
  }

  /** Edges of the bins, one more than there are bins. */
  get edges(): Float64Array {
    return Float64Array.from({ length: this.counts.length + 1 }, (_, k) => this.low + k * this.step);
  }

  /** Number of voxels in the bins. */
  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** The facts in one line. */
  toString(): string {
    const high = this.low + this.counts.length * this.step;
    const bins = this.exact
      ? `one bin for each value from ${this.low + 0.5} to ${high - 0.5}`
      : `${this.counts.length} bins from ${this.low} to ${high}`;
    const rest = { below: this.below, above: this.above, NaN: this.nan };
    const others = Object.entries(rest).flatMap(([name, count]) => (count === 0 ? [] : `${count} ${name}`));
    return `Histogram of ${this.total} voxels, ${bins}${others.length === 0 ? "" : `; ${others.join(", ")}`}`;
  }

  /** What a notebook shows: the counts as a picture. */
  [displaySymbol](): MimeBundle {
    return { "text/plain": this.toString(), "text/html": histogramHtml(this, this.toString()) };
  }
}

/**
 * Counts how often each grey value occurs. Whole numbers are counted exactly, one bin for each value from the smallest to
 * the largest that occurs; float32, and integers over more than 65536 values, in bins of stated edges, NaN apart. Voxels
 * outside `region` and `mask` do not count.
 * Same counts for any brick shape and number of workers. Cost O(n), about a nanosecond a voxel; memory per worker one
 * brick and the bins.
 * @param volume any voxel type, any shape
 * @throws InvalidArgument if the range is empty or not finite, or the volume holds infinite values and no range is given
 * @throws MissingData if no voxel lies in region and mask, or all of them are NaN
 * @see equal to numpy.bincount for integers and, but for values within rounding of an edge, to numpy.histogram for floats
 */
export async function histogram(volume: Volume, options: HistogramOptions = {}): Promise<Histogram> {
  checkVolume("histogram", volume);
  checkOptions("histogram", options, ["bins", "range", ...RUN_OPTIONS]);
  const { bins, range, region, mask } = options;
  if (bins !== undefined) checkNumber("bins", bins, 1, 65536, true);
  const wanted = range ?? volume.range;
  if (range === undefined && wanted[0] > wanted[1])
    throw new MissingData("histogram: all voxels of this volume are NaN; there is nothing to count");
  if (!Array.isArray(wanted) || wanted.length !== 2 || !wanted.every(Number.isFinite) || wanted[0] > wanted[1])
    throw new InvalidArgument(
      `range is ${JSON.stringify(wanted.map(String))}${range === undefined ? ", for the volume holds infinite values" : ""}; give two finite numbers, [low, high]`,
    );
  const [low, high] = wanted;
  const whole = DTYPES[volume.dtype].integer && bins === undefined && high - low < 65536;
  const bars = whole ? await exactCounts(volume, low, high, options) : await wideCounts(volume, low, high, options);
  const counted = bars.counts.reduce((sum, count) => sum + count, 0);
  if (counted + bars.below + bars.above + bars.nan === 0)
    throw new MissingData("histogram: no voxel lies inside the mask; check that it is not 0 everywhere in the region");
  if (counted === 0 && range === undefined)
    throw new MissingData(`histogram: all ${bars.nan} voxels of region and mask are NaN; there is nothing to count`);
  const trimmed = whole && range === undefined ? withoutEmptyEnds(bars) : bars;
  const provenance = trace("histogram", { bins, range, region }, { volume, mask });
  return new Histogram({ ...trimmed, exact: whole, provenance });
}
