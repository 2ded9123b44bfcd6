import { Table } from "apache-arrow";
import { type ResultTable, traced } from "../core/arrow/table.js";
import { displaySymbol, escapeHtml, type MimeBundle } from "../core/display.js";
import { InvalidArgument } from "../core/errors.js";
import { formatLength } from "../core/length.js";
import type { Provenance, Traced } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import { FACES } from "./faces.js";

/** What a {@link PoreNetwork} is made of. */
export interface PoreNetworkInit {
  readonly pores: ResultTable;
  readonly throats: ResultTable;
  /** Voxels of the volume along z, y, x. */
  readonly shape: Triple;
  /** Edges of a voxel along z, y, x in metres; undefined if unknown: lengths are then in voxels. */
  readonly spacing: Triple | undefined;
  /** Share of the sample that the network stands for. */
  readonly porosity: number;
  /** Share of the box's voxels that belong to the sample. Default 1. */
  readonly sampleFraction?: number;
  readonly provenance: Provenance;
}

/** Columns that every network has; those of numbers are float64, `pore 1` and `pore 2` are rows of the table of pores, from 0. */
const PLACES = ["z", "y", "x"] as const;
export const PORE_NUMBERS = [...PLACES, "volume", "diameter"] as const;
export const PORE_TEXTS = ["face", "touches"] as const;
export const THROAT_NUMBERS = ["diameter", "length 1", "length", "length 2"] as const;
export const THROAT_ENDS = ["pore 1", "pore 2"] as const;

/**
 * A pore network: balls, the pores, joined by cylinders, the throats. Both are Arrow tables with a row each, whose columns carry
 * their units; `save` writes them as CSV or Arrow files, and {@link saveNetwork} the whole.
 */
export class PoreNetwork implements Traced {
  /** A row a pore: see {@link poreNetwork}. */
  readonly pores: ResultTable;
  /** A row a throat: see {@link poreNetwork}. */
  readonly throats: ResultTable;
  readonly shape: Triple;
  readonly spacing: Triple | undefined;
  readonly porosity: number;
  readonly sampleFraction: number;
  readonly provenance: Provenance;

  constructor({ pores, throats, shape, spacing, porosity, sampleFraction = 1, provenance }: PoreNetworkInit) {
    checkColumns("pores", pores, PORE_NUMBERS, PORE_TEXTS);
    checkColumns("throats", throats, [...THROAT_ENDS, ...THROAT_NUMBERS], []);
    const count = pores.numRows;
    for (const name of THROAT_ENDS)
      for (const row of numbersOf(throats, name))
        if (!Number.isInteger(row) || row < 0 || row >= count)
          throw new InvalidArgument(
            `throats: ${name} is ${row}, but there are ${count} pores; give rows of the table of pores, from 0`,
          );
    checkNumbers("pores", pores, PLACES, Number.NEGATIVE_INFINITY);
    checkNumbers("pores", pores, ["volume", "diameter"], 0);
    checkNumbers("throats", throats, THROAT_NUMBERS, 0);
    const face = textsOf(pores, "face");
    const odd = face.find((name) => name !== "" && !(FACES as readonly string[]).includes(name));
    if (odd !== undefined)
      throw new InvalidArgument(
        `pores: a face is ${JSON.stringify(odd.slice(0, 80))}; allowed are ${FACES.join(", ")}`,
      );
    this.pores = pores;
    this.throats = throats;
    this.shape = shape;
    this.spacing = spacing;
    this.porosity = porosity;
    this.sampleFraction = sampleFraction;
    this.provenance = provenance;
  }

  /** Unit of lengths in both tables. */
  get unit(): "µm" | "voxel" {
    return this.spacing === undefined ? "voxel" : "µm";
  }

  /** Edges of the volume along z, y, x, in the {@link unit} of lengths. */
  get size(): Triple {
    const { shape, spacing } = this;
    return shape.map((n, k) => (spacing === undefined ? n : n * spacing[k]! * 1e6)) as unknown as Triple;
  }

