import { setImmediate } from "node:timers/promises";
import type { VolumeWriter } from "../compute/build.js";
import type { Run } from "../compute/progress.js";
import { copyBox } from "../core/copy.js";
import { voxelArray } from "../core/dtype.js";
import { type Region, regionShape, type Shape, type Triple } from "../core/shape.js";
import { greyValues, haloOf, type ScanParameters } from "./scan.js";

/** The phases of a box, C order, as numbers from 0 to the number of phases. The box may reach beyond the scan. */
export type PhasesOf = (start: Triple, shape: Shape) => Uint8Array | Promise<Uint8Array>;

/**
 * Writes a scan brick by brick; each counts as a step.
 * @param keep gets the phases of each brick with a halo of `halo` voxels on each side
 */
export async function takeScan(
  values: VolumeWriter,
  scan: ScanParameters,
  phasesOf: PhasesOf,
  run: Run,
  keep?: (index: number, around: Uint8Array, halo: number) => Promise<void>,
): Promise<void> {
  const { grid } = values;
  const halo = haloOf(scan);
  for (let index = 0; index < grid.length; index++) {
    // A pause for the event loop, so that Stop is heard.
    await setImmediate();
    run.signal.throwIfAborted();
    const box: Region = grid.region(index);
    const size = regionShape(box);
    const start = box.start.map((at) => at - halo) as unknown as Triple;
    const around = await phasesOf(start, size.map((n) => n + 2 * halo) as unknown as Shape);
    await keep?.(index, around, halo);
    const padded = voxelArray(scan.bits === 8 ? "uint8" : "uint16", grid.brickVoxels);
    copyBox(greyValues(around, box, grid.shape, scan), size, [0, 0, 0], padded, grid.brick, [0, 0, 0], size);
    await values.writeBrick(index, padded);
    run.step();
  }
}
