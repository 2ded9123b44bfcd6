/**
 * What the compute layer can do, as typed constants. A function file says only
 * `run(medianBall, volume, { radius: [1, 1, 1] }, options, facts)`; budget, bricks, threads, region, mask, progress,
 * cancel and retries are decided in `run.ts` from what a constant states here. The work itself is in `kernels.ts` under
 * the same name, its wasm in `assembly/`, its oracle in `test/oracle/`.
 */
import { DTYPES, type DType } from "../core/dtype.js";
import { OUTSIDE } from "../core/phases.js";
import type { Triple } from "../core/shape.js";
import type { Placement } from "./stage.js";

const ALL = Object.keys(DTYPES) as DType[];

/** Voxels that a brick of a task has: of the result, and of the input with its halo. */
export interface TaskSize {
  readonly brick: number;
  readonly slab: number;
}

/** An operation from a volume to a volume, brick by brick. Its parameters are plain values, checked by the caller. */
export interface VolumeOperation<P> {
  readonly kind: "volume";
  readonly name: string;
  readonly dtypes: readonly DType[];
  /** Voxel type of the result. */
  result(dtype: DType, parameters: P): DType;
  /** How far it looks beyond a voxel along z, y, x; beyond the volume it sees the border of the run. */
  halo(parameters: P): Triple;
  /** Where voxels of the result lie, if it is on another grid than the input: such an operation takes no mask. */
  placement?(parameters: P): Placement;
  /** Value of voxels outside the mask; undefined: they keep their input values. */
  readonly outside: number | undefined;
  /** Memory a thread needs for one task. */
  workBytes(size: TaskSize, dtype: DType, parameters: P): number;
  /** Nanoseconds a voxel takes on one thread, roughly: for estimates. */
  cost(dtype: DType, parameters: P): number;
}

/** An operation from a volume to one small part per brick; these are joined in the order of the bricks to a result. */
export interface ReduceOperation<P, R, Part = R> {
  readonly kind: "reduce";
  readonly name: string;
  readonly dtypes: readonly DType[];
  /** How far it looks beyond a voxel along z, y, x. Default: nowhere. */
  halo?(parameters: P): Triple;
  /** May change `a` and return it. */
  join(a: Part, b: Part): Part;
  /**
   * The part of a box whose voxels are all alike, which then is not read: asked where there is neither a mask nor a volume beside.
   * For operations without a halo. Default: such a box is read like the others.
   */
  uniform?(value: number, size: Triple, parameters: P): Part;
  /** The result, of all parts joined. Default: that itself. */
  whole?(joined: Part, parameters: P): R;
  workBytes(size: TaskSize, dtype: DType, parameters: P): number;
  cost(dtype: DType, parameters: P): number;
}

/** Number of voxels of a ball (an ellipsoid where the axes differ): those whose centres lie within `radius`. */
export function ballOffsets(radius: Triple): [dz: number, dy: number, dx: number][] {
  const offsets: [number, number, number][] = [];
  const [hz, hy, hx] = radius.map(reach) as [number, number, number];
  // A radius of 1.5 µm over voxels of 0.5 µm is 2.9999999999999996 voxels: a hair of tolerance.
  const part = (d: number, r: number): number => (d === 0 ? 0 : (d / r) ** 2);
  for (let dz = -hz; dz <= hz; dz++)
    for (let dy = -hy; dy <= hy; dy++)
      for (let dx = -hx; dx <= hx; dx++)
        if (part(dz, radius[0]) + part(dy, radius[1]) + part(dx, radius[2]) <= 1 + 1e-9) offsets.push([dz, dy, dx]);
  return offsets;
}

/** Voxels of a box: whole half-widths along the axes. */
export function boxOffsets(radius: Triple): [dz: number, dy: number, dx: number][] {
  const offsets: [number, number, number][] = [];
  const [hz, hy, hx] = radius.map(reach) as [number, number, number];
  for (let dz = -hz; dz <= hz; dz++)
    for (let dy = -hy; dy <= hy; dy++) for (let dx = -hx; dx <= hx; dx++) offsets.push([dz, dy, dx]);
  return offsets;
}

/** Whole voxels that a radius reaches. */
export const reach = (radius: number): number => Math.floor(radius + 1e-9);
const reaches = (radius: Triple): Triple => [reach(radius[0]), reach(radius[1]), reach(radius[2])];

/** Radii in voxels along z, y, x; 0 leaves an axis out. */
export interface MedianParameters {
  readonly radius: Triple;
}

function median(name: string, offsets: (radius: Triple) => readonly unknown[]): VolumeOperation<MedianParameters> {
  return {
    kind: "volume",
    name,
    dtypes: ALL,
    result: (dtype) => dtype,
    halo: ({ radius }) => reaches(radius),
    outside: undefined,
    // Slab, result, table of offsets; for large neighbourhoods of 32-bit values also their sorted copy and a count each.
    workBytes: ({ brick, slab }, dtype, { radius }) => {
      const many = offsets(radius).length;
      const ranks = DTYPES[dtype].bytes === 4 && many > 255 ? 12 * slab : 4 * 65536;
      return (brick + slab) * DTYPES[dtype].bytes + 4 * many + ranks;
    },
    cost: (dtype, { radius }) => (offsets(radius).length * DTYPES[dtype].bytes ** 2) / 4,
  };
}

