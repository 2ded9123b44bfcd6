/** Functions from plane to plane whose work on one plane is long: in threads. */
import { buildVolume, memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import { watched } from "../compute/progress.js";
import type { DType } from "../core/dtype.js";
import type { RunOptions } from "../core/options.js";
import type { Provenance } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { rounded } from "./plane-wise.js";
import { factsLike, limits } from "./projections.js";
import { spread, threadsFor } from "./threads.js";

export type PlaneThreadOptions = Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers">;
export const PLANE_THREAD_OPTIONS = ["signal", "onProgress", "memoryLimit", "workers"] as const;

/** A function from `{ plane, height, width, …parameters }` to a plane of the same size, as a thread finds it. */
export interface PlaneWork {
  readonly module: URL;
  readonly name: string;
  readonly parameters: object;
  /** Bytes that a thread needs for each pixel. */
  readonly bytesPerPixel: number;
}

/** What a thread gets. */
export interface PlaneTask {
  readonly plane: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** A volume of the same shape; the planes are worked on in threads, and come to the same whatever thread does it. */
export async function mapPlanesInThreads(
  caller: string,
  volume: Volume,
  dtype: DType,
  work: PlaneWork,
  options: PlaneThreadOptions,
  provenance: Provenance,
): Promise<Volume> {
  const [depth, height, width] = volume.shape;
  const workers = threadsFor(depth, options);
  const bytes = workers * height * width * work.bytesPerPixel;
  const claim = await machine.claim(caller, bytes, memoryLimitOf(options, machine));
  try {
    return await watched(caller, depth, options, (run) =>
      buildVolume(
        { ...factsLike(volume), dtype, phases: volume.phases, provenance },
        (writer) =>
          spread<Float32Array>(
            {
              what: caller,
              module: work.module,
              name: work.name,
              count: depth,
              workers,
              argument: async (z) => {
                const { values } = await volume.plane("z", z);
                return { ...work.parameters, plane: Float32Array.from(values), height, width } satisfies PlaneTask;
              },
              store: (z, plane) => writer.writePlanes(z, rounded(plane, dtype)),
            },
            run,
          ),
        { ...limits(options), signal: run.signal },
      ),
    );
  } finally {
    claim.drop();
  }
}
