/** Functions from plane to plane (one projection, one slice), whole planes at a time. */
import { buildVolume, memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import { watched } from "../compute/progress.js";
import { DTYPES, type DType, type Voxels, voxelArray } from "../core/dtype.js";
import type { RunOptions } from "../core/options.js";
import type { Provenance } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { factsLike, limits } from "./projections.js";

type PlaneOptions = Pick<RunOptions, "signal" | "onProgress" | "memoryLimit">;

/** Planes are read a layer of bricks at a time, up to this many bytes. */
const BATCH_BYTES = 64 * 2 ** 20;

/** Calls `see` with each plane from front to back; the layers of bricks are read once. */
export async function eachPlane(
  volume: Volume,
  signal: AbortSignal,
  see: (plane: Voxels, z: number) => void | Promise<void>,
): Promise<void> {
  const [depth, height, width] = volume.shape;
  const size = height * width;
  const planes = planesAtOnce(volume);
  for (let z = 0; z < depth; z += planes) {
    const count = Math.min(planes, depth - z);
    const voxels = await volume.read({ start: [z, 0, 0], stop: [z + count, height, width] });
    for (let k = 0; k < count; k++) {
      // A pause for the event loop, so that Stop is heard.
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      await see(voxels.subarray(k * size, (k + 1) * size) as Voxels, z + k);
    }
  }
}

function planesAtOnce({ shape, grid }: Volume): number {
  const most = Math.max(1, Math.floor(BATCH_BYTES / (4 * shape[1] * shape[2])));
  return Math.min(shape[0], grid.brick[0], most);
}

/**
 * A volume of the same shape, plane by plane.
 * @param work fills `out` from a plane; may be asynchronous
 */
export async function mapPlanes(
  caller: string,
  volume: Volume,
  dtype: DType,
  work: (plane: Voxels, z: number) => Voxels | Promise<Voxels>,
  options: PlaneOptions,
  provenance: Provenance,
  extraBytes = 0,
): Promise<Volume> {
  const [depth, height, width] = volume.shape;
  const bytes = 4 * height * width * (planesAtOnce(volume) + 4) + extraBytes;
  const claim = await machine.claim(caller, bytes, memoryLimitOf(options, machine));
  try {
    return await watched(caller, depth, options, ({ signal, step }) =>
      buildVolume(
        { ...factsLike(volume), phases: volume.phases, dtype, provenance },
        (writer) =>
          eachPlane(volume, signal, async (plane, z) => {
            await writer.writePlanes(z, await work(plane, z));
            step();
          }),
        { ...limits(options), signal },
      ),
    );
  } finally {
    claim.drop();
  }
}

/** Mean of all planes, pixel by pixel. */
export async function meanPlane(volume: Volume, signal: AbortSignal): Promise<Float64Array> {
  const [depth, height, width] = volume.shape;
  const sum = new Float64Array(height * width);
  await eachPlane(volume, signal, (plane) => {
    for (let k = 0; k < sum.length; k++) sum[k]! += plane[k]!;
  });
  return sum.map((value) => value / depth);
}

/** Numbers as voxels of a type: whole ones rounded and held at the ends of its range. */
export function rounded(values: Float32Array, dtype: DType): Voxels {
  const { integer, min, max } = DTYPES[dtype];
  if (!integer) return values;
  const out = voxelArray(dtype, values.length);
  for (let k = 0; k < out.length; k++) out[k] = Math.min(max, Math.max(min, Math.round(values[k]!)));
  return out;
}
