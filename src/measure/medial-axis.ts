import { release } from "../compute/memory.js";
import { copyInside } from "../compute/operations.js";
import { checkMask, checkVolume, run } from "../compute/run.js";
import { checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { checkRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { skeleton } from "../morphology/skeleton.js";
import { phaseOf } from "../morphology/structuring.js";
import { between, boxOf } from "../segment/field-start.js";
import { madeWhole } from "../segment/made-whole.js";
import { ballsPass } from "./local-thickness.js";
import { poreDistances } from "./pore-distances.js";

/** Options of {@link medialAxis}. */
export interface MedialAxisOptions extends RunOptions {
  /** The phase whose medial axis is wanted, by name or label. Default: of two phases the second; of more it has to be given. */
  phase?: string | number;
}

const caller = "medialAxis";

/**
 * Medial axis with its radii: at each voxel of the {@link skeleton} of a mask or of a phase the radius of the largest ball inside the
 * phase that is centred there; 0 elsewhere. How wide pores and struts are along their middle, and where they are narrow.
 *
 * The voxels are those of the skeleton: lines, of a slab too, of the topology of the phase. An image has those of the skeleton of an
 * image; scikit-image's `medial_axis`, for images only, takes off voxels in the order of their distances and keeps a line into each
 * corner. Where both have a voxel, they have the same radius.
 * A radius is the distance to the centre of the nearest voxel of the sample that is not of the phase
 * ({@link distanceTransform}), half a voxel more than to the surface; half the {@link localThickness} at such a voxel or less. Beyond the
 * faces, outside of `mask` and at the label 255 of 8 bits there is nothing that a ball could meet, while the skeleton ends before them. With
 * `region` the skeleton is that of the region, and its radii those in the whole volume.
 *
 * Radii are in voxels; where voxels are no cubes in their shortest edge, `Math.min(...volume.spacing)` metres, as {@link distanceTransform}
 * has them: {@link skeletonBranches} takes the result for its `distances`. Same result for any brick shape and number of workers. Cost that of the
 * skeleton and of the distances; memory that of both beside the result, 5 bytes a voxel (in scratch files where there is no room), and what the skeleton takes.
 * @param volume mask or labels of whole numbers, any shape
 * @returns new volume of the role field (float32), of the same shape and voxel size; of the region's shape, with `region`
 * @throws InvalidArgument if there is no such phase
 * @throws MissingData if no voxel, or every voxel, is of the phase
 * @throws LimitExceeded if the volume does not fit into the 4 GiB that thinning can address
 * @see H. Blum, A transformation for extracting new descriptors of shape (1967), for the axis; equal to scipy.ndimage.distance_transform_edt at the
 * voxels of skimage.morphology.skeletonize (method "lee"), but for what {@link skeleton} says of these
 * @example const throat = (await skeletonBranches(await skeleton(pores), { distances: await medialAxis(pores) })).getChild("least radius");
 */
export async function medialAxis(volume: Volume, options: MedialAxisOptions = {}): Promise<Volume> {
  checkVolume(caller, volume);
  checkOptions(caller, options, ["phase", ...RUN_OPTIONS]);
  const { phase, region, mask } = options;
  checkLabelled(caller, volume);
  checkMask(mask, volume);
  if (region !== undefined) checkRegion(region, volume.shape);
  const label = phaseOf(caller, volume, phase);
  const provenance = trace(caller, { phase: label, region }, { volume, mask });
  const pass = ballsPass(caller, volume, { ...options, provenance });
  return madeWhole(volume, { ...pass, sharedBytes: 5 * volume.voxels }, options, async () => {
    const rest = between(options);
    const of = { ...(label !== undefined && { phase: label }), ...(region && { region }), ...(mask && { mask }) };
    const lines = await skeleton(volume, { ...rest, ...of });
    const made = [lines];
    let free = (): void => undefined;
    try {
      const found = await poreDistances(caller, volume, label, mask, rest);
      free = found.free;
      const box = await boxOf(caller, found.distances, region, rest);
      if (region !== undefined) made.push(box);
      const facts = { provenance: trace(caller, {}, { volume }), role: "field", phases: null } as const;
      return { volume: await run(copyInside, box, {}, { ...rest, mask: lines }, facts), provenance };
    } finally {
      free();
      for (const one of made) release(one);
    }
  });
}
