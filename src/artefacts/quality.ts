import { buildVolume } from "../compute/build.js";
import { checkVolume } from "../compute/run.js";
import type { ResultTable } from "../core/arrow/table.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { Volume } from "../core/volume.js";
import { type Histogram, histogram } from "../statistics/histogram.js";
import { modes } from "../statistics/modes.js";
import { sliceProfile } from "./correct-drift.js";
import { cupOf } from "./cupping-classes.js";
import { findingsTable } from "./findings.js";
import { checkMask, jointHistogram } from "./joint-histogram.js";
import { edgeWidths, noiseOf } from "./noise.js";
import { findingsOf, type Measured } from "./quality-figures.js";
import { checkCentre } from "./remove-rings.js";
import { ringsOf } from "./ring-work.js";
import { transmissionCheck } from "./transmission-check.js";

/** Options of {@link quality}. */
export interface QualityOptions extends Omit<RunOptions, "region"> {
  /** The axis of rotation in voxels, `[y, x]`. Default: the middle of the planes. */
  centre?: readonly [y: number, x: number];
  /** Grey value of no attenuation, for the cupping. Default 0. */
  zero?: number;
  /** Transmissions of the same scan, role `projections`, where there are some. */
  transmission?: Volume;
  /** How many planes are looked at for noise, edges, rings and drift, from 3 on; they lie evenly. Default 24. */
  planes?: number;
}

/** Edges are only looked for where noise does not make them. */
const LEAST_CONTRAST = 5;

/**
 * How good a scan is, before anything is done with it: segmentation can be no better than its data. One row a figure: its
 * `value` and `unit`, a `verdict` (good, fair, poor, unknown), what it means and the `remedy`.
 *
 * - **noise**: of single voxels, from a mask that structure does not feel; blind to noise that is smooth.
 * - **peaks**, **signal to noise**, **contrast to noise**: from the histogram of all voxels, smoothed; the least distance of
 *   two peaks counts. Good from 5, where a threshold in the middle errs on less than 1 % of a phase; poor below 3.
 * - **saturated voxels**: at the ends of the voxel type; unknown for types of 32 bits. Poor above 1 %.
 * - **resolution**: full width at half height of the point spread, from the tenth of the edges that are shortest from 10 to
 *   90 % between neighbouring peaks; only where contrast to noise is at least 5. Good up to 3 voxels, poor above 5.
 * - **cupping**: by classes, as {@link correctCupping} finds it, with a straight line in the squared radius. Poor above 5 %.
 * - **rings**, **drift**: over the distance of the outer peaks. Poor above 3 % and 5 %.
 * - **transmission**: where given, as {@link transmissionCheck}.
 *
 * Cost a pass for the histogram and some seconds for the planes; memory the planes as the volume's type.
 * @param volume any voxel type, at least 16 × 16 voxels a plane
 * @throws InvalidArgument if the planes are too small, or an option does not fit
 * @throws MissingData if no voxel lies in the mask, or all of them are NaN
 * @example const table = await quality(await open("scan.tif"));
 */
