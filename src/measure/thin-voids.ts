/** Voids that no ball of some size fits into, and thin dark sheets that thresholds have missed. */

import { setImmediate } from "node:timers/promises";
import { buildVolume } from "../compute/build.js";
import { release } from "../compute/memory.js";
import { labelMask } from "../compute/operations/labels.js";
import { watched } from "../compute/progress.js";
import { run } from "../compute/run.js";
import { copyBox } from "../core/copy.js";
import { voxelArray } from "../core/dtype.js";
import type { RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { BrickGrid, regionShape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { opening } from "../morphology/opening.js";
import type { CrackGrey } from "./crack-contrast.js";

type Run = Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers">;

/** Dark sheets in a scan. */
export interface DarkSheets {
  readonly scan: Volume;
  readonly sheetness: Volume;
  /** Voxels of the host that are as dark and lie in such a sheet are void, too. */
  readonly grey: CrackGrey;
}

/**
 * A mask of what is thin among the voids: all of them but where a ball of the radius fits in, and of the host what is a dark
 * sheet.
 * @param radius voxels along z, y, x
 */
export async function thinVoids(
  phases: Volume,
  labels: { readonly host: number; readonly hollow: number },
  radius: readonly [number, number, number],
  sheets: DarkSheets | undefined,
  options: Run,
): Promise<Volume> {
  const { host, hollow } = labels;
  const { signal, onProgress: _, ...rest } = options;
  const quiet = { ...rest, ...(signal && { signal }) };
  const provenance = trace("thin voids", { ...labels, radius });
  const voids = await run(labelMask, phases, { values: [hollow] }, quiet, { provenance, role: "mask" });
  let wide: Volume | undefined;
  try {
    wide = await opening(voids, { ...quiet, radius });
    const [all, open] = [voids, wide];
    const grid = new BrickGrid(phases.shape, phases.grid.brick);
    const facts = {
      shape: phases.shape,
      spacing: phases.spacing,
      brick: grid.brick,
      dtype: "uint8",
      role: "mask",
    } as const;
    const limit = { ...(options.memoryLimit !== undefined && { memoryLimit: options.memoryLimit }) };
    return await watched("thin voids", grid.length, options, (run) =>
      buildVolume(
        { ...facts, provenance },
        async (writer) => {
          for (let index = 0; index < grid.length; index++) {
            // Reading from memory never leaves this turn of the event loop: without a pause Stop would not be heard.
            await setImmediate();
            run.signal.throwIfAborted();
            const box = grid.region(index);
            const size = regionShape(box);
            const [inside, ball] = [await all.read(box), await open.read(box)];
            const thin = new Uint8Array(inside.length);
            for (let k = 0; k < thin.length; k++) thin[k] = inside[k]! & (1 - ball[k]!);
            if (sheets !== undefined) {
              const { scan, sheetness, grey } = sheets;
              const [phase, values, sheet] = [await phases.read(box), await scan.read(box), await sheetness.read(box)];
              for (let k = 0; k < thin.length; k++)
                if (phase[k] === host && values[k]! <= grey.brightest && sheet[k]! >= grey.depth) thin[k] = 1;
            }
            const padded = voxelArray("uint8", grid.brickVoxels);
            copyBox(thin, size, [0, 0, 0], padded, grid.brick, [0, 0, 0], size);
            await writer.writeBrick(index, padded);
            run.step();
          }
        },
        { ...limit, signal: run.signal },
      ),
    );
  } finally {
    release(voids);
    if (wide !== undefined) release(wide);
  }
}
