import fc from "fast-check";
import { expect, test } from "vitest";
import { absorbance } from "#src/artefacts/absorbance.js";
import { filteredBackProjection } from "#src/artefacts/filtered-back-projection.js";
import { flatField } from "#src/artefacts/flat-field.js";
import { fromSinograms } from "#src/artefacts/projections.js";
import { removeRings } from "#src/artefacts/remove-rings.js";
import { removeStripes } from "#src/artefacts/remove-stripes.js";
import { ringsOf } from "#src/artefacts/ring-work.js";
import type { Volume } from "#src/core/volume.js";
import { openProjections } from "#src/io/data-exchange.js";
import { open } from "#src/io/open.js";
import { electrode } from "#src/simulate/electrode.js";
import { memoryVolume } from "../support/memory-volume.js";
import { data, lacks } from "../support/require.js";

const rms = (a: ArrayLike<number>, b: ArrayLike<number>, use: (k: number) => boolean = () => true): number => {
  const kept = Array.from(a, (value, k) => (use(k) ? (value - b[k]!) ** 2 : -1)).filter((square) => square >= 0);
  return Math.sqrt(kept.reduce((sum, square) => sum + square, 0) / kept.length);
};
/** Root mean square of the rings that are found in a slice, from a radius of 10 on. */
const strength = (slice: Float32Array, size: number, reach = 0.45): number => {
  const rings = ringsOf({
    plane: slice,
    height: size,
    width: size,
    centre: [(size - 1) / 2, (size - 1) / 2],
    size: 21,
    sectors: 1,
  });
  const part = rings.subarray(10, Math.floor(reach * size));
  return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length);
};

test("rings of a smooth slice are found where they are, and go", async () => {
  const size = 101;
  const offset = (r: number): number => [0, 3, 0, -2, 0][Math.round(r) % 5]! * (r > 8 ? 1 : 0);
  const radius = (k: number): number => Math.hypot(Math.floor(k / size) - 47, (k % size) - 52);
  const smooth = Float32Array.from({ length: size * size }, (_, k) => 100 + 0.2 * (k % size));
  const ringed = smooth.map((value, k) => value + offset(radius(k)));
  const rings = ringsOf({ plane: ringed, height: size, width: size, centre: [47, 52], size: 21, sectors: 1 });
  for (const r of [21, 23, 31, 36]) expect(Math.abs(rings[r]! - offset(r))).toBeLessThan(1);
  const clean = await removeRings(memoryVolume(ringed, [1, size, size]), { centre: [47, 52] });
  const values = await clean.read();
  const between = (k: number): boolean => radius(k) > 10 && radius(k) < 45;
  expect(rms(values, smooth, between) / rms(ringed, smooth, between)).toBeLessThan(0.45);
});

test("the rings of a simulated scan go, its structure stays", async () => {
  const options = { shape: [2, 161, 161] as const, photons: 4000, cupping: 0, seed: 3 };
  const [plain, ringed] = [await electrode({ ...options, rings: 0 }), await electrode({ ...options, rings: 0.15 })];
  const clean = await removeRings(ringed);
  expect([clean.dtype, clean.shape, clean.spacing, clean.truth]).toEqual([
    "uint16",
    ringed.shape,
    ringed.spacing,
    ringed.truth,
  ]);
  const [a, b, c] = [await plain.read(), await ringed.read(), await clean.read()];
  const away = (k: number): boolean => {
    const r = Math.hypot((Math.floor(k / 161) % 161) - 80, (k % 161) - 80);
    return r > 10 && r < 78;
  };
  expect(rms(c, a, away) / rms(b, a, away)).toBeLessThan(0.6);
  // Where there are no rings little changes.
  const untouched = await (await removeRings(plain)).read();
  expect(rms(untouched, a, away) / rms(b, a, away)).toBeLessThan(0.35);
});

test("broken rings are removed sector by sector", async () => {
  const size = 121;
  const smooth = new Float32Array(size * size).fill(50);
  const ringed = smooth.map((value, k) => {
    const [y, x] = [Math.floor(k / size) - 60, (k % size) - 60];
    return Math.round(Math.hypot(y, x)) === 40 && y > 0 ? value + 10 : value;
  });
  const volume = memoryVolume(ringed, [1, size, size]);
  const [whole, parts] = [await removeRings(volume), await removeRings(volume, { arc: 45 })];
  const before = rms(ringed, smooth);
  expect(rms(await parts.read(), smooth) / before).toBeLessThan(0.6);
  expect(rms(await parts.read(), smooth)).toBeLessThan(0.7 * rms(await whole.read(), smooth));
});

test("the result does not depend on bricks and workers", async () => {
  const values = Uint8Array.from({ length: 3 * 20 * 23 }, (_, k) => (k * 37 + (k >> 3)) % 251);
  const expected = await (await removeRings(memoryVolume(values, [3, 20, 23]), { size: 5 })).read();
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 23 })),
      fc.integer({ min: 1, max: 3 }),
      async (brick, workers) => {
        const other = await removeRings(memoryVolume(values, [3, 20, 23], { brick }), { size: 5, workers });
        expect(await other.read()).toEqual(expected);
      },
    ),
    { numRuns: 4, seed: 8 },
  );
});

test("a centre outside, an even median and a sector too narrow are refused", async () => {
  const volume = memoryVolume(new Uint8Array(2 * 16 * 16), [2, 16, 16]);
  await expect(removeRings(volume, { centre: [20, 3] })).rejects.toThrow("centre is [20,3]");
  await expect(removeRings(volume, { size: 4 })).rejects.toThrow("give an odd number");
  await expect(removeRings(volume, { arc: 5 })).rejects.toThrow("arc (degrees) is 5");
  await expect(removeRings(memoryVolume(new Uint8Array(16), [1, 4, 4]))).rejects.toThrow("at least 8 × 8");
  await expect(removeRings(volume, { signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow("no");
});

test.skipIf(lacks("data"))("rings of two real scans grow weaker, by stripes before and by rings after", async () => {
  const image = await open(data("projections/sarepy_sinogram_360_neutron_u16.tif"));
  const counts = await fromSinograms(image, { angles: Array.from({ length: 459 }, (_, k) => (360 * k) / 458) });
  const raw = await counts.read();
  const open_ = 47_000;
  const neutron = memoryVolume(
    Float32Array.from(raw, (value) => value / open_),
    counts.shape,
    {
      role: "projections",
      angles: counts.angles!,
      brick: [128, 1, 512],
    },
  );
  const slices = async (transmission: Volume, centre: number): Promise<Volume> =>
    filteredBackProjection(await absorbance(transmission), { centre, rows: [0, 1] });
  const tooth = await flatField(await openProjections(data("projections/tomopy_tooth_dataexchange.h5")));
  for (const [transmission, centre, size] of [
    [neutron, 245, 503],
    [tooth, 296, 640],
  ] as const) {
    const before = await slices(transmission, centre);
    const strengthOf = async (volume: Volume): Promise<number> => strength((await volume.read()) as Float32Array, size);
    const was = await strengthOf(before);
    for (const method of ["sorting", "all"] as const)
      expect(
        (await strengthOf(await slices(await removeStripes(transmission, { method }), centre))) / was,
      ).toBeLessThan(0.75);
    expect((await strengthOf(await removeRings(before))) / was).toBeLessThan(0.4);
  }
});
