/** What programs write into a TIFF's description: voxel size, number of planes, channels and times. */

import { readSaved, type Saved } from "../compute/volume-schema.js";
import { MalformedFile } from "../core/errors.js";
import type { Triple } from "../core/shape.js";
import { TAG, type TiffDirectory } from "./tiff-directories.js";

export interface TiffMetadata {
  /** Metres along z, y, x, where all three are known. */
  readonly spacing?: Triple;
  readonly channels: number;
  readonly frames: number;
  readonly planes: number;
  /** Axes in the order in which pages follow each other, fastest first. */
  readonly order: string;
  /** Planes in all that one directory stands for, where the file has only that one. */
  readonly contiguous?: number;
  /** True where 1-bit pages hold truth values: 1 is true, whatever is said of white. */
  readonly truth: boolean;
  readonly saved?: Saved;
}

const METRES: Readonly<Record<string, number>> = {
  m: 1,
  cm: 1e-2,
  mm: 1e-3,
  µm: 1e-6,
  μm: 1e-6,
  um: 1e-6,
  micron: 1e-6,
  microns: 1e-6,
  micrometer: 1e-6,
  "\\u00b5m": 1e-6,
  nm: 1e-9,
  pm: 1e-12,
  Å: 1e-10,
  å: 1e-10,
};

/** Key of the line in which `save` keeps what TIFF has no place for. */
export const SAVED_LINE = "voxbook=";

/** Reads the description of the first page; anything it does not understand is left alone. */
export function tiffMetadata(first: TiffDirectory, pages: number, file: string): TiffMetadata {
  const description = first.texts.get(TAG.imageDescription) ?? "";
  const software = first.texts.get(TAG.software) ?? "";
  // tifffile writes arrays of truth values as min-is-white and reads them back without inverting.
  const truth = software.startsWith("tifffile") || description.startsWith('{"shape":');
  const plain = { channels: 1, frames: 1, planes: pages, order: "ZCT", truth };
  if (description.startsWith("ImageJ=")) return { ...imageJ(description, first, pages, file), truth };
  if (description.startsWith("{")) {
    const contiguous = shaped(description, first, pages);
    return contiguous === undefined ? plain : { ...plain, planes: contiguous, contiguous };
  }
  // Only in the first part of a description can XML be OME's; the rest is never searched.
  if (description.slice(0, 4096).includes("<OME")) return { ...ome(description, pages), truth };
  return plain;
}

function imageJ(description: string, first: TiffDirectory, pages: number, file: string): Omit<TiffMetadata, "truth"> {
  const values = new Map<string, string>();
  let saved: Saved | undefined;
  for (const line of description.split("\n")) {
    const at = line.indexOf("=");
    if (at < 0) continue;
    if (line.startsWith(SAVED_LINE)) saved = readSaved(line.slice(SAVED_LINE.length), file);
    else values.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  const count = (name: string): number => {
    const value = Number(values.get(name) ?? 1);
    if (!Number.isSafeInteger(value) || value < 1)
      throw new MalformedFile(`${file}: its ImageJ description says ${name}=${values.get(name)}`);
    return value;
  };
  const images = count("images");
  const channels = count("channels");
  const frames = count("frames");
  // An older ImageJ leaves `slices` out.
  const slices = values.has("slices") ? count("slices") : Math.max(1, Math.floor(images / (channels * frames)));
  const contiguous = pages === 1 && images > 1 ? { contiguous: images } : {};
  const total = contiguous.contiguous ?? pages;
  const told =
    channels * slices * frames === total
      ? { channels, planes: slices, frames }
      : { channels: 1, planes: total, frames: 1 };
  const base = { ...told, order: "CZT", ...contiguous };
  if (saved !== undefined) return { ...base, saved, ...(saved.spacing && { spacing: saved.spacing }) };
  // "inch" is what ImageJ makes of the dots per inch of a picture: no voxel size of a scan.
  const metres = METRES[values.get("unit") ?? ""];
  const x = first.numbers.get(TAG.xResolution)?.[0];
  const y = first.numbers.get(TAG.yResolution)?.[0];
  if (metres === undefined || !(x! > 0 && Number.isFinite(x)) || !(y! > 0 && Number.isFinite(y))) return base;
  // Without `spacing` ImageJ takes a plane to be one unit away from the next; for a single plane that does not matter.
  const z = Number(values.get("spacing") ?? (told.planes === 1 ? 1 / x! : 1));
  if (!(z > 0 && Number.isFinite(z))) return base;
  return { ...base, spacing: [z * metres, metres / y!, metres / x!] };
}

/** Planes behind one directory as tifffile writes them with `truncate`. */
function shaped(description: string, first: TiffDirectory, pages: number): number | undefined {
  if (pages !== 1 || !description.includes('"truncated": true')) return undefined;
  try {
    const { shape } = JSON.parse(description) as { shape: number[] };
    const height = first.numbers.get(TAG.imageLength)?.[0] ?? 0;
    const planes = shape.slice(0, -2).reduce((product, n) => product * n, 1);
    return shape.at(-2) === height && Number.isSafeInteger(planes) && planes > 1 ? planes : undefined;
  } catch {
    return undefined;
  }
}

/** Value of an attribute in the start tag that begins at `from`. */
function attribute(xml: string, from: number, name: string): string | undefined {
  const end = xml.indexOf(">", from);
  const tag = xml.slice(from, end < 0 ? from : Math.min(end, from + 4096));
  for (const quote of ['"', "'"]) {
    const start = tag.indexOf(` ${name}=${quote}`);
    if (start < 0) continue;
    const first = start + name.length + 3;
    const last = tag.indexOf(quote, first);
    if (last >= 0) return tag.slice(first, last);
  }
  return undefined;
}

function ome(xml: string, pages: number): Omit<TiffMetadata, "truth"> {
  const at = Math.max(0, xml.indexOf("<Pixels"));
  const size = (name: string): number => {
    const value = Number(attribute(xml, at, name) ?? 1);
    return Number.isSafeInteger(value) && value >= 1 ? value : 1;
  };
  const order = attribute(xml, at, "DimensionOrder") ?? "XYZCT";
  const known = /^XY[ZCT]{3}$/.test(order);
  const told = { channels: size("SizeC"), planes: size("SizeZ"), frames: size("SizeT") };
  const fits = known && told.channels * told.planes * told.frames === pages;
  const base = { ...(fits ? told : { channels: 1, planes: pages, frames: 1 }), order: known ? order.slice(2) : "ZCT" };
  const lengths = ["Z", "Y", "X"].map((axis) => {
    const value = attribute(xml, at, `PhysicalSize${axis}`);
    const metres = METRES[(attribute(xml, at, `PhysicalSize${axis}Unit`) ?? "µm").replace("&#181;", "µ")];
    return value === undefined || metres === undefined ? Number.NaN : Number(value) * metres;
  });
  // One plane has no distance to a next one.
  if (Number.isNaN(lengths[0]) && base.planes === 1) lengths[0] = lengths[2]!;
  if (!lengths.every((length) => length > 0 && Number.isFinite(length))) return base;
  return { ...base, spacing: lengths as unknown as Triple };
}
