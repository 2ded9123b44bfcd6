import { largestBalls } from "../compute/operations/balls.js";
import { stageOf, type WholePass } from "../compute/planned.js";
import { checkMask, checkVolume, run } from "../compute/run.js";
import type { Length } from "../core/length.js";
import { checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { checkRegion, voxelCount, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { phaseOf } from "../morphology/structuring.js";
import { voxelSteps } from "../morphology/voxel-steps.js";
import { between } from "../segment/field-start.js";
import { madeWhole } from "../segment/made-whole.js";
import { ballSizes } from "./ball-sizes.js";
import { poreDistances } from "./pore-distances.js";
import { checkRadii, type Radii, radiiUpTo } from "./radii.js";

/** Options of {@link localThickness}. */
export interface LocalThicknessOptions extends RunOptions {
  /** The phase whose thickness is wanted, by name or label. Default: of two phases the second; of more it has to be given. */
  phase?: string | number;
  /**
   * Radii of the balls that are laid into the phase: `all` distances that occur, `whole` numbers of voxels (of the shortest edge)
   * from 1 on, or a list of radii in voxels or lengths such as `um(0.5)`. Default `all`, the exact one.
   */
  radii?: "all" | "whole" | readonly (number | Length)[];
}

/**
 * Local thickness: for each voxel of a phase the diameter of the largest ball that lies inside the phase and covers the voxel; 0
 * elsewhere. Of a pore space the size of the pores, of a solid the thickness of its struts, everywhere.
 *
 * A ball is about the centre of a voxel; its radius is the distance to the centre of the nearest voxel that is not of the phase
 * ({@link distanceTransform}); it covers the voxels whose centres lie nearer than that, and so no voxel of another phase. A slab
 * of n voxels has the thickness n where n is even and n + 1 where it is odd: on average half a voxel more than what it is, for no
 * ball ends at the face of a voxel. Features of less than three voxels are not resolved. Beyond the faces, outside of `mask` and
 * at the label 255 of 8 bits there is nothing, so that a ball may be cut off there; with `region` balls about voxels beside it
 * count, too. Balls with a list of radii have the largest one of the list that fits; where none does the thickness is 0.
 *
 * Thickness is in voxels; where voxels are no cubes in their shortest edge, `Math.min(...volume.spacing)` metres.
 * {@link poreSizeDistribution} makes sizes in µm of it. Exact, same result for any brick shape and number of workers: only balls that
 * no other ball holds are painted. Cost the distance transform and some nanoseconds a voxel and row of a ball; memory the
 * result, distances twice, and per worker 12 bytes for each voxel of a brick with the largest radius around it. Voxels are
 * float32, as the distances that they come from take as much.
 * @param volume mask or labels of whole numbers, any shape
 * @returns new volume of the role field (float32), of the same shape and voxel size; of the region's shape, with `region`
 * @throws InvalidArgument if there is no such phase, or a radius is none
 * @throws MissingData if no voxel, or every voxel, is of the phase; or a radius is a length and the voxel size is not known
 * @throws LimitExceeded if there are more than 65,535 radii, or memory cannot hold one brick with the largest one around it
 * @see T. Hildebrand & P. Rüegsegger, A new method for the model-independent assessment of thickness in three-dimensional images
 * (1997), doi:10.1046/j.1365-2818.1997.1340694.x; with `whole` twice the radii of porespy.filters.local_thickness
 * @example const sizes = await poreSizeDistribution(await localThickness(phases, { phase: "pore" }));
 */
export async function localThickness(volume: Volume, options: LocalThicknessOptions = {}): Promise<Volume> {
  const caller = "localThickness";
  checkVolume(caller, volume);
  checkOptions(caller, options, ["phase", "radii", ...RUN_OPTIONS]);
  const { phase, radii = "all", region, mask } = options;
  checkLabelled(caller, volume);
  checkMask(mask, volume);
  if (region !== undefined) checkRegion(region, volume.shape);
  checkRadii(caller, radii, volume);
  const label = phaseOf(caller, volume, phase);
  const provenance = trace(caller, { phase: label, radii, region }, { volume, mask });
  const pass = ballsPass(caller, volume, { ...options, provenance });
  return madeWhole(volume, pass, options, async () => {
    const rest = between(options);
    const { distances, inside, most, free } = await poreDistances(caller, volume, label, mask, rest);
    try {
      const made = await withBalls(caller, distances, inside, radiiUpTo(caller, radii, volume, most), {
        ...rest,
        ...(region && { region }),
      });
      return { volume: made, provenance };
    } finally {
      free();
    }
  });
}

/** What is known of a volume of balls before it is made. */
export function ballsPass(
  caller: string,
  volume: Volume,
  { region, mask, provenance }: Pick<RunOptions, "region" | "mask"> & Pick<Volume, "provenance">,
): WholePass {
  const facts = { provenance, role: "field", phases: null } as const;
  const { outline } = stageOf(
    { ...largestBalls, name: "copy", dtypes: [volume.dtype] },
    volume,
    { reach: [0, 0, 0] } as never,
    facts,
    { region: region ?? wholeRegion(volume.shape) },
  );
  return {
    caller,
    outline: { ...outline, dtype: "float32" },
    mask,
    why: "it measures distances through the whole volume",
    parts: volume.grid.length,
    workers: 1,
    sharedBytes: 8 * volume.voxels,
    threadBytes: 0,
    seconds: 6e-8 * voxelCount(volume.shape),
  };
}

/** The largest balls over each other, about voxels with the distances; where none fits at all, zeros. */
export async function withBalls(
  caller: string,
  distances: Volume,
  inside: Volume | undefined,
  radii: Radii,
  options: RunOptions,
): Promise<Volume> {
  const facts = { provenance: trace(caller, {}, { distances }), role: "field", phases: null } as const;
  const parameters = ballSizes(radii, voxelSteps(distances), distances.shape);
  const empty = { border: { constant: 0 } } as const;
  // Neither is a ball about a voxel outside the sample, nor is such a voxel covered.
  const beside =
    inside === undefined ? {} : { besides: [inside], besideBorder: { constant: 0 } as const, mask: inside };
  return run(largestBalls, distances, parameters, { ...options, ...empty, ...beside }, facts);
}
