/** Solves conduction through voxels: memory, threads, steps, and when it is enough. */
import { hold } from "../compute/execute.js";
import type { Claim } from "../compute/memory.js";
import { describeRegion } from "../compute/places.js";
import type { Run } from "../compute/progress.js";
import { startTeam, TEAM_BYTES, type Team } from "../compute/team.js";
import { formatBytes } from "../core/display.js";
import { ComputeFailed, LimitExceeded } from "../core/errors.js";
import { type Region, regionShape, type Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { type ConductionPlan, FLAGS, planConduction } from "./conduction-plan.js";
import type { Balance, ExactBalance } from "./conduction-solver.js";
import { type ConductionTask, OUTSIDE_SAMPLE } from "./conduction-thread.js";

/** What conducts, and where. */
export interface Conductors {
  readonly labels: Volume;
  readonly region: Region;
  readonly mask: Volume | undefined;
  /** The byte of each label from `lowest` on, and the conductivity of each byte; see conduction-thread.ts. */
  readonly bytes: Uint8Array;
  readonly lowest: number;
  readonly conductivities: readonly number[];
  /** Voxel size along z, y, x, in any unit. */
  readonly steps: Triple;
}

/** Which way it flows, and what is at the faces. */
export interface Direction {
  /** 0, 1 or 2: z, y or x. */
  readonly axis: number;
  readonly reversed: boolean;
  /** Axes of the volume, z, y, x, along which what leaves on one side comes in on the other. That of the flux goes around a jump of 1. */
  readonly periodic: readonly [boolean, boolean, boolean];
  /** Fixed potential at the last face; else it is closed. */
  readonly open: boolean;
  /** What each reacting face takes out, in units of the potential there. */
  readonly reaction: number;
}

/** What a solution is, in units of voxels along the flux and of the conductivity 1. */
export interface Conduction extends ExactBalance {
  /** Voxels of each byte: of the box, and of what is connected. */
  readonly counts: Uint32Array;
  readonly kept: Uint32Array;
  /** Voxels of all that counts. */
  readonly inside: number;
  readonly size: Triple;
  readonly percolates: boolean;
  readonly iterations: number;
}

/** How many steps may go without coming nearer, and in all. */
const MOST_STEPS = 2000;
const MOST_CHECKS = 12;

/** The problem as its threads see it. */
export function planOf(conductors: Conductors, direction: Direction, members: number): ConductionPlan {
  const box = regionShape(conductors.region);
  const { axis, periodic, open } = direction;
  const axes = axesOf(axis);
  // A side that goes around an odd number of voxels has no chessboard: there the box is taken twice.
  const size = axes.map(
    (n) => (periodic[n] && box[n]! > 1 && box[n]! % 2 === 1 ? 2 : 1) * box[n]!,
  ) as unknown as Triple;
  const goes = (k: number): boolean => periodic[axes[k]!]! && (box[axes[k]!]! > 1 || k === 0);
  const around = goes(0);
  const flags =
    (around ? FLAGS.aroundZ : FLAGS.fixedFirst | (open ? FLAGS.fixedLast : 0)) |
    (goes(1) ? FLAGS.aroundY : 0) |
    (goes(2) ? FLAGS.aroundX : 0);
  const steps = axes.map((n) => conductors.steps[n]!);
  const weights = steps.map((step) => (steps[0]! / step) ** 2) as unknown as Triple;
  const conducting = conductors.conductivities.filter((value) => value > 0);
  const alike = weights.every((weight) => Math.abs(weight - 1) < 1e-9) && conducting.length === 1;
  return planConduction({ size, flags, alike, weights, members });
}

/** The axis of the flux first; the one that changes fastest in memory stays last where it can. */
export function axesOf(axis: number): Triple {
  return axis === 0 ? [0, 1, 2] : axis === 1 ? [1, 0, 2] : [2, 1, 0];
}

/** @throws LimitExceeded if threads cannot address the problem */
export function checkAddressable(caller: string, { size, bytes }: ConductionPlan): void {
  if (bytes > TEAM_BYTES)
    throw new LimitExceeded(
      `${caller}: ${size.join(" × ")} voxels need ${formatBytes(bytes)} to be solved, and threads can address 4 GiB; choose a region, or downsample`,
      bytes,
      TEAM_BYTES,
    );
}

/** Starts threads with room for the largest of some problems. */
export function conductionTeam(
  caller: string,
  plans: readonly ConductionPlan[],
  workers: number,
  claim: Claim,
  signal: AbortSignal,
): Promise<Team> {
  const bytes = Math.max(...plans.map((plan) => plan.bytes));
  return startTeam(new URL("./conduction-thread.js", import.meta.url), { what: caller, signal, workers, bytes, claim });
}

/** Tells how far a solution has come, as a share of 1. */
export type Told = (share: number) => void;

/**
 * Solves one direction.
 * @param tolerance largest difference of the fluxes of two planes, over their mean
 * @throws ComputeFailed if float32 cannot bring the fluxes so near to each other
 */
export async function solveConduction(
  caller: string,
  team: Team,
  conductors: Conductors,
  direction: Direction,
  plan: ConductionPlan,
  tolerance: number,
  { signal }: Pick<Run, "signal">,
  told: Told = () => undefined,
): Promise<Conduction> {
  const { labels, mask, region, bytes, lowest, conductivities } = conductors;
  const { axis, reversed, open, reaction, periodic } = direction;
  const letGo = [labels, mask].map(hold);
  let counts: Uint32Array;
  const most = Math.max(...conductivities);
  try {
    const task: ConductionTask = {
      plan,
      labels: describeRegion(labels, region),
      mask: mask && describeRegion(mask, region),
      start: region.start,
      box: regionShape(region),
      axes: axesOf(axis),
      reversed,
      bytes,
      lowest,
      resistivities: Float32Array.from({ length: 256 }, (_, byte) => most / (conductivities[byte] ?? 0)),
      reaction,
    };
    counts = await team.call<Uint32Array>("load", task);
  } finally {
    for (const free of letGo) free();
  }
  told(0.1);
  signal.throwIfAborted();
  const kept = await team.call<Uint32Array>("trim", { to: periodic[axis] ? "none" : open ? "both" : "first" });
  const size = plan.size;
  const inside = size[0] * size[1] * size[2] - counts[OUTSIDE_SAMPLE]!;
  const facts = { counts, kept, inside, size };
  const conducts = conductivities.some((value, byte) => value > 0 && kept[byte]! > 0);
  if (!conducts) return { ...facts, ...NOTHING, percolates: false, iterations: 0 };
  let now = await team.call<ExactBalance>("prepare", { level: periodic[axis] || !open ? "none" : "falling" });
  let iterations = 0;
  let checks = 0;
  let best = now.spread;
  const start = Math.max(now.spread, 1);
  while (!(now.spread <= tolerance)) {
    const balance = await team.call<Balance | undefined>("step", undefined);
    iterations++;
    signal.throwIfAborted();
    if (balance !== undefined) {
      const share = Math.log(start / Math.max(balance.spread, tolerance)) / Math.log(start / tolerance);
      told(0.2 + 0.8 * Math.min(1, Math.max(0, share)));
      if (balance.spread > tolerance * 0.9 && iterations < MOST_STEPS) continue;
    }
    now = await team.call<ExactBalance>("check", undefined);
    if (now.spread <= tolerance) break;
    if (now.spread < 0.9 * best) {
      best = now.spread;
      checks = 0;
    }
    if (++checks > MOST_CHECKS || iterations >= MOST_STEPS)
      throw new ComputeFailed(
        `${caller}: after ${iterations} steps the fluxes of two planes still differ by ${now.spread.toExponential(1)} of their mean, and not by the tolerance of ${tolerance.toExponential(1)}; give a larger tolerance`,
      );
  }
  return { ...facts, ...now, percolates: true, iterations };
}

const NOTHING: ExactBalance = { fluxes: new Float64Array(0), mean: 0, spread: 0, dissipated: 0, sideways: [0, 0] };
