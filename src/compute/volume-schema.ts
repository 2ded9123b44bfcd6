/** What a file says of a volume beside its voxels: written by `save`, read by `open`, in Arrow and in TIFF files. */
import { DTYPES, isDType } from "../core/dtype.js";
import { MalformedFile, UnsupportedFeature } from "../core/errors.js";
import { isPhases } from "../core/phases.js";
import type { Provenance } from "../core/provenance.js";
import { BrickGrid, checkShape, type Shape } from "../core/shape.js";
import type { Role, Volume, VolumeInit } from "../core/volume.js";

export const FORMAT = "voxbook.volume";
/** Files of a later version are refused. */
export const FORMAT_VERSION = 1;

export const ROLES: readonly Role[] = ["intensity", "labels", "mask", "field", "projections"];

/** Everything of a volume but its voxels, as it stands in a file. */
export type Facts = Omit<VolumeInit, "store" | "truth">;

/** What a format with a shape and a voxel type of its own keeps beside them. */
export type Saved = Omit<Facts, "shape" | "dtype" | "brick">;

/** Metadata of the Arrow schema: text by name, lists as JSON. Unknown voxel size: no `spacing`. */
export function schemaMetadata(volume: Facts): Map<string, string> {
  const metadata = new Map<string, string>([
    ["format", FORMAT],
    ["version", String(FORMAT_VERSION)],
    ["shape", JSON.stringify(volume.shape)],
    ["brick", JSON.stringify(volume.brick)],
    ["dtype", volume.dtype],
    ["role", volume.role],
    ["unit", "m"],
    ["origin", JSON.stringify(volume.origin ?? [0, 0, 0])],
    ["direction", JSON.stringify(volume.direction ?? [1, 0, 0, 0, 1, 0, 0, 0, 1])],
    ["provenance", JSON.stringify(volume.provenance)],
  ]);
  if (volume.spacing !== undefined) metadata.set("spacing", JSON.stringify(volume.spacing));
  if (volume.phases !== undefined) metadata.set("phases", JSON.stringify(volume.phases));
  if (volume.angles !== undefined) metadata.set("angles", JSON.stringify(volume.angles));
  return metadata;
}

const isNumbers = (value: unknown, length: number): value is number[] =>
  Array.isArray(value) && value.length === length && value.every((n) => typeof n === "number" && Number.isFinite(n));

export function isProvenance(value: unknown, depth = 0): value is Provenance {
  const node = value as Partial<Provenance> | null;
  return (
    typeof node === "object" &&
    node !== null &&
    depth < 1000 &&
    typeof node.operation === "string" &&
    typeof node.parameters === "object" &&
    node.parameters !== null &&
    typeof node.version === "string" &&
    (node.sha256 === undefined || typeof node.sha256 === "string") &&
    Array.isArray(node.inputs) &&
    node.inputs.every((input) => typeof input?.name === "string" && isProvenance(input.provenance, depth + 1))
  );
}

/** Reads one JSON value out of the metadata and checks it. */
function json<T>(name: string, text: string | undefined, file: string, is: (value: unknown) => value is T): T {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "");
  } catch {
    value = undefined;
  }
  if (!is(value)) throw new MalformedFile(`${file}: its ${name} reads ${String(text).slice(0, 80)}, which is none`);
  return value;
}

const isTriple = (value: unknown): value is [number, number, number] => isNumbers(value, 3);
const isSpacing = (value: unknown): value is [number, number, number] => isTriple(value) && value.every((n) => n > 0);
const isDirection = (value: unknown): value is number[] => isNumbers(value, 9);
const isRole = (value: unknown): value is Role => ROLES.includes(value as Role);

/**
 * The facts out of the metadata of an Arrow schema.
 * @throws UnsupportedFeature if it is no volume, or one of a later version; MalformedFile if a fact is none
 */
export function factsOf(metadata: ReadonlyMap<string, string>, file: string): Facts {
  if (metadata.get("format") !== FORMAT)
    throw new UnsupportedFeature(
      `${file} is an Arrow file, but no volume: its schema has no metadata format = ${FORMAT}. A table is opened with apache-arrow's tableFromIPC`,
    );
  const version = Number(metadata.get("version"));
  if (version !== FORMAT_VERSION)
    throw new UnsupportedFeature(
      `${file} is a volume file of version ${metadata.get("version")}; this voxbook reads version ${FORMAT_VERSION}`,
    );
  const optional = <T>(name: string, is: (value: unknown) => value is T): T | undefined =>
    metadata.has(name) ? json(name, metadata.get(name), file, is) : undefined;
  const shape = json("shape", metadata.get("shape"), file, isTriple);
  const brick = json("brick", metadata.get("brick") ?? metadata.get("shape"), file, isTriple);
  const dtype = metadata.get("dtype");
  const role = metadata.get("role") ?? "intensity";
  const unit = metadata.get("unit") ?? "m";
  if (!isDType(dtype))
    throw new MalformedFile(`${file}: its dtype is ${dtype}; known are ${Object.keys(DTYPES).join(", ")}`);
  if (!isRole(role)) throw new MalformedFile(`${file}: its role is ${role}; known are ${ROLES.join(", ")}`);
  if (unit !== "m") throw new UnsupportedFeature(`${file}: its lengths are in ${unit}; only m is read`);
  try {
    checkShape(shape);
    new BrickGrid(shape, brick as Shape);
  } catch (error) {
    throw new MalformedFile(`${file}: ${(error as Error).message}`);
  }
  return {
    shape,
    dtype,
    brick,
    role,
    spacing: optional("spacing", isSpacing),
    origin: optional("origin", isTriple),
    direction: optional("direction", isDirection),
    phases: optional("phases", isPhases),
    angles: optional("angles", (value) => isNumbers(value, shape[0])),
    provenance: json("provenance", metadata.get("provenance"), file, (value) => isProvenance(value)),
  };
}

/** What TIFF has no place for, as one line of ASCII. */
export function savedLine(volume: Volume): string {
  const { role, spacing, origin, direction, phases, angles, provenance } = volume;
  const facts = { version: FORMAT_VERSION, role, spacing, origin, direction, phases, angles, provenance };
  const text = JSON.stringify(facts);
  return text.replaceAll(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** What {@link savedLine} wrote. @throws MalformedFile if it is damaged */
export function readSaved(text: string, file: string): Saved {
  const isSaved = (value: unknown): value is Saved & { version: number } => {
    const saved = value as Partial<Saved & { version: number }> | null;
    return (
      typeof saved === "object" &&
      saved !== null &&
      isRole(saved.role) &&
      (saved.spacing === undefined || isSpacing(saved.spacing)) &&
      (saved.origin === undefined || isTriple(saved.origin)) &&
      (saved.direction === undefined || isDirection(saved.direction)) &&
      (saved.phases === undefined || isPhases(saved.phases)) &&
      (saved.angles === undefined || (Array.isArray(saved.angles) && isNumbers(saved.angles, saved.angles.length))) &&
      isProvenance(saved.provenance)
    );
  };
  const saved = json("voxbook description", text, file, isSaved);
  if (saved.version !== FORMAT_VERSION)
    throw new UnsupportedFeature(
      `${file}: its voxbook description is of version ${saved.version}; known is ${FORMAT_VERSION}`,
    );
  const { role, spacing, origin, direction, phases, angles, provenance } = saved;
  return { role, spacing, origin, direction, phases, angles, provenance };
}
