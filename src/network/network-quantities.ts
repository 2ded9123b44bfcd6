/** How a network hangs together, quantity by quantity, in steps that any thread can take. */
import type { Axis } from "../core/shape.js";
import { conductances } from "./conductances.js";
import { numbersOf, type PoreNetwork, textsOf } from "./network.js";
import { axesOf, clustersOf, facePores, flowAlong } from "./network-flow.js";
import { partOf, type Steps } from "./steps.js";
import { spanning } from "./trim-network.js";
import { bottleneck, independentWays, removalSteps, type Ways } from "./ways.js";

export interface StatisticsTask {
  readonly axes: readonly Axis[];
  readonly orders: number;
  readonly seed: number;
}

export type QuantityRow = readonly [name: string, value: number, unit: string];

const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k]!;
  return values.length === 0 ? Number.NaN : sum / values.length;
};

/** The rows of the table: see `networkStatistics`. */
export function* statisticsOf(network: PoreNetwork, task: StatisticsTask): Steps<QuantityRow[]> {
  const rows = ofGraph(network);
  const { axes } = task;
  for (const [k, axis] of axes.entries())
    rows.push(...(yield* partOf(alongAxis(network, axis, task), k / axes.length, (k + 1) / axes.length)));
  return rows;
}

function ofGraph(network: PoreNetwork): QuantityRow[] {
  const { pores, throats, size, unit } = network;
  const face = textsOf(pores, "face");
  const touches = textsOf(pores, "touches");
  const [one, other] = [numbersOf(throats, "pore 1"), numbersOf(throats, "pore 2")];
  const own = face.flatMap((name, row) => (name === "" ? [row] : []));
  const edges = Array.from(one, (_, e) => e).filter((e) => face[one[e]!] === "" && face[other[e]!] === "");
  const cluster = clustersOf(pores.numRows, edges, one, other);
  const clusters = new Set(own.map((row) => cluster[row]!)).size;
  const all = clustersOf(
    pores.numRows,
    Array.from(one, (_, e) => e),
    one,
    other,
  );
  const through = new Set(axesOf("", network, undefined).flatMap((axis) => spanning(network, all, axis))).size;
  const count = new Int32Array(pores.numRows);
  for (const e of edges) {
    count[one[e]!]!++;
    count[other[e]!]!++;
  }
  const coordination = own.map((row) => count[row]!);
  const average = mean(coordination);
  const deviation = Math.sqrt(mean(coordination.map((n) => (n - average) ** 2)));
  const ends = own.filter((row) => count[row] === 1 && touches[row] === "").length;
  const cycles = edges.length - own.length + clusters;
  const [ball, cylinder] = [numbersOf(pores, "diameter"), numbersOf(throats, "diameter")];
  const narrow = edges.map((e) => cylinder[e]! / Math.min(ball[one[e]!]!, ball[other[e]!]!));
  return [
    ["pores", own.length, ""],
    ["throats", edges.length, ""],
    ["clusters", clusters, ""],
    ["spanning clusters", through, ""],
    ["isolated pores", coordination.filter((n) => n === 0).length, ""],
    ["dead ends", ends, ""],
    ["coordination", average, ""],
    ["coordination deviation", deviation, ""],
    ["largest coordination", coordination.reduce((most, n) => Math.max(most, n), 0), ""],
    ["cycles", cycles, ""],
    ["cycles per pore", cycles / own.length, ""],
    ["cycles per volume", cycles / (size[0] * size[1] * size[2] * network.sampleFraction), `1/${unit}³`],
    ["constriction", mean(narrow), "1"],
  ];
}

function* alongAxis(network: PoreNetwork, axis: Axis, { orders, seed }: StatisticsTask): Steps<QuantityRow[]> {
  const { pores, throats, unit } = network;
  const [low, high] = facePores(network, axis);
  const face = textsOf(pores, "face");
  // Ways end at the pores at the faces: what leads out of the volume there can be closed by nobody.
  const [one, other] = [numbersOf(throats, "pore 1"), numbersOf(throats, "pore 2")];
  const body = Array.from(one, (_, e) => e).filter((e) => face[one[e]!] === "" && face[other[e]!] === "");
  const inner = (rows: readonly number[]): number[] => {
    const set = new Set(rows);
    if (rows.every((row) => face[row] === "")) return [...rows];
    const found = new Set<number>();
    for (let e = 0; e < one.length; e++) {
      if (set.has(one[e]!)) found.add(other[e]!);
      if (set.has(other[e]!)) found.add(one[e]!);
    }
    return [...found];
  };
  const pick = (values: Float64Array): Float64Array => Float64Array.from(body, (e) => values[e]!);
  const ways: Ways = { nodes: pores.numRows, one: pick(one), other: pick(other), low: inner(low), high: inner(high) };
  const width = numbersOf(throats, "diameter");
  const conductance = conductances(network, "gradient");
  const { rate, rates } = yield* partOf(flowAlong(network, axis, conductance), 0, 0.3);
  const power = body.map((e) => (conductance[e]! > 0 ? rates[e]! ** 2 / conductance[e]! : 0));
  const squares = power.reduce((sum, w) => sum + w * w, 0);
  const spread = squares === 0 ? 0 : power.reduce((sum, w) => sum + w, 0) ** 2 / (body.length * squares);
  const most = body.reduce((best, e) => Math.max(best, Math.abs(rates[e]!)), 0);
  const widest = bottleneck(ways, pick(width));
  const independent = independentWays(ways);
  yield 0.5;
  const removable = yield* partOf(removalSteps(ways, orders, seed), 0.5, 1);
  return [
    [`bottleneck ${axis}`, widest, unit],
    [`independent ways ${axis}`, independent, ""],
    [`removable share ${axis}`, removable, "1"],
    [`participating share ${axis}`, spread, "1"],
    [`largest share ${axis}`, rate === 0 ? 0 : most / rate, "1"],
  ];
}
