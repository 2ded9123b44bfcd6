/** The affine map that most points follow. */

export type Point = readonly [z: number, y: number, x: number];

/** Where a point goes: `shift + matrix · point`. */
export interface AffineMotion {
  /** Row-major 3 × 3. */
  readonly matrix: readonly number[];
  readonly shift: Point;
}

export const STILL: AffineMotion = { matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1], shift: [0, 0, 0] };

export const moved = ({ matrix: m, shift }: AffineMotion, [z, y, x]: Point): Point => [
  shift[0] + m[0]! * z + m[1]! * y + m[2]! * x,
  shift[1] + m[3]! * z + m[4]! * y + m[5]! * x,
  shift[2] + m[6]! * z + m[7]! * y + m[8]! * x,
];

export const between = (a: Point, b: Point): Point => [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
export const lengthOf = ([z, y, x]: Point): number => Math.hypot(z, y, x);

export function medianOf(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Fewer pairs tell a shift, but not how it changes from place to place. */
const ENOUGH = 8;

/**
 * The affine map that takes points to others, by least squares with Tukey's weights, so that pairs that follow something else count
 * little or nothing. Of few pairs, or where a direction has no extent, it stays a shift (there).
 * @see P. J. Rousseeuw & A. M. Leroy, Robust Regression and Outlier Detection (1987), doi:10.1002/0471725382
 */
export function affineOf(from: readonly Point[], to: readonly Point[]): AffineMotion {
  const n = from.length;
  if (n === 0) return STILL;
  const steps = from.map((point, k) => between(point, to[k]!));
  const start = [0, 1, 2].map((axis) => medianOf(steps.map((step) => step[axis]!))) as unknown as Point;
  let motion: AffineMotion = { matrix: STILL.matrix, shift: start };
  if (n < ENOUGH) return motion;
  for (let round = 0; round < 20; round++) {
    const away = from.map((point, k) => lengthOf(between(moved(motion, point), to[k]!)));
    // Of exact pairs the scale is 0, and all of them count.
    const scale = 4.685 * 1.4826 * medianOf(away);
    const floor = 1e-9 * from.reduce((most, point) => Math.max(most, lengthOf(point)), 1e-300);
    const weights = away.map((distance) => {
      const u = distance / Math.max(scale, floor);
      return u < 1 ? (1 - u * u) ** 2 : 0;
    });
    const next = weighted(from, steps, weights);
    const change = from.reduce(
      (most, point) => Math.max(most, lengthOf(between(moved(next, point), moved(motion, point)))),
      0,
    );
    motion = next;
    if (change < 1e-9 * (1 + lengthOf(start))) break;
  }
  return motion;
}

/** Least squares of steps as a linear function of the place; along directions without extent it stays constant. */
function weighted(from: readonly Point[], steps: readonly Point[], weights: readonly number[]): AffineMotion {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (points: readonly Point[]): number[] =>
    [0, 1, 2].map((axis) => points.reduce((sum, point, k) => sum + weights[k]! * point[axis]!, 0) / total);
  const [middle, step] = [mean(from), mean(steps)];
  const normal = new Float64Array(9);
  const right = new Float64Array(9);
  for (const [k, point] of from.entries())
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++) {
        const away = weights[k]! * (point[a]! - middle[a]!);
        normal[3 * a + b]! += away * (point[b]! - middle[b]!);
        right[3 * a + b]! += away * (steps[k]![b]! - step[b]!);
      }
  // A hair of ridge regression: it decides where points lie in a plane or on a line, and changes nothing elsewhere.
  const ridge = 1e-9 * (normal[0]! + normal[4]! + normal[8]!) + Number.MIN_VALUE;
  for (let a = 0; a < 3; a++) normal[4 * a]! += ridge;
  const slopes = solved(normal, right);
  // slopes[a][b]: how the step along b changes along a.
  const matrix = STILL.matrix.map((one, k) => one + slopes[3 * (k % 3) + Math.floor(k / 3)]!);
  const to = [0, 1, 2].map((axis) => middle[axis]! + step[axis]!);
  const shift = [0, 1, 2].map(
    (axis) => to[axis]! - [0, 1, 2].reduce((sum, b) => sum + matrix[3 * axis + b]! * middle[b]!, 0),
  ) as unknown as Point;
  return { matrix, shift };
}

/** Solves a symmetric positive 3 × 3 system for three right-hand sides, by elimination with pivots. */
function solved(normal: Float64Array, right: Float64Array): Float64Array {
  const [a, b] = [normal.slice(), right.slice()];
  for (let k = 0; k < 3; k++) {
    let pivot = k;
    for (let r = k + 1; r < 3; r++) if (Math.abs(a[3 * r + k]!) > Math.abs(a[3 * pivot + k]!)) pivot = r;
    for (const rows of [a, b])
      for (let c = 0; c < 3; c++) [rows[3 * k + c], rows[3 * pivot + c]] = [rows[3 * pivot + c]!, rows[3 * k + c]!];
    for (let r = 0; r < 3; r++) {
      if (r === k) continue;
      const factor = a[3 * r + k]! / a[3 * k + k]!;
      for (let c = 0; c < 3; c++) {
        a[3 * r + c]! -= factor * a[3 * k + c]!;
        b[3 * r + c]! -= factor * b[3 * k + c]!;
      }
    }
  }
  return b.map((value, k) => value / a[4 * Math.floor(k / 3)]!);
}
