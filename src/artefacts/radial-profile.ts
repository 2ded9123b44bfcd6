import { checkVolume } from "../compute/run.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { checkNumber, checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { checkMask, jointHistogram, ringCounts } from "./joint-histogram.js";
import { checkCentre } from "./remove-rings.js";

/** Options of {@link radialProfile}. */
export interface RadialProfileOptions extends Pick<RunOptions, "mask" | "signal" | "onProgress"> {
  /** The axis in voxels, `[y, x]`. Default: the middle of the planes. */
  centre?: readonly [y: number, x: number];
  /** Width of a ring in voxels, from 1 on. Default 1. */
  width?: number;
}

/**
 * Mean grey value by distance from the axis, over all planes: cupping shows as a rise from the middle to the rim, rings
 * as jags. Draw it before and after a correction.
 *
 * Columns: `radius` (middle of the ring, in µm where the voxel size is known, else in voxels), `mean`, `deviation` (standard
 * deviation of the voxels of the ring), `voxels`. Rings without voxels have no row.
 * Cost O(n), 3 ns a voxel; memory some planes.
 * @param volume any voxel type; voxels are taken as square along y and x
 * @throws InvalidArgument if the centre is outside, or the mask does not fit
 * @throws MissingData if no voxel lies in the mask
 */
export async function radialProfile(volume: Volume, options: RadialProfileOptions = {}): Promise<ResultTable> {
  checkVolume("radialProfile", volume);
  checkOptions("radialProfile", options, ["centre", "width", "mask", "signal", "onProgress"]);
  const [, height, columns] = volume.shape;
  const { centre = [(height - 1) / 2, (columns - 1) / 2], width = 1, mask, ...run } = options;
  checkCentre(centre, height, columns);
  checkNumber("width (voxels)", width, 1, Math.max(height, columns));
  checkMask(mask, volume);
  const joint = await jointHistogram("radialProfile", volume, {
    ...run,
    ...(mask && { mask }),
    centre,
    width,
    bins: 1,
  });
  const counts = ringCounts(joint);
  const rings = Array.from(counts.keys()).filter((ring) => counts[ring]! > 0);
  const { spacing } = volume;
  const scale = spacing === undefined ? 1 : spacing[2] * 1e6;
  const mean = (ring: number): number => joint.sums[ring]! / counts[ring]!;
  const table: Column[] = [
    {
      name: "radius",
      values: rings.map((ring) => (ring + 0.5) * width * scale),
      unit: spacing === undefined ? "voxel" : "µm",
    },
    { name: "mean", values: rings.map(mean) },
    {
      name: "deviation",
      values: rings.map((ring) => Math.sqrt(Math.max(0, joint.squares[ring]! / counts[ring]! - mean(ring) ** 2))),
    },
    { name: "voxels", values: rings.map((ring) => counts[ring]!) },
  ];
  return resultTable(table, trace("radialProfile", { centre, width }, { volume, mask }));
}
