/** Computes a planned volume: all stages that it needs, in as few passes over the bricks as pays. */
import { rm } from "node:fs/promises";
import type { RunOptions } from "../core/options.js";
import { Volume } from "../core/volume.js";
import { memoryLimitOf } from "./build.js";
import { type Group, groupsOf } from "./cuts.js";
import { execute, type Means } from "./execute.js";
import { machine } from "./memory.js";
import { PlannedStore } from "./planned.js";
import { finishedResult } from "./results.js";

/** The passes in which a planned volume would be computed. */
export function passesOf(result: Volume, options: Pick<RunOptions, "memoryLimit">, means: Means = {}): Group[] {
  if (!(result.store instanceof PlannedStore)) return [];
  return groupsOf(result.store.stages, memoryLimitOf(options, means.memory ?? machine));
}

/** Plans several steps as one: who watches is told of the passes in which they would go. */
export async function planTogether(
  volume: Volume,
  options: RunOptions,
  steps: (volume: Volume) => Promise<Volume>,
): Promise<Volume> {
  const { real, stages, watch } = volume.store as PlannedStore;
  const facts = { ...volume, brick: volume.grid.brick };
  const plan = await steps(new Volume({ ...facts, store: new PlannedStore(real, stages, undefined) }));
  for (const group of passesOf(plan, options)) watch?.run(group.stages, options);
  const store = new PlannedStore(real, (plan.store as PlannedStore).stages, watch);
  return new Volume({ ...plan, brick: plan.grid.brick, store });
}

/**
 * Computes what is planned; a volume that is there already is returned as it is. With `to`, intermediate volumes lie in
 * files beside it while they are needed, so that each of them can be taken up again, too.
 */
export async function compute(result: Volume, options: RunOptions, means: Means = {}): Promise<Volume> {
  if (!(result.store instanceof PlannedStore)) return result;
  const { real, stages: all } = result.store;
  const groups = passesOf(result, options, means);
  const { to } = options;
  const last = groups.length - 1;
  const beside = (k: number): string => to!.replace(/\.arrow$/i, `.pass-${k + 1}.arrow`);
  let now = real;
  // A finished result makes its intermediate volumes unnecessary.
  const first = to !== undefined && last > 0 && (await finishedResult(to, { volume: real, stages: all }, means.files));
  if (first) return new Volume({ ...result, brick: result.grid.brick, store: first, truth: real.truth });
  for (const [k, { stages }] of groups.entries()) {
    const before = now;
    const lineage = { volume: real, stages: groups.slice(0, k + 1).flatMap((group) => group.stages) };
    const target = to === undefined ? {} : { to: k === last ? to : beside(k) };
    now = await execute(before, stages, { ...options, ...target }, means, lineage).finally(() => {
      if (k > 0) before.store.release();
    });
    if (to !== undefined && k > 0) await rm(beside(k - 1), { force: true });
  }
  return now;
}
