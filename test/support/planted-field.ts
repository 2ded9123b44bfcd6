/** Volumes of known classes with noise, and what a Markov random field tells of itself. */
import type { Shape } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { normal } from "./normal.js";
import { random } from "./random-volume.js";

/** What the provenance of a field says that was found. */
export interface Found {
  readonly energy: number;
  readonly data: number;
  readonly pairs: number;
  readonly bound?: number;
  readonly means: number[];
  readonly deviations: number[];
  readonly voxels: number[];
  readonly taken: { modes: number; cuts?: number; moves?: number };
}

export const foundOf = (labels: Volume): Found => labels.provenance.parameters as unknown as Found;

/** Blobs of the classes with Gaussian noise: grey values 100·k ± noise. */
export function planted(
  shape: Shape,
  classes: number,
  noise: number,
  seed: number,
): { values: Float32Array; truth: Uint8Array } {
  const next = random(seed);
  const [depth, rows, columns] = shape;
  const waves = Array.from({ length: 4 }, () => [next(), next(), next(), 6 * next()] as const);
  const truth = new Uint8Array(depth * rows * columns);
  const values = normal(truth.length, seed + 1);
  for (let k = 0; k < truth.length; k++) {
    const [z, y, x] = [Math.floor(k / (rows * columns)), Math.floor(k / columns) % rows, k % columns];
    const level = waves.reduce((sum, [a, b, c, d]) => sum + Math.sin(a * z + b * y + c * x + d), 0);
    truth[k] = Math.min(classes - 1, Math.floor(((level + 4) / 8) * classes));
    values[k] = 100 * truth[k]! + noise * values[k]!;
  }
  return { values, truth };
}
