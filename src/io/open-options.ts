/** Options that all readers share. */

import { ROLES } from "../compute/volume-schema.js";
import { InvalidArgument } from "../core/errors.js";
import { isLength, type Length } from "../core/length.js";
import type { RunOptions } from "../core/options.js";
import type { Triple } from "../core/shape.js";
import type { Role } from "../core/volume.js";

/** Options of {@link open}. */
export interface OpenOptions extends Omit<RunOptions, "region" | "mask" | "workers"> {
  /** Voxel size: one length for all axes or `[z, y, x]`, such as `um(0.37)`. Default: what the file says, else unknown. */
  spacing?: Length | readonly [Length, Length, Length];
  /** Which channel of a colour or multi-channel image, from 0. Needed where the channels differ. */
  channel?: number;
  /**
   * What the values mean. `labels` makes a phase of each distinct value (up to 256), named `phase 0`, `phase 1`, … in
   * ascending order. Default: what a file saved by voxbook says; what AmiraMesh has
   * materials for and ilastik shows in random colours are labels; 1-bit images are masks; else `intensity`.
   */
  role?: Role;
  /** Path of the array in an HDF5 file. Default `exported_data`, as ilastik calls it. */
  dataset?: string;
}

export const OPEN_OPTIONS = ["spacing", "channel", "role", "dataset", "signal", "onProgress", "memoryLimit"] as const;

/** The voxel size that the caller gave, in metres. */
export function spacingOf(options: OpenOptions): Triple | undefined {
  const { spacing } = options;
  if (spacing === undefined) return undefined;
  const sizes = isLength(spacing) ? [spacing, spacing, spacing] : spacing;
  if (!Array.isArray(sizes) || sizes.length !== 3 || !sizes.every((size) => isLength(size) && size.metres > 0))
    throw new InvalidArgument("spacing: give one positive length such as um(0.37), or three, [z, y, x]");
  return sizes.map((size) => size.metres) as unknown as Triple;
}

/** Throws unless the role is one of the known. */
export function checkRole(options: OpenOptions): void {
  if (options.role !== undefined && !ROLES.includes(options.role))
    throw new InvalidArgument(`role is ${JSON.stringify(options.role)}; allowed are ${ROLES.join(", ")}`);
}

/** The parameters that stand in the provenance: what was opened and how, without folders. */
export function openParameters(name: string, format: string, options: OpenOptions, readAs: readonly string[]): object {
  const { spacing, channel, role, dataset } = options;
  return {
    path: name,
    format,
    spacing,
    channel,
    role,
    dataset,
    ...(readAs.length > 0 && { readAs: readAs.join(", ") }),
  };
}
