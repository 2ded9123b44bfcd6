/** The frame of an Arrow IPC file: schema, and where in each record batch the values of each column lie. */
import { MalformedFile, UnsupportedFeature } from "../core/errors.js";
import { type Bytes, viewOf } from "./bytes.js";
import { FlatTable } from "./flatbuffer.js";

const MAGIC = "ARROW1";

export const isArrow = (start: Uint8Array): boolean => new TextDecoder().decode(start.subarray(0, 6)) === MAGIC;

/** Numbers of Arrow's types, as far as their layout is known here. */
const TYPE = { int: 2, float: 3, text: 5, list: 12, struct: 13, fixedSizeList: 16, map: 17 } as const;
const NO_BUFFER = new Set([1]);
const TWO_BUFFERS = new Set([2, 3, 6, 7, 8, 9, 10, 11, 15, 18]);
const THREE_BUFFERS = new Set([4, 5, 19, 20]);

/** A column as far as it matters here. */
export interface ArrowField {
  readonly name: string;
  readonly metadata: ReadonlyMap<string, string>;
  /** `int32`, `uint8`, `float64`, …, `text` (UTF-8), or `list` for lists of fixed size, or `other`. */
  readonly type: string;
  /** Numbers in a list of fixed size. */
  readonly listSize: number;
  readonly children: readonly ArrowField[];
  /** Numbers of this column's first node and first buffer in each record batch. */
  readonly node: number;
  readonly buffer: number;
}

export interface ArrowBlock {
  readonly offset: number;
  readonly metadata: number;
  readonly body: number;
}

export interface ArrowFile {
  readonly metadata: ReadonlyMap<string, string>;
  readonly fields: ReadonlyMap<string, ArrowField>;
  readonly blocks: readonly ArrowBlock[];
}

/** One record batch: rows, and for each node and buffer of the schema where it lies in the file. */
export interface ArrowBatch {
  readonly rows: number;
  readonly nodes: readonly { readonly length: number; readonly nulls: number }[];
  readonly buffers: readonly { readonly offset: number; readonly length: number }[];
}

const MOST_FIELDS = 10_000;

function metadataOf(table: FlatTable, field: number): Map<string, string> {
  return new Map(table.tables(field).map((pair) => [pair.text(0), pair.text(1)]));
}

/** Numbers the nodes and buffers of the columns in the order in which Arrow lists them. */
class Columns {
  readonly #file: string;
  #fields = 0;
  #nodes = 0;
  #buffers = 0;

  constructor(file: string) {
    this.#file = file;
  }

