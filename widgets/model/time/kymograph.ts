/** Values along a line, over the states of a series: a picture in which what moves is a slanted edge. */
import type { Json } from "../../../kernel/comm.js";
import { voxelArray } from "../../../src/core/dtype.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { AXES, type Axis, type Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import type { Rows } from "../planes.js";

/**
 * A row a volume: its values along the line through a voxel.
 * @param volumes of one shape and type
 * @throws InvalidArgument if the voxel lies outside of them
 */
export async function kymograph(volumes: readonly Volume[], axis: Axis, at: Triple): Promise<Rows> {
  const { shape, dtype } = volumes[0]!;
  const k = AXES[axis];
  const start: [number, number, number] = [...at];
  const stop: [number, number, number] = [at[0] + 1, at[1] + 1, at[2] + 1];
  [start[k], stop[k]] = [0, shape[k]];
  const width = shape[k];
  const values = voxelArray(dtype, volumes.length * width);
  for (const [row, volume] of volumes.entries()) values.set(await volume.read({ start, stop }), row * width);
  return { values, dtype, height: volumes.length, width };
}

/** Axis and voxel of a request that a page has sent. */
export function lineIn({ axis, at }: Record<string, Json>, { shape }: Volume): { axis: Axis; at: Triple } {
  const name = String(axis) as Axis;
  if (!Object.hasOwn(AXES, name)) throw new InvalidArgument(`axis ${name}; allowed are z, y, x`);
  const place = at as unknown as number[];
  const fits =
    Array.isArray(place) && place.length === 3 && place.every((n, k) => Number.isInteger(n) && n >= 0 && n < shape[k]!);
  if (!fits)
    throw new InvalidArgument(`a line through ${JSON.stringify(at)}; give a voxel inside ${shape.join(" × ")}`);
  return { axis: name, at: place as unknown as Triple };
}
