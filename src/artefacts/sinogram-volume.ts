/** Functions from sinogram to sinogram, over all rows of a detector. */
import type { VolumeWriter } from "../compute/build.js";
import { hold } from "../compute/execute.js";
import { describeRegion } from "../compute/places.js";
import { outlineOf, type WholePass } from "../compute/planned.js";
import { makeWhole, type WholeOptions } from "../compute/whole.js";
import type { Provenance } from "../core/provenance.js";
import { type Region, regionShape, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { SinogramRows, Sinograms } from "./projections.js";
import type { SharedSinogramTask } from "./sinogram-thread.js";
import { type Spread, spread, threadsFor } from "./threads.js";

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
 * Runs a function over the sinograms of all detector rows, in threads. Where both volumes are in memory the threads read and
 * write them in place; else the result is written brick by brick, a layer of detector rows at a time, so that the
 * projections may be larger than memory.
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
      const spreading = { what: caller, count: rows - from, workers: Math.min(workers, rows - from) };
      const all = wholeRegion(volume.shape);
      // What the threads read in place must stay there.
      const letGo = hold(volume);
      try {
        const inMemory =
          describeRegion(volume, all).blocks.every((block) => typeof block !== "string") &&
          writer.shared(all) !== undefined;
        if (inMemory) await spread({ ...spreading, ...inPlace(volume, writer, work) }, run);
        else await spread({ ...spreading, ...layerByLayer(sinograms, writer, work, from) }, run);
      } finally {
        letGo();
      }
    },
  }));
}

type Parts<R> = Pick<Spread<R>, "module" | "name" | "argument" | "store">;

/** The detector rows that share bricks with row `y`: the next one after them, and their region. */
function layerOf({ shape: [angles, rows, columns], grid }: Volume, y: number): { next: number; region: Region } {
  const first = y - (y % grid.brick[1]);
  const next = Math.min(rows, first + grid.brick[1]);
  return { next, region: { start: [0, first, 0], stop: [angles, next, columns] } };
}

function inPlace(volume: Volume, writer: VolumeWriter, work: SinogramWork): Parts<void> {
  const { shape, brick } = writer.grid;
  return {
    module: new URL("./sinogram-thread.js", import.meta.url),
    name: "inPlace",
    argument: async (y) => {
      const { region } = layerOf(volume, y);
      return {
        y,
        input: describeRegion(volume, region),
        output: { shape, brick, ...writer.shared(region)! },
        module: work.module.href,
        name: work.name,
        parameters: work.parameters,
      } satisfies SharedSinogramTask;
    },
    store: async (y) => {
      const { next, region } = layerOf(volume, y);
      if (y + 1 === next) for (const index of writer.grid.touching(region)) writer.completeBrick(index);
    },
  };
}

/** @param from the first row that is missing */
function layerByLayer(
  sinograms: Sinograms,
  writer: VolumeWriter,
  work: SinogramWork,
  from: number,
): Parts<Float32Array> {
  const { volume } = sinograms;
  const [, , columns] = volume.shape;
  const { grid } = writer;
  const done = new SinogramRows(volume.shape);
  const flush = async (region: Region): Promise<void> => {
    const part = done.take();
    const height = region.stop[1] - region.start[1];
    for (const index of grid.touching(region)) {
      const { start, stop } = grid.region(index);
      const size = regionShape({ start, stop });
      const padded = new Float32Array(grid.brickVoxels);
      for (let a = 0; a < size[0]; a++)
        for (let y = 0; y < size[1]; y++) {
          const at = ((start[0] + a) * height + y) * columns + start[2];
          padded.set(part.subarray(at, at + size[2]), (a * grid.brick[1] + y) * grid.brick[2]);
        }
      await writer.writeBrick(index, padded);
    }
  };
  return {
    module: work.module,
    name: work.name,
    argument: async (k) => ({ ...work.parameters, sinogram: await sinograms.row(from + k), columns }),
    store: async (k, sinogram) => {
      done.add(sinogram);
      const { next, region } = layerOf(volume, from + k);
      if (from + k + 1 === next) await flush(region);
    },
  };
}
