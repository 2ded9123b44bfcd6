import fc from "fast-check";
import { expect, test } from "vitest";
import { absorbance } from "#src/artefacts/absorbance.js";
import { correctCupping } from "#src/artefacts/correct-cupping.js";
import { solve } from "#src/artefacts/cupping-classes.js";
import { filteredBackProjection } from "#src/artefacts/filtered-back-projection.js";
import { flatField } from "#src/artefacts/flat-field.js";
import { radialProfile } from "#src/artefacts/radial-profile.js";
import { um } from "#src/core/length.js";
import type { Volume } from "#src/core/volume.js";
import { crop } from "#src/filters/crop.js";
import { open } from "#src/io/open.js";
import { electrode } from "#src/simulate/electrode.js";
import { projections } from "#src/simulate/projections.js";
import { memoryVolume } from "../support/memory-volume.js";
import { data, lacks } from "../support/require.js";

const column = (table: Awaited<ReturnType<typeof radialProfile>>, name: string): number[] =>
  [...table.getChild(name)!].map(Number);
/** Mean of a profile from radius `from` to `to`. */
const level = async (volume: Volume, from: number, to: number, options: object = {}): Promise<number> => {
  const table = await radialProfile(volume, options);
  const [radius, mean, voxels] = ["radius", "mean", "voxels"].map((name) => column(table, name));
  let [sum, n] = [0, 0];
  for (const [k, r] of radius!.entries())
    if (r >= from && r < to) {
      sum += mean![k]! * voxels![k]!;
      n += voxels![k]!;
    }
  return sum / n;
};
/** Grey value of no attenuation in a simulated electrode of 16 bits. */
const AIR = (0.1 / 0.4) * 65535;

test("the profile of a known volume is its mean by distance, in voxels or micrometres", async () => {
  const values = Float32Array.from({ length: 2 * 21 * 21 }, (_, k) =>
    Math.floor(Math.hypot((Math.floor(k / 21) % 21) - 10, (k % 21) - 10)),
  );
  const volume = memoryVolume(values, [2, 21, 21]);
  const table = await radialProfile(volume);
  expect(column(table, "mean")).toEqual(column(table, "radius").map((r) => r - 0.5));
  expect(column(table, "deviation").every((d) => d < 1e-6)).toBe(true);
  expect(column(table, "voxels").reduce((a, b) => a + b)).toBe(2 * 21 * 21);
  const sized = await radialProfile(volume.with({ spacing: um(2) }), { width: 5 });
  expect(column(sized, "radius")).toEqual([5, 15, 25]);
  expect(sized.schema.fields[0]!.metadata.get("unit")).toBe("µm");
  const mask = memoryVolume(
    Uint8Array.from(values, (value) => (value < 3 ? 1 : 0)),
    [2, 21, 21],
    { role: "mask" },
  );
  expect(column(await radialProfile(volume, { mask }), "radius")).toEqual([0.5, 1.5, 2.5]);
});

test("the cup of a simulated electrode is found to a hundredth, by classes, and goes", async () => {
  const options = { shape: [24, 128, 128] as const, photons: 100_000, rings: 0, diameter: 14, seed: 5 };
  const [flat, cupped] = [await electrode({ ...options, cupping: 0 }), await electrode({ ...options, cupping: 0.25 })];
  const clean = await correctCupping(cupped, { classes: 3, zero: AIR });
  expect([clean.dtype, clean.shape, clean.spacing, clean.truth]).toEqual([
    "uint16",
    cupped.shape,
    cupped.spacing,
    cupped.truth,
  ]);
  const ratio = async (volume: Volume, from: number, to: number): Promise<number> => {
    const options = { width: 1 };
    const own = (await level(volume.with({ spacing: um(1) }), from, to, options)) - AIR;
    return own / ((await level(flat.with({ spacing: um(1) }), from, to, options)) - AIR);
  };
  // Before: 1 − 0.25·(1 − r²/R²), with R to the corner; after: the same everywhere.
  expect(await ratio(cupped, 0, 10)).toBeCloseTo(0.75, 1);
  const [inner, outer] = [await ratio(clean, 0, 20), await ratio(clean, 60, 80)];
  expect(Math.abs(inner / outer - 1)).toBeLessThan(0.02);
  expect(Math.abs((await ratio(cupped, 0, 20)) / (await ratio(cupped, 60, 80)) - 1)).toBeGreaterThan(0.12);
  // A scan without a cup gets none.
  const untouched = await correctCupping(flat, { classes: 3, zero: AIR });
  expect(Math.abs((await ratio(untouched, 0, 20)) / (await ratio(untouched, 60, 80)) - 1)).toBeLessThan(0.02);
  expect(clean.provenance.parameters).toMatchObject({ method: "classes", classes: 3, order: 3 });
});