  read(field: FlatTable, depth = 0): ArrowField {
    if (++this.#fields > MOST_FIELDS || depth > 32)
      throw new MalformedFile(`${this.#file}: its Arrow schema has too many or too deeply nested columns`);
    const name = field.text(0);
    const number = field.number(2, 1);
    const type = field.table(3);
    const node = this.#nodes++;
    const buffer = this.#buffers;
    // A dictionary's indices lie where the column lies.
    const encoded = field.table(4) !== undefined;
    const nested = !encoded && ([TYPE.list, TYPE.struct, TYPE.fixedSizeList, TYPE.map] as number[]).includes(number);
    if (encoded || TWO_BUFFERS.has(number)) this.#buffers += 2;
    else if (THREE_BUFFERS.has(number)) this.#buffers += 3;
    else if (nested) this.#buffers += number === TYPE.list || number === TYPE.map ? 2 : 1;
    else if (!NO_BUFFER.has(number))
      throw new UnsupportedFeature(
        `${this.#file}: the column ${name.slice(0, 80)} has a type (${number}) that is not read`,
      );
    const children = nested ? field.tables(5).map((child) => this.read(child, depth + 1)) : [];
    let kind = "other";
    if (!encoded && number === TYPE.int) kind = `${type?.number(1, 1) ? "int" : "uint"}${type?.number(0, 4)}`;
    if (!encoded && number === TYPE.float) kind = `float${[16, 32, 64][type?.number(0, 2) ?? 0]}`;
    if (!encoded && number === TYPE.text) kind = "text";
    const listSize = number === TYPE.fixedSizeList ? (type?.number(0, 4) ?? 0) : 0;
    if (number === TYPE.fixedSizeList) kind = "list";
    return { name, metadata: metadataOf(field, 6), type: kind, listSize, children, node, buffer };
  }
}

/** Reads the footer. @throws MalformedFile, UnsupportedFeature */
export async function arrowFile(bytes: Bytes): Promise<ArrowFile> {
  const { name, size } = bytes;
  const cut = `${name} has no Arrow footer: it was cut off, or is still being written`;
  if (size < 8 + 10) throw new MalformedFile(cut, { offset: size });
  const tail = await bytes.read(size - 10, 10, "the Arrow footer");
  const length = viewOf(tail).getInt32(0, true);
  if (new TextDecoder().decode(tail.subarray(4)) !== MAGIC || length <= 0 || length > size - 18)
    throw new MalformedFile(cut, { offset: size - 10 });
  const footer = FlatTable.root(
    await bytes.read(size - 10 - length, length, "the Arrow footer"),
    `${name}: its Arrow footer`,
  );
  const schema = footer.table(1);
  if (schema === undefined) throw new MalformedFile(`${name}: its Arrow footer has no schema`);
  if (schema.number(0, 2) !== 0) throw new UnsupportedFeature(`${name} is a big-endian Arrow file, which is not read`);
  const columns = new Columns(name);
  const fields = schema.tables(1).map((field) => columns.read(field));
  return {
    metadata: metadataOf(schema, 2),
    fields: new Map(fields.map((field) => [field.name, field])),
    blocks: footer.blocks(3),
  };
}

/** Reads the head of one record batch; its values are left where they are. */
export async function arrowBatch(bytes: Bytes, block: ArrowBlock, number: number): Promise<ArrowBatch> {
  const what = `record batch ${number}`;
  const where = `${bytes.name}: ${what}`;
  if (block.offset + block.metadata + block.body > bytes.size || block.metadata < 16 || block.metadata > 2 ** 24)
    throw new MalformedFile(`${where} does not lie inside the file, which is damaged or was cut off`, {
      offset: block.offset,
    });
  const head = await bytes.read(block.offset, block.metadata, what);
  // Files of old writers leave out the mark before the length.
  const prefix = viewOf(head).getInt32(0, true) === -1 ? 8 : 4;
  const message = FlatTable.root(head.subarray(prefix), where);
  const batch = message.table(2);
  if (message.number(1, 1) !== 3 || batch === undefined)
    throw new MalformedFile(`${where} is none`, { offset: block.offset });
  if (batch.table(3) !== undefined)
    throw new UnsupportedFeature(
      `${where} is compressed; write the volume uncompressed, so that bricks can be read in place`,
    );
  const start = block.offset + block.metadata;
  const buffers = batch.structs(2, 2).map(([offset, length]) => {
    if (offset! + length! > block.body)
      throw new MalformedFile(`${where} has a column outside of itself`, { offset: start + offset! });
    return { offset: start + offset!, length: length! };
  });
  const nodes = batch.structs(1, 2).map(([length, nulls]) => ({ length: length!, nulls: nulls! }));
  return { rows: batch.long(0), nodes, buffers };
}

const NUMBERS: Readonly<Record<string, readonly [bytes: number, read: (view: DataView, at: number) => number]>> = {
  int8: [1, (view, at) => view.getInt8(at)],
  uint8: [1, (view, at) => view.getUint8(at)],
  int16: [2, (view, at) => view.getInt16(at, true)],
  uint16: [2, (view, at) => view.getUint16(at, true)],
  int32: [4, (view, at) => view.getInt32(at, true)],
  uint32: [4, (view, at) => view.getUint32(at, true)],
  int64: [8, (view, at) => Number(view.getBigInt64(at, true))],
  uint64: [8, (view, at) => Number(view.getBigUint64(at, true))],
  float32: [4, (view, at) => view.getFloat32(at, true)],
  float64: [8, (view, at) => view.getFloat64(at, true)],
};

/** The numbers of one column in a record batch. */
export async function columnValues(bytes: Bytes, batch: ArrowBatch, field: ArrowField): Promise<number[]> {
  const kind = NUMBERS[field.type];
  const node = batch.nodes[field.node];
  const values = batch.buffers[field.buffer + 1];
  if (
    kind === undefined ||
    node === undefined ||
    values === undefined ||
    node.length !== batch.rows ||
    node.nulls !== 0
  )
    throw new MalformedFile(
      `${bytes.name}: the column ${field.name} holds ${field.type} or missing values; it must hold numbers`,
    );
  const [size, read] = kind;
  if (values.length < batch.rows * size)
    throw new MalformedFile(`${bytes.name}: the column ${field.name} is shorter than its record batch`, {
      offset: values.offset,
    });
  const view = viewOf(await bytes.read(values.offset, batch.rows * size, `the column ${field.name}`));
  return Array.from({ length: batch.rows }, (_, row) => read(view, row * size));
}

/** The texts of one column in a record batch. */
export async function columnTexts(bytes: Bytes, batch: ArrowBatch, field: ArrowField): Promise<string[]> {
  const node = batch.nodes[field.node];
  const offsets = batch.buffers[field.buffer + 1];
  const letters = batch.buffers[field.buffer + 2];
  const wrong = (what: string): MalformedFile =>
    new MalformedFile(`${bytes.name}: the column ${field.name} ${what}`, { offset: offsets?.offset ?? 0 });
  if (field.type !== "text" || node === undefined || offsets === undefined || letters === undefined)
    throw wrong(`holds ${field.type}; it must hold text`);
  if (node.length !== batch.rows || node.nulls !== 0) throw wrong("holds missing values; it must hold text");
  if (batch.rows === 0) return [];
  if (offsets.length < 4 * (batch.rows + 1)) throw wrong("is shorter than its record batch");
  const view = viewOf(await bytes.read(offsets.offset, 4 * (batch.rows + 1), `the column ${field.name}`));
  const text = await bytes.read(letters.offset, letters.length, `the column ${field.name}`);
  const decoder = new TextDecoder();
  return Array.from({ length: batch.rows }, (_, row) => {
    const [from, to] = [view.getInt32(4 * row, true), view.getInt32(4 * row + 4, true)];
    if (from < 0 || to < from || to > text.length) throw wrong("has a text outside of itself");
    return decoder.decode(text.subarray(from, to));
  });
}
