/** A partition that somebody made, as the network takes it. */
import { blockedMarkers } from "../compute/operations/flood.js";
import { keepInside, labelMask } from "../compute/operations/labels.js";
import { copy } from "../compute/operations.js";
import { run } from "../compute/run.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, MissingData, UnsupportedFeature } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import { sameShape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { distanceTransform } from "../morphology/distance-transform.js";
import { insideValues } from "../morphology/where.js";
import type { Between } from "../segment/field-start.js";

/** Throws unless regions are whole numbers on the grid of the labels. */
export function checkRegions(caller: string, regions: Volume, { shape }: Volume): void {
  if (!DTYPES[regions.dtype].integer)
    throw new UnsupportedFeature(`${caller}: regions are whole numbers, these voxels are ${regions.dtype}`);
  if (!sameShape(regions.shape, shape))
    throw new InvalidArgument(
      `${caller}: regions has the shape ${regions.shape.join(" × ")}, the labels ${shape.join(" × ")}; they must be the same`,
    );
  const [least, most] = regions.range;
  if (least < 0 || most >= 2 ** 31)
    throw new InvalidArgument(
      `${caller}: a region is ${least < 0 ? least : most}; allowed are whole numbers from 0 to ${2 ** 31 - 1}`,
    );
}

/** The regions as 32 bits, 0 outside of the phase, region and mask, with the distances to the phase's wall. */
export async function givenRegions(
  caller: string,
  volume: Volume,
  label: number | undefined,
  regions: Volume,
  { region, mask }: Pick<RunOptions, "region" | "mask">,
  options: Between,
): Promise<{ readonly labels: Volume; readonly distances: Volume }> {
  const made: Volume[] = [];
  const keep = async (one: Promise<Volume>): Promise<Volume> => {
    made.push(await one);
    return made.at(-1)!;
  };
  const { provenance } = regions;
  const facts = { provenance, role: "labels", phases: null } as const;
  const cut = region === undefined ? options : { ...options, region };
  let distances: Volume | undefined;
  try {
    const values = label === undefined ? insideValues(volume) : [label];
    const where = { ...cut, ...(mask && { mask }) };
    const inside = await keep(run(labelMask, volume, { values }, where, { ...facts, role: "mask" }));
    const [low, high] = inside.range;
    if (high === 0) throw new MissingData(`${caller}: no voxel of the phase lies in region and mask`);
    if (low === 1)
      throw new InvalidArgument(
        `${caller}: all voxels are of the phase; there is no wall from which distances could be measured`,
      );
    distances = await distanceTransform(inside, options);
    const part = region === undefined ? regions : await keep(run(copy, regions, {}, cut, facts));
    const within = await keep(run(keepInside, part, {}, { ...options, mask: inside }, facts));
    return { labels: await run(blockedMarkers, within, {}, options, facts), distances };
  } catch (error) {
    distances?.store.release();
    throw error;
  } finally {
    for (const one of made) one.store.release();
  }
}
