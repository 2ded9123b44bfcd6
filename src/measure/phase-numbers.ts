import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Phase } from "../core/phases.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { countPhases, type PhaseCounts } from "../statistics/phase-counts.js";

/** Of more they would be particles rather than phases. */
const MOST = 255;

/** The phases of labels of which something is measured, with their numbers of voxels. */
export interface MeasuredPhases extends PhaseCounts {
  /** Voxels that belong to a phase. */
  readonly total: number;
}

/**
 * The phases of a volume, of which there are at most 255.
 * @throws MissingData if no voxel of region and mask belongs to one
 */
export async function measuredPhases(caller: string, labels: Volume, options: RunOptions): Promise<MeasuredPhases> {
  checkLabelled(caller, labels);
  const { onProgress: _, ...quiet } = options;
  const counts = await countPhases(caller, labels, quiet);
  const total = counts.voxels.reduce((sum, count) => sum + count, 0);
  if (total === 0) throw new MissingData(`${caller}: no voxel of region and mask belongs to a phase`);
  if (counts.phases.length > MOST)
    throw new InvalidArgument(
      `${caller}: ${counts.phases.length} labels are too many to be phases (at most ${MOST}); these may be particles: make a mask of them, by with({ role: "mask" })`,
    );
  return { ...counts, total };
}

/** Which value is which phase, counted from 1, of values from `low` on; of a mask all but 0 are inside. */
export function phaseNumbers(
  { role, dtype, range: [least, most] }: Volume,
  phases: readonly Pick<Phase, "label">[],
): { table: Uint8Array; low: number } {
  const { bytes, min } = DTYPES[dtype];
  // Of 32 bits those between the ends, which are few enough to be counted one by one.
  const low = bytes === 4 ? least : min;
  const table = new Uint8Array(bytes === 4 ? most - least + 1 : 2 ** (8 * bytes));
  if (role === "mask") table.fill(2);
  for (const [k, { label }] of phases.entries()) {
    const at = label - low;
    if (at >= 0 && at < table.length && (role === "labels" || label === 0)) table[at] = k + 1;
  }
  return { table, low };
}
