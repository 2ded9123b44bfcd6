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
import type { Balance, ExactBalance, Step } from "./conduction-solver.js";
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
  /** What a reacting face takes out, in units of the potential there; where voxels are no cubes, a face across the axis of the flux. */
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
  /** Largest difference of the fluxes through two planes over their mean. */
  readonly spread: number;
}

/** As near as float32 comes to fluxes that are alike. */
const EXACT = 1e-6;
/** How much farther off potentials may be before the last step than after it. */
const EARLIER = 3;
/** How many steps may go without coming nearer, and in all. */
const MOST_STEPS = 2000;
const MOST_CHECKS = 12;
/** Where it goes around, what conducts less than this share of the voxels side by side does not conduct. */
const NO_FLUX = 1e-5;

/** The problem as its threads see it. */
export function planOf(
  conductors: Conductors,
  direction: Direction,
  members: number,
  reacting = false,
): ConductionPlan {
  const box = regionShape(conductors.region);
  const { axis, periodic, open } = direction;
  const axes = axesOf(axis);
  // A side that goes around an odd number of voxels has no chessboard: there the box is taken twice.
  const goes = (k: number): boolean => periodic[axes[k]!]! && (box[axes[k]!]! > 1 || k === 0);
  const size = axes.map((n, k) => (goes(k) && box[n]! % 2 === 1 ? 2 : 1) * box[n]!) as unknown as Triple;
  const around = goes(0);
  const flags =
    (around ? FLAGS.aroundZ : FLAGS.fixedFirst | (open ? FLAGS.fixedLast : 0)) |
    (goes(1) ? FLAGS.aroundY : 0) |
    (goes(2) ? FLAGS.aroundX : 0);
  const steps = axes.map((n) => conductors.steps[n]!);
  const weights = steps.map((step) => (steps[0]! / step) ** 2) as unknown as Triple;
  const conducting = conductors.conductivities.filter((value) => value > 0);
  const alike = weights.every((weight) => Math.abs(weight - 1) < 1e-9) && conducting.length === 1;
  return planConduction({ size, flags, alike, weights, members, reacting });
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

/** Voxels of each byte: of the box, and of what is connected; and of all that counts. */
export type TakenIn = Pick<Conduction, "counts" | "kept" | "inside">;

/** Brings the voxels to the threads, and leaves out what is not connected with the faces. */
export async function takeIn(
  team: Team,
  { labels, mask, region, bytes, lowest, conductivities }: Conductors,
  { axis, reversed, open, reaction, periodic }: Direction,
  plan: ConductionPlan,
): Promise<TakenIn> {
  const letGo = [labels, mask].map(hold);
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
    const counts = await team.call<Uint32Array>("load", task);
    const kept = await team.call<Uint32Array>("trim", { to: periodic[axis] ? "none" : open ? "both" : "first" });
    const inside = plan.size[0] * plan.size[1] * plan.size[2] - counts[OUTSIDE_SAMPLE]!;
    return { counts, kept, inside };
  } finally {
    for (const free of letGo) free();
  }
}

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
  const { conductivities } = conductors;
  const { axis, open, periodic } = direction;
  const taken = await takeIn(team, conductors, direction, plan);
  told(0.1);
  signal.throwIfAborted();
  const { kept } = taken;
  const { size } = plan;
  const facts = { ...taken, size };
  const most = Math.max(...conductivities);
  const share = conductivities.reduce((sum, value, byte) => sum + (value > 0 ? kept[byte]! * (value / most) : 0), 0);
  if (share === 0) return { ...facts, ...NOTHING, percolates: false, iterations: 0, spread: 0 };
  // Nothing conducts better than its voxels side by side; where it goes around, what flows may be nothing.
  const floor = periodic[axis] ? (NO_FLUX * share) / size[0] ** 2 : 0;
  const isNothing = ({ mean }: Balance): boolean => Math.abs(mean) < floor;
  const spreadOf = ({ mean, difference }: Balance): number => (difference === 0 ? 0 : difference / Math.abs(mean));
  let now = await team.call<ExactBalance>("prepare", { level: periodic[axis] || !open ? "none" : "falling" });
  const start = Math.max(spreadOf(now), 1);
  let iterations = 0;
  let checks = 0;
  let best = Number.POSITIVE_INFINITY;
  // The even fall itself may be the solution, but for the last digits.
  for (let enough = spreadOf(now) <= EXACT; !enough; ) {
    const balance = await team.call<Step | undefined>("step", undefined);
    iterations++;
    signal.throwIfAborted();
    if (balance !== undefined && iterations < MOST_STEPS && !isNothing(balance)) {
      const near = spreadOf(balance);
      const done = Math.log(start / Math.max(near, tolerance)) / Math.log(start / tolerance);
      told(0.2 + 0.8 * Math.min(1, Math.max(0, done)));
      const off = Math.sqrt(balance.product / Math.abs(balance.mean));
      if (near > tolerance * 0.9 || off > tolerance * EARLIER) continue;
    }
    now = await team.call<ExactBalance>("check", undefined);
    const none = isNothing(now);
    enough = none ? now.dissipated <= floor : spreadOf(now) <= tolerance;
    const measure = none ? now.dissipated : spreadOf(now);
    if (measure < 0.9 * best) {
      best = measure;
      checks = 0;
    }
    if (!enough && (++checks > MOST_CHECKS || iterations >= MOST_STEPS))
      throw new ComputeFailed(
        `${caller}: after ${iterations} steps the fluxes of two planes still differ by ${spreadOf(now).toExponential(1)} of their mean, and not by the tolerance of ${tolerance.toExponential(1)}; give a larger tolerance`,
      );
  }
  const percolates = !periodic[axis] || now.dissipated > floor;
  return { ...facts, ...now, percolates, iterations, spread: percolates ? spreadOf(now) : 0 };
}

const NOTHING: ExactBalance = {
  fluxes: new Float64Array(0),
  mean: 0,
  difference: 0,
  dissipated: 0,
  sideways: [0, 0],
  onward: new Float64Array(0),
};