  /** The facts in one line. */
  toString(): string {
    const { pores, throats, shape, spacing } = this;
    const at = pores.getChild("face")!;
    let faces = 0;
    for (let row = 0; row < pores.numRows; row++) if (at.get(row) !== "") faces++;
    const size =
      spacing === undefined ? shape.join(" × ") : shape.map((n, k) => formatLength(n * spacing[k]!)).join(" × ");
    const own = faces === 0 ? `${pores.numRows} pores` : `${pores.numRows - faces} pores, ${faces} boundary pores`;
    return `PoreNetwork of ${own} and ${throats.numRows} throats in ${size}${spacing === undefined ? " voxels" : ""}`;
  }

  /** What a notebook shows: the facts, and the first rows of both tables. */
  [displaySymbol](): MimeBundle {
    const shown = ([this.pores, this.throats] as const).map((table) => first(table, 8)[displaySymbol]());
    const [pores, throats] = shown.map((bundle) => bundle["text/html"]);
    return {
      "text/plain": `${this}\n\npores\n${shown[0]!["text/plain"]}\n\nthroats\n${shown[1]!["text/plain"]}`,
      "text/html": `<p>${escapeHtml(String(this))}</p><b>pores</b>${pores}<b>throats</b>${throats}`,
    };
  }
}

function first(table: ResultTable, rows: number): { [displaySymbol](): MimeBundle } {
  if (table.numRows <= rows) return table as unknown as { [displaySymbol](): MimeBundle };
  const { provenance } = table;
  const part = traced(table.slice(0, rows), provenance) as unknown as { [displaySymbol](): MimeBundle };
  const bundle = part[displaySymbol]();
  const note = `… ${table.numRows} rows`;
  return {
    [displaySymbol]: () => ({
      "text/plain": `${bundle["text/plain"]}\n${note}`,
      "text/html": `${bundle["text/html"]}<p>${note}</p>`,
    }),
  };
}

/** The numbers of a column as float64; `[]` of a column that is not there is an error. */
export function numbersOf(table: Table, name: string): Float64Array {
  const column = table.getChild(name);
  if (column === null)
    throw new InvalidArgument(
      `a network's table has no column ${JSON.stringify(name)} (it has ${table.schema.fields.map((field) => field.name).join(", ")})`,
    );
  // To ask for each value takes much longer than to copy them all.
  if (column.nullCount === 0 && PLAIN_NUMBERS.test(String(column.type)))
    return new Float64Array(column.toArray() as Float64Array);
  return Float64Array.from({ length: table.numRows }, (_, row) => Number(column.get(row)));
}

/** Types whose values lie in memory as JavaScript has them. */
const PLAIN_NUMBERS = /^(Float32|Float64|U?[Ii]nt(8|16|32))$/;

/** The texts of a column. */
export function textsOf(table: Table, name: string): string[] {
  const column = table.getChild(name);
  return Array.from({ length: table.numRows }, (_, row) => String(column?.get(row) ?? ""));
}

function checkColumns(what: string, table: unknown, numbers: readonly string[], texts: readonly string[]): void {
  if (!(table instanceof Table)) throw new InvalidArgument(`${what}: give a table, got ${String(table)}`);
  for (const name of [...numbers, ...texts]) {
    const field = table.schema.fields.find((one) => one.name === name);
    const kind =
      field === undefined ? "missing" : /^(Float|Int|Uint)/.test(String(field.type)) ? "numbers" : String(field.type);
    const wanted = texts.includes(name) ? "Utf8" : "numbers";
    if (kind !== wanted && !(table.numRows === 0 && field !== undefined))
      throw new InvalidArgument(
        `${what}: the column ${JSON.stringify(name)} is ${kind}; it must be ${wanted === "Utf8" ? "text" : wanted}`,
      );
  }
}

/** Throws unless all numbers of some columns are finite, and none below `least`. */
function checkNumbers(what: string, table: Table, names: readonly string[], least: number): void {
  for (const name of names)
    for (const [row, value] of numbersOf(table, name).entries())
      if (!Number.isFinite(value) || value < least)
        throw new InvalidArgument(
          `${what}: ${name} is ${value} in row ${row}; allowed are finite numbers${least === 0 ? " from 0 on" : ""}`,
        );
}

export function checkNetwork(caller: string, network: unknown): asserts network is PoreNetwork {
  if (!(network instanceof PoreNetwork))
    throw new InvalidArgument(`${caller} takes a pore network, such as poreNetwork(…) makes, got ${String(network)}`);
}
