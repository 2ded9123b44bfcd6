import type { Shape, Triple } from "#src/core/shape.js";
import { cellSets, eulerNumber } from "./cells.js";

/** Figures of one particle, going through all voxels. */
export interface ParticleFigures {
  readonly voxels: number;
  readonly centroid: number[];
  /** Central moments: zz, yy, xx, zy, zx, yx. */
  readonly covariance: number[];
  readonly neighbours: number;
  readonly isCut: boolean;
  readonly area: number;
  readonly euler: number;
}

/** Faces across z, y, x of each two labels, as `a,b` with a < b; NaN is what does not count, beyond the volume as well. */
export function labelFaces(valueAt: (k: number) => number, [planes, rows, columns]: Shape): Map<string, number[]> {
  const found = new Map<string, number[]>();
  const value = (z: number, y: number, x: number): number =>
    z < 0 || y < 0 || x < 0 || z >= planes || y >= rows || x >= columns
      ? Number.NaN
      : valueAt((z * rows + y) * columns + x);
  for (let z = -1; z < planes; z++)
    for (let y = -1; y < rows; y++)
      for (let x = -1; x < columns; x++)
        for (let axis = 0; axis < 3; axis++) {
          const a = value(z, y, x);
          const b = value(z + (axis === 0 ? 1 : 0), y + (axis === 1 ? 1 : 0), x + (axis === 2 ? 1 : 0));
          if (Object.is(a, b)) continue;
          const key = [a, b].sort((p, q) => (p < q || Number.isNaN(q) ? -1 : 1)).join();
          const faces = found.get(key) ?? [0, 0, 0];
          faces[axis]!++;
          found.set(key, faces);
        }
  return found;
}

export function particleFigures(
  valueAt: (k: number) => number,
  shape: Shape,
  label: number,
  table: ArrayLike<number>,
  size: Triple,
): ParticleFigures {
  const places: number[][] = [];
  for (let k = 0; k < shape[0] * shape[1] * shape[2]; k++)
    if (valueAt(k) === label)
      places.push([Math.floor(k / (shape[1] * shape[2])), Math.floor(k / shape[2]) % shape[1], k % shape[2]]);
  const n = places.length;
  const centroid = [0, 1, 2].map((axis) => places.reduce((sum, at) => sum + at[axis]!, 0) / n);
  const moment = (i: number, j: number): number =>
    size[i]! * size[j]! * (places.reduce((sum, at) => sum + (at[i]! - centroid[i]!) * (at[j]! - centroid[j]!), 0) / n);
  const keys = [...labelFaces(valueAt, shape).keys()].map((key) => key.split(",").map(Number));
  const beside = keys.flatMap(([a, b]) => (a === label ? [b!] : b === label ? [a!] : []));
  const sets = cellSets(
    shape,
    (k) => valueAt(k) === label,
    (k) => !Number.isNaN(valueAt(k)),
  );
  return {
    voxels: n,
    centroid,
    covariance: [moment(0, 0), moment(1, 1), moment(2, 2), moment(0, 1), moment(0, 2), moment(1, 2)],
    neighbours: beside.filter((other) => other !== 0 && !Number.isNaN(other)).length,
    isCut: beside.some(Number.isNaN),
    area: sets.reduce((sum, count, set) => sum + count * table[set]!, 0),
    euler: eulerNumber(shape, (k) => valueAt(k) === label, 6),
  };
}
