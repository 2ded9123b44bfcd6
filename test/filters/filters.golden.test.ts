/** Voxels of the 64³ reference volume against SciPy; test/golden/make/filters.py made the expected values. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import type { Voxels } from "#src/core/dtype.js";
import type { Volume } from "#src/core/volume.js";
import { gaussian } from "#src/filters/gaussian.js";
import { median } from "#src/filters/median.js";
import { memoryVolume } from "../support/memory-volume.js";
import { PROBES, referenceGrey, referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

interface Golden {
  name: string;
  function: "median" | "gaussian";
  options: object;
  input: string;
  crc32?: number;
  sum?: number;
  mean: number;
  largest: number;
  probes: number[];
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
const FILTERS: Record<Golden["function"], (volume: Volume, options: object) => Promise<Volume>> = { median, gaussian };
const { values } = JSON.parse(readFileSync(join(root, "test/golden/filters.json"), "utf8")) as { values: Golden[] };
const bytes = (voxels: Voxels): Uint8Array => new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength);

test("the reference volume is the one the golden values were made from", () => {
  expect([phases, g8, g16].map((voxels) => crc32(bytes(voxels)).toString(16))).toEqual([
    "6655fba0",
    "75b95edf",
    "fdd591a3",
  ]);
});

for (const golden of values)
  test(`${golden.name} is SciPy's`, async () => {
    const volume = memoryVolume(inputs[golden.input]!, [64, 64, 64], { brick: [24, 32, 40] });
    const result = await FILTERS[golden.function](volume, golden.options);
    const voxels = await result.read();
    if (golden.function === "median") {
      expect(PROBES.map((k) => voxels[k])).toEqual(golden.probes);
      if (golden.crc32 !== undefined) expect(crc32(bytes(voxels))).toBe(golden.crc32);
    }
    for (const [k, probe] of golden.probes.entries())
      expect(Math.abs(voxels[PROBES[k]!]! - probe) / golden.largest).toBeLessThan(1e-6);
    const mean = Array.from(voxels).reduce((sum, value) => sum + value, 0) / voxels.length;
    expect(Math.abs(mean - golden.mean) / golden.largest).toBeLessThan(1e-6);
  });
