import { PARTICLE } from "../compute/operations/particles.js";
import { checkVolume } from "../compute/run.js";
import { type Column, type ResultTable, resultTable } from "../core/arrow/table.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { checkChoice, checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { AXES, type Axis, regionShape, sameShape, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { greyUnits } from "../segment/potts-model.js";
import { tableOfLabels } from "../statistics/label-table.js";
import { croftonAreas, marchingCubesAreas } from "./cell-tables.js";
import type { CollectorPlane } from "./delamination.js";
import { type ParticleShape, particleShape } from "./particle-shape.js";
import { type ParticleSums, particleSums } from "./particle-sums.js";
import { type MeasuredVoxel, measuredVoxel } from "./phase-cells.js";
import { measuredPhases } from "./phase-numbers.js";
import { withTableNote } from "./table-note.js";

/** Options of {@link particles}. */
export interface ParticlesOptions extends Omit<RunOptions, "to"> {
  /** The scan, of the same shape: then the grey values of each particle are told, too. */
  scan?: Volume;
  /** Phases of what lies between particles, of the same shape: then the surface of each particle is shared out among them. */
  phases?: Volume;
  /** How surfaces are measured, see {@link surfaceArea}. Default `"marching cubes"`. */
  surface?: "marching cubes" | "crofton";
  /** `"leave out"`: particles that the volume, the region or the mask cuts are not told, for they are smaller than in the sample. Default `"keep"`. */
  border?: "keep" | "leave out";
  /** The face of the volume where the collector lies, such as `{ axis: "z", side: "low" }`: then distances to it are told. */
  collector?: CollectorPlane;
  /** The face of the volume where the separator lies. */
  separator?: CollectorPlane;
  /** To which axis the angle of a particle's longest axis is told. Default: that of the collector or separator, else `z`. */
  axis?: Axis;
}

const OPTIONS = ["scan", "phases", "surface", "border", "collector", "separator", "axis"];
const RUN = ["region", "mask", "signal", "onProgress", "memoryLimit", "workers"];

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
 * - with `scan` `grey mean`, `grey deviation`, `grey min`, `grey max`, as {@link labelStatistics} has them.
 *
 * By marching cubes balls of 3, 7 and 15 voxels radius have a sphericity of 0.97, 0.94 and 0.92, with `surface: "crofton"` of 1.03, 1.01 and 1.00.
 * Labels without a phase table leave out 0, which is no particle; 255 of 8-bit labels is left out unless a phase has it, and is outside. All but 0 of a
 * mask is the label 1.
 * Exact (areas in units of 2⁻²⁶ of a cell), the same for any brick shape and number of workers, also for volumes larger than memory. Cost O(n), brick by brick, some
 * ten nanoseconds a voxel; memory per worker a brick and its labels, in all 700 bytes a label, and 80 for each two that touch, while tables grow up to
 * twice as much.
 * @param labels labels of whole numbers or a mask, any shape
 * @returns one row a particle, in ascending order of labels
 * @throws InvalidArgument if these are no labels, or `scan` or `phases` have another shape
 * @throws LimitExceeded if there are more labels than the memory limit holds
 * @see K. V. Mardia, Measures of multivariate skewness and kurtosis with applications (1970), doi:10.1093/biomet/57.3.519; H. Wadell, Volume, shape, and
 * roundness of quartz particles (1935), doi:10.1086/624298, for the sphericity. Moments are those of SimpleITK's LabelShapeStatistics
 * @example const table = await particles(await separateParticles(phases, { phase: "active material" }), { phases, scan });
 */
