import { release } from "../compute/memory.js";
import { countFaces } from "../compute/operations/faces.js";
import { copy } from "../compute/operations.js";
import { checkMask, checkVolume, reduce, run } from "../compute/run.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkOptions, type RunOptions } from "../core/options.js";
import type { Phase } from "../core/phases.js";
import { type Provenance, trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { countPhases } from "../statistics/phase-counts.js";

/** Options of {@link interfaceAreas}. */
export interface InterfaceAreasOptions extends Omit<RunOptions, "to"> {}

const OPTIONS = ["region", "mask", "signal", "onProgress", "memoryLimit", "workers"] as const;
/** There is a row for each pair: of more they would be particles rather than phases. */
const MOST = 255;

/**
 * Areas at which the phases of a segmented volume meet, for each pair of them: the sum of all faces between a voxel of the one
 * and a voxel of the other. Faces of the volume itself, and of region and mask, are no interface.
 *
 * Columns: `label`, `phase`, `other label`, `other phase`, `faces` (their number), where the voxel size is known `area` in µm²
 * and `area per volume` in 1/µm, which is over the volume of all voxels that belong to a phase; else `faces per voxel`.
 *
 * A surface of voxels is a staircase, whose area does not become that of the smooth surface however small the voxels are: a
 * plane with the normal n gets |nz| + |ny| + |nx| times its area, from 1 (along the grid) to 1.73; a ball, and matter without
 * a direction, 1.5 times. Divide by 1.5 for such matter; compare only with numbers of the same method.
 *
 * Exact, same result for any brick shape and number of workers, also for volumes larger than memory. Cost O(n), one to six
 * nanoseconds a voxel, the more the rougher the phases are; memory per worker one brick; with `region` also its voxels.
 * @param labels labels of whole numbers (phases from its phase table, other labels by their number) or a mask
 * @returns one row for each pair of phases, in the order of the phase table; label 255 of 8 bits is no phase
 * @throws InvalidArgument if the volume is neither labels nor a mask, or there are more than 255 phases
 * @throws MissingData if no voxel of region and mask belongs to a phase
 * @see the factor 3/2: the mean of |nz| + |ny| + |nx| over all directions; J. Ohser & F. Mücklich, Statistical Analysis of
 * Microstructures in Materials Science (2000)
 * @example await interfaceAreas(await threshold(scan, [21000, 34000], { names: ["pore", "binder", "active material"] }))
 */
export async function interfaceAreas(labels: Volume, options: InterfaceAreasOptions = {}): Promise<ResultTable> {
  const caller = "interfaceAreas";
  checkVolume(caller, labels);
  checkOptions(caller, options, OPTIONS);
  const { role, spacing } = labels;
  if (role !== "labels" && role !== "mask")
    throw new InvalidArgument(
      `${caller}: this volume has the role ${role}; give labels or a mask, such as threshold(…) makes`,
    );
  const { region, mask, onProgress, ...rest } = options;
  checkMask(mask, labels);
  const quiet = { ...rest, ...(region && { region }), ...(mask && { mask }) };
  const { phases, voxels } = await countPhases(caller, labels, quiet);
  const total = voxels.reduce((sum, count) => sum + count, 0);
  if (total === 0) throw new MissingData(`${caller}: no voxel of region and mask belongs to a phase`);
  if (phases.length > MOST)
    throw new InvalidArgument(
      `${caller}: ${phases.length} labels are too many to be phases (at most ${MOST}); these may be particles: make a mask of them, by with({ role: "mask" })`,
    );
  // A face between a voxel of the region and one beside it is none: the region is looked at as a volume of its own.
  const made: Volume[] = [];
  const cut = async (volume: Volume | undefined): Promise<Volume | undefined> => {
    if (volume === undefined || region === undefined) return volume;
    made.push(await run(copy, volume, {}, { ...rest, region }, { provenance: volume.provenance }));
    return made.at(-1);
  };
  try {
    const [part, beside] = [(await cut(labels))!, await cut(mask)];
    const parameters = { ...phaseNumbers(labels, phases), phases: phases.length };
    const watch = { ...rest, ...(onProgress && { onProgress }), besides: beside === undefined ? [] : [beside] };
    const faces = await reduce(countFaces, part, parameters, watch);
    return tableOf(faces, phases, total, spacing, trace(caller, { region }, { labels, mask }));
  } finally {
    for (const one of made) release(one);
  }
}

/** Which value is which phase, counted from 1; of a mask all but 0 are inside. */
function phaseNumbers(
  { role, dtype, range: [least, most] }: Volume,
  phases: readonly Phase[],
): { table: Uint16Array; low: number } {
  const { bytes, min } = DTYPES[dtype];
  // Of 32 bits those between the ends, which are few enough to be counted one by one.
  const low = bytes === 4 ? least : min;
  const table = new Uint16Array(bytes === 4 ? most - least + 1 : 2 ** (8 * bytes));
  if (role === "mask") table.fill(2);
  for (const [k, { label }] of phases.entries()) {
    const at = label - low;
    if (at >= 0 && at < table.length && (role === "labels" || label === 0)) table[at] = k + 1;
  }
  return { table, low };
}

function tableOf(
  faces: readonly Float64Array[],
  phases: readonly Phase[],
  voxels: number,
  spacing: Volume["spacing"],
  provenance: Provenance,
): ResultTable {
  const n = phases.length;
  const pairs = phases.flatMap((one, a) => phases.slice(a + 1).map((other, b) => ({ one, other, a, b: a + 1 + b })));
  const across = (axis: number, a: number, b: number): number => faces[axis]![a * n + b]! + faces[axis]![b * n + a]!;
  const sums = (weights: readonly number[]): number[] =>
    pairs.map(({ a, b }) => weights.reduce((sum, weight, axis) => sum + weight * across(axis, a, b), 0));
  const columns: Column[] = [
    { name: "label", values: pairs.map(({ one }) => one.label), whole: true },
    { name: "phase", values: pairs.map(({ one }) => one.name) },
    { name: "other label", values: pairs.map(({ other }) => other.label), whole: true },
    { name: "other phase", values: pairs.map(({ other }) => other.name) },
    { name: "faces", values: sums([1, 1, 1]) },
  ];
  if (spacing === undefined) {
    columns.push({ name: "faces per voxel", values: sums([1, 1, 1]).map((sum) => sum / voxels) });
    return resultTable(columns, provenance);
  }
  const [z, y, x] = spacing.map((size) => size * 1e6) as [number, number, number];
  const areas = sums([y * x, z * x, z * y]);
  columns.push({ name: "area", values: areas, unit: "µm²" });
  columns.push({ name: "area per volume", values: areas.map((area) => area / (voxels * z * y * x)), unit: "1/µm" });
  return resultTable(columns, provenance);
}
