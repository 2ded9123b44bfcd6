import { copy } from "../compute/operations.js";
import { checkVolume, run } from "../compute/run.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkOptions, type RunOptions } from "../core/options.js";
import { labelOf } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { sameShape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { type PerAxis, perAxis } from "../filters/neighbourhood.js";
import { checkLabelled } from "../morphology/find-components.js";
import { boxOf, tableOfLabels, widened } from "../statistics/label-table.js";

/** Options of {@link cropToLabel}. */
export interface CropToLabelOptions extends Omit<RunOptions, "region" | "mask"> {
  /** The labels, where another volume of the same shape is to be cut: the scan, a distance transform. */
  labels?: Volume;
  /** What stays around the label, one for all axes or `[z, y, x]`: voxels or a length. Default 0. */
  margin?: PerAxis;
}

const OPTIONS = ["labels", "margin", "signal", "onProgress", "memoryLimit", "workers", "to"] as const;

/**
 * Cuts the box out of a volume in which a label lies: one particle, with or without its surroundings. What else lies in the
 * box stays. The box keeps its place in space.
 * Cost a pass over the labels, and the box; memory that of the box.
 * @param volume labels, or with the option `labels` any volume of their shape
 * @param which a label, or the name of a phase; of a mask 1
 * @param options `margin` ends at the faces of the volume; a length is rounded up to whole voxels
 * @returns new volume of the box's shape; voxel type, voxel size, role and phases as before
 * @throws MissingData if no voxel has this label; InvalidArgument if there is no such phase, or the shapes differ
 * @example const grain = await cropToLabel(scan, 17, { labels: particles, margin: um(2) });
 */
export async function cropToLabel(
  volume: Volume,
  which: number | string,
  options: CropToLabelOptions = {},
): Promise<Volume> {
  const caller = "cropToLabel";
  checkVolume(caller, volume);
  checkOptions(caller, options, OPTIONS);
  const { labels = volume, margin = 0, ...rest } = options;
  const { to: _, ...between } = rest;
  checkVolume(caller, labels);
  checkLabelled(caller, labels);
  if (!sameShape(labels.shape, volume.shape))
    throw new InvalidArgument(
      `${caller}: the labels have the shape ${labels.shape.join(" × ")}, the volume ${volume.shape.join(" × ")}; they must be the same`,
    );
  const around = perAxis("margin", margin, volume, Number.MAX_SAFE_INTEGER);
  const label = labels.role === "mask" ? maskLabel(which) : labelOf(caller, which, labels.phases);
  const table = await tableOfLabels(labels, { only: label }, between);
  if (table.labels.length === 0)
    throw new MissingData(
      `${caller}: no voxel has the label ${JSON.stringify(which)}; labelStatistics(labels) tells which there are`,
    );
  const region = widened(boxOf(table, 0), around, volume.shape);
  const inputs = labels === volume ? { volume } : { volume, labels };
  const provenance = trace(caller, { label, margin, region }, inputs);
  return run(copy, volume, {}, { ...rest, region }, { provenance });
}

function maskLabel(which: unknown): number {
  if (which === 1) return 1;
  throw new InvalidArgument(`cropToLabel: ${JSON.stringify(which)} is no label of a mask; its only one is 1, inside`);
}
