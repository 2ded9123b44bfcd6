import { release } from "../compute/memory.js";
import { distinctValues } from "../compute/operations/distinct.js";
import { copy, histogram } from "../compute/operations.js";
import { checkMask, checkVolume, reduce, run } from "../compute/run.js";
import { checkResult } from "../compute/whole.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument } from "../core/errors.js";
import type { Length } from "../core/length.js";
import { checkNumber, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { checkRegion } from "../core/shape.js";
import { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { phaseOf } from "../morphology/structuring.js";
import { between } from "../segment/field-start.js";
import { runningSums } from "../statistics/running-sums.js";
import { checkFaces, type VolumeFace } from "./faces.js";
import { accessible } from "./inlets.js";
import { withBalls } from "./local-thickness.js";
import { poreDistances } from "./pore-distances.js";
import { checkRadii, radiiUpTo } from "./radii.js";

/** Options of {@link porosimetry}. */
export interface PorosimetryOptions extends RunOptions {
  /** The phase that is entered, by name or label. Default: of two phases the second; of more it has to be given. */
  phase?: string | number;
  /** Faces at which the fluid stands, such as `[{ axis: "z", side: "low" }]`. Default: all around the sample. */
  from?: readonly VolumeFace[];
  /** Radii of the steps: `all` distances that occur, `whole` numbers of voxels, or a list of voxels or lengths. Default `all`. */
  radii?: "all" | "whole" | readonly (number | Length)[];
  /** Angle between the fluid and the walls, through the fluid, in degrees: more than 90, up to 180. Default 140, mercury's. */
  contactAngle?: number;
  /** Surface tension of the fluid in N/m. Default 0.48, mercury's. */
  surfaceTension?: number;
}

/** What {@link porosimetry} returns. */
export type Porosimetry = ResultTable & {
  /** For each voxel the diameter of the pore throat through which the fluid reached it (float32, voxels); 0 where it never did. */
  readonly sizes: Volume;
  /** Share of the phase that the fluid never reached. */
  readonly closed: number;
};

const caller = "porosimetry";

/**
 * Porosimetry as with mercury: a fluid that does not wet the walls is pressed into a phase from outside. At each pressure it has the
 * balls of one radius that fit into the phase and hang together with a face at which it stands; the higher the pressure, the
 * smaller these are. Large pores behind narrow throats are thus told with the size of the throat (ink-bottle effect), other than
 * by {@link localThickness}.
 *
 * Balls and radii are those of {@link localThickness}; centres of balls hang together across faces of voxels. Columns, one row for each
 * radius at which more is filled, from the largest one on: `diameter` in µm (voxels where the voxel size is not known); `pressure` in
 * Pa, p = −4 γ cos θ ⁄ d (Washburn), where the voxel size is known; `saturation`, the share of the phase that is filled by then;
 * `voxels`, those that are filled at this step. The fluid that was there can always leave: nothing is trapped. By default fluid
 * stands all around: at the faces of the volume and at voxels outside of `mask` or with the label 255 of 8 bits. A `region` is a
 * volume of its own.
 *
 * Exact, same result for any brick shape and number of workers. Cost three times that of {@link localThickness}, more for long winding
 * pores; memory distances four times. {@link poreSizeDistribution} takes `sizes`.
 * @param volume mask or labels of whole numbers, any shape
 * @throws InvalidArgument if there is no such phase, the fluid wets, or a face or radius is none
 * @throws MissingData if no voxel, or every voxel, is of the phase; or a radius is a length and the voxel size is not known
 * @throws LimitExceeded as of {@link localThickness}
 * @see E. W. Washburn, Note on a method of determining the distribution of pore sizes in a porous material (1921),
 * doi:10.1073/pnas.7.4.115; M. Hilpert & C. T. Miller, Pore-morphology-based simulation of drainage in totally wetting porous media
 * (2001), doi:10.1016/S0309-1708(00)00056-7. With whole radii twice those of porespy.filters.porosimetry with `sizes` of whole numbers
 * @example const { sizes } = await porosimetry(phases, { phase: "pore", from: [{ axis: "z", side: "high" }] });
 */
export async function porosimetry(volume: Volume, options: PorosimetryOptions = {}): Promise<Porosimetry> {
  checkVolume(caller, volume);
  const known = ["phase", "from", "radii", "contactAngle", "surfaceTension", ...RUN_OPTIONS];
  checkOptions(caller, options, known);
  const { phase, from, radii = "all", contactAngle = 140, surfaceTension = 0.48, region, mask, to } = options;
  checkLabelled(caller, volume);
  checkMask(mask, volume);
  if (region !== undefined) checkRegion(region, volume.shape);
  if (from !== undefined) checkFaces(caller, from);
  checkRadii(caller, radii, volume);
  checkNumber("contactAngle (degrees)", contactAngle, 0, 180);
  if (contactAngle <= 90)
    throw new InvalidArgument(
      `${caller}: a fluid with a contact angle of ${contactAngle}° wets and goes in by itself; give more than 90°`,
    );
  checkNumber("surfaceTension (N/m)", surfaceTension, Number.MIN_VALUE, 1000);
  const label = phaseOf(caller, volume, phase);
  if (to !== undefined) await checkResult(to, volume);
  const rest = between(options);
  const named = { phase: label, from, radii, contactAngle, surfaceTension, region };
  const provenance = trace(caller, named, { volume, mask });
  const made: Volume[] = [];
  let sizesMade: Volume | undefined;
  let free = (): void => undefined;
  const cut = async (one: Volume): Promise<Volume> => {
    if (region === undefined) return one;
    made.push(await run(copy, one, {}, { ...rest, region }, { provenance: one.provenance }));
    return made.at(-1)!;
  };
  try {
    const part = await cut(volume);
    const within = mask === undefined ? undefined : await cut(mask);
    const found = await poreDistances(caller, part, label, within, rest);
    free = found.free;
    const { distances, inside, most } = found;
    const asked = radiiUpTo(caller, radii, part, most);
    const open = await accessible(caller, distances, inside, from, rest);
    made.push(open);
    const map = await withBalls(caller, open, inside, asked, rest);
    const kept = to === undefined ? map : await run(copy, map, {}, { ...rest, to }, { provenance });
    if (kept !== map) made.push(map);
    if (to === undefined) sizesMade = kept;
    const sizes = new Volume({ ...kept, brick: kept.grid.brick, provenance, truth: undefined });
    const where = inside === undefined ? rest : { ...rest, mask: inside };
    const all = await reduce(histogram, distances, { first: 0.5, step: 2 * most, bins: 1 }, where);
    const steps = await reduce(distinctValues, sizes, { except: 0 }, rest);
    const total = all.counts[0]!;
    const { columns, reached } = curve(steps, total, part.spacing, surfaceTension, contactAngle);
    return Object.assign(resultTable(columns, provenance), { sizes, closed: 1 - reached / total });
  } catch (error) {
    if (sizesMade !== undefined) release(sizesMade);
    throw error;
  } finally {
    free();
    for (const one of made) release(one);
  }
}

/** What is filled when, from the largest diameter on. */
function curve(
  { values, counts }: { readonly values: Float64Array; readonly counts: Float64Array },
  total: number,
  spacing: Volume["spacing"],
  surfaceTension: number,
  contactAngle: number,
): { columns: Column[]; reached: number } {
  const edge = spacing === undefined ? undefined : Math.min(...spacing);
  const [diameters, voxels] = [values.toReversed(), counts.toReversed()];
  const filled = runningSums(voxels);
  const columns: Column[] = [];
  if (edge === undefined) columns.push({ name: "diameter", values: diameters, unit: "voxel" });
  else {
    const tension = -4 * surfaceTension * Math.cos((contactAngle * Math.PI) / 180);
    columns.push(
      { name: "diameter", values: diameters.map((diameter) => diameter * edge * 1e6), unit: "µm" },
      { name: "pressure", values: diameters.map((diameter) => tension / (diameter * edge)), unit: "Pa" },
    );
  }
  columns.push(
    { name: "saturation", values: filled.map((count) => count / total), unit: "1" },
    { name: "voxels", values: voxels },
  );
  return { columns, reached: filled.at(-1) ?? 0 };
}
