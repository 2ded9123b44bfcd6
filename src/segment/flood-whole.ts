/** A watershed in one piece: in a thread of its own. */
import type { VolumeWriter } from "../compute/build.js";
import { hold } from "../compute/execute.js";
import { type Isolated, startIsolated } from "../compute/isolated.js";
import { FLOOD_TABLES, type FloodTask, floodBytes } from "../compute/kernels/flood.js";
import { KEPT_BYTES } from "../compute/kernels/task.js";
import { describeRegion } from "../compute/places.js";
import { outlineOf, type WholePass } from "../compute/planned.js";
import type { Run } from "../compute/progress.js";
import { makeWhole, type WholeOptions } from "../compute/whole.js";
import { formatBytes } from "../core/display.js";
import { LimitExceeded, MissingData } from "../core/errors.js";
import type { Provenance } from "../core/provenance.js";
import { type Shape, wholeRegion } from "../core/shape.js";
import { Volume } from "../core/volume.js";
import type { MarkerList, WatershedTask } from "./watershed-thread.js";

/** What wasm can address. */
const MOST_BYTES = 2 ** 32 - 2 ** 24;
/** Steps after which the thread answers: Stop is heard, and V8 exchanges code that is not running. */
const STEPS = 2 ** 20;

/** What is flooded. */
export interface Flooded {
  readonly image: Volume;
  /** A volume, or a list of places and their labels. */
  readonly markers: Volume | MarkerList;
  readonly mask: Volume | undefined;
}

/**
 * Bytes of a thread that floods a volume in one piece.
 * @param instead what else to do where it is too large
 * @throws LimitExceeded if a thread cannot address them
 */
export function checkFloodable(
  caller: string,
  shape: Shape,
  instead: string,
  flood: FloodTask = { connectivity: 6, fromHigh: true, lines: false, compactness: 0 },
): number {
  const bytes = shape.reduce((product, n) => product * (n + 2), 1) * floodBytes(flood) + FLOOD_TABLES;
  if (bytes > MOST_BYTES)
    throw new LimitExceeded(
      `${caller}: ${shape.join(" × ")} voxels need up to ${formatBytes(bytes)} in one piece, more than a thread can address (${formatBytes(MOST_BYTES)}); crop the volume, downsample it, or ${instead}`,
      bytes,
      MOST_BYTES,
    );
  return bytes;
}

/**
 * Floods a volume from markers.
 * @param flood with `wall`, the lowest level (of a distance transform: what is not of the phase) is flooded only until all else
 * is, and its labels are 0; the other labels are those that they would be without. Only for float32
 */
export function floodWhole(
  { image, markers, mask }: Flooded,
  flood: FloodTask & { readonly wall: boolean },
  provenance: Provenance,
  options: WholeOptions,
): Promise<Volume> {
  const bytes = checkFloodable("watershed", image.shape, "flood it block by block: { approximate: true }", flood);
  const pass: WholePass = {
    caller: "watershed",
    outline: { ...outlineOf(image), dtype: "uint32", role: "labels", phases: undefined, provenance },
    why: "it floods the whole volume",
    parts: Math.ceil(image.voxels / STEPS) + 1,
    workers: 1,
    sharedBytes: 0,
    threadBytes: bytes,
    seconds: 1e-7 * image.voxels,
  };
  return makeWhole(image, pass, options, () => ({
    provenance,
    async fill(writer, { signal, step }) {
      const all = wholeRegion(image.shape);
      const volumes = markers instanceof Volume ? [image, markers, mask] : [image, mask];
      const letGo = volumes.map(hold);
      const thread = startIsolated(new URL("./watershed-thread.js", import.meta.url), {
        what: "watershed",
        signal,
        deadline: 3_600_000,
        kernels: true,
        keep: bytes <= KEPT_BYTES,
      });
      try {
        const task: WatershedTask = {
          image: describeRegion(image, all),
          markers: markers instanceof Volume ? describeRegion(markers, all) : markers,
          mask: mask && describeRegion(mask, all),
          ...flood,
        };
        if ((await thread.call<number>("begin", task)) === 0)
          throw new MissingData("watershed: no marker lies in the mask and on a number; nothing would be flooded");
        step();
        while (!(await thread.call<boolean>("step", STEPS))) step();
        await takeOut(thread, writer, signal);
      } finally {
        await thread.end();
        for (const free of letGo) free();
      }
    },
  }));
}

/** Takes the labels out of the thread: where they stay in memory it writes them in place. */
async function takeOut(thread: Isolated, writer: VolumeWriter, signal: Run["signal"]): Promise<void> {
  const { shape, brick } = writer.grid;
  const [depth, height, width] = shape;
  const places = writer.shared(wholeRegion(shape));
  for (let z = writer.missingFrom(0); z < depth; z += brick[0]) {
    signal.throwIfAborted();
    const to = Math.min(depth, z + brick[0]);
    if (places === undefined) {
      await writer.writePlanes(z, await thread.call<Uint32Array>("planes", { from: z, to }));
      continue;
    }
    await thread.call("writePlanes", { from: z, to, output: { shape, brick, ...places } });
    for (const index of writer.grid.touching({ start: [z, 0, 0], stop: [to, height, width] }))
      writer.completeBrick(index);
  }
}
