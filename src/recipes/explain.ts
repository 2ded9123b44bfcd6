import { passesOf } from "../compute/chain.js";
import { callersOf } from "../compute/execute.js";
import { copy } from "../compute/operations.js";
import { NeedsWhole, outlineOf, type PlannedStage, unknownVolume, type WholePass } from "../compute/planned.js";
import { run } from "../compute/run.js";
import { workBytesOf } from "../compute/stage.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import type { RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { BrickGrid } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { planSteps } from "./plan-steps.js";
import type { Recipe, Step } from "./recipe.js";

interface Pass {
  readonly steps: string;
  readonly bricks: number;
  readonly work: number;
  readonly why: string;
}

function passOf(stages: readonly PlannedStage[], why: string): Pass {
  const { shape, brick } = stages.at(-1)!.outline;
  return {
    steps: callersOf(stages),
    bricks: new BrickGrid(shape, brick).length,
    work: workBytesOf(stages, brick),
    why,
  };
}

function wholePass({ caller, outline, sharedBytes, threadBytes, why, parts }: WholePass): Pass {
  const { shape, brick } = outline;
  return {
    steps: caller,
    bricks: new BrickGrid(shape, brick).length,
    work: sharedBytes + threadBytes,
    why: `${why} (${parts})`,
  };
}

/** The passes of a chain over a volume, as a table. */
export async function explain(
  steps: readonly Step[],
  volume: Volume,
  options: Pick<RunOptions, "region" | "mask" | "memoryLimit">,
  recipe: Recipe,
): Promise<ResultTable> {
  const { region, ...shared } = options;
  const passes: Pass[] = [];
  const add = (plan: Volume): void => {
    for (const { stages, because } of passesOf(plan, options)) passes.push(passOf(stages, because ?? ""));
  };
  let plan = await planSteps(steps, volume, shared, {
    compute: async (before) => {
      add(before);
      return unknownVolume(outlineOf(before));
    },
    alone: async ({ step, needs }, before) => {
      if (needs instanceof NeedsWhole) {
        passes.push(wholePass(needs.pass));
        return unknownVolume(needs.pass.outline);
      }
      const why = "it looks at the voxels of what comes before";
      passes.push({ steps: step.name, bricks: before.grid.length, work: 0, why });
      return unknownVolume(outlineOf(before));
    },
  });
  if (region !== undefined)
    plan = await run(copy, plan, {}, { region }, { provenance: trace("crop", { region }, { volume: plan }) });
  add(plan);
  return resultTable(
    [
      { name: "steps", values: passes.map(({ steps }) => steps) },
      { name: "bricks", values: passes.map(({ bricks }) => bricks), whole: true },
      { name: "memory of a thread", values: passes.map(({ work }) => work), unit: "byte" },
      { name: "why apart", values: passes.map(({ why }) => why) },
    ],
    trace("explain", { ...options, mask: undefined, steps: recipe.steps }, { volume, mask: options.mask }),
  );
}
