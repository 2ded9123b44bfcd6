/** Voxels of the 64³ reference volume against other programs; test/golden/make/filters.py made the expected values. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import type { Voxels } from "#src/core/dtype.js";
import type { Volume } from "#src/core/volume.js";
import { anisotropicDiffusion } from "#src/filters/anisotropic-diffusion.js";
import { differenceOfGaussians } from "#src/filters/difference-of-gaussians.js";
import { maximum, minimum } from "#src/filters/extremes.js";
import { gaussian } from "#src/filters/gaussian.js";
import { gradientMagnitude } from "#src/filters/gradient-magnitude.js";
import { hessianEigenvalues } from "#src/filters/hessian-eigenvalues.js";
import { laplacianOfGaussian } from "#src/filters/laplacian-of-gaussian.js";
import { localDeviation } from "#src/filters/local-deviation.js";
import { mean } from "#src/filters/mean.js";
import { median } from "#src/filters/median.js";
import { mode } from "#src/filters/mode.js";
import { nonLocalMeans } from "#src/filters/non-local-means.js";
import { percentile } from "#src/filters/percentile.js";
import { sheetness } from "#src/filters/sheetness.js";
import { structureTensor } from "#src/filters/structure-tensor.js";
import { unsharpMask } from "#src/filters/unsharp-mask.js";
import { memoryVolume } from "../support/memory-volume.js";
import { PROBES, referenceGrey, referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

const FILTERS = {
  median,
  gaussian,
  mean,
  minimum,
  maximum,
  localDeviation,
  percentile: (volume: Volume, { percentage, ...options }: { percentage: number }) =>
    percentile(volume, percentage, options),
  mode,
  nonLocalMeans,
  gradientMagnitude,
  laplacianOfGaussian,
  differenceOfGaussians,
  unsharpMask,
  anisotropicDiffusion,
  hessianEigenvalues,
  sheetness,
  structureTensor,
};

interface Golden {
  name: string;
  function: keyof typeof FILTERS;
  options: object;
  input: string;
  /** True if every voxel must be the same, else within 1e-6 of the largest value. */
  exact: boolean;
  crc32?: number;
  mean: number;
  deviation: number;
  largest: number;
  probes: number[];
  /** Voxels at the borders that the other program treats in its own way. */
  margin?: number;
}

const phases = referencePhases(64);
const g8 = referenceGrey(phases, 8);
const g16 = referenceGrey(phases, 16);
const inputs: Record<string, Voxels> = {
  g8,
  i8: Int8Array.from(g8, (value) => value - 128),
  g16,
  i16: Int16Array.from(g16, (value) => value - 25000),
  u32: Uint32Array.from(g16, (value) => value * 65537),
  i32: Int32Array.from(g16, (value) => value * 65537 - 2 ** 30),
  f32: Float32Array.from(g16, (value) => Math.fround(value - 25000) / 7),
};
const { values } = JSON.parse(readFileSync(join(root, "test/golden/filters.json"), "utf8")) as { values: Golden[] };
const bytes = (voxels: Voxels): Uint8Array => new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength);
const isInner = (k: number, margin: number): boolean =>
  [k >> 12, (k >> 6) & 63, k & 63].every((at) => at >= margin && at < 64 - margin);

test("the reference volume is the one the golden values were made from", () => {
  expect([phases, g8, g16].map((voxels) => crc32(bytes(voxels)).toString(16))).toEqual([
    "6655fba0",
    "75b95edf",
    "fdd591a3",
  ]);
});

for (const golden of values)
  test(`${golden.name} is what the other program gives`, async () => {
    const volume = memoryVolume(inputs[golden.input]!, [64, 64, 64], { brick: [24, 32, 40] });
    const filter = FILTERS[golden.function] as (volume: Volume, options: never) => Promise<Volume>;
    const voxels = await (await filter(volume, golden.options as never)).read();
    const { margin = 0, largest } = golden;
    if (golden.crc32 !== undefined) expect(crc32(bytes(voxels))).toBe(golden.crc32);
    const probed = [...PROBES.entries()].filter(([, at]) => isInner(at, margin));
    expect(probed.length).toBeGreaterThan(8);
    for (const [k, at] of probed)
      if (golden.exact) expect(voxels[at]).toBe(golden.probes[k]);
      else expect(Math.abs(voxels[at]! - golden.probes[k]!) / largest).toBeLessThan(1e-6);
    const inner = Array.from(voxels as Float32Array).filter((_, k) => isInner(k, margin));
    const mean = inner.reduce((sum, value) => sum + value, 0) / inner.length;
    expect(Math.abs(mean - golden.mean) / largest).toBeLessThan(1e-6);
    const spread = Math.sqrt(inner.reduce((sum, value) => sum + (value - mean) ** 2, 0) / inner.length);
    expect(Math.abs(spread - golden.deviation) / largest).toBeLessThan(1e-6);
  });
