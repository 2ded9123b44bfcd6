/** Plans a chain: calls its functions on planned volumes, which check their arguments and compute nothing. */
import { NeedsVoxels, NeedsWhole, outlineOf, PlannedStore, planOn, unknownVolume } from "../compute/planned.js";
import { InvalidArgument } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import type { Step } from "./recipe.js";
import { optionsAt, WITHOUT_MASK } from "./steps.js";

/** Options that all steps of a run share. */
export type Shared = Omit<RunOptions, "region" | "to">;

/** Calls a step. Its options are the last argument; those of the run are added to them. */
function call(step: Step, volume: Volume, shared: Omit<RunOptions, "region">): Promise<Volume> {
  const last = optionsAt(step.function);
  const rest: unknown[] = Array.from({ length: last + 1 }, (_, k) => step.arguments[k]);
  rest[last] = { ...(rest[last] as object | undefined), ...shared };
  return step.function(volume, ...(rest as never[]));
}

/** A result to plan on: planned already, or made without the engine. */
const plannable = (volume: Volume): Volume => (volume.store instanceof PlannedStore ? volume : planOn(volume));

/** A step that a volume has to be there for. */
export interface Blocked {
  readonly step: Step;
  /** What it asked for: voxels, or that it can work on whole planes. */
  readonly needs: NeedsVoxels;
  readonly last: boolean;
}

/** What to do where a step looks at voxels that are only planned. */
export interface Obstacle {
  /** A volume on which the step can be tried again: that before it, computed. */
  compute(before: Volume, blocked: Blocked): Promise<Volume>;
  /** The result of a step that works on whole planes, or looks at its own intermediate results. */
  alone(
    blocked: Blocked,
    before: Volume,
    call: (volume: Volume, more?: Pick<RunOptions, "to">) => Promise<Volume>,
  ): Promise<Volume>;
}

/** The planned result of all steps. @throws InvalidArgument if a step has no use for a shared option */
export async function planSteps(
  steps: readonly Step[],
  volume: Volume,
  shared: Shared,
  obstacle: Obstacle,
): Promise<Volume> {
  if (shared.mask !== undefined) checkMasked(steps);
  let now = plannable(volume);
  let rehearsed = false;
  for (const [k, step] of steps.entries()) {
    const planned = await attempt(step, now, shared);
    if (!(planned instanceof NeedsVoxels)) {
      now = planned;
      continue;
    }
    if (!rehearsed) await rehearse(steps.slice(k), now, shared);
    rehearsed = true;
    const blocked = { step, needs: planned, last: k === steps.length - 1 };
    const before = await obstacle.compute(now, blocked);
    const again = planned instanceof NeedsWhole ? planned : await attempt(step, planOn(before), shared);
    now =
      again instanceof NeedsVoxels
        ? plannable(
            await obstacle.alone({ ...blocked, needs: again }, before, (volume, more) =>
              call(step, volume, { ...shared, ...more }),
            ),
          )
        : again;
  }
  return now;
}

async function attempt(step: Step, on: Volume, shared: Shared): Promise<Volume | NeedsVoxels> {
  try {
    return plannable(await call(step, on, shared));
  } catch (error) {
    if (error instanceof NeedsVoxels) return error;
    throw error;
  }
}

/**
 * Plans steps on the facts alone before anything is computed for them, so that a wrong argument of the last one is not
 * met after hours; as far as the facts of results are known without voxels.
 */
async function rehearse(steps: readonly Step[], volume: Volume, shared: Shared): Promise<void> {
  let now = planOn(unknownVolume(outlineOf(volume)));
  for (const step of steps) {
    const planned = await attempt(step, now, shared);
    if (planned instanceof NeedsWhole) now = planOn(unknownVolume(planned.pass.outline));
    else if (planned instanceof NeedsVoxels) return;
    else now = planned;
  }
}

function checkMasked(steps: readonly Step[]): void {
  for (const [k, { name }] of steps.entries())
    if (WITHOUT_MASK.has(name))
      throw new InvalidArgument(
        `\`mask\` has no meaning for step ${k + 1} of the pipeline, ${name}, which takes none; run it apart from those that do`,
      );
}
