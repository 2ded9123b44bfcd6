import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { nm, um } from "#src/core/length.js";
import type { Shape } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { crop } from "#src/filters/crop.js";
import { gaussian } from "#src/filters/gaussian.js";
import { median } from "#src/filters/median.js";
import { compareLabels } from "#src/measure/compare-labels.js";
import { phaseFractions } from "#src/measure/phase-fractions.js";
import { multiOtsu } from "#src/segment/multi-otsu.js";
import { threshold } from "#src/segment/threshold.js";
import { electrode } from "#src/simulate/electrode.js";
import { modes } from "#src/statistics/modes.js";
import { gaussian as gaussianOracle } from "../oracle/gaussian.js";

const small = { shape: [20, 41, 50] as Shape, diameter: 12 };
const bytes = async (volume: Volume): Promise<Uint8Array> => new Uint8Array((await volume.read()).buffer);
const off = { photons: 0, rings: 0, cupping: 0, blur: 0 };
/** Absorbance that a grey value of 16 bits stands for. */
const absorbance = (value: number): number => (value / 65535) * 0.4 - 0.1;

test("noise merges the peaks of the three phases, and a filter separates them", async () => {
  const scan = await electrode();
  expect([scan.shape, scan.dtype, scan.role]).toEqual([[96, 192, 192], "uint16", "intensity"]);
  expect((await modes(scan)).peaks.length).toBe(1);
  for (const filtered of [await median(scan, { radius: 2 }), await gaussian(scan, { sigma: 1 })]) {
    expect((await modes(filtered)).peaks.length).toBe(3);
    const labels = await threshold(filtered, await multiOtsu(filtered));
    const table = await compareLabels(labels, scan.truth);
    // Blurred edges between pore and active material look like binder: 0.04 of error is what a threshold can do.
    for (const error of [...table.getChild("error")!] as number[]) expect(Math.abs(error)).toBeLessThan(0.05);
    expect(table.accuracy).toBeGreaterThan(0.9);
    expect(table.accuracy).toBeGreaterThan(
      (await compareLabels(await threshold(scan, await multiOtsu(scan)), scan.truth)).accuracy + 0.2,
    );
  }
});

test("the truth has three phases in about the fractions asked for", async () => {
  const { truth } = await electrode({ porosity: 0.5, binder: 0.1, diameter: 10, shape: [64, 64, 64] });
  expect([truth!.role, truth!.dtype, truth!.phases!.map(({ name }) => name)]).toEqual([
    "labels",
    "uint8",
    ["pore", "binder", "active material"],
  ]);
  const fractions = [...(await phaseFractions(truth!)).getChild("fraction")!] as number[];
  for (const [k, expected] of [0.5, 0.1, 0.4].entries()) expect(Math.abs(fractions[k]! - expected)).toBeLessThan(0.05);
});

test("the voxels do not depend on the bricks", async () => {
  const scan = await electrode(small);
  const [grey, truth] = [await bytes(scan), await bytes(scan.truth!)];
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 3, max: 25 }), fc.integer({ min: 9, max: 50 }), fc.integer({ min: 9, max: 60 })),
      async (brick) => {
        const other = await electrode({ ...small, brick });
        expect(await bytes(other)).toEqual(grey);
        expect(await bytes(other.truth!)).toEqual(truth);
        expect(other.grid.brick).toEqual(brick.map((n, k) => Math.min(n, small.shape[k]!)));
      },
    ),
    { numRuns: 6, seed: 2 },
  );
});

test("the default seed gives the same bytes on every machine", async () => {
  const scan = await electrode(small);
  expect([crc32(await bytes(scan)).toString(16), crc32(await bytes(scan.truth!)).toString(16)]).toEqual([
    "bf240e94",
    "b72febf5",
  ]);
});

test("a larger scan has the same structure and, without rings and cupping, the same grey values there", async () => {
  const plain = { ...small, rings: 0, cupping: 0 };
  const scan = await electrode(plain);
  const large = await electrode({ ...plain, shape: [31, 60, 70] });
  const region = { start: [0, 0, 0], stop: small.shape } as const;
  expect(await large.read(region)).toEqual(await scan.read());
  expect(await large.truth!.read(region)).toEqual(await scan.truth!.read());
});

