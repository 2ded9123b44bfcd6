/**
 * Which stages of a chain go through the bricks together. Together they write no intermediate volume, but each computes the
 * halos of those behind it once more for every brick; where that costs more than it saves, the chain is cut.
 */
import { formatBytes } from "../core/display.js";
import { DTYPES } from "../core/dtype.js";
import { BrickGrid, voxelCount } from "../core/shape.js";
import type { PlannedStage } from "./planned.js";
import { costOf, workBytesOf } from "./stage.js";

/** Stages that go together, and why they begin anew from an intermediate volume; undefined for the first group. */
export interface Group {
  readonly stages: readonly PlannedStage[];
  readonly because: string | undefined;
}

/** Nanoseconds to write a byte and to read it again: in memory, and in a file. Rough, for the choice only. */
const MEMORY_NS = 0.5;
const FILE_NS = 3;
/** What a thread can address, less some room for the kernels' own tables. */
const ADDRESSABLE = 2 ** 32 - 2 ** 26;

/** Nanoseconds of one thread for a group, over all bricks of its result. */
function groupCost(stages: readonly PlannedStage[]): number {
  const { shape, brick } = stages.at(-1)!.outline;
  return new BrickGrid(shape, brick).length * costOf(stages, brick);
}

/** Why these stages cannot go together; undefined if they can. */
function hindrance(stages: readonly PlannedStage[], limit: number): string | undefined {
  const wraps = stages
    .slice(1)
    .find(({ border, halo, placement }) => border === "wrap" && (placement !== undefined || halo.some((n) => n > 0)));
  if (wraps !== undefined) return `${wraps.caller} wraps around: its bricks need those of the far side`;
  const work = stages.length === 1 ? 0 : workBytesOf(stages, stages.at(-1)!.outline.brick);
  const most = Math.min(limit, ADDRESSABLE);
  return work > most
    ? `one brick with the surroundings of all steps would take ${formatBytes(work)}, more than ${formatBytes(most)}`
    : undefined;
}

/** Cuts a chain into groups so that the least is computed and moved in all. */
export function groupsOf(stages: readonly PlannedStage[], limit: number): Group[] {
  const transfer = stages.map(({ outline }) => {
    const bytes = voxelCount(outline.shape) * DTYPES[outline.dtype].bytes;
    return bytes * (bytes > limit ? FILE_NS : MEMORY_NS);
  });
  // best[n]: the cheapest way to bring the first n stages behind us, and where its last group begins.
  const best: { cost: number; from: number }[] = [{ cost: 0, from: 0 }];
  for (let stop = 1; stop <= stages.length; stop++) {
    let found = { cost: Number.POSITIVE_INFINITY, from: stop - 1 };
    for (let from = 0; from < stop; from++) {
      const group = stages.slice(from, stop);
      if (group.length > 1 && hindrance(group, limit) !== undefined) continue;
      const cost = best[from]!.cost + (from === 0 ? 0 : transfer[from - 1]!) + groupCost(group);
      if (cost < found.cost) found = { cost, from };
    }
    best.push(found);
  }
  const groups: Group[] = [];
  for (let stop = stages.length; stop > 0; stop = best[stop]!.from)
    groups.unshift({ stages: stages.slice(best[stop]!.from, stop), because: undefined });
  return groups.map((group, k) => {
    const before = groups[k - 1];
    return before === undefined ? group : { ...group, because: reason(before.stages, group.stages, limit) };
  });
}

function reason(before: readonly PlannedStage[], after: readonly PlannedStage[], limit: number): string {
  const together = [...before, ...after];
  const apart = groupCost(before) + groupCost(after);
  return (
    hindrance(together, limit) ??
    `for the halos ${Math.round(100 * (groupCost(together) / apart - 1))} % more would be computed, which costs more than an intermediate volume`
  );
}
