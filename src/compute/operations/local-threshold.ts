/** Labels by thresholds that follow from what lies around each voxel. */
import { DTYPES, type DType } from "../../core/dtype.js";
import { OUTSIDE } from "../../core/phases.js";
import type { Triple } from "../../core/shape.js";
import { gaussianReach, reach, type VolumeOperation } from "../operations.js";

const ALL = Object.keys(DTYPES) as DType[];

/** Half-widths of the window in voxels along z, y, x, and how the threshold follows from it. */
export type LocalThresholdParameters =
  | { readonly method: "mean"; readonly radius: Triple; readonly offset: number }
  /** Standard deviations of the Gaussian instead. */
  | { readonly method: "gaussian"; readonly sigma: Triple; readonly offset: number }
  | { readonly method: "niblack"; readonly radius: Triple; readonly k: number }
  | { readonly method: "sauvola"; readonly radius: Triple; readonly k: number; readonly range: number };

function halo(parameters: LocalThresholdParameters): Triple {
  if (parameters.method === "gaussian") return parameters.sigma.map(gaussianReach) as unknown as Triple;
  return parameters.radius.map(reach) as unknown as Triple;
}

/** Whether windows slide: integers whose sums are exact. Others are summed anew for each voxel, in a fixed order. */
export const slides = (dtype: DType): boolean => DTYPES[dtype].bytes < 4;

/** Label 1 above the threshold of a voxel, else 0; {@link OUTSIDE} for NaN, where it is within reach, and outside the mask. */
export const localThreshold: VolumeOperation<LocalThresholdParameters> = {
  kind: "volume",
  name: "localThreshold",
  dtypes: ALL,
  result: () => "uint8",
  halo,
  outside: OUTSIDE,
  workBytes: ({ brick, slab }, dtype, parameters) => {
    const { bytes } = DTYPES[dtype];
    if (parameters.method === "gaussian") return slab * (8 + bytes) + brick * 9;
    // Sums and squares of a plane in float64 after each axis.
    return slab * (bytes + 48 / (2 * reach(parameters.radius[0]) + 1)) + brick;
  },
  cost: (dtype, parameters) => {
    const [z, y, x] = halo(parameters);
    if (parameters.method === "gaussian") return 2 + 0.2 * (z + y + x);
    return slides(dtype) ? 6 : 6 + 0.6 * (z + y + x);
  },
};
