/** Networks as two Arrow files, one of pores and one of throats. */
import { Schema, Table, tableToIPC } from "apache-arrow";
import type { Column } from "../core/arrow/table.js";
import { MalformedFile, UnsupportedFeature } from "../core/errors.js";
import { type ArrowField, arrowBatch, arrowFile, columnTexts, columnValues, isArrow } from "../io/arrow-file.js";
import { type Bytes, FileBytes } from "../io/bytes.js";
import type { PoreNetwork } from "./network.js";
import { checkedRecord, type NetworkRecord, networkOfRecord, recordOf } from "./network-record.js";

export const PARTS = ["pores", "throats"] as const;
type Part = (typeof PARTS)[number];

/** Names of both files: `cathode.arrow` is `cathode.pores.arrow` and `cathode.throats.arrow`. */
export function partPaths(path: string): readonly [string, string] {
  const stem = path.replace(/(?:\.(?:pores|throats))?\.arrow$/i, "");
  return [`${stem}.pores.arrow`, `${stem}.throats.arrow`];
}

/** Bytes of one file. */
export function partBytes(network: PoreNetwork, part: Part): Uint8Array {
  const { schema, batches } = network[part];
  const metadata = new Map([...schema.metadata, ["network", JSON.stringify({ ...recordOf(network), part })]]);
  return tableToIPC(new Table(new Schema(schema.fields, metadata), batches), "file");
}

/** Reads both files. @throws MalformedFile if they are damaged, or are not of one network */
export async function networkOfArrow(path: string): Promise<PoreNetwork> {
  const paths = partPaths(path);
  const [pores, throats] = [await readPart(paths[0], "pores"), await readPart(paths[1], "throats")];
  if (pores.facts !== throats.facts)
    throw new MalformedFile(
      `${pores.name} and ${throats.name} are not of one network: their shape, voxel size or provenance differ`,
    );
  return networkOfRecord(pores.record, pores.columns, throats.columns, pores.name);
}

interface ReadPart {
  readonly name: string;
  readonly record: NetworkRecord;
  /** The record as text: that of both parts is the same. */
  readonly facts: string;
  readonly columns: Column[];
}

async function readPart(path: string, part: Part): Promise<ReadPart> {
  const bytes = await FileBytes.open(path);
  try {
    if (bytes.size < 8 || !isArrow(await bytes.read(0, 8)))
      throw new UnsupportedFeature(`${bytes.name} is no Arrow file`);
    const { name } = bytes;
    const { metadata, fields, blocks } = await arrowFile(bytes);
    const { part: which, ...facts } = parsed(metadata.get("network"), name);
    const record = checkedRecord(facts, name);
    if (which !== part) throw new MalformedFile(`${name} holds ${String(which).slice(0, 80)} in place of ${part}`);
    const columns: Column[] = [];
    for (const field of fields.values()) columns.push(await columnOf(bytes, field, blocks));
    return { name, record, facts: JSON.stringify(facts), columns };
  } finally {
    bytes.close();
  }
}

function parsed(text: string | undefined, name: string): Record<string, unknown> {
  if (text === undefined) throw new UnsupportedFeature(`${name} is no pore network: it has no metadata of one`);
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch (error) {
    throw new MalformedFile(`${name} is a damaged pore network: ${(error as Error).message}`);
  }
}

async function columnOf(
  bytes: Bytes,
  field: ArrowField,
  blocks: Awaited<ReturnType<typeof arrowFile>>["blocks"],
): Promise<Column> {
  const { name, type } = field;
  const unit = field.metadata.get("unit");
  const own = { name, ...(unit !== undefined && { unit }) };
  const texts: string[] = [];
  const numbers: number[] = [];
  for (const [k, block] of blocks.entries()) {
    const batch = await arrowBatch(bytes, block, k);
    // One by one: a spread of a hostile length would pass the stack.
    if (type === "text") for (const text of await columnTexts(bytes, batch, field)) texts.push(text);
    else for (const value of await columnValues(bytes, batch, field)) numbers.push(value);
  }
  if (type === "text") return { ...own, values: texts };
  if (type === "uint32") return { ...own, values: Uint32Array.from(numbers) };
  if (type === "int32") return { ...own, values: Int32Array.from(numbers) };
  return { ...own, values: Float64Array.from(numbers) };
}
