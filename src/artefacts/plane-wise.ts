/** Functions from plane to plane (one projection, one slice), whole planes at a time. */
import { outlineOf, type WholePass } from "../compute/planned.js";
import { makeWhole, type WholeOptions } from "../compute/whole.js";
import { DTYPES, type DType, type Voxels, voxelArray } from "../core/dtype.js";
import { checkNumber } from "../core/options.js";
import type { Provenance } from "../core/provenance.js";
import { type Region, regionShape, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";

/** Planes are read a layer of bricks at a time, up to this many bytes. */
const BATCH_BYTES = 64 * 2 ** 20;

/** The planes of a volume, or of a region of it, asked for in order: those of a layer of bricks are read together. */
export class Planes {
  readonly #volume: Volume;
  readonly #region: Region;
  readonly #atOnce: number;
  #first = 0;
  #batch: Voxels | undefined;

  constructor(volume: Volume, region: Region = wholeRegion(volume.shape)) {
    this.#volume = volume;
    this.#region = region;
    this.#atOnce = planesAtOnce(volume);
  }

  /** One plane, counted from the first one of the region; it may be a part of a longer array. */
  async at(z: number): Promise<Voxels> {
    const { start, stop } = this.#region;
    const [depth, height, width] = regionShape(this.#region);
    const size = height * width;
    if (this.#batch === undefined || z < this.#first || z >= this.#first + this.#batch.length / size) {
      const last = Math.min(depth, z + this.#atOnce);
      this.#batch = await this.#volume.read({
        start: [start[0] + z, start[1], start[2]],
        stop: [start[0] + last, stop[1], stop[2]],
      });
      this.#first = z;
    }
    const from = (z - this.#first) * size;
    return this.#batch.subarray(from, from + size) as Voxels;
  }
}

/** Calls `see` with each plane from front to back; the layers of bricks are read once. */
export async function eachPlane(
  volume: Volume,
  signal: AbortSignal,
  see: (plane: Voxels, z: number) => void | Promise<void>,
  from = 0,
): Promise<void> {
  const planes = new Planes(volume);
  for (let z = from; z < volume.shape[0]; z++) {
    // A pause for the event loop, so that Stop is heard.
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    await see(await planes.at(z), z);
  }
}

function planesAtOnce({ shape, grid }: Volume): number {
  const most = Math.max(1, Math.floor(BATCH_BYTES / (4 * shape[1] * shape[2])));
  return Math.min(shape[0], grid.brick[0], most);
}

/** Bytes of the planes that are read together. */
export const batchBytes = (volume: Volume): number => 4 * volume.shape[1] * volume.shape[2] * planesAtOnce(volume);

/** What is known of a function from plane to plane before it has looked at the volume. */
export interface PlaneMap {
  readonly dtype: DType;
  /** Provenance with what was found. */
  trace(found: object): Provenance;
  readonly mask?: Volume | undefined;
  /** True if it looks at all of the volume first. */
  readonly looks?: boolean;
  /** Bytes beside some planes. */
  readonly extraBytes?: number;
  /** Nanoseconds a voxel takes. */
  readonly cost: number;
}

/** A function from plane to plane; may be asynchronous. */
type PlaneFunction = (plane: Voxels, z: number) => Voxels | Promise<Voxels>;

/**
 * A volume of the same shape, plane by plane.
 * @param prepare gives the function, and what was found on the way to it
 */
export async function mapPlanes(
  caller: string,
  volume: Volume,
  map: PlaneMap,
  options: WholeOptions,
  prepare: () => Promise<{ readonly found: object; readonly work: PlaneFunction }>,
): Promise<Volume> {
  const [depth, height, width] = volume.shape;
  const { dtype, mask, looks = false, extraBytes = 0, cost } = map;
  if (options.workers !== undefined) checkNumber("workers", options.workers, 1, 64, true);
  const pass: WholePass = {
    caller,
    outline: { ...outlineOf(volume), dtype, provenance: map.trace({}) },
    mask,
    why: looks ? "it looks at all voxels first, then works on whole planes" : "it works on whole planes",
    parts: depth,
    workers: 1,
    sharedBytes: extraBytes,
    threadBytes: batchBytes(volume) + 16 * height * width,
    seconds: cost * 1e-9 * volume.voxels,
  };
  return makeWhole(volume, pass, options, async () => {
    const { found, work } = await prepare();
    return {
      provenance: map.trace(found),
      async fill(writer, { signal, step }) {
        const from = writer.missingFrom(0);
        for (let z = 0; z < from; z++) step();
        const each = async (plane: Voxels, z: number): Promise<void> => {
          await writer.writePlanes(z, await work(plane, z));
          step();
        };
        await eachPlane(volume, signal, each, from);
      },
    };
  });
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
