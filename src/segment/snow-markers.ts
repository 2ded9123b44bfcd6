/** Markers by SNOW: peaks of the blurred distance transform, trimmed. */
import { buildVolume, memoryLimitOf } from "../compute/build.js";
import { hold } from "../compute/execute.js";
import { type Isolated, startIsolated } from "../compute/isolated.js";
import { machine } from "../compute/memory.js";
import { peaksOfBrick } from "../compute/operations/snow.js";
import { describeRegion } from "../compute/places.js";
import { reduce } from "../compute/run.js";
import { MissingData } from "../core/errors.js";
import type { Provenance } from "../core/provenance.js";
import { type Triple, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import type { Between } from "./field-start.js";
import { CACHE_BYTES, type SnowPeaks, type SnowTask } from "./snow-thread.js";

/** Bytes that the lists and sets of a peak's voxel may take. */
const PEAK_BYTES = 400;
/** A thread that has gone through the peaks of more is left with a large heap. */
const KEPT_VOXELS = 2 ** 24;
/** What stands for distances in the wall, so that no peak is found at the foot of one. */
const WALL = 2;

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
): Promise<SnowPeaks> {
  // Its start takes as long as the blur of a small volume.
  const thread = startIsolated(new URL("./snow-thread.js", import.meta.url), {
    what: caller,
    signal: options.signal,
    deadline: 3_600_000,
    heap: 4096,
    keep: inside.voxels <= KEPT_VOXELS,
  });
  try {
    const peaks = await peaksOf(inside, distances, { radius, sigma }, options);
    const trimmed = await trim(caller, thread, peaks, distances, options);
    if (trimmed.places.length === 0)
      throw new MissingData(
        `${caller}: no peak of the distance is left; the phase is nowhere deeper than ${WALL} voxels`,
      );
    return trimmed;
  } finally {
    await thread.end();
  }
}

function peaksOf(
  inside: Volume,
  distances: Volume,
  { radius, sigma }: { readonly radius: number; readonly sigma: number },
  options: Between,
): Promise<Float64Array> {
  const along = (value: number): Triple => inside.shape.map((n) => (n > 1 ? value : 0)) as unknown as Triple;
  // Nearer than the radius, and not as near.
  const parameters = {
    shape: inside.shape as Triple,
    sigma: along(sigma),
    radius: along(radius * (1 - 1e-6)),
    wall: WALL,
  };
  return reduce(peaksOfBrick, distances, parameters, { ...options, besides: [inside] });
}

async function trim(
  caller: string,
  thread: Isolated,
  peaks: Float64Array,
  distances: Volume,
  options: Between,
): Promise<SnowPeaks> {
  const task: SnowTask = { peaks, distances: describeRegion(distances, wholeRegion(distances.shape)) };
  const inFile = task.distances.blocks.some((block) => typeof block === "string");
  const bytes = PEAK_BYTES * peaks.length + (inFile ? Math.min(CACHE_BYTES, distances.bytes) : 0);
  const claim = await machine.claim(caller, bytes, memoryLimitOf(options, machine));
  const letGo = hold(distances);
  try {
    return await thread.call<SnowPeaks>("trimPeaks", task);
  } finally {
    letGo();
    claim.drop();
  }
}

/** The markers as a volume of labels (uint32). */
export function markerVolume(
  { places, labels }: SnowPeaks,
  { shape, spacing, origin, direction, grid }: Volume,
  provenance: Provenance,
  options: Between,
): Promise<Volume> {
  const [depth, height, width] = shape;
  const plane = height * width;
  const facts = {
    shape,
    spacing,
    origin,
    direction,
    dtype: "uint32",
    role: "labels",
    provenance,
    brick: grid.brick,
  } as const;
  return buildVolume(
    facts,
    async (writer) => {
      for (let z = 0, k = 0; z < depth; z++) {
        const marks = new Uint32Array(plane);
        for (; k < places.length && places[k]! < (z + 1) * plane; k++) marks[places[k]! - z * plane] = labels[k]!;
        await writer.writePlanes(z, marks);
      }
    },
    options,
  );
}
