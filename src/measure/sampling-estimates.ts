/** How much a fraction or a surface varies from sample to sample, from the correlation of one. */
import { countFaces } from "../compute/operations/faces.js";
import { reduce } from "../compute/run.js";
import { DTYPES } from "../core/dtype.js";
import { MissingData, UnsupportedFeature } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import { OUTSIDE } from "../core/phases.js";
import { type Region, regionShape, type Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { neutralOf, phaseOf } from "../morphology/structuring.js";
import { voxelSteps } from "../morphology/voxel-steps.js";
import { countPhases } from "../statistics/phase-counts.js";
import { studentFactor } from "../statistics/student.js";
import { type Correlated, correlate } from "./correlate.js";
import { checkCorrelated, reachOf } from "./correlated.js";
import { imageRep, SMALL } from "./image-rep.js";
import { integralRange } from "./integral-range.js";
import { lineRange } from "./line-ranges.js";
import type { VolumeQuantity } from "./sub-volumes.js";

/** A quantity and how much it varies from sample to sample. */
export interface Estimate {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly deviation: number;
  /** Degrees of freedom with which the deviation is known; infinite where nothing is said of that. */
  readonly degrees: number;
  /** Half of the width of the interval over the deviation. */
  readonly factor: number;
  /** Edge of an independent cube, as the table has lengths. */
  readonly range: number;
}

type Named = "volume fraction" | "surface";
interface Asked extends Omit<RunOptions, "to"> {
  phase?: string | number;
}
/** Sum of what the faces of a voxel may count, where voxels are no cubes. */
const MOST_FACES = 254;

/** Values that a table of labels may have. */
const MOST_LABELS = 2 ** 20;

/** Options of the work itself. */
function workOf({ signal, onProgress, memoryLimit, workers }: Asked): Pick<RunOptions, "signal" | "workers"> {
  const given = { signal, onProgress, memoryLimit, workers };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const edgeOf = ({ spacing }: Volume): number => (spacing === undefined ? 1 : Math.min(...spacing) * 1e6);

/** By the integral range of the field. */
export async function byCorrelation(
  caller: string,
  labels: Volume,
  quantity: Named,
  confidence: number,
  options: Asked,
): Promise<Estimate> {
  const { phase, region: part, mask } = options;
  const asked = { ...workOf(options), ...(part && { region: part }), ...(mask && { mask }) };
  const { correlated, fraction } = await checkCorrelated(caller, labels, {
    ...asked,
    ...(phase !== undefined && { phase }),
  });
  checkFraction(caller, fraction);
  const shape = regionShape(correlated.region);
  const { lags, most } = reachOf(caller, undefined, labels, shape, false, false);
  const { faces, region } =
    quantity === "surface"
      ? { faces: facesOf(caller, labels, shape), region: withNeighbours(correlated.region) }
      : { faces: undefined, region: correlated.region };
  const shells = { lags: lags.map((n, k) => Math.min(n, region.stop[k]! - region.start[k]! - 1)) as unknown as Triple };
  const found = await correlate(
    caller,
    { ...correlated, region, ...(faces && { faces }), centred: true },
    { ...shells, width: 1, shells: Math.max(1, most) },
    false,
    workOf(options),
  );
  const { mean, variance, degrees, range } = integralRange(found, voxelSteps(labels), regionShape(region));
  const value = quantity === "surface" ? perVolume(found.faces, [1, 1, 1].fill(found.voxels), labels) : fraction;
  if (value === 0) throw new MissingData(`${caller}: the phase has no surface inside the sample`);
  return {
    name: quantity,
    unit: quantity === "surface" ? unitOf(labels) : "1",
    value,
    deviation: (Math.sqrt(variance) * value) / mean,
    degrees,
    factor: studentFactor(confidence, degrees),
    range: range * edgeOf(labels),
  };
}

/** As the program ImageRep does. */
export async function byImageRep(
  caller: string,
  labels: Volume,
  _: Named,
  confidence: number,
  options: Asked,
): Promise<Estimate> {
  const { phase, region, mask } = options;
  const asked = { ...workOf(options), ...(region && { region }), ...(mask && { mask }) };
  const { correlated, fraction } = await checkCorrelated(caller, labels, {
    ...asked,
    ...(phase !== undefined && { phase }),
    periodic: true,
  });
  checkFraction(caller, fraction);
  const shape = regionShape(correlated.region);
  const most = Math.floor(Math.min(...shape.map((n) => (n > 1 ? n : Number.MAX_SAFE_INTEGER))) / 2);
  const lags = shape.map((n) => (n > 1 ? most : 0)) as unknown as Triple;
  const { planes } = await correlate(caller, correlated, { lags, width: 1, shells: 1 }, true, workOf(options));
  const small = shape.reduce((product, n) => product * n, 1) <= SMALL[shape[0] > 1 ? 3 : 2];
  const lines = small ? lineRange(await insideOf(labels, correlated), shape, fraction) : undefined;
  const { range, deviation, factor } = imageRep(planes as Float32Array[], lags, shape, fraction, confidence, lines);
  const scaled = range * edgeOf(labels);
  return {
    name: "volume fraction",
    unit: "1",
    value: fraction,
    deviation,
    degrees: Number.POSITIVE_INFINITY,
    factor,
    range: scaled,
  };
}

async function insideOf(labels: Volume, { label, region }: Correlated): Promise<Uint8Array> {
  const voxels = await labels.read(region);
  return Uint8Array.from(voxels, (value) => ((label === undefined ? value !== 0 : value === label) ? 1 : 0));
}

function checkFraction(caller: string, fraction: number): void {
  if (fraction === 0 || fraction === 1)
    throw new MissingData(
      `${caller}: ${fraction === 0 ? "no voxel" : "every voxel"} of the sample is of the phase; nothing varies`,
    );
}

/** The voxels that have a neighbour behind them along each axis of more than one voxel. */
const withNeighbours = ({ start, stop }: Region): Region => ({
  start,
  stop: stop.map((n, k) => (n - start[k]! > 1 ? n - 1 : n)) as unknown as Triple,
});

/** How much faces across z, y, x count: their areas, as whole numbers; nothing along an axis of one voxel. */
function facesOf(caller: string, { spacing = [1, 1, 1] }: Volume, shape: Triple): Triple {
  const [z, y, x] = spacing;
  const areas = [y * x, z * x, z * y].map((area, k) => (shape[k]! > 1 ? area : 0));
  const sum = areas.reduce((total, area) => total + area, 0);
  if (sum === 0) throw new MissingData(`${caller}: one voxel has no surface inside the sample`);
  if (areas.every((area) => area === 0 || area === Math.max(...areas)))
    return areas.map((area) => (area > 0 ? 1 : 0)) as unknown as Triple;
  return areas.map((area) => (area > 0 ? Math.max(1, Math.floor((area / sum) * MOST_FACES)) : 0)) as unknown as Triple;
}

const unitOf = ({ spacing }: Volume): string => (spacing === undefined ? "1/voxel" : "1/µm");

/** Surface per volume of faces across z, y, x: how likely two neighbours are unlike, over their distance. */
function perVolume(faces: readonly number[], pairs: readonly number[], { spacing }: Volume): number {
  const steps = (spacing ?? [1e-6, 1e-6, 1e-6]).map((size) => size * 1e6);
  return steps.reduce((sum, step, k) => sum + (pairs[k]! > 0 ? faces[k]! / pairs[k]! / step : 0), 0);
}

/** The surface of a phase per volume of a part without voxels beyond the sample. */
async function surfaceOf(part: Volume, label: number | undefined, run: Omit<RunOptions, "to">): Promise<number> {
  const { dtype, role, shape, range } = part;
  const { bytes, min } = DTYPES[dtype];
  const low = bytes === 4 ? range[0] : min;
  const table = new Uint16Array(bytes === 4 ? range[1] - range[0] + 1 : 2 ** (8 * bytes)).fill(1);
  if (role === "mask") table.fill(2)[-low] = 1;
  else if (label !== undefined && label - low >= 0 && label - low < table.length) table[label - low] = 2;
  const counts = await reduce(countFaces, part, { table, low, phases: 2 }, run);
  const voxels = shape[0] * shape[1] * shape[2];
  const pairs = shape.map((n) => (voxels / n) * (n - 1));
  return perVolume(
    counts.map((across) => across[1]! + across[2]!),
    pairs,
    part,
  );
}

/** The quantity as a function of a part of the labels. */
export function measured(
  caller: string,
  labels: Volume,
  { quantity = "volume fraction", phase }: { quantity?: Named | VolumeQuantity; phase?: string | number },
): VolumeQuantity {
  if (typeof quantity === "function") return quantity;
  const label = phaseOf(caller, labels, phase);
  const outside = (): UnsupportedFeature =>
    new UnsupportedFeature(
      `${caller}: blocks with voxels of the label 255 are of no equal size; crop to a region inside`,
    );
  if (neutralOf(labels) !== undefined && labels.range[1] === OUTSIDE) throw outside();
  const { dtype, range } = labels;
  if (quantity === "surface" && DTYPES[dtype].bytes === 4 && range[1] - range[0] >= MOST_LABELS)
    throw new UnsupportedFeature(
      `${caller}: labels from ${range.join(" to ")} are too many to look at their faces; make a mask of the phase, by labelMask(…)`,
    );
  if (quantity === "surface")
    return async (part, run) => ({ surface: { value: await surfaceOf(part, label, run), unit: unitOf(part) } });
  return async (part, run) => {
    const { phases, voxels } = await countPhases(caller, part, run);
    const total = voxels.reduce((sum, count) => sum + count, 0);
    const own = label === undefined ? voxels[1]! : (voxels[phases.findIndex((one) => one.label === label)] ?? 0);
    return { "volume fraction": { value: own / total, unit: "1" } };
  };
}
