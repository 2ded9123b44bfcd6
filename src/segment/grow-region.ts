import { release } from "../compute/memory.js";
import { labelMask } from "../compute/operations/labels.js";
import { rescale } from "../compute/operations/rescale.js";
import { threshold as thresholdOperation } from "../compute/operations.js";
import { checkMask, checkVolume, run } from "../compute/run.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { checkConnectivity } from "../morphology/find-components.js";
import { keepMarked } from "../morphology/keep-marked.js";
import { insideValues, runOnly } from "../morphology/where.js";

/** Options of {@link growRegion}. */
export interface GrowRegionOptions extends RunOptions {
  /** Least grey value that belongs to the region, itself included. Default: no limit; one of the two is needed. */
  low?: number;
  /** Largest grey value, itself included. */
  high?: number;
  /** Neighbours of a voxel: 6 (faces), 18 (and edges) or 26 (and corners). Default 6. */
  connectivity?: 6 | 18 | 26;
}

/**
 * Region growing: the voxels within a range of grey values that hang together with a seed in that range. For regions that
 * grow against each other give labelled seeds to {@link watershed}.
 * Same result for any brick shape and number of workers, and for volumes larger than memory. Cost O(n), a few nanoseconds a
 * voxel; memory 3 n bytes besides the result.
 * @param volume any voxel type, any shape
 * @param seeds mask of the same shape; seeds outside the range grow nothing
 * @returns new volume of the role mask (uint8), of the same shape and voxel size (the region's shape, with `region`)
 * @throws InvalidArgument if no limit is given, low is above high, or seeds is no mask of this shape
 * @throws MissingData if seeds is 0 everywhere
 * @see R. Adams & L. Bischof, Seeded region growing (1994), doi:10.1109/34.295913; equal to skimage.segmentation.flood with the
 * range as its tolerance, over all seeds
 */
export async function growRegion(volume: Volume, seeds: Volume, options: GrowRegionOptions = {}): Promise<Volume> {
  checkVolume("growRegion", volume);
  checkVolume("growRegion", seeds);
  checkOptions("growRegion", options, ["low", "high", "connectivity", ...RUN_OPTIONS]);
  const { low, high, connectivity = 6, region, mask } = options;
  checkConnectivity("growRegion", connectivity);
  checkMask(seeds, volume);
  const given = [low, high].filter((limit) => limit !== undefined);
  if (given.length === 0 || !given.every(Number.isFinite) || (low ?? high!) > (high ?? low!))
    throw new InvalidArgument(
      `growRegion: low is ${String(low)} and high ${String(high)}; give one or two finite numbers, the lower one as low`,
    );
  if (seeds.range[0] === 0 && seeds.range[1] === 0)
    throw new MissingData("growRegion: there is no seed; the mask of seeds is 0 everywhere");
  const provenance = trace("growRegion", { low, high, connectivity, region }, { volume, seeds, mask });
  const facts = { provenance, role: "mask", phases: null } as const;
  const rest = runOnly(options);
  const { to: _, ...between } = rest;
  const part = region === undefined ? {} : { region };
  // Thresholds are the largest values below.
  const thresholds = [...(low === undefined ? [] : [justBelow(low)]), ...(high === undefined ? [] : [high])];
  const where = { ...between, ...part, ...(mask && { mask }) };
  const made: Volume[] = [];
  const keep = async (result: Promise<Volume>): Promise<Volume> => {
    made.push(await result);
    return made.at(-1)!;
  };
  try {
    const labels = await keep(run(thresholdOperation, volume, { thresholds }, where, { ...facts, role: "labels" }));
    const within = await keep(run(labelMask, labels, { values: [low === undefined ? 0 : 1] }, between, facts));
    const sown =
      region === undefined
        ? seeds
        : await keep(run(labelMask, seeds, { values: insideValues(seeds) }, { ...between, ...part }, facts));
    // 2 where a seed is, if that is in the range.
    const doubled = { map: { from: [0, 1], to: [0, 2] }, low: 0, high: 2, dtype: "uint8" } as const;
    const marked = await keep(run(rescale, within, doubled, { ...between, mask: sown }, facts));
    return await keepMarked(marked, connectivity, rest, facts);
  } finally {
    for (const one of made) release(one);
  }
}

/** The largest number below another one. */
function justBelow(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  const bits = new BigInt64Array(1);
  const number = new Float64Array(bits.buffer);
  number[0] = value;
  bits[0]! += value > 0 ? -1n : 1n;
  return number[0]!;
}
