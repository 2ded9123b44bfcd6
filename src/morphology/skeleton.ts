import { hold } from "../compute/execute.js";
import { startIsolated } from "../compute/isolated.js";
import { describeRegion } from "../compute/places.js";
import { outlineOf, type WholePass } from "../compute/planned.js";
import { checkMask, checkVolume } from "../compute/run.js";
import { makeWhole } from "../compute/whole.js";
import { formatBytes } from "../core/display.js";
import { LimitExceeded } from "../core/errors.js";
import { checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { type Provenance, trace } from "../core/provenance.js";
import { checkRegion, regionShape, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "./find-components.js";
import { type SkeletonTask, skeletonBytes } from "./skeleton-thread.js";
import { phaseOf } from "./structuring.js";
import { runOnly, type Where, whereOf } from "./where.js";

/** Options of {@link skeleton}. */
export interface SkeletonOptions extends RunOptions {
  /** The phase whose skeleton is wanted, by name or label. Default: of two phases the second; of more it has to be given. */
  phase?: string | number;
}

const caller = "skeleton";
/** What a thread can address. */
const MOST_BYTES = 2 ** 32 - 2 ** 24;
/** Parts in which progress is told. */
const PARTS = 20;

/**
 * Skeleton of a mask or of a phase: lines of voxels along its middle, of the same topology – as many pieces, holes and tunnels,
 * so the same Euler number. Layers are taken off from six sides by turns; a voxel goes if it is no end of a line and its
 * removal changes no topology, both when its side is looked at and when its turn comes.
 *
 * What lies beyond the faces (of `region`), and what is outside the sample (label 255 of 8 bits and what `mask` leaves out), counts as outside, so that lines end some way before the faces. Noise on a surface makes spurs:
 * smooth the phase first. Voxels are taken as cubes whatever their size. A skeleton of one plane is that of an image.
 * `medialAxis` has the radii along it.
 *
 * Cost O(n), some 20 nanoseconds a voxel of the phase, on one thread; memory 3 bits a voxel and 16 MiB beside the result, with `region` or `mask` a byte a voxel more; up to
 * about 2200 voxels along each edge. Same result for any brick shape.
 * @param volume mask or labels of whole numbers, any shape
 * @returns new mask (uint8) of the same shape (that of `region`) and voxel size
 * @throws InvalidArgument if there is no such phase
 * @throws LimitExceeded if the volume does not fit into the 4 GiB that a thread can address
 * @see T.-C. Lee, R. L. Kashyap & C.-N. Chu (1994), doi:10.1006/cgip.1994.1042; voxel for voxel skimage.morphology.skeletonize
 * (method "lee"), but where that takes off a whole piece: it does not look again whether the last voxels of a plate of even
 * width may go. Here no piece is lost
 * @example const lines = await skeleton(labels, { phase: "pore" });
 */
export async function skeleton(volume: Volume, options: SkeletonOptions = {}): Promise<Volume> {
  checkVolume(caller, volume);
  checkOptions(caller, options, ["phase", ...RUN_OPTIONS]);
  const { phase, region, mask } = options;
  const rest = runOnly(options);
  checkLabelled(caller, volume);
  if (rest.workers !== undefined) checkNumber("workers", rest.workers, 1, 64, true);
  const label = phaseOf(caller, volume, phase);
  const box = region ?? wholeRegion(volume.shape);
  checkRegion(box, volume.shape);
  checkMask(mask, volume);
  const shape = regionShape(box);
  const bytes = skeletonBytes(shape);
  if (bytes > MOST_BYTES)
    throw new LimitExceeded(
      `${caller}: ${shape.join(" × ")} voxels need ${formatBytes(bytes)} in one piece, more than a thread can address (${formatBytes(MOST_BYTES)}); crop or downsample the volume`,
      bytes,
      MOST_BYTES,
    );
  const provenance = trace(caller, { phase: label, region }, { volume, mask });
  const { to: _, onProgress: __, ...quiet } = rest;
  const where = await whereOf(volume, label, { ...quiet, ...(region && { region }), ...(mask && { mask }) });
  try {
    return await thinned(where, provenance, bytes, rest);
  } finally {
    where.free();
  }
}

function thinned(
  { volume, found }: Where,
  provenance: Provenance,
  bytes: number,
  options: Omit<RunOptions, "region" | "mask">,
): Promise<Volume> {
  const { shape } = volume;
  const pass: WholePass = {
    caller,
    outline: { ...outlineOf(volume), dtype: "uint8", role: "mask", phases: undefined, provenance },
    why: "it thins the whole volume",
    parts: PARTS,
    workers: 1,
    sharedBytes: 0,
    threadBytes: bytes + shape[1] * shape[2] * volume.grid.brick[0],
    seconds: 2e-8 * volume.voxels,
  };
  return makeWhole(volume, pass, options, () => ({
    provenance,
    async fill(writer, { signal, step }) {
      const letGo = hold(volume);
      const module = new URL("./skeleton-thread.js", import.meta.url);
      const thread = startIsolated(module, { what: caller, signal, deadline: 3_600_000 });
      let told = 0;
      const tell = (share: number): void => {
        for (; told < Math.floor(share * PARTS); told++) step();
      };
      try {
        const input = describeRegion(volume, wholeRegion(shape));
        const task: SkeletonTask = { input, ...found };
        const inside = await thread.call<number>("begin", task);
        for (let left = inside, gone = 1; gone > 0; left -= gone) {
          gone = await thread.call<number>("layer", undefined);
          tell(1 - left / (inside + 1));
        }
        for (let z = writer.missingFrom(0); z < shape[0]; z += writer.grid.brick[0]) {
          const to = Math.min(shape[0], z + writer.grid.brick[0]);
          await writer.writePlanes(z, await thread.call<Uint8Array>("planes", { from: z, to }));
        }
        tell(1);
      } finally {
        await thread.end();
        letGo();
      }
    },
  }));
}
