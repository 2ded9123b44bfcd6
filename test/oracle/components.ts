import type { Shape } from "#src/core/shape.js";

/** Components by flooding, numbered in the order of their first voxels. */
export function components(shape: Shape, inside: readonly boolean[], connectivity: 6 | 18 | 26): number[] {
  const [depth, height, width] = shape;
  const reach = { 6: 1, 18: 2, 26: 3 }[connectivity];
  const labels = new Array<number>(inside.length).fill(0);
  let count = 0;
  for (let seed = 0; seed < inside.length; seed++) {
    if (!inside[seed] || labels[seed] !== 0) continue;
    labels[seed] = ++count;
    const queue = [seed];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      const [z, y, x] = [Math.floor(at / (height * width)), Math.floor(at / width) % height, at % width];
      for (let dz = -1; dz <= 1; dz++)
        for (let dy = -1; dy <= 1; dy++)
          for (let dx = -1; dx <= 1; dx++) {
            if (Math.abs(dz) + Math.abs(dy) + Math.abs(dx) > reach) continue;
            const [w, v, u] = [z + dz, y + dy, x + dx];
            if (w < 0 || w >= depth || v < 0 || v >= height || u < 0 || u >= width) continue;
            const next = (w * height + v) * width + u;
            if (!inside[next] || labels[next] !== 0) continue;
            labels[next] = count;
            queue.push(next);
          }
    }
  }
  return labels;
}

/** Voxels of each component, from 1 on. */
export function sizesOf(labels: readonly number[]): number[] {
  const sizes: number[] = [];
  for (const label of labels) if (label > 0) sizes[label - 1] = (sizes[label - 1] ?? 0) + 1;
  return sizes;
}

/** Whether each component touches a face. */
export function openOf([depth, height, width]: Shape, labels: readonly number[]): boolean[] {
  const open: boolean[] = [];
  for (const [at, label] of labels.entries()) {
    const [z, y, x] = [Math.floor(at / (height * width)), Math.floor(at / width) % height, at % width];
    const face = [z, y, x].some((n, k) => n === 0 || n === [depth, height, width][k]! - 1);
    if (label > 0) open[label - 1] = (open[label - 1] ?? false) || face;
  }
  return open;
}
