/** Plans a chain: calls its functions on planned volumes, which check their arguments and compute nothing. */
import { NeedsVoxels, PlannedStore, planOn } from "../compute/planned.js";
import type { RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { Step } from "./recipe.js";

/** Options that all steps of a run share. */
export type Shared = Omit<RunOptions, "region" | "to">;

/** Calls a step. Its options are the last argument; those of the run are added to them. */
function call(step: Step, volume: Volume, shared: Shared): Promise<Volume> {
  const last = step.function.length - 1;
  const rest: unknown[] = Array.from({ length: last + 1 }, (_, k) => step.arguments[k]);
  rest[last] = { ...(rest[last] as object | undefined), ...shared };
  return step.function(volume, ...(rest as never[]));
}

/** A result to plan on: planned already, or made without the engine. */
const plannable = (volume: Volume): Volume => (volume.store instanceof PlannedStore ? volume : planOn(volume));

/** What to do where a step looks at voxels that are only planned. */
export interface Obstacle {
  /** A volume on which the step can be tried again: that before it, computed. */
  compute(before: Volume): Promise<Volume>;
  /** The result of a step that looks at its own intermediate results, too. */
  alone(step: Step, before: Volume, call: (volume: Volume) => Promise<Volume>): Promise<Volume>;
}

/** The planned result of all steps. */
export async function planSteps(
  steps: readonly Step[],
  volume: Volume,
  shared: Shared,
  obstacle: Obstacle,
): Promise<Volume> {
  let now = plannable(volume);
  const attempt = async (step: Step, on: Volume): Promise<Volume | undefined> => {
    try {
      return plannable(await call(step, on, shared));
    } catch (error) {
      if (error instanceof NeedsVoxels) return undefined;
      throw error;
    }
  };
  for (const step of steps) {
    const planned = await attempt(step, now);
    if (planned !== undefined) {
      now = planned;
      continue;
    }
    const before = await obstacle.compute(now);
    now =
      (await attempt(step, planOn(before))) ??
      planOn(await obstacle.alone(step, before, (volume) => call(step, volume, shared)));
  }
  return now;
}
