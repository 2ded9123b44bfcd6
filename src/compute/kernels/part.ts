/**
 * Parts of a volume that are no bricks: whole planes, whole lines. A thread reads them wherever they lie, and writes what it
 * makes of them into the result's bricks in place, or hands it back where these go to a file.
 */
import { type Voxels, voxelArray } from "../../core/dtype.js";
import { type BrickGrid, regionShape } from "../../core/shape.js";
import type { Zone } from "../../core/volume.js";
import type { Source } from "../gather.js";
import type { PartOutput } from "../job.js";
import type { Wasm } from "./task.js";
import { zoneIn } from "./zone.js";

export interface PartTask {
  readonly wasm: Wasm;
  readonly input: Source;
  readonly output: PartOutput;
  /** Of the result. */
  readonly grid: BrickGrid;
  readonly part: number;
}

/** What a thread answers: whatever the operation gives, and voxels that are moved and not copied. */
export interface PartResult {
  readonly voxels?: Float32Array<ArrayBuffer>;
}

/** The memory of a brick of the result; undefined if it goes to a file. */
export function brickOf({ blocks, places, dtype }: PartOutput, grid: BrickGrid, index: number): Voxels | undefined {
  if (blocks === undefined || places === undefined) return undefined;
  const [block, byteOffset] = places.get(index)!;
  return voxelArray(dtype, blocks[block] as SharedArrayBuffer, byteOffset, grid.brickVoxels);
}

/**
 * Writes one plane of float32 into the bricks of a result in memory.
 * @param start its first byte, rows `row` bytes apart @param packed room for one plane of a brick
 */
export function writePlane(
  { wasm, output, grid }: PartTask,
  z: number,
  { start, row, packed }: { readonly start: number; readonly row: number; readonly packed: number },
): void {
  const [, height, width] = grid.shape;
  const [, rows, columns] = grid.brick;
  for (const index of grid.touching({ start: [z, 0, 0], stop: [z + 1, height, width] })) {
    const { start: first, stop } = grid.region(index);
    const [count, bytes] = [stop[1] - first[1], 4 * (stop[2] - first[2])];
    // A call for each row would cost more than to move it.
    wasm.call("copyBox", start + first[1] * row + 4 * first[2], row, 0, packed, 4 * columns, 0, 1, count, bytes);
    const made = wasm.view("float32", packed, count * columns);
    brickOf(output, grid, index)!.set(made, (z - first[0]) * rows * columns);
  }
}

/** The record of a brick that lies complete in memory; parts are bricks of the result. */
export function zoneOfBrick({ wasm, output, grid, part }: PartTask): PartResult & { readonly zone: Zone } {
  const { dtype } = output;
  const voxels = brickOf(output, grid, part)!;
  const start = wasm.allocate(voxels.byteLength);
  wasm.view(dtype, start, voxels.length).set(voxels);
  const row = grid.brick[2] * voxels.BYTES_PER_ELEMENT;
  const zone = zoneIn(wasm, dtype, { start, row, plane: row * grid.brick[1], size: regionShape(grid.region(part)) });
  return { zone };
}
