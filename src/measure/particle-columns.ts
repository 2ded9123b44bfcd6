/** Columns of tables of particles. */
import { PARTICLE } from "../compute/operations/particles.js";
import type { Column } from "../core/arrow/table.js";
import { DTYPES } from "../core/dtype.js";
import type { RunOptions } from "../core/options.js";
import { AXES, type Axis, regionShape, type Triple, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { greyUnits } from "../segment/potts-model.js";
import { tableOfLabels } from "../statistics/label-table.js";
import type { CollectorPlane } from "./delamination.js";
import { crackVoxels, formsOf, voidsOf } from "./particle-forms.js";
import { type ParticleShape, particleShape } from "./particle-shape.js";
import type { ParticleSums } from "./particle-sums.js";
import type { MeasuredVoxel } from "./phase-cells.js";

export async function formColumns(
  labels: Volume,
  sums: ParticleSums,
  rows: readonly number[],
  { size, cube, length }: MeasuredVoxel,
  {
    convexity,
    radius,
    voids,
    cracks,
  }: { convexity: boolean; radius: Triple; voids: boolean; cracks: Volume | undefined },
  run: Omit<RunOptions, "to">,
): Promise<Column[]> {
  const columns: Column[] = [];
  const names = rows.map((k) => sums.labels[k]!);
  const voxels = rows.map((k) => sums.sum(k, PARTICLE.voxels));
  if (convexity || radius[0] > 0) {
    const { hulls, shares } = await formsOf(labels, { hulls: convexity, ball: radius }, run);
    if (convexity)
      columns.push({ name: "convexity", values: names.map((label, n) => voxels[n]! / hulls.get(label)!), unit: "1" });
    const scale = (4 / 3) * radius[0] * size[0];
    if (radius[0] > 0)
      columns.push({ name: "roughness", values: names.map((label) => shares.get(label)! * scale), unit: length });
  }
  if (voids) {
    const found = await voidsOf(labels, run);
    const of = (label: number): number => found.get(label)?.voxels ?? 0;
    columns.push({ name: "voids", values: Int32Array.from(names, (label) => found.get(label)?.count ?? 0) });
    columns.push({
      name: "void fraction",
      values: names.map((label, n) => of(label) / (voxels[n]! + of(label))),
      unit: "1",
    });
  }
  if (cracks !== undefined) {
    const found = await crackVoxels(cracks, labels, run);
    const of = (label: number): number => found.get(label) ?? 0;
    columns.push({ name: "crack volume", values: names.map((label) => of(label) * cube), unit: `${length}³` });
    columns.push({
      name: "crack fraction",
      values: names.map((label, n) => of(label) / (voxels[n]! + of(label))),
      unit: "1",
    });
  }
  return columns;
}

/** Whether the volume, the region or the mask cuts a particle. */
export const isCut = (sums: ParticleSums, k: number): boolean =>
  [0, 1, 2].some((axis) => sums.sum(k, PARTICLE.cut + axis) > 0);

export function sizeColumns(
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

export function shapeColumns(shapes: readonly ParticleShape[], { length }: MeasuredVoxel, along: Axis): Column[] {
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

export function surfaceColumns(sums: ParticleSums, rows: readonly number[], { cube, length }: MeasuredVoxel): Column[] {
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

export function areaTo(sums: ParticleSums, k: number, phase: number, phases: number, { size }: MeasuredVoxel): number {
  const sides = [size[1] * size[2], size[0] * size[2], size[0] * size[1]];
  const faces = (p: number): number =>
    sums.phaseFaces(k, p).reduce((sum, count, axis) => sum + count * sides[axis]!, 0);
  const all = Array.from({ length: phases }, (_, p) => faces(p)).reduce((sum, area) => sum + area, 0);
  return all === 0 ? 0 : ((sums.area(k) - sums.contactArea(k)) * faces(phase)) / all;
}

export function flagColumns(
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
export function distances(
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

export async function greyColumns(
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
