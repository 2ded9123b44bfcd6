/** Operations on the voxels of a box or a ball around each voxel. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import { ballOffsets, reach, type VolumeOperation } from "../operations.js";

const ALL = Object.keys(DTYPES) as DType[];
const halo = ({ radius }: { readonly radius: Triple }): Triple => [
  reach(radius[0]),
  reach(radius[1]),
  reach(radius[2]),
];
/** Rows that make up a box along its axes, or a ball. */
const rows = ({ radius, shape }: WindowParameters): number =>
  shape === "box"
    ? radius.reduce((sum, r) => sum + 2 * reach(r) + 1, 0)
    : ballOffsets([radius[0], radius[1], 0]).length + reach(radius[2]);

/** Radii in voxels along z, y, x; 0 leaves an axis out. */
export interface WindowParameters {
  readonly radius: Triple;
  readonly shape: "ball" | "box";
}

/** The same and the voxel type of the result. */
export interface MeanParameters extends WindowParameters {
  readonly dtype: DType;
}

/** Radii of a box. */
export interface DeviationParameters {
  readonly radius: Triple;
}

/** Sum in float32 in a fixed order (8 and 16 bits along z as integers), divided once by the number of voxels. NaN spreads. */
export const mean: VolumeOperation<MeanParameters> = {
  kind: "volume",
  name: "mean",
  dtypes: ALL,
  result: (_, { dtype }) => dtype,
  halo,
  outside: undefined,
  workBytes: ({ brick, slab }, dtype, parameters) =>
    slab * (DTYPES[dtype].bytes + (parameters.shape === "ball" ? 8 : 8 / (2 * reach(parameters.radius[0]) + 1))) +
    brick * 8,
  cost: (_, parameters) => 1 + 0.2 * rows(parameters),
};

function extreme(name: "minimum" | "maximum"): VolumeOperation<WindowParameters> {
  return {
    kind: "volume",
    name,
    dtypes: ALL,
    result: (dtype) => dtype,
    halo,
    outside: undefined,
    workBytes: ({ brick, slab }, dtype) => (brick + 3 * slab) * DTYPES[dtype].bytes,
    cost: (dtype, parameters) => 0.5 + 0.04 * rows(parameters) * DTYPES[dtype].bytes,
  };
}

/** The smallest of the voxels around; NaN counts as larger than all numbers. */
export const minimum = extreme("minimum");
/** The largest of the voxels around; NaN counts as larger than all numbers. */
export const maximum = extreme("maximum");

/** Standard deviation in a box, divided by the number of voxels, as float32; sums in float64. NaN spreads. */
export const deviation: VolumeOperation<DeviationParameters> = {
  kind: "volume",
  name: "deviation",
  dtypes: ALL,
  result: () => "float32",
  halo,
  outside: undefined,
  workBytes: ({ brick, slab }, dtype, { radius }) =>
    slab * (DTYPES[dtype].bytes + 48 / (2 * reach(radius[0]) + 1)) + brick * 4,
  cost: (_, { radius }) => 2 + 0.3 * rows({ radius, shape: "box" }),
};
