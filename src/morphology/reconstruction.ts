import { labelMask } from "../compute/operations/labels.js";
import { rescale } from "../compute/operations/rescale.js";
import { copy } from "../compute/operations.js";
import { plannedWhole, stageOf } from "../compute/planned.js";
import { checkVolume, run } from "../compute/run.js";
import { checkResult } from "../compute/whole.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkChoice, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { sameShape, voxelCount, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { withDrift } from "./drift.js";
import { checkConnectivity } from "./find-components.js";
import { keepMarked } from "./keep-marked.js";
import { raised } from "./raised.js";
import { insideValues, runOnly } from "./where.js";

/** Options of {@link reconstruction}. */
export interface ReconstructionOptions extends Omit<RunOptions, "region" | "mask"> {
  /** `dilation`: the seed grows below the limit. `erosion`: it shrinks above it. Default `dilation`. */
  method?: "dilation" | "erosion";
  /** Neighbours of a voxel: 6 (faces), 18 (and edges) or 26 (and corners). Default 6. */
  connectivity?: 6 | 18 | 26;
}

/**
 * Reconstruction: a seed is dilated again and again, each time held at a limit, until nothing changes. Of masks: the
 * components of the limit in which a seed lies, whole and with their true shape, as after an {@link erosion} that took small
 * ones away (opening by reconstruction). Of grey values: peaks that the seed lacks stay cut off, all else is as in the limit.
 * Where the seed is beyond the limit it counts as the limit. Where one of the two is NaN, or the limit is −∞ (+∞ with
 * `erosion`), the result is NaN and nothing goes through; it is NaN, too, where nothing rises from a seed of −∞.
 * Exact: same result for any brick shape and number of workers, and for volumes larger than memory. Of masks cost and memory
 * are those of {@link components}. Of grey values bricks are gone through until none changes any more: some 30 ns a voxel and
 * pass, and as many passes as bricks lie on the longest way; memory besides the result one volume.
 * @param seed, limit masks (8 bits), or volumes of any voxel type, both the same; of one shape
 * @returns new volume of the limit's kind; of masks 0 and 1, and `drift` says how much less (or more) than the limit it is
 * @throws InvalidArgument if voxel types or shapes differ, or one is a mask and the other is none
 * @see L. Vincent, Morphological grayscale reconstruction in image analysis (1993), doi:10.1109/83.217222; equal to
 * skimage.morphology.reconstruction
 * @example const kept = await reconstruction(await erosion(mask, { radius: 2 }), mask); // opening by reconstruction
 */
export async function reconstruction(
  seed: Volume,
  limit: Volume,
  options: ReconstructionOptions = {},
): Promise<Volume> {
  const caller = "reconstruction";
  checkVolume(caller, seed);
  checkVolume(caller, limit);
  const known = RUN_OPTIONS.filter((name) => name !== "region" && name !== "mask");
  checkOptions(caller, options, ["method", "connectivity", ...known]);
  const { method = "dilation", connectivity = 6 } = options;
  checkChoice("method", method, ["dilation", "erosion"]);
  checkConnectivity(caller, connectivity);
  const masks = seed.role === "mask" && limit.role === "mask";
  if (!sameShape(seed.shape, limit.shape))
    throw new InvalidArgument(
      `${caller}: the seed has the shape ${seed.shape.join(" × ")}, the limit ${limit.shape.join(" × ")}; they must be the same`,
    );
  if ((seed.role === "mask") !== (limit.role === "mask"))
    throw new InvalidArgument(
      `${caller}: the seed has the role ${seed.role} and the limit ${limit.role}; give two masks, or two volumes of grey values`,
    );
  if (!masks && seed.dtype !== limit.dtype)
    throw new InvalidArgument(
      `${caller}: the seed's voxels are ${seed.dtype}, the limit's ${limit.dtype}; they must be the same: see convert(…)`,
    );
  const provenance = trace(caller, { method, connectivity }, { seed, limit });
  const facts = { provenance, role: limit.role, phases: null } as const;
  const rest = runOnly(options);
  const planned = plannedWhole(
    seed,
    {
      caller,
      outline: stageOf(copy, limit, {}, facts, { region: wholeRegion(limit.shape) }).outline,
      why: "it goes from brick to brick until nothing changes",
      parts: seed.grid.length,
      workers: 1,
      sharedBytes: 0,
      threadBytes: 0,
      seconds: 2e-7 * voxelCount(seed.shape),
    },
    rest,
  );
  if (planned !== undefined) return planned;
  const { to, ...between } = rest;
  if (to !== undefined) await checkResult(to, seed);
  const sinks = method === "erosion";
  if (masks) return withDrift(limit, await ofMasks(seed, limit, sinks, connectivity, rest, facts), rest);
  const begun = await run(copy, seed, {}, between, facts);
  const result = await raised(begun, limit, { connectivity, sinks }, between, facts);
  if (to === undefined) return result;
  return run(copy, result, {}, { ...between, to }, facts).finally(() => result.store.release());
}

/** The components of the limit in which a seed lies; by erosion those of what is outside of it, in which the seed is outside. */
async function ofMasks(
  seed: Volume,
  limit: Volume,
  sinks: boolean,
  connectivity: 6 | 18 | 26,
  options: RunOptions,
  facts: Parameters<typeof keepMarked>[3],
): Promise<Volume> {
  const { to, ...between } = options;
  const made: Volume[] = [];
  const keep = async (result: Promise<Volume>): Promise<Volume> => {
    made.push(await result);
    return made.at(-1)!;
  };
  for (const one of [seed, limit])
    if (DTYPES[one.dtype].bytes !== 1)
      throw new InvalidArgument(`reconstruction: masks have 8-bit voxels, these are ${one.dtype}; convert them`);
  try {
    const [sown, within] = await Promise.all(
      [seed, limit].map((one) =>
        keep(run(labelMask, one, { values: sinks ? [0] : insideValues(one) }, between, facts)),
      ),
    );
    // 2 where a seed is, if that is inside.
    const doubled = { map: { from: [0, 1], to: [0, 2] }, low: 0, high: 2, dtype: "uint8" } as const;
    const marked = await keep(
      run(rescale, within!, doubled, { ...between, mask: sown! }, { ...facts, role: "labels" }),
    );
    if (!sinks) return await keepMarked(marked, connectivity, options, facts);
    const outside = await keep(keepMarked(marked, connectivity, between, facts));
    return await run(labelMask, outside, { values: [0] }, options, facts);
  } finally {
    for (const one of made) one.store.release();
  }
}
