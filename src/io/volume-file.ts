import { basename, resolve } from "node:path";
import { EXTENSION_METADATA, EXTENSION_NAME, TENSOR } from "../compute/brick-table.js";
import { type BrickIndex, FileStore } from "../compute/file-store.js";
import { watched } from "../compute/progress.js";
import { type Facts, factsOf } from "../compute/volume-schema.js";
import { zoneOf } from "../compute/zone.js";
import { DTYPES } from "../core/dtype.js";
import { MalformedFile, MissingData, UnsupportedFeature } from "../core/errors.js";
import { BrickGrid, regionShape } from "../core/shape.js";
import { Volume, type VolumeChanges } from "../core/volume.js";
import { type ArrowBatch, type ArrowField, type ArrowFile, arrowBatch, arrowFile, columnValues } from "./arrow-file.js";
import { type Bytes, FileBytes } from "./bytes.js";
import type { OpenOptions } from "./open-options.js";

/** Throws unless `field` is a column of bricks of the volume's shape and type. */
function checkVoxels(field: ArrowField | undefined, facts: Facts, grid: BrickGrid, file: string): ArrowField {
  if (field === undefined) throw new MalformedFile(`${file}: it has no column voxels`);
  const item = field.children[0];
  let shape: unknown;
  try {
    shape = JSON.parse(field.metadata.get(EXTENSION_METADATA) ?? "").shape;
  } catch {
    shape = undefined;
  }
  if (
    field.metadata.get(EXTENSION_NAME) !== TENSOR ||
    JSON.stringify(shape) !== JSON.stringify(grid.brick) ||
    field.type !== "list" ||
    field.listSize !== grid.brickVoxels ||
    item?.type !== facts.dtype
  )
    throw new MalformedFile(
      `${file}: its column voxels must hold ${TENSOR} of ${grid.brick.join(" × ")} ${facts.dtype}, as its metadata say; it holds ${field.type} of ${field.listSize} ${item?.type}`,
    );
  return field;
}

/** Heads of record batches that are read at the same time: 16 KiB each. */
const TOGETHER = 32;

/** Reads where all bricks lie, and their records. */
async function indexOf(
  bytes: FileBytes,
  file: ArrowFile,
  facts: Facts,
  grid: BrickGrid,
  signal?: AbortSignal,
): Promise<BrickIndex> {
  const { name } = bytes;
  // Each brick takes a record in the footer: a promise of more bricks than that is refused before anything is allocated.
  const brickBytes = grid.brickVoxels * DTYPES[facts.dtype].bytes;
  if (grid.length * brickBytes > bytes.size)
    throw new MalformedFile(
      `${name}: ${facts.shape.join(" × ")} voxels in ${grid.length} bricks take ${grid.length * brickBytes} bytes, but the file has ${bytes.size}; bricks are missing`,
    );
  const voxels = checkVoxels(file.fields.get("voxels"), facts, grid, name);
  const column = (field: string): ArrowField => {
    const found = file.fields.get(field);
    if (found === undefined) throw new MalformedFile(`${name}: it has no column ${field}`);
    return found;
  };
  const place = ["z", "y", "x"].map(column);
  const elsewhere = ["t", "channel", "component"].filter((field) => file.fields.has(field));
  const records = ["min", "max", "sum", "nan"].map((field) => file.fields.get(field));
  const sums = file.fields.get("crc32");
  const index = {
    offsets: new Float64Array(grid.length),
    zones: new Float64Array(4 * grid.length).fill(Number.NaN),
    checksums: sums && new Uint32Array(grid.length),
  };
  let found = 0;
  let heads: readonly Bytes[] = [];
  for (const [number, block] of file.blocks.entries()) {
    if (number % TOGETHER === 0) {
      signal?.throwIfAborted();
      heads = await Promise.all(file.blocks.slice(number, number + TOGETHER).map(({ offset }) => bytes.ahead(offset)));
    }
    const head = heads[number % TOGETHER]!;
    const batch = await arrowBatch(head, block, number);
    const start = voxelsStart(batch, voxels, brickBytes, name, number);
    const values = (field: ArrowField): Promise<number[]> => columnValues(head, batch, field);
    const levels = file.fields.has("level") ? await values(column("level")) : [];
    const [z, y, x] = [await values(place[0]!), await values(place[1]!), await values(place[2]!)];
    for (const field of elsewhere)
      if ((await values(column(field))).some((value) => value !== 0))
        throw new UnsupportedFeature(`${name} has several values of ${field}; this version reads volumes of one`);
    const zones: (number[] | undefined)[] = [];
    for (const field of records) zones.push(field && (await values(field)));
    const crcs = sums && (await values(sums));
    for (let row = 0; row < batch.rows; row++) {
      // Smaller copies for viewing; the volume itself is level 0.
      if ((levels[row] ?? 0) !== 0) continue;
      const brick = brickAt(grid, [z![row]!, y![row]!, x![row]!], name);
      if (index.offsets[brick] !== 0)
        throw new MalformedFile(`${name}: brick ${brick} is there twice`, { offset: block.offset });
      index.offsets[brick] = start + row * brickBytes;
      if (zones.every((zone) => zone !== undefined))
        index.zones.set(
          zones.map((zone) => zone![row]!),
          4 * brick,
        );
      if (crcs !== undefined) index.checksums![brick] = crcs[row]!;
      found++;
    }
  }
  if (found !== grid.length) {
    const missing = index.offsets.indexOf(0);
    throw new MissingData(
      `${name}: ${grid.length - found} of ${grid.length} bricks are missing, the first is brick ${missing}`,
    );
  }
  return index;
}

