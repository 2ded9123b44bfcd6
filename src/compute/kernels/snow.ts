/** Peaks of a blurred field inside a mask, brick by brick. */
import type { Triple } from "../../core/shape.js";
import type { SnowPeaksParameters } from "../operations/snow.js";
import { ballOffsets, gaussianReach, reach } from "../operations.js";
import { Convolution } from "./convolve.js";
import { weightsOf } from "./gaussian.js";
import { floatRow, type ReduceTask, type Slab, table } from "./task.js";

export function peaksOfBrick(task: ReduceTask, parameters: SnowPeaksParameters): Float64Array[] {
  const { wasm, halo, slabStart } = task;
  const { shape, radius, sigma, wall } = parameters;
  const { size, start, row, plane } = blurred(task, sigma);
  const [depth, height, width] = size;
  const beside = task.besides[0]!;
  const [dz, dy, dx] = sigma.map(gaussianReach) as unknown as Triple;
  const inside = { ...beside, start: beside.start + dz * beside.plane + dy * beside.row + dx };
  for (let z = 0; z < depth; z++) {
    const outside = [inside.start + z * inside.plane, inside.row] as const;
    wasm.call("fillOutside", start + z * plane, row, ...outside, height, width, wall);
  }
  const around = radius.map(reach) as unknown as Triple;
  const [planes, rows, columns] = size.map((n, k) => n - 2 * around[k]!) as unknown as Triple;
  const offsets = ballOffsets(radius).filter((offset) => offset.some((n) => n !== 0));
  const far = ([z, y, x]: Triple): number => z * z + y * y + x * x;
  offsets.sort((a, b) => far(a) - far(b));
  const steps = table(
    wasm,
    offsets.map(([z, y, x]) => z * plane + y * row + 4 * x),
  );
  const out = wasm.allocate(4 * rows * columns);
  const found: number[] = [];
  const first = start + around[0] * plane + around[1] * row + 4 * around[2];
  const second = inside.start + around[0] * inside.plane + around[1] * inside.row + around[2];
  for (let z = 0; z < planes; z++) {
    const at = [first + z * plane, row, second + z * inside.plane, inside.row] as const;
    const count = wasm.call("peaksOfPlane", ...at, rows, columns, steps, offsets.length, out);
    const places = wasm.view("uint32", out, count);
    for (let k = 0; k < count; k++) {
      const y = slabStart[1] + halo[1] + Math.floor(places[k]! / columns);
      const x = slabStart[2] + halo[2] + (places[k]! % columns);
      found.push(((slabStart[0] + halo[0] + z) * shape[1] + y) * shape[2] + x);
    }
  }
  return [Float64Array.from(found)];
}

/** The slab after a Gaussian, smaller by its reach; without one the slab itself. */
function blurred({ wasm, slab, dtype }: ReduceTask, sigma: Triple): Slab {
  const reach = sigma.map(gaussianReach) as unknown as Triple;
  if (reach.every((n) => n === 0)) return slab;
  const convolution = new Convolution(wasm, { ...slab, dtype }, reach);
  const { size } = convolution;
  const weights = weightsOf(wasm, sigma);
  const row = floatRow(size[2]);
  const plane = row * size[1];
  const start = wasm.allocate(plane * size[0]);
  for (let z = 0; z < size[0]; z++) convolution.plane(z, weights, start + z * plane, row);
  return { start, row, plane, size };
}