export async function particles(labels: Volume, options: ParticlesOptions = {}): Promise<ResultTable> {
  const caller = "particles";
  checkVolume(caller, labels);
  checkOptions(caller, options, [...OPTIONS, ...RUN]);
  checkLabelled(caller, labels);
  const { scan, phases, surface = "marching cubes", border = "keep", collector, separator, axis, ...run } = options;
  checkChoice("surface", surface, ["marching cubes", "crofton"]);
  checkChoice("border", border, ["keep", "leave out"]);
  const planes = { collector, separator };
  for (const [name, plane] of Object.entries(planes)) checkPlane(caller, name, plane);
  const along = axis ?? collector?.axis ?? separator?.axis ?? "z";
  checkChoice("axis", along, ["z", "y", "x"]);
  for (const [name, volume] of Object.entries({ scan, phases })) checkBeside(caller, name, volume, labels);
  const { onProgress: _, ...quiet } = run;
  const kinds = phases && (await measuredPhases(caller, phases, quiet));
  const voxel = measuredVoxel(labels);
  const areas = surface === "crofton" ? croftonAreas(voxel.size) : marchingCubesAreas(voxel.size);
  const wanted = { areas, phases: phases && { labels: phases, phases: kinds!.phases } };
  const sums = await particleSums(labels, wanted, run);
  const all = Array.from(sums.labels, (__, k) => k);
  const rows = border === "keep" ? all : all.filter((k) => !isCut(sums, k));
  const shapes = rows.map((k) => particleShape(sums, k, voxel.size));
  const columns = [
    ...sizeColumns(labels, sums, rows, voxel),
    ...shapeColumns(shapes, voxel, along),
    ...surfaceColumns(sums, rows, voxel),
  ];
  for (const [p, { name }] of (kinds?.phases ?? []).entries())
    columns.push({
      name: `area to ${name}`,
      values: rows.map((k) => areaTo(sums, k, p, kinds!.phases.length, voxel)),
      unit: `${voxel.length}²`,
    });
  columns.push(...flagColumns(sums, rows, shapes, voxel));
  for (const [name, plane] of Object.entries(planes))
    if (plane !== undefined)
      columns.push({
        name: `distance to ${name}`,
        values: distances(columns, plane, labels, voxel),
        unit: voxel.length,
      });
  if (scan !== undefined) columns.push(...(await greyColumns(caller, labels, scan, rows, quiet)));
  const { region, mask } = run;
  const provenance = trace(
    caller,
    { surface, border, collector, separator, axis, region },
    { labels, scan, phases, mask },
  );
  const table = resultTable(columns, provenance);
  const cut = all.filter((k) => isCut(sums, k)).length;
  if (cut === 0) return table;
  const note = `${cut} of ${all.length} particles are cut by the border of the volume, region or mask${border === "keep" ? "; their figures are those of what is inside" : " and left out"}.`;
  return withTableNote(table, note);
}

const isCut = (sums: ParticleSums, k: number): boolean =>
  [0, 1, 2].some((axis) => sums.sum(k, PARTICLE.cut + axis) > 0);

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

function sizeColumns(
  labels: Volume,
  sums: ParticleSums,
  rows: readonly number[],
  { cube, length }: MeasuredVoxel,
): Column[] {
  const numbers = rows.map((k) => sums.labels[k]!);
  const voxels = Float64Array.from(rows, (k) => sums.sum(k, PARTICLE.voxels));
  const columns: Column[] = [
    {
      name: "label",
      values: DTYPES[labels.dtype].max > 2 ** 31 ? Uint32Array.from(numbers) : Int32Array.from(numbers),
    },
  ];
  if (labels.phases !== undefined) {
    const names = new Map(labels.phases.map(({ label, name }) => [label, name]));
    columns.push({ name: "name", values: numbers.map((label) => names.get(label) ?? `label ${label}`) });
  }
  columns.push({ name: "voxels", values: voxels });
  columns.push({ name: "volume", values: voxels.map((count) => count * cube), unit: `${length}³` });
  const diameter = (count: number): number => Math.cbrt((6 * count * cube) / Math.PI);
  columns.push({ name: "equivalent diameter", values: voxels.map(diameter), unit: length });
  for (const [axis, name] of ["z", "y", "x"].entries())
    for (const [end, word] of ["from", "to"].entries())
      columns.push({
        name: `${name} ${word}`,
        values: Int32Array.from(rows, (k) => sums.sum(k, PARTICLE.box + 2 * axis + end)),
      });
  return columns;
}

/** Whole axis of the ellipsoid with this second moment. */
const axisLength = (moment: number): number => 2 * Math.sqrt(5 * Math.max(0, moment));

function shapeColumns(shapes: readonly ParticleShape[], { length }: MeasuredVoxel, along: Axis): Column[] {
  const axes = [0, 1, 2].map((which) => shapes.map((shape) => axisLength(shape.axes[which]!.value)));
  const ratio = (a: number, b: number): number[] => axes[a]!.map((value, k) => value / axes[b]![k]!);
  const direction = (axis: number): number[] => shapes.map((shape) => shape.axes[0].direction[axis]!);
  const columns: Column[] = ["z", "y", "x"].map((name, axis) => ({
    name: `centroid ${name}`,
    values: shapes.map(({ centroid }) => centroid[axis]!),
    unit: "voxel",
  }));
  for (const [which, name] of ["length", "width", "thickness"].entries())
    columns.push({ name, values: axes[which]!, unit: length });
  columns.push({ name: "length/width", values: ratio(0, 1), unit: "1" });
  columns.push({ name: "width/thickness", values: ratio(1, 2), unit: "1" });
  for (const [axis, name] of ["z", "y", "x"].entries())
    columns.push({ name: `direction ${name}`, values: direction(axis), unit: "1" });
  const angles = direction(AXES[along]).map((cosine) => (Math.acos(Math.min(1, Math.abs(cosine))) * 180) / Math.PI);
  columns.push({ name: "angle", values: angles, unit: "°" });
  columns.push({ name: "asymmetry", values: shapes.map(({ asymmetry }) => asymmetry), unit: "1" });
  return columns;
}

