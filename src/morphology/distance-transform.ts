import { buildVolume, type VolumeWriter } from "../compute/build.js";
import { hold } from "../compute/execute.js";
import type { PartJob } from "../compute/job.js";
import type { StepsResult } from "../compute/kernels/distances.js";
import type { PartResult } from "../compute/kernels/part.js";
import {
  CHUNK,
  NO_STEPS,
  type PlaneDistancesParameters,
  planesBytes,
  type StepsParameters,
  stepsBytes,
} from "../compute/operations/distances.js";
import { describeRegion } from "../compute/places.js";
import { outlineOf, type WholePass } from "../compute/planned.js";
import { defaultWorkers, pool } from "../compute/pool.js";
import type { Run } from "../compute/progress.js";
import { checkVolume } from "../compute/run.js";
import { makeWhole, type WholeOptions } from "../compute/whole.js";
import { DTYPES } from "../core/dtype.js";
import { UnsupportedFeature } from "../core/errors.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { type Shape, type Triple, wholeRegion } from "../core/shape.js";
import type { Volume, Zone } from "../core/volume.js";
import { checkLabelled } from "./find-components.js";
import { phaseOf } from "./structuring.js";
import { voxelSteps } from "./voxel-steps.js";

/** Options of {@link distanceTransform}. */
export interface DistanceTransformOptions extends WholeOptions {
  /** The phase inside which distances are wanted, by name or label. Default: of two phases the second; of more it has to be given. */
  phase?: string | number;
}

const OPTIONS = ["phase", "signal", "onProgress", "memoryLimit", "workers", "to"] as const;

/**
 * Euclidean distance transform: for each voxel of a mask, or of a phase, the distance from its centre to that of the nearest
 * voxel that is not of it; 0 elsewhere. Exact; what lies beyond the faces counts as nothing, and where there is nothing but
 * the phase distances are infinite.
 * Distances are in voxels; where voxels are no cubes in their shortest edge, `Math.min(...volume.spacing)` metres.
 * Works on lines along z and then on whole planes, in threads. Cost O(n), three to ten nanoseconds a voxel, the more the
 * larger the distances are; memory beside the result: 2 bytes a voxel (in a scratch file where there is no room), and for each
 * thread 16 planes and as many planes across y. Same result for any brick shape and number of workers.
 * @param volume mask or labels of whole numbers, any shape of less than 65,535 planes
 * @returns new volume of the role field (float32), of the same shape and voxel size
 * @throws InvalidArgument if there is no such phase
 * @see A. Meijster, J. B. T. M. Roerdink & W. H. Hesselink, A general algorithm for computing distance transforms in linear
 * time (2000), doi:10.1007/0-306-47025-X_36, whose separation by axes this is; P. F. Felzenszwalb & D. P. Huttenlocher,
 * Distance transforms of sampled functions (2012), doi:10.4086/toc.2012.v008a019, whose lower envelope long distances are left
 * to; equal to scipy.ndimage.distance_transform_edt
 */
export async function distanceTransform(volume: Volume, options: DistanceTransformOptions = {}): Promise<Volume> {
  const caller = "distanceTransform";
  checkVolume(caller, volume);
  checkOptions(caller, options, OPTIONS);
  const { phase, ...rest } = options;
  checkLabelled(caller, volume);
  const label = phaseOf(caller, volume, phase);
  const { workers = defaultWorkers() } = rest;
  checkNumber("workers", workers, 1, 64, true);
  const { shape, dtype } = volume;
  const [depth, height] = shape;
  if (depth >= NO_STEPS)
    throw new UnsupportedFeature(
      `${caller}: ${depth} planes are more than the ${NO_STEPS - 1} that it counts; crop it`,
    );
  const provenance = trace(caller, { phase: label }, { volume });
  const brick = brickOfSteps(shape);
  const rowChunks = Math.ceil(height / brick[1]);
  const planeChunks = Math.ceil(depth / CHUNK);
  const pass: WholePass = {
    caller,
    outline: { ...outlineOf(volume), dtype: "float32", role: "field", phases: undefined, provenance },
    why: "it works on whole planes",
    parts: rowChunks + planeChunks,
    workers: Math.min(workers, Math.max(rowChunks, planeChunks)),
    sharedBytes: 0,
    threadBytes: Math.max(stepsBytes(shape, brick[1], DTYPES[dtype].bytes), planesBytes(shape)),
    seconds: 5e-9 * volume.voxels,
  };
  return makeWhole(volume, pass, rest, () => ({
    provenance,
    async fill(writer, run, threads) {
      const inside = { label: label ?? 0, except: label === undefined };
      const facts = { shape, dtype: "uint16", role: "field", brick, provenance } as const;
      const limit = rest.memoryLimit === undefined ? {} : { memoryLimit: rest.memoryLimit };
      const steps = await buildVolume(facts, (into) => countSteps(volume, inside, into, run, threads), {
        ...limit,
        signal: run.signal,
      });
      try {
        await measure(steps, voxelSteps(volume), writer, run, threads);
      } finally {
        steps.store.release();
      }
    },
  }));
}

