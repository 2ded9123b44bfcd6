/** Eigenvalues of the Hessian and of the structure tensor. */
import type { Triple } from "../../core/shape.js";
import {
  axesOf,
  type Eigenvalue,
  type HessianParameters,
  type SheetnessParameters,
  type StructureParameters,
  slopeReach,
} from "../operations/tensor.js";
import { gaussianReach } from "../operations.js";
import { stridesOf } from "../stage.js";
import { Convolution, gaussianWeights, type Taps, taps } from "./convolve.js";
import { floatRow, type Slab, type VolumeTask, type Wasm } from "./task.js";

const RANKS: Readonly<Record<Eigenvalue, number>> = { smallest: 0, middle: 1, largest: 2, anisotropy: 3 };

/**
 * Entries of the matrix in the order in which the kernels want them: the diagonal, then 01, 02, 12. Along a single axis there
 * is one, which stands twice on the diagonal of a matrix of two.
 */
export function pairsOf(axes: readonly number[]): [number, number][] {
  if (axes.length === 1) return pairsOf([...axes, ...axes]).slice(0, 2);
  const pairs: [number, number][] = axes.map((axis) => [axis, axis]);
  for (const [k, a] of axes.entries()) for (const b of axes.slice(k + 1)) pairs.push([a, b]);
  return pairs;
}

/** The same weights along each axis but for some. */
const weightsAlong = (of: (axis: number) => Taps): [Taps, Taps, Taps] => [of(0), of(1), of(2)];

/** Planes of entries one after the other: as many as the kernels read, 0 where nothing is written. */
export interface Entries {
  readonly start: number;
  readonly bytes: number;
  readonly row: number;
}

export function entriesFor(wasm: Wasm, row: number, rows: number): Entries {
  const bytes = row * rows;
  const start = wasm.allocate(6 * bytes);
  wasm.view("uint8", start, 6 * bytes).fill(0);
  return { start, bytes, row };
}

/** One plane of eigenvalues from planes of entries. */
export function eigenvalues(
  wasm: Wasm,
  axes: number,
  entries: Entries,
  result: Slab,
  z: number,
  which: Eigenvalue,
): void {
  const [, rows, columns] = result.size;
  const to = result.start + z * result.plane;
  const place = [entries.row, to, result.row, rows, columns, RANKS[which]] as const;
  if (axes === 3) wasm.call("eigenvaluesOfThree", entries.start, entries.bytes, ...place);
  else wasm.call("eigenvaluesOfTwo", entries.start, entries.bytes, ...place);
}

/** What makes each plane of the entries of the Hessian at one scale. */
function hessian(
  { wasm, dtype, slab, halo }: VolumeTask,
  sigma: Triple,
  scale: Triple,
  axes: readonly number[],
  entries: Entries,
): (z: number) => void {
  const convolution = new Convolution(wasm, { ...slab, dtype }, halo);
  const [smooth, slope, bend] = [
    weightsAlong((k) => taps(wasm, gaussianWeights(sigma[k]!))),
    weightsAlong((k) => taps(wasm, gaussianWeights(sigma[k]!, 1, scale[k]), true)),
    weightsAlong((k) => taps(wasm, gaussianWeights(sigma[k]!, 2, scale[k]! ** 2))),
  ];
  const weights = pairsOf(axes).map(([a, b]) =>
    weightsAlong((k) => (k !== a && k !== b ? smooth : a === b ? bend : slope)[k]!),
  );
  return (z) => {
    for (const [k, of] of weights.entries()) convolution.plane(z, of, entries.start + k * entries.bytes, entries.row);
  };
}

export function hessianEigenvalues(task: VolumeTask, { sigma, scale, which }: HessianParameters): void {
  const { wasm, result } = task;
  const [planes, rows, columns] = result.size;
  const axes = axesOf(scale);
  const entries = entriesFor(wasm, floatRow(columns), rows);
  const plane = hessian(task, sigma, scale, axes, entries);
  for (let z = 0; z < planes; z++) {
    plane(z);
    eigenvalues(wasm, axes.length, entries, result, z, which);
  }
}

