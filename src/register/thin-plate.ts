/** The thin plate of three dimensions: an affine map, and a bend around each landmark that falls off to the others. */
import { type AffineMap, inverted, mapped, turned } from "../core/affine.js";
import { ComputeFailed } from "../core/errors.js";
import type { Triple } from "../core/shape.js";
import { solveLinear } from "./linear-system.js";

/** An affine map, with bends of strength `weights[k] · −|point − centres[k]|`. */
export interface ThinPlate extends AffineMap {
  readonly centres: readonly Triple[];
  readonly weights: readonly Triple[];
}

/** A point under the thin plate. */
export function bent(plate: ThinPlate, point: Triple): Triple {
  let [z, y, x] = mapped(plate, point);
  for (const [k, centre] of plate.centres.entries()) {
    const far = Math.hypot(point[0] - centre[0], point[1] - centre[1], point[2] - centre[2]);
    const weight = plate.weights[k]!;
    z -= far * weight[0];
    y -= far * weight[1];
    x -= far * weight[2];
  }
  return [z, y, x];
}

/** How the thin plate changes at a point: its derivative, row-major. */
function derivative(plate: ThinPlate, point: Triple): number[] {
  const out = [...plate.matrix];
  for (const [k, centre] of plate.centres.entries()) {
    const step = [point[0] - centre[0], point[1] - centre[1], point[2] - centre[2]];
    const far = Math.hypot(...step);
    // At a landmark itself the cone has no derivative: its mean over all directions is 0.
    if (far === 0) continue;
    for (let row = 0; row < 3; row++)
      for (let column = 0; column < 3; column++)
        out[3 * row + column]! -= (plate.weights[k]![row]! * step[column]!) / far;
  }
  return out;
}

/** Largest distance of a landmark from the middle of all. */
function extentOf(centres: readonly Triple[]): number {
  const middle = [0, 1, 2].map((axis) => centres.reduce((sum, centre) => sum + centre[axis]!, 0) / centres.length);
  return Math.max(...centres.map((centre) => Math.hypot(...centre.map((n, axis) => n - middle[axis]!))));
}

/** Steps of Newton's method, at most. */
const STEPS = 60;
/** The inverse is exact to this share of the landmarks' extent: 1 pm in 1 mm. */
export const INVERSE_TOLERANCE = 1e-9;

/**
 * The point that the thin plate takes to `target`, by Newton's method with halved steps where a whole one would lead away; to
 * {@link INVERSE_TOLERANCE} of the landmarks' extent, measured where the thin plate leads.
 * @throws ComputeFailed where there is none that is found: the plate folds there
 */
export function unbent(plate: ThinPlate, target: Triple): Triple {
  const missOf = (point: Triple): Triple => {
    const [z, y, x] = bent(plate, point);
    return [target[0] - z, target[1] - y, target[2] - x];
  };
  const size = Math.hypot(...plate.matrix) / Math.sqrt(3);
  const tolerance = INVERSE_TOLERANCE * extentOf(plate.centres) * size;
  let point = mapped(inverted(plate), target);
  let miss = missOf(point);
  for (let step = 0; step < STEPS && Math.hypot(...miss) > tolerance; step++) {
    const { matrix } = inverted({ matrix: derivative(plate, point), offset: [0, 0, 0] });
    const change = turned({ matrix }, miss);
    let [share, better] = [1, false];
    while (!better && share > 1e-4) {
      const next: Triple = [point[0] + share * change[0], point[1] + share * change[1], point[2] + share * change[2]];
      const left = missOf(next);
      better = Math.hypot(...left) < Math.hypot(...miss);
      if (better) [point, miss] = [next, left];
      else share /= 2;
    }
    if (!better) break;
  }
  if (!(Math.hypot(...miss) <= tolerance))
    throw new ComputeFailed(
      `the thin plate has no inverse that can be found at ${target.map((n) => `${Number((n * 1e6).toPrecision(6))}`).join(", ")} µm: it folds there; smooth it, or take contradicting landmarks away`,
    );
  return point;
}

/** What the system of a thin plate gives, and how far each landmark would be missed by the plate of the others. */
export interface ThinPlateSolution {
  readonly plate: ThinPlate;
  readonly leaveOneOut: readonly Triple[];
}

/**
 * The thin plate through landmarks; with `smoothing` (metres) beside them, and less bent. Numbers in the system are near 1, whatever
 * the unit. Undefined where landmarks lie in a plane: then the affine part is not determined.
 * @see F. L. Bookstein 1989, doi:10.1109/34.24792, with the kernel of three dimensions, U(r) = r; leaving one out: S. Rippa 1999,
 * doi:10.1023/A:1018975909870
 */
export function thinPlateThrough(
  from: readonly Triple[],
  to: readonly Triple[],
  smoothing: number,
): ThinPlateSolution | undefined {
  const n = from.length;
  const middle = [0, 1, 2].map((axis) => from.reduce((sum, point) => sum + point[axis]!, 0) / n);
  const scale = extentOf(from);
  if (!(scale > 0)) return undefined;
  const places = from.map((point) => point.map((value, axis) => (value - middle[axis]!) / scale));
  const system = places.map((a, i) => [
    ...places.map((b, j) => (i === j ? smoothing / scale : -Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!, a[2]! - b[2]!))),
    ...[1, a[0]!, a[1]!, a[2]!],
  ]);
  for (let row = 0; row < 4; row++)
    system.push([...places.map((place) => (row === 0 ? 1 : place[row - 1]!)), 0, 0, 0, 0]);
  const unit = system.map((_, row) => system.map((_, column) => (row === column ? 1 : 0)));
  const inverse = solveLinear(system, unit);
  if (inverse === undefined) return undefined;
  const solved = inverse.map((row) =>
    [0, 1, 2].map((axis) => to.reduce((sum, point, k) => sum + row[k]! * point[axis]!, 0)),
  );
  const weights = solved.slice(0, n).map((row) => row.map((value) => value / scale)) as unknown as Triple[];
  const [constant, ...slopes] = solved.slice(n);
  // slopes[a][b]: how the image along b changes along a.
  const matrix = Array.from({ length: 9 }, (_, k) => slopes[k % 3]![Math.floor(k / 3)]! / scale);
  const back = turned({ matrix }, middle as unknown as Triple);
  const offset = constant!.map((value, axis) => value - back[axis]!) as unknown as Triple;
  const leaveOneOut = solved
    .slice(0, n)
    .map((row, k) => row.map((value) => value / inverse[k]![k]!)) as unknown as Triple[];
  return { plate: { matrix, offset, centres: from.map((point) => [...point] as Triple), weights }, leaveOneOut };
}
