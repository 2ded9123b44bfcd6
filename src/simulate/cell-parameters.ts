import { readFile, stat } from "node:fs/promises";
import { extname } from "node:path";
import { disk, writeAtomically } from "../compute/atomic.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { displaySymbol, type MimeBundle } from "../core/display.js";
import { InvalidArgument, MalformedFile, MissingData } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { type Provenance, type Traced, trace } from "../core/provenance.js";
import { withTableNote } from "../measure/table-note.js";
import { bpxChanges } from "./bpx-parameters.js";
import { type LayerParameters, type LayerValues, layerValues, type Setting } from "./cell-layers.js";
import { pybammChanges } from "./pybamm-parameters.js";

/** What was measured of each layer, as {@link cellParameters} takes it. */
export interface CellLayers {
  negative?: LayerParameters;
  separator?: Pick<LayerParameters, "porosity" | "tortuosityFactor" | "tortuosity" | "thickness">;
  positive?: LayerParameters;
}

type Json = { [key: string]: unknown };

/** Parameters of a cell model; {@link cellParameters} makes them. */
export class CellParameters {
  /** `BPX`, or `PyBaMM` for its flat JSON. */
  readonly format: "BPX" | "PyBaMM";
  /** All parameters, those of the base included: the content of the file. */
  readonly parameters: Readonly<Json>;
  /** What was set: `layer`, `parameter`, `base` and `value` in SI units, their `ratio`, and `±` where it is known. */
  readonly table: ResultTable;
  readonly provenance: Provenance;

  constructor(format: "BPX" | "PyBaMM", parameters: Json, table: ResultTable) {
    this.format = format;
    this.parameters = parameters;
    this.table = table;
    this.provenance = table.provenance;
    Object.freeze(this);
  }

  /** What `JSON.stringify` writes. */
  toJSON(): Readonly<Json> {
    return this.parameters;
  }

  /**
   * Writes the parameters as JSON, which `pybamm.ParameterValues.create_from_bpx(path)` or `pybamm.ParameterValues.from_json(path)` reads, and the provenance
   * beside them, in `NAME.provenance.json`.
   * @throws InvalidArgument if the name does not end in `.json`
   */
  async save(path: string): Promise<void> {
    if (typeof path !== "string" || extname(path).toLowerCase() !== ".json")
      throw new InvalidArgument(`cell parameters are saved as .json, got ${String(path)}`);
    const write = (to: string, content: unknown): Promise<void> =>
      writeAtomically(to, disk, (append) => append(new TextEncoder().encode(`${JSON.stringify(content, null, 2)}\n`)));
    await write(path, this.parameters);
    await write(`${path.slice(0, -".json".length)}.provenance.json`, this.provenance);
  }

  toString(): string {
    return `${this.format} parameters, ${this.table.numRows} of them measured`;
  }

  [displaySymbol](): MimeBundle {
    return (this.table as unknown as { [displaySymbol](): MimeBundle })[displaySymbol]();
  }
}

const caller = "cellParameters";
/** A set of parameters is some pages of text; tables of measured curves make it longer. */
const MOST_BYTES = 2 ** 26;

