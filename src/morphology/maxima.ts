/** What maxima and minima have in common: they are where a lowered copy cannot rise. */
import { lowered, signedFloats, stillLow } from "../compute/operations/reconstruct.js";
import { copy } from "../compute/operations.js";
import { plannedWhole, type ResultFacts, stageOf } from "../compute/planned.js";
import { checkMask, checkVolume, run } from "../compute/run.js";
import { checkResult } from "../compute/whole.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { checkRegion, voxelCount, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkConnectivity } from "./find-components.js";
import { raised } from "./raised.js";
import { runOnly } from "./where.js";

/** Options of {@link regionalMaxima} and {@link regionalMinima}. */
export interface RegionalMaximaOptions extends RunOptions {
  /** Neighbours of a voxel: 6 (faces), 18 (and edges) or 26 (and corners). Default 26. */
  connectivity?: 6 | 18 | 26;
}

/** Options of {@link hMaxima} and {@link hMinima}. */
export interface HMaximaOptions extends RegionalMaximaOptions {
  /**
   * Marks the whole cap of each maximum, down by h, rather than its top: one piece for each, also where several tops of one
   * height stand on it. Default false.
   */
  extended?: boolean;
}

/** What is looked for. */
export interface Extremes {
  readonly caller: string;
  readonly negative: boolean;
  /** Undefined: of any height. */
  readonly height: number | undefined;
  /** Where all values are one, all of them are a maximum, rather than an error. */
  readonly flat?: boolean;
}

/** Largest whole number up to which float32 has all. */
const EXACT = 2 ** 24;

/** Maxima, or minima, of a volume as a mask. */
export async function extremesOf(
  volume: Volume,
  options: HMaximaOptions,
  { caller, negative, height, flat = false }: Extremes,
): Promise<Volume> {
  checkVolume(caller, volume);
  checkOptions(caller, options, ["connectivity", ...(height === undefined ? [] : ["extended"]), ...RUN_OPTIONS]);
  const { connectivity = 26, extended = false, region, mask } = options;
  checkConnectivity(caller, connectivity);
  if (height !== undefined) checkNumber("h (grey values)", height, Number.MIN_VALUE, 1e30);
  if (typeof extended !== "boolean")
    throw new InvalidArgument(`extended is ${JSON.stringify(extended)}; allowed are true and false`);
  if (region !== undefined) checkRegion(region, volume.shape);
  checkMask(mask, volume);
  const provenance = trace(
    caller,
    { h: height, connectivity, ...(height !== undefined && { extended }), region },
    { volume, mask },
  );
  const facts = { provenance, role: "mask", phases: null } as const;
  const outline = {
    ...stageOf(copy, volume, {}, facts, { region: region ?? wholeRegion(volume.shape) }).outline,
    dtype: "uint8",
  } as const;
  const planned = plannedWhole(
    volume,
    {
      caller,
      outline,
      mask,
      why: "it goes from brick to brick until nothing changes",
      parts: volume.grid.length,
      workers: 1,
      sharedBytes: 0,
      threadBytes: 0,
      seconds: 2e-7 * voxelCount(outline.shape),
    },
    options,
  );
  if (planned !== undefined) return planned;
  checkExact(caller, volume);
  if (options.to !== undefined) await checkResult(options.to, volume);
  const { to: _, ...between } = runOnly(options);
  const where = { ...between, ...(region && { region }), ...(mask && { mask }) };
  const field = { provenance, role: "field", phases: null } as const;
  const heights = await run(signedFloats, volume, { negative }, where, field);
  try {
    checkVaried(caller, heights, negative, flat);
    return await found(heights, height, extended, { connectivity, sinks: false }, runOnly(options), facts);
  } finally {
    heights.store.release();
  }
}

async function found(
  heights: Volume,
  height: number | undefined,
  extended: boolean,
  parameters: Parameters<typeof raised>[2],
  options: RunOptions,
  facts: ResultFacts,
): Promise<Volume> {
  const { to: _, ...between } = options;
  const field = { ...facts, role: "field" } as const;
  const risen = async (from: Volume, by: number | "next"): Promise<Volume> =>
    raised(await run(lowered, from, { height: by }, between, field), from, parameters, between, field);
  const made: Volume[] = [];
  try {
    let [from, by]: [Volume, number | "next"] = [heights, height ?? "next"];
    made.push(await risen(from, by));
    if (extended) {
      // The maxima of what rose from h below.
      [from, by] = [made[0]!, "next"];
      made.push(await risen(from, by));
    }
    return await run(stillLow, made.at(-1)!, { height: by }, { ...options, besides: [from] }, facts);
  } finally {
    for (const one of made) one.store.release();
  }
}

function checkExact(caller: string, { dtype, range: [low, high] }: Volume): void {
  if (DTYPES[dtype].integer && (low < -EXACT || high > EXACT))
    throw new InvalidArgument(
      `${caller}: values go from ${low} to ${high}; beyond ±2²⁴ float32, in which they are compared, cannot tell them apart: rescale them first`,
    );
}

/** Throws if nothing stands out. */
function checkVaried(caller: string, { range: [low, high] }: Volume, negative: boolean, flat: boolean): void {
  if (low > high) throw new MissingData(`${caller}: no voxel with a number lies in region and mask`);
  if (!Number.isFinite(low) || !Number.isFinite(high))
    throw new InvalidArgument(`${caller}: the volume has infinite values; clip it first`);
  if (low === high && !flat)
    throw new InvalidArgument(
      `${caller}: all voxels are ${negative ? -low : low}; there is neither maximum nor minimum`,
    );
}
