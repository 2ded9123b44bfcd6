/** The header of AmiraMesh files (.am), as Amira and Avizo write them, read without trust. */
import { readSaved } from "../compute/volume-schema.js";
import { MalformedFile, UnsupportedFeature } from "../core/errors.js";
import { PALETTE, type Phase } from "../core/phases.js";
import { checkShape, type Shape, type Triple } from "../core/shape.js";
import type { FileBytes } from "./bytes.js";
import type { RasterHeader } from "./raster.js";
import type { TiffPage } from "./tiff-page.js";

const FIRST_LINE = /^#[ \t]*(?:AmiraMesh|Avizo)[ \t]+(?:3D[ \t]+)?(ASCII|BINARY-LITTLE-ENDIAN|BINARY)\b/;
const LONGEST_HEADER = 4 * 2 ** 20;
const DEEPEST = 32;

export const isAmiraMesh = (start: Uint8Array): boolean =>
  FIRST_LINE.test(new TextDecoder("latin1").decode(start.subarray(0, 64)));

const TYPES: Readonly<Record<string, readonly [TiffPage["kind"], number]>> = {
  byte: ["unsigned", 8],
  sbyte: ["signed", 8],
  short: ["signed", 16],
  ushort: ["unsigned", 16],
  int: ["signed", 32],
  int32: ["signed", 32],
  uint: ["unsigned", 32],
  uint32: ["unsigned", 32],
  float: ["float", 32],
  double: ["float", 64],
};

const METRES: Readonly<Record<string, number>> = {
  m: 1,
  cm: 1e-2,
  mm: 1e-3,
  um: 1e-6,
  µm: 1e-6,
  μm: 1e-6,
  micron: 1e-6,
  microns: 1e-6,
  micrometer: 1e-6,
  nm: 1e-9,
};

/** Name of the parameter in which `save` keeps what the format has no place for: JSON in base64. */
export const SAVED_PARAMETER = "Voxbook";

/** Numbers and texts of a parameter, or the entries of a group in their order. */
interface Entry {
  readonly name: string;
  readonly values: (number | string)[];
  readonly entries: Entry[] | undefined;
}

/** Words of a header: names and numbers, texts in quotes, and braces. */
function* wordsOf(text: string, file: string): Generator<{ word: string; quoted: boolean; at: number }> {
  const pattern = /#[^\n]*|"((?:[^"\\]|\\[\s\S])*)("|$)|[{}]|[^\s{}",#]+/g;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const [word, quoted, end] = found;
    // One that does not end is looked for once, and not again from each quote in it.
    if (end === "") throw new MalformedFile(`${file}: its header has a text without a closing quote`);
    if (word.startsWith("#")) continue;
    const plain = quoted?.replaceAll(/\\([\s\S])/g, "$1");
    yield { word: plain ?? word, quoted: quoted !== undefined, at: found.index };
  }
}

/** The entries of a group. A name that follows values begins the next entry; commas and lines mean nothing. */
function entriesOf(text: string, file: string): Entry[] {
  const root: Entry[] = [];
  const open: Entry[][] = [root];
  let last: Entry | undefined;
  for (const { word, quoted } of wordsOf(text, file)) {
    const into = open.at(-1)!;
    if (!quoted && word === "{") {
      // A text before a brace was the name of a group.
      let name = last;
      if (last !== undefined && last.values.length > 0) {
        name = { name: String(last.values.pop()), values: [], entries: undefined };
        into.push(name);
      }
      if (name === undefined || open.length >= DEEPEST)
        throw new MalformedFile(`${file}: its header has a group without a name, or groups more than ${DEEPEST} deep`);
      const group: Entry = { ...name, entries: [] };
      into[into.length - 1] = group;
      open.push(group.entries!);
      last = undefined;
    } else if (!quoted && word === "}") {
      if (open.length === 1) throw new MalformedFile(`${file}: its header closes a group that it has not opened`);
      open.pop();
      last = undefined;
    } else if (quoted || /^[-+.\d]/.test(word)) {
      // A text where a name should be: of a group, should a brace follow.
      if (last === undefined) last = named(word, into);
      else last.values.push(quoted ? word : Number(word));
    } else last = named(word, into);
  }
  if (open.length > 1) throw new MalformedFile(`${file}: its header ends within a group`);
  return root;
}

