/** Functions from sinogram to sinogram, over all rows of a detector. */
import { buildVolume, memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import { watched } from "../compute/progress.js";
import type { Provenance } from "../core/provenance.js";
import { regionShape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { factsLike, limits, type ProjectionRunOptions, SinogramRows, Sinograms } from "./projections.js";
import { spread, threadsFor } from "./threads.js";

/** A function from a sinogram to a sinogram, as a thread finds it. */
export interface SinogramWork {
  readonly module: URL;
  readonly name: string;
  /** What it gets beside `sinogram` and `columns`. */
  readonly parameters: object;
  /** Bytes that a thread needs for each pixel of a sinogram. */
  readonly bytesPerPixel: number;
}

/**
 * Runs a function over the sinograms of all detector rows, in threads. The result is written brick by brick, a layer of
 * detector rows at a time, so that the projections may be larger than memory.
 */
export async function mapSinograms(
  caller: string,
  volume: Volume,
  work: SinogramWork,
  options: ProjectionRunOptions,
  provenance: Provenance,
): Promise<Volume> {
  const [angles, rows, columns] = volume.shape;
  const workers = threadsFor(rows, options);
  const sinograms = new Sinograms(volume);
  const { brick } = volume.grid;
  const layer = 4 * angles * columns * Math.min(rows, brick[1]);
  const bytes = sinograms.bytes + 2 * layer + workers * angles * columns * work.bytesPerPixel;
  const claim = await machine.claim(caller, bytes, memoryLimitOf(options, machine));
  const facts = { ...factsLike(volume), dtype: "float32", provenance } as const;
  try {
    return await watched(caller, rows, options, (run) =>
      buildVolume(
        facts,
        async (writer) => {
          const { grid } = writer;
          const done = new SinogramRows(volume.shape);
          const flush = async (first: number, stop: number): Promise<void> => {
            const part = done.take();
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
          };
          await spread<Float32Array>(
            {
              what: caller,
              module: work.module,
              name: work.name,
              count: rows,
              workers,
              argument: async (y) => ({ ...work.parameters, sinogram: await sinograms.row(y), columns }),
              store: async (y, sinogram) => {
                const count = done.add(sinogram);
                if (count === grid.brick[1] || y === rows - 1) await flush(y + 1 - count, y + 1);
              },
            },
            run,
          );
        },
        { ...limits(options), signal: run.signal },
      ),
    );
  } finally {
    claim.drop();
  }
}
