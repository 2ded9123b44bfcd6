import { checkVolume } from "../compute/run.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument } from "../core/errors.js";
import { checkChoice, checkNumber, checkOptions, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { labelOf } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { checkRegion, type Region, regionShape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { croftonAreas, marchingCubesAreas } from "./cell-tables.js";
import { cellsOfPhases, type MeasuredVoxel, measuredVoxel, sumOfCells } from "./phase-cells.js";
import { facesOfPhases } from "./phase-faces.js";
import { type MeasuredPhases, measuredPhases } from "./phase-numbers.js";
import { smoothSurfaces } from "./smooth-surfaces.js";

/** How an area is measured. */
export type SurfaceMethod = "faces" | "marching cubes" | "gradient" | "crofton";

/** Options of {@link surfaceArea}. */
export interface SurfaceAreaOptions extends Omit<RunOptions, "to"> {
  /** Only this phase, by name or label. Default: a row for each phase. */
  phase?: string | number;
  /** How the area is measured. Default `"marching cubes"`. */
  method?: SurfaceMethod;
  /**
   * For `"marching cubes"` and `"gradient"`: blurs the phase first by a Gaussian of so many voxels (0 to 5) over 3 × 3 × 3 voxels, such as 0.8.
   * What is thinner than two voxels then fades. Default 0: it stays as it is.
   */
  smoothing?: number;
}

const METHODS = ["faces", "marching cubes", "gradient", "crofton"] as const;
const OPTIONS = ["phase", "method", "smoothing", ...TABLE_OPTIONS];

/**
 * Area of the surface of each phase, where it meets others; and per volume. What a phase has in common with the faces of the
 * volume, or with what lies outside of region and mask, is no surface of it.
 *
 * Columns: `label`, `phase`, `area`, `area per volume` (of all voxels that belong to a phase) and `area per phase volume` (of those of the phase itself;
 * NaN where there are none), in µm², 1/µm and 1/µm; where the voxel size is unknown in voxel², 1/voxel and 1/voxel.
 *
 * Voxels know a surface only roughly. What the methods make of balls of 3, 7 and 20 voxels radius, of a cube of 10 along the grid, and
 * of a sheet one voxel thin along the grid:
 *
 * | `method`                           | ball, 3 | ball, 7 | ball, 20 | cube, 10 | thin sheet |
 * |------------------------------------|---------|---------|----------|----------|------------|
 * | `"faces"`                          | +69.8 % | +52.0 % |  +50.9 % |    exact |      exact |
 * | `"marching cubes"`                 | +16.3 % |  +8.4 % |   +9.3 % |   −6.0 % |      exact |
 * | `"marching cubes"`, smoothing 0.8  |  −0.3 % | +0.01 % |   +0.7 % |  −13.3 % |      exact |
 * | `"gradient"`                       | +18.7 % |  +8.8 % |   +9.4 % |   −5.5 % |      −50 % |
 * | `"gradient"`, smoothing 0.8        |  +6.5 % |  +1.3 % |   +0.8 % |  −12.1 % |      −62 % |
 * | `"crofton"`                        |  +9.3 % |  +0.3 % |   +0.2 % |  −12.6 % |       −7 % |
 *
 * - `"faces"`: faces of voxels, a staircase however small the voxels; see {@link interfaceAreas}.
 * - `"marching cubes"`: triangles between the centres of eight voxels, as scikit-image's `marching_cubes` and `mesh_surface_area` have them; as
 *   with these, the half voxel at the faces of the volume has no surface. Cells with a voxel outside do not count.
 * - `"gradient"`: sum of the lengths of the gradients of the phase, which is 1 inside and 0 elsewhere.
 * - `"crofton"`: how often lines in 13 directions cross the surface. The only one that is right for surfaces of all directions without
 *   blurring them; of a plane along the grid it finds 93 %.
 *
 * Sums are in whole units of 2⁻³⁰ of a voxel's face: same result for any brick shape and number of workers, also for volumes larger than
 * memory. Voxels that are no cubes are measured as they are. Cost O(n), 1 to 6 nanoseconds a voxel, with smoothing and gradients 5 to 15 a
 * phase; memory per worker some bricks.
 * @param labels labels of whole numbers (phases from its phase table, other labels by their number) or a mask
 * @returns one row a phase, in the order of the phase table
 * @throws InvalidArgument if the volume is neither labels nor a mask, there is no such phase, there are more than 255, or it is one voxel
 * thin (an image) and the method is not `"faces"`
 * @throws MissingData if no voxel of region and mask belongs to a phase
 * @see W. E. Lorensen & H. E. Cline, Marching cubes (1987), doi:10.1145/37401.37422; J. Ohser & F. Mücklich, Statistical Analysis of
 * Microstructures in Materials Science (2000), for the directions; equal to TauFactor's specific_surface_area, which is `area per volume`, for
 * each of its methods (its smoothing is 0.8 where not stated); to marching cubes with smoothing within 1.5 %, for where two corners of a cell lie
 * opposite each other scikit-image decides by the values whether they hang together, while here they always do
 * @example await surfaceArea(phases, { phase: "active material", method: "crofton" })
 */
export async function surfaceArea(labels: Volume, options: SurfaceAreaOptions = {}): Promise<ResultTable> {
  const caller = "surfaceArea";
  checkVolume(caller, labels);
  checkOptions(caller, options, OPTIONS);
  const { phase, method = "marching cubes", smoothing = 0, ...run } = options;
  checkChoice("method", method, METHODS);
  checkNumber(`${caller}: smoothing (voxels)`, smoothing, 0, 5);
  if (smoothing > 0 && (method === "faces" || method === "crofton"))
    throw new InvalidArgument(
      `${caller}: smoothing is for "marching cubes" and "gradient"; ${method} takes voxels as they are`,
    );
  if (run.region !== undefined) checkRegion(run.region, labels.shape);
  if (method !== "faces") checkDepth(caller, method, labels, run.region);
  const measured = await measuredPhases(caller, labels, run);
  const { phases, voxels, total } = measured;
  const only = phase === undefined ? undefined : labelOf(caller, phase, phases);
  const wanted = phases.flatMap(({ label }, k) => (only === undefined || label === only ? [k] : []));
  const voxel = measuredVoxel(labels);
  const areas = await areasOf(labels, measured, wanted, { method, smoothing }, voxel, run);
  const { cube, length } = voxel;
  const columns: Column[] = [
    { name: "label", values: wanted.map((k) => phases[k]!.label), whole: true },
    { name: "phase", values: wanted.map((k) => phases[k]!.name) },
    { name: "area", values: areas, unit: `${length}²` },
    { name: "area per volume", values: areas.map((area) => area / (total * cube)), unit: `1/${length}` },
    {
      name: "area per phase volume",
      values: wanted.map((k, row) => areas[row]! / (voxels[k]! * cube)),
      unit: `1/${length}`,
    },
  ];
  const { region, mask } = run;
  return resultTable(columns, trace(caller, { phase: only, method, smoothing, region }, { labels, mask }));
}

/** Throws where there are no cells of 2 × 2 × 2 voxels, of which areas are added up: the sum would be 0 whatever there is. */
export function checkDepth(caller: string, method: SurfaceMethod, { shape }: Volume, region?: Region): void {
  const size = region === undefined ? shape : regionShape(region);
  // One voxel has no neighbours, and no surface by any method.
  if (size.every((n) => n > 1) || size.every((n) => n === 1)) return;
  throw new InvalidArgument(
    `${caller}: ${size.join(" × ")} voxels have no surface by ${JSON.stringify(method)}, which needs two voxels along each axis; take method: "faces", of an image the sides of its pixels times the thickness of the plane`,
  );
}

/** The areas of some of the phases, given by their places among all. */
export async function areasOf(
  labels: Volume,
  { phases, outside }: MeasuredPhases,
  wanted: readonly number[],
  { method, smoothing }: { readonly method: SurfaceMethod; readonly smoothing: number },
  { size }: MeasuredVoxel,
  run: Omit<RunOptions, "to">,
): Promise<number[]> {
  if (method === "faces") {
    const faces = await facesOfPhases(labels, phases, run);
    const [z, y, x] = size;
    const sides = [y * x, z * x, z * y];
    const between = (a: number, b: number): number =>
      faces.between(a, b).reduce((sum, count, axis) => sum + count * sides[axis]!, 0);
    return wanted.map((a) => phases.reduce((sum, _, b) => sum + (a === b ? 0 : between(a, b)), 0));
  }
  if (method === "gradient" || smoothing > 0) {
    const holes = run.mask !== undefined || outside > 0;
    return smoothSurfaces(labels, phases, wanted, { gradient: method === "gradient", smoothing, holes }, run);
  }
  const { whole } = await cellsOfPhases(labels, phases, run);
  const table = method === "crofton" ? croftonAreas(size) : marchingCubesAreas(size);
  return wanted.map((k) => sumOfCells(whole, k, table));
}
