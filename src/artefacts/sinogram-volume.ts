/** Functions from sinogram to sinogram, over all rows of a detector. */
import type { VolumeWriter } from "../compute/build.js";
import { outlineOf, type WholePass } from "../compute/planned.js";
import { makeWhole, type WholeOptions } from "../compute/whole.js";
import type { Provenance } from "../core/provenance.js";
import { regionShape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { SinogramRows, Sinograms } from "./projections.js";
import { spread, threadsFor } from "./threads.js";

/** A function from a sinogram to a sinogram, as a thread finds it. */
export interface SinogramWork {
  readonly module: URL;
  readonly name: string;
  /** What it gets beside `sinogram` and `columns`. */
  readonly parameters: object;
  /** Bytes that a thread needs for each pixel of a sinogram. */
  readonly bytesPerPixel: number;
  /** Nanoseconds that a pixel takes. */
  readonly cost: number;
}

/**
 * Runs a function over the sinograms of all detector rows, in threads. The result is written brick by brick, a layer of
 * detector rows at a time, so that the projections may be larger than memory.
 */
export async function mapSinograms(
  caller: string,
  volume: Volume,
  work: SinogramWork,
  options: WholeOptions,
  provenance: Provenance,
): Promise<Volume> {
  const [angles, rows, columns] = volume.shape;
  const layer = 4 * angles * columns * Math.min(rows, volume.grid.brick[1]);
  const sinograms = new Sinograms(volume);
  const pass: WholePass = {
    caller,
    outline: { ...outlineOf(volume), dtype: "float32", provenance },
    why: "it works on whole sinograms",
    parts: rows,
    workers: threadsFor(rows, options),
    sharedBytes: sinograms.bytes + 2 * layer,
    threadBytes: angles * columns * work.bytesPerPixel,
    seconds: work.cost * 1e-9 * volume.voxels,
  };
  return makeWhole(volume, pass, options, () => ({
    provenance,
    async fill(writer, run, workers) {
      const from = writer.missingFrom(1);
      for (let y = 0; y < from; y++) run.step();
      const done = new SinogramRows(volume.shape);
      const task = {
        what: caller,
        module: work.module,
        name: work.name,
        count: rows - from,
        workers: Math.min(workers, rows - from),
        argument: async (k: number) => ({ ...work.parameters, sinogram: await sinograms.row(from + k), columns }),
        store: async (k: number, sinogram: Float32Array) => {
          const [count, stop] = [done.add(sinogram), from + k + 1];
          if (count === writer.grid.brick[1] || stop === rows) await writeRows(writer, done.take(), stop - count, stop);
        },
      };
      await spread<Float32Array>(task, run);
    },
  }));
}

/** Writes the bricks of some detector rows of all projections. */
async function writeRows(writer: VolumeWriter, part: Float32Array, first: number, stop: number): Promise<void> {
  const { grid } = writer;
  const [angles, , columns] = grid.shape;
  for (const index of grid.touching({ start: [0, first, 0], stop: [angles, stop, columns] })) {
    const { start, stop: end } = grid.region(index);
    const size = regionShape({ start, stop: end });
    const padded = new Float32Array(grid.brickVoxels);
    for (let a = 0; a < size[0]; a++)
      for (let y = 0; y < size[1]; y++) {
        const from = ((start[0] + a) * (stop - first) + y) * columns + start[2];
        padded.set(part.subarray(from, from + size[2]), (a * grid.brick[1] + y) * grid.brick[2]);
      }
    await writer.writeBrick(index, padded);
  }
}
