import { mapPlanesInThreads, PLANE_THREAD_OPTIONS, type PlaneThreadOptions } from "../artefacts/plane-threads.js";
import { mapSinograms } from "../artefacts/sinogram-volume.js";
import { release } from "../compute/memory.js";
import { checkVolume } from "../compute/run.js";
import { checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "./find-components.js";
import { phaseOf } from "./structuring.js";

/** Options of {@link distanceTransform}. */
export interface DistanceTransformOptions extends PlaneThreadOptions {
  /** The phase inside which distances are wanted, by name or label. Default: of two phases the second; of more it has to be given. */
  phase?: string | number;
}

/**
 * Euclidean distance transform: for each voxel of a mask, or of a phase, the distance from its centre to that of the nearest
 * voxel that is not of it; 0 elsewhere. Exact; what lies beyond the faces counts as nothing, and where there is nothing but
 * the phase distances are infinite.
 * Distances are in voxels; where voxels are no cubes in their shortest edge, `Math.min(...volume.spacing)` metres.
 * Works on whole planes and then on lines across them, in threads. Cost O(n) times the distances that occur, a few
 * nanoseconds a voxel in electrodes; memory: the result twice.
 * @param volume mask or labels of whole numbers, any shape
 * @returns new volume of the role field (float32), of the same shape and voxel size
 * @throws InvalidArgument if there is no such phase
 * @see A. Meijster, J. B. T. M. Roerdink & W. H. Hesselink, A general algorithm for computing distance transforms in linear
 * time (2000), doi:10.1007/0-306-47025-X_36, whose separation by axes this is; equal to scipy.ndimage.distance_transform_edt
 */
export async function distanceTransform(volume: Volume, options: DistanceTransformOptions = {}): Promise<Volume> {
  checkVolume("distanceTransform", volume);
  checkOptions("distanceTransform", options, ["phase", ...PLANE_THREAD_OPTIONS]);
  const { phase, ...rest } = options;
  const { to: _, ...between } = rest;
  checkLabelled("distanceTransform", volume);
  const label = phaseOf("distanceTransform", volume, phase);
  const [z, y, x] = stepsOf(volume);
  const provenance = trace("distanceTransform", { phase: label }, { volume });
  const module = new URL("./distance-work.js", import.meta.url);
  const inside = { label: label ?? 0, except: label === undefined };
  const inPlane = {
    module,
    name: "planeDistances",
    parameters: { ...inside, steps: [y, x] },
    bytesPerPixel: 16,
    cost: 6,
  };
  const flat = await mapPlanesInThreads(
    "distanceTransform",
    volume,
    { dtype: "float32", role: "field", provenance },
    inPlane,
    between,
  );
  try {
    const across = { module, name: "lineDistances", parameters: { step: z }, bytesPerPixel: 16, cost: 6 };
    return await mapSinograms("distanceTransform", flat, across, rest, provenance);
  } finally {
    release(flat);
  }
}

/** Distances of neighbouring voxels along z, y, x over the shortest of them. */
function stepsOf({ spacing = [1, 1, 1] }: Volume): Triple {
  const least = Math.min(...spacing);
  return spacing.map((size) => size / least) as unknown as Triple;
}
