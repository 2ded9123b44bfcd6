import { buildVolume } from "../compute/build.js";
import { checkVolume } from "../compute/run.js";
import type { ResultTable } from "../core/arrow/table.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkNumber, checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { Volume } from "../core/volume.js";
import { type Histogram, histogram } from "../statistics/histogram.js";
import { type Modes, modes } from "../statistics/modes.js";
import { noiseLevel } from "../statistics/noise-level.js";
import { cupOf, driftFactors } from "./cupping-classes.js";
import { edgeSpread } from "./edge-spread.js";
import { findingsTable } from "./findings.js";
import { checkOther, fourierShellCorrelation, resolutionOf } from "./fourier-shell-correlation.js";
import { checkMask, jointHistogram, sliceHistogram } from "./joint-histogram.js";
import { findingsOf, type Measured } from "./quality-figures.js";
import { checkCentre } from "./remove-rings.js";
import { ringsOf } from "./ring-work.js";
import { transmissionCheck } from "./transmission-check.js";

/** Options of {@link quality}. */
export interface QualityOptions extends Pick<RunOptions, "mask" | "signal" | "onProgress" | "memoryLimit" | "workers"> {
  /** The axis of rotation in voxels, `[y, x]`. Default: the middle of the planes. */
  centre?: readonly [y: number, x: number];
  /** Grey value of no attenuation (air), above which signal, cupping and drift are counted. Default 0. */
  zero?: number;
  /** Transmissions of the same scan, role `projections`, where there are some. */
  transmission?: Volume;
  /** A second scan, or the other half of the projections, for the Fourier shell correlation. */
  other?: Volume;
  /** How many planes are looked at for cupping, rings and drift, from 3 on; they lie evenly. Default 24. */
  planes?: number;
}

/** Edges are only looked for where noise does not make them: from this contrast to noise on. */
const LEAST_CONTRAST = 5;
/** Pairs of neighbouring peaks between which edges are looked for, where there are none between the outer ones. */
const MOST_PAIRS = 4;
/** Planes in which rings are looked for: they are much the same in all. */
const RING_PLANES = 3;
/** Bins of grey values; a class is parted to a 500th of the range. */
const BINS = 512;

/**
 * How good a scan is, before anything is done with it: segmentation can be no better than its data. One row a figure: its
 * `value` and `unit`, a `verdict` (good, fair, poor, unknown), what it means and the `remedy`.
 *
 * - **noise**: {@link noiseLevel}; blind to noise that is smooth.
 * - **peaks** and their **separation**, of the histogram of all voxels ({@link modes}); the separation is good from ½ on,
 *   poor below ⅕.
 * - **contrast to noise**: least distance of two peaks over the noise. Good from 5, where a threshold midway errs on less than
 *   1 % of a phase; poor below 3. **Signal to noise**: good from 20, poor below 10.
 * - **voxels at the lowest and the highest grey value**, saturated ones: poor above 1 %. Of types of 32 bits only the planes
 *   below are counted.
 * - **width of edges** from 10 to 90 %: of a Gaussian point spread 2.563 standard deviations. The mean across the steeper half
 *   of the edges between the outer peaks (between neighbouring ones where these do not touch, and then up to a fifth too
 *   small), where contrast to noise is at least 5. Of 16 boxes of 131 072 voxels. Good up to 3 voxels, poor above 5.
 * - **resolution**: {@link fourierShellCorrelation}, of the volume's own slices or with `other`. The same limits.
 * - **cupping**: by classes as in {@link correctCupping}, a straight line in the squared radius. **Drift**: by classes, too, so
 *   that slices with more of a phase are not brighter. **Rings**: as {@link removeRings} finds them, over the distance of the
 *   outer peaks. Of `planes` planes, rings of 3 of them. Poor above 5 %, 5 % and 3 %.
 * - **transmission**: where given, as {@link transmissionCheck}.
 *
 * A box cut out of a scan needs its `centre`, or cupping and rings are those about a wrong axis; air around the sample needs
 * a `mask`, or it counts as dark sample at the rim.
 * Cost a pass for the histogram and some seconds; memory the planes as the volume's type.
 * @param volume grey values of any voxel type, at least 16 × 16 voxels a plane
 * @throws InvalidArgument if the volume is segmented or holds projections, its planes are too small, or an option does not fit
 * @throws MissingData if no voxel lies in the mask, or all of them are NaN
 * @example const table = await quality(await open("scan.tif"), { zero: 4200 });
 */
