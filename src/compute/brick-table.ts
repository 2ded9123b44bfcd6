/** A volume as Arrow record batches, one brick each: the form of volume files and of `toArrow`. */
import { crc32 } from "node:zlib";
import {
  type Data,
  type DataType,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Uint8,
  Uint16,
  Uint32,
} from "apache-arrow";
import { copyBox } from "../core/copy.js";
import type { DType, Voxels } from "../core/dtype.js";
import { BrickGrid, regionShape, type Shape } from "../core/shape.js";
import type { Volume, Zone } from "../core/volume.js";
import { type Facts, schemaMetadata } from "./volume-schema.js";

const VOXEL_TYPES: Readonly<Record<DType, () => DataType>> = {
  uint8: () => new Uint8(),
  int8: () => new Int8(),
  uint16: () => new Uint16(),
  int16: () => new Int16(),
  uint32: () => new Uint32(),
  int32: () => new Int32(),
  float32: () => new Float32(),
};

/** Columns that place a brick, in their order; all int32. */
export const PLACE = ["z", "y", "x", "t", "channel", "component", "level", "extent_z", "extent_y", "extent_x"] as const;
export const EXTENSION_NAME = "ARROW:extension:name";
export const EXTENSION_METADATA = "ARROW:extension:metadata";
export const TENSOR = "arrow.fixed_shape_tensor";

/** Bytes of a brick, as they are stored and as their checksum is taken. */
export const bytesOf = (voxels: Voxels): Uint8Array =>
  new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength);

/** The schema of a volume's table; `more` is metadata of the file itself. */
export function brickSchema(volume: Facts, more: ReadonlyMap<string, string> = new Map()): Schema {
  const { brick, brickVoxels } = new BrickGrid(volume.shape, volume.brick);
  const item = new Field("item", VOXEL_TYPES[volume.dtype](), false);
  const tensor = new Map([
    [EXTENSION_NAME, TENSOR],
    [EXTENSION_METADATA, JSON.stringify({ shape: brick })],
  ]);
  const fields: Field[] = [
    ...PLACE.map((name) => new Field(name, new Int32(), false)),
    ...["min", "max", "sum"].map((name) => new Field(name, new Float64(), false)),
    new Field("nan", new Int32(), false),
    new Field("crc32", new Uint32(), false),
    new Field("voxels", new FixedSizeList(brickVoxels, item), false, tensor),
  ];
  return new Schema(fields, new Map([...schemaMetadata(volume), ...more]));
}

/** The brick with zeros as padding; the same array if that is what it has. */
function padded(voxels: Voxels, brick: Shape, extent: Shape): Voxels {
  for (let z = 0; z < brick[0]; z++)
    for (let y = 0; y < brick[1]; y++) {
      const row = (z * brick[1] + y) * brick[2];
      const used = z < extent[0] && y < extent[1] ? extent[2] : 0;
      for (let x = used; x < brick[2]; x++)
        if (voxels[row + x] !== 0) {
          const clean = new (voxels.constructor as new (length: number) => Voxels)(voxels.length);
          copyBox(voxels, brick, [0, 0, 0], clean, brick, [0, 0, 0], extent);
          return clean;
        }
    }
  return voxels;
}

/** One brick as a record batch, over the volume's own memory where it lies in memory. */
export async function brickBatch(volume: Volume, schema: Schema, index: number): Promise<RecordBatch> {
  return batchOf(schema, volume.grid, index, await volume.store.read(index), volume.store.zone(index));
}

/** The record batch of a brick with these voxels. */
export function batchOf(schema: Schema, grid: BrickGrid, index: number, brick: Voxels, zone: Zone): RecordBatch {
  const region = grid.region(index);
  const extent = regionShape(region);
  const voxels = padded(brick, grid.brick, extent);
  const { min, max, sum, nan } = zone;
  const place = [...region.start, 0, 0, 0, 0, ...extent];
  const children: Data[] = [
    ...place.map((value) => makeData({ type: new Int32(), data: Int32Array.of(value) })),
    ...[min, max, sum].map((value) => makeData({ type: new Float64(), data: Float64Array.of(value) })),
    makeData({ type: new Int32(), data: Int32Array.of(nan) }),
    makeData({ type: new Uint32(), data: Uint32Array.of(crc32(bytesOf(voxels))) }),
  ];
  const list = schema.fields.at(-1)!.type as FixedSizeList;
  const item = makeData({
    type: list.children[0]!.type as Uint8,
    length: voxels.length,
    nullCount: 0,
    data: voxels as Uint8Array,
  });
  children.push(makeData({ type: list, length: 1, nullCount: 0, child: item }));
  const data = makeData({ type: new Struct(schema.fields), length: 1, nullCount: 0, children });
  return new RecordBatch(schema, data);
}
