import type { Shape, Triple } from "#src/core/shape.js";

/** S₂ at one lag: pairs of the phase over pairs of the sample, one by one. @param kinds 0 wall, 1 phase, 2 beyond the sample */
export function correlationAt(shape: Shape, kinds: ArrayLike<number>, lag: Triple, periodic: boolean): number {
  const [depth, height, width] = shape;
  let [both, all] = [0, 0];
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        let [w, v, u] = [z + lag[0], y + lag[1], x + lag[2]];
        if (periodic) [w, v, u] = [(w + depth) % depth, (v + height) % height, (u + width) % width];
        if (w < 0 || v < 0 || u < 0 || w >= depth || v >= height || u >= width) continue;
        const [a, b] = [kinds[(z * height + y) * width + x], kinds[(w * height + v) * width + u]];
        if (a === 2 || b === 2) continue;
        all++;
        if (a === 1 && b === 1) both++;
      }
  return both / all;
}
