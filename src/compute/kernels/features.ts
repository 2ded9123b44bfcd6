/** The stack of features of a brick, one plane after the other as float32. */
import type { Triple } from "../../core/shape.js";
import {
  type BlurredParameters,
  eigenvaluesOf,
  type Feature,
  type FeatureParameters,
  filterOf,
  marginOf,
  stackOf,
} from "../operations/features.js";
import { axesOf, type Eigenvalue } from "../operations/tensor.js";
import { gaussianReach, type VolumeOperation } from "../operations.js";
import { stridesOf } from "../stage.js";
import { Convolution } from "./convolve.js";
import { laplacian } from "./derivative.js";
import { differenceOfGaussians, weightsOf } from "./gaussian.js";
import { bytesOf, floatRow, type Slab, type TypedSlab, type VolumeTask, type Wasm } from "./task.js";
import { eigenvalues, entriesFor, pairsOf, structureEntries } from "./tensor.js";
import { deviation, maximum, mean, minimum } from "./window.js";

/** A box of voxels with all that the features see around it. */
export interface Surroundings {
  readonly wasm: Wasm;
  readonly channels: readonly TypedSlab[];
  /** How far each slab reaches beyond the box. */
  readonly halo: Triple;
  /** First voxel and size of the box, and shape of the whole volume. */
  readonly start: Triple;
  readonly size: Triple;
  readonly shape: Triple;
}

/** Takes a plane of a feature: its first byte and the bytes between rows. */
export type Take = (feature: number, z: number, plane: number, row: number) => void;

type Kernel = (task: VolumeTask, parameters: never) => void;

/** Of structure tensors all eigenvalues are made at once. */
const FILTERS: Readonly<Record<string, Kernel>> = {
  laplacian,
  differenceOfGaussians,
  mean,
  deviation,
  minimum,
  maximum,
};

/** Makes all features of a box; each plane is there only while it is taken. */
export function eachFeature(around: Surroundings, parameters: FeatureParameters, take: Take): void {
  const { wasm, channels } = around;
  const stack = stackOf(parameters);
  for (const [k, channel] of channels.entries()) {
    const first = k * stack.length;
    const placed = stack.map((feature, n) => ({ ...feature, number: first + n }));
    const at = (level: number, ...names: string[]): Placed[] =>
      placed.filter((feature) => feature.level === level && names.includes(feature.name));
    const mark = wasm.mark;
    for (const feature of placed.filter(({ name }) => name === "value")) takeVoxels(around, channel, feature, take);
    for (const level of parameters.sigmas.keys()) {
      const blurred = at(level, "gaussian", "gradient", "hessian");
      if (blurred.length > 0) ofBlur(around, channel, blurred, parameters, take);
      const tensor = at(level, "structure");
      if (tensor.length > 0) ofTensor(around, channel, tensor, parameters, take);
      for (const feature of at(level, "laplacian", "difference", "mean", "deviation", "minimum", "maximum"))
        ofFilter(around, channel, feature, parameters, take);
      wasm.rewind(mark);
    }
  }
}

interface Placed extends Feature {
  /** Its place among the features of all channels. */
  readonly number: number;
}

/** The part of a slab that reaches less far beyond the box. */
function within({ halo, size }: Surroundings, slab: TypedSlab, reach: Triple): TypedSlab {
  const [z, y, x] = halo.map((n, k) => n - reach[k]!) as [number, number, number];
  return {
    ...slab,
    start: slab.start + z * slab.plane + y * slab.row + x * bytesOf(slab.dtype),
    size: size.map((n, k) => n + 2 * reach[k]!) as unknown as Triple,
  };
}

/** The voxels of a box as float32, plane by plane. */
function takeFloats(wasm: Wasm, voxels: TypedSlab, { number }: Placed, take: Take): void {
  const [planes, rows, columns] = voxels.size;
  const row = floatRow(columns);
  const plane = wasm.allocate(row * rows);
  for (let z = 0; z < planes; z++) {
    const from = voxels.start + z * voxels.plane;
    if (voxels.dtype === "float32") take(number, z, from, voxels.row);
    else {
      wasm.call(`toFloats_${voxels.dtype}`, from, voxels.row, 0, plane, row, 0, 1, rows, columns);
      take(number, z, plane, row);
    }
  }
}

function takeVoxels(around: Surroundings, channel: TypedSlab, feature: Placed, take: Take): void {
  takeFloats(around.wasm, within(around, channel, [0, 0, 0]), feature, take);
}

/** What the task of a filter has but for its result. */
function taskOf(around: Surroundings, slab: TypedSlab, halo: Triple): Omit<VolumeTask, "result" | "resultType"> {
  const { wasm, start } = around;
  const slabStart = start.map((n, k) => n - halo[k]!) as unknown as Triple;
  return { wasm, dtype: slab.dtype, slab, besides: [], halo, slabStart, resultStart: start };
}

