/** Which particles of one state are which of the next. */
import type { RunOptions } from "../core/options.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import type { LabelTable } from "../statistics/label-table.js";
import { type AffineMotion, affineOf, between, lengthOf, medianOf, moved, type Point, STILL } from "./affine-motion.js";
import { bestPairs, type Pairing } from "./assignment.js";
import { type Overlap, overlapsOf } from "./label-overlaps.js";
import { cellOf, PointGrid } from "./point-grid.js";

/** The particles of one state. Lengths in µm, or voxels where the voxel size is unknown. */
export interface Particles {
  readonly labels: Float64Array;
  readonly voxels: Float64Array;
  readonly centres: readonly Point[];
  /** Of the ball of the same volume. */
  readonly radii: Float64Array;
  /** True of one that a face of the volume cuts, or may cut. */
  readonly cut: readonly boolean[];
}

/** @param least voxels of a particle that counts */
export function particlesOf(table: LabelTable, volume: Volume, edges: Triple, least: number): Particles {
  const rows = Array.from(table.labels.keys()).filter((k) => table.voxels[k]! >= least);
  const cell = edges[0] * edges[1] * edges[2];
  const of = (values: Float64Array): Float64Array => Float64Array.from(rows, (k) => values[k]!);
  const voxels = of(table.voxels);
  return {
    labels: of(table.labels),
    voxels,
    centres: rows.map(
      (k) => table.places.map((sums, axis) => (edges[axis]! * sums[k]!) / table.voxels[k]!) as unknown as Point,
    ),
    radii: voxels.map((count) => Math.cbrt((3 * count * cell) / (4 * Math.PI))),
    // An axis of one plane cuts nothing: an image has no third dimension.
    cut: rows.map((k) =>
      volume.shape.some((n, axis) => n > 1 && (table.start[axis]![k] === 0 || table.stop[axis]![k] === n)),
    ),
  };
}

/** One step from a state to the next. */
export interface Match {
  /** Place of each particle of the state before in the next one; −1 where it has none. */
  readonly next: Int32Array;
  /** For particles of the next state that none went to: the one they have come off, or −1. */
  readonly from: Int32Array;
  /** For particles of the state before that went nowhere: the one they have become a part of, or −1. */
  readonly into: Int32Array;
  readonly overlaps: readonly Overlap[];
  readonly motion: AffineMotion;
  /** How far each particle of the state before is from where the affine motion takes it; NaN where it went nowhere. */
  readonly residuals: Float64Array;
}

export interface MatchOptions {
  readonly edges: Triple;
  /** Farthest that anything is looked for. */
  readonly reach: number;
  /** Least share of the smaller one that has to overlap. */
  readonly share: number;
}

/** Rounds of predicting motion from matches and matching by it; two are enough unless particles are few. */
const ROUNDS = 5;
/** Matched neighbours whose motion tells that of a particle. */
const NEIGHBOURS = 8;

export async function matchParticles(
  [one, other]: readonly [Particles, Particles],
  [volume, next]: readonly [Volume, Volume],
  options: MatchOptions,
  run: Pick<RunOptions, "signal" | "memoryLimit" | "workers">,
): Promise<Match> {
  const { edges, reach, share } = options;
  const [n, m] = [one.labels.length, other.labels.length];
  const grid = new PointGrid(other.centres, Math.max(typical(other.radii), 1e-9));
  let motion = startOf(one, other, grid, reach);
  let predicted: readonly Point[] = one.centres.map((centre) => moved(motion, centre));
  let steps: Int32Array | undefined;
  let found: { overlaps: Overlap[]; pairs: Int32Array } = { overlaps: [], pairs: new Int32Array(n).fill(-1) };
  let growth = 1;
  for (let round = 0; round < ROUNDS && n > 0 && m > 0; round++) {
    const whole = stepsInVoxels(one.centres, predicted, edges, reach);
    if (steps?.every((step, k) => step === whole[k])) break;
    steps = whole;
    const all = await overlapsOf(volume, one.labels, steps, next, run);
    const places = new Map(Array.from(other.labels, (label, k) => [label, k] as const));
    const overlaps = all.flatMap(({ row, other: label, voxels }) => {
      const place = places.get(label);
      return place === undefined ? [] : [{ row, other: place, voxels }];
    });
    growth = growthOf(overlaps, one, other);
    const pairs = bestPairs(n, m, pairingsOf(overlaps, [one, other], { grid, predicted, growth, share }));
    found = { overlaps, pairs };
    const sure = Array.from(pairs.keys()).filter((k) => pairs[k]! >= 0 && !one.cut[k] && !other.cut[pairs[k]!]);
    // Where all particles are cut by faces, they are all there is.
    const known = sure.length > 0 ? sure : Array.from(pairs.keys()).filter((k) => pairs[k]! >= 0);
    motion = affineOf(
      known.map((k) => one.centres[k]!),
      known.map((k) => other.centres[pairs[k]!]!),
    );
    predicted = followed(one, other, pairs, known, motion);
  }
  const { overlaps, pairs } = found;
  const residuals = Float64Array.from(pairs, (pair, k) =>
    pair < 0 ? Number.NaN : lengthOf(between(moved(motion, one.centres[k]!), other.centres[pair]!)),
  );
  return { next: pairs, ...partsOf(overlaps, pairs, [one, other], growth, share), overlaps, motion, residuals };
}

