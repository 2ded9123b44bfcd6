/** Particles through all states: their numbers, and the tables. */
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import type { Provenance } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import { between, medianOf, moved, type Point } from "./affine-motion.js";
import type { Match, Particles } from "./match-particles.js";
import type { Series } from "./series.js";
import { withTableNote } from "./table-note.js";

/** Bytes of a particle in a state: its figures, possible partners, links and row. */
export const TRACK_BYTES = 2000;

/** For each state and each of its particles. */
export interface Through {
  /** Number from 1 on, the same in all states. */
  readonly particle: readonly Float64Array[];
  readonly lineage: readonly Float64Array[];
  readonly origin: readonly string[][];
  readonly fate: readonly string[][];
  readonly parent: readonly Float64Array[];
  readonly into: readonly Float64Array[];
  /** V/V₀ of the particle, NaN from a split or merge on; of its lineage. */
  readonly ratio: readonly Float64Array[];
  readonly lineageRatio: readonly Float64Array[];
}

/** Sets that are joined one by one. */
class Sets {
  readonly #parents: number[] = [];
  of(one: number): number {
    while (this.#parents.length <= one) this.#parents.push(this.#parents.length);
    let root = one;
    while (this.#parents[root] !== root) root = this.#parents[root]!;
    this.#parents[one] = root;
    return root;
  }
  join(one: number, other: number): void {
    const [a, b] = [this.of(one), this.of(other)];
    this.#parents[Math.max(a, b)] = Math.min(a, b);
  }
}

export function followedThrough(all: readonly Particles[], matches: readonly Match[]): Through {
  const lists = (): Float64Array[] => all.map(({ labels }) => new Float64Array(labels.length));
  const words = (word: string): string[][] => all.map(({ labels }) => new Array<string>(labels.length).fill(word));
  const [particle, lineage, parent, into, ratio, lineageRatio] = [lists(), lists(), lists(), lists(), lists(), lists()];
  const [origin, fate] = [words("appeared"), words("lost")];
  origin[0]!.fill("first");
  fate.at(-1)!.fill("last");
  let next = 0;
  const sets = new Sets();
  for (const [s, { labels }] of all.entries()) {
    if (s > 0) {
      const { next: pairs, from, into: targets } = matches[s - 1]!;
      for (const [k, pair] of pairs.entries()) {
        if (pair < 0) continue;
        particle[s]![pair] = particle[s - 1]![k]!;
        origin[s]![pair] = "kept";
        fate[s - 1]![k] = "kept";
      }
      for (const [k, source] of from.entries()) {
        if (source < 0) continue;
        origin[s]![k] = "split";
        parent[s]![k] = particle[s - 1]![source]!;
        fate[s - 1]![source] = "split";
        const main = pairs[source]!;
        if (main >= 0) origin[s]![main] = "split";
      }
      for (const [k, target] of targets.entries()) {
        if (target < 0) continue;
        fate[s - 1]![k] = "merged";
        origin[s]![target] = "merged";
      }
    }
    for (let k = 0; k < labels.length; k++) if (particle[s]![k] === 0) particle[s]![k] = ++next;
    if (s === 0) continue;
    const { into: targets } = matches[s - 1]!;
    for (const [k, target] of targets.entries()) if (target >= 0) into[s - 1]![k] = particle[s]![target]!;
    for (const k of labels.keys()) if (parent[s]![k]! > 0) sets.join(parent[s]![k]!, particle[s]![k]!);
    for (const k of targets.keys()) if (into[s - 1]![k]! > 0) sets.join(particle[s - 1]![k]!, into[s - 1]![k]!);
  }
  // Volume of a particle when it was first seen, and whether it is still the same thing.
  const first = new Map<number, number>();
  const broken = new Set<number>();
  const lineageFirst = new Map<number, number>();
  for (const [s, { voxels }] of all.entries()) {
    const sums = new Map<number, number>();
    for (const [k, count] of voxels.entries()) {
      const number = particle[s]![k]!;
      const root = sets.of(number);
      lineage[s]![k] = root;
      sums.set(root, (sums.get(root) ?? 0) + count);
      if (origin[s]![k] === "merged" || (origin[s]![k] === "split" && parent[s]![k] === 0)) broken.add(number);
      if (!first.has(number)) first.set(number, count);
      ratio[s]![k] = broken.has(number) ? Number.NaN : count / first.get(number)!;
    }
    for (const [root, sum] of sums) if (!lineageFirst.has(root)) lineageFirst.set(root, sum);
    for (const [k, root] of lineage[s]!.entries()) lineageRatio[s]![k] = sums.get(root)! / lineageFirst.get(root)!;
  }
  return { particle, lineage, origin, fate, parent, into, ratio, lineageRatio };
}

export function tracksTable(
  states: Series,
  all: readonly Particles[],
  matches: readonly Match[],
  through: Through,
  edges: Triple,
  provenance: Provenance,
): ResultTable & { states: ResultTable; lineage: ResultTable } {
  const known = states.spacing !== undefined;
  const [unit, cube] = known ? ["µm", "µm³"] : ["voxel", "voxel³"];
  const cell = edges[0] * edges[1] * edges[2];
  const at = all.flatMap(({ labels }, s) => Array.from(labels.keys(), (k) => [s, k] as const));
  const of = (lists: readonly (Float64Array | readonly string[])[]): (number | string)[] =>
    at.map(([s, k]) => lists[s]![k]!);
  const numbers = (name: string, values: (number | string)[], unit?: string): Column => ({
    name,
    values: values as number[],
    ...(unit !== undefined && { unit }),
  });
  const whole = (name: string, values: (number | string)[]): Column => ({
    name,
    values: values as number[],
    whole: true,
  });
  const text = (name: string, values: string[]): Column => ({ name, values });
  const steps = stepsTaken(all, matches);
  const columns: Column[] = [
    ...states.columns(at.map(([s]) => s)),
    whole("particle", of(through.particle)),
    whole("lineage", of(through.lineage)),
    { name: "label", values: Float64Array.from(of(all.map(({ labels }) => labels)) as number[]) },
    text("origin", of(through.origin) as string[]),
    text("fate", of(through.fate) as string[]),
    whole("parent", of(through.parent)),
    whole("into", of(through.into)),
    numbers("voxels", of(all.map(({ voxels }) => voxels))),
    numbers(
      "volume",
      (of(all.map(({ voxels }) => voxels)) as number[]).map((count) => count * cell),
      cube,
    ),
    numbers("volume ratio", of(through.ratio), "1"),
    numbers(
      "expansion",
      (of(through.ratio) as number[]).map((ratio) => 100 * (ratio - 1)),
      "%",
    ),
    numbers("lineage ratio", of(through.lineageRatio), "1"),
    ...["z", "y", "x"].map((axis, n) =>
      numbers(
        `centroid ${axis}`,
        at.map(([s, k]) => all[s]!.centres[k]![n]! / edges[n]!),
        "voxel",
      ),
    ),
    ...["z", "y", "x"].map((axis, n) =>
      numbers(
        `moved ${axis}`,
        at.map(([s, k]) => steps[s]![k]!.step[n]!),
        unit,
      ),
    ),
    numbers(
      "beside",
      at.map(([s, k]) => steps[s]![k]!.beside),
      unit,
    ),
    text(
      "at face",
      at.map(([s, k]) => (all[s]!.cut[k] ? "yes" : "no")),
    ),
  ];
  const counts = all.map((_, s) => {
    const count = (words: readonly string[] | undefined, word: string): number =>
      words?.filter((one) => one === word).length ?? 0;
    const fates = s + 1 < all.length ? through.fate[s] : undefined;
    return {
      kept: count(fates, "kept"),
      split: count(fates, "split"),
      merged: count(fates, "merged"),
      lost: count(fates, "lost"),
      appeared: count(through.origin[s], "appeared"),
    };
  });
  const total = (pick: keyof (typeof counts)[number]): number => counts.reduce((sum, count) => sum + count[pick], 0);
  const note = `${through.particle.reduce((most, list) => list.reduce((a, b) => Math.max(a, b), most), 0)} particles in ${all.length} states; between them ${total("kept")} were kept, ${total("split")} split, ${total("merged")} merged, ${total("lost")} lost, ${total("appeared")} appeared.`;
  const table = withTableNote(resultTable(columns, provenance), note);
  return Object.assign(table, {
    states: statesTable(states, all, matches, through, counts, edges, provenance),
    lineage: lineageTable(states, matches, through, provenance),
  });
}

const NOWHERE: Point = [Number.NaN, Number.NaN, Number.NaN];

/** How far each particle has come since the state before. */
function stepsTaken(all: readonly Particles[], matches: readonly Match[]): { step: Point; beside: number }[][] {
  return all.map(({ labels, centres }, s) => {
    const steps = Array.from(labels, () => ({ step: NOWHERE, beside: Number.NaN }));
    if (s > 0)
      for (const [k, pair] of matches[s - 1]!.next.entries())
        if (pair >= 0)
          steps[pair] = {
            step: between(all[s - 1]!.centres[k]!, centres[pair]!),
            beside: matches[s - 1]!.residuals[k]!,
          };
    return steps;
  });
}

function statesTable(
  states: Series,
  all: readonly Particles[],
  matches: readonly Match[],
  { ratio }: Through,
  counts: readonly Readonly<Record<"kept" | "split" | "merged" | "lost" | "appeared", number>>[],
  edges: Triple,
  provenance: Provenance,
): ResultTable {
  const known = states.spacing !== undefined;
  const unit = known ? "µm" : "voxel";
  const cell = edges[0] * edges[1] * edges[2];
  const sums = all.map(({ voxels }) => voxels.reduce((sum, count) => sum + count, 0) * cell);
  const middle = states.shape.map((n, k) => ((n - 1) / 2) * edges[k]!) as unknown as Point;
  const motions = all.map((_, s) => (s === 0 ? undefined : matches[s - 1]!.motion));
  const axes = ["z", "y", "x"];
  const squares = all.map((_, s) => {
    const match = matches[s - 1];
    // What a face cuts has another centroid, and not another motion.
    const away =
      match === undefined
        ? []
        : [...match.residuals].filter(
            (value, k) => Number.isFinite(value) && !all[s - 1]!.cut[k] && !all[s]!.cut[match.next[k]!],
          );
    return Math.sqrt(away.reduce((sum, value) => sum + value * value, 0) / away.length);
  });
  return resultTable(
    [
      ...states.columns(),
      { name: "particles", values: all.map(({ labels }) => labels.length), whole: true },
      { name: "volume", values: sums, unit: `${unit}³` },
      { name: "volume ratio", values: sums.map((sum) => sum / sums[0]!), unit: "1" },
      {
        name: "median ratio",
        values: ratio.map((list, s) =>
          medianOf([...list].filter((value, k) => Number.isFinite(value) && !all[s]!.cut[k])),
        ),
        unit: "1",
      },
      ...(["kept", "split", "merged", "lost", "appeared"] as const).map((name) => ({
        name,
        values: counts.map((count) => count[name]),
        whole: true,
      })),
      ...axes.map((axis, n) => ({
        name: `motion ${axis}`,
        values: motions.map((motion) => (motion ? between(middle, moved(motion, middle))[n]! : Number.NaN)),
        unit,
      })),
      ...axes.flatMap((to, a) =>
        axes.map((from, b) => ({
          name: `motion ${to}${from}`,
          values: motions.map((motion) => motion?.matrix[3 * a + b] ?? Number.NaN),
          unit: "1",
        })),
      ),
      { name: "deviation", values: squares, unit },
    ],
    provenance,
  );
}

function lineageTable(
  { states }: Series,
  matches: readonly Match[],
  { particle }: Through,
  provenance: Provenance,
): ResultTable {
  const links = matches.flatMap(({ next, from, into, overlaps }, s) => {
    const shared = new Map(overlaps.map(({ row, other, voxels }) => [`${row},${other}`, voxels]));
    const link = (row: number, other: number, kind: string) => ({
      s,
      row,
      other,
      kind,
      voxels: shared.get(`${row},${other}`) ?? 0,
    });
    return [
      ...[...next].flatMap((other, row) => (other < 0 ? [] : [link(row, other, "kept")])),
      ...[...from].flatMap((row, other) => (row < 0 ? [] : [link(row, other, "split")])),
      ...[...into].flatMap((other, row) => (other < 0 ? [] : [link(row, other, "merged")])),
    ].sort((a, b) => a.row - b.row || a.other - b.other);
  });
  return resultTable(
    [
      { name: "state", values: links.map(({ s }) => states[s]!.name) },
      { name: "particle", values: links.map(({ s, row }) => particle[s]![row]!), whole: true },
      { name: "next state", values: links.map(({ s }) => states[s + 1]!.name) },
      { name: "next particle", values: links.map(({ s, other }) => particle[s + 1]![other]!), whole: true },
      { name: "kind", values: links.map(({ kind }) => kind) },
      { name: "shared", values: links.map(({ voxels }) => voxels), unit: "voxel" },
    ],
    provenance,
  );
}
