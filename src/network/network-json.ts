/** Networks as JSON Graph Format, which OpenPNM reads; all that a table has stands in the graph's metadata. */
import type { Column } from "../core/arrow/table.js";
import { MalformedFile } from "../core/errors.js";
import { columnsOf } from "./build-network.js";
import { numbersOf, type PoreNetwork } from "./network.js";
import { checkedRecord, networkOfRecord, recordOf } from "./network-record.js";

/** What numbers a column holds; text for texts. */
type Kind = "float64" | "int32" | "uint32" | "text";

interface PlainColumn {
  readonly name: string;
  readonly kind: Kind;
  readonly unit?: string;
  /** Numbers that JSON has no word for stand as text: `NaN`, `Infinity`, `-Infinity`. */
  readonly values: readonly (number | string)[];
}

/** Lines of the file. */
export function* jsonLines(network: PoreNetwork): Iterable<string> {
  const { pores, throats, spacing } = network;
  // OpenPNM's lengths are metres; without a voxel size they are voxels.
  const scale = spacing === undefined ? 1 : 1e-6;
  const [z, y, x, ball] = ["z", "y", "x", "diameter"].map((name) => numbersOf(pores, name)) as Float64Array[];
  const [one, other, width, long] = ["pore 1", "pore 2", "diameter", "length"].map((name) =>
    numbersOf(throats, name),
  ) as Float64Array[];
  const own = {
    ...recordOf(network),
    pores: plainColumns(network, "pores"),
    throats: plainColumns(network, "throats"),
  };
  const metadata = { number_of_nodes: pores.numRows, number_of_links: throats.numRows, voxbook: own };
  yield `{"graph":{"directed":false,"type":"pore network","metadata":${JSON.stringify(metadata)},\n"nodes":[`;
  for (let k = 0; k < pores.numRows; k++) {
    const node = {
      id: String(k),
      metadata: {
        node_squared_radius: ((ball![k]! * scale) / 2) ** 2,
        node_coordinates: { x: x![k]! * scale, y: y![k]! * scale, z: z![k]! * scale },
      },
    };
    yield `${k === 0 ? "" : ","}\n${JSON.stringify(node)}`;
  }
  yield `\n],\n"edges":[`;
  for (let k = 0; k < throats.numRows; k++) {
    const edge = {
      id: String(k),
      source: String(one![k]),
      target: String(other![k]),
      metadata: { link_length: long![k]! * scale, link_squared_radius: ((width![k]! * scale) / 2) ** 2 },
    };
    yield `${k === 0 ? "" : ","}\n${JSON.stringify(edge)}`;
  }
  yield "\n]}}\n";
}

function plainColumns(network: PoreNetwork, part: "pores" | "throats"): PlainColumn[] {
  const table = network[part];
  const rows = Array.from({ length: table.numRows }, (_, row) => row);
  return columnsOf(table, rows).map(({ name, unit, values }) => ({
    name,
    kind:
      values instanceof Int32Array
        ? "int32"
        : values instanceof Uint32Array
          ? "uint32"
          : values instanceof Float64Array
            ? "float64"
            : "text",
    ...(unit !== undefined && { unit }),
    values: Array.from<number | string, number | string>(values, (value) =>
      typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
    ),
  }));
}

/** The network of a file's text. @param source its name, for messages */
export function networkOfJson(text: string, source: string): PoreNetwork {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new MalformedFile(`${source} is no pore network: ${(error as Error).message}`);
  }
  const graph = inside(parsed, "graph");
  const own = inside(inside(graph, "metadata"), "voxbook");
  const record = checkedRecord(own, source);
  const [pores, throats] = (["pores", "throats"] as const).map((part) => columnsIn(inside(own, part), part, source));
  return networkOfRecord(record, pores!, throats!, source);
}

const inside = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

const MOST_COLUMNS = 1000;

function columnsIn(value: unknown, part: string, source: string): Column[] {
  const wrong = (what: string): MalformedFile =>
    new MalformedFile(`${source} is a damaged pore network: ${part}: ${what}`);
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_COLUMNS) throw wrong("there are no columns");
  const names = new Set<string>();
  return value.map((column: Partial<PlainColumn> | null) => {
    const { name, kind, unit, values } = column ?? {};
    if (typeof name !== "string" || name === "" || name.length > 200 || names.has(name))
      throw wrong("a column has no name of its own");
    names.add(name);
    if (unit !== undefined && typeof unit !== "string") throw wrong(`the unit of ${name} is no text`);
    if (!Array.isArray(values)) throw wrong(`${name} has no values`);
    const own = { name, ...(unit !== undefined && { unit }) };
    if (kind === "text") {
      if (!values.every((item) => typeof item === "string")) throw wrong(`${name} holds other things than text`);
      return { ...own, values: values as string[] };
    }
    const numbers = values.map((item) => (typeof item === "string" ? special(item) : item));
    const [least, most] = kind === "int32" ? [-(2 ** 31), 2 ** 31 - 1] : [0, 2 ** 32 - 1];
    const whole = kind === "int32" || kind === "uint32";
    if (!whole && kind !== "float64")
      throw wrong(`${name} holds ${JSON.stringify(kind)?.slice(0, 80)}, which is none that is read`);
    for (const item of numbers)
      if (typeof item !== "number" || (whole && !(Number.isInteger(item) && item >= least! && item <= most!)))
        throw wrong(`${name} holds other things than ${kind}`);
    const list = numbers as number[];
    return {
      ...own,
      values:
        kind === "int32" ? Int32Array.from(list) : kind === "uint32" ? Uint32Array.from(list) : Float64Array.from(list),
    };
  });
}

function special(text: string): number | undefined {
  return text === "NaN" || text === "Infinity" || text === "-Infinity" ? Number(text) : undefined;
}
