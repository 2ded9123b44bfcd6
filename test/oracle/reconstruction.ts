import type { Shape } from "#src/core/shape.js";

/** Neighbours of a voxel. */
function neighbours([depth, height, width]: Shape, at: number, connectivity: 6 | 18 | 26): number[] {
  const reach = { 6: 1, 18: 2, 26: 3 }[connectivity];
  const [z, y, x] = [Math.floor(at / (height * width)), Math.floor(at / width) % height, at % width];
  const around: number[] = [];
  for (let w = z - 1; w <= z + 1; w++)
    for (let v = y - 1; v <= y + 1; v++)
      for (let u = x - 1; u <= x + 1; u++) {
        const steps = Math.abs(w - z) + Math.abs(v - y) + Math.abs(u - x);
        if (steps === 0 || steps > reach || w < 0 || w >= depth || v < 0 || v >= height || u < 0 || u >= width)
          continue;
        around.push((w * height + v) * width + u);
      }
  return around;
}

/** Dilations by the nearest neighbours, each held at the limit, until nothing changes; NaN is no way. */
export function reconstruction(
  shape: Shape,
  seed: readonly number[],
  limit: readonly number[],
  connectivity: 6 | 18 | 26,
): number[] {
  const none = (k: number): boolean => Number.isNaN(seed[k]) || Number.isNaN(limit[k]);
  let now = seed.map((value, k) => (none(k) ? Number.NEGATIVE_INFINITY : Math.min(value, limit[k]!)));
  for (;;) {
    const next = now.map((value, k) => {
      const most = Math.max(value, ...neighbours(shape, k, connectivity).map((other) => now[other]!));
      return none(k) ? value : Math.min(most, limit[k]!);
    });
    if (next.every((value, k) => value === now[k])) return next.map((value, k) => (none(k) ? Number.NaN : value));
    now = next;
  }
}

/** Voxels from which no way leads higher that does not go down by h first: what is higher, and all ways above h below. */
export function hMaxima(shape: Shape, values: readonly number[], h: number, connectivity: 6 | 18 | 26): number[] {
  return values.map((value, from) => {
    if (Number.isNaN(value)) return 0;
    const seen = new Set([from]);
    const open = [from];
    for (let k = open.pop(); k !== undefined; k = open.pop()) {
      if (values[k]! > value) return 0;
      for (const next of neighbours(shape, k, connectivity))
        if (!seen.has(next) && values[next]! > value - h) {
          seen.add(next);
          open.push(next);
        }
    }
    return 1;
  });
}

/** Plateaus of one value without a higher neighbour. */
export function regionalMaxima(shape: Shape, values: readonly number[], connectivity: 6 | 18 | 26): number[] {
  return values.map((value, from) => {
    if (Number.isNaN(value)) return 0;
    const seen = new Set([from]);
    const open = [from];
    for (let k = open.pop(); k !== undefined; k = open.pop())
      for (const next of neighbours(shape, k, connectivity)) {
        if (values[next]! > value) return 0;
        if (values[next] !== value || seen.has(next)) continue;
        seen.add(next);
        open.push(next);
      }
    return 1;
  });
}
