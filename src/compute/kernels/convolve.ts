/** Separable convolution with a Gaussian and its derivatives, plane by plane. */
import type { Triple } from "../../core/shape.js";
import { gaussianReach } from "../operations.js";
import { floatRow, type Strides, type Wasm } from "./task.js";

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

/** A box of float32. */
export interface Field extends Strides {
  readonly size: Triple;
}

/** Convolves a field; what comes out is smaller by `reach` on each side. Passes along z are made once for each weights. */
export class Convolution {
  /** Size of what comes out. */
  readonly size: Triple;
  readonly #wasm: Wasm;
  readonly #field: Field;
  readonly #reach: Triple;
  readonly #afterZ = new Map<Taps, number>();
  readonly #afterY: number;

  constructor(wasm: Wasm, field: Field, reach: Triple) {
    this.#wasm = wasm;
    this.#field = field;
    this.#reach = reach;
    this.size = field.size.map((n, k) => n - 2 * reach[k]!) as unknown as Triple;
    this.#afterY = wasm.allocate(field.row * this.size[1] + 64);
  }

  #alongZ(weights: Taps): number {
    const known = this.#afterZ.get(weights);
    if (known !== undefined) return known;
    const { start, row, plane, size } = this.#field;
    const to = this.#wasm.allocate(plane * this.size[0] + 64);
    const from = start + this.#reach[0] * plane;
    for (let y = 0; y < size[1]; y++)
      this.#pass(weights, from + y * row, to + y * row, row, plane, this.size[0], plane, plane);
    this.#afterZ.set(weights, to);
    return to;
  }

  #pass({ start, half, odd }: Taps, ...place: [number, number, number, number, number, number, number]): void {
    this.#wasm.call(odd ? "blurOdd" : "blur", ...place, half, start);
  }

  /** Plane `z` of the result by the weights along z, y, x, to rows that are `toRow` bytes apart. */
  plane(z: number, weights: readonly [Taps, Taps, Taps], to: number, toRow: number): void {
    const { row, plane } = this.#field;
    const [, rows, columns] = this.size;
    const from = this.#alongZ(weights[0]) + z * plane + this.#reach[1] * row;
    this.#pass(weights[1], from, this.#afterY, row, row, rows, row, row);
    this.#pass(weights[2], this.#afterY + 4 * this.#reach[2], to, floatRow(columns), 4, rows, row, toRow);
  }
}
