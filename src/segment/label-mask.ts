import { labelMask as labelMaskOperation } from "../compute/operations/labels.js";
import { checkVolume, run } from "../compute/run.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { labelOf } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";

/** Options of {@link labelMask}. */
export interface LabelMaskOptions extends RunOptions {}

/**
 * A mask of one or several labels, for the option `mask` of other functions: only what lies in a phase is then counted,
 * filtered or segmented further.
 * Cost O(n), a nanosecond a voxel; memory n bytes.
 * @param labels a labels volume of whole numbers, any shape
 * @param which a label, the name of a phase, or several of either
 * @returns new volume of the role mask (uint8): 1 where one of the labels is, 0 elsewhere and outside of a `mask`; the same
 * shape and voxel size (the region's shape, with `region`)
 * @throws InvalidArgument if a name is no phase of this volume, or a label no value of its voxel type
 * @example const inGrains = await otsu(scan, { mask: await labelMask(phases, "active material") });
 */
export async function labelMask(
  labels: Volume,
  which: number | string | readonly (number | string)[],
  options: LabelMaskOptions = {},
): Promise<Volume> {
  checkVolume("labelMask", labels);
  checkOptions("labelMask", options, RUN_OPTIONS);
  const { region, mask } = options;
  const wanted = Array.isArray(which) ? which : [which];
  if (wanted.length === 0) throw new InvalidArgument("labelMask: give a label or the name of a phase, got none");
  const values = [...new Set(wanted.map((one: unknown) => valueOfLabel(one, labels)))].sort((a, b) => a - b);
  const provenance = trace("labelMask", { values, region }, { labels, mask });
  return run(labelMaskOperation, labels, { values }, options, { provenance, role: "mask" });
}

function valueOfLabel(which: unknown, { phases, dtype }: Volume): number {
  if (typeof which === "string") return labelOf("labelMask", which, phases);
  const { min, max } = DTYPES[dtype];
  if (typeof which !== "number" || !Number.isInteger(which) || which < min || which > max)
    throw new InvalidArgument(
      `labelMask: a label is ${String(which)}; allowed are whole numbers from ${min} to ${max}, for the voxels are ${dtype}, and names of phases`,
    );
  return which;
}