function ofFilter(
  around: Surroundings,
  channel: TypedSlab,
  feature: Placed,
  parameters: FeatureParameters,
  take: Take,
): void {
  const { wasm, size } = around;
  const { operation, parameters: given } = filterOf(feature, parameters)!;
  const mark = wasm.mark;
  const halo = (operation as VolumeOperation<unknown>).halo(given);
  let slab = within(around, channel, halo);
  if (feature.name === "minimum" || feature.name === "maximum") slab = copied(wasm, slab);
  const dtype = (operation as VolumeOperation<unknown>).result(channel.dtype, given);
  const { bytes, ...strides } = stridesOf(dtype, size);
  const result = { ...strides, start: wasm.allocate(bytes), size };
  FILTERS[operation.name]!({ ...taskOf(around, slab, halo), result, resultType: dtype }, given as never);
  takeFloats(wasm, { ...result, dtype }, feature, take);
  wasm.rewind(mark);
}

/** A filter that changes what it reads gets voxels of its own. */
function copied(wasm: Wasm, slab: TypedSlab): TypedSlab {
  const { bytes, ...strides } = stridesOf(slab.dtype, slab.size);
  const start = wasm.allocate(bytes);
  const [planes, rows, columns] = slab.size;
  const width = columns * bytesOf(slab.dtype);
  wasm.call("copyBox", slab.start, slab.row, slab.plane, start, strides.row, strides.plane, planes, rows, width);
  return { ...slab, ...strides, start };
}

function ofTensor(
  around: Surroundings,
  channel: TypedSlab,
  features: readonly Placed[],
  parameters: FeatureParameters,
  take: Take,
): void {
  const { wasm, size } = around;
  const filter = filterOf(features[0]!, parameters)!;
  const mark = wasm.mark;
  const halo = (filter.operation as VolumeOperation<unknown>).halo(filter.parameters);
  const row = floatRow(size[2]);
  const result = { start: 0, row, plane: 0, size };
  const task = { ...taskOf(around, within(around, channel, halo), halo), result };
  const entries = structureEntries(task, filter.parameters as never);
  const plane = { ...result, start: wasm.allocate(row * size[1]) };
  const axes = axesOf(parameters.scale).length;
  for (const [z, of] of entries.entries())
    for (const { number, which } of features) {
      eigenvalues(wasm, axes, of, plane, 0, which!);
      take(number, z, plane.start, row);
    }
  wasm.rewind(mark);
}

/** A blurred box, wider than the brick by the margin, and what is made of it. */
function ofBlur(
  around: Surroundings,
  channel: TypedSlab,
  features: readonly Placed[],
  { sigmas, scale }: FeatureParameters,
  take: Take,
): void {
  const { wasm, size, start, shape } = around;
  const sigma = sigmas[features[0]!.level]!;
  const mark = wasm.mark;
  const reach = sigma.map(gaussianReach) as unknown as Triple;
  const differences = features.some(({ name }) => name !== "gaussian");
  const margin: Triple = differences ? marginOf(scale) : [0, 0, 0];
  const slab = within(around, channel, reach.map((n, k) => n + margin[k]!) as unknown as Triple);
  const wide = size.map((n, k) => n + 2 * margin[k]!) as unknown as Triple;
  const { bytes, ...strides } = stridesOf("float32", wide);
  const box = { ...strides, start: wasm.allocate(bytes), size: wide };
  const inner = wasm.mark;
  const convolution = new Convolution(wasm, slab, reach);
  const weights = weightsOf(wasm, sigma);
  for (let z = 0; z < wide[0]; z++) convolution.plane(z, weights, box.start + z * box.plane, box.row);
  wasm.rewind(inner);
  const first = box.start + margin[0] * box.plane + margin[1] * box.row + margin[2] * 4;
  for (const { number } of features.filter(({ name }) => name === "gaussian"))
    for (let z = 0; z < size[0]; z++) take(number, z, first + z * box.plane, box.row);
  const place = { box, margin, start, shape };
  const numberOf = (which: "gradient" | Eigenvalue): number =>
    features.find((feature) => (feature.name === "gradient" ? "gradient" : feature.which) === which)!.number;
  const which = features.some(({ name }) => name === "gradient") ? (["gradient"] as const) : [];
  slopes(wasm, place, scale, which, (of, z, plane, row) => take(numberOf(of), z, plane, row));
  const ranks = features.some(({ name }) => name === "hessian") ? eigenvaluesOf(scale) : [];
  bends(wasm, place, scale, ranks, (of, z, plane, row) => take(numberOf(of), z, plane, row));
  wasm.rewind(mark);
}

/** A blurred box with a margin; its first voxel without, and the shape of the whole volume. */
interface Blurred {
  readonly box: Slab;
  readonly margin: Triple;
  readonly start: Triple;
  readonly shape: Triple;
}

type TakeOf = (which: "gradient" | Eigenvalue, z: number, plane: number, row: number) => void;

const innerSize = ({ box, margin }: Blurred): Triple => box.size.map((n, k) => n - 2 * margin[k]!) as unknown as Triple;

