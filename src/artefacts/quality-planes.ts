/** What is measured of some planes of a scan: noise, cupping, rings, drift. */
import { buildVolume } from "../compute/build.js";
import { MissingData } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { type NoiseLevelOptions, noiseLevel } from "../statistics/noise-level.js";
import { cupOf, driftOf } from "./cupping-classes.js";
import type { Ends } from "./edge-spread.js";
import { type JointHistogram, jointHistogram, ringCounts, sliceHistogram } from "./joint-histogram.js";
import { ringsOf } from "./ring-work.js";

/** Planes of a scan as a volume, and the voxels of them that count. */
export interface Sample {
  readonly planes: Volume;
  readonly inside: Volume;
  /** How many of the planes have any. */
  readonly filled: number;
}

type Watch = Pick<RunOptions, "signal" | "onProgress">;

/** Noise and rings are much the same in all planes: so many of them are looked at. */
const NOISE_PLANES = 8;
const RING_PLANES = 3;
/** Bins of grey values; a class is parted to a 500th of the range. */
const BINS = 512;
/** Nearer to the axis a ring has too few voxels to tell it from structure. */
const LEAST_RADIUS = 8;
/** Share of a circle that has to count: for cupping, which is smooth, and for rings, which are medians around it. */
const SOME = 0.2;
const MOST = 0.8;

/** `count` of `depth` planes, spread evenly. */
export function evenly(depth: number, count: number): number[] {
  const n = Math.min(depth, count);
  return Array.from({ length: n }, (_, k) => Math.floor(((k + 0.5) * depth) / n));
}

/** Some planes of a volume; voxels outside of the mask, those cut off at the ends and those that are no number do not count. */
export async function samplePlanes(
  volume: Volume,
  mask: Volume | undefined,
  { low, high }: Ends,
  chosen: readonly number[],
  options: Pick<RunOptions, "memoryLimit" | "signal">,
): Promise<Sample> {
  const shape = [chosen.length, volume.shape[1], volume.shape[2]] as const;
  let inside: Volume | undefined;
  let filled = 0;
  const planes = await buildVolume(
    { shape, dtype: volume.dtype, role: "intensity", provenance: trace("planes", { chosen }, { volume }) },
    async (grey) => {
      inside = await buildVolume(
        { shape, dtype: "uint8", role: "mask", provenance: trace("planes", { chosen }, { volume }) },
        async (counts) => {
          for (const [k, z] of chosen.entries()) {
            const { values } = await volume.plane("z", z);
            const given = mask && (await mask.plane("z", z)).values;
            await grey.writePlanes(k, values);
            const kept = Uint8Array.from(values, (value, n) =>
              given?.[n] !== 0 && value > low && value < high ? 1 : 0,
            );
            await counts.writePlanes(k, kept);
            if (kept.includes(1)) filled++;
          }
        },
        options,
      );
    },
    options,
  ).catch((error: unknown) => {
    inside?.store.release();
    throw error;
  });
  return { planes, inside: inside!, filled };
}

/**
 * Standard deviation of the noise: of the volume, or, where voxels are cut off, the median of some planes without these; NaN where
 * no voxels can be compared.
 */
export async function noiseWithin(
  volume: Volume,
  { planes, inside }: Sample,
  between: Ends,
  options: Pick<RunOptions, "mask" | "signal">,
): Promise<number> {
  const ofPart = async (part: Volume, own: NoiseLevelOptions): Promise<number[]> => {
    try {
      return [await noiseLevel(part, own)];
    } catch (error) {
      if (error instanceof MissingData) return [];
      throw error;
    }
  };
  if (between.low === Number.NEGATIVE_INFINITY && between.high === Number.POSITIVE_INFINITY)
    return middle(await ofPart(volume, options));
  const [depth, height, width] = planes.shape;
  const found: number[] = [];
  for (const z of evenly(depth, NOISE_PLANES)) {
    const region = { start: [z, 0, 0], stop: [z + 1, height, width] } as const;
    found.push(...(await ofPart(planes, { ...options, region, mask: inside })));
  }
  return middle(found);
}

/** Factor by which the axis is brighter than the rim, less 1; root mean square of the rings; drift of the slices, a share. */
export async function artefactsOf(
  sample: Sample,
  classes: readonly number[],
  centre: readonly [number, number],
  zero: number,
  watch: Watch,
): Promise<{ readonly cupping: number; readonly rings: number; readonly drift: number }> {
  const { planes, inside } = sample;
  const where = { ...watch, mask: inside, bins: BINS };
  const joint = await jointHistogram("quality", planes, { ...where, centre, width: 1 });
  const { factors } = cupOf(joint, classes, zero, 1);
  const radii = (share: number): number[] => filledRadii(joint, sample, centre, share);
  const [known, rings] = [radii(SOME), radii(MOST).filter((r) => r >= LEAST_RADIUS)];
  const slices = sample.filled > 1 ? await sliceHistogram("quality", planes, where) : undefined;
  return {
    cupping: known.length > 1 ? factors[known[0]!]! / factors[known.at(-1)!]! - 1 : Number.NaN,
    rings: await ringsIn(sample, centre, rings, watch.signal),
    drift: slices === undefined ? Number.NaN : driftOf(slices, classes, zero),
  };
}

/** Radii of whole circles of which more than a share counts, in the planes where any voxel does. */
function filledRadii(
  joint: JointHistogram,
  { planes, filled }: Sample,
  centre: readonly [number, number],
  share: number,
): number[] {
  const [, height, width] = planes.shape;
  const reach = Math.min(centre[0], centre[1], height - 1 - centre[0], width - 1 - centre[1]);
  const voxels = ringCounts(joint);
  return Array.from(voxels.keys()).filter(
    (r) => r + 1 <= reach && voxels[r]! > share * 2 * Math.PI * (r + 0.5) * filled,
  );
}

/**
 * Root mean square of the rings, from the product of what the two halves of each ring show: structure is another one in either
 * half, and adds nothing.
 */
async function ringsIn(
  { planes, inside }: Sample,
  centre: readonly [number, number],
  radii: readonly number[],
  signal: AbortSignal | undefined,
): Promise<number> {
  const [depth, height, width] = planes.shape;
  let [sum, seen] = [0, 0];
  for (const z of radii.length === 0 ? [] : evenly(depth, RING_PLANES)) {
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    const plane = Float32Array.from((await planes.plane("z", z)).values);
    const counts = (await inside.plane("z", z)).values;
    // What does not count must not stand out.
    const total = plane.reduce((sum, value, k) => (counts[k] === 0 ? sum : sum + value), 0);
    const mean = total / plane.reduce((n, _, k) => (counts[k] === 0 ? n : n + 1), 0);
    if (Number.isNaN(mean)) continue;
    for (let k = 0; k < plane.length; k++) if (counts[k] === 0) plane[k] = mean;
    const rings = ringsOf({ plane, height, width, centre, size: 21, sectors: 2 });
    const half = rings.length / 2;
    for (const r of radii) {
      const product = rings[r]! * rings[half + r]!;
      if (Number.isNaN(product)) continue;
      sum += product;
      seen++;
    }
  }
  return seen === 0 ? Number.NaN : Math.sqrt(Math.max(0, sum / seen));
}

/** Median; NaN of nothing. */
function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
