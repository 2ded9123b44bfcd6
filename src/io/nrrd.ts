/** The header of NRRD files (nrrd.sourceforge.net/format.html), read line by line without trust. */
import { MalformedFile, UnsupportedFeature } from "../core/errors.js";
import { checkShape, type Triple } from "../core/shape.js";
import type { FileBytes } from "./bytes.js";
import { besides, geometry, type RasterHeader } from "./raster.js";
import type { TiffPage } from "./tiff-page.js";

const MAGIC = "NRRD000";
const LONGEST_HEADER = 2 ** 20;

export const isNrrd = (start: Uint8Array): boolean => new TextDecoder().decode(start.subarray(0, 7)) === MAGIC;

type Type = readonly [kind: TiffPage["kind"], bits: number];
const TYPES = new Map<string, Type>();
const known = (type: Type, ...names: string[]): void => {
  for (const name of names) TYPES.set(name, type);
};
known(["signed", 8], "signed char", "int8", "int8_t");
known(["unsigned", 8], "uchar", "unsigned char", "uint8", "uint8_t");
known(["signed", 16], "short", "short int", "signed short", "signed short int", "int16", "int16_t");
known(["unsigned", 16], "ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t");
known(["signed", 32], "int", "signed int", "int32", "int32_t");
known(["unsigned", 32], "uint", "unsigned int", "uint32", "uint32_t");
known(
  ["signed", 64],
  "longlong",
  "long long",
  "long long int",
  "signed long long",
  "signed long long int",
  "int64",
  "int64_t",
);
known(["unsigned", 64], "ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t");
known(["float", 32], "float");
known(["float", 64], "double");

const METRES: Readonly<Record<string, number>> = {
  m: 1,
  cm: 1e-2,
  mm: 1e-3,
  millimeter: 1e-3,
  um: 1e-6,
  µm: 1e-6,
  micron: 1e-6,
  nm: 1e-9,
};

/** Lines of text at the start of a file, up to an empty one or the end; and where they end. */
async function lines(bytes: FileBytes): Promise<{ fields: Map<string, string>; end: number }> {
  const text = Buffer.from(await bytes.read(0, Math.min(LONGEST_HEADER, bytes.size), "the header")).toString("latin1");
  const fields = new Map<string, string>();
  for (let at = 0; ; ) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(at, end).replace(/\r$/, "");
    if (newline < 0 && bytes.size > text.length)
      throw new MalformedFile(`${bytes.name}: its header does not end within ${LONGEST_HEADER} bytes`);
    at = end + 1;
    // Names and texts in UTF-8 were read as single bytes; only units may have such letters.
    const colon = line.indexOf(": ");
    if (colon > 0 && !line.startsWith("#")) {
      const key = line.slice(0, colon).trim().toLowerCase();
      // Of two, another reader might believe the other one.
      if (fields.has(key)) throw new MalformedFile(`${bytes.name}: its header has "${key.slice(0, 40)}" twice`);
      fields.set(
        key,
        Buffer.from(line.slice(colon + 2), "latin1")
          .toString("utf8")
          .trim(),
      );
    }
    if (line === "" || newline < 0) return { fields, end: Math.min(at, text.length) };
  }
}