/** Lengths of the gradient, if asked for: Sobel's operator sees the outermost voxels twice. */
function slopes(wasm: Wasm, blurred: Blurred, scale: Triple, which: readonly "gradient"[], take: TakeOf): void {
  const { box, margin } = blurred;
  const [planes, rows, columns] = innerSize(blurred);
  for (const one of which) {
    const row = floatRow(columns);
    const plane = wasm.allocate(row * rows);
    continueBeyond(wasm, blurred, "nearest");
    const flat = scale[0] === 0;
    const factors = scale.map((s) => s / 32);
    for (let z = 0; z < planes; z++) {
      // Of a single plane all three are the same.
      const from =
        box.start + (flat ? z : z + margin[0] - 1) * box.plane + (margin[1] - 1) * box.row + 4 * (margin[2] - 1);
      wasm.call("sobel", from, box.row, flat ? 0 : box.plane, plane, row, rows, columns, ...factors);
      take(one, z, plane, row);
    }
  }
}

/** Eigenvalues of the second differences, one-sided at the faces. */
function bends(wasm: Wasm, blurred: Blurred, scale: Triple, which: readonly Eigenvalue[], take: TakeOf): void {
  if (which.length === 0) return;
  const { box, margin } = blurred;
  const [planes, rows, columns] = innerSize(blurred);
  continueBeyond(wasm, blurred, "linear");
  const axes = axesOf(scale);
  const strides = [box.plane, box.row, 4];
  const row = floatRow(columns);
  const entries = entriesFor(wasm, row, rows);
  const bytes = row * rows;
  const values = wasm.allocate(3 * bytes);
  for (let z = 0; z < planes; z++) {
    const at = box.start + (z + margin[0]) * box.plane + margin[1] * box.row + 4 * margin[2];
    for (const [k, [a, b]] of pairsOf(axes).entries()) {
      const to = entries.start + k * entries.bytes;
      const factor = (scale[a]! * scale[b]!) / 4;
      wasm.call("crossDifferences", at, box.row, strides[a]!, strides[b]!, to, row, rows, columns, factor);
    }
    if (which.length === 3) {
      wasm.call("allEigenvaluesOfThree", entries.start, entries.bytes, row, values, bytes, row, rows, columns);
      for (const [k, one] of which.entries()) take(one, z, values + k * bytes, row);
    } else
      for (const one of which) {
        eigenvalues(wasm, axes.length, entries, { start: values, row, plane: 0, size: [1, rows, columns] }, 0, one);
        take(one, z, values, row);
      }
  }
}

/**
 * Values beyond the faces of the volume, as differences shall see them: the outermost one again, or so that central differences
 * of central differences are one-sided ones there, as numpy.gradient has them.
 */
function continueBeyond(wasm: Wasm, { box, margin, start, shape }: Blurred, how: "nearest" | "linear"): void {
  const { size } = box;
  const values = wasm.view("float32", box.start, (box.plane * size[0]) / 4);
  const strides = [box.plane / 4, box.row / 4, 1];
  for (const axis of [0, 1, 2]) {
    const first = margin[axis]! - start[axis]!;
    // Where the first and the last voxel of the volume lie in the box, and how many lie beyond them.
    const last = first + shape[axis]! - 1;
    const [before, behind] = [Math.max(0, first), Math.max(0, size[axis]! - 1 - last)];
    if (before === 0 && behind === 0) continue;
    const [across, along] = [0, 1, 2].filter((k) => k !== axis) as [number, number];
    const step = strides[axis]!;
    for (let i = 0; i < size[across]!; i++)
      for (let j = 0; j < size[along]!; j++) {
        const line = i * strides[across]! + j * strides[along]!;
        const [from, to] = [line + first * step, line + last * step];
        if (how === "nearest" || first === last) {
          for (let n = 1; n <= before; n++) values[from - n * step] = values[from]!;
          for (let n = 1; n <= behind; n++) values[to + n * step] = values[to]!;
          continue;
        }
        if (before > 0) values[from - step] = 2 * values[from]! - values[from + step]!;
        if (behind > 0) values[to + step] = 2 * values[to]! - values[to - step]!;
        if (before > 1)
          values[from - 2 * step] = 4 * values[from]! - 4 * values[from + step]! + values[from + 2 * step]!;
        if (behind > 1) values[to + 2 * step] = 4 * values[to]! - 4 * values[to - step]! + values[to - 2 * step]!;
      }
  }
}

/** One feature of a volume that is blurred already. */
export function ofBlurred(task: VolumeTask, { which, scale, shape }: BlurredParameters): void {
  const { wasm, slab, halo, resultStart, result } = task;
  const blurred = { box: slab, margin: halo, start: resultStart, shape };
  const [, rows, columns] = result.size;
  const take: TakeOf = (_, z, plane, row) => {
    wasm.call("copyBox", plane, row, 0, result.start + z * result.plane, result.row, 0, 1, rows, 4 * columns);
  };
  if (which === "gradient") slopes(wasm, blurred, scale, [which], take);
  else bends(wasm, blurred, scale, [which], take);
}
