/** A scan, a mask and projections with what corrections take away. */
import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Volume } from "#src/core/volume.js";
import { memoryVolume } from "./memory-volume.js";
import { random } from "./random-volume.js";

export const shape = [13, 24, 37] as const;
export const [depth, height, width] = shape;
/** Grey values from 60 to 190: a sample with rings, a cup and noise. */
const grey = (seed: number): Uint8Array => {
  const next = random(seed);
  return Uint8Array.from({ length: depth * height * width }, (_, k) => {
    const r = Math.hypot((Math.floor(k / width) % height) - 11.5, (k % width) - 18);
    return 90 + 2 * r + (Math.round(r) % 7 === 3 ? 15 : 0) + 30 * next();
  });
};
export const scanOf = (seed: number): Volume =>
  memoryVolume(grey(seed), shape, { brick: [4, 16, 16], spacing: [1e-6, 1e-6, 1e-6] });
export const scan = scanOf(5);
export const projections = memoryVolume(
  Float32Array.from(grey(6), (value) => value / 200),
  shape,
  {
    brick: [8, 5, 16],
    spacing: [1e-6, 1e-6, 1e-6],
    role: "projections",
    angles: Array.from({ length: depth }, (_, k) => (180 * k) / depth),
  },
);
export const mask = memoryVolume(
  Uint8Array.from({ length: depth * height * width }, (_, k) =>
    Math.hypot((Math.floor(k / width) % height) - 11.5, (k % width) - 18) < 15 ? 1 : 0,
  ),
  shape,
  { role: "mask", brick: [4, 16, 16] },
);
/** All that tells a result but its voxels. */
export const facts = ({ provenance, role, spacing, phases, angles, dtype, grid, truth }: Volume): unknown[] => [
  provenance,
  role,
  spacing,
  phases,
  angles,
  dtype,
  grid.brick,
  truth,
];
/** Files that belong to a result. */
export const beside = (to: string): string[] =>
  readdirSync(dirname(to)).filter((name) => name.startsWith(basename(to, ".arrow")));
