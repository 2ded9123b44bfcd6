import type { PairsParameters } from "../compute/operations/pairs.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument } from "../core/errors.js";
import type { Length } from "../core/length.js";
import { checkChoice, checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { type Provenance, trace } from "../core/provenance.js";
import { AXES, regionShape, type Triple, voxelCount } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { countAxisPairs } from "./axis-pairs.js";
import { type Correlated, correlate } from "./correlate.js";
import { checkCorrelated, reachOf, widthOf } from "./correlated.js";
import type { Shells } from "./correlation-thread.js";

/** Options of {@link twoPointCorrelation}. */
export interface TwoPointCorrelationOptions extends Omit<RunOptions, "to"> {
  /** The phase that is correlated with itself, by name or label. Default: of two phases the second; of more it has to be given. */
  phase?: string | number;
  /** `all`: the mean over all directions, in shells of distance. `axes`: along z, y and x, each by itself. Default `all`. */
  directions?: "all" | "axes";
  /** Up to which distance: voxels (of the shortest edge) or a length. Default: half of the shortest side; of `axes` half of each. */
  reach?: number | Length;
  /** Width of a shell: voxels or a length; only of `all`. Default 1 voxel. */
  width?: number | Length;
  /** The volume repeats beyond its faces. Default false. */
  periodic?: boolean;
}

/** What {@link twoPointCorrelation} returns. */
export type TwoPointCorrelation = ResultTable & {
  /** Fraction of the phase: S₂ at the distance 0. */
  readonly fraction: number;
};

const caller = "twoPointCorrelation";

/**
 * Two-point correlation of a phase: S₂(h), how likely it is that of two places h apart both are in the phase. It begins with the
 * fraction φ of the phase at 0, falls the faster the more surface there is, and comes to φ² where places know nothing of each other any
 * more: how far that is is the size of the structure. It is what {@link representativeVolume} takes.
 *
 * `all`: S₂ at every lag (z, y, x), as the number of pairs of voxels of the phase over the number of pairs of the sample, averaged over
 * the lags of a shell. Columns: `from` and, not included, `to`, in µm where the voxel size is known, else in voxels; `distance`, the
 * mean of the lags; `lags`, their number; `S2`. By Fourier transforms in float32, to some 10⁻⁶. Of `axes`, columns: `lag` in voxels;
 * `z`, `y`, `x`, exact, from numbers of pairs; NaN where an axis is not that long. {@link twoPointMap} gives S₂ itself.
 *
 * Pairs of which one lies beyond the faces of volume or region, outside of `mask` or at the label 255 of 8 bits count neither way, so
 * that S₂ is unbiased; with `periodic` what is beyond one face lies behind the other. Same result for any brick shape and number of
 * workers. Of `all`, cost O(n log n), some 40 ns a voxel; memory 8 to 16 bytes for each voxel of a volume that is longer by the reach
 * along y and x, twice that with voxels beyond the sample. Of `axes`, cost O(n) a lag, 0.006 ns a voxel; memory of each worker eight planes
 * (across z or y) and bits of some three, of a volume in a file a bit for each voxel of a layer of bricks along y.
 * @param labels mask or labels of whole numbers, any shape
 * @throws InvalidArgument if there is no such phase, or the reach is longer than the volume (of a periodic one, half of it)
 * @throws MissingData if no voxel of region and mask is of the sample, or a length is given and the voxel size is not known
 * @throws LimitExceeded if the memory limit cannot hold the transforms
 * @see S. Torquato, Random Heterogeneous Materials (2002), section 2.2; J. G. Berryman (1985), doi:10.1063/1.335165, for averages over
 * shells; equal to porespy.metrics.two_point_correlation (`probability_scaled`)
 * @example const s2 = await twoPointCorrelation(phases, { phase: "pore", reach: um(10) });
 */
export async function twoPointCorrelation(
  labels: Volume,
  options: TwoPointCorrelationOptions = {},
): Promise<TwoPointCorrelation> {
  const known = ["phase", "directions", "reach", "width", "periodic", ...TABLE_OPTIONS];
  checkOptions(caller, options, known);
  const { directions = "all", reach, width, phase: _, periodic: __, region: ___, mask: ____, ...rest } = options;
  checkChoice("directions", directions, ["all", "axes"]);
  const { correlated, fraction } = await checkCorrelated(caller, labels, options);
  const { label, region, mask, periodic } = correlated;
  const provenance = trace(
    caller,
    { phase: label, directions, reach, width, periodic, region: options.region },
    { labels, mask },
  );
  const shape = regionShape(region);
  if (directions === "axes") {
    if (width !== undefined)
      throw new InvalidArgument(
        `${caller}: width is ${String(width)}, but along the axes there are no shells; leave it out`,
      );
    const lags = reachOf(caller, reach, labels, shape, periodic, true).lags;
    const columns = await alongAxes(correlated, lags, rest);
    return Object.assign(resultTable(columns, provenance), { fraction });
  }
  const { lags, most } = reachOf(caller, reach, labels, shape, periodic, false);
  const shell = widthOf(caller, width, labels);
  // A shell that is not whole would be an average over some directions only.
  const shells = Math.max(1, Math.floor((most + 1e-9) / shell));
  const found = await correlate(caller, correlated, { lags, width: shell, shells }, false, rest);
  return Object.assign(shellTable(found.shells, shell, labels.spacing, provenance), { fraction });
}

function shellTable(
  { values, lags, distances }: Shells,
  width: number,
  spacing: Volume["spacing"],
  provenance: Provenance,
): ResultTable {
  const scale = spacing === undefined ? 1 : Math.min(...spacing) * 1e6;
  const unit = spacing === undefined ? "voxel" : "µm";
  return resultTable(
    [
      { name: "from", values: Array.from(lags, (_, k) => k * width * scale), unit },
      { name: "to", values: Array.from(lags, (_, k) => (k + 1) * width * scale), unit },
      { name: "distance", values: distances.map((sum, k) => (sum / lags[k]!) * scale), unit },
      { name: "lags", values: lags },
      { name: "S2", values: values.map((sum, k) => sum / lags[k]!), unit: "1" },
    ],
    provenance,
  );
}

/** S₂ along each axis: of a periodic volume with the pairs across the faces, which are those that lie the rest of it apart. */
async function alongAxes(
  correlated: Correlated,
  reach: Triple,
  options: Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers">,
): Promise<Column[]> {
  const { region, periodic } = correlated;
  const shape = regionShape(region);
  const lags = reach.map((most, axis) => {
    const within = Array.from({ length: most + 1 }, (_, lag) => lag);
    const across = periodic ? within.slice(1).map((lag) => shape[axis]! - lag) : [];
    return [...new Set([...within, ...across])].sort((a, b) => a - b);
  }) as unknown as PairsParameters["lags"];
  const { holes, pairs } = await countAxisPairs(caller, correlated, lags, options);
  const pairsAt = (of: "phase" | "sample", axis: 0 | 1 | 2, lag: number): number =>
    pairs(of, axis, lag) + (periodic && lag > 0 ? pairs(of, axis, shape[axis] - lag) : 0);
  const voxels = voxelCount(shape);
  const value = (axis: 0 | 1 | 2, lag: number): number => {
    if (lag > reach[axis]) return Number.NaN;
    const whole = periodic ? voxels : (voxels / shape[axis]) * (shape[axis] - lag);
    const all = holes ? pairsAt("sample", axis, lag) : whole;
    return all === 0 ? Number.NaN : pairsAt("phase", axis, lag) / all;
  };
  const rows = Array.from({ length: Math.max(...reach) + 1 }, (_, lag) => lag);
  return [
    { name: "lag", values: rows, whole: true, unit: "voxel" },
    ...Object.entries(AXES).map(([name, axis]) => ({ name, values: rows.map((lag) => value(axis, lag)), unit: "1" })),
  ];
}