export async function quality(volume: Volume, options: QualityOptions = {}): Promise<ResultTable> {
  const { centre, zero, planes, transmission, mask, other } = checked(volume, options);
  const { signal, onProgress, memoryLimit, workers } = options;
  const pass = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const limit = memoryLimit === undefined ? {} : { memoryLimit };
  const where = mask && { mask };
  const counts = await histogram(volume, { ...pass, ...limit, ...where, ...(workers !== undefined && { workers }) });
  const found = await modes(counts);
  const peaks = found.peaks.map(({ value }) => value);
  const noise = await noiseOf(volume, { ...(signal && { signal }), ...where });
  const edge = await edgeSpread(volume, pairsOf(peaks, noise), { ...(signal && { signal }), ...where });
  const shells = await fourierShellCorrelation(volume, { ...pass, ...limit, ...(other && { other }) });
  const dim = transmission && Number((await transmissionCheck(transmission, pass)).getChild("value")!.get(0));

  const chosen = evenly(volume.shape[0], planes);
  const sample = await planesOf(volume, chosen, { ...limit, ...(signal && { signal }) });
  const inside = mask && (await planesOf(mask, chosen, { ...limit, ...(signal && { signal }) }));
  try {
    const measured: Measured = {
      noise,
      peaks,
      zero,
      valley: separation(found),
      ...(await endsOf(counts, sample, inside)),
      edge,
      shell: resolutionOf(shells),
      compared: other ? "scans" : volume.shape[0] > 1 ? "slices" : "rows",
      spacing: volume.spacing,
      ...(await artefactsOf(sample, peaks, centre, zero, { ...pass, ...(inside && { mask: inside }) })),
      dim,
    };
    const inputs = { volume, mask, other, transmission };
    return findingsTable(findingsOf(measured), trace("quality", { centre, zero, planes: chosen.length }, inputs));
  } finally {
    sample.store.release();
    inside?.store.release();
  }
}

const OWN = ["centre", "zero", "transmission", "other", "planes"] as const;

function checked(volume: Volume, options: QualityOptions) {
  checkVolume("quality", volume);
  checkOptions("quality", options, [...OWN, "mask", "signal", "onProgress", "memoryLimit", "workers"]);
  const [, height, width] = volume.shape;
  const { centre = [(height - 1) / 2, (width - 1) / 2], zero = 0, planes = 24, transmission, mask, other } = options;
  if (volume.role === "labels" || volume.role === "mask")
    throw new InvalidArgument(`quality: this volume has the role ${volume.role}; give the scan that it was made from`);
  if (volume.role === "projections")
    throw new InvalidArgument(
      "quality looks at slices, and this volume holds projections; reconstruct it, or use transmissionCheck and samplingCheck",
    );
  if (height < 16 || width < 16)
    throw new InvalidArgument(`quality: planes of ${height} × ${width} are too small; they must be at least 16 × 16`);
  checkCentre(centre, height, width);
  checkNumber("zero (grey value)", zero, -Number.MAX_VALUE, Number.MAX_VALUE);
  checkNumber("planes", planes, 3, 1000, true);
  checkMask(mask, volume);
  checkOther("quality", other, volume);
  if (transmission !== undefined && !(transmission instanceof Volume))
    throw new InvalidArgument(`transmission is ${String(transmission)}; give a volume of role projections`);
  return { centre, zero, planes, transmission, mask, other };
}

/** NaN where there is nothing to compare. */
async function noiseOf(volume: Volume, options: Pick<RunOptions, "mask" | "signal">): Promise<number> {
  try {
    return await noiseLevel(volume, options);
  } catch (error) {
    if (error instanceof MissingData) return Number.NaN;
    throw error;
  }
}

