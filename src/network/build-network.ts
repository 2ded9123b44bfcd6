/** Networks from lists of numbers: of another program, of a file, of a part of another network. */
import type { Table } from "apache-arrow";
import { type Column, resultTable } from "../core/arrow/table.js";
import { InvalidArgument } from "../core/errors.js";
import type { Provenance } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import { conduitLengths } from "./conduits.js";
import { numbersOf, PoreNetwork, textsOf } from "./network.js";

/** Pores and throats by their numbers, lengths in one unit. */
export interface NetworkLists {
  readonly z: Float64Array;
  readonly y: Float64Array;
  readonly x: Float64Array;
  readonly volume: Float64Array;
  readonly diameter: Float64Array;
  readonly face: readonly string[];
  readonly touches: readonly string[];
  readonly one: Int32Array;
  readonly other: Int32Array;
  readonly throatDiameter: Float64Array;
  /** Parts of the conduits, where they are known; else as of balls and cylinders. */
  readonly lengths?: readonly [Float64Array, Float64Array, Float64Array] | undefined;
  /** More columns of either table. */
  readonly pores: readonly Column[];
  readonly throats: readonly Column[];
}

/** What a network says of its volume. */
export interface NetworkFrame {
  readonly shape: Triple;
  readonly spacing: Triple | undefined;
  readonly porosity: number;
  readonly sampleFraction?: number;
  readonly provenance: Provenance;
}

/** The network of lists of numbers. Balls narrower than a throat of theirs become as wide. */
export function buildNetwork(lists: NetworkLists, frame: NetworkFrame): PoreNetwork {
  const { z, y, x, one, other, throatDiameter } = lists;
  const length = frame.spacing === undefined ? "voxel" : "µm";
  const volume = frame.spacing === undefined ? "voxel³" : "µm³";
  const ball = lists.diameter.slice();
  const coordination = new Int32Array(z.length);
  for (let k = 0; k < one.length; k++) {
    const [a, b] = [one[k]!, other[k]!];
    if (a < 0 || b < 0 || a >= z.length || b >= z.length)
      throw new InvalidArgument(`throat ${k} joins the pores ${a} and ${b}, but there are ${z.length} pores`);
    for (const [row, far] of [
      [a, b],
      [b, a],
    ] as const) {
      ball[row] = Math.max(ball[row]!, throatDiameter[k]!);
      if (lists.face[far] === "") coordination[row]!++;
    }
  }
  const direct = Float64Array.from(one, (a, k) => {
    const b = other[k]!;
    return Math.hypot(z[a]! - z[b]!, y[a]! - y[b]!, x[a]! - x[b]!);
  });
  const of = (rows: Int32Array): Float64Array => Float64Array.from(rows, (row) => ball[row]!);
  const made = conduitLengths(direct, of(one), throatDiameter, of(other));
  const [first, middle, last] = lists.lengths ?? [made.first, made.middle, made.last];
  const pores: Column[] = [
    { name: "face", values: lists.face },
    { name: "touches", values: lists.touches },
    { name: "z", values: z, unit: length },
    { name: "y", values: y, unit: length },
    { name: "x", values: x, unit: length },
    { name: "volume", values: lists.volume, unit: volume },
    { name: "coordination", values: coordination },
    { name: "diameter", values: ball, unit: length },
  ];
  const throats: Column[] = [
    { name: "pore 1", values: one },
    { name: "pore 2", values: other },
    { name: "direct length", values: direct, unit: length },
    { name: "diameter", values: throatDiameter, unit: length },
    { name: "length 1", values: first, unit: length },
    { name: "length", values: middle, unit: length },
    { name: "length 2", values: last, unit: length },
  ];
  return new PoreNetwork({
    ...frame,
    pores: resultTable(withMore(pores, lists.pores), frame.provenance),
    throats: resultTable(withMore(throats, lists.throats), frame.provenance),
  });
}

/** Columns with more before them, of which those that are there already are left out. */
const withMore = (columns: readonly Column[], more: readonly Column[]): Column[] => [
  ...more.filter(({ name }) => !columns.some((column) => column.name === name)),
  ...columns,
];

/** The network without the pores that are not kept, and their throats; coordination counts what is left. */
export function keptOf(network: PoreNetwork, keep: readonly boolean[], provenance: Provenance): PoreNetwork {
  const { pores, throats } = network;
  const rows = keep.flatMap((kept, row) => (kept ? [row] : []));
  const rowOf = new Int32Array(keep.length).fill(-1);
  for (const [k, row] of rows.entries()) rowOf[row] = k;
  const [one, other] = [numbersOf(throats, "pore 1"), numbersOf(throats, "pore 2")];
  const joined = Array.from(one, (_, k) => k).filter((k) => rowOf[one[k]!]! >= 0 && rowOf[other[k]!]! >= 0);
  const face = textsOf(pores, "face");
  const coordination = new Int32Array(rows.length);
  for (const k of joined)
    for (const [row, far] of [
      [one[k]!, other[k]!],
      [other[k]!, one[k]!],
    ] as const)
      if (face[far] === "" || face[row] !== "") coordination[rowOf[row]!]!++;
  const replaced = (table: Table, picked: readonly number[], columns: Readonly<Record<string, Int32Array>>): Column[] =>
    columnsOf(table, picked).map((column) =>
      columns[column.name] === undefined ? column : { ...column, values: columns[column.name]! },
    );
  const ends = {
    "pore 1": Int32Array.from(joined, (k) => rowOf[one[k]!]!),
    "pore 2": Int32Array.from(joined, (k) => rowOf[other[k]!]!),
  };
  return new PoreNetwork({
    ...network,
    pores: resultTable(replaced(pores, rows, { coordination }), provenance),
    throats: resultTable(replaced(throats, joined, ends), provenance),
    provenance,
  });
}

/** Columns of a table, of some of its rows, with their types and units. */
export function columnsOf(table: Table, rows: readonly number[]): Column[] {
  return table.schema.fields.map((field, k) => {
    const column = table.getChildAt(k)!;
    const unit = field.metadata.get("unit");
    const own = { name: field.name, ...(unit !== undefined && { unit }) };
    const type = String(field.type);
    const pick = (row: number): number => Number(column.get(row));
    if (type === "Utf8") return { ...own, values: rows.map((row) => String(column.get(row))) };
    if (type === "Uint32") return { ...own, values: Uint32Array.from(rows, pick) };
    if (type.startsWith("Int") || type.startsWith("Uint")) return { ...own, values: Int32Array.from(rows, pick) };
    return { ...own, values: Float64Array.from(rows, pick) };
  });
}
