import { Table } from "apache-arrow";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";

/** Options of {@link sizeDistribution}. */
export interface SizeDistributionOptions {
  /** Column of diameters. Default `equivalent diameter`. */
  column?: string;
  /** Edges of the bins, ascending, in the unit of the diameters; or how many bins of equal width there are from 0 to the largest. Default 20. */
  bins?: number | readonly number[];
}

/** Diameters below which a tenth, a half and nine tenths of particles lie. */
export interface SizeQuantiles {
  readonly d10: number;
  readonly d50: number;
  readonly d90: number;
}

/** What {@link sizeDistribution} returns: a row for each bin, and the figures of all. */
export type SizeDistribution = ResultTable & {
  /** Of the number of particles. */
  readonly byNumber: SizeQuantiles & { readonly mean: number; readonly deviation: number };
  /** Of their volume; its mean is De Brouckere's D[4,3], Sauter's D[3,2] that of the surface. */
  readonly byVolume: SizeQuantiles & { readonly mean: number; readonly sauter: number };
  readonly count: number;
};

/**
 * Distribution of sizes, by number and by volume, of particles ({@link particles}), pores or plain diameters.
 *
 * Columns: `from` and `to` of the bin (the last one includes its end), `number`, `number fraction`, `volume fraction`, `cumulative number` and
 * `cumulative volume` up to its end; by volume each particle counts with d³. What lies outside of given bins counts in none, but in the fractions' whole.
 * d10, d50 and d90 do not depend on bins: they are read from the sorted diameters, straight between the middles of their steps.
 *
 * Sizes of cut particles are too small, and large ones are cut more often: leave them out (`particles(…, { border: "leave out" })`) where there are enough.
 * @param sizes a table with a column of diameters, or diameters
 * @throws InvalidArgument if diameters are not finite and above 0, or bins are not ascending
 * @throws MissingData if there are none, or the table has no such column
 * @example const { byVolume } = sizeDistribution(await particles(labels, { border: "leave out" })); byVolume.d50
 */
export function sizeDistribution(
  sizes: ResultTable | readonly number[] | Float64Array,
  options: SizeDistributionOptions = {},
): SizeDistribution {
  const caller = "sizeDistribution";
  checkOptions(caller, options, ["column", "bins"]);
  const { column = "equivalent diameter", bins = 20 } = options;
  const { diameters, unit } = diametersOf(caller, sizes, column);
  const sorted = Float64Array.from(diameters).sort();
  const edges = edgesOf(caller, bins, sorted.at(-1)!);
  const cubes = sorted.map((d) => d ** 3);
  const [count, volume] = [sorted.length, sum(cubes)];
  const rows = edges.slice(0, -1).map((from, k) => {
    const to = edges[k + 1]!;
    const [first, end] = [firstAt(sorted, from), k === edges.length - 2 ? firstAbove(sorted, to) : firstAt(sorted, to)];
    return { from, to, end, number: end - first, volume: sum(cubes.subarray(first, end)) };
  });
  const table = resultTable(
    [
      { name: "from", values: rows.map(({ from }) => from), unit },
      { name: "to", values: rows.map(({ to }) => to), unit },
      { name: "number", values: rows.map(({ number }) => number), whole: true },
      { name: "number fraction", values: rows.map(({ number }) => number / count), unit: "1" },
      { name: "volume fraction", values: rows.map((row) => row.volume / volume), unit: "1" },
      { name: "cumulative number", values: rows.map(({ end }) => end / count), unit: "1" },
      { name: "cumulative volume", values: rows.map(({ end }) => sum(cubes.subarray(0, end)) / volume), unit: "1" },
    ],
    trace(caller, { column, bins: edges }, sizes instanceof Table && "provenance" in sizes ? { sizes } : {}),
  );
  const mean = sum(sorted) / count;
  const squares = sum(sorted.map((d) => d ** 2));
  return Object.assign(table, {
    byNumber: {
      ...quantiles(
        sorted,
        sorted.map(() => 1),
      ),
      mean,
      deviation: Math.sqrt(sum(sorted.map((d) => (d - mean) ** 2)) / count),
    },
    byVolume: { ...quantiles(sorted, cubes), mean: sum(sorted.map((d) => d ** 4)) / volume, sauter: volume / squares },
    count,
  });
}

/** Diameters of a table or a list, checked. */
export function diametersOf(
  caller: string,
  sizes: unknown,
  column: string,
): { diameters: ArrayLike<number>; unit: string } {
  let [diameters, unit]: [ArrayLike<number>, string] = [[], ""];
  if (sizes instanceof Table) {
    const found = sizes.getChild(column);
    if (found === null)
      throw new MissingData(
        `${caller}: the table has no column ${JSON.stringify(column)}; it has ${sizes.schema.fields.map(({ name }) => name).join(", ")}`,
      );
    diameters = Array.from(found, Number);
    unit = sizes.schema.fields.find(({ name }) => name === column)!.metadata.get("unit") ?? "";
  } else if (Array.isArray(sizes) || ArrayBuffer.isView(sizes)) diameters = sizes as unknown as ArrayLike<number>;
  else throw new InvalidArgument(`${caller} takes a table of particles or a list of diameters, got ${String(sizes)}`);
  if (diameters.length === 0) throw new MissingData(`${caller}: there are no diameters`);
  for (let k = 0; k < diameters.length; k++)
    if (typeof diameters[k] !== "number" || !(diameters[k]! > 0 && Number.isFinite(diameters[k]!)))
      throw new InvalidArgument(
        `${caller}: diameter ${k} is ${String(diameters[k])}; allowed are finite numbers above 0`,
      );
  return { diameters, unit };
}

/** Edges of bins, given or of equal width from 0 on. */
export function edgesOf(caller: string, bins: unknown, most: number): number[] {
  if (!Array.isArray(bins)) {
    checkNumber(`${caller}: bins`, bins, 1, 100_000, true);
    return Array.from({ length: bins + 1 }, (_, k) => (k === bins ? most : (most * k) / bins));
  }
  const edges = bins as number[];
  if (edges.length < 2 || edges.some((edge, k) => !Number.isFinite(edge) || (k > 0 && edge <= edges[k - 1]!)))
    throw new InvalidArgument(`${caller}: bins are ${JSON.stringify(bins)}; give at least two ascending, finite edges`);
  return [...edges];
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/** How many of the sorted values are below, or not above, an edge. */
const firstAt = (sorted: Float64Array, edge: number): number => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < edge) low = middle + 1;
    else high = middle;
  }
  return low;
};
const firstAbove = (sorted: Float64Array, edge: number): number => {
  let at = firstAt(sorted, edge);
  while (at < sorted.length && sorted[at] === edge) at++;
  return at;
};

function quantiles(sorted: Float64Array, weights: Float64Array): SizeQuantiles {
  const whole = sum(weights);
  const at = (share: number): number => {
    let before = 0;
    let [lastPlace, lastSize] = [0, sorted[0]!];
    for (let k = 0; k < sorted.length; k++) {
      const place = (before + weights[k]! / 2) / whole;
      if (place >= share)
        return k === 0 ? sorted[0]! : lastSize + ((sorted[k]! - lastSize) * (share - lastPlace)) / (place - lastPlace);
      [lastPlace, lastSize] = [place, sorted[k]!];
      before += weights[k]!;
    }
    return sorted.at(-1)!;
  };
  return { d10: at(0.1), d50: at(0.5), d90: at(0.9) };
}
