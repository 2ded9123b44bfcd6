/** Peaks of a field inside a mask, brick by brick. */
import type { Triple } from "../../core/shape.js";
import type { SnowPeaksParameters } from "../operations/snow.js";
import { ballOffsets } from "../operations.js";
import { type ReduceTask, table } from "./task.js";

export function peaksOfBrick(
  { wasm, slab, halo, slabStart, besides: [mask] }: ReduceTask,
  { shape, radius, wall }: SnowPeaksParameters,
): Float64Array[] {
  const [depth, height, width] = slab.size;
  const [planes, rows, columns] = slab.size.map((n, k) => n - 2 * halo[k]!) as unknown as Triple;
  const row = 4 * width;
  const plane = row * height;
  const inside = mask!;
  for (let z = 0; z < depth; z++) {
    const outside = [inside.start + z * inside.plane, inside.row] as const;
    wasm.call("fillOutside", slab.start + z * plane, row, ...outside, height, width, wall);
  }
  const offsets = ballOffsets(radius).filter((offset) => offset.some((n) => n !== 0));
  const far = ([z, y, x]: Triple): number => z * z + y * y + x * x;
  offsets.sort((a, b) => far(a) - far(b));
  const around = table(
    wasm,
    offsets.map(([z, y, x]) => z * plane + y * row + 4 * x),
  );
  const out = wasm.allocate(4 * rows * columns);
  const found: number[] = [];
  const [first, second] = [
    halo[0] * plane + halo[1] * row + 4 * halo[2],
    halo[0] * inside.plane + halo[1] * inside.row + halo[2],
  ];
  for (let z = 0; z < planes; z++) {
    const at = [slab.start + first + z * plane, row, inside.start + second + z * inside.plane, inside.row] as const;
    const count = wasm.call("peaksOfPlane", ...at, rows, columns, around, offsets.length, out);
    const places = wasm.view("uint32", out, count);
    for (let k = 0; k < count; k++) {
      const y = slabStart[1] + halo[1] + Math.floor(places[k]! / columns);
      const x = slabStart[2] + halo[2] + (places[k]! % columns);
      found.push(((slabStart[0] + halo[0] + z) * shape[1] + y) * shape[2] + x);
    }
  }
  return [Float64Array.from(found)];
}
