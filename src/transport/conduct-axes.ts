/** The solution along each axis that is asked for: memory, threads, progress. */
import { memoryLimitOf } from "../compute/build.js";
import { claimWork } from "../compute/execute.js";
import { machine } from "../compute/memory.js";
import { defaultWorkers } from "../compute/pool.js";
import { type Run, watched } from "../compute/progress.js";
import type { Team } from "../compute/team.js";
import type { Column } from "../core/arrow/table.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkChoice, checkNumber, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { AXES, type Axis, regionShape, type Shape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import type { CollectorPlane } from "../measure/delamination.js";
import type { ConductionPlan } from "./conduction-plan.js";
import { type Conductivities, conductorsOf, type NamedConductors } from "./conductors.js";
import {
  type Conduction,
  type Conductors,
  checkAddressable,
  conductionTeam,
  type Direction,
  planOf,
  solveConduction,
} from "./solve-conduction.js";

/** What conducts. */
export interface ConductorOptions {
  /** The phase that conducts, by name or label. Default: of two phases the second; of a mask all but 0. */
  phase?: string | number;
  /**
   * Instead of one phase several, each with its own diffusivity (or conductivity) over that of the bulk:
   * `{ pore: 1, binder: 0.05 }`, by name or label. What is not listed conducts nothing.
   */
  conductivities?: Conductivities;
}

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

export const AXES_OPTIONS = ["axis", "sides", "collector", "tolerance", ...TABLE_OPTIONS] as const;

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

/** What conducts along each axis that was asked for. */
export interface Conducted extends CheckedAxes {
  readonly conductors: Conductors;
  readonly named: Readonly<Record<string, number>>;
  readonly what: string;
  readonly solved: readonly Conduction[];
  readonly figures: readonly Figures[];
  /** Why nothing flows, for each axis; empty where something does. */
  readonly reasons: readonly string[];
}

/** Between the faces along each axis that is asked for. */
export async function conductAlongAxes(
  caller: string,
  labels: Volume,
  options: AxesOptions & ConductorOptions,
  after?: (team: Team, found: NamedConductors & CheckedAxes, solved: Conduction) => Promise<void>,
): Promise<Conducted> {
  const { phase, conductivities, region, mask, axis: _, sides: __, collector: ___, tolerance: ____, ...run } = options;
  const box = { ...(region && { region }), ...(mask && { mask }) };
  const found = conductorsOf(caller, labels, { phase, conductivities, ...box });
  const { conductors, what } = found;
  const checked = checkAxes(caller, regionShape(conductors.region), options);
  const { axes, sides, tolerance, collector } = checked;
  const directions = axes.map((axis) => ({
    axis: AXES[axis],
    reversed: isReversed(axis, collector),
    periodic: [0, 1, 2].map((n) => sides === "periodic" && n !== AXES[axis]) as [boolean, boolean, boolean],
    open: true,
    reaction: 0,
  }));
  const solved = await conduct(caller, conductors, directions, tolerance, run, (team, one) =>
    Promise.resolve(after?.(team, { ...found, ...checked }, one)),
  );
  const figures = solved.map((one) => figuresOf(caller, what, one, conductors.conductivities));
  const reasons = solved.map(({ percolates }, k) =>
    percolates ? "" : `no path of ${what} leads from face to face along ${axes[k]}`,
  );
  return { ...found, ...checked, solved, figures, reasons };
}

/** Columns that name the axes, and by the collector. */
export function axisColumns({ axes, collector }: CheckedAxes): Column[] {
  const named: Column = { name: "axis", values: [...axes] };
  if (collector === undefined) return [named];
  return [named, { name: "direction", values: axes.map((axis) => directionOf(axis, collector)) }];
}

/** Columns that tell how a solution was found. */
export const solverColumns = ({ solved, reasons }: Pick<Conducted, "solved" | "reasons">): Column[] => [
  { name: "flux difference", values: solved.map(({ spread }) => spread), unit: "1" },
  { name: "steps", values: solved.map(({ iterations }) => iterations), whole: true },
  { name: "reason", values: [...reasons] },
];

/** What a solution means. */
export interface Figures {
  /** Volume fraction of what conducts, share of it that is connected, mean conductivity. */
  readonly fraction: number;
  readonly percolating: number;
  readonly mean: number;
  readonly effective: number;
}

/** @throws MissingData if nothing conducts */
export function figuresOf(caller: string, what: string, one: Conduction, conductivities: readonly number[]): Figures {
  const { counts, kept, inside, size, dissipated, percolates } = one;
  const sum = (of: Uint32Array, weigh: (byte: number) => number): number =>
    conductivities.reduce((total, value, byte) => total + (value > 0 ? of[byte]! * weigh(byte) : 0), 0);
  const conducting = sum(counts, () => 1);
  if (conducting === 0) throw new MissingData(`${caller}: no voxel of region and mask belongs to ${what}`);
  const most = Math.max(...conductivities);
  const box = size[0] * size[1] * size[2];
  return {
    fraction: conducting / inside,
    percolating: sum(kept, () => 1) / conducting,
    mean: sum(counts, (byte) => conductivities[byte]!) / inside,
    effective: percolates ? ((most * dissipated * size[0]) / (size[1] * size[2])) * (box / inside) : 0,
  };
}

/** What a function has done with the team while a solution is there. */
export type After = (team: Team, solved: Conduction) => Promise<void>;

/** A team with room for some problems, whose plans depend on how many members there are. */
export interface TeamWork<T> {
  readonly plans: (members: number) => readonly ConductionPlan[];
  /** Parts of the progress. */
  readonly parts: number;
  readonly body: (team: Team, plans: readonly ConductionPlan[], run: Run) => Promise<T>;
}

/** Claims the memory, starts the threads, and lets both go. */
export async function withTeam<T>(
  caller: string,
  { labels, region }: Conductors,
  options: Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers">,
  work: TeamWork<T>,
): Promise<T> {
  const { workers = defaultWorkers() } = options;
  const most = work.plans(workers);
  for (const plan of most) checkAddressable(caller, plan);
  const shared = Math.max(...most.map(({ bytes }) => bytes));
  const box = regionShape(region);
  // What a thread reads at once: sixteen planes, of labels and mask, and what they become.
  const own = 16 * box[1] * box[2] * (DTYPES[labels.dtype].bytes + 2);
  const limit = memoryLimitOf(options, machine);
  const sharing = await machine.claim(caller, shared, limit);
  try {
    const { claim, workers: members } = await claimWork(caller, own, workers, machine, limit);
    try {
      return await watched(caller, work.parts, options, async (run) => {
        const plans = work.plans(members);
        const team = await conductionTeam(caller, plans, members, sharing, run.signal);
        try {
          return await work.body(team, plans, run);
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

/** Solves one problem after the other with the same threads. */
export function conduct(
  caller: string,
  conductors: Conductors,
  directions: readonly Direction[],
  tolerance: number,
  options: Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers">,
  after?: After,
): Promise<Conduction[]> {
  return withTeam(caller, conductors, options, {
    plans: (members) => directions.map((direction) => planOf(conductors, direction, members)),
    parts: 100 * directions.length,
    body: async (team, plans, { signal, step }) => {
      const solved: Conduction[] = [];
      for (const [k, direction] of directions.entries()) {
        let told = 0;
        const tell = (share: number): void => {
          for (; told < Math.floor(100 * share); told++) step();
        };
        const one = await solveConduction(caller, team, conductors, direction, plans[k]!, tolerance, { signal }, tell);
        await after?.(team, one);
        tell(1);
        solved[k] = one;
      }
      return solved;
    },
  });
}
