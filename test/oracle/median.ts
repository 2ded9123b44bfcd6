import type { Border } from "#src/core/border.js";
import type { Triple } from "#src/core/shape.js";
import { type Block, eachVoxel, footprint, voxel } from "./neighbourhood.js";

const nanLast = (a: number, b: number): number => (Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b);

/** Median by its definition: gather, sort, take the value of rank ⌊n/2⌋; NaN sorts last. */
export function median(block: Block, kind: "ball" | "box", radius: Triple, border: Border = "reflect"): number[] {
  const offsets = footprint(kind, radius);
  return eachVoxel(block.shape, (z, y, x) => {
    const around = offsets.map(([dz, dy, dx]) => voxel(block, z + dz, y + dy, x + dx, border));
    return around.sort(nanLast)[Math.floor(around.length / 2)]!;
  });
}