/** The outer peaks, then neighbouring ones, those farthest apart first. */
function pairsOf(peaks: readonly number[], noise: number): (readonly [number, number])[] {
  const width = ([low, high]: readonly [number, number]): number => high - low;
  const steps = peaks.slice(1).map((peak, k) => [peaks[k]!, peak] as const);
  const outer = steps.length > 1 ? [[peaks[0]!, peaks.at(-1)!] as const] : [];
  return [...outer, ...steps.toSorted((a, b) => width(b) - width(a))]
    .filter((pair) => width(pair) >= LEAST_CONTRAST * noise)
    .slice(0, MOST_PAIRS);
}

/** Least prominence of a peak over its height; NaN of one peak. */
function separation({ peaks }: Modes): number {
  if (peaks.length < 2) return Number.NaN;
  return Math.min(...peaks.map(({ prominence, height }) => prominence / height));
}

/** `count` of `depth` planes, spread evenly. */
function evenly(depth: number, count: number): number[] {
  const n = Math.min(depth, count);
  return Array.from({ length: n }, (_, k) => Math.floor(((k + 0.5) * depth) / n));
}

/** Some planes of a volume as a volume of their own. */
async function planesOf(
  volume: Volume,
  chosen: readonly number[],
  options: Pick<RunOptions, "memoryLimit" | "signal">,
): Promise<Volume> {
  return buildVolume(
    {
      shape: [chosen.length, volume.shape[1], volume.shape[2]],
      dtype: volume.dtype,
      role: volume.role,
      provenance: trace("planes", { chosen }, { volume }),
    },
    async (writer) => {
      for (const [k, z] of chosen.entries()) await writer.writePlanes(k, (await volume.plane("z", z)).values);
    },
    options,
  );
}

/** The ends of the grey values: of all voxels where these were counted one by one, else of the planes. */
async function endsOf(
  counted: Histogram,
  sample: Volume,
  inside: Volume | undefined,
): Promise<Pick<Measured, "lowest" | "highest">> {
  const { counts, centres, exact, total } = counted;
  if (exact)
    return {
      lowest: { value: centres[0]!, share: counts[0]! / total },
      highest: { value: centres.at(-1)!, share: counts.at(-1)! / total },
    };
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [lows, highs, seen] = [0, 0, 0];
  for (let z = 0; z < sample.shape[0]; z++) {
    const { values } = await sample.plane("z", z);
    const mask = inside && (await inside.plane("z", z)).values;
    for (let k = 0; k < values.length; k++) {
      const value = values[k]!;
      if (Number.isNaN(value) || mask?.[k] === 0) continue;
      seen++;
      if (value < low) [low, lows] = [value, 0];
      if (value > high) [high, highs] = [value, 0];
      if (value === low) lows++;
      if (value === high) highs++;
    }
  }
  return { lowest: { value: low, share: lows / seen }, highest: { value: high, share: highs / seen } };
}

async function artefactsOf(
  sample: Volume,
  peaks: readonly number[],
  centre: readonly [number, number],
  zero: number,
  options: Pick<RunOptions, "mask" | "signal" | "onProgress">,
): Promise<Pick<Measured, "cupping" | "rings" | "drift">> {
  const [depth, height, width] = sample.shape;
  const classes = peaks.slice(0, 8);
  const { factors } = cupOf(
    await jointHistogram("quality", sample, { ...options, centre, width: 1, bins: BINS }),
    classes,
    zero,
    1,
  );
  const rim = Math.min(factors.length, Math.floor(Math.min(height, width) / 2)) - 1;
  const drifts = driftFactors(await sliceHistogram("quality", sample, { ...options, bins: BINS }), classes, zero).filter(
    (factor) => !Number.isNaN(factor),
  );
  const rings: number[] = [];
  for (const z of evenly(depth, RING_PLANES)) {
    options.signal?.throwIfAborted();
    const plane = Float32Array.from((await sample.plane("z", z)).values);
    const found = ringsOf({ plane, height, width, centre, size: 21, sectors: 1 });
    // Near the axis a ring has too few voxels to tell it from structure.
    const reach = Math.floor(Math.min(height, width) / 2);
    const part = found.subarray(Math.min(8, reach - 1), reach);
    rings.push(Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length));
  }
  return {
    cupping: factors[0]! / factors[rim]! - 1,
    drift: depth > 1 ? Math.max(...drifts) / Math.min(...drifts) - 1 : Number.NaN,
    rings: rings.toSorted((a, b) => a - b)[rings.length >> 1]!,
  };
}
