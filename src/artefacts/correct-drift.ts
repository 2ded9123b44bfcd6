import { setImmediate } from "node:timers/promises";
import { watched } from "../compute/progress.js";
import { checkVolume } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import type { Voxels } from "../core/dtype.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkNumber, checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { checkMask } from "./joint-histogram.js";
import { PLANE_THREAD_OPTIONS, type PlaneThreadOptions } from "./plane-threads.js";
import { eachPlane, mapPlanes, type PlaneMap, rounded } from "./plane-wise.js";

/** Options of {@link sliceProfile}. */
export type SliceProfileOptions = Pick<RunOptions, "mask" | "signal" | "onProgress">;

/**
 * Grey values slice by slice: drift of the source or of the detector's gain shows as a trend or as steps of the median.
 *
 * Columns: `slice`, `median`, `mean`, `deviation`, `voxels` (those that are numbers and inside the mask). Slices without any
 * voxel have NaN.
 * Cost O(n·log n), 30 ns a voxel; memory some planes.
 * @param volume any voxel type
 * @throws InvalidArgument if the mask does not fit; MissingData if no voxel lies in it
 */
export async function sliceProfile(volume: Volume, options: SliceProfileOptions = {}): Promise<ResultTable> {
  checkVolume("sliceProfile", volume);
  checkOptions("sliceProfile", options, ["mask", "signal", "onProgress"]);
  const slices = await levelsOf("sliceProfile", volume, options);
  const column = (name: string, value: (slice: Level) => number): { name: string; values: number[] } => ({
    name,
    values: slices.map(value),
  });
  return resultTable(
    [
      { name: "slice", values: slices.map((_, z) => z), whole: true },
      column("median", ({ median }) => median),
      column("mean", ({ mean }) => mean),
      column("deviation", ({ deviation }) => deviation),
      column("voxels", ({ voxels }) => voxels),
    ],
    trace("sliceProfile", {}, { volume, mask: options.mask }),
  );
}

/** Options of {@link correctDrift}. One thread works, whatever `workers` says. */
export interface CorrectDriftOptions extends PlaneThreadOptions, Pick<RunOptions, "mask"> {
  /** `scale`: slices are multiplied about `zero`; `shift`: a constant is added. Default `scale`. */
  by?: "scale" | "shift";
  /** Grey value of no attenuation, about which is scaled. Default 0. */
  zero?: number;
}

/**
 * Takes drift from slice to slice: brings the median of each slice to the median of all these. What truly changes along z
 * is taken, too: give a `mask` of something that does not (air, the can, a current collector), or of a phase that is
 * everywhere. Slices without a voxel in the mask are treated as the nearest one that has some.
 * The largest correction stands in the provenance (`largest`: a factor, or grey values).
 * Cost two passes, 30 ns a voxel; memory some planes, with `to` a layer of bricks more. A run that is taken up again
 * looks for the medians again.
 * @param volume any voxel type
 * @returns new volume of the same shape and voxel type; whole numbers are rounded and held at the ends of their range
 * @throws InvalidArgument if an option is out of bounds; MissingData if no voxel lies in the mask, or, to scale, a slice is
 * not above `zero`
 */
export async function correctDrift(volume: Volume, options: CorrectDriftOptions = {}): Promise<Volume> {
  const caller = "correctDrift";
  checkVolume(caller, volume);
  checkOptions(caller, options, ["by", "zero", "mask", ...PLANE_THREAD_OPTIONS]);
  const { by = "scale", zero = 0, mask } = options;
  if (by !== "scale" && by !== "shift")
    throw new InvalidArgument(`by is ${JSON.stringify(by)}; allowed are "scale" and "shift"`);
  checkNumber("zero (grey value)", zero, -Number.MAX_VALUE, Number.MAX_VALUE);
  checkMask(mask, volume);
  const map: PlaneMap = {
    dtype: volume.dtype,
    trace: (found) => trace(caller, { by, zero, ...found }, { volume, mask }),
    mask,
    looks: true,
    cost: 30,
  };
  return mapPlanes(caller, volume, map, options, async () => {
    const changes = await changesOf(volume, by, zero, options);
    const size = (change: number): number => (by === "scale" ? Math.max(change, 1 / change) : Math.abs(change));
    return {
      found: { largest: changes.reduce((most, change) => Math.max(most, size(change)), 0) },
      work: (plane, z) => {
        const change = changes[z]!;
        const corrected = Float32Array.from(plane, (value) =>
          by === "scale" ? zero + (value - zero) * change : value + change,
        );
        return rounded(corrected, volume.dtype);
      },
    };
  });
}

/** What each slice is multiplied with, or what is added to it. */
async function changesOf(
  volume: Volume,
  by: "scale" | "shift",
  zero: number,
  { mask, signal, onProgress }: CorrectDriftOptions,
): Promise<number[]> {
  const caller = "correctDrift";
  const pass = { ...(mask && { mask }), ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const medians = (await levelsOf(caller, volume, pass)).map(({ median }) => median);
  const known = medians.map((median, z) => (Number.isNaN(median) ? medians[nearestKnown(medians, z)]! : median));
  const target = middle(Float64Array.from(medians.filter((median) => !Number.isNaN(median))));
  if (by === "scale" && !(target > zero && known.every((median) => median > zero)))
    throw new MissingData(
      `${caller}: the median of a slice is not above the grey value of no attenuation, ${zero}; give \`zero\`, a mask, or by: "shift"`,
    );
  return known.map((median) => (by === "scale" ? (target - zero) / (median - zero) : target - median));
}

interface Level {
  readonly median: number;
  readonly mean: number;
  readonly deviation: number;
  readonly voxels: number;
}

async function levelsOf(caller: string, volume: Volume, options: SliceProfileOptions): Promise<Level[]> {
  const { mask, ...run } = options;
  checkMask(mask, volume);
  const levels: Level[] = [];
  await watched(caller, volume.shape[0], run, ({ signal, step }) =>
    eachPlane(volume, signal, async (plane, z) => {
      const inside = mask && (await mask.plane("z", z)).values;
      levels.push(levelOf(plane, inside));
      await setImmediate();
      step();
    }),
  );
  if (levels.every(({ voxels }) => voxels === 0))
    throw new MissingData(`${caller}: no voxel lies inside the mask, or all of them are NaN`);
  return levels;
}

function levelOf(plane: Voxels, inside: Voxels | undefined): Level {
  const kept = new Float32Array(plane.length);
  let voxels = 0;
  let sum = 0;
  for (let k = 0; k < plane.length; k++) {
    const value = plane[k]!;
    if (Number.isNaN(value) || inside?.[k] === 0) continue;
    kept[voxels++] = value;
    sum += value;
  }
  const values = kept.subarray(0, voxels);
  const mean = sum / voxels;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { median: middle(values), mean, deviation: Math.sqrt(squares / voxels), voxels };
}

/** Median; NaN of nothing. */
function middle(values: Float32Array | Float64Array): number {
  const sorted = values.slice().sort();
  const half = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function nearestKnown(values: readonly number[], at: number): number {
  for (let away = 1; ; away++)
    for (const z of [at - away, at + away]) if (z in values && !Number.isNaN(values[z])) return z;
}