test("the low-pass estimate takes the cup of a fine mixture, also one that is not round", async () => {
  const shape = [8, 96, 96] as const;
  const shade = (k: number): number => {
    const [y, x] = [(Math.floor(k / 96) % 96) / 96, (k % 96) / 96];
    return 0.8 + 0.3 * (x - 0.4) ** 2 + 0.2 * y;
  };
  const grain = Float32Array.from({ length: 8 * 96 * 96 }, (_, k) => ((k * 2654435761) % 1000 < 500 ? 100 : 200));
  const shaded = memoryVolume(
    grain.map((value, k) => value * shade(k)),
    shape,
  );
  const clean = await (await correctCupping(shaded, { method: "low-pass", sigma: 10 })).read();
  const quarter = (values: ArrayLike<number>, first: boolean): number => {
    const part = Array.from(values).filter((_, k) => (first ? k % 96 < 24 : k % 96 >= 72));
    return part.reduce((a, b) => a + b) / part.length;
  };
  const before = await shaded.read();
  const change = (values: ArrayLike<number>): number => Math.abs(quarter(values, true) / quarter(values, false) - 1);
  expect(change(before)).toBeGreaterThan(0.02);
  expect(change(clean)).toBeLessThan(0.3 * change(before));
});

test("beam hardening in projections makes a cup, and the correction takes it", async () => {
  const disc = { x: 0, y: 0, a: 56, b: 56, attenuation: [0.03, 0.01] };
  const {
    projections: counts,
    flats,
    darks,
  } = await projections({
    columns: 129,
    rows: 2,
    photons: 0,
    ellipses: [disc],
    spectrum: [0.6, 0.4],
  });
  const slices = await filteredBackProjection(await absorbance(await flatField({ projections: counts, flats, darks })));
  const inside = Uint8Array.from({ length: 2 * 129 * 129 }, (_, k) =>
    Math.hypot((Math.floor(k / 129) % 129) - 64, (k % 129) - 64) < 52 ? 1 : 0,
  );
  const mask = memoryVolume(inside, [2, 129, 129], { role: "mask" });
  const cup = async (volume: Volume): Promise<number> =>
    (await level(volume, 0, 12)) / (await level(volume, 44, 51)) - 1;
  expect(await cup(slices)).toBeLessThan(-0.08);
  const clean = await correctCupping(slices, { classes: 1, mask });
  expect(Math.abs(await cup(clean))).toBeLessThan(0.01);
});

test("the result does not depend on bricks", async () => {
  const values = Uint16Array.from({ length: 3 * 20 * 24 }, (_, k) => 1000 + ((k * 7919) % 3000) + 5 * (k % 24));
  for (const method of ["classes", "low-pass"] as const) {
    const expected = await (await correctCupping(memoryVolume(values, [3, 20, 24]), { method })).read();
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 24 })),
        async (brick) => {
          const other = await correctCupping(memoryVolume(values, [3, 20, 24], { brick }), { method });
          expect(await other.read()).toEqual(expected);
        },
      ),
      { numRuns: 4, seed: 4 },
    );
  }
});

test("small systems are solved, also where a column has no part", () => {
  expect(solve([Float64Array.of(0, 2, 4), Float64Array.of(3, 1, 5)])).toEqual([1, 2]);
  expect(solve([Float64Array.of(2, 0, 4), Float64Array.of(0, 0, 0)])).toEqual([2, 0]);
});

test("options that make no sense are refused with what is allowed", async () => {
  const volume = memoryVolume(new Uint8Array(2 * 16 * 16).fill(9), [2, 16, 16]);
  await expect(correctCupping(volume, { method: "median" as never })).rejects.toThrow("classes, low-pass");
  await expect(correctCupping(volume, { method: "low-pass", classes: 2 })).rejects.toThrow("no option `classes`");
  await expect(correctCupping(volume, { classes: 9 })).rejects.toThrow("classes is 9");
  await expect(correctCupping(volume, { centre: [1, 99] })).rejects.toThrow("centre is [1,99]");
  await expect(correctCupping(volume, { method: "low-pass", sigma: um(3) })).rejects.toMatchObject({
    code: "MissingData",
  });
  await expect(correctCupping(volume, { method: "low-pass", zero: 50 })).rejects.toThrow("not above the grey value");
  const empty = memoryVolume(new Uint8Array(512), [2, 16, 16], { role: "mask" });
  await expect(correctCupping(volume, { mask: empty })).rejects.toMatchObject({ code: "MissingData" });
  await expect(radialProfile(volume, { mask: volume })).rejects.toThrow("role mask");
});

test.skipIf(lacks("data"))("the cup in the steel cap of a real cell goes", async () => {
  const whole = await open(data("cell-ct/mpj_cell_can_100x728x728_u8_deflate.tif"));
  const cap = await crop(whole, { start: [10, 0, 0], stop: [11, 728, 728] });
  const centre = [366, 366] as const;
  const inside = Uint8Array.from({ length: 728 * 728 }, (_, k) =>
    Math.hypot(Math.floor(k / 728) - centre[0], (k % 728) - centre[1]) < 110 ? 1 : 0,
  );
  const mask = memoryVolume(inside, cap.shape, { role: "mask", brick: [1, 128, 128] });
  const cup = async (volume: Volume): Promise<number> =>
    (await level(volume, 0, 30, { mask, centre })) / (await level(volume, 80, 105, { mask, centre })) - 1;
  // One plate of steel: 70 % too dark in the middle.
  expect(await cup(cap)).toBeLessThan(-0.5);
  for (const method of ["classes", "low-pass"] as const) {
    const own = method === "classes" ? { classes: 1, centre } : { sigma: 12 };
    const clean = await correctCupping(cap, { method, mask, ...own });
    // A Gaussian of 12 voxels cannot follow a cup as steep as this one to its bottom.
    expect(Math.abs(await cup(clean))).toBeLessThan(method === "classes" ? 0.1 : 0.2);
  }
});
