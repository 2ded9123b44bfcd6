/** Touching particles apart: distances, markers, watershed. */
import { keepInside, labelMask } from "../compute/operations/labels.js";
import { run } from "../compute/run.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { components } from "../morphology/components.js";
import { distanceTransform } from "../morphology/distance-transform.js";
import { extremesOf } from "../morphology/maxima.js";
import { insideValues } from "../morphology/where.js";
import type { Between } from "./field-start.js";
import { floodWhole } from "./flood-whole.js";
import { markerVolume, snowMarkers } from "./snow-markers.js";
import type { SnowPeaks } from "./snow-thread.js";
import { watershed } from "./watershed.js";
import { watershedByBlocks } from "./watershed-blocks.js";

/** Where floods begin. */
export type MarkersBy =
  | { readonly by: "h-maxima"; readonly h: number; readonly connectivity: 6 | 18 | 26 }
  | { readonly by: "snow"; readonly radius: number; readonly sigma: number };

/** How particles are parted. */
export interface Parting {
  readonly caller: string;
  readonly markersBy: MarkersBy;
  readonly lines: boolean;
  readonly approximate: { readonly approximate: true; readonly block?: number; readonly overlap?: number } | undefined;
}

/** Markers and distances of a phase. Who asked for them releases the markers, and frees the rest. */
export interface Marked {
  readonly inside: Volume;
  readonly distances: Volume;
  readonly markers: Volume;
  /** What the provenance says of them. */
  readonly found: { readonly markers: number; readonly peaks?: readonly number[] };
  free(): void;
}

/** The voxels of a phase, in the region and inside the mask, with the distances to its wall. @param label undefined for a mask */
async function distancesInPhase(
  caller: string,
  volume: Volume,
  label: number | undefined,
  { region, mask }: Pick<RunOptions, "region" | "mask">,
  options: Between,
): Promise<{ readonly inside: Volume; readonly distances: Volume }> {
  const values = label === undefined ? insideValues(volume) : [label];
  const where = { ...options, ...(region && { region }), ...(mask && { mask }) };
  const facts = { provenance: trace(caller, {}, { volume }), role: "mask", phases: null } as const;
  const inside = await run(labelMask, volume, { values }, where, facts);
  try {
    const [low, high] = inside.range;
    if (high === 0) throw new MissingData(`${caller}: no voxel of the phase lies in region and mask`);
    if (low === 1)
      throw new InvalidArgument(
        `${caller}: all voxels are of the phase; there is no wall from which distances could be measured`,
      );
    return { inside, distances: await distanceTransform(inside, options) };
  } catch (error) {
    inside.store.release();
    throw error;
  }
}

/** The voxels of a phase, in the region and inside the mask, with markers. @param label undefined for a mask */
export async function markedPhase(
  caller: string,
  volume: Volume,
  label: number | undefined,
  markersBy: MarkersBy,
  where: Pick<RunOptions, "region" | "mask">,
  options: Between,
): Promise<Marked> {
  const { inside, distances } = await distancesInPhase(caller, volume, label, where, options);
  const made = [inside, distances];
  const free = (): void => {
    for (const one of made) one.store.release();
  };
  try {
    if (markersBy.by === "snow") {
      const peaks = await snowMarkers(caller, inside, distances, markersBy, options);
      const markers = await markerVolume(peaks, inside, inside.provenance, options);
      return { inside, distances, markers, found: foundOf(peaks), free };
    }
    const { h, connectivity } = markersBy;
    const how = { ...options, connectivity };
    // Specks of a voxel have one distance everywhere: each is a particle.
    const cap = { caller, negative: false, height: h, flat: true };
    const caps = await extremesOf(distances, { ...how, mask: inside, extended: true }, cap);
    made.push(caps);
    const markers = await components(caps, how);
    return { inside, distances, markers, found: { markers: markers.range[1] }, free };
  } catch (error) {
    free();
    throw error;
  }
}

const foundOf = ({ counts }: SnowPeaks): Marked["found"] => ({ markers: counts[2], peaks: counts });

/** Regions of a phase, and the distances to its wall that they were flooded by. Who asked for them releases both. */
export interface SnowRegions {
  readonly labels: Volume;
  readonly distances: Volume;
  readonly found: { readonly markers: number; readonly peaks?: readonly number[]; readonly seamError?: number };
}

/** How SNOW finds markers, and in which blocks it floods; undefined: in one piece. */
export interface SnowBy {
  readonly by: "snow";
  readonly radius: number;
  readonly sigma: number;
  readonly blocks?: { readonly block: number; readonly overlap: number } | undefined;
}

/** Regions by SNOW, with their distances. @param label undefined for a mask */
export async function snowRegions(
  caller: string,
  volume: Volume,
  label: number | undefined,
  { blocks, ...markersBy }: SnowBy,
  where: Pick<RunOptions, "region" | "mask">,
  options: Between,
): Promise<SnowRegions> {
  const { inside, distances } = await distancesInPhase(caller, volume, label, where, options);
  try {
    const peaks = await snowMarkers(caller, inside, distances, markersBy, options);
    // A part of the phase without a marker is reached last, through the wall.
    const how = { connectivity: 6, fromHigh: true, lines: false, compactness: 0, wall: true } as const;
    if (blocks === undefined) {
      const given = { image: distances, markers: peaks, mask: undefined };
      const labels = await floodWhole(given, how, distances.provenance, options);
      return { labels, distances, found: foundOf(peaks) };
    }
    const markers = await markerVolume(peaks, inside, inside.provenance, options);
    const labels = await watershedByBlocks(
      { image: distances, markers, mask: undefined, ...blocks, flood: how, named: {} },
      options,
    ).finally(() => markers.store.release());
    return { labels, distances, found: { ...foundOf(peaks), ...seamOf(labels) } };
  } catch (error) {
    distances.store.release();
    throw error;
  } finally {
    inside.store.release();
  }
}

/** Labels of the particles, and what the provenance says. */
export async function partParticles(
  volume: Volume,
  label: number | undefined,
  { caller, markersBy, lines, approximate }: Parting,
  where: Pick<RunOptions, "region" | "mask">,
  options: Between,
): Promise<{ labels: Volume; found: object }> {
  if (markersBy.by === "snow" && !lines) {
    const { labels, distances, found } = await snowRegions(
      caller,
      volume,
      label,
      { ...markersBy, blocks: approximate && { block: 192, overlap: 32, ...approximate } },
      where,
      options,
    );
    distances.store.release();
    return { labels, found };
  }
  const { inside, distances, markers, found, free } = await markedPhase(
    caller,
    volume,
    label,
    markersBy,
    where,
    options,
  );
  try {
    const flood = { ...options, ...approximate, from: "high", lines } as const;
    if (markersBy.by === "h-maxima") {
      const { connectivity } = markersBy;
      const labels = await watershed(distances, markers, { ...flood, connectivity, mask: inside });
      return { labels, found: { ...found, ...seamOf(labels) } };
    }
    // A part of the phase without a marker is reached last, through the wall.
    const all = await watershed(distances, markers, flood);
    const facts = { provenance: all.provenance, role: "labels", phases: null } as const;
    const labels = await run(keepInside, all, {}, { ...options, mask: inside }, facts).finally(() =>
      all.store.release(),
    );
    return { labels, found: { ...found, ...seamOf(all) } };
  } finally {
    markers.store.release();
    free();
  }
}

function seamOf({ provenance: { parameters } }: Volume): { readonly seamError?: number } {
  const { seamError } = parameters as { seamError?: number };
  return seamError === undefined ? {} : { seamError };
}
