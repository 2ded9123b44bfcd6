/**
 * The surface of a field at one half by surface nets: one vertex in each cell that the surface crosses, in the middle of its
 * crossings with the cell's edges; the four cells around a crossed edge give two triangles. Closed wherever the field's outermost
 * values are below one half.
 * @see Gibson 1998, doi:10.1007/BFb0056277
 */
import type { Triple } from "../core/shape.js";

/** Ends of the twelve edges of a cell; bits of a corner are z, y, x. */
const EDGES = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((a) =>
  [1, 2, 4].filter((bit) => (a & bit) === 0).map((bit) => [a, a | bit] as const),
);

/** Grows as it is filled. */
class Growing<T extends Float32Array | Uint32Array> {
  length = 0;
  #values: T;
  readonly #make: (length: number) => T;
  constructor(make: (length: number) => T) {
    this.#make = make;
    this.#values = make(1 << 12);
  }
  push(...values: number[]): void {
    if (this.length + values.length > this.#values.length) {
      const larger = this.#make(2 * this.#values.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    for (const value of values) this.#values[this.length++] = value;
  }
  /** What was put in, as an array of its own. */
  get values(): T {
    return this.#values.slice(0, this.length) as T;
  }
}

/** @returns x, y, z of each vertex in steps of the field, its first value at 0; and the corners of the triangles */
export function surfaceNets(
  field: Float32Array,
  [depth, rows, columns]: Triple,
): { positions: Float32Array; corners: Uint32Array } {
  const positions = new Growing((n) => new Float32Array(n));
  const corners = new Growing((n) => new Uint32Array(n));
  const plane = rows * columns;
  const offsets = Array.from({ length: 8 }, (_, c) => (c >> 2) * plane + ((c >> 1) & 1) * columns + (c & 1));
  // Vertices of the cells of this plane and of the one before.
  let now = new Int32Array(plane);
  let before = new Int32Array(plane);
  const values = new Float64Array(8);
  for (let z = 0; z + 1 < depth; z++) {
    for (let y = 0; y + 1 < rows; y++)
      for (let x = 0; x + 1 < columns; x++) {
        const at = z * plane + y * columns + x;
        const cell = y * columns + x;
        let inside = 0;
        for (let c = 0; c < 8; c++) {
          values[c] = field[at + offsets[c]!]!;
          if (values[c]! >= 0.5) inside |= 1 << c;
        }
        if (inside === 0 || inside === 255) continue;
        let [sx, sy, sz, crossings] = [0, 0, 0, 0];
        for (const [a, b] of EDGES) {
          if (((inside >> a) & 1) === ((inside >> b) & 1)) continue;
          const t = (0.5 - values[a]!) / (values[b]! - values[a]!);
          const bit = a ^ b;
          sx += (a & 1) + (bit === 1 ? t : 0);
          sy += ((a >> 1) & 1) + (bit === 2 ? t : 0);
          sz += (a >> 2) + (bit === 4 ? t : 0);
          crossings++;
        }
        now[cell] = positions.length / 3;
        positions.push(x + sx / crossings, y + sy / crossings, z + sz / crossings);
        const first = inside & 1;
        // Of the edges from the first corner on: the other three cells around them have their vertices already.
        if (first !== ((inside >> 1) & 1) && y > 0 && z > 0)
          quad(now[cell]!, now[cell - columns]!, before[cell - columns]!, before[cell]!, first === 1);
        if (first !== ((inside >> 2) & 1) && x > 0 && z > 0)
          quad(now[cell]!, before[cell]!, before[cell - 1]!, now[cell - 1]!, first === 1);
        if (first !== ((inside >> 4) & 1) && x > 0 && y > 0)
          quad(now[cell]!, now[cell - 1]!, now[cell - 1 - columns]!, now[cell - columns]!, first === 1);
      }
    [now, before] = [before, now];
  }
  function quad(a: number, b: number, c: number, d: number, outward: boolean): void {
    if (outward) corners.push(a, b, c, a, c, d);
    else corners.push(a, c, b, a, d, c);
  }
  return { positions: positions.values, corners: corners.values };
}

/** Softens a field along its three axes with the weights 1, 2, 1, in place. */
export function soften(field: Float32Array, [depth, rows, columns]: Triple): void {
  const pass = (lines: number, start: (line: number) => number, length: number, step: number): void => {
    for (let line = 0; line < lines; line++) {
      let at = start(line);
      let last = 0;
      for (let k = 0; k < length; k++, at += step) {
        const value = field[at]!;
        const next = k + 1 < length ? field[at + step]! : 0;
        field[at] = 0.25 * last + 0.5 * value + 0.25 * next;
        last = value;
      }
    }
  };
  pass(depth * rows, (n) => n * columns, columns, 1);
  pass(depth * columns, (n) => Math.floor(n / columns) * rows * columns + (n % columns), rows, columns);
  pass(rows * columns, (n) => n, depth, rows * columns);
}