function named(name: string, into: Entry[]): Entry {
  const entry: Entry = { name, values: [], entries: undefined };
  into.push(entry);
  return entry;
}

const find = (entries: readonly Entry[] | undefined, name: string): Entry | undefined =>
  entries?.find((entry) => entry.name === name);
const utf8 = (latin1: string): string => {
  const bytes = Buffer.from(latin1, "latin1");
  const text = bytes.toString("utf8");
  return text.includes("\ufffd") ? latin1 : text;
};

/** @throws MalformedFile, UnsupportedFeature */
export async function amiraMeshHeader(bytes: FileBytes, path: string): Promise<RasterHeader> {
  const { name } = bytes;
  const text = Buffer.from(await bytes.read(0, Math.min(LONGEST_HEADER, bytes.size), "the header")).toString("latin1");
  const form = FIRST_LINE.exec(text)?.[1];
  if (form === undefined) throw new MalformedFile(`${name}: its first line is none of an AmiraMesh file`);
  const lattice =
    /^[ \t]*Lattice[ \t]*\{[ \t]*([^\s{}]+)[ \t]+([^\s{}]+)[ \t]*\}[ \t]*(?:=[ \t]*)?@(\d{1,9})[ \t]*(?:\([ \t]*(\w{1,40})[ \t]*,[ \t]*(\d{1,15})[ \t]*\))?/m.exec(
      text,
    );
  if (lattice === null)
    throw new UnsupportedFeature(
      `${name} is an AmiraMesh file without a field on a lattice (Lattice { byte Labels } @1); surfaces, lines and meshes are not read`,
    );
  const [declaration, type, , number, encoding, encoded] = lattice as unknown as [string, ...(string | undefined)[]];
  const begin = new RegExp(`\\n@${number}[ \\t]*\\r?\\n`, "g");
  begin.lastIndex = lattice.index + declaration.length;
  const data = begin.exec(text);
  if (data === null)
    throw new MalformedFile(`${name}: its AmiraMesh header names the data @${number}, but they do not begin`);
  const size = /^[ \t]*define[ \t]+Lattice[ \t]+(\d+)[ \t]+(\d+)[ \t]+(\d+)[ \t]*\r?$/m.exec(
    text.slice(0, lattice.index),
  );
  if (size === null)
    throw new MalformedFile(`${name}: its AmiraMesh header does not say "define Lattice" with three sizes`);
  const shape = [size[3], size[2], size[1]].map(Number);
  try {
    checkShape(shape);
  } catch (error) {
    throw new MalformedFile(`${name}: ${(error as Error).message}`);
  }
  const known = Object.hasOwn(TYPES, type!) ? TYPES[type!] : undefined;
  if (known === undefined)
    throw new UnsupportedFeature(
      `${name}: voxels of type "${type!.slice(0, 40)}" are not read; read are ${Object.keys(TYPES).join(", ")}, one value a voxel`,
    );
  const [kind, bits] = known;
  const parameters = find(entriesOf(text.slice(0, lattice.index), name), "Parameters")?.entries;
  const coordinates = find(parameters, "CoordType")?.values[0] ?? "uniform";
  if (coordinates !== "uniform")
    throw new UnsupportedFeature(
      `${name}: its coordinates are "${String(coordinates).slice(0, 40)}"; read are uniform ones`,
    );
  return {
    format: "AmiraMesh",
    name,
    path,
    dataPath: path,
    dataOffset: data.index + data[0].length,
    ...encodingOf(form, encoding, Number(encoded), bits, name),
    shape: shape as unknown as Shape,
    kind,
    bits,
    littleEndian: form !== "BINARY",
    ...factsOf(parameters, shape as unknown as Shape, kind !== "float", name),
  };
}

function encodingOf(
  form: string,
  encoding: string | undefined,
  length: number,
  bits: number,
  name: string,
): Pick<RasterHeader, "encoding" | "dataLength"> {
  if (form === "ASCII") {
    if (encoding === undefined) return { encoding: "ascii" };
  } else if (encoding === undefined) return { encoding: "raw" };
  else if (encoding === "HxZip") return { encoding: "zlib", dataLength: length };
  else if (encoding === "HxByteRLE" && bits === 8) return { encoding: "byte-rle", dataLength: length };
  throw new UnsupportedFeature(
    `${name}: voxels of ${bits} bits as ${encoding.slice(0, 40)} in ${form} are not read; save them as binary without compression`,
  );
}

