import { buildVolume } from "../compute/build.js";
import type { Length } from "../core/length.js";
import { checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { regionShape, type Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { correlate } from "./correlate.js";
import { checkCorrelated, reachOf } from "./correlated.js";

/** Options of {@link twoPointMap}. */
export interface TwoPointMapOptions extends Omit<RunOptions, "to"> {
  /** The phase that is correlated with itself, by name or label. Default: of two phases the second; of more it has to be given. */
  phase?: string | number;
  /** The largest lag along each axis: voxels (of the shortest edge) or a length. Default: half of the shortest side. */
  reach?: number | Length;
  /** The volume repeats beyond its faces. Default false. */
  periodic?: boolean;
}

const caller = "twoPointMap";

/**
 * Two-point correlation of a phase in space: a volume of S₂ over the lags along z, y and x, with the lag 0 in its middle voxel. It shows at
 * one sight how a structure is directed and whether it repeats. See {@link twoPointCorrelation}, which is its mean over directions.
 * Cost and memory are those of {@link twoPointCorrelation}, and 4 bytes for each lag, twice.
 * @param labels mask or labels of whole numbers, any shape
 * @returns new volume of the role field (float32) with 2·reach + 1 voxels along each axis, of the same voxel size, its origin at the most
 * negative lag; NaN where no pair of voxels of the sample is that far apart
 * @throws as {@link twoPointCorrelation}
 */
export async function twoPointMap(labels: Volume, options: TwoPointMapOptions = {}): Promise<Volume> {
  const known = ["phase", "reach", "periodic", ...TABLE_OPTIONS];
  checkOptions(caller, options, known);
  const { reach, phase: _, periodic: __, region: ___, mask: ____, ...rest } = options;
  const { correlated } = await checkCorrelated(caller, labels, options);
  const { label, region, mask, periodic } = correlated;
  const { lags } = reachOf(caller, reach, labels, regionShape(region), periodic, false);
  const { planes } = await correlate(caller, correlated, { lags, width: 1, shells: 1 }, true, rest);
  const { spacing } = labels;
  const shape = lags.map((lag) => 2 * lag + 1) as unknown as Triple;
  const facts = {
    shape,
    dtype: "float32",
    role: "field",
    spacing,
    origin: spacing && (spacing.map((size, k) => -size * lags[k]!) as unknown as Triple),
    provenance: trace(caller, { phase: label, reach, periodic, region: options.region }, { labels, mask }),
  } as const;
  return buildVolume(
    facts,
    async (writer) => {
      // Lags and their opposites are alike.
      for (let z = -lags[0]; z <= lags[0]; z++) {
        const plane = planes[Math.abs(z)] as Float32Array;
        await writer.writePlanes(z + lags[0], z < 0 ? plane.toReversed() : plane);
      }
    },
    options.memoryLimit === undefined ? {} : { memoryLimit: options.memoryLimit },
  );
}
