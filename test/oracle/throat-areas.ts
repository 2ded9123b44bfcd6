/** Areas of throats by marching cubes, from their definition: whole surfaces of regions, and of two regions together. */
import type { Shape, Triple } from "#src/core/shape.js";
import { POINTS } from "#src/measure/cell-triangles.js";
import { FACE_CORNERS, NO_SURFACE, SURFACE_BYTES, valueSurfaces } from "#src/measure/value-triangles.js";

const { crossed, first, tunnel, even, surfaces } = valueSurfaces();
const corner = (k: number): Triple => [k >> 2, (k >> 1) & 1, k & 1];

/** Area of the surface in a cell at whose corners 4z + 2y + x these values pass zero. */
export function cellArea(values: readonly number[], size: Triple): number {
  let set = 0;
  for (let k = 0; k < 8; k++) if (values[k]! > 0) set |= 1 << k;
  let joins = 0;
  const inside = values.filter((value) => value > 0).length;
  for (const [face, [a, b, c, d]] of FACE_CORNERS.entries()) {
    if (((crossed[set]! >> face) & 1) === 0) continue;
    const [one, other] = [values[a]! * values[c]!, values[b]! * values[d]!];
    // So scikit-image has it where the first corner that it looks at has the value 0.
    const zero = values[face === 3 || face === 4 ? b : a] === 0;
    joins = 2 * joins + Number(zero ? inside <= 4 : values[a]! > 0 ? one >= other : other >= one);
  }
  const allEven = values.every((value) => Math.abs(value) === Math.abs(values[0]!));
  const number = allEven
    ? even[set]!
    : joins === 0 && tunnel[set] !== NO_SURFACE && tunnels(values, set)
      ? tunnel[set]!
      : first[set]! + joins;
  const points = POINTS.map((point) => {
    if (point.every((half) => half === 1)) {
      const weights = values.map((value) => 1 / Math.max(1e-12, Math.abs(value)));
      const all = weights.reduce((sum, weight) => sum + weight, 0);
      return [0, 1, 2].map((axis) => weights.reduce((sum, w, k) => sum + w * corner(k)[axis]!, 0) / all);
    }
    const ends = [0, 2].map((end) =>
      point.reduce<number>((sum, half, axis) => sum + ((half === 1 ? end : half) >> 1) * (4 >> axis), 0),
    );
    const [from, to] = ends.map((end) => values[end]!);
    const part = from! / (from! - to!);
    return corner(ends[0]!).map((n, axis) => n + part * (corner(ends[1]!)[axis]! - n));
  }).map((place) => place.map((n, axis) => n * size[axis]!));
  const list = surfaces.subarray(SURFACE_BYTES * number);
  let area = 0;
  for (let k = 1; k < list[0]!; k += 3) {
    const [a, b, c] = [points[list[k]!]!, points[list[k + 1]!]!, points[list[k + 2]!]!];
    const u = b.map((n, axis) => n - a[axis]!);
    const v = c.map((n, axis) => n - a[axis]!);
    area += Math.hypot(u[1]! * v[2]! - u[2]! * v[1]!, u[2]! * v[0]! - u[0]! * v[2]!, u[0]! * v[1]! - u[1]! * v[0]!) / 2;
  }
  return area;
}

/** Whether two corners that lie opposite hang together in the middle of a cell: where a section of it has its extreme. */
function tunnels(values: readonly number[], set: number): boolean {
  const [c0, c1, c2, c3, c4, c5, c6, c7] = values as [number, number, number, number, number, number, number, number];
  const outside = [...set.toString(2)].filter((bit) => bit === "1").length === 6;
  const curve = (c4 - c0) * (c7 - c3) - (c6 - c2) * (c5 - c1);
  const slope = c3 * (c4 - c0) + c0 * (c7 - c3) - c1 * (c6 - c2) - c2 * (c5 - c1);
  const at = -slope / (2 * curve);
  if (!(at >= 0 && at <= 1)) return outside;
  const section = [c0 + (c4 - c0) * at, c2 + (c6 - c2) * at, c3 + (c7 - c3) * at, c1 + (c5 - c1) * at];
  const [a, b, c, d] = section as [number, number, number, number];
  const one = a >= 0 && c >= 0 && b < 0 && d < 0;
  const other = b >= 0 && d >= 0 && a < 0 && c < 0;
  if (outside) return one || other;
  if (section.filter((value) => value >= 0).length >= 3) return true;
  return one ? a * c > b * d : other && a * c < b * d;
}

/** Voxels of a region among each voxel and its six neighbours, with three voxels of margin. */
function counted(inside: (k: number) => boolean, shape: Shape): { counts: number[]; size: Triple } {
  const size = shape.map((n) => n + 6) as unknown as Triple;
  const counts = new Array<number>(size[0] * size[1] * size[2]).fill(0);
  for (let k = 0; k < shape[0] * shape[1] * shape[2]; k++) {
    if (!inside(k)) continue;
    const line = Math.floor(k / shape[2]);
    const at = ((Math.floor(line / shape[1]) + 3) * size[1] + (line % shape[1]) + 3) * size[2] + (k % shape[2]) + 3;
    for (const step of [0, 1, -1, size[2], -size[2], size[1] * size[2], -size[1] * size[2]]) counts[at + step]!++;
  }
  return { counts, size };
}

/** Area of the surface at half of the largest share of a region's voxels among each voxel and its neighbours. */
export function blurredSurface(inside: (k: number) => boolean, shape: Shape, spacing: Triple): number {
  const { counts, size } = counted(inside, shape);
  const most = counts.reduce((best, n) => Math.max(best, n), 0);
  const values = counts.map((n) => Math.fround(n / 7) - Math.fround(most / 7) / 2);
  let area = 0;
  for (let z = 0; z + 1 < size[0]; z++)
    for (let y = 0; y + 1 < size[1]; y++)
      for (let x = 0; x + 1 < size[2]; x++) {
        const eight = [...Array(8).keys()].map(
          (k) => values[((z + (k >> 2)) * size[1] + y + ((k >> 1) & 1)) * size[2] + x + (k & 1)]!,
        );
        const inner = eight.filter((value) => value > 0).length;
        if (inner > 0 && inner < 8) area += cellArea(eight, spacing);
      }
  return area;
}

/** Half of what the surfaces of two regions have more than that of both together; of none, a face of a voxel. */
export function throatArea(
  labels: ArrayLike<number>,
  shape: Shape,
  spacing: Triple,
  one: number,
  other: number,
): number {
  const surface = (which: (label: number) => boolean): number =>
    blurredSurface((k) => which(labels[k]!), shape, spacing);
  const both = surface((label) => label === one || label === other);
  const area = (surface((label) => label === one) + surface((label) => label === other) - both) / 2;
  return area > 0 ? area : Math.cbrt(spacing[0] * spacing[1] * spacing[2]) ** 2;
}