type Facts = Pick<RasterHeader, "spacing" | "origin" | "direction" | "phases" | "role" | "saved">;

function factsOf(parameters: readonly Entry[] | undefined, shape: Shape, whole: boolean, name: string): Facts {
  const kept = find(parameters, SAVED_PARAMETER)?.values[0];
  const saved = typeof kept === "string" ? readSaved(Buffer.from(kept, "base64").toString("utf8"), name) : undefined;
  const materials = find(parameters, "Materials")?.entries ?? [];
  const own = whole && materials.length > 0 ? materials.map(phaseOf) : undefined;
  // Another program may have changed materials and box, and left what we had written as it was.
  const same =
    saved?.phases !== undefined &&
    (own === undefined ||
      (own.length === 1 + Math.max(...saved.phases.map(({ label }) => label)) &&
        saved.phases.every(({ label, name, colour }) => isMaterialOf(own[label], name, colour))));
  const phases = same ? saved?.phases : own;
  const box = boxOf(parameters, shape);
  const close = (a: Triple, b: Triple): boolean =>
    a.every((n, k) => Math.abs(n - b[k]!) <= 1e-6 * (Math.abs(b[k]!) || 1e-9));
  // A crop in another program keeps the voxel size and moves the first corner.
  const beside = ({ origin }: { origin?: Triple | undefined }, at: { spacing: Triple; origin: Triple }): boolean =>
    (origin ?? [0, 0, 0]).every((n, k) => Math.abs(n - at.origin[k]!) <= 1e-3 * at.spacing[k]!);
  const placed =
    saved !== undefined &&
    (box === undefined || (saved.spacing !== undefined && close(saved.spacing, box.spacing) && beside(saved, box)))
      ? { spacing: saved.spacing, origin: saved.origin, direction: saved.direction }
      : { ...box };
  return {
    ...placed,
    ...(phases && { phases }),
    ...(saved !== undefined ? { role: saved.role, saved } : phases && { role: "labels" as const }),
  };
}

/** A name as the format takes it: one word. */
export const materialName = (name: string): string =>
  name
    .trim()
    .replaceAll(/[^\p{L}\p{N}_-]+/gu, "_")
    .replace(/^(?=[\d-])/, "_");

function isMaterialOf(material: Phase | undefined, name: string, colour: string): boolean {
  if (material === undefined) return true;
  const word = materialName(name);
  return (material.name === word || material.name.startsWith(`${word}_`)) && material.colour === colour.toLowerCase();
}

/** The k-th material is that of the label k, whatever its Id. */
function phaseOf({ name, entries }: Entry, label: number): Phase {
  const colour = find(entries, "Color")?.values.slice(0, 3) ?? [];
  const valid = colour.length === 3 && colour.every((n) => typeof n === "number" && n >= 0 && n <= 1);
  const hex = (n: number | string): string =>
    Math.round(255 * (n as number))
      .toString(16)
      .padStart(2, "0");
  return {
    label,
    name: utf8(name),
    colour: valid ? `#${colour.map(hex).join("")}` : PALETTE[label % PALETTE.length]!,
  };
}

/** Voxel size and place of the first voxel, where the unit of lengths is told: the box goes from centre to centre. */
function boxOf(
  parameters: readonly Entry[] | undefined,
  shape: Shape,
): { spacing: Triple; origin: Triple } | undefined {
  const unit = utf8(String(find(find(parameters, "Units")?.entries, "Coordinates")?.values[0] ?? ""));
  const metres = Object.hasOwn(METRES, unit) ? METRES[unit] : undefined;
  const box = find(parameters, "BoundingBox")?.values ?? [];
  if (metres === undefined || box.length !== 6 || !box.every((n) => Number.isFinite(n))) return undefined;
  const [x0, x1, y0, y1, z0, z1] = box as [number, number, number, number, number, number];
  const extent = [z1 - z0, y1 - y0, x1 - x0];
  // Of an axis with one voxel the box has the size of this.
  const spacing = extent.map((length, k) => (length / Math.max(1, shape[k]! - 1)) * metres);
  if (!spacing.every((size) => size > 0 && Number.isFinite(size))) return undefined;
  return { spacing: spacing as unknown as Triple, origin: [z0 * metres, y0 * metres, x0 * metres] };
}
