import { outlineOf, PlannedStore } from "../compute/planned.js";
import type { RunOptions } from "../core/options.js";
import type { PhaseDrift } from "../core/phases.js";
import { Volume } from "../core/volume.js";
import { countPhases } from "../statistics/phase-counts.js";

/** What counting shares with the step. All voxels count, also those outside a mask, and nobody watches. */
const KEPT = ["region", "signal", "memoryLimit", "workers"] as const;

/**
 * The result of a cleaning step with the drift of each phase fraction that the step caused, over all voxels of the result. A
 * planned result has none, nor have labels of particles. Cost: for labels twice a histogram.
 */
export async function withDrift(before: Volume, result: Volume, options: RunOptions): Promise<Volume> {
  if (result.store instanceof PlannedStore || !hasPhases(before) || !hasPhases(result)) return result;
  const { region, ...rest } = Object.fromEntries(KEPT.map((name) => [name, options[name]])) as RunOptions;
  const was = await fractions(before, { ...rest, ...(region && { region }) });
  const is = await fractions(result, rest);
  const drift: PhaseDrift[] = [...new Set([...was.keys(), ...is.keys()])].map((name) => ({
    name,
    before: was.get(name) ?? 0,
    after: is.get(name) ?? 0,
  }));
  return new Volume({ ...outlineOf(result), store: result.store, truth: result.truth, drift });
}

/** Labels over a wide range are particles rather than phases. */
const hasPhases = ({ range: [low, high] }: Volume): boolean => high - low < 1024;

/** The fraction of each phase by its name; what belongs to none does not count. */
async function fractions(volume: Volume, options: RunOptions): Promise<Map<string, number>> {
  const { grid, store, voxels: all, range, role } = volume;
  if (role === "mask" && options.region === undefined && range[0] >= 0 && range[1] <= 1) {
    // The records of the bricks have counted them.
    let inside = 0;
    for (let k = 0; k < grid.length; k++) inside += store.zone(k).sum;
    return new Map([
      ["outside", 1 - inside / all],
      ["inside", inside / all],
    ]);
  }
  const { phases, voxels } = await countPhases("drift", volume, options);
  const total = voxels.reduce((sum, count) => sum + count, 0);
  return new Map(phases.map(({ name }, k) => [name, total === 0 ? 0 : voxels[k]! / total]));
}
