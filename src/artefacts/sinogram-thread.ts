/** Work on one sinogram of a volume in shared memory; runs in the threads, which read and write its bricks in place. */
import { Source } from "../compute/gather.js";
import type { OutputDescription, SourceDescription } from "../compute/job.js";
import { voxelArray } from "../core/dtype.js";
import { BrickGrid, regionShape } from "../core/shape.js";

export interface SharedSinogramTask {
  /** Detector row. */
  readonly y: number;
  readonly input: SourceDescription;
  /** Of float32, in the input's shape. */
  readonly output: Required<OutputDescription>;
  /** Module whose function `name` makes a sinogram of a sinogram. */
  readonly module: string;
  readonly name: string;
  readonly parameters: object;
}

type Work = (task: { sinogram: Float32Array; columns: number }) => Float32Array | Promise<Float32Array>;

export async function inPlace({ y, input, output, module, name, parameters }: SharedSinogramTask): Promise<void> {
  const work = ((await import(module)) as Readonly<Record<string, Work>>)[name]!;
  const [angles, , columns] = input.shape;
  const voxels = voxelArray(input.dtype, angles * columns);
  new Source(input).gather([0, y, 0], [angles, 1, columns], { voxels, row: columns, plane: columns });
  const sinogram = voxels instanceof Float32Array ? voxels : Float32Array.from(voxels);
  write(await work({ ...parameters, sinogram, columns }), y, output);
}

function write(sinogram: Float32Array, y: number, { shape, brick, blocks, places }: Required<OutputDescription>): void {
  const grid = new BrickGrid(shape, brick);
  for (const index of grid.touching({ start: [0, y, 0], stop: [shape[0], y + 1, shape[2]] })) {
    const region = grid.region(index);
    const size = regionShape(region);
    const [number, byteOffset] = places.get(index)!;
    const voxels = voxelArray("float32", blocks[number] as SharedArrayBuffer, byteOffset, grid.brickVoxels);
    for (let a = 0; a < size[0]; a++) {
      const from = (region.start[0] + a) * shape[2] + region.start[2];
      voxels.set(sinogram.subarray(from, from + size[2]), (a * brick[1] + y - region.start[1]) * brick[2]);
    }
  }
}
