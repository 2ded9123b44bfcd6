/** Separable convolution with a Gaussian and its derivatives, plane by plane. */
import type { DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import { gaussianReach } from "../operations.js";
import { stridesOf } from "../stage.js";
import { bytesOf, floatRow, type Strides, type Wasm } from "./task.js";

/** Weights of one axis in wasm memory: those of the centre and of one side; on the other side they have this sign. */
export interface Taps {
  readonly start: number;
  readonly half: number;
  readonly odd: boolean;
}

/** Weights in wasm memory, centre first. */
export function taps(wasm: Wasm, weights: Float32Array, odd = false): Taps {
  const start = wasm.allocate(weights.byteLength);
  (wasm.view("float32", start, weights.length) as Float32Array).set(weights);
  return { start, half: weights.length - 1, odd };
}

/**
 * Half of the weights of a Gaussian or of its first or second derivative, centre first: the sampled Gaussian, cut at 4 σ
 * and normalised, times x/σ² or x²/σ⁴ − 1/σ². These are SciPy's.
 * @param scale factor for all weights
 */
export function gaussianWeights(sigma: number, order: 0 | 1 | 2 = 0, scale = 1): Float32Array {
  // Without blur the second derivative is the difference of differences; along a single plane there is no slope.
  if (sigma === 0 && order === 1) return Float32Array.of(0);
  if (sigma === 0 && order === 2) return Float32Array.of(-2 * scale, scale);
  const half = gaussianReach(sigma);
  const weights = Float64Array.from({ length: half + 1 }, (_, k) =>
    k === 0 ? 1 : Math.exp((-0.5 * k * k) / sigma ** 2),
  );
  const sum = weights.reduce((total, weight, k) => total + (k === 0 ? weight : 2 * weight), 0);
  const factor = (k: number): number => {
    if (order === 0) return 1;
    return order === 1 ? k / sigma ** 2 : k ** 2 / sigma ** 4 - 1 / sigma ** 2;
  };
  return Float32Array.from(weights, (weight, k) => (scale * weight * factor(k)) / sum);
}

/** A box of voxels to convolve. */
export interface Field extends Strides {
  readonly size: Triple;
  readonly dtype: DType;
}

/** Planes that passes along z make at a time: few enough to stay in the second-level cache until they are used. */
const GROUP = 8;

/**
 * Convolves a field, plane by plane; what comes out is smaller by `reach` on each side. The passes along z are made for some
 * planes at a time and kept for those that are asked for next.
 */
export class Convolution {
  /** Size of what comes out. */
  readonly size: Triple;
  readonly #wasm: Wasm;
  readonly #field: Field;
  readonly #reach: Triple;
  readonly #row: number;
  readonly #plane: number;
  /** For each weights the planes that a pass along z has made, and the first one's number. */
  readonly #groups = new Map<Taps, { readonly start: number; first: number }>();
  readonly #afterY: number;
  /** A line of all planes as float32, for voxels of 32 bits that are none. */
  readonly #line: number;

  constructor(wasm: Wasm, field: Field, reach: Triple) {
    this.#wasm = wasm;
    this.#field = field;
    this.#reach = reach;
    this.size = field.size.map((n, k) => n - 2 * reach[k]!) as unknown as Triple;
    ({ row: this.#row, plane: this.#plane } = stridesOf("float32", field.size));
    this.#afterY = wasm.allocate(this.#row * this.size[1] + 64);
    this.#line = wasm.allocate(this.#row * (GROUP + 2 * reach[0]));
  }

  /** Plane `z` after the pass along z. */
  #afterZ(weights: Taps, z: number): number {
    const first = z - (z % GROUP);
    let group = this.#groups.get(weights);
    if (group === undefined) {
      group = { start: this.#wasm.allocate(this.#plane * Math.min(GROUP, this.size[0]) + 64), first: -1 };
      this.#groups.set(weights, group);
    }
    if (group.first !== first) {
      this.#alongZ(weights, first, group.start);
      group.first = first;
    }
    return group.start + (z - first) * this.#plane;
  }

  /** Row by row, so that a row of all planes stays in the first-level cache. */
  #alongZ(weights: Taps, first: number, to: number): void {
    const [wasm, row, line, reach] = [this.#wasm, this.#row, this.#line, this.#reach[0]];
    const { dtype, start, row: fieldRow, plane, size } = this.#field;
    const planes = Math.min(GROUP, this.size[0] - first);
    const [, height, width] = size;
    for (let y = 0; y < height; y++) {
      const from = start + first * plane + y * fieldRow;
      const dst = to + y * row;
      if (dtype === "float32") this.#across(weights, from + reach * plane, dst, plane, planes, this.#plane);
      else if (bytesOf(dtype) < 4) {
        const { start: table, half, odd } = weights;
        const kernel = `${odd ? "blurOddVoxels" : "blurVoxels"}_${dtype}`;
        wasm.call(kernel, from + reach * plane, dst, width, plane, planes, this.#plane, half, table);
      } else {
        wasm.call(`toFloats_${dtype}`, from, plane, 0, line, row, 0, 1, planes + 2 * reach, width);
        this.#across(weights, line + reach * row, dst, row, planes, this.#plane);
      }
    }
  }

  /** Along an axis on which rows lie `stride` bytes apart. */
  #across(weights: Taps, src: number, dst: number, stride: number, lines: number, dstStride: number): void {
    const { start, half, odd } = weights;
    const paired = lines & ~1;
    if (paired > 0)
      this.#wasm.call(odd ? "blurOddPairs" : "blurPairs", src, dst, this.#row, stride, paired, dstStride, half, start);
    if (paired < lines)
      this.#lines(weights, src + paired * stride, dst + paired * dstStride, this.#row, stride, 1, stride, dstStride);
  }

  #lines({ start, half, odd }: Taps, ...place: [number, number, number, number, number, number, number]): void {
    this.#wasm.call(odd ? "blurOdd" : "blur", ...place, half, start);
  }

  /** Plane `z` of the result by the weights along z, y, x, to rows that are `toRow` bytes apart. */
  plane(z: number, weights: readonly [Taps, Taps, Taps], to: number, toRow: number): void {
    const row = this.#row;
    const [, rows, columns] = this.size;
    const from = this.#afterZ(weights[0], z) + this.#reach[1] * row;
    this.#across(weights[1], from, this.#afterY, row, rows, row);
    this.#lines(weights[2], this.#afterY + 4 * this.#reach[2], to, floatRow(columns), 4, rows, row, toRow);
  }
}