test("another seed gives another electrode, other noise and other rings", async () => {
  const [a, b] = [await electrode(small), await electrode({ ...small, seed: 2 })];
  const [x, y] = [await a.truth!.read(), await b.truth!.read()];
  expect(x.filter((label, k) => label !== y[k]).length).toBeGreaterThan(0.2 * x.length);
});

test("without blur, noise, rings and cupping each voxel shows the absorbance of its phase", async () => {
  for (const bits of [8, 16] as const) {
    const scan = await electrode({ ...small, ...off, bits });
    expect(scan.dtype).toBe(bits === 8 ? "uint8" : "uint16");
    const top = 2 ** bits - 1;
    const grey = [0.02, 0.06, 0.11].map((value) => ((value + 0.1) / 0.4) * top);
    const [values, labels] = [await scan.read(), await scan.truth!.read()];
    // Absorbances are float32: where the grey value is a half, either neighbour is right.
    const wrong = labels.filter((label, k) => Math.abs(values[k]! - grey[label]!) > 0.5 + 1e-3);
    expect(wrong.length).toBe(0);
    expect(new Set(values).size).toBe(3);
  }
});

test("the point spread is a Gaussian that sees the structure beyond the scan", async () => {
  const shape = [12, 14, 16] as const;
  const sharp = await electrode({ ...off, diameter: 8, shape: [24, 26, 28] });
  const oracle = gaussianOracle({ shape: [24, 26, 28], values: await sharp.read() }, [1.2, 1.2, 1.2]);
  const blurred = await (await electrode({ ...off, diameter: 8, shape, blur: 1.2 })).read();
  // The smaller scan shares its first corner with the larger one; where that is cut off the two differ.
  for (let z = 5; z < 12; z++)
    for (let y = 5; y < 14; y++)
      for (let x = 5; x < 16; x++)
        expect(Math.abs(blurred[(z * 14 + y) * 16 + x]! - oracle[(z * 26 + y) * 28 + x]!)).toBeLessThan(1.5);
  const wide = await (await electrode({ ...off, diameter: 8, shape: [24, 26, 28], blur: 1.2 })).read();
  expect(wide[(11 * 26 + 13) * 28 + 15]).toBe(blurred[(11 * 14 + 13) * 16 + 15]);
});

test("photons make noise of 1/√photons, and cupping darkens the axis by its share", async () => {
  const grey = { attenuation: [0.1, 0.1, 0.1] as const, diameter: 12, shape: [30, 61, 61] as Shape };
  const noisy = Array.from(await (await electrode({ ...grey, ...off, photons: 2000 })).read(), absorbance);
  const mean = noisy.reduce((a, b) => a + b) / noisy.length;
  const deviation = Math.sqrt(noisy.reduce((sum, value) => sum + (value - mean) ** 2, 0) / noisy.length);
  const expected = 1 / Math.sqrt(2000 * Math.exp(-0.1));
  expect(Math.abs(mean - 0.1)).toBeLessThan(5e-4);
  expect(Math.abs(deviation / expected - 1)).toBeLessThan(0.02);

  const cupped = await electrode({ ...grey, ...off, cupping: 0.3 });
  expect(absorbance(await cupped.at(3, 30, 30))).toBeCloseTo(0.07, 5);
  expect(absorbance(await cupped.at(3, 0, 60))).toBeCloseTo(0.1, 5);
  expect(absorbance(await cupped.at(9, 30, 0))).toBeCloseTo(0.1 * (1 - 0.3 * 0.5), 5);
});