const typical = (radii: Float64Array): number => (radii.length === 0 ? 1 : medianOf([...radii]));

function stepsInVoxels(from: readonly Point[], to: readonly Point[], edges: Triple, reach: number): Int32Array {
  const steps = new Int32Array(3 * from.length);
  for (const [k, point] of from.entries())
    for (let axis = 0; axis < 3; axis++) {
      const step = to[k]![axis]! - point[axis]!;
      steps[3 * k + axis] = Math.round(Math.min(reach, Math.max(-reach, step)) / edges[axis]!);
    }
  return steps;
}

/**
 * A first guess of the motion from centres alone: no motion, or the shift that most pairs of like volume agree in; of both what
 * explains more pairs, after some rounds of pairing nearest neighbours.
 */
function startOf(one: Particles, other: Particles, grid: PointGrid, reach: number): AffineMotion {
  const bin = typical(one.radii) / 2;
  const votes = new Map<number, { worth: number; sum: [number, number, number] }>();
  for (const [k, centre] of one.centres.entries())
    for (const { point } of grid.within(centre, reach)) {
      const step = between(centre, other.centres[point]!);
      const [v, w] = [one.voxels[k]!, other.voxels[point]!];
      const worth = Math.min(v, w) / Math.max(v, w);
      const key = cellOf(...(step.map((value) => Math.floor(value / bin)) as [number, number, number]));
      const vote = votes.get(key) ?? { worth: 0, sum: [0, 0, 0] };
      vote.worth += worth;
      for (let axis = 0; axis < 3; axis++) vote.sum[axis]! += worth * step[axis]!;
      votes.set(key, vote);
    }
  const starts: AffineMotion[] = [STILL];
  const ranked = [...votes.values()].sort((a, b) => b.worth - a.worth).slice(0, 3);
  for (const { worth, sum } of ranked)
    starts.push({ matrix: STILL.matrix, shift: sum.map((value) => value / worth) as unknown as Point });
  let best = { motion: STILL, explained: -1 };
  for (const start of starts) {
    let motion = start;
    let explained = 0;
    for (let round = 0; round < 8; round++) {
      const [from, to]: [Point[], Point[]] = [[], []];
      explained = 0;
      for (const [k, centre] of one.centres.entries()) {
        const place = moved(motion, centre);
        const near = grid.nearest(place, one.radii[k]!);
        if (near === undefined) continue;
        from.push(centre);
        to.push(other.centres[near]!);
        explained += 1 - lengthOf(between(place, other.centres[near]!)) / one.radii[k]!;
      }
      const next = affineOf(from, to);
      if (lengthOf(between(motion.shift, next.shift)) < 1e-6 * bin) break;
      motion = next;
    }
    // Motion that is no smaller has to explain clearly more.
    if (explained > best.explained + 1e-9) best = { motion, explained };
  }
  return best.motion;
}

/** How much larger particles have become: the median over those that overlap most, both ways. */
function growthOf(overlaps: readonly Overlap[], one: Particles, other: Particles): number {
  const [forward, back] = [mostOf(overlaps, "row"), mostOf(overlaps, "other")];
  const ratios = [...forward.values()]
    .filter((overlap) => back.get(overlap.other) === overlap)
    .filter(({ row, other: k }) => !one.cut[row] && !other.cut[k])
    .map(({ row, other: k }) => other.voxels[k]! / one.voxels[row]!);
  return ratios.length === 0 ? 1 : medianOf(ratios);
}