/**
 * Puts what was measured into the parameters of a cell model: a set for the model of Newman that PyBaMM and others solve, in which the structure is
 * that of the scan and all else (chemistry, electrolyte, limits) that of the base.
 *
 * The base is a BPX file (Battery Parameter eXchange; its version stays as it is) or the flat JSON that `pybamm.ParameterValues(…).to_json()` writes; which of them
 * it is, is seen. What is set:
 *
 * | given | BPX | PyBaMM |
 * |---|---|---|
 * | `porosity` ε | Porosity | porosity |
 * | `tortuosityFactor` k, or `tortuosity` τ (k = τ²) | Transport efficiency ε/k = D_eff/D_bulk | Bruggeman coefficient (electrolyte) b, so that εᵇ = ε/k, and tortuosity factor (electrolyte) k |
 * | `thickness` | Thickness | thickness |
 * | two of `particleRadius` R, `surfaceArea` a, `activeFraction` εₛ | Particle radius, Surface area per unit volume | particle radius, active material volume fraction |
 * | `conductivity` (effective, of the solid) | Conductivity | conductivity, and Bruggeman coefficient (electrode) 0 |
 *
 * These models know balls only, so that a = 3εₛ/R: two of the three say the third one; all three are refused unless they agree to 1 %. With a
 * measured surface and fraction the balls have both, and the radius follows (Sauter's); with one of them alone the others come from the base. `k` is
 * the {@link tortuosityFactor} of the pores, the ratio ε·D_bulk/D_eff, of the axis from collector to separator. A porosity without it keeps the
 * transport of the base (its efficiency in BPX, its exponent in PyBaMM), which the note says.
 *
 * Values are numbers in SI units, lengths such as `um(75)`, or numbers of tables, whose units are converted and whose ± is kept in `table`.
 * Capacities and concentrations stay those of the base: more active material in the same cell is another nominal capacity.
 * @param base path of a JSON file, or the object that stands in it; it is not changed
 * @throws InvalidArgument if a value is outside what is possible, values contradict each other, or the base has no such layer
 * @throws MissingData if there is no such file, or a quantity is in voxels
 * @throws MalformedFile if the file is neither BPX nor a set of PyBaMM
 * @see BPX standard, https://bpxstandard.com; V. Sulzer et al. (2021), doi:10.5334/jors.309, for PyBaMM; J. Newman & W. Tiedemann (1975),
 * doi:10.1002/aic.690210103
 * @example
 * const cell = await cellParameters("lgm50.bpx.json", {
 *   positive: {
 *     porosity: { table: budget, quantity: "fraction, pore" },
 *     tortuosityFactor: { table: await tortuosity(labels, { phase: "pore" }), quantity: "tortuosityFactor, z" },
 *     thickness: um(75.6),
 *   },
 * });
 * await cell.save("measured.bpx.json");
 */
export async function cellParameters(base: string | object, layers: CellLayers): Promise<CellParameters> {
  checkOptions(caller, layers ?? {}, ["negative", "separator", "positive"]);
  const given = Object.entries(layers ?? {}).filter(([, layer]) => layer !== undefined) as [
    keyof CellLayers,
    LayerParameters,
  ][];
  if (given.length === 0)
    throw new InvalidArgument(`${caller}: nothing is set; give layers such as { positive: { porosity: 0.33 } }`);
  const parameters = structuredClone(typeof base === "string" ? await read(base) : plainObject(base)) as Json;
  const format = "Parameterisation" in parameters ? "BPX" : "PyBaMM";
  const flat = Object.keys(parameters).some((name) => / electrode porosity$/.test(name));
  if (format === "PyBaMM" && !flat)
    throw new MalformedFile(
      `${caller}: the base is neither BPX (it has no "Parameterisation") nor a set of PyBaMM (it has no "… electrode porosity")`,
    );
  const settings: Setting[] = [];
  const notes: string[] = [];
  const inputs: Record<string, Traced> = {};
  for (const [layer, what] of given) {
    const values: LayerValues = layerValues(`${caller}: ${layer}`, layer, what);
    const found = format === "BPX" ? bpxChanges(parameters, layer, values) : pybammChanges(parameters, layer, values);
    settings.push(...found.settings);
    notes.push(...found.notes);
    for (const [name, value] of Object.entries(what))
      if (typeof value === "object" && value !== null && "table" in value)
        inputs[`${layer}, ${name}`] = value.table as Traced;
  }
  const provenance = trace(
    caller,
    { format, base: typeof base === "string" ? base : undefined, set: settings },
    inputs,
  );
  const table = resultTable(
    [
      { name: "layer", values: settings.map(({ layer }) => layer) },
      { name: "parameter", values: settings.map(({ parameter }) => parameter) },
      { name: "base", values: settings.map(({ base }) => base) },
      { name: "value", values: settings.map(({ value }) => value) },
      { name: "ratio", values: settings.map(({ base, value }) => value / base), unit: "1" },
      { name: "±", values: settings.map(({ wide }) => wide) },
    ],
    provenance,
  );
  const told = notes.length === 0 ? table : withTableNote(table, notes.join(" "));
  return new CellParameters(format, parameters, told);
}

function plainObject(base: unknown): Json {
  if (typeof base === "object" && base !== null && !Array.isArray(base)) return base as Json;
  throw new InvalidArgument(
    `${caller}: the base is ${String(base)}; give the path of a JSON file, or what stands in it`,
  );
}

async function read(path: string): Promise<Json> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES) throw new MalformedFile(`${path} is no set of parameters: it has ${size} bytes`);
    text = await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EISDIR" && code !== "EACCES" && code !== "ENOTDIR") throw error;
    throw new MissingData(`the parameters ${path} could not be read: ${(error as Error).message}`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new MalformedFile(`${path} is no set of parameters: ${(error as Error).message}`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new MalformedFile(`${path} is no set of parameters: it holds no object`);
  return parsed as Json;
}
