/** Grey values that are cut off at the ends of their range. */
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import { cumulative } from "../statistics/cumulative.js";
import { Histogram } from "../statistics/histogram.js";
import type { Ends } from "./edge-spread.js";

/** A grey value, and the share of voxels that have it. */
export interface End {
  readonly value: number;
  readonly share: number;
}

export interface GreyEnds {
  readonly lowest: End;
  readonly highest: End;
  /** Within these voxels are not cut off. */
  readonly between: Ends;
  /** The histogram without what is cut off. */
  readonly inner: Histogram;
}

/** Voxels at an end are cut off if they are more than this share: noise alone leaves next to none there. */
const CUT = 0.01;
/** A scan has more grey values than these. */
const FEW = 8;

/** The lowest and the highest grey value that occur, and how many voxels have them. @throws InvalidArgument for images of few grey values */
export async function greyEnds(volume: Volume, counted: Histogram, options: RunOptions): Promise<GreyEnds> {
  const { counts, low, step, exact, total } = counted;
  let [lowest, highest]: [End, End] = [
    { value: low + step / 2, share: counts[0]! / total },
    { value: low + (counts.length - 0.5) * step, share: counts.at(-1)! / total },
  ];
  if (!exact) {
    const [first, last] = volume.range;
    const { atMost, total } = await cumulative(volume, [first, valueBelow(last, volume)], options);
    lowest = { value: first, share: atMost[0]! / total };
    highest = { value: last, share: 1 - atMost[1]! / total };
  }
  const [dark, bright] = [lowest.share > CUT, highest.share > CUT];
  const inner = counts.slice();
  if (dark) inner[0] = Math.max(0, inner[0]! - Math.round(lowest.share * total));
  if (bright) inner[inner.length - 1] = Math.max(0, inner.at(-1)! - Math.round(highest.share * total));
  const values = counts.reduce((n, count) => (count > 0 ? n + 1 : n), 0);
  if ((exact && values <= FEW) || lowest.value === highest.value || inner.every((count) => count === 0))
    throw new InvalidArgument(
      `quality: only ${exact ? values : lowest.value === highest.value ? 1 : 2} grey values occur, so this volume is segmented, or empty; give the scan that it was made from`,
    );
  return {
    lowest,
    highest,
    between: {
      low: dark ? lowest.value : Number.NEGATIVE_INFINITY,
      high: bright ? highest.value : Number.POSITIVE_INFINITY,
    },
    inner: new Histogram({ ...counted, counts: inner }),
  };
}

/** The next smaller value of the volume's type. */
function valueBelow(value: number, { dtype }: Volume): number {
  if (DTYPES[dtype].integer) return value - 1;
  const bits = new Int32Array(1);
  const float = new Float32Array(bits.buffer);
  float[0] = value;
  if (value === 0) bits[0] = -(2 ** 31) + 1;
  else bits[0] = bits[0]! + (value > 0 ? -1 : 1);
  return float[0]!;
}