/** The largest overlap of each particle; of equal ones the first. */
function mostOf(overlaps: readonly Overlap[], by: "row" | "other"): Map<number, Overlap> {
  const most = new Map<number, Overlap>();
  for (const overlap of overlaps) {
    const before = most.get(overlap[by]);
    if (before === undefined || overlap.voxels > before.voxels) most.set(overlap[by], overlap);
  }
  return most;
}

/** The share of the smaller particle that overlaps, both as large as before or after, whichever is smaller. */
function shareOf({ row, other: k, voxels }: Overlap, one: Particles, other: Particles, growth: number): number {
  const [v, w] = [one.voxels[row]! * Math.min(1, growth), other.voxels[k]! * Math.min(1, 1 / growth)];
  return Math.min(1, voxels / Math.min(v, w));
}

interface Guess {
  readonly grid: PointGrid;
  readonly predicted: readonly Point[];
  readonly growth: number;
  readonly share: number;
}

/** Pairs that may be: those that overlap, and those of like volume that are near where one is expected. */
function pairingsOf(
  overlaps: readonly Overlap[],
  [one, other]: readonly [Particles, Particles],
  { grid, predicted, growth, share }: Guess,
): Pairing[] {
  const worthOf = (row: number, column: number, overlap: number): number => {
    const [v, w] = [one.voxels[row]! * growth, other.voxels[column]!];
    const away = lengthOf(between(predicted[row]!, other.centres[column]!));
    const radius = Math.max(one.radii[row]!, other.radii[column]!);
    return overlap + Math.exp(-((away / radius) ** 2)) + Math.min(v, w) / Math.max(v, w);
  };
  const shares = new Map<number, Map<number, number>>();
  for (const overlap of overlaps) {
    const known = shares.get(overlap.row) ?? new Map<number, number>();
    known.set(overlap.other, shareOf(overlap, one, other, growth));
    shares.set(overlap.row, known);
  }
  const pairs: Pairing[] = [];
  for (let row = 0; row < one.labels.length; row++) {
    const known = shares.get(row) ?? new Map<number, number>();
    const columns = new Set([...known].filter(([, part]) => part >= share).map(([column]) => column));
    for (const { point } of grid.within(predicted[row]!, one.radii[row]!)) {
      const [v, w] = [one.voxels[row]! * growth, other.voxels[point]!];
      if (Math.min(v, w) >= 0.5 * Math.max(v, w)) columns.add(point);
    }
    for (const column of [...columns].sort((a, b) => a - b))
      pairs.push({ row, column, worth: worthOf(row, column, known.get(column) ?? 0) });
  }
  return pairs;
}

/** Where particles are expected: by the motion of all, and what their matched neighbours do beside it. */
function followed(
  one: Particles,
  other: Particles,
  pairs: Int32Array,
  known: readonly number[],
  motion: AffineMotion,
): Point[] {
  const places = known.map((k) => one.centres[k]!);
  const beside = known.map((k) => between(moved(motion, one.centres[k]!), other.centres[pairs[k]!]!));
  const radius = 6 * typical(one.radii);
  const grid = new PointGrid(places, Math.max(radius / 2, 1e-9));
  return one.centres.map((centre, k) => {
    const place = moved(motion, centre);
    const near = grid
      .within(centre, radius)
      .filter(({ point }) => known[point] !== k)
      .sort((a, b) => a.square - b.square || a.point - b.point)
      .slice(0, NEIGHBOURS);
    if (near.length < NEIGHBOURS / 2) return place;
    return place.map(
      (value, axis) => value + medianOf(near.map(({ point }) => beside[point]![axis]!)),
    ) as unknown as Point;
  });
}

/** Of what none went to or went nowhere: whose part it was, or has become. */
function partsOf(
  overlaps: readonly Overlap[],
  pairs: Int32Array,
  [one, other]: readonly [Particles, Particles],
  growth: number,
  share: number,
): Pick<Match, "from" | "into"> {
  const from = new Int32Array(other.labels.length).fill(-1);
  const into = new Int32Array(one.labels.length).fill(-1);
  const taken = new Set(pairs);
  for (const [column, overlap] of mostOf(overlaps, "other"))
    if (!taken.has(column) && shareOf(overlap, one, other, growth) >= share) from[column] = overlap.row;
  for (const [row, overlap] of mostOf(overlaps, "row"))
    if (pairs[row]! < 0 && shareOf(overlap, one, other, growth) >= share) into[row] = overlap.other;
  return { from, into };
}
