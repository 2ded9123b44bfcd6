import { checkVolume } from "../compute/run.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { InvalidArgument } from "../core/errors.js";
import { isLength, type Length } from "../core/length.js";
import { checkChoice, checkNumber, checkOptions, inVoxels, type RunOptions, TABLE_OPTIONS } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { AXES, type Axis, checkRegion, sameShape, type Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { croftonAreas, marchingCubesAreas } from "./cell-tables.js";
import type { CollectorPlane } from "./delamination.js";
import { croftonLengths, flatAxis, inPlane, outlineLengths } from "./image-tables.js";
import {
  areaTo,
  distances,
  flagColumns,
  formColumns,
  greyColumns,
  isCut,
  type ParticleUnits,
  particleUnits,
  shapeColumns,
  sizeColumns,
  surfaceColumns,
} from "./particle-columns.js";
import { particleShape } from "./particle-shape.js";
import { particleSums } from "./particle-sums.js";
import { measuredPhases } from "./phase-numbers.js";
import { withTableNote } from "./table-note.js";

/** Options of {@link particles}. */
export interface ParticlesOptions extends Omit<RunOptions, "to"> {
  /** The scan, of the same shape: then the grey values of each particle are told, too. */
  scan?: Volume;
  /** Phases of what lies between particles, of the same shape: then the surface of each particle is shared out among them. */
  phases?: Volume;
  /** How surfaces are measured, see {@link surfaceArea}; of an image outlines, by marching squares or lines in 4 directions. Default `"marching cubes"`. */
  surface?: "marching cubes" | "crofton";
  /** `"leave out"`: particles that the volume, the region or the mask cuts are not told, for they are smaller than in the sample. Default `"keep"`. */
  border?: "keep" | "leave out";
  /** The face of the volume where the collector lies, such as `{ axis: "z", side: "low" }`: then distances to it are told. */
  collector?: CollectorPlane;
  /** The face of the volume where the separator lies. */
  separator?: CollectorPlane;
  /** Also tells `convexity`. Default `false`. */
  convexity?: boolean;
  /** Also tells `roughness`: the radius of the ball in which it is looked for, voxels (2 to 8, of the shortest edge) or a length. */
  roughness?: number | Length;
  /** Also tells the `voids` within particles. Only of the whole volume. Default `false`. */
  voids?: boolean;
  /** Cracks as `cracks(…).labels` has them: then the volume of those in each particle is told. Only of the whole volume. */
  cracks?: Volume;
  /** To which axis the angle of a particle's longest axis is told. Default: that of the collector or separator, else `z`; of an image `y`. */
  axis?: Axis;
}

const NAMES = ["z", "y", "x"] as const;
const OPTIONS = [
  ...["scan", "phases", "surface", "border", "collector", "separator", "axis"],
  ...["convexity", "roughness", "voids", "cracks"],
];

/**
 * Size, shape, place and neighbours of each particle: a row for each label, such as {@link separateParticles} or {@link components} make.
 *
 * Lengths are µm, or voxels where the voxel size is unknown (volumes voxel³). Columns:
 * - `label`; `voxels`, `volume`, `equivalent diameter` (of the ball of this volume);
 * - the bounding box, `z from` up to, not including, `z to` and so on, and `centroid z`, `centroid y`, `centroid x`, in voxels from the first voxel of the
 *   volume;
 * - `length`, `width`, `thickness`: whole axes of the ellipsoid with the second moments of the voxels' centres, 0 for what is one voxel thin;
 *   `length/width`, `width/thickness`; `direction z`, `direction y`, `direction x` of the longest one; `angle`, in degrees, of this to `axis`;
 * - `asymmetry`: how lopsided a particle is, 0 for whatever is the same on both sides of its middle, however elongated or slanted; 0.74 for half a ball, 1.36 for a cone. Root of
 *   Mardia's skewness: of the sum of the squares of all third moments of its voxels' places, stretched to a covariance of one;
 * - `surface area`; `sphericity`: the area of a ball of this volume over it, NaN for a particle that is cut; `Euler number` (1 for a
 *   particle without holes, less 1 for each hole through it, plus 1 for each cavity);
 * - `neighbours`: number of particles that it touches at faces; `contact area` with these, `open area`: the rest; with `phases` `area to …` for each
 *   phase: the open area shared out by faces;
 * - `touches border`: 1 for a particle that has faces at those of the volume, of the region, or at voxels outside of the mask; its figures are
 *   those of what is inside, its surface is without the cut;
 * - `under three voxels`: 1 for a particle that is less than three voxels thin, whose shape is that of voxels rather than its own: its box
 *   or a slab of its smallest moment is;
 * - with `collector` and `separator` `distance to …`, of the centroid from the face of the volume;
 * - with `convexity` `convexity`: its voxels over those whose centres lie in the convex hull of its centres, 1 for a ball as for a box; NaN for what lies in a plane;
 * - with `roughness` `roughness`, a length: by how much its surface goes up and down within a ball of this radius: 4/3 of the radius times the deviation, over the voxels of the surface, of
 *   the share of the ball around each that the particle has (for a plane that lies h higher the share is 3h/4r more). A straight or an evenly bent surface has little, of voxels 0.2 to 0.3; edges
 *   have much. Voxels whose ball leaves the volume are left out;
 * - with `voids` `voids`, their number, and `void fraction`, their volume over that of the particle with them: pieces of what is no particle (6 neighbours) that touch this one alone;
 * - with `cracks` `crack volume`, and `crack fraction`, over the particle's volume with its cracks; a crack between two particles is shared out by its faces;
 * - with `scan` `grey mean`, `grey deviation`, `grey min`, `grey max`, as {@link labelStatistics} has them.
 *
 * An image, which has one voxel along an axis (or whose region has), goes on unchanged along it: its two faces there are no border and no surface. It has, in place of what
 * volumes have,
 * - `area`, and `equivalent diameter` of the disc of this area; `length` and `width` of the ellipse with the second moments;
 * - `perimeter`, in µm or voxels; `circularity`: 4π · area over the square of the perimeter, 1 for a disc; `contact length`, `open length`, `length to …`,
 *   `crack area`; `Euler number`: 1 less the number of holes. `convexity` and `voids` are those in the plane.
 *
 * Discs of 3, 7, 15 and 30 voxels radius have perimeters that are 17, 7, 8 and 6 % too long, with `surface: "crofton"` 11, 2, 2 and 1 %; {@link saltykov} makes the
 * sizes of spheres of their diameters.
 *
 * By marching cubes balls of 3, 7 and 15 voxels radius have a sphericity of 0.97, 0.94 and 0.92, with `surface: "crofton"` of 1.03, 1.01 and 1.00.
 * Labels without a phase table leave out 0, which is no particle; 255 of 8-bit labels is left out unless a phase has it, and is outside. All but 0 of a
 * mask is the label 1.
 * Exact (areas in units of 2⁻²⁶ of a cell), the same for any brick shape and number of workers, also for volumes larger than memory. Cost O(n), brick by brick, some
 * ten nanoseconds a voxel; memory per worker a brick and its labels, in all 700 bytes a label, and 80 for each two that touch, while tables grow up to
 * twice as much.
 * @param labels labels of whole numbers or a mask, any shape
 * @returns one row a particle, in ascending order of labels
 * @throws InvalidArgument if these are no labels, `scan` or `phases` have another shape, or an image is asked for roughness or for what lies across it
 * @throws LimitExceeded if there are more labels than the memory limit holds
 * @see K. V. Mardia, Measures of multivariate skewness and kurtosis with applications (1970), doi:10.1093/biomet/57.3.519; H. Wadell, Volume, shape, and
 * roundness of quartz particles (1935), doi:10.1086/624298, for the sphericity. Moments are those of SimpleITK's LabelShapeStatistics,
 * of an image axes, hulls and (crofton) perimeters those of scikit-image's regionprops, convex_hull_image and perimeter_crofton
 * @example const table = await particles(await separateParticles(phases, { phase: "active material" }), { phases, scan });
 */
export async function particles(labels: Volume, options: ParticlesOptions = {}): Promise<ResultTable> {
  const caller = "particles";
  checkVolume(caller, labels);
  checkOptions(caller, options, [...OPTIONS, ...TABLE_OPTIONS]);
  checkLabelled(caller, labels);
  const { scan, phases, surface = "marching cubes", border = "keep", collector, separator, axis, ...more } = options;
  const { convexity = false, roughness, voids = false, cracks, ...run } = more;
  const radius = radiusOf(caller, labels, roughness);
  if ((voids || cracks !== undefined) && (run.region !== undefined || run.mask !== undefined))
    throw new InvalidArgument(
      `${caller}: voids and cracks are looked for in the whole volume, without region and mask; crop it first`,
    );
  checkChoice("surface", surface, ["marching cubes", "crofton"]);
  checkChoice("border", border, ["keep", "leave out"]);
  const planes = { collector, separator };
  for (const [name, plane] of Object.entries(planes)) checkPlane(caller, name, plane);
  if (run.region !== undefined) checkRegion(run.region, labels.shape);
  const flat = flatAxis(labels.shape, run.region);
  const axes = inPlane(flat).map((k) => NAMES[k]!);
  const along = axis ?? collector?.axis ?? separator?.axis ?? axes[0]!;
  checkChoice("axis", along, ["z", "y", "x"]);
  if (flat !== undefined) checkImage(caller, axes, options);
  for (const [name, volume] of Object.entries({ scan, phases, cracks })) checkBeside(caller, name, volume, labels);
  if (cracks !== undefined && (cracks.role !== "labels" || cracks.dtype !== "uint32"))
    throw new InvalidArgument(
      `${caller}: cracks have the role ${cracks.role} and are ${cracks.dtype}; give a label for each crack (uint32), such as cracks(…).labels or components(…) has`,
    );
  const { onProgress: _, ...quiet } = run;
  const kinds = phases && (await measuredPhases(caller, phases, quiet));
  const units = particleUnits(labels, flat);
  const areas = areasFor(surface, units);
  const wanted = { areas, phases: phases && { labels: phases, phases: kinds!.phases } };
  const sums = await particleSums(labels, wanted, run);
  const all = Array.from(sums.labels, (__, k) => k);
  const rows = border === "keep" ? all : all.filter((k) => !isCut(sums, k));
  const shapes = rows.map((k) => particleShape(sums, k, units.size));
  const columns = [
    ...sizeColumns(labels, sums, rows, units),
    ...shapeColumns(shapes, units, along),
    ...surfaceColumns(sums, rows, units),
  ];
  for (const [p, { name }] of (kinds?.phases ?? []).entries())
    columns.push({
      name: `${units.words.part} to ${name}`,
      values: rows.map((k) => areaTo(sums, k, p, kinds!.phases.length, units)),
      unit: units.boundary,
    });
  columns.push(...flagColumns(sums, rows, shapes, units));
  for (const [name, plane] of Object.entries(planes))
    if (plane !== undefined)
      columns.push({
        name: `distance to ${name}`,
        values: distances(columns, plane, labels, units),
        unit: units.length,
      });
  columns.push(...(await formColumns(labels, sums, rows, units, { convexity, radius, voids, cracks }, quiet)));
  if (scan !== undefined) columns.push(...(await greyColumns(caller, labels, scan, rows, quiet)));
  const { region, mask } = run;
  const provenance = trace(
    caller,
    { surface, border, collector, separator, axis, convexity, roughness, voids, region },
    { labels, scan, phases, cracks, mask },
  );
  const table = resultTable(columns, provenance);
  const cut = all.filter((k) => isCut(sums, k)).length;
  if (cut === 0) return table;
  const note = `${cut} of ${all.length} particles are cut by the border of the volume, region or mask${border === "keep" ? "; their figures are those of what is inside" : " and left out"}.`;
  return withTableNote(table, note);
}

/** What cells add to surfaces, or to outlines. */
function areasFor(surface: "marching cubes" | "crofton", { size, flat }: ParticleUnits): Float64Array {
  if (flat === undefined) return surface === "crofton" ? croftonAreas(size) : marchingCubesAreas(size);
  return surface === "crofton" ? croftonLengths(size, flat) : outlineLengths(size, flat);
}

/** Throws for what an image has not. */
function checkImage(
  caller: string,
  axes: readonly Axis[],
  { axis, collector, separator, roughness }: ParticlesOptions,
): void {
  const allowed = axes.map((name) => JSON.stringify(name)).join(" and ");
  const named = { axis, "collector.axis": collector?.axis, "separator.axis": separator?.axis };
  for (const [name, given] of Object.entries(named))
    if (given !== undefined && !axes.includes(given))
      throw new InvalidArgument(
        `${caller}: ${name} is ${JSON.stringify(given)}, along which this image has one voxel; allowed are ${allowed}`,
      );
  if (roughness !== undefined)
    throw new InvalidArgument(
      `${caller}: roughness is looked for in balls, which an image does not have; leave it out`,
    );
}

/** Radius of the ball for the roughness in voxels along z, y, x; zeros if it is not asked for. */
function radiusOf(caller: string, labels: Volume, roughness: number | Length | undefined): Triple {
  if (roughness === undefined) return [0, 0, 0];
  const shortest = Math.min(...(labels.spacing ?? [1]));
  const edges = labels.spacing?.map((edge) => edge / shortest) ?? [1, 1, 1];
  const reach = isLength(roughness)
    ? Math.max(...inVoxels(`${caller}: roughness`, roughness, labels))
    : (roughness as number);
  checkNumber(`${caller}: roughness (voxels)`, reach, 2, 8);
  return edges.map((edge) => reach / edge) as unknown as Triple;
}

function checkPlane(caller: string, name: string, plane: CollectorPlane | undefined): void {
  if (plane === undefined) return;
  if (typeof plane !== "object" || plane === null || !(plane.axis in AXES) || !["low", "high"].includes(plane.side))
    throw new InvalidArgument(
      `${caller}: ${name} is ${JSON.stringify(plane)}; give a face of the volume such as { axis: "z", side: "low" }`,
    );
}

function checkBeside(caller: string, name: string, volume: Volume | undefined, labels: Volume): void {
  if (volume === undefined) return;
  checkVolume(caller, volume);
  if (!sameShape(volume.shape, labels.shape))
    throw new InvalidArgument(
      `${caller}: ${name} has the shape ${volume.shape.join(" × ")}, the labels ${labels.shape.join(" × ")}; crop one to the other`,
    );
}
