import { inSteps } from "../compute/chain.js";
import { release } from "../compute/memory.js";
import { labelTable, mapLabels } from "../compute/operations/labels.js";
import { gaussian } from "../compute/operations.js";
import { outlineOf, PlannedStore, type WholePass } from "../compute/planned.js";
import { checkVolume, run } from "../compute/run.js";
import { makeWhole } from "../compute/whole.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { derivativeSigma, type PerAxis } from "../filters/neighbourhood.js";
import { countPhases } from "../statistics/phase-counts.js";
import { withDrift } from "./drift.js";
import { FULL, PhaseShares } from "./equal-volumes.js";
import { checkLabelled } from "./find-components.js";
import { neutralOf } from "./structuring.js";
import { insideValues, runOnly } from "./where.js";

/** Options of {@link smoothLabels}. */
export interface SmoothLabelsOptions extends Omit<RunOptions, "region" | "mask"> {
  /**
   * Standard deviation of the Gaussian, one for all axes or `[z, y, x]`. A bare number is voxels, a length such as `um(0.5)` is
   * converted per axis by the voxel size. From 0 to 64 voxels. Default 1.
   */
  sigma?: PerAxis;
}

const OPTIONS = ["sigma", "signal", "onProgress", "memoryLimit", "workers", "to"] as const;
/** More are particles rather than phases. */
const MOST_PHASES = 64;

/**
 * Smooths the faces between phases without moving volume from one to another: each phase is blurred by a Gaussian, and a voxel
 * becomes the phase whose blurred share there, plus an offset of that phase, is largest. The offsets are found so that **each phase
 * keeps its number of voxels, to the voxel**: where a plain majority or a threshold of the blurred phase eats convex bodies and
 * thin layers, here what goes from one place comes back at another. Pieces thinner than about the standard deviation may vanish,
 * and their volume then is elsewhere.
 *
 * Shares are counted in steps of 1/65535; of voxels with equal ones those that come first (z, then y, then x) are taken until the
 * count is reached. Offsets are found for one phase after the other, and again until none of them changes by more than a step, at
 * most 16 times; the counts are right after each. They stand in the provenance, in shares.
 * 255, which is no phase, stays. Borders reflect. Same result for any brick shape and number of workers. Cost a Gaussian for
 * each phase, then some passes over these on one thread, about 25 ns a voxel each for three phases; memory 2 bytes a voxel and phase, which go
 * to a scratch file where they do not fit.
 * @param volume mask or labels of whole numbers with up to 64 phases, any shape
 * @returns new volume of the same kind; its `drift` is none
 * @throws InvalidArgument if there are more phases, or sigma is out of its range
 * @throws MissingData if sigma is a length and the voxel size is unknown
 * @see M. Jacobs, E. Merkurjev & S. Esedoḡlu, Auction dynamics: a volume constrained MBO scheme (2018),
 * doi:10.1016/j.jcp.2017.10.036, a step of whose scheme this is, with sorting in place of the auction
 */
export async function smoothLabels(volume: Volume, options: SmoothLabelsOptions = {}): Promise<Volume> {
  const caller = "smoothLabels";
  checkVolume(caller, volume);
  checkOptions(caller, options, OPTIONS);
  const { sigma = 1, ...rest } = options;
  const voxels = derivativeSigma(sigma, volume, 0);
  checkLabelled(caller, volume);
  const told = { sigma };
  const { to: _, ...between } = runOnly(rest);
  const known = volume.store instanceof PlannedStore ? undefined : await phasesIn(caller, volume, between);
  const count = known?.length ?? (volume.phases?.length ?? 2) + 1;
  const slab = volume.shape[1] * volume.shape[2] * Math.min(volume.shape[0], volume.grid.brick[0]);
  const pass: WholePass = {
    caller,
    outline: { ...outlineOf(volume), provenance: trace(caller, told, { volume }) },
    why: "it counts the voxels of the whole volume",
    parts: volume.shape[0],
    workers: 1,
    // Shares of all phases and how often each occurs, labels and result.
    sharedBytes: slab * (2 * count + 2 * DTYPES[volume.dtype].bytes) + 16 * (FULL + 1) * count,
    threadBytes: 0,
    seconds: 1e-7 * volume.voxels,
  };
  const shares: Volume[] = [];
  try {
    const result = await makeWhole(volume, pass, rest, async () => {
      const found = known ?? (await phasesIn(caller, volume, between));
      for (const { values } of found) shares.push(await blurred(volume, values, voxels, between));
      const equal = new PhaseShares(volume, shares, found, neutralOf(volume));
      await equal.find(caller, between);
      const provenance = trace(caller, { ...told, offsets: equal.offsets.map((n) => n / FULL) }, { volume });
      return { provenance, fill: (writer, watch) => equal.fill(writer, watch) };
    });
    return await withDrift(volume, result, runOnly(rest));
  } finally {
    for (const share of shares) release(share);
  }
}

/** A phase that occurs: its values in the volume, the one that it gets, and how many voxels it has. */
interface Found {
  readonly values: readonly number[];
  readonly label: number;
  readonly voxels: number;
}

async function phasesIn(caller: string, volume: Volume, options: RunOptions): Promise<Found[]> {
  const { phases, voxels } = await countPhases(caller, volume, options);
  const found = phases.flatMap(({ label }, k) => {
    const values = volume.role === "mask" && label === 1 ? insideValues(volume) : [label];
    return voxels[k] === 0 ? [] : [{ values, label, voxels: voxels[k]! }];
  });
  if (found.length > MOST_PHASES)
    throw new InvalidArgument(
      `${caller}: ${found.length} labels are too many to be phases (at most ${MOST_PHASES}); smooth the phase before its particles are parted`,
    );
  return found;
}

/** How much of each voxel's surroundings is of one phase, from 0 to 65535. */
async function blurred(
  volume: Volume,
  values: readonly number[],
  sigma: readonly [number, number, number],
  options: RunOptions,
): Promise<Volume> {
  const { provenance } = volume;
  const table = {
    ...labelTable(
      values,
      values.map(() => FULL),
    ),
    rest: 0,
    dtype: "uint16",
  } as const;
  return inSteps(volume, options, async (start) => {
    const facts = { provenance, role: "field", phases: null } as const;
    const only = await run(mapLabels, start, table, options, facts);
    return run(gaussian, only, { sigma, dtype: "uint16" }, options, facts);
  });
}
