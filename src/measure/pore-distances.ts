/** Distances inside a phase to what bounds it. Beyond the sample there is nothing, as beyond the faces of the volume. */
import { release } from "../compute/memory.js";
import { labelMask } from "../compute/operations/labels.js";
import { checkMask, run } from "../compute/run.js";
import { DTYPES } from "../core/dtype.js";
import { MissingData, UnsupportedFeature } from "../core/errors.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { distanceTransform } from "../morphology/distance-transform.js";
import { neutralOf } from "../morphology/structuring.js";
import type { Between } from "../segment/field-start.js";

/** Distances, and where they count. Who asked for them frees them. */
export interface PoreDistances {
  /** float32, in the shortest edge of a voxel. */
  readonly distances: Volume;
  /** 1 where the phase is, if there are voxels outside the sample, which have distances, too. */
  readonly inside: Volume | undefined;
  /** The largest distance that occurs. */
  readonly most: number;
  free(): void;
}

/** How many labels a mask of them may name. */
const MOST_LABELS = 2 ** 20;

/**
 * For each voxel of a phase the distance to the nearest voxel of the sample that is not of it. Voxels outside `mask` and those with
 * the label 255 of 8 bits are not of the sample.
 * @param label undefined for a mask
 * @throws MissingData if there is no voxel of the phase, or nothing else
 */
export async function poreDistances(
  caller: string,
  volume: Volume,
  label: number | undefined,
  mask: Volume | undefined,
  options: Between,
): Promise<PoreDistances> {
  checkMask(mask, volume);
  const neutral = neutralOf(volume);
  const outside = neutral !== undefined && volume.range[1] >= neutral ? neutral : undefined;
  const made: Volume[] = [];
  const keep = async (one: Promise<Volume>): Promise<Volume> => {
    made.push(await one);
    return made.at(-1)!;
  };
  const free = (): void => made.forEach(release);
  try {
    const phase = label === undefined ? {} : { phase: label };
    let inside: Volume | undefined;
    let bounded: { readonly volume: Volume; readonly phase?: string | number } = { volume, ...phase };
    if (mask !== undefined || outside !== undefined) {
      const where = { ...options, ...(mask && { mask }) };
      const facts = { provenance: trace(caller, {}, { volume }), role: "mask", phases: null } as const;
      const [own, others] = labelsOf(caller, volume, label, outside);
      inside = await keep(run(labelMask, volume, { values: own }, where, facts));
      const solid = await keep(run(labelMask, volume, { values: others }, where, facts));
      bounded = { volume: solid.with({ role: "labels" }), phase: 0 };
    }
    const { volume: within, ...of } = bounded;
    const distances = await keep(distanceTransform(within, { ...options, ...of }));
    const most = distances.range[1];
    if (most === 0 || inside?.range[1] === 0)
      throw new MissingData(`${caller}: no voxel of the phase lies inside; check the phase and the mask`);
    if (most === Number.POSITIVE_INFINITY)
      throw new MissingData(
        `${caller}: all voxels are of the phase; there is no wall from which distances could be measured`,
      );
    return { distances, inside, most, free };
  } catch (error) {
    free();
    throw error;
  }
}

/** The labels of the phase, and all others but the one outside the sample; ascending. */
function labelsOf(
  caller: string,
  { dtype, range: [low, high] }: Volume,
  label: number | undefined,
  outside: number | undefined,
): [number[], number[]] {
  const { bytes, min, max } = DTYPES[dtype];
  const [from, to] = bytes === 4 ? [low, high] : [min, max];
  if (to - from >= MOST_LABELS)
    throw new UnsupportedFeature(
      `${caller}: labels from ${from} to ${to} are too many beside a mask; make a mask of the phase, by labelMask(…)`,
    );
  const all = Array.from({ length: to - from + 1 }, (_, k) => from + k);
  const is = (value: number): boolean => (label === undefined ? value !== 0 : value === label);
  return [all.filter(is), all.filter((value) => !is(value) && value !== outside)];
}
