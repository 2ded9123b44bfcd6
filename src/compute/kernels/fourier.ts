/** Fourier transforms in wasm memory, of sixteen columns at a time. */
import type { Wasm } from "./task.js";

const RADICES = [4, 2, 3, 5] as const;
/** Bytes of a row of sixteen complex numbers. */
const ROW = 128;

/** The least number from `least` on that has no other prime factors than 2, 3 and 5. */
export function smoothLength(least: number): number {
  let n = Math.max(1, least);
  while (!isSmooth(n)) n++;
  return n;
}

export function isSmooth(length: number): boolean {
  let rest = length;
  for (const prime of [2, 3, 5]) while (rest % prime === 0) rest /= prime;
  return rest === 1;
}

/** A transform of columns of one length, whose tables lie in wasm memory. */
export class Fourier {
  readonly length: number;
  /** Where rows go in; room for the result is beside. */
  readonly rows: number;
  readonly #wasm: Wasm;
  readonly #other: number;
  readonly #plan: number;
  readonly #stages: number;

  /** @param length without other prime factors than 2, 3 and 5 */
  constructor(wasm: Wasm, length: number) {
    this.#wasm = wasm;
    this.length = length;
    const radices: number[] = [];
    for (let rest = length; rest > 1; ) {
      const radix = RADICES.find((one) => rest % one === 0)!;
      radices.push(radix);
      rest /= radix;
    }
    this.#stages = radices.length;
    this.rows = wasm.allocate(ROW * length);
    this.#other = wasm.allocate(ROW * length);
    const plan: number[] = [];
    let rest = length;
    for (const radix of radices) {
      const m = rest / radix;
      const table = wasm.allocate(8 * m * (radix - 1));
      const factors = wasm.view("float32", table, 2 * m * (radix - 1));
      for (let p = 0, k = 0; p < m; p++)
        for (let n = 1; n < radix; n++) {
          // p·n stays below the length, so that the angle keeps its digits.
          const angle = (-2 * Math.PI * ((p * n) % rest)) / rest;
          factors[k++] = Math.cos(angle);
          factors[k++] = Math.sin(angle);
        }
      plan.push(radix, m, table);
      rest = m;
    }
    this.#plan = wasm.allocate(4 * plan.length + 4);
    wasm.view("uint32", this.#plan, plan.length).set(plan);
  }

  /** Transforms what stands in the rows at `from`. @returns where the result stands */
  run(inverse = false, from = this.rows): number {
    const to = from === this.rows ? this.#other : this.rows;
    return this.#wasm.call("fourier", from, to, this.#plan, this.#stages, inverse ? 1 : 0);
  }
}

/** Bytes of a {@link Fourier}. */
export const fourierBytes = (length: number): number => 2 * ROW * length + 16 * length + 4096;
