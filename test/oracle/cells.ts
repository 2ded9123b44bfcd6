import type { Shape } from "#src/core/shape.js";

/** Corners of the cell at z, y, x: the bit 4dz + 2dy + dx is set where `held` says so of a voxel; −1 is no voxel of the volume. */
function cellAt([planes, rows, columns]: Shape, z: number, y: number, x: number, held: (k: number) => boolean): number {
  let set = 0;
  for (let corner = 0; corner < 8; corner++) {
    const [c, b, a] = [z + (corner >> 2), y + ((corner >> 1) & 1), x + (corner & 1)];
    const inside = c >= 0 && b >= 0 && a >= 0 && c < planes && b < rows && a < columns;
    if (held(inside ? (c * rows + b) * columns + a : -1)) set |= 1 << corner;
  }
  return set;
}

/** How often each set of corners is held, over all cells with a voxel of the volume, or those whose eight voxels `counts` says count. */
export function cellSets(
  shape: Shape,
  held: (k: number) => boolean,
  counts: ((k: number) => boolean) | undefined,
): Float64Array {
  const found = new Float64Array(256);
  for (let z = -1; z < shape[0]; z++)
    for (let y = -1; y < shape[1]; y++)
      for (let x = -1; x < shape[2]; x++) {
        if (counts !== undefined && cellAt(shape, z, y, x, (k) => k >= 0 && counts(k)) !== 255) continue;
        found[cellAt(shape, z, y, x, (k) => k >= 0 && held(k))]!++;
      }
  return found;
}

/** Euler number by the definition: cells of all dimensions of the union of closed cubes (26), or of the complex of centres (6). */
export function eulerNumber(shape: Shape, held: (k: number) => boolean, connectivity: 6 | 26): number {
  const [planes, rows, columns] = shape;
  const parts = new Set<string>();
  const is = (z: number, y: number, x: number): boolean =>
    z >= 0 && y >= 0 && x >= 0 && z < planes && y < rows && x < columns && held((z * rows + y) * columns + x);
  let sum = 0;
  for (let z = 0; z < planes; z++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++) {
        if (!is(z, y, x)) continue;
        if (connectivity === 26) {
          // Places in halves of voxels: those of a cube with odd places are its inside along that axis.
          for (const c of [-1, 0, 1])
            for (const b of [-1, 0, 1]) for (const a of [-1, 0, 1]) parts.add([2 * z + c, 2 * y + b, 2 * x + a].join());
          continue;
        }
        for (let span = 0; span < 8; span++) {
          const [dz, dy, dx] = [span >> 2, (span >> 1) & 1, span & 1];
          let all = true;
          for (let corner = 0; corner < 8; corner++)
            if ((corner & ~span) === 0) all &&= is(z + (corner >> 2), y + ((corner >> 1) & 1), x + (corner & 1));
          if (all) sum += (dz + dy + dx) % 2 === 0 ? 1 : -1;
        }
      }
  for (const part of parts) {
    const dimensions = part.split(",").filter((at) => Number(at) % 2 === 0).length;
    sum += dimensions % 2 === 0 ? 1 : -1;
  }
  return sum;
}

/** Edges of voxels along each axis around which are all three values and no voxel that does not count; and all edges that count. */
export function triplePhaseEdges(
  values: ArrayLike<number>,
  [planes, rows, columns]: Shape,
  triple: readonly number[],
  counts: (k: number) => boolean,
): { along: number[]; all: number[] } {
  const steps = [rows * columns, columns, 1];
  const sizes = [planes, rows, columns];
  const [along, all] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (let k = 0; k < planes * rows * columns; k++) {
    const at = [Math.floor(k / steps[0]!), Math.floor(k / columns) % rows, k % columns];
    for (let axis = 0; axis < 3; axis++) {
      const [u, v] = [0, 1, 2].filter((other) => other !== axis) as [number, number];
      if (at[u]! + 1 >= sizes[u]! || at[v]! + 1 >= sizes[v]!) continue;
      const four = [k, k + steps[u]!, k + steps[v]!, k + steps[u]! + steps[v]!];
      if (!four.every(counts)) continue;
      all[axis]!++;
      if (triple.every((value) => four.some((one) => values[one] === value))) along[axis]!++;
    }
  }
  return { along, all };
}
