/** Markers by SNOW: peaks of the blurred distance transform, trimmed. */
import { buildVolume, memoryLimitOf } from "../compute/build.js";
import { hold } from "../compute/execute.js";
import { startIsolated } from "../compute/isolated.js";
import { machine } from "../compute/memory.js";
import { labelMask } from "../compute/operations/labels.js";
import { stillLow } from "../compute/operations/reconstruct.js";
import { rescale } from "../compute/operations/rescale.js";
import { maximum } from "../compute/operations/window.js";
import { gaussian } from "../compute/operations.js";
import { describeRegion } from "../compute/places.js";
import { run } from "../compute/run.js";
import { MissingData } from "../core/errors.js";
import { trace } from "../core/provenance.js";
import { type Triple, voxelCount, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { components } from "../morphology/components.js";
import type { Between } from "./field-start.js";
import type { SnowPeaks, SnowTask } from "./snow-thread.js";

/** Bytes a voxel of the thread that trims peaks: distances, and what lists of peaks may take. */
export const TRIM_BYTES = 5;
/** What stands for distances in the wall, so that no peak is found at the foot of one. */
const WALL = 2;

export interface SnowMarkers {
  /** Numbered from 1. */
  readonly markers: Volume;
  readonly counts: SnowPeaks["counts"];
}

/**
 * @param inside mask of 0 and 1
 * @param distances in it
 * @param radius of the ball in which a peak is the highest, in voxels: those nearer than this
 * @param sigma of the blur, in voxels; 0 is none
 */
export async function snowMarkers(
  caller: string,
  inside: Volume,
  distances: Volume,
  { radius, sigma }: { readonly radius: number; readonly sigma: number },
  options: Between,
): Promise<SnowMarkers> {
  const provenance = trace(caller, { radius, sigma }, { inside });
  const field = { provenance, role: "field", phases: null } as const;
  const mask = { provenance, role: "mask", phases: null } as const;
  const made: Volume[] = [];
  const keep = async (volume: Promise<Volume>): Promise<Volume> => {
    made.push(await volume);
    return made.at(-1)!;
  };
  const axes = inside.shape.map((n) => (n > 1 ? 1 : 0));
  try {
    const wall = await keep(run(labelMask, inside, { values: [0] }, options, mask));
    // Outside of the mask they stay: 0.
    const widths = { sigma: axes.map((n) => n * sigma) as unknown as Triple, dtype: "float32" } as const;
    const blurred =
      sigma === 0 ? distances : await keep(run(gaussian, distances, widths, { ...options, mask: inside }, field));
    const walled = { map: { from: [0, 1], to: [WALL, WALL] }, low: WALL, high: WALL, dtype: "float32" } as const;
    const heights = await keep(run(rescale, blurred, walled, { ...options, mask: wall }, field));
    // Nearer than the radius, and not as near.
    const ball = { radius: axes.map((n) => n * radius * (1 - 1e-6)) as unknown as Triple, shape: "ball" } as const;
    const highest = await keep(run(maximum, heights, ball, options, field));
    const peaks = await keep(
      run(stillLow, heights, { height: 0 }, { ...options, besides: [highest], mask: inside }, mask),
    );
    const { kept, counts } = await trimmed(caller, peaks, distances, options);
    if (kept.length === 0)
      throw new MissingData(
        `${caller}: no peak of the distance is left; the phase is nowhere deeper than ${WALL} voxels`,
      );
    const [depth, height, width] = inside.shape;
    const plane = height * width;
    const spots = await keep(
      buildVolume(
        { shape: inside.shape, dtype: "uint8", role: "mask", provenance, brick: inside.grid.brick },
        async (writer) => {
          for (let z = 0, k = 0; z < depth; z++) {
            const marks = new Uint8Array(plane);
            for (; k < kept.length && kept[k]! < (z + 1) * plane; k++) marks[kept[k]! - z * plane] = 1;
            await writer.writePlanes(z, marks);
          }
        },
        options,
      ),
    );
    return { markers: await components(spots, { ...options, connectivity: 26 }), counts };
  } finally {
    for (const one of made) one.store.release();
  }
}

async function trimmed(caller: string, peaks: Volume, distances: Volume, options: Between): Promise<SnowPeaks> {
  const all = wholeRegion(peaks.shape);
  const claim = await machine.claim(caller, TRIM_BYTES * voxelCount(peaks.shape), memoryLimitOf(options, machine));
  const letGo = [peaks, distances].map(hold);
  const thread = startIsolated(new URL("./snow-thread.js", import.meta.url), {
    what: caller,
    signal: options.signal,
    deadline: 3_600_000,
    heap: 4096,
  });
  try {
    const task: SnowTask = { peaks: describeRegion(peaks, all), distances: describeRegion(distances, all) };
    return await thread.call<SnowPeaks>("trimPeaks", task);
  } finally {
    await thread.end();
    for (const free of letGo) free();
    claim.drop();
  }
}
