import type { Border } from "#src/core/border.js";
import type { Triple } from "#src/core/shape.js";
import { type Block, eachVoxel, voxel } from "./neighbourhood.js";

export interface NonLocal {
  readonly patch: Triple;
  readonly search: Triple;
  readonly noise: number;
  readonly strength: number;
  readonly method: "fast" | "exact";
  readonly border?: Border;
}

/** Non-local means in double precision, by comparing all patches with all. A NaN takes part in nothing. */
export function nonLocalMeans(block: Block, options: NonLocal): number[] {
  const { patch, search, noise, strength, method, border = "reflect" } = options;
  const inPatch: { at: Triple; weight: number }[] = [];
  const span = (size: number): number[] => Array.from({ length: size }, (_, k) => k - Math.floor((size - 1) / 2));
  const bell = (d: number, size: number): number => {
    const reach = (size - 1) / 2;
    const fromMiddle = d + Math.floor((size - 1) / 2) - reach;
    return method === "fast" || size === 1 ? 1 : Math.exp(-2 * (fromMiddle / reach) ** 2);
  };
  for (const z of span(patch[0]))
    for (const y of span(patch[1]))
      for (const x of span(patch[2]))
        inPatch.push({ at: [z, y, x], weight: bell(z, patch[0]) * bell(y, patch[1]) * bell(x, patch[2]) });
  const total = inPatch.reduce((sum, { weight }) => sum + weight, 0);
  const at = (p: Triple, q: Triple): number => voxel(block, p[0] + q[0], p[1] + q[1], p[2] + q[2], border);
  return eachVoxel(block.shape, (z, y, x) => {
    const p: Triple = [z, y, x];
    let weights = 1;
    let values = at(p, [0, 0, 0]);
    for (let dz = -search[0]; dz <= search[0]; dz++)
      for (let dy = -search[1]; dy <= search[1]; dy++)
        for (let dx = -search[2]; dx <= search[2]; dx++) {
          if (dz === 0 && dy === 0 && dx === 0) continue;
          const q: Triple = [z + dz, y + dy, x + dx];
          let distance = 0;
          for (const { at: d, weight } of inPatch) distance += (weight / total) * (at(p, d) - at(q, d)) ** 2;
          const exponent = Math.max(0, distance - 2 * noise ** 2) / strength ** 2;
          if (!(exponent <= 5)) continue;
          weights += Math.exp(-exponent);
          values += Math.exp(-exponent) * at(q, [0, 0, 0]);
        }
    return values / weights;
  });
}