/** Bricks of the steps along z: as many planes and rows as a thread has at a time, fewer rows where these are long. */
function brickOfSteps([depth, height, width]: Shape): Shape {
  const rows = Math.min(CHUNK, Math.max(4, Math.floor(2 ** 24 / (depth * width))));
  return [Math.min(CHUNK, depth), Math.min(rows, height), width];
}

/** Steps along z to the nearest voxel that is not inside. */
async function countSteps(
  volume: Volume,
  parameters: StepsParameters,
  writer: VolumeWriter,
  { signal, step }: Run,
  workers: number,
): Promise<void> {
  const { grid } = writer;
  const { shape, brick } = grid;
  const letGo = hold(volume);
  const job: PartJob = {
    kind: "part",
    caller: "distanceTransform",
    operation: "stepsAlongZ",
    parameters,
    input: describeRegion(volume, wholeRegion(shape)),
    output: { shape, brick, dtype: "uint16", ...writer.shared(wholeRegion(shape)) },
  };
  try {
    await pool.run<StepsResult>(job, range(grid.counts[1]), workers, signal, async (_, { bricks }) => {
      for (const [index, zone, voxels] of bricks)
        if (voxels === undefined) writer.completeBrick(index, zone);
        else await writer.writeBrick(index, voxels);
      step();
    });
  } finally {
    letGo();
  }
}

/** Distances from the steps along z, from the first plane on that is missing. */
async function measure(
  steps: Volume,
  [z, y, x]: Triple,
  writer: VolumeWriter,
  { signal, step }: Run,
  workers: number,
): Promise<void> {
  const { shape, brick, length } = writer.grid;
  const all = wholeRegion(shape);
  const first = writer.missingFrom(0);
  const parts = Math.ceil((shape[0] - first) / CHUNK);
  for (let k = parts; k < Math.ceil(shape[0] / CHUNK); k++) step();
  const shared = writer.shared(all);
  const parameters: PlaneDistancesParameters = { first, squares: [z ** 2, y ** 2, x ** 2] };
  const letGo = hold(steps);
  const job: PartJob = {
    kind: "part",
    caller: "distanceTransform",
    operation: "distancesOfPlanes",
    parameters,
    input: describeRegion(steps, all),
    output: { shape, brick, dtype: "float32", ...shared },
  };
  // Planes go to a file in their order: each part waits for the one before it.
  const free: (() => void)[] = [];
  const turns = Array.from({ length: parts }, (_, k) => new Promise<void>((resolve) => (free[k] = resolve)));
  try {
    await pool.run<PartResult>(job, range(parts), workers, signal, async (part, { voxels }) => {
      if (voxels !== undefined) {
        await turns[part - 1];
        await writer.writePlanes(first + part * CHUNK, voxels);
        free[part]!();
      }
      step();
    });
    if (shared === undefined) return;
    const bricks: PartJob = { ...job, operation: "zoneOfBrick", parameters: {} };
    await pool.run<{ readonly zone: Zone }>(bricks, range(length), workers, signal, async (index, { zone }) =>
      writer.completeBrick(index, zone),
    );
  } finally {
    letGo();
  }
}

const range = (count: number): number[] => Array.from({ length: count }, (_, k) => k);
