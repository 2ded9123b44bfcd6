import { extname } from "node:path";
import { disk, type SaveFileSystem, writeAtomically } from "../compute/atomic.js";
import { checkVolume } from "../compute/run.js";
import { InvalidArgument } from "../core/errors.js";
import type { Mesh } from "../core/mesh.js";
import { checkOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import { glbBytes } from "../io/glb.js";
import { stlBytes } from "../io/stl.js";
import { type LabelSurfaceOptions, labelSurface } from "./label-surface.js";

/** Options of {@link saveSurface}. */
export interface SaveSurfaceOptions extends Omit<LabelSurfaceOptions, "label"> {
  /** Which label, by its name or number, or several; in glTF each is an object of its own. */
  label: string | number | readonly (string | number)[];
}

const FORMATS = [".stl", ".glb"];

/** Surfaces as a file, in the units that its format wants. @param meshes in voxels */
export function surfaceFile(
  meshes: readonly Mesh[],
  format: "stl" | "glb",
  { spacing }: Pick<Volume, "spacing">,
): Uint8Array {
  // STL knows no units, and programs that print take its numbers for millimetres: micrometres keep them handy. glTF is in metres.
  const scale = format === "stl" ? 1e6 : 1;
  const sizes = spacing === undefined ? [1, 1, 1] : [spacing[2] * scale, spacing[1] * scale, spacing[0] * scale];
  const scaled = meshes.map((mesh) => ({ ...mesh, positions: mesh.positions.map((n, k) => n * sizes[k % 3]!) }));
  return format === "stl" ? stlBytes(scaled, spacing === undefined ? "voxels" : "micrometres") : glbBytes(scaled);
}

/**
 * Saves the surface of a label for other programs, by the ending of the name:
 * - `.stl`: binary STL, lengths in µm (in voxels where the voxel size is unknown); several labels become one surface.
 * - `.glb`: binary glTF 2.0, lengths in metres as the format demands (voxels where unknown), with normals, names and the colours of
 *   the phase table.
 *
 *   await saveSurface(labels, "particles.stl", { label: "active material" });
 *
 * Axes are x, y, z, 0 at the outer corner of the first voxel. An older file is replaced when the new one is complete.
 * @throws as {@link labelSurface}; InvalidArgument for other endings; MissingData if the folder is not there
 */
export async function saveSurface(
  labels: Volume,
  path: string,
  options: SaveSurfaceOptions,
  files: SaveFileSystem = disk,
): Promise<void> {
  checkVolume("saveSurface", labels);
  checkOptions("saveSurface", options, ["label", "step", "smoothing", "signal"]);
  const suffix = typeof path === "string" ? extname(path).toLowerCase() : "";
  if (!FORMATS.includes(suffix))
    throw new InvalidArgument(
      `saveSurface: the name is ${JSON.stringify(path)}; a surface is saved as ${FORMATS.join(" or ")}`,
    );
  const { label, ...rest } = options;
  const wanted = Array.isArray(label) ? (label as (string | number)[]) : [label as string | number];
  if (wanted.length === 0) throw new InvalidArgument("saveSurface: label is an empty list; give at least one label");
  const meshes: Mesh[] = [];
  for (const one of wanted) meshes.push(await labelSurface(labels, { ...rest, label: one }));
  const bytes = surfaceFile(meshes, suffix.slice(1) as "stl" | "glb", labels);
  await writeAtomically(path, files, (append) => append(bytes));
}