test("rings are offsets by the distance from the axis, the same in all planes", async () => {
  const shape = [4, 401, 401] as const;
  const [plain, ringed] = [await electrode({ ...off, shape }), await electrode({ ...off, shape, rings: 0.05 })];
  const [a, b] = [await plain.read(), await ringed.read()];
  const offsets = new Map<number, number>();
  let worst = 0;
  for (let k = 0; k < a.length; k++) {
    const radius = Math.round(Math.hypot((Math.floor(k / 401) % 401) - 200, (k % 401) - 200));
    const offset = absorbance(b[k]!) - absorbance(a[k]!);
    if (!offsets.has(radius)) offsets.set(radius, offset);
    worst = Math.max(worst, Math.abs(offset - offsets.get(radius)!));
  }
  expect(worst).toBeLessThan(2e-5);
  const values = [...offsets.values()];
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  // Contrast of the phases 0.09; of 284 rings the deviation is known to 4 %.
  expect(Math.abs(deviation / (0.05 * 0.09) - 1)).toBeLessThan(0.15);
});

test("lengths and voxels mean the same, and the voxel size is kept", async () => {
  const scan = await electrode({ ...small, spacing: nm(500), diameter: um(6), blur: nm(300) });
  expect(scan.spacing).toEqual([5e-7, 5e-7, 5e-7].map((size) => expect.closeTo(size, 15)));
  expect(scan.truth!.spacing).toEqual(scan.spacing);
  expect(await bytes(scan)).toEqual(
    await bytes(
      await electrode({ ...small, blur: nm(300).metres / nm(500).metres, diameter: um(6).metres / nm(500).metres }),
    ),
  );
});

test("truth is cut with the scan, and provenance names the seed and every parameter", async () => {
  const scan = await electrode({ ...small, seed: 77 });
  const region = { start: [2, 3, 4], stop: [10, 20, 30] } as const;
  const part = await crop(scan, region);
  expect(await part.truth!.read()).toEqual(await scan.truth!.read(region));
  expect(scan.provenance).toMatchObject({
    operation: "samples.electrode",
    parameters: {
      seed: 77,
      shape: [20, 41, 50],
      diameter: 12,
      spacing: { metres: um(0.39).metres },
      photons: 900,
      bits: 16,
    },
  });
  expect(Object.keys(scan.provenance.parameters)).not.toContain("signal");
});

test("over the memory limit it goes to a scratch file with the same bytes", async () => {
  const scan = await electrode({ ...small, memoryLimit: 1000, brick: [8, 16, 16] });
  expect(scan.store.memoryBytes).toBe(0);
  expect(await bytes(scan)).toEqual(await bytes(await electrode(small)));
  scan.store.release();
  scan.truth!.store.release();
});

test("it reports its bricks and stops when told", async () => {
  const seen: number[] = [];
  await electrode({ ...small, brick: [20, 41, 25], onProgress: ({ done, total }) => seen.push(done, total) });
  expect(seen).toEqual([1, 2, 2, 2]);
  const controller = new AbortController();
  const stopped = electrode({
    ...small,
    brick: [20, 41, 25],
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("enough")),
  });
  await expect(stopped).rejects.toThrow("enough");
  await expect(electrode({ signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow("before");
});

test("options that make no sense are refused with what is allowed", async () => {
  const refused = (options: object): Promise<never> => electrode({ ...small, ...options }) as Promise<never>;
  await expect(refused({ porosity: 1.2 })).rejects.toThrow("porosity is 1.2; allowed is a number from 0.05 to 0.9");
  await expect(refused({ porosity: 0.6, binder: 0.4 })).rejects.toThrow("leave less than 0.05 for active material");
  await expect(refused({ bits: 12 })).rejects.toThrow("bits is 12; allowed are 8 and 16");
  await expect(refused({ seed: 1.5 })).rejects.toThrow("seed is 1.5; allowed is a whole number");
  await expect(refused({ diameter: um(1) })).rejects.toThrow("diameter (voxels) is 2.56");
  await expect(refused({ blur: -1 })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(refused({ spacing: 0.39 })).rejects.toThrow("give a positive length such as um(0.39)");
  await expect(refused({ shape: [0, 4, 4] })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(refused({ attenuation: [1, 2] })).rejects.toThrow("give three numbers");
  await expect(refused({ porsity: 0.3 })).rejects.toThrow("did you mean `porosity`");
});