/** @throws MalformedFile, UnsupportedFeature */
export async function nrrdHeader(bytes: FileBytes, path: string): Promise<RasterHeader> {
  const { fields, end } = await lines(bytes);
  const { name } = bytes;
  const field = (...names: string[]): string | undefined =>
    names.map((one) => fields.get(one)).find((one) => one !== undefined);
  const needed = (...names: string[]): string => {
    const value = field(...names);
    if (value === undefined) throw new MalformedFile(`${name}: its NRRD header has no "${names[0]}"`);
    return value;
  };
  const numbers = (text: string): number[] => text.split(/\s+/).map(Number);
  const sizes = numbers(needed("sizes"));
  const dimension = Number(needed("dimension"));
  if (sizes.length !== dimension || !sizes.every((n) => Number.isSafeInteger(n) && n >= 1))
    throw new MalformedFile(`${name}: its sizes are "${needed("sizes").slice(0, 80)}" for dimension ${dimension}`);
  const kinds = field("kinds")?.split(/\s+/) ?? [];
  const spatial = kinds.every((kind) => ["domain", "space", "none", "???"].includes(kind.toLowerCase()));
  if ((dimension !== 2 && dimension !== 3) || !spatial)
    throw new UnsupportedFeature(
      `${name} has ${dimension} axes${kinds.length ? ` (${kinds.join(", ").slice(0, 100)})` : ""}; read are images of two or three axes in space with one value per voxel`,
    );
  const shape = [...(dimension === 2 ? [1] : []), ...[...sizes].reverse()];
  try {
    checkShape(shape);
  } catch (error) {
    throw new MalformedFile(`${name}: ${(error as Error).message}`);
  }
  const type = TYPES.get(needed("type").toLowerCase());
  if (type === undefined)
    throw new UnsupportedFeature(`${name}: voxels of type "${needed("type").slice(0, 40)}" are not read`);
  const [kind, bits] = type;
  const encoding = needed("encoding").toLowerCase();
  const raw = encoding === "raw";
  if (!raw && !["gzip", "gz"].includes(encoding))
    throw new UnsupportedFeature(`${name}: encoding "${encoding.slice(0, 40)}" is not read; save it as raw or gzip`);
  const endian = field("endian")?.toLowerCase();
  if (raw && bits > 8 && endian !== "little" && endian !== "big")
    throw new MalformedFile(`${name}: its NRRD header does not say in which byte order its ${bits}-bit voxels stand`);
  const byteSkip = Number(field("byte skip", "byteskip") ?? 0);
  const lineSkip = Number(field("line skip", "lineskip") ?? 0);
  if (!Number.isSafeInteger(byteSkip) || byteSkip < -1 || lineSkip !== 0 || (byteSkip !== 0 && !raw))
    throw new UnsupportedFeature(
      `${name}: byte skip ${byteSkip} and line skip ${lineSkip} are not read for ${encoding} voxels`,
    );
  const dataFile = field("data file", "datafile");
  if (dataFile !== undefined && (/^LIST\b/.test(dataFile) || dataFile.includes("%")))
    throw new UnsupportedFeature(`${name}: voxels in several files ("${dataFile.slice(0, 80)}") are not read`);
  const from = dataFile === undefined ? end : 0;
  return {
    format: "NRRD",
    name,
    path,
    dataPath: dataFile === undefined ? path : besides(path, dataFile, name),
    dataOffset: byteSkip === -1 ? undefined : from + byteSkip,
    encoding: raw ? "raw" : "itk",
    shape: shape as unknown as Triple,
    kind,
    bits,
    littleEndian: endian !== "big",
    ...placement(field, dimension, name),
  };
}

/** A vector such as `(0,1.5,0)`; undefined for `none`. */
function vector(text: string): number[] | undefined {
  const inner = /^\(([^()]*)\)$/.exec(text.trim());
  return inner?.[1]?.split(",").map(Number);
}

/** To the directions that ITK uses: x to the left, y to the back, z up. */
const FLIPS: Readonly<Record<string, readonly number[]>> = {
  "right-anterior-superior": [-1, -1, 1],
  ras: [-1, -1, 1],
  "left-anterior-superior": [1, -1, 1],
  las: [1, -1, 1],
};

function placement(
  field: (...names: string[]) => string | undefined,
  dimension: number,
  name: string,
): Pick<RasterHeader, "spacing" | "origin" | "direction"> {
  const quoted = (text: string | undefined): string[] =>
    [...(text ?? "").matchAll(/"([^"]*)"/g)].map((match) => match[1]!);
  const units = quoted(field("space units") ?? field("units")).map((unit) => METRES[unit]);
  const unit = (axis: number): number => units[axis] ?? 1e-3;
  if (
    (field("space units") ?? field("units")) !== undefined &&
    units.slice(0, dimension).some((one) => one === undefined)
  )
    throw new UnsupportedFeature(
      `${name}: its lengths are in ${field("space units", "units")?.slice(0, 60)}; known are ${Object.keys(METRES).join(", ")}`,
    );
  const spacings = field("spacings")?.split(/\s+/).map(Number);
  let steps: number[][] | undefined;
  if (spacings !== undefined)
    steps = [0, 1, 2].map((axis) =>
      [0, 1, 2].map((k) => (k === axis ? Math.abs(spacings[k] ?? spacings[0]!) * unit(k) : 0)),
    );
  const directions = field("space directions")
    ?.match(/\([^()]*\)|none/g)
    ?.map(vector);
  if (directions !== undefined && directions.length === 3 && directions.every((step) => step?.length === 3)) {
    const flip = FLIPS[field("space")?.toLowerCase() ?? ""] ?? [1, 1, 1];
    steps = directions.map((step) => step!.map((length, k) => length * flip[k]! * unit(k)));
    const origin = vector(field("space origin") ?? "")?.map((length, k) => length * flip[k]! * unit(k));
    return geometry(steps, origin?.length === 3 && origin.every(Number.isFinite) ? origin : undefined) ?? {};
  }
  const placed = steps && geometry(steps, undefined);
  return placed === undefined ? {} : { spacing: placed.spacing };
}
