/** Radii of balls, as they are asked for. */
import { InvalidArgument } from "../core/errors.js";
import { isLength, type Length } from "../core/length.js";
import { inVoxels } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import { voxelSteps } from "../morphology/voxel-steps.js";
import { distancesUpTo } from "./ball-sizes.js";

/** Ascending, in the shortest edge of a voxel. */
export type Radii = Float64Array;
export type RadiiAsked = "all" | "whole" | readonly (number | Length)[];

/** Throws unless these are radii. */
export function checkRadii(caller: string, radii: unknown, volume: Volume): asserts radii is RadiiAsked {
  if (radii === "all" || radii === "whole") return;
  if (!Array.isArray(radii) || radii.length === 0)
    throw new InvalidArgument(
      `${caller}: radii are ${JSON.stringify(radii)}; give "all", "whole", or a list such as [1, 2, 4] or [um(0.5), um(1)]`,
    );
  listed(caller, radii, volume);
}

/** The list in the shortest edge of a voxel, ascending, each once. */
function listed(caller: string, radii: readonly (number | Length)[], volume: Volume): Radii {
  const of = (radius: number | Length): number => {
    // Of the axes the shortest edge has the most voxels.
    const voxels = isLength(radius) ? Math.max(...inVoxels(`${caller}: a radius`, radius, volume)) : radius;
    if (typeof voxels !== "number" || !Number.isFinite(voxels) || voxels < 1e-3)
      throw new InvalidArgument(
        `${caller}: a radius is ${String(voxels)} voxels; allowed are finite numbers from 0.001 on`,
      );
    return voxels;
  };
  const sorted = [...new Set(radii.map(of))].sort((a, b) => a - b);
  if (sorted.length > 65_535)
    throw new InvalidArgument(`${caller}: ${sorted.length} radii are too many; allowed are 65535`);
  return Float64Array.from(sorted);
}

/** Those of the radii that a ball can have where the largest distance is `most`; at least one. */
export function radiiUpTo(caller: string, radii: RadiiAsked, volume: Volume, most: number): Radii {
  if (radii === "all") return distancesUpTo(caller, voxelSteps(volume), most);
  const hair = 1 + 1e-6;
  if (radii === "whole") return Float64Array.from({ length: Math.floor(most * hair) }, (_, k) => k + 1);
  const all = listed(caller, radii, volume);
  const fit = all.filter((radius) => radius <= most * hair);
  return fit.length > 0 ? fit : all.subarray(0, 1);
}
