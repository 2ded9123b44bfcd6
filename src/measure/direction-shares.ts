import type { Triple } from "../core/shape.js";

type Point = readonly [number, number];

/**
 * Shares of the sphere that the 13 directions between neighbouring voxels have, each with its opposite: of all directions those
 * that are nearer to it than to the others (the spherical Voronoi cells of 26 points). Of cubes 0.09156 for the three axes,
 * 0.07396 for the six diagonals of faces, 0.07039 for the four of the cube.
 * @returns a function of the step to the neighbour, −1, 0 or 1 along z, y, x
 * @see J. Ohser & F. Mücklich, Statistical Analysis of Microstructures in Materials Science (2000)
 */
export function directionShares(size: Triple): (step: Triple) => number {
  const steps: Triple[] = [];
  for (const z of [-1, 0, 1])
    for (const y of [-1, 0, 1]) for (const x of [-1, 0, 1]) if (z !== 0 || y !== 0 || x !== 0) steps.push([z, y, x]);
  const unit = (step: Triple): Triple => {
    const scaled = step.map((n, axis) => n * size[axis]!);
    const length = Math.hypot(...scaled);
    return scaled.map((n) => n / length) as unknown as Triple;
  };
  const directions = steps.map(unit);
  const shares = new Map(steps.map((step, k) => [step.join(), (2 * cellArea(k, directions)) / (4 * Math.PI)]));
  return (step) => shares.get(step.map((n) => n + 0).join())!;
}

const dot = (a: Triple, b: Triple): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Triple, b: Triple): Triple => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** Area of the unit sphere that is nearer to one of its points than to the others. */
function cellArea(k: number, points: readonly Triple[]): number {
  const centre = points[k]!;
  const across = cross(centre, Math.abs(centre[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0]);
  const length = Math.hypot(...across);
  const u = across.map((n) => n / length) as unknown as Triple;
  const v = cross(centre, u);
  // On the plane that touches the sphere there, where the borders between two points are straight lines. The points lie all
  // around, so the cell lies within 90° of its centre.
  const far = 1e6;
  let cell: Point[] = [
    [-far, -far],
    [far, -far],
    [far, far],
    [-far, far],
  ];
  for (const other of points) {
    if (other === centre) continue;
    const normal = other.map((n, axis) => n - centre[axis]!) as unknown as Triple;
    const [a, b, c] = [dot(normal, u), dot(normal, v), dot(normal, centre)];
    cell = clipped(cell, ([p, q]) => a * p + b * q + c);
  }
  const corners = cell.map(([p, q]) => {
    const place = centre.map((n, axis) => n + p * u[axis]! + q * v[axis]!);
    const scale = Math.hypot(...place);
    return place.map((n) => n / scale) as unknown as Triple;
  });
  // Triangles between the centre and each side: solid angle by Van Oosterom & Strackee (1983).
  return corners.reduce((sum, a, at) => {
    const b = corners[(at + 1) % corners.length]!;
    const volume = Math.abs(dot(centre, cross(a, b)));
    return sum + 2 * Math.atan2(volume, 1 + dot(centre, a) + dot(a, b) + dot(b, centre));
  }, 0);
}

/** The part of a polygon where a linear function is not above 0. */
function clipped(polygon: readonly Point[], height: (point: Point) => number): Point[] {
  const out: Point[] = [];
  for (const [k, a] of polygon.entries()) {
    const b = polygon[(k + 1) % polygon.length]!;
    const [ha, hb] = [height(a), height(b)];
    if (ha <= 0) out.push(a);
    if (ha < 0 !== hb < 0 && ha !== 0 && hb !== 0) {
      const t = ha / (ha - hb);
      out.push([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
    }
  }
  return out;
}