function voxelsStart(batch: ArrowBatch, voxels: ArrowField, brickBytes: number, name: string, number: number): number {
  const item = voxels.children[0]!;
  const values = batch.buffers[item.buffer + 1];
  const nulls = (batch.nodes[voxels.node]?.nulls ?? 1) + (batch.nodes[item.node]?.nulls ?? 1);
  if (values === undefined || nulls !== 0 || values.length < batch.rows * brickBytes)
    throw new MalformedFile(`${name}: record batch ${number} does not hold the voxels of its ${batch.rows} bricks`);
  return values.offset;
}

function brickAt(grid: BrickGrid, start: readonly number[], name: string): number {
  const at = start.map((n, k) => n / grid.brick[k]!);
  if (!at.every((n, k) => Number.isInteger(n) && n >= 0 && n < grid.counts[k]!))
    throw new MalformedFile(`${name}: a brick begins at voxel ${start.join(", ")}, where none can`);
  return (at[0]! * grid.counts[1] + at[1]!) * grid.counts[2] + at[2]!;
}

/** Takes the records of bricks from their voxels, for files whose writer left them out. */
async function fillZones(index: BrickIndex, store: FileStore, grid: BrickGrid, options: OpenOptions): Promise<void> {
  await watched("open", grid.length, options, async ({ signal, step }) => {
    for (let k = 0; k < grid.length; k++) {
      signal.throwIfAborted();
      const { min, max, sum, nan } = zoneOf(await store.read(k), grid.brick, regionShape(grid.region(k)));
      index.zones.set([min, max, sum, nan], 4 * k);
      step();
    }
  });
}

/** Opens a volume file. Its provenance goes on where it was saved: opening is no step of it. */
export async function openVolumeFile(path: string, options: OpenOptions): Promise<Volume> {
  const bytes = await FileBytes.open(path);
  let store: FileStore | undefined;
  try {
    const file = await arrowFile(bytes);
    const facts = factsOf(file.metadata, basename(path));
    const grid = new BrickGrid(facts.shape, facts.brick);
    const index = await indexOf(bytes, file, facts, grid, options.signal);
    store = new FileStore(bytes, resolve(path), grid, facts.dtype, index);
    if (Number.isNaN(index.zones[0])) await fillZones(index, store, grid, options);
    const volume = new Volume({ ...facts, brick: grid.brick, store });
    const { spacing, role } = options;
    const changes: VolumeChanges = { ...(spacing !== undefined && { spacing }), ...(role !== undefined && { role }) };
    return Object.keys(changes).length === 0 ? volume : volume.with(changes);
  } catch (error) {
    if (store === undefined) bytes.close();
    else store.release();
    throw error;
  }
}
