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
import { type FlatAxis, inPlane, sidesOf } from "./image-tables.js";
import { crackVoxels, formsOf, voidsOf } from "./particle-forms.js";
import { type ParticleShape, particleShape } from "./particle-shape.js";
import type { ParticleSums } from "./particle-sums.js";
import { measuredVoxel } from "./phase-cells.js";

const NAMES = ["z", "y", "x"] as const;

/** How the columns of a volume and those of an image are called. */
const VOLUME_WORDS = { content: "volume", boundary: "surface area", part: "area", roundness: "sphericity" };
const IMAGE_WORDS = { content: "area", boundary: "perimeter", part: "length", roundness: "circularity" };

/** What is counted in what: of an image pixels have an area, and particles an outline. */
export interface ParticleUnits {
  readonly size: Triple;
  /** The axis along which an image has one voxel; undefined for a volume. */
  readonly flat: FlatAxis | undefined;
  /** Volume of a voxel, or area of a pixel. */
  readonly cube: number;
  /** Units of lengths, of volumes or areas, and of surfaces or outlines. */
  readonly length: string;
  readonly content: string;
  readonly boundary: string;
  readonly words: typeof VOLUME_WORDS;
}

export function particleUnits(labels: Volume, flat: FlatAxis | undefined): ParticleUnits {
  const { size, length } = measuredVoxel(labels);
  const cube = inPlane(flat).reduce((all, axis) => all * size[axis]!, 1);
  const [content, boundary, words] =
    flat === undefined ? [`${length}³`, `${length}²`, VOLUME_WORDS] : [`${length}²`, length, IMAGE_WORDS];
  return { size, flat, cube, length, content, boundary, words };
}

export async function formColumns(
  labels: Volume,
  sums: ParticleSums,
  rows: readonly number[],
  { size, content, cube, length, words }: ParticleUnits,
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
    columns.push({ name: `crack ${words.content}`, values: names.map((label) => of(label) * cube), unit: content });
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
  units: ParticleUnits,
): Column[] {
  const { flat, cube, length, content, words } = units;
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
  columns.push({ name: words.content, values: voxels.map((count) => count * cube), unit: content });
  const diameter = (count: number): number =>
    flat === undefined ? Math.cbrt((6 * count * cube) / Math.PI) : Math.sqrt((4 * count * cube) / Math.PI);
  columns.push({ name: "equivalent diameter", values: voxels.map(diameter), unit: length });
  for (const [axis, name] of NAMES.entries())
    for (const [end, word] of ["from", "to"].entries())
      columns.push({
        name: `${name} ${word}`,
        values: Int32Array.from(rows, (k) => sums.sum(k, PARTICLE.box + 2 * axis + end)),
      });
  return columns;
}

/** Columns of the ellipsoid, of an image of the ellipse, with the second moments of a particle. */
export function shapeColumns(shapes: readonly ParticleShape[], { flat, length }: ParticleUnits, along: Axis): Column[] {
  // Whole axes: the moment of a ball along an axis is a fifth of its radius squared, that of a disc a quarter.
  const axisLength = (moment: number): number => 2 * Math.sqrt((flat === undefined ? 5 : 4) * Math.max(0, moment));
  const lengths = inPlane(flat).map((_, which) => shapes.map((shape) => axisLength(shape.axes[which]!.value)));
  const ratio = (a: number, b: number): number[] => lengths[a]!.map((value, k) => value / lengths[b]![k]!);
  const direction = (axis: number): number[] => shapes.map((shape) => shape.axes[0].direction[axis]!);
  const columns: Column[] = NAMES.map((name, axis) => ({
    name: `centroid ${name}`,
    values: shapes.map(({ centroid }) => centroid[axis]!),
    unit: "voxel",
  }));
  for (const [which, values] of lengths.entries())
    columns.push({ name: ["length", "width", "thickness"][which]!, values, unit: length });
  columns.push({ name: "length/width", values: ratio(0, 1), unit: "1" });
  if (flat === undefined) columns.push({ name: "width/thickness", values: ratio(1, 2), unit: "1" });
  for (const axis of inPlane(flat))
    columns.push({ name: `direction ${NAMES[axis]}`, values: direction(axis), unit: "1" });
  const angles = direction(AXES[along]).map((cosine) => (Math.acos(Math.min(1, Math.abs(cosine))) * 180) / Math.PI);
  columns.push({ name: "angle", values: angles, unit: "°" });
  columns.push({ name: "asymmetry", values: shapes.map(({ asymmetry }) => asymmetry), unit: "1" });
  return columns;
}

export function surfaceColumns(sums: ParticleSums, rows: readonly number[], units: ParticleUnits): Column[] {
  const { flat, cube, boundary, words } = units;
  const neighbours = new Float64Array(sums.labels.length);
  for (const { one, other, faces } of sums.pairs)
    if (faces.some((count) => count > 0)) {
      neighbours[one]!++;
      neighbours[other]!++;
    }
  const roundness = (k: number): number => {
    const area = sums.area(k);
    if (isCut(sums, k) || area === 0) return Number.NaN;
    const inside = sums.sum(k, PARTICLE.voxels) * cube;
    return flat === undefined
      ? (Math.PI ** (1 / 3) * (6 * inside) ** (2 / 3)) / area
      : (4 * Math.PI * inside) / area ** 2;
  };
  return [
    { name: words.boundary, values: rows.map((k) => sums.area(k)), unit: boundary },
    { name: words.roundness, values: rows.map(roundness), unit: "1" },
    { name: "Euler number", values: rows.map((k) => sums.sum(k, PARTICLE.euler) / 8) },
    { name: "neighbours", values: Int32Array.from(rows, (k) => neighbours[k]!) },
    { name: `contact ${words.part}`, values: rows.map((k) => sums.contactArea(k)), unit: boundary },
    { name: `open ${words.part}`, values: rows.map((k) => sums.area(k) - sums.contactArea(k)), unit: boundary },
  ];
}

export function areaTo(
  sums: ParticleSums,
  k: number,
  phase: number,
  phases: number,
  { size, flat }: ParticleUnits,
): number {
  const sides = sidesOf(size, flat);
  const faces = (p: number): number =>
    sums.phaseFaces(k, p).reduce((sum, count, axis) => sum + count * sides[axis]!, 0);
  const all = Array.from({ length: phases }, (_, p) => faces(p)).reduce((sum, area) => sum + area, 0);
  return all === 0 ? 0 : ((sums.area(k) - sums.contactArea(k)) * faces(phase)) / all;
}

export function flagColumns(
  sums: ParticleSums,
  rows: readonly number[],
  shapes: readonly ParticleShape[],
  { size, flat }: ParticleUnits,
): Column[] {
  const axes = inPlane(flat);
  const edge = size[axes[0]!]!;
  const isCube = axes.every((axis) => size[axis] === edge);
  const isThin = (k: number, row: number): boolean => {
    const spans = axes.map((axis) => sums.sum(k, PARTICLE.box + 2 * axis + 1) - sums.sum(k, PARTICLE.box + 2 * axis));
    // In voxels, whatever their size. A slab of t voxels has the moment (t² − 1)/12.
    const shape = isCube ? shapes[row]! : particleShape(sums, k, [1, 1, 1]);
    const least = shape.axes[axes.length - 1]!.value / (isCube ? edge ** 2 : 1);
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
  { size }: ParticleUnits,
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
