/** The solution along each axis that is asked for: memory, threads, progress. */
import { memoryLimitOf } from "../compute/build.js";
import { claimWork } from "../compute/execute.js";
import { machine } from "../compute/memory.js";
import { defaultWorkers } from "../compute/pool.js";
import { watched } from "../compute/progress.js";
import type { Team } from "../compute/team.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkChoice, checkNumber, type RunOptions } from "../core/options.js";
import { AXES, type Axis, regionShape, type Shape } from "../core/shape.js";
import type { CollectorPlane } from "../measure/delamination.js";
import type { ConductionPlan } from "./conduction-plan.js";
import {
  type Conduction,
  type Conductors,
  checkAddressable,
  conductionTeam,
  type Direction,
  planOf,
  solveConduction,
} from "./solve-conduction.js";

/** Options of functions that solve conduction along axes. */
export interface AxesOptions extends Omit<RunOptions, "to"> {
  /** The axis along which it flows, or several. Default: all along which there is more than one voxel. */
  axis?: Axis | readonly Axis[];
  /** What is at the sides: `closed`, nothing passes; `periodic`, what leaves on one side comes in on the other. Default `closed`. */
  sides?: "closed" | "periodic";
  /** Where the collector lies, such as `{ axis: "z", side: "low" }`; the separator is opposite. Then directions are named by them, too. */
  collector?: CollectorPlane;
  /** Largest difference of the fluxes through two planes, over their mean, at which a solution counts as such. Default 0.001. */
  tolerance?: number;
}

export const AXES_OPTIONS = [
  "axis",
  "sides",
  "collector",
  "tolerance",
  "region",
  "mask",
  "signal",
  "onProgress",
  "memoryLimit",
  "workers",
] as const;

/** Smallest tolerance that float32 potentials can be asked for. */
const LEAST_TOLERANCE = 1e-5;

export interface CheckedAxes {
  readonly axes: readonly Axis[];
  readonly sides: "closed" | "periodic";
  readonly tolerance: number;
  readonly collector: CollectorPlane | undefined;
}

export function checkAxes(caller: string, shape: Shape, options: AxesOptions): CheckedAxes {
  const { axis, sides = "closed", collector, tolerance = 1e-3, workers } = options;
  const names = Object.keys(AXES) as Axis[];
  const wide = names.filter((name) => shape[AXES[name]] > 1);
  const axes = axis === undefined ? (wide.length > 0 ? wide : names) : Array.isArray(axis) ? axis : [axis as Axis];
  if (axes.length === 0) throw new InvalidArgument(`${caller}: axis is an empty list; leave it out for all axes`);
  for (const name of axes) checkChoice("axis", name, names);
  if (new Set(axes).size < axes.length)
    throw new InvalidArgument(`${caller}: axis names one twice: ${axes.join(", ")}`);
  checkChoice("sides", sides, ["closed", "periodic"]);
  checkNumber("tolerance", tolerance, LEAST_TOLERANCE, 0.1);
  if (workers !== undefined) checkNumber("workers", workers, 1, 64, true);
  if (collector !== undefined) checkCollector(caller, collector);
  return { axes, sides, tolerance, collector };
}

export function checkCollector(caller: string, collector: unknown): asserts collector is CollectorPlane {
  if (typeof collector !== "object" || collector === null)
    throw new InvalidArgument(
      `${caller}: collector is ${JSON.stringify(collector)}; say at which face it lies: { axis: "z", side: "low" }`,
    );
  const { axis, side } = collector as CollectorPlane;
  checkChoice("collector.axis", axis, ["z", "y", "x"]);
  checkChoice("collector.side", side, ["low", "high"]);
}

/** Words for a direction: across the layers of the cell or along them. */
export const directionOf = (axis: Axis, collector: CollectorPlane): string =>
  axis === collector.axis ? "through plane, separator to collector" : "in plane";

/** The first plane of a problem is at the separator, where that is known. */
export const isReversed = (axis: Axis, collector: CollectorPlane | undefined): boolean =>
  collector?.axis === axis && collector.side === "low";

/** What a function has done with the team before it is let go: with maps, for instance. */
export type After = (team: Team, plan: ConductionPlan, solved: Conduction, direction: Direction) => Promise<void>;

/** Solves one problem after the other with the same threads. @param extra bytes to be claimed beside */
export async function conduct(
  caller: string,
  conductors: Conductors,
  directions: readonly Direction[],
  tolerance: number,
  options: Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers">,
  after?: After,
): Promise<Conduction[]> {
  const { workers = defaultWorkers() } = options;
  const plans = directions.map((direction) => planOf(conductors, direction, workers));
  for (const plan of plans) checkAddressable(caller, plan);
  const shared = Math.max(...plans.map(({ bytes }) => bytes));
  const box = regionShape(conductors.region);
  // What a thread reads at once: sixteen planes, of labels and mask, and what they become.
  const own = 16 * box[1] * box[2] * (DTYPES[conductors.labels.dtype].bytes + 2);
  const limit = memoryLimitOf(options, machine);
  const sharing = await machine.claim(caller, shared, limit);
  try {
    const { claim, workers: members } = await claimWork(caller, own, workers, machine, limit);
    try {
      return await watched(caller, 100 * directions.length, options, async ({ signal, step }) => {
        const team = await conductionTeam(caller, plans, members, sharing, signal);
        try {
          const solved: Conduction[] = [];
          for (const [k, direction] of directions.entries()) {
            let told = 0;
            const tell = (share: number): void => {
              for (; told < Math.floor(100 * share); told++) step();
            };
            const plan = planOf(conductors, direction, members);
            const one = await solveConduction(caller, team, conductors, direction, plan, tolerance, { signal }, tell);
            await after?.(team, plan, one, direction);
            tell(1);
            solved[k] = one;
          }
          return solved;
        } finally {
          await team.end();
        }
      });
    } finally {
      claim.drop();
    }
  } finally {
    sharing.drop();
  }
}
