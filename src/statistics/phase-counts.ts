import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, UnsupportedFeature } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import { OUTSIDE, PALETTE, type Phase } from "../core/phases.js";
import type { Volume } from "../core/volume.js";
import { histogram } from "./histogram.js";

/** Voxels of each phase, and those that belong to none. */
export interface PhaseCounts {
  readonly phases: readonly Phase[];
  readonly voxels: readonly number[];
  /** Voxels with the label {@link OUTSIDE}: they count in no fraction. */
  readonly outside: number;
}

/** Most phases that a volume without a phase table may have: more are particles rather than phases. */
const MOST = 1024;

/** A name and a colour for a label that no table lists. */
const unnamed = (label: number, k: number): Phase => ({
  label,
  name: `label ${label}`,
  colour: PALETTE[k % PALETTE.length]!,
});

/**
 * Counts the voxels of each phase of a labels volume: those of its phase table in the table's order, then labels that the
 * table lacks, ascending; of a mask, outside and inside. 255 is {@link OUTSIDE} in 8-bit labels unless the table lists it.
 * @throws UnsupportedFeature for float labels; InvalidArgument for more labels than could be phases
 */
export async function countPhases(caller: string, labels: Volume, options: RunOptions): Promise<PhaseCounts> {
  if (!DTYPES[labels.dtype].integer)
    throw new UnsupportedFeature(`${caller}: labels are whole numbers, these voxels are ${labels.dtype}`);
  const counted = await histogram(labels, options);
  if (!counted.exact)
    throw new InvalidArgument(`${caller}: labels from ${labels.range.join(" to ")} are too many to be phases`);
  const found = new Map<number, number>();
  for (const [k, count] of counted.counts.entries()) if (count > 0) found.set(counted.low + k + 0.5, count);
  if (labels.role === "mask") {
    const no = found.get(0) ?? 0;
    const names: Phase[] = [
      { label: 0, name: "outside", colour: PALETTE[0] },
      { label: 1, name: "inside", colour: PALETTE[1] },
    ];
    return { phases: names, voxels: [no, counted.total - no], outside: 0 };
  }
  const table = labels.phases ?? [];
  const listed = new Set(table.map(({ label }) => label));
  const isOutside = (label: number): boolean =>
    label === OUTSIDE && DTYPES[labels.dtype].bytes === 1 && !listed.has(label);
  const more = [...found.keys()].filter((label) => !listed.has(label) && !isOutside(label));
  if (more.length > MOST)
    throw new InvalidArgument(
      `${caller}: ${more.length} different labels are too many to be phases (at most ${MOST}); these may be particles, or a grey volume: give thresholds`,
    );
  const phases = [...table, ...more.map((label, k) => unnamed(label, table.length + k))];
  return {
    phases,
    voxels: phases.map(({ label }) => found.get(label) ?? 0),
    outside: isOutside(OUTSIDE) ? (found.get(OUTSIDE) ?? 0) : 0,
  };
}