function surfaceColumns(sums: ParticleSums, rows: readonly number[], { cube, length }: MeasuredVoxel): Column[] {
  const neighbours = new Float64Array(sums.labels.length);
  for (const { one, other, faces } of sums.pairs)
    if (faces.some((count) => count > 0)) {
      neighbours[one]!++;
      neighbours[other]!++;
    }
  const sphericity = (k: number): number => {
    const area = sums.area(k);
    if (isCut(sums, k) || area === 0) return Number.NaN;
    return (Math.PI ** (1 / 3) * (6 * sums.sum(k, PARTICLE.voxels) * cube) ** (2 / 3)) / area;
  };
  const unit = `${length}²`;
  return [
    { name: "surface area", values: rows.map((k) => sums.area(k)), unit },
    { name: "sphericity", values: rows.map(sphericity), unit: "1" },
    { name: "Euler number", values: rows.map((k) => sums.sum(k, PARTICLE.euler) / 8) },
    { name: "neighbours", values: Int32Array.from(rows, (k) => neighbours[k]!) },
    { name: "contact area", values: rows.map((k) => sums.contactArea(k)), unit },
    { name: "open area", values: rows.map((k) => sums.area(k) - sums.contactArea(k)), unit },
  ];
}

function areaTo(sums: ParticleSums, k: number, phase: number, phases: number, { size }: MeasuredVoxel): number {
  const sides = [size[1] * size[2], size[0] * size[2], size[0] * size[1]];
  const faces = (p: number): number =>
    sums.phaseFaces(k, p).reduce((sum, count, axis) => sum + count * sides[axis]!, 0);
  const all = Array.from({ length: phases }, (_, p) => faces(p)).reduce((sum, area) => sum + area, 0);
  return all === 0 ? 0 : ((sums.area(k) - sums.contactArea(k)) * faces(phase)) / all;
}

function flagColumns(
  sums: ParticleSums,
  rows: readonly number[],
  shapes: readonly ParticleShape[],
  { size }: MeasuredVoxel,
): Column[] {
  const isCube = size[0] === size[1] && size[1] === size[2];
  const isThin = (k: number, row: number): boolean => {
    const spans = [0, 1, 2].map(
      (axis) => sums.sum(k, PARTICLE.box + 2 * axis + 1) - sums.sum(k, PARTICLE.box + 2 * axis),
    );
    // In voxels, whatever their size. A slab of t voxels has the moment (t² − 1)/12.
    const least = isCube ? shapes[row]!.axes[2].value / size[0] ** 2 : particleShape(sums, k, [1, 1, 1]).axes[2].value;
    return Math.min(...spans) < 3 || 12 * least + 1 < 9 * (1 - 1e-9);
  };
  return [
    { name: "touches border", values: Int32Array.from(rows, (k) => (isCut(sums, k) ? 1 : 0)) },
    { name: "under three voxels", values: Int32Array.from(rows, (k, row) => (isThin(k, row) ? 1 : 0)) },
  ];
}

/** From centroids, in voxels, to a face of the volume. */
function distances(
  columns: readonly Column[],
  { axis, side }: CollectorPlane,
  labels: Volume,
  { size }: MeasuredVoxel,
): number[] {
  const at = AXES[axis];
  const centroids = columns.find(({ name }) => name === `centroid ${axis}`)!.values as readonly number[];
  const span = regionShape(wholeRegion(labels.shape))[at];
  return centroids.map((place) => (side === "low" ? place + 0.5 : span - 0.5 - place) * size[at]);
}

async function greyColumns(
  caller: string,
  labels: Volume,
  scan: Volume,
  rows: readonly number[],
  run: RunOptions,
): Promise<Column[]> {
  const { grey } = await tableOfLabels(labels, { scan, units: greyUnits(caller, scan) }, run);
  const { mean, deviation, least, most } = grey!;
  const named = { mean, deviation, min: least, max: most };
  return Object.entries(named).map(([name, values]) => ({ name: `grey ${name}`, values: rows.map((k) => values[k]!) }));
}
