import { checkVolume } from "../compute/run.js";
import type { ResultTable } from "../core/arrow/table.js";
import { InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { Volume } from "../core/volume.js";
import { histogramFrom } from "../statistics/histogram-from.js";
import { modes } from "../statistics/modes.js";
import { edgeSpread } from "./edge-spread.js";
import { findingsTable } from "./findings.js";
import { checkOther, fourierShellCorrelation, resolutionOf } from "./fourier-shell-correlation.js";
import { greyEnds } from "./grey-ends.js";
import { checkMask } from "./joint-histogram.js";
import { findingsOf, type Measured } from "./quality-figures.js";
import { artefactsOf, evenly, noiseWithin, samplePlanes } from "./quality-planes.js";
import { checkCentre } from "./remove-rings.js";
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
/** Peaks that cupping and drift go by. */
const MOST_CLASSES = 8;

/**
 * How good a scan is, before anything is done with it: segmentation can be no better than its data. One row a figure: its
 * `value` and `unit`, a `verdict` (good, fair, poor, unknown), what it means and the `remedy`.
 *
 * - **noise**: {@link noiseLevel}, in 8 planes where grey values are cut off; blind to noise that is smooth.
 * - **peaks** and their **separation**, of the histogram of all voxels ({@link modes}): how far the shallowest valley cuts
 *   into the lower peak beside it. Good from 50 %, poor below 20 %.
 * - **contrast to noise**: of two neighbouring peaks the distance over the mean of their standard deviations, which hold all
 *   that spreads a phase: noise of any kind, blur, cupping, rings. Good from 5, where a threshold midway errs on less than 1 % of
 *   a phase; poor below 3. **Signal to noise**: the brightest peak above `zero` over its deviation; good from 10, poor below 5.
 * - **voxels at the lowest and the highest grey value**, saturated ones: poor above 1 %, and then left out of peaks, noise, edges
 *   and artefacts.
 * - **width of edges** from 10 to 90 %: of a Gaussian point spread 2.563 standard deviations. The mean across the steeper half
 *   of the edges between the outer peaks that are at least five times the noise apart: of simulated ones 6 % too small
 *   to 3 % too wide. Between neighbouring ones where the outer ones do not touch or their edges are twice as wide,
 *   staircases over what lies between: then 30 % too small, of films one or two voxels thick, to 20 % too wide, of
 *   layers of a few; staircases below twice the width stay. Of 16 boxes of 131 072 voxels. Good up to 3 voxels, poor
 *   above 5.
 * - **resolution**: {@link fourierShellCorrelation}, of the volume's own slices or with `other`. The same limits.
 * - **cupping**: by classes as in {@link correctCupping}, a straight line in the squared radius, from the axis to the largest
 *   circle that the mask fills. **Drift**: of the phase that drifts least, so that slices with more of a phase are not brighter.
 *   **Rings**: what both halves of them show alike in {@link removeRings}' way, over the distance of the outer peaks; it sees
 *   rings of a few voxels at two thirds of their height, of one voxel at half. Of `planes` planes, rings of 3 of them. Poor above
 *   5 %, 5 % and 3 %.
 * - **transmission**: where given, as {@link transmissionCheck}.
 *
 * A box cut out of a scan needs its `centre`, or cupping and rings are those about a wrong axis; air around the sample needs
 * a `mask`, or it counts as dark sample at the rim.
 * Cost a pass for the histogram (three of float32) and some seconds; memory the planes, and a byte a voxel of them.
 * @param volume grey values of any voxel type, at least 16 × 16 voxels a plane
 * @throws InvalidArgument if the volume is segmented (8 grey values or fewer) or holds projections, its planes are too small,
 * or an option does not fit
 * @throws MissingData if no voxel lies in the mask, or all of them are NaN
 * @example const table = await quality(await open("scan.tif"), { zero: 4200 });
 */
export async function quality(volume: Volume, options: QualityOptions = {}): Promise<ResultTable> {
  const { centre, zero, planes, transmission, mask, other } = checked(volume, options);
  const { signal, onProgress, memoryLimit, workers } = options;
  const stop = signal && { signal };
  const watch = { ...stop, ...(onProgress && { onProgress }) };
  const limit = memoryLimit === undefined ? {} : { memoryLimit };
  const run = { ...watch, ...limit, ...(workers !== undefined && { workers }), ...(mask && { mask }) };

  const { lowest, highest, between, inner } = await greyEnds(
    volume,
    await histogramFrom("quality", volume, run, 1024),
    run,
  );
  const found = await modes(inner);
  const greys = found.peaks.map(({ value }) => value);
  const chosen = evenly(volume.shape[0], planes);
  const sample = await samplePlanes(volume, mask, between, chosen, { ...limit, ...stop });
  try {
    const where = { ...stop, ...(mask && { mask }) };
    const noise = await noiseWithin(volume, sample, between, where);
    const edge = await edgeSpread(volume, pairsOf(greys, noise), { between, ...where, ...limit });
    const shells = await fourierShellCorrelation(volume, { ...watch, ...limit, ...(other && { other }) });
    const artefacts = await artefactsOf(sample, greys.slice(0, MOST_CLASSES), centre, zero, watch);
    const dim = transmission && Number((await transmissionCheck(transmission, watch)).getChild("value")!.get(0));
    const measured: Measured = {
      noise,
      peaks: found.peaks,
      zero,
      lowest,
      highest,
      edge,
      shell: resolutionOf(shells),
      compared: other ? "scans" : volume.shape[0] > 1 ? "slices" : "rows",
      spacing: volume.spacing,
      ...artefacts,
      dim,
    };
    const inputs = { volume, mask, other, transmission };
    return findingsTable(findingsOf(measured), trace("quality", { centre, zero, planes: chosen.length }, inputs));
  } finally {
    sample.planes.store.release();
    sample.inside.store.release();
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

/** The outer peaks, then neighbouring ones, those farthest apart first. */
function pairsOf(peaks: readonly number[], noise: number): (readonly [number, number])[] {
  const width = ([low, high]: readonly [number, number]): number => high - low;
  const steps = peaks.slice(1).map((peak, k) => [peaks[k]!, peak] as const);
  const outer = steps.length > 1 ? [[peaks[0]!, peaks.at(-1)!] as const] : [];
  return [...outer, ...steps.toSorted((a, b) => width(b) - width(a))]
    .filter((pair) => width(pair) >= LEAST_CONTRAST * noise)
    .slice(0, MOST_PAIRS);
}
