/** What two-point correlations are asked for. */
import { checkMask, checkVolume } from "../compute/run.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { isLength, type Length } from "../core/length.js";
import { inVoxels, type RunOptions } from "../core/options.js";
import { checkRegion, type Triple, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { neutralOf, phaseOf } from "../morphology/structuring.js";
import { voxelSteps } from "../morphology/voxel-steps.js";
import { countPhases } from "../statistics/phase-counts.js";
import type { Correlated } from "./correlate.js";

/** The phase and the sample, checked, with the fraction of the phase. */
export async function checkCorrelated(
  caller: string,
  labels: Volume,
  options: RunOptions & { phase?: string | number; periodic?: boolean },
): Promise<{ correlated: Correlated; fraction: number }> {
  checkVolume(caller, labels);
  const { phase, periodic = false, region = wholeRegion(labels.shape), mask, ...rest } = options;
  checkLabelled(caller, labels);
  checkRegion(region, labels.shape);
  checkMask(mask, labels);
  if (typeof periodic !== "boolean")
    throw new InvalidArgument(`${caller}: periodic is ${JSON.stringify(periodic)}; allowed are true and false`);
  const label = phaseOf(caller, labels, phase);
  const neutral = neutralOf(labels);
  const { signal, memoryLimit, workers } = rest;
  const quiet = Object.fromEntries(
    Object.entries({ signal, memoryLimit, workers, region, mask }).filter(([, value]) => value !== undefined),
  );
  const { phases, voxels, outside } = await countPhases(caller, labels, quiet);
  const total = voxels.reduce((sum, count) => sum + count, 0);
  const own = label === undefined ? voxels[1]! : (voxels[phases.findIndex((one) => one.label === label)] ?? 0);
  if (total === 0) throw new MissingData(`${caller}: no voxel of region and mask belongs to a phase`);
  const correlated = { labels, label, outside: outside > 0 ? neutral : undefined, mask, region, periodic };
  return { correlated, fraction: own / total };
}

/** Width of a shell in the shortest edge of a voxel. */
export function widthOf(caller: string, width: number | Length | undefined, labels: Volume): number {
  const voxels = width === undefined ? 1 : lengthIn(caller, "width", width, labels);
  if (voxels < 0.01) throw new InvalidArgument(`${caller}: width is ${voxels} voxels; allowed is 0.01 and more`);
  return voxels;
}

/**
 * The largest lag along each axis, and the largest distance in the shortest edge of a voxel.
 * @param each true: by default half of each axis, else half of the shortest side
 */
export function reachOf(
  caller: string,
  reach: number | Length | undefined,
  labels: Volume,
  shape: Triple,
  periodic: boolean,
  each: boolean,
): { lags: Triple; most: number } {
  const steps = voxelSteps(labels);
  const sides = shape.flatMap((n, k) => (n > 1 ? [n * steps[k]!] : []));
  const half = shape.map((n) => Math.floor(n / 2)) as unknown as Triple;
  if (reach === undefined) {
    // Whole voxels, as the half of a side is.
    const most = Math.max(1, Math.floor(Math.min(...(sides.length > 0 ? sides : [1])) / 2 + 1e-9));
    if (each) return { lags: half, most };
    return { lags: half.map((n, k) => Math.min(n, Math.ceil(most / steps[k]!))) as unknown as Triple, most };
  }
  const most = lengthIn(caller, "reach", reach, labels);
  const longest = Math.max(
    1,
    Math.min(...shape.flatMap((n, k) => (n > 1 ? [limitOf(n, periodic) * steps[k]!] : []), Number.MAX_SAFE_INTEGER)),
  );
  const limit = each ? Math.max(...shape.map((n, k) => limitOf(n, periodic) * steps[k]!)) : longest;
  if (!(most > 0) || most > limit + 1e-9)
    throw new InvalidArgument(
      `${caller}: reach is ${most} voxels; allowed is more than 0 and at most ${limit}, ${periodic ? "half of the volume, which repeats" : "one voxel less than the volume has"}`,
    );
  const lags = shape.map((n, k) => Math.min(limitOf(n, periodic), Math.floor(most / steps[k]! + 1e-9)));
  return { lags: lags as unknown as Triple, most };
}

const limitOf = (n: number, periodic: boolean): number => (periodic ? Math.floor(n / 2) : n - 1);

function lengthIn(caller: string, what: string, value: number | Length, labels: Volume): number {
  const voxels = isLength(value) ? Math.max(...inVoxels(what, value, labels)) : value;
  if (typeof voxels !== "number" || !Number.isFinite(voxels))
    throw new InvalidArgument(`${caller}: ${what} is ${String(voxels)}; give voxels or a length such as um(5)`);
  return voxels;
}
