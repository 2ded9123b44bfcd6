/** The header of MetaImage files (.mha, and .mhd with its voxels beside it), read line by line without trust. */
import { MalformedFile, UnsupportedFeature } from "../core/errors.js";
import { checkShape, type Shape } from "../core/shape.js";
import type { FileBytes } from "./bytes.js";
import { besides, geometry, type RasterHeader } from "./raster.js";
import type { TiffPage } from "./tiff-page.js";

const LONGEST_HEADER = 2 ** 20;

export const isMetaImage = (start: Uint8Array): boolean =>
  /^(?:ObjectType|NDims|Comment|ObjectSubType|TransformType)[ \t]*=/.test(
    new TextDecoder("latin1").decode(start.subarray(0, 64)),
  );

const TYPES: Readonly<Record<string, readonly [TiffPage["kind"], number]>> = {
  MET_CHAR: ["signed", 8],
  MET_UCHAR: ["unsigned", 8],
  MET_SHORT: ["signed", 16],
  MET_USHORT: ["unsigned", 16],
  MET_INT: ["signed", 32],
  MET_UINT: ["unsigned", 32],
  MET_LONG_LONG: ["signed", 64],
  MET_ULONG_LONG: ["unsigned", 64],
  MET_FLOAT: ["float", 32],
  MET_DOUBLE: ["float", 64],
};

/** `key = value` lines up to ElementDataFile, which is the last one. */
async function fieldsOf(bytes: FileBytes): Promise<{ fields: Map<string, string>; end: number }> {
  const text = Buffer.from(await bytes.read(0, Math.min(LONGEST_HEADER, bytes.size), "the header")).toString("latin1");
  const fields = new Map<string, string>();
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(at, end);
    at = end + 1;
    const equals = line.indexOf("=");
    if (equals < 0) continue;
    const key = line.slice(0, equals).trim();
    // Of two, another reader might believe the other one.
    if (fields.has(key)) throw new MalformedFile(`${bytes.name}: its header has "${key.slice(0, 40)}" twice`);
    fields.set(key, line.slice(equals + 1).trim());
    if (key === "ElementDataFile") return { fields, end: Math.min(at, text.length) };
  }
  throw new MalformedFile(`${bytes.name}: its MetaImage header has no ElementDataFile; it is damaged or was cut off`);
}

/** @throws MalformedFile, UnsupportedFeature */
export async function metaImageHeader(bytes: FileBytes, path: string): Promise<RasterHeader> {
  const { fields, end } = await fieldsOf(bytes);
  const { name } = bytes;
  const field = (...names: string[]): string | undefined =>
    names.map((one) => fields.get(one)).find((one) => one !== undefined);
  const numbers = (text: string): number[] => text.split(/\s+/).map(Number);
  const size = numbers(field("DimSize") ?? "");
  const dimension = Number(field("NDims"));
  if (size.length !== dimension || !size.every((n) => Number.isSafeInteger(n) && n >= 1))
    throw new MalformedFile(
      `${name}: its DimSize is "${field("DimSize")?.slice(0, 80)}" for NDims ${field("NDims")?.slice(0, 20)}`,
    );
  const channels = Number(field("ElementNumberOfChannels") ?? 1);
  if ((dimension !== 2 && dimension !== 3) || channels !== 1)
    throw new UnsupportedFeature(
      `${name} has ${dimension} axes and ${channels} channels; read are images of two or three axes with one value per voxel`,
    );
  const type = TYPES[field("ElementType") ?? ""];
  if (type === undefined)
    throw new UnsupportedFeature(`${name}: voxels of type "${field("ElementType")?.slice(0, 40)}" are not read`);
  const shape = [...(dimension === 2 ? [1] : []), ...[...size].reverse()];
  try {
    checkShape(shape);
  } catch (error) {
    throw new MalformedFile(`${name}: ${(error as Error).message}`);
  }
  const isTrue = (text: string | undefined): boolean => /^(?:true|1)$/i.test(text ?? "");
  if (field("BinaryData") !== undefined && !isTrue(field("BinaryData")))
    throw new UnsupportedFeature(`${name}: voxels written as text are not read; save it with binary data`);
  const data = field("ElementDataFile")!;
  if (/^LIST\b/.test(data) || data.includes("%"))
    throw new UnsupportedFeature(`${name}: voxels in several files ("${data.slice(0, 80)}") are not read`);
  const local = /^local$/i.test(data);
  const compressed = isTrue(field("CompressedData"));
  const skip = Number(field("HeaderSize") ?? 0);
  if (!Number.isSafeInteger(skip) || skip < -1 || (skip !== 0 && (compressed || local)))
    throw new UnsupportedFeature(`${name}: HeaderSize ${field("HeaderSize")?.slice(0, 20)} is not read here`);
  const [kind, bits] = type;
  return {
    format: "MetaImage",
    name,
    path,
    dataPath: local ? path : besides(path, data, name),
    dataOffset: skip === -1 ? undefined : local ? end : skip,
    encoding: compressed ? "zlib" : "raw",
    shape: shape as unknown as Shape,
    kind,
    bits,
    littleEndian: !isTrue(field("BinaryDataByteOrderMSB", "ElementByteOrderMSB")),
    ...placement(field, numbers, dimension, name),
  };
}

const METRES: Readonly<Record<string, number>> = {
  "": 1e-3,
  "?": 1e-3,
  mm: 1e-3,
  cm: 1e-2,
  um: 1e-6,
  µm: 1e-6,
  nm: 1e-9,
  m: 1,
};

function placement(
  field: (...names: string[]) => string | undefined,
  numbers: (text: string) => number[],
  dimension: number,
  name: string,
): Pick<RasterHeader, "spacing" | "origin" | "direction"> {
  const sizes = field("ElementSpacing", "ElementSize");
  if (sizes === undefined) return {};
  const unit = METRES[field("DistanceUnits") ?? ""];
  if (unit === undefined)
    throw new UnsupportedFeature(
      `${name}: its lengths are in ${field("DistanceUnits")?.slice(0, 40)}; known are mm, cm, um, nm, m`,
    );
  const lengths = numbers(sizes).map((length) => length * unit);
  if (lengths.length !== dimension || !lengths.every((length) => length > 0 && Number.isFinite(length)))
    throw new MalformedFile(`${name}: its voxel size is "${sizes.slice(0, 80)}"`);
  // A plane of its own has no distance to the next one; it is taken as a cube's.
  while (lengths.length < 3) lengths.push(lengths[0]!);
  const matrix = numbers(field("TransformMatrix", "Rotation", "Orientation") ?? "");
  const turned = dimension === 3 && matrix.length === 9 && matrix.every(Number.isFinite);
  // Row k of the matrix is the direction of the file's axis k.
  const steps = [0, 1, 2].map((axis) =>
    [0, 1, 2].map((k) => lengths[axis]! * (turned ? matrix[3 * axis + k]! : axis === k ? 1 : 0)),
  );
  const at = numbers(field("Offset", "Position", "Origin") ?? "").map((length) => length * unit);
  const origin = dimension === 3 && at.length === 3 && at.every(Number.isFinite) ? at : undefined;
  const placed = geometry(steps, origin);
  return placed === undefined
    ? {}
    : { spacing: lengths.slice().reverse() as unknown as Shape, direction: placed.direction, origin: placed.origin };
}