export function sheetness(task: VolumeTask, { sigmas, factors, scale, dark }: SheetnessParameters): void {
  const { wasm, result } = task;
  const [planes, rows, columns] = result.size;
  const axes = axesOf(scale);
  const entries = entriesFor(wasm, floatRow(columns), rows);
  const mark = wasm.mark;
  for (const [k, sigma] of sigmas.entries()) {
    wasm.rewind(mark);
    const plane = hessian(task, sigma, scale, axes, entries);
    for (let z = 0; z < planes; z++) {
      plane(z);
      const to = result.start + z * result.plane;
      const place = [entries.start, entries.bytes, entries.row, to, result.row, rows, columns] as const;
      // The matrix of a single axis has its one eigenvalue twice, of which the other one would hide the sheet.
      const kernel = axes.length === 3 ? "sheetnessOfThree" : "sheetnessOfTwo";
      wasm.call(kernel, ...place, dark ? factors[k]! : -factors[k]!, k === 0 ? 1 : 0, axes.length);
    }
  }
}

export function structureTensor(task: VolumeTask, parameters: StructureParameters): void {
  const axes = axesOf(parameters.scale).length;
  const planes = structureEntries(task, parameters);
  for (const [z, entries] of planes.entries()) eigenvalues(task.wasm, axes, entries, task.result, z, parameters.which);
}

/** The entries of the structure tensor in each plane of the brick. */
export function structureEntries(
  task: Omit<VolumeTask, "resultType">,
  { scale, rho, ...slopes }: Omit<StructureParameters, "which">,
): Entries[] {
  const { wasm, result } = task;
  const [planes, rows, columns] = result.size;
  const axes = axesOf(scale);
  const pairs = pairsOf(axes);
  const reach = rho.map(gaussianReach) as unknown as Triple;
  const size = result.size.map((n, k) => n + 2 * reach[k]!) as unknown as Triple;
  const field = stridesOf("float32", size);
  const boxes = axes.map(() => wasm.allocate(field.bytes));
  const blur = weightsAlong((k) => taps(wasm, gaussianWeights(rho[k]!)));
  const row = floatRow(columns);
  // A tensor for each voxel of the brick: the planes of its entries follow each other.
  const bytes = row * rows;
  const tensor = wasm.allocate(6 * bytes * planes);
  wasm.view("uint8", tensor, 6 * bytes * planes).fill(0);

  const mark = wasm.mark;
  differentiate(task, { ...slopes, scale, rho, which: "largest" }, axes, boxes, field);
  for (const [k, [a, b]] of pairs.entries()) {
    wasm.rewind(mark);
    const product = wasm.allocate(field.bytes);
    const [left, right] = [boxes[axes.indexOf(a)]!, boxes[axes.indexOf(b)]!];
    for (let z = 0; z < size[0]; z++) {
      const at = z * field.plane;
      wasm.call("multiply", left + at, right + at, product + at, size[1], size[2], field.row);
    }
    const convolution = new Convolution(wasm, { ...field, start: product, size, dtype: "float32" }, reach);
    for (let z = 0; z < planes; z++) convolution.plane(z, blur, tensor + (6 * z + k) * bytes, row);
  }
  wasm.rewind(mark);
  return Array.from({ length: planes }, (_, z) => ({ start: tensor + 6 * z * bytes, bytes, row }));
}

/** Sobel's operator smooths by ¼ ½ ¼ along the axes across; a single voxel stays as it is. */
const sobelSmooth = (scale: number): Float32Array => (scale === 0 ? Float32Array.of(1) : Float32Array.of(0.5, 0.25));

/** The derivatives along some axes, each into a box of its own that has the strides of `field`. */
function differentiate(
  task: Omit<VolumeTask, "resultType">,
  parameters: StructureParameters,
  axes: readonly number[],
  boxes: readonly number[],
  field: { row: number; plane: number },
): void {
  const { wasm, dtype, slab } = task;
  const { method, sigma, scale } = parameters;
  const convolution = new Convolution(wasm, { ...slab, dtype }, slopeReach(parameters));
  const [smooth, slope] = [
    weightsAlong((k) => taps(wasm, method === "sobel" ? sobelSmooth(scale[k]!) : gaussianWeights(sigma[k]!))),
    weightsAlong((k) =>
      taps(
        wasm,
        method === "sobel" ? Float32Array.of(0, scale[k]! / 2) : gaussianWeights(sigma[k]!, 1, scale[k]),
        true,
      ),
    ),
  ];
  for (const [n, axis] of axes.entries()) {
    const of = weightsAlong((k) => (k === axis ? slope : smooth)[k]!);
    for (let z = 0; z < convolution.size[0]; z++) convolution.plane(z, of, boxes[n]! + z * field.plane, field.row);
  }
}
