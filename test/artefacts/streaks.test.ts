import { expect, test } from "vitest";
import { absorbance } from "#src/artefacts/absorbance.js";
import { filteredBackProjection } from "#src/artefacts/filtered-back-projection.js";
import { flatField } from "#src/artefacts/flat-field.js";
import { reduceStreaks, streakMap } from "#src/artefacts/reduce-streaks.js";
import type { Volume } from "#src/core/volume.js";
import { projections } from "#src/simulate/projections.js";
import { memoryVolume } from "../support/memory-volume.js";

const n = 129;
/** Two dense grains in a light disc, by a beam of one energy or of two. */
async function slice(spectrum: readonly number[], rows = 1): Promise<Volume> {
  const energies = (soft: number, hard: number) => (spectrum.length === 1 ? hard : [soft, hard]);
  const ellipses = [
    { x: 0, y: 0, a: 56, b: 56, attenuation: energies(0.008, 0.006) },
    { x: -26, y: 0, a: 8, b: 8, attenuation: energies(0.25, 0.06) },
    { x: 26, y: 0, a: 8, b: 8, attenuation: energies(0.25, 0.06) },
  ];
  const scan = await projections({ columns: n, rows, photons: 0, spectrum, ellipses });
  return filteredBackProjection(await absorbance(await flatField(scan)));
}
const mean = (values: ArrayLike<number>, use: (y: number, x: number) => boolean): number => {
  const kept = Array.from(values).filter((_, k) => use(Math.floor(k / n) - 64, (k % n) - 64));
  return kept.reduce((a, b) => a + b, 0) / kept.length;
};
const between = (y: number, x: number): boolean => Math.abs(y) < 3 && Math.abs(x) < 12;
const apart = (y: number, x: number): boolean => Math.abs(x) < 12 && Math.abs(y) > 20 && Math.abs(y) < 40;

test("the dark band between two dense grains is found and made lighter", async () => {
  const scan = await slice([0.5, 0.5]);
  const before = await scan.read();
  const depth = mean(before, apart) - mean(before, between);
  expect(depth / mean(before, apart)).toBeGreaterThan(0.3);
  const map = await streakMap(scan, { dense: 0.05 });
  expect([map.dtype, map.role, map.shape]).toEqual(["float32", "field", scan.shape]);
  const found = await map.read();
  expect(mean(found, between)).toBeLessThan(-0.5 * depth);
  const clean = await (await reduceStreaks(scan, { dense: 0.05 })).read();
  expect(Math.abs(mean(clean, apart) - mean(clean, between))).toBeLessThan(0.35 * depth);
  for (const [k, value] of before.entries()) {
    expect(Math.abs(clean[k]! + found[k]! - value)).toBeLessThan(1e-6);
    if (value > 0.05) expect(found[k]).toBe(0);
  }
});

test("a scan by one energy, and one without dense matter, are left as they are", async () => {
  const [hard, scan] = [await slice([0.5, 0.5]), await slice([1])];
  const [streaks, none] = [
    await (await streakMap(hard, { dense: 0.05 })).read(),
    await (await streakMap(scan, { dense: 0.05 })).read(),
  ];
  const strength = (values: ArrayLike<number>): number =>
    Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0) / values.length);
  expect(strength(none)).toBeLessThan(0.15 * strength(streaks));
  const same = await reduceStreaks(scan, { dense: 10 });
  expect(await same.read()).toEqual(await scan.read());
});

test("whole numbers stay whole, any number of workers gives the same, and bad options are refused", async () => {
  const scan = await slice([0.5, 0.5], 2);
  const counts = memoryVolume(
    Uint16Array.from(await scan.read(), (value) => Math.max(0, 2000 + 50_000 * value)),
    scan.shape,
  );
  const options = { dense: 4500, zero: 2000, angles: 60 };
  const one = await reduceStreaks(counts, { ...options, workers: 1 });
  expect(one.dtype).toBe("uint16");
  expect(await (await reduceStreaks(counts, { ...options, workers: 2 })).read()).toEqual(await one.read());
  await expect(reduceStreaks(counts, { dense: 0 })).rejects.toThrow("dense is 0 and zero 0");
  await expect(streakMap(counts, {} as never)).rejects.toThrow("dense (grey value) is undefined");
  await expect(streakMap(counts, { dense: 5, angles: 2 })).rejects.toThrow("angles is 2");
});
