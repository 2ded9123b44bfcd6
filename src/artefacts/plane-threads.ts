/** Functions from plane to plane whose work on one plane is long: in threads. */
import { outlineOf, type WholePass } from "../compute/planned.js";
import { makeWhole, type WholeOptions } from "../compute/whole.js";
import type { DType } from "../core/dtype.js";
import type { Provenance } from "../core/provenance.js";
import type { Role, Volume } from "../core/volume.js";
import { batchBytes, Planes, rounded } from "./plane-wise.js";
import { spread, threadsFor } from "./threads.js";

/** Options of functions from plane to plane; with `to` a layer of bricks lies in memory until it is written. */
export type PlaneThreadOptions = WholeOptions;
export const PLANE_THREAD_OPTIONS = ["signal", "onProgress", "memoryLimit", "workers", "to"] as const;

/** A function from `{ plane, height, width, …parameters }` to a plane of the same size, as a thread finds it. */
export interface PlaneWork {
  readonly module: URL;
  readonly name: string;
  readonly parameters: object;
  /** Bytes that a thread needs for each pixel. */
  readonly bytesPerPixel: number;
  /** Nanoseconds that a pixel takes. */
  readonly cost: number;
}

/** What a thread gets. */
export interface PlaneTask {
  readonly plane: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** What the result says of itself. */
export interface PlaneFacts {
  readonly dtype: DType;
  /** Default: the input's. */
  readonly role?: Role;
  readonly provenance: Provenance;
}

/** A volume of the same shape; the planes are worked on in threads, and come to the same whatever thread does it. */
export async function mapPlanesInThreads(
  caller: string,
  volume: Volume,
  { dtype, role = volume.role, provenance }: PlaneFacts,
  { module, name, parameters, bytesPerPixel, cost }: PlaneWork,
  options: PlaneThreadOptions,
): Promise<Volume> {
  const [depth, height, width] = volume.shape;
  const pass: WholePass = {
    caller,
    outline: { ...outlineOf(volume), dtype, role, provenance },
    why: "it works on whole planes",
    parts: depth,
    workers: threadsFor(depth, options),
    sharedBytes: batchBytes(volume),
    threadBytes: height * width * bytesPerPixel,
    seconds: cost * 1e-9 * volume.voxels,
  };
  return makeWhole(volume, pass, options, () => ({
    provenance,
    async fill(writer, run, workers) {
      const from = writer.missingFrom(0);
      for (let z = 0; z < from; z++) run.step();
      const planes = new Planes(volume);
      const work = {
        what: caller,
        module,
        name,
        count: depth - from,
        workers: Math.min(workers, depth - from),
        argument: async (k: number) => {
          const plane = Float32Array.from(await planes.at(from + k));
          return { ...parameters, plane, height, width } satisfies PlaneTask;
        },
        store: (k: number, plane: Float32Array) => writer.writePlanes(from + k, rounded(plane, dtype)),
      };
      await spread<Float32Array>(work, run);
    },
  }));
}
