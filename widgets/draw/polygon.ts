/** Which points lie in a polygon that was drawn freely: what a lasso takes. */

/** A corner of a polygon. */
export type Corner = readonly [x: number, y: number];

/** Bands across y that edges are sorted into, at most. */
const BANDS = 512;

/**
 * Whether a point lies in a polygon, by the even–odd rule: a line from it to the right crosses the border an odd number of times. Where the
 * polygon crosses itself, what is enclosed twice is outside. It is closed from its last corner to its first. Of polygons that share an
 * edge exactly one has a point on it: an edge takes its lower end (in y) and not its upper one, and a point on an edge is right of it.
 * Cost of a point: the edges at its height, not all of them.
 * @param corners fewer than three enclose nothing
 */
export function insidePolygon(corners: readonly Corner[]): (x: number, y: number) => boolean {
  if (corners.length < 3) return () => false;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [left, right] = [low, high];
  for (const [x, y] of corners) {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [low, high] = [Math.min(low, y), Math.max(high, y)];
  }
  const scale = high > low ? Math.min(BANDS, corners.length) / (high - low) : 0;
  const band = (y: number): number => Math.floor((y - low) * scale);
  /** Four numbers an edge: the lower end, then the upper one. */
  const bands: number[][] = Array.from({ length: band(high) + 1 }, () => []);
  for (const [k, [x1, y1]] of corners.entries()) {
    const [x2, y2] = corners[(k + 1) % corners.length]!;
    // A level edge is never crossed: its ends belong to its neighbours.
    if (y1 === y2) continue;
    const edge = y1 < y2 ? [x1, y1, x2, y2] : [x2, y2, x1, y1];
    for (let n = band(edge[1]!); n <= band(edge[3]!); n++) bands[n]!.push(...edge);
  }
  return (x, y) => {
    if (!(y >= low && y < high && x >= left && x <= right)) return false;
    const edges = bands[band(y)]!;
    let inside = false;
    for (let k = 0; k < edges.length; k += 4) {
      const y1 = edges[k + 1]!;
      const y2 = edges[k + 3]!;
      if (y < y1 || y >= y2) continue;
      const x1 = edges[k]!;
      if (x < x1 + ((y - y1) / (y2 - y1)) * (edges[k + 2]! - x1)) inside = !inside;
    }
    return inside;
  };
}
