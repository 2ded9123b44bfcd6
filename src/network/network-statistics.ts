import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Axis } from "../core/shape.js";
import { conductances } from "./conductances.js";
import { numbersOf, type PoreNetwork, textsOf } from "./network.js";
import { checkNetwork } from "./network-diffusion.js";
import { axesOf, clustersOf, facePores, flowAlong } from "./network-flow.js";
import { spanning } from "./trim-network.js";
import { bottleneck, independentWays, removalShare, type Ways } from "./ways.js";

/** Options of {@link networkStatistics}. */
export interface NetworkStatisticsOptions {
  /** Numbers from face to face along this axis alone. Default: along each axis of more than one voxel. */
  axis?: Axis;
  /** Random orders in which throats are taken away, from 1 to 10000. Default 64. */
  orders?: number;
  /** Seed of these orders. Default 1. */
  seed?: number;
}

/**
 * How a network hangs together: numbers that tell structures apart whose porosity and tortuosity factor are the same.
 *
 * Columns: `quantity`, `value`, `unit`. Boundary pores and their throats count in no number but those from face to face.
 * - `pores`, `throats`, `clusters` of pores that hang together, `spanning clusters` along any axis, `isolated pores` without a throat,
 *   `dead ends`: pores of one throat that touch no face.
 * - `coordination`: mean, `coordination deviation`, `largest coordination`.
 * - `cycles`: throats that could go without a cluster falling apart, throats − pores + clusters (the genus of the pore space as far as
 *   the network sees it); `cycles per pore`, and per volume of the whole.
 * - `constriction`: mean of a throat's diameter over that of the narrower of its two balls.
 * - `bottleneck z` and so on: diameter of the widest ball that comes from face to face; 0 where no way leads through.
 * - `independent ways z`: how many ways from face to face have no throat in common: the fewest throats that cut it (Menger). Both are
 *   infinite where one pore reaches from face to face.
 * - `removable share z`: share of throats that have to be closed, in random order, until nothing leads through; a mean over
 *   orders.
 * - `participating share z`: on how large a part of the throats a diffusive flow spreads: (Σ w)² / (n Σ w²) of the power w that
 *   each takes; 1 if all take as much. `largest share z`: of the flow in the throat that has most of it.
 * Exact but for the random orders, whose seed is in the provenance. Cost some seconds for 10⁵ pores.
 * @throws InvalidArgument if it is no network, or a pore touches both faces and there are no boundary pores
 * @see K. Menger, Zur allgemeinen Kurventheorie (1927), doi:10.4064/fm-10-1-96-115 (cuts); E. A. Dinic (1970) (their number)
 */
export function networkStatistics(network: PoreNetwork, options: NetworkStatisticsOptions = {}): ResultTable {
  const caller = "networkStatistics";
  checkNetwork(caller, network);
  checkOptions(caller, options, ["axis", "orders", "seed"]);
  const { orders = 64, seed = 1 } = options;
  checkNumber("orders", orders, 1, 10_000, true);
  checkNumber("seed", seed, 0, 2 ** 32 - 1, true);
  const axes = axesOf(caller, network, options.axis);
  const rows = [...ofGraph(network), ...axes.flatMap((axis) => alongAxis(network, axis, orders, seed))];
  return resultTable(
    [
      { name: "quantity", values: rows.map(([name]) => name) },
      { name: "value", values: rows.map(([, value]) => value) },
      { name: "unit", values: rows.map(([, , unit]) => unit) },
    ],
    trace(caller, { axis: options.axis, orders, seed }, { network }),
  );
}

type Row = readonly [name: string, value: number, unit: string];

const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k]!;
  return values.length === 0 ? Number.NaN : sum / values.length;
};

function ofGraph(network: PoreNetwork): Row[] {
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

function alongAxis(network: PoreNetwork, axis: Axis, orders: number, seed: number): Row[] {
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
  const { rate, rates } = flowAlong(network, axis, conductance);
  const power = body.map((e) => (conductance[e]! > 0 ? rates[e]! ** 2 / conductance[e]! : 0));
  const squares = power.reduce((sum, w) => sum + w * w, 0);
  const spread = squares === 0 ? 0 : power.reduce((sum, w) => sum + w, 0) ** 2 / (body.length * squares);
  const most = body.reduce((best, e) => Math.max(best, Math.abs(rates[e]!)), 0);
  return [
    [`bottleneck ${axis}`, bottleneck(ways, pick(width)), unit],
    [`independent ways ${axis}`, independentWays(ways), ""],
    [`removable share ${axis}`, removalShare(ways, orders, seed), "1"],
    [`participating share ${axis}`, spread, "1"],
    [`largest share ${axis}`, rate === 0 ? 0 : most / rate, "1"],
  ];
}
