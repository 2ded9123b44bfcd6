import type { Border } from "#src/core/border.js";
import type { Triple } from "#src/core/shape.js";
import { gaussian } from "./gaussian.js";
import { type Block, eachVoxel, footprint, voxel } from "./neighbourhood.js";
import { deviation, mean } from "./window.js";

export type Method =
  | { method: "mean"; offset: number }
  | { method: "gaussian"; offset: number }
  | { method: "niblack"; k: number }
  | { method: "sauvola"; k: number; range: number };

/** The threshold of each voxel, from the values in the box around it. */
export function localThresholds(block: Block, radius: Triple, how: Method, border: Border = "reflect"): number[] {
  if (how.method === "gaussian")
    return gaussian(block, radius.map((r) => r / 3) as unknown as Triple, border).map((value) => value - how.offset);
  const offsets = footprint("box", radius);
  return eachVoxel(block.shape, (z, y, x) => {
    const values = offsets.map(([dz, dy, dx]) => voxel(block, z + dz, y + dy, x + dx, border));
    const m = mean(values);
    if (how.method === "mean") return m - how.offset;
    const s = deviation(values);
    return how.method === "niblack" ? m - how.k * s : m * (1 + how.k * (s / how.range - 1));
  });
}
