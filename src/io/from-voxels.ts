import { crc32 } from "node:zlib";
import { buildVolume } from "../compute/build.js";
import { DTYPES, dtypeOf, type Voxels } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkChoice, checkOptions, type RunOptions } from "../core/options.js";
import { checkPhases, phaseTable } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { checkShape, type Shape, voxelCount } from "../core/shape.js";
import type { Role, Volume, VolumeChanges } from "../core/volume.js";

/** Options of {@link fromVoxels}. */
export interface FromVoxelsOptions extends Omit<VolumeChanges, "phases">, Pick<RunOptions, "signal" | "memoryLimit"> {
  /** What the voxels are. Default `intensity`, with `phaseNames` `labels`. */
  role?: Role;
  /** Names of the phases 0, 1, 2, … of labels. Default: no phase table. */
  phaseNames?: readonly string[];
}

const ROLES: readonly Role[] = ["intensity", "labels", "mask", "field", "projections"];

/**
 * A volume of voxels that stand in an array: what other code has computed, or labels drawn by a program. The voxels are copied.
 * Provenance keeps shape, voxel type and checksum (CRC-32). Cost O(n); memory n voxels.
 * @param values typed array of one of the voxel types, C order: x runs fastest, then y, then z
 * @param shape voxels along z, y, x; an image has one plane
 * @throws InvalidArgument if the array has another number of voxels than the shape, or labels and masks are no whole numbers;
 * LimitExceeded if they fit neither memory nor the scratch disk
 * @example const scribbles = await fromVoxels(new Uint8Array(64 ** 3).fill(255), [64, 64, 64], { role: "labels" });
 */
export async function fromVoxels(values: Voxels, shape: Shape, options: FromVoxelsOptions = {}): Promise<Volume> {
  const caller = "fromVoxels";
  checkOptions(caller, options, ["role", "spacing", "phaseNames", "angles", "signal", "memoryLimit"]);
  const { phaseNames, role = phaseNames === undefined ? "intensity" : "labels", spacing, angles, ...run } = options;
  const dtype = dtypeOf(values);
  checkShape(shape);
  checkChoice("role", role, ROLES);
  if (values.length !== voxelCount(shape))
    throw new InvalidArgument(
      `${caller}: ${shape.join(" × ")} are ${voxelCount(shape)} voxels, the array has ${values.length}`,
    );
  if ((role === "labels" || role === "mask") && !DTYPES[dtype].integer)
    throw new InvalidArgument(`${caller}: ${role} are whole numbers, these voxels are ${dtype}`);
  if (phaseNames !== undefined && role !== "labels")
    throw new InvalidArgument(`${caller}: phaseNames go with the role labels, this volume is of role ${role}`);
  if (phaseNames !== undefined && !Array.isArray(phaseNames))
    throw new InvalidArgument(`${caller}: phaseNames is ${JSON.stringify(phaseNames)}; give a list of names`);
  const phases = phaseNames && checkPhases(caller, phaseTable(phaseNames.length, phaseNames), dtype, undefined);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const provenance = trace(caller, { shape, dtype, role, phaseNames, crc32: crc32(bytes) });
  const volume = await buildVolume(
    { shape, dtype, role, phases, provenance },
    (writer) => writer.writePlanes(0, values),
    run,
  );
  const changes = { ...(spacing !== undefined && { spacing }), ...(angles !== undefined && { angles }) };
  return Object.keys(changes).length === 0 ? volume : volume.with(changes);
}