export async function quality(volume: Volume, options: QualityOptions = {}): Promise<ResultTable> {
  checkVolume("quality", volume);
  const own = ["centre", "zero", "transmission", "planes"];
  checkOptions("quality", options, [...own, ...RUN_OPTIONS.filter((name) => name !== "region")]);
  const [depth, height, width] = volume.shape;
  if (height < 16 || width < 16)
    throw new InvalidArgument(`quality: planes of ${height} × ${width} are too small; they must be at least 16 × 16`);
  const { centre = [(height - 1) / 2, (width - 1) / 2], zero = 0, transmission, planes = 24, mask, ...run } = options;
  checkCentre(centre, height, width);
  checkNumber("zero (grey value)", zero, -Number.MAX_VALUE, Number.MAX_VALUE);
  checkNumber("planes", planes, 3, 1000, true);
  checkMask(mask, volume);
  if (transmission !== undefined && !(transmission instanceof Volume))
    throw new InvalidArgument(`transmission is ${String(transmission)}; give a volume of role projections`);
  const all = { ...run, ...(mask && { mask }) };
  const counted = await histogram(volume, all);
  const { peaks } = await modes(counted);
  const greys = peaks.map(({ value }) => value);

  const chosen = Array.from({ length: Math.min(depth, planes) }, (_, k, n = Math.min(depth, planes)) =>
    Math.floor(((k + 0.5) * depth) / n),
  );
  const sample = await planesOf(volume, chosen, options);
  const inside = mask && (await planesOf(mask, chosen, options));
  try {
    const where = { ...(inside && { mask: inside }), ...(options.signal && { signal: options.signal }) };
    const seen = await lookAt(sample, inside, greys, centre, options.signal);
    const medians = [...(await sliceProfile(sample, where)).getChild("median")!].map(Number).filter(Number.isFinite);
    const joint = await jointHistogram("quality", sample, { ...where, centre, width: 1, bins: 512 });
    const { factors } = cupOf(joint, Math.min(8, Math.max(1, peaks.length)), zero, 1);
    const rim = Math.min(factors.length, Math.floor(Math.min(height, width) / 2)) - 1;
    const dim =
      transmission &&
      Number(
        (await transmissionCheck(transmission, where.signal ? { signal: where.signal } : {})).getChild("value")!.get(0),
      );
    const measured: Measured = {
      ...seen,
      ...saturation(volume, counted),
      peaks: greys,
      voxel: volume.spacing && volume.spacing[2] * 1e6,
      cupping: factors[0]! / factors[rim]! - 1,
      drift: Math.max(...medians) - Math.min(...medians),
      dim,
    };
    const provenance = trace("quality", { centre, zero, planes: chosen.length }, { volume, mask, transmission });
    return findingsTable(findingsOf(measured), provenance);
  } finally {
    sample.store.release();
    inside?.store.release();
  }
}

/** Some planes of a volume as a volume of their own. */
async function planesOf(volume: Volume, chosen: readonly number[], options: RunOptions): Promise<Volume> {
  const { memoryLimit, signal } = options;
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
    { ...(memoryLimit !== undefined && { memoryLimit }), ...(signal && { signal }) },
  );
}

/** Noise, point spread and rings of the planes. */
async function lookAt(
  sample: Volume,
  inside: Volume | undefined,
  peaks: readonly number[],
  centre: readonly [number, number],
  signal: AbortSignal | undefined,
): Promise<Pick<Measured, "noise" | "blur" | "rings">> {
  const [depth, height, width] = sample.shape;
  const noises: number[] = [];
  const widths: number[] = [];
  const rings: number[] = [];
  const planes = await Promise.all(Array.from({ length: depth }, async (_, z) => (await sample.plane("z", z)).values));
  const masks = inside && (await Promise.all(planes.map(async (_, z) => (await inside.plane("z", z)).values)));
  for (const [z, plane] of planes.entries()) {
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    noises.push(noiseOf(plane, height, width, masks?.[z]));
  }
  const noise = middle(noises.filter(Number.isFinite));
  for (const [z, plane] of planes.entries()) {
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    for (let k = 1; k < peaks.length; k++)
      if (peaks[k]! - peaks[k - 1]! >= LEAST_CONTRAST * noise)
        edgeWidths(plane, height, width, [peaks[k - 1]!, peaks[k]!], masks?.[z], widths);
    // Rings are the same in all planes: a few of them tell.
    if (z % Math.ceil(depth / 6) !== 0) continue;
    const found = ringsOf({ plane: Float32Array.from(plane), height, width, centre, size: 21, sectors: 1 });
    const reach = Math.floor(Math.min(height, width) / 2);
    const part = found.subarray(Math.min(8, reach - 1), reach);
    rings.push(Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length));
  }
  widths.sort((a, b) => a - b);
  // A Gaussian rises from 10 to 90 % over 2.563 σ and is 2.355 σ wide at half its height.
  const blur = widths.length < 50 ? Number.NaN : (widths[Math.floor(widths.length / 10)]! * 2.3548) / 2.5631;
  return { noise, blur, rings: middle(rings) };
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.length === 0 ? Number.NaN : sorted[sorted.length >> 1]!;
}

/** Shares of the voxels at the ends of what the voxel type can hold; unknown where the histogram is not exact. */
function saturation(volume: Volume, { counts, low, exact, total }: Histogram): Pick<Measured, "dark" | "bright"> {
  const { min, max } = DTYPES[volume.dtype];
  const share = (value: number): number => (exact ? (counts[Math.floor(value - low)] ?? 0) / total : Number.NaN);
  return { dark: share(min), bright: share(max) };
}
