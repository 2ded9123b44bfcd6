/** A side of a hull: three corners in the order in which they are seen anticlockwise from outside, and n · p ≤ d for what lies inside. */
interface Side {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly n: readonly [number, number, number];
  readonly d: number;
}

/**
 * Number of places with whole coordinates in the convex hull of places with whole coordinates, its surface included; NaN if these lie in a plane.
 * The hull grows point by point; what lies in the plane of a side is not outside of it. Whole numbers throughout, exact up to some 10⁵ along an axis.
 * @param points z, y, x of one after the other
 */
export function placesInHull(points: ArrayLike<number>): number {
  const count = points.length / 3;
  const least = [0, 1, 2].map((axis) => {
    let low = Number.POSITIVE_INFINITY;
    for (let k = axis; k < points.length; k += 3) low = Math.min(low, points[k]!);
    return low;
  });
  const at = Float64Array.from(points, (value, k) => value - least[k % 3]!);
  const sides = hullOf(at, count);
  if (sides === undefined) return Number.NaN;
  return placesWithin(at, sides);
}

/** The same of places in a plane across one axis: the prism over them has each twice. NaN if they lie in a line. */
export function placesInFlatHull(points: readonly number[], flat: 0 | 1 | 2): number {
  return placesInHull([...points, ...points.map((value, k) => (k % 3 === flat ? value + 1 : value))]) / 2;
}

function sideOf(at: Float64Array, a: number, b: number, c: number): Side {
  const u = [0, 1, 2].map((k) => at[3 * b + k]! - at[3 * a + k]!);
  const v = [0, 1, 2].map((k) => at[3 * c + k]! - at[3 * a + k]!);
  const n = [u[1]! * v[2]! - u[2]! * v[1]!, u[2]! * v[0]! - u[0]! * v[2]!, u[0]! * v[1]! - u[1]! * v[0]!] as const;
  return { a, b, c, n, d: n[0] * at[3 * a]! + n[1] * at[3 * a + 1]! + n[2] * at[3 * a + 2]! };
}

const above = (at: Float64Array, { n, d }: Side, p: number): number =>
  n[0] * at[3 * p]! + n[1] * at[3 * p + 1]! + n[2] * at[3 * p + 2]! - d;

function hullOf(at: Float64Array, count: number): Side[] | undefined {
  const first = startOf(at, count);
  if (first === undefined) return undefined;
  const [a, b, c, d] = first;
  // Each side looks away from the fourth corner.
  let sides = [
    [a, b, c, d],
    [a, b, d, c],
    [a, c, d, b],
    [b, c, d, a],
  ].map(([p, q, r, inner]) => {
    const side = sideOf(at, p!, q!, r!);
    return above(at, side, inner!) < 0 ? side : sideOf(at, p!, r!, q!);
  });
  for (let p = 0; p < count; p++) {
    const seen = sides.filter((side) => above(at, side, p) > 0);
    if (seen.length === 0) continue;
    // Edges of what is seen that have what is not seen on their other side.
    const edges = new Map<number, readonly [number, number]>();
    for (const side of seen)
      for (const [from, to] of [
        [side.a, side.b],
        [side.b, side.c],
        [side.c, side.a],
      ] as const)
        if (!edges.delete(to * count + from)) edges.set(from * count + to, [from, to]);
    const gone = new Set(seen);
    sides = sides.filter((side) => !gone.has(side));
    for (const [from, to] of edges.values()) sides.push(sideOf(at, from, to, p));
  }
  return sides;
}

/** Four points that do not lie in a plane. */
function startOf(at: Float64Array, count: number): readonly [number, number, number, number] | undefined {
  for (let b = 1; b < count; b++) {
    if ([0, 1, 2].every((k) => at[k] === at[3 * b + k])) continue;
    for (let c = 1; c < count; c++) {
      const side = sideOf(at, 0, b, c);
      if (side.n.every((n) => n === 0)) continue;
      for (let d = 1; d < count; d++) if (above(at, side, d) !== 0) return [0, b, c, d];
      return undefined;
    }
    return undefined;
  }
  return undefined;
}

function placesWithin(at: Float64Array, sides: readonly Side[]): number {
  const most = [0, 0, 0];
  for (let k = 0; k < at.length; k++) most[k % 3] = Math.max(most[k % 3]!, at[k]!);
  let places = 0;
  for (let z = 0; z <= most[0]!; z++)
    for (let y = 0; y <= most[1]!; y++) {
      let [from, to] = [0, most[2]!];
      for (const { n, d } of sides) {
        const rest = d - n[0] * z - n[1] * y;
        if (n[2] > 0) to = Math.min(to, Math.floor(rest / n[2]));
        else if (n[2] < 0) from = Math.max(from, Math.ceil(rest / n[2]));
        else if (rest < 0) to = -1;
        if (to < from) break;
      }
      if (to >= from) places += to - from + 1;
    }
  return places;
}