/** Median over the voxels within a distance. Rank ⌊n/2⌋ of the n sorted values; NaN sorts last. */
export const medianBall = median("medianBall", ballOffsets);
/** Median over a box of 2r + 1 voxels along each axis. Rank ⌊n/2⌋ of the n sorted values; NaN sorts last. */
export const medianBox = median("medianBox", boxOffsets);

/** Standard deviations in voxels along z, y, x (0 leaves an axis out) and the voxel type of the result. */
export interface GaussianParameters {
  readonly sigma: Triple;
  readonly dtype: DType;
}

/** Half-width of a Gaussian: it is cut at four standard deviations, as in SciPy. */
export const gaussianReach = (sigma: number): number => Math.floor(4 * sigma + 0.5);

/** Convolution with a Gaussian, axis by axis in float32; integer results are rounded half up. NaN spreads. */
export const gaussian: VolumeOperation<GaussianParameters> = {
  kind: "volume",
  name: "gaussian",
  dtypes: ALL,
  result: (_, { dtype }) => dtype,
  halo: ({ sigma }) => [gaussianReach(sigma[0]), gaussianReach(sigma[1]), gaussianReach(sigma[2])],
  outside: undefined,
  workBytes: ({ brick, slab }, dtype) => slab * (8 + DTYPES[dtype].bytes) + brick * 8,
  cost: (_, { sigma }) => sigma.reduce((sum, s) => sum + gaussianReach(s) * 0.2, 1),
};

/** Ascending thresholds. */
export interface ThresholdParameters {
  readonly thresholds: readonly number[];
}

/**
 * Labels 0 to n by n thresholds: phase k holds the values above threshold k − 1 and not above threshold k. NaN and voxels
 * outside the mask get the label {@link OUTSIDE}.
 */
export const threshold: VolumeOperation<ThresholdParameters> = {
  kind: "volume",
  name: "threshold",
  dtypes: ALL,
  result: () => "uint8",
  halo: () => [0, 0, 0],
  outside: OUTSIDE,
  workBytes: ({ brick, slab }, dtype) => slab * DTYPES[dtype].bytes + brick,
  cost: (_, { thresholds }) => 0.3 + 0.1 * thresholds.length,
};

/** The voxels as they are: with `region` a crop. */
export const copy: VolumeOperation<Record<string, never>> = {
  kind: "volume",
  name: "copy",
  dtypes: ALL,
  result: (dtype) => dtype,
  halo: () => [0, 0, 0],
  outside: undefined,
  workBytes: ({ brick }, dtype) => brick * DTYPES[dtype].bytes,
  cost: () => 0.3,
};

/** The voxels inside the mask as they are, 0 elsewhere. */
export const copyInside: VolumeOperation<Record<string, never>> = { ...copy, outside: 0 };

/**
 * Bins of a histogram: bin k counts values from `first + k·step` up to, not including, `first + (k+1)·step`; the last one
 * includes its upper edge. For {@link exactBins} each bin is one grey value.
 */
export interface HistogramParameters {
  readonly first: number;
  readonly step: number;
  readonly bins: number;
}

/** Counts of a histogram. Voxels outside mask and region count nowhere. */
export interface HistogramCounts {
  readonly counts: Float64Array;
  /** Values below the first and above the last edge, and NaN. */
  readonly below: number;
  readonly above: number;
  readonly nan: number;
}

/** One bin for each value of a type of at most 16 bits; undefined for wider ones, whose bins have to be stated. */
export function exactBins(dtype: DType): HistogramParameters | undefined {
  const { min, max, bytes } = DTYPES[dtype];
  return bytes > 2 ? undefined : { first: min, step: 1, bins: max - min + 1 };
}

/** Counts of a brick: those of the bins from `from` on that hold any; of 65,536 bins a brick fills few. */
export interface HistogramPart extends Omit<HistogramCounts, "counts"> {
  readonly from: number;
  readonly counts: Float64Array | Uint32Array;
}

export const histogram: ReduceOperation<HistogramParameters, HistogramCounts, HistogramPart> = {
  kind: "reduce",
  name: "histogram",
  dtypes: ALL,
  join: (a, b) => {
    const [from, end] = [Math.min(a.from, b.from), Math.max(a.from + a.counts.length, b.from + b.counts.length)];
    let { counts } = a;
    // Parts count in 32 bits, which a brick does not fill, but a volume may.
    if (!(counts instanceof Float64Array) || from < a.from || end > a.from + counts.length) {
      counts = new Float64Array(end - from);
      counts.set(a.counts, a.from - from);
    }
    for (let k = 0, to = b.from - from; k < b.counts.length; k++, to++) counts[to]! += b.counts[k]!;
    return { from, counts, below: a.below + b.below, above: a.above + b.above, nan: a.nan + b.nan };
  },
  whole: ({ from, counts, ...beside }, { bins }) => {
    const all = new Float64Array(bins);
    all.set(counts, from);
    return { counts: all, ...beside };
  },
  workBytes: ({ brick }, dtype, { bins }) => brick * (DTYPES[dtype].bytes + 1) + 16 * bins,
  cost: () => 1,
};
