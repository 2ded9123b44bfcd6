/**
 * What a cell of 2 × 2 × 2 voxels adds to the area and to the Euler number of a phase, for each of the 256 sets of corners that
 * the phase may hold. The corner z, y, x has the bit 4z + 2y + x.
 */
import type { Triple } from "../core/shape.js";
import { POINTS, trianglesOf } from "./cell-triangles.js";
import { directionShares } from "./direction-shares.js";

const SETS = 256;
const placeOf = (corner: number): Triple => [corner >> 2, (corner >> 1) & 1, corner & 1];

/** Area of the surface by marching cubes, for voxels of this size: triangles through the middles of edges. */
export function marchingCubesAreas(size: Triple): Float64Array {
  const points = POINTS.map((point) => point.map((half, axis) => (half / 2) * size[axis]!) as unknown as Triple);
  return Float64Array.from({ length: SETS }, (_, set) => {
    const corners = trianglesOf(set);
    let area = 0;
    for (let k = 0; k < corners.length; k += 3)
      area += triangleArea(points[corners[k]!]!, points[corners[k + 1]!]!, points[corners[k + 2]!]!);
    return area;
  });
}

function triangleArea(a: Triple, b: Triple, c: Triple): number {
  const [uz, uy, ux] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const [vz, vy, vx] = [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
  return Math.hypot(uy * vx - ux * vy, ux * vz - uz * vx, uz * vy - uy * vz) / 2;
}

/**
 * Area by Crofton's formula: how often the lines through neighbouring voxels, in 13 directions, cross the surface. A line in the
 * direction d stands for the area (volume of a voxel)/|d| across it, a direction for the share of the sphere that is nearer to it
 * than to the others; the area is twice the mean over all directions.
 */
export function croftonAreas(size: Triple): Float64Array {
  const volume = size[0] * size[1] * size[2];
  const shares = directionShares(size);
  const pairs: { one: number; other: number; area: number }[] = [];
  for (let one = 0; one < 8; one++)
    for (let other = one + 1; other < 8; other++) {
      const step = placeOf(other).map((n, axis) => n - placeOf(one)[axis]!) as unknown as Triple;
      const moved = step.filter((n) => n !== 0).length;
      // A pair along an axis is in four cells, one along a diagonal of a face in two.
      const cells = 2 ** (3 - moved);
      const length = Math.hypot(...step.map((n, axis) => n * size[axis]!));
      pairs.push({ one, other, area: (2 * shares(step) * volume) / length / cells });
    }
  return Float64Array.from({ length: SETS }, (_, set) => {
    const crossed = pairs.filter(({ one, other }) => ((set >> one) & 1) !== ((set >> other) & 1));
    return crossed.reduce((sum, { area }) => sum + area, 0);
  });
}

/**
 * Eighths of the Euler number. With 26 neighbours a phase is the union of its voxels as closed cubes, and the cell is the
 * surroundings of one of their corners: vertices − edges + faces − cubes, each shared by the cells it is in. With 6 neighbours
 * it is what their centres, and the edges, faces and cubes between centres that are all of the phase, make up.
 */
export function eulerEighths(connectivity: 6 | 26): Int32Array {
  const corners = [0, 1, 2, 3, 4, 5, 6, 7];
  /** Sides of the cell of so many dimensions, as the corners that they have. */
  const sides = (dimensions: number): number[][] => {
    const found = new Map<string, number[]>();
    for (const free of [0, 1, 2, 3, 4, 5, 6, 7])
      if (corners.filter((k) => (k & ~free) === 0).length === 2 ** dimensions)
        for (const corner of corners) {
          const side = corners.filter((k) => (k & ~free) === (corner & ~free));
          found.set(side.join(), side);
        }
    return [...found.values()];
  };
  return Int32Array.from({ length: SETS }, (_, set) => {
    const held = (side: readonly number[]): number => side.filter((k) => (set >> k) & 1).length;
    const all = (dimensions: number): number => sides(dimensions).filter((side) => held(side) === side.length).length;
    const any = (dimensions: number): number => sides(dimensions).filter((side) => held(side) > 0).length;
    // A voxel is in 8 cells, an edge between centres in 4, a face in 2; an edge of a voxel has two ends, a face four corners.
    if (connectivity === 6) return all(0) - 2 * all(1) + 4 * all(2) - 8 * all(3);
    return 8 * any(3) - 4 * any(2) + 2 * any(1) - any(0);
  });
}
