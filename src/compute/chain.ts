/** Computes a planned volume: all stages that it needs, in as few passes over the bricks as pays. */
import { rm } from "node:fs/promises";
import type { RunOptions } from "../core/options.js";
import { wholeRegion } from "../core/shape.js";
import { Volume } from "../core/volume.js";
import { memoryLimitOf } from "./build.js";
import { type Group, groupsOf } from "./cuts.js";
import { execute, type Means, truthOf } from "./execute.js";
import { machine } from "./memory.js";
import { copy } from "./operations.js";
import { outlineOf, PlannedStore, planOn, stageOf } from "./planned.js";
import { fileTarget, finishedResult } from "./results.js";

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
  const { truth } = volume;
  const plan = await steps(
    new Volume({ ...outlineOf(volume), truth, store: new PlannedStore(real, stages, undefined) }),
  );
  for (const group of passesOf(plan, options)) watch?.run(group.stages, options);
  // The plan begins elsewhere where a step had to be computed.
  const ahead = plan.store as PlannedStore;
  const store = new PlannedStore(ahead.real, ahead.stages, watch);
  return new Volume({ ...outlineOf(plan), store });
}

/**
 * Several steps as one function's work: planned together where the volume is planned, else computed in as few passes as pays.
 */
export async function inSteps(
  volume: Volume,
  options: RunOptions,
  steps: (volume: Volume) => Promise<Volume>,
): Promise<Volume> {
  return volume.store instanceof PlannedStore
    ? planTogether(volume, options, steps)
    : compute(await steps(planOn(volume)), options);
}

/**
 * Computes what is planned; a volume that is there already is returned as it is. With `to`, intermediate volumes lie in
 * files beside it while they are needed, so that each of them can be taken up again, too.
 */
export async function compute(result: Volume, options: RunOptions, means: Means = {}): Promise<Volume> {
  if (!(result.store instanceof PlannedStore)) return result;
  const { real, stages: planned } = result.store;
  // What was changed of the facts alone, by `with`, after the last stage.
  const outline = outlineOf(result);
  if (planned.length === 0 && options.to === undefined)
    return new Volume({ ...outline, truth: real.truth, store: real.store });
  const last = planned.at(-1) ?? stageOf(copy, real, {}, outline, { region: wholeRegion(real.shape) });
  const all = [...planned.slice(0, -1), { ...last, outline }];
  const groups = groupsOf(all, memoryLimitOf(options, means.memory ?? machine));
  const { to } = options;
  const end = groups.length - 1;
  const beside = (k: number): string => `${to}.pass-${k + 1}.arrow`;
  let now = real;
  // A finished result makes its intermediate volumes unnecessary.
  const whole = to !== undefined && end > 0 ? fileTarget(to, { volume: real, stages: all }) : undefined;
  const finished = whole && (await finishedResult(whole, means.files));
  if (finished !== undefined)
    return new Volume({ ...outline, store: finished, truth: await truthOf(real, all, options, means) });
  for (const [k, { stages }] of groups.entries()) {
    const before = now;
    const behind = groups.slice(0, k + 1).flatMap((group) => group.stages);
    const lineage = {
      volume: real,
      stages: behind,
      ...(whole !== undefined && k < end && { whole: whole.job.sha256 }),
    };
    const target = to === undefined ? {} : { to: k === end ? to : beside(k) };
    now = await execute(before, stages, { ...options, ...target }, means, lineage).finally(() => {
      if (k > 0) before.store.release();
    });
  }
  if (to !== undefined)
    // Also those that a stopped run left, which had other steps go together.
    for (let k = 0; k < all.length; k++)
      for (const suffix of ["", ".partial", ".journal"]) await rm(`${beside(k)}${suffix}`, { force: true });
  return now;
}
