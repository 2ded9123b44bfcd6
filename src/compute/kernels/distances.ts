/** Distances to what is not inside, in chunks of whole lines along z and of whole planes. */
import { DTYPES } from "../../core/dtype.js";
import type { Zone } from "../../core/volume.js";
import { CHUNK, type PlaneDistancesParameters, type StepsParameters } from "../operations/distances.js";
import { brickOf, type PartResult, type PartTask, writePlane } from "./part.js";
import { zoneIn } from "./zone.js";

/** The bricks that are made, and their voxels where they go to a file. */
export interface StepsResult extends PartResult {
  readonly bricks: readonly (readonly [index: number, zone: Zone, voxels?: Uint16Array])[];
}

/** Steps along z of the rows of one brick of the result (uint16), whose bricks are as wide as the volume. */
export function stepsAlongZ(
  { wasm, input, output, grid, part }: PartTask,
  { label, except }: StepsParameters,
): StepsResult {
  const { dtype, shape } = input.description;
  const [depth, , width] = shape;
  const { bytes, min, max } = DTYPES[dtype];
  const first = part * grid.brick[1];
  const rows = Math.min(grid.brick[1], shape[1] - first);
  const columns = Math.ceil(width / 16) * 16;
  const lanes = rows * columns;
  const labels = wasm.allocate(depth * lanes * bytes);
  const steps = wasm.allocate(2 * depth * lanes);
  const packed = wasm.allocate(2 * grid.brickVoxels);
  const voxels = wasm.view(dtype, labels, depth * lanes);
  input.gather([0, first, 0], [depth, rows, width], { voxels, row: columns, plane: lanes });
  const known = Number.isInteger(label) && label >= min && label <= max;
  const place = [labels, steps, depth, lanes, known ? label | 0 : 0, except ? 1 : 0, known ? 1 : 0] as const;
  wasm.call(`countSteps_${8 * bytes}`, ...place);
  const bricks: [number, Zone, Uint16Array<ArrayBuffer>?][] = [];
  const perLayer = grid.counts[1] * grid.counts[2];
  for (let z = 0, index = part; z < depth; z += grid.brick[0], index += perLayer) {
    const size = [Math.min(grid.brick[0], depth - z), rows, width] as const;
    const [row, plane] = [2 * grid.brick[2], 2 * grid.brick[2] * grid.brick[1]];
    const from = [steps + 2 * z * lanes, 2 * columns, 2 * lanes] as const;
    wasm.call("copyBox", ...from, packed, row, plane, size[0], rows, 2 * width);
    const mark = wasm.mark;
    const zone = zoneIn(wasm, "uint16", { start: packed, row, plane, size });
    wasm.rewind(mark);
    const made = wasm.view("uint16", packed, grid.brickVoxels) as Uint16Array;
    const target = brickOf(output, grid, index);
    if (target === undefined) bricks.push([index, zone, new Uint16Array(made)]);
    else {
      target.set(made);
      bricks.push([index, zone]);
    }
  }
  return { bricks };
}

/** Distances of {@link CHUNK} planes from the steps along z; into the result's memory, or else as an array. */
export function distancesOfPlanes(task: PartTask, { first, squares: [z, y, x] }: PlaneDistancesParameters): PartResult {
  const { wasm, input, output, grid, part } = task;
  const [depth, height, width] = grid.shape;
  const begin = first + part * CHUNK;
  const planes = Math.min(CHUNK, depth - begin);
  // Rows are never a multiple of 4 KiB apart, at which they push each other out of the cache.
  const columns = Math.ceil(width / 16) * 16 + 16;
  const [plane, row] = [columns * height, 4 * columns];
  const steps = wasm.allocate(2 * planes * plane);
  const start = wasm.allocate(row * (Math.ceil(height / 4) * 4));
  const packed = wasm.allocate(4 * grid.brick[1] * grid.brick[2]);
  const far = wasm.allocate(16 * height);
  const farX = wasm.allocate(16 * width);
  const scratch = wasm.allocate(80 * (Math.max(height, width) + 16));
  const gathered = wasm.view("uint16", steps, planes * plane).fill(0);
  input.gather([begin, 0, 0], [planes, height, width], { voxels: gathered, row: columns, plane });
  wasm.call("squaresOfSteps", far, height, y);
  wasm.call("squaresOfSteps", farX, width, x);
  const voxels = output.blocks === undefined ? new Float32Array(planes * height * width) : undefined;
  for (let k = 0; k < planes; k++) {
    const from = [steps + 2 * k * plane, 2 * columns] as const;
    wasm.call("distancesInPlane", ...from, start, row, height, width, z, far, farX, scratch);
    if (voxels === undefined) writePlane(task, begin + k, { start, row, packed });
    else {
      const made = wasm.view("float32", start, plane) as Float32Array;
      for (let y = 0; y < height; y++)
        voxels.set(made.subarray(y * columns, y * columns + width), (k * height + y) * width);
    }
  }
  return voxels === undefined ? {} : { voxels };
}
