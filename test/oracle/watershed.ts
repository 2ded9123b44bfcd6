import type { Shape } from "#src/core/shape.js";

/** Neighbours of a voxel, the nearer ones first, then in C order. */
function neighbours([depth, height, width]: Shape, at: number, connectivity: 6 | 18 | 26): number[] {
  const reach = { 6: 1, 18: 2, 26: 3 }[connectivity];
  const [z, y, x] = [Math.floor(at / (height * width)), Math.floor(at / width) % height, at % width];
  const around: { next: number; steps: number }[] = [];
  for (let dz = -1; dz <= 1; dz++)
    for (let dy = -1; dy <= 1; dy++)
      for (let dx = -1; dx <= 1; dx++) {
        const [w, v, u] = [z + dz, y + dy, x + dx];
        const steps = Math.abs(dz) + Math.abs(dy) + Math.abs(dx);
        if (steps === 0 || steps > reach || w < 0 || w >= depth || v < 0 || v >= height || u < 0 || u >= width)
          continue;
        around.push({ next: (w * height + v) * width + u, steps });
      }
  return around.sort((a, b) => a.steps - b.steps).map(({ next }) => next);
}

/**
 * Flooding by its definition: of all voxels that wait the lowest goes next, of equal ones who came first; it gives its label
 * to those neighbours that have none. A voxel waits with the level that it is reached on, if that is above its own.
 */
export function watershed(
  shape: Shape,
  image: readonly number[],
  markers: readonly number[],
  connectivity: 6 | 18 | 26,
  inside: (k: number) => boolean = () => true,
): number[] {
  const labels = markers.map((label, k) => (inside(k) ? label : 0));
  const waiting = [...labels.keys()].filter((k) => labels[k] !== 0).map((at, age) => ({ at, age, level: image[at]! }));
  let age = waiting.length;
  while (waiting.length > 0) {
    waiting.sort((a, b) => a.level - b.level || a.age - b.age);
    const { at, level } = waiting.shift()!;
    for (const next of neighbours(shape, at, connectivity)) {
      if (!inside(next) || labels[next] !== 0 || Number.isNaN(image[next])) continue;
      labels[next] = labels[at]!;
      waiting.push({ at: next, age: age++, level: Math.max(level, image[next]!) });
    }
  }
  return labels;
}

/**
 * The same where a voxel gets its label when its turn comes: a line if another label is beside it, over which no flood goes;
 * it waits with its distance from the marker voxel added.
 */
export function watershedByTurns(
  shape: Shape,
  image: readonly number[],
  markers: readonly number[],
  connectivity: 6 | 18 | 26,
  { lines, compactness }: { lines: boolean; compactness: number },
): number[] {
  const labels = [...markers];
  const line = new Set<number>();
  const marked = [...labels.keys()].filter((k) => labels[k] !== 0);
  const waiting = marked.map((at, age) => ({ at, age, level: image[at]!, source: at }));
  const place = (k: number): number[] => [
    Math.floor(k / (shape[1] * shape[2])),
    Math.floor(k / shape[2]) % shape[1],
    k % shape[2],
  ];
  let age = waiting.length;
  while (waiting.length > 0) {
    waiting.sort((a, b) => a.level - b.level || a.age - b.age);
    const { at, level, source } = waiting.shift()!;
    if ((labels[at] !== 0 || line.has(at)) && at !== source) continue;
    const around = neighbours(shape, at, connectivity);
    const meets = around.some((next) => labels[next] !== 0 && labels[next] !== labels[source]);
    if (lines && at !== source && meets) {
      line.add(at);
      continue;
    }
    labels[at] = labels[source]!;
    for (const next of around) {
      if (labels[next] !== 0 || line.has(next)) continue;
      const far = Math.sqrt(place(next).reduce((sum, n, k) => sum + (n - place(source)[k]!) ** 2, 0));
      waiting.push({ at: next, age: age++, level: Math.max(level, image[next]! + compactness * far), source });
    }
  }
  return labels;
}
