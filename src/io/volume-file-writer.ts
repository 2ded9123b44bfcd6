/** Writes volume files brick by brick, so that a volume may be larger than memory. */
import { RecordBatchFileWriter } from "apache-arrow";
import { type SaveFileSystem, writeAtomically } from "../compute/atomic.js";
import { brickBatch, brickSchema } from "../compute/brick-table.js";
import { watched } from "../compute/progress.js";
import { Collected } from "../compute/volume-layout.js";
import type { RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";

export async function writeVolumeFile(
  volume: Volume,
  path: string,
  options: Pick<RunOptions, "signal" | "onProgress">,
  files: SaveFileSystem,
): Promise<void> {
  await watched("save", volume.grid.length, options, ({ signal, step }) =>
    writeAtomically(path, files, async (append) => {
      const schema = brickSchema({ ...volume, brick: volume.grid.brick });
      const queue = new Collected();
      const writer = new RecordBatchFileWriter();
      const flush = async (): Promise<void> => {
        for (const chunk of queue.chunks.splice(0)) await append(chunk);
      };
      writer.reset(queue as never, schema);
      for (let index = 0; index < volume.grid.length; index++) {
        signal.throwIfAborted();
        writer.write(await brickBatch(volume, schema, index));
        await flush();
        step();
      }
      writer.finish();
      await flush();
    }),
  );
}
