import { expect, test } from "vitest";
import { flatField } from "#src/artefacts/flat-field.js";
import { quality } from "#src/artefacts/quality.js";
import { displaySymbol } from "#src/core/display.js";
import { um } from "#src/core/length.js";
import type { Volume } from "#src/core/volume.js";
import { gaussian } from "#src/filters/gaussian.js";
import { median } from "#src/filters/median.js";
import { open } from "#src/io/open.js";
import { electrode } from "#src/simulate/electrode.js";
import { projections } from "#src/simulate/projections.js";
import { memoryVolume } from "../support/memory-volume.js";
import { normal } from "../support/normal.js";
import { data, lacks } from "../support/require.js";

interface Row {
  value: number;
  unit: string;
  verdict: string;
  meaning: string;
  remedy: string;
}
async function figures(volume: Volume, options: object = {}): Promise<Record<string, Row>> {
  const table = await quality(volume, options);
  const at = (name: string, k: number): string => String(table.getChild(name)!.get(k));
  return Object.fromEntries(
    Array.from({ length: table.numRows }, (_, k) => [
      at("figure", k),
      {
        value: Number(at("value", k)),
        unit: at("unit", k),
        verdict: at("verdict", k),
        meaning: at("meaning", k),
        remedy: at("remedy", k),
      },
    ]),
  );
}
const NAMES = {
  noise: "noise",
  peaks: "peaks of the histogram",
  separation: "separation of the peaks",
  contrast: "contrast to noise",
  signal: "signal to noise",
  lowest: "voxels at the lowest grey value",
  highest: "voxels at the highest grey value",
  voxel: "voxel size",
  edges: "width of edges, 10 to 90 %",
  resolution: "resolution by Fourier shell correlation",
  cupping: "cupping",
  rings: "rings over contrast",
  drift: "drift from slice to slice",
  beam: "pixels with less than a fifth of the beam",
} as const;

/** Grey values of an absorbance in a simulated electrode of 16 bits, and of air. */
const GREY = 65535 / 0.4;
const AIR = 0.1 * GREY;
const SHAPE = { shape: [24, 128, 128] as const, seed: 4, diameter: 24 };
const GOOD = { ...SHAPE, photons: 50_000, cupping: 0, rings: 0 };

/** Columns of two phases, 100 and 200, and noise. */
const stripes = (sigma: number, shape: readonly [number, number, number] = [12, 64, 64]): Float32Array =>
  normal(shape[0] * shape[1] * shape[2], 9).map(
    (value, k) => (Math.floor((k % shape[2]) / 16) % 2 === 0 ? 100 : 200) + sigma * value,
  );

const LARGE = [48, 96, 128] as const;

test("noise, contrast, signal and threshold errors are those of the normal distributions that were put in", async () => {
  for (const sigma of [10, 25]) {
    const found = await figures(memoryVolume(stripes(sigma, LARGE), LARGE), { zero: 50 });
    expect(Math.abs(found[NAMES.noise]!.value / sigma - 1)).toBeLessThan(0.06);
    expect(found[NAMES.peaks]!.value).toBe(2);
    expect(Math.abs((found[NAMES.contrast]!.value * sigma) / 100 - 1)).toBeLessThan(0.08);
    expect(found[NAMES.contrast]!.verdict).toBe(sigma === 10 ? "good" : "fair");
    expect(Math.abs((found[NAMES.signal]!.value * sigma) / 150 - 1)).toBeLessThan(0.08);
  }
  // Half of the valley's height comes from either peak: 1 − 2·exp(−(50/25)²/2).
  const valley = (await figures(memoryVolume(stripes(25, LARGE), LARGE)))[NAMES.separation]!.value;
  expect(Math.abs(valley / 100 - (1 - 2 * Math.exp(-2)))).toBeLessThan(0.05);
  // At four deviations apart two and a quarter per cent are beyond the middle.
  const wrong = (await figures(memoryVolume(stripes(25, LARGE), LARGE)))[NAMES.contrast]!.meaning;
  expect(Math.abs(Number(/puts ([\d.]+) %/.exec(wrong)![1]) - 2.28)).toBeLessThan(0.5);
});

test("noise that was blurred hides from voxel to voxel, but not from the peaks", async () => {
  const blurred = await gaussian(memoryVolume(stripes(60), [12, 64, 64]), { sigma: 1 });
  const found = await figures(blurred);
  expect(found[NAMES.noise]!.meaning).toContain("the peaks are wider");
  // White noise behind a Gaussian of σ = 1 in 3D: over (2·√π)^1.5 = 6.7 in deviation.
  expect(found[NAMES.contrast]!.value).toBeLessThan((1.15 * 100) / (60 / 6.7));
});

test("peaks, contrast, edges and resolution of a simulated electrode are those it was made with", async () => {
  const scan = await electrode({ ...GOOD, photons: 20_000, blur: 1 });
  const found = await figures(scan, { zero: AIR });
  const noise = GREY / Math.sqrt(20_000 * Math.exp(-0.06));
  expect(Math.abs(found[NAMES.noise]!.value / noise - 1)).toBeLessThan(0.1);
  expect(found[NAMES.peaks]!.value).toBe(3);
  // Pore and binder are 0.04 apart, binder and active material 0.05; blur widens the peak of the thin binder.
  const sharp = (await figures(await electrode({ ...GOOD, photons: 20_000, blur: 0 })))[NAMES.contrast]!.value;
  expect(Math.abs((sharp * noise) / (0.04 * GREY) - 1)).toBeLessThan(0.1);
  expect(found[NAMES.contrast]!.value).toBeLessThan(0.8 * sharp);
  // The steps of voxels add a twelfth to the variance of the blur.
  expect(Math.abs(found[NAMES.edges]!.value / (2.5631 * Math.sqrt(1 + 1 / 12)) - 1)).toBeLessThan(0.08);
  expect(found[NAMES.edges]!.meaning).toContain("3 voxels = 1.17 µm");
  for (const name of [NAMES.cupping, NAMES.drift, NAMES.lowest, NAMES.highest, NAMES.rings])
    expect(found[name]).toMatchObject({ verdict: "good", remedy: "" });
  expect(found[NAMES.voxel]).toMatchObject({ value: 0.39, unit: "µm" });
  // More noise, the same edges: less is resolved.
  const noisier = await figures(await electrode({ ...GOOD, photons: 4000, blur: 1 }), { zero: AIR });
  expect(noisier[NAMES.resolution]!.value).toBeGreaterThan(1.2 * found[NAMES.resolution]!.value);
  const other = await electrode({ ...GOOD, photons: 20_000, blur: 1 });
  const both = await figures(scan, { other });
  // The same photons: all agrees.
  expect(both[NAMES.resolution]).toMatchObject({ value: 2, verdict: "good" });
});

test("without two peaks a scan is poor, and a filter brings them back", async () => {
  const scan = await electrode({ seed: 3 });
  const noisy = await figures(scan, { zero: AIR });
  expect(noisy[NAMES.peaks]).toMatchObject({ value: 1, verdict: "poor" });
  for (const name of [NAMES.contrast, NAMES.separation, NAMES.rings, NAMES.edges])
    expect(noisy[name]!.verdict).toBe("unknown");
  expect(noisy[NAMES.peaks]!.remedy).toContain("nonLocalMeans");
  expect((await figures(await median(scan, { radius: 2 })))[NAMES.peaks]!.value).toBeGreaterThan(1);
});

test("cupping is that which was simulated, from the axis to the rim of the largest circle", async () => {
  const { value, verdict, remedy } = (await figures(await electrode({ ...GOOD, cupping: 0.2 }), { zero: AIR }))[
    NAMES.cupping
  ]!;
  // 1 − cupping over 1 − cupping · (1 − ½): the circle's rim lies at half the squared radius of the corners.
  expect(Math.abs(value / 100 - (0.8 / 0.9 - 1))).toBeLessThan(0.02);
  expect(verdict).toBe("poor");
  expect(remedy).toContain("correctCupping");
});

test("rings that were put in are seen at half to all of their height, and structure is none", async () => {
  const shape = [6, 256, 256] as const;
  const scan = await electrode({ ...GOOD, shape });
  const values = await scan.read();
  const span = 0.09 * GREY;
  for (const strength of [300, 1200]) {
    const ringed = Uint16Array.from(values, (value, k) => {
      const radius = Math.hypot(Math.floor((k % 256 ** 2) / 256) - 127.5, (k % 256) - 127.5);
      return value + (Math.floor(radius / 3) % 2 === 0 ? strength : -strength);
    });
    const { value, verdict, remedy } = (await figures(memoryVolume(ringed, shape)))[NAMES.rings]!;
    const share = ((value / 100) * span) / strength;
    expect(share).toBeGreaterThan(0.5);
    expect(share).toBeLessThan(1.1);
    expect([verdict, remedy.includes("removeRings")]).toEqual([strength > 1000 ? "poor" : "fair", true]);
  }
  expect((await figures(scan))[NAMES.rings]).toMatchObject({ verdict: "good", remedy: "" });
  // Of one voxel, as the simulated detector makes them.
  const simulated = (await figures(await electrode({ ...GOOD, shape, rings: 0.1 })))[NAMES.rings]!.value;
  expect(simulated).toBeGreaterThan(4);
  expect(simulated).toBeLessThan(11);
});

test("drift is told from slices that have more of a phase", async () => {
  const scan = await electrode(GOOD);
  const values = await scan.read();
  const factor = (z: number): number => 1 + (0.1 * z) / 23;
  const drifted = Uint16Array.from(values, (value, k) =>
    Math.min(65535, Math.round(AIR + (value - AIR) * factor(Math.floor(k / 128 ** 2)))),
  );
  const drift = (await figures(memoryVolume(drifted, scan.shape), { zero: AIR }))[NAMES.drift]!;
  expect(Math.abs(drift.value / 100 - 0.1)).toBeLessThan(0.015);
  expect([drift.verdict, drift.remedy.includes("correctDrift")]).toEqual(["poor", true]);
  // From a tenth to nine tenths of the bright phase, slice by slice.
  const [shares, shape] = [normal(12 * 64 * 64, 2), [12, 64, 64] as const];
  const graded = shares.map((value, k) => {
    const bright = (k % 64) / 64 < 0.1 + (0.8 * Math.floor(k / 4096)) / 11;
    return (bright ? 200 : 100) + 8 * value;
  });
  expect((await figures(memoryVolume(graded, shape)))[NAMES.drift]!.value).toBeLessThan(1);
});

test("what is cut off is counted, exactly for all types, and does not count as a phase", async () => {
  const scan = await electrode(GOOD);
  const values = await scan.read();
  const cut = Uint16Array.from(values, (value) => Math.min(33_000, value));
  const share = cut.filter((value) => value === 33_000).length / cut.length;
  for (const volume of [memoryVolume(cut, scan.shape), memoryVolume(Float32Array.from(cut), scan.shape)]) {
    const found = await figures(volume);
    expect(found[NAMES.highest]!.verdict).toBe("poor");
    expect(found[NAMES.highest]!.value).toBeCloseTo(100 * share, 9);
    expect(found[NAMES.highest]!.remedy).toContain("export again");
    expect(found[NAMES.lowest]!.verdict).toBe("good");
    expect(found[NAMES.peaks]!.meaning).not.toContain("33000");
  }
  // A third of zeros around the sample, as reconstructions have: noise and peaks are those of the rest.
  const round = Float32Array.from(stripes(10), (value, k) => (k % 64 < 22 ? 0 : value));
  const found = await figures(memoryVolume(round, [12, 64, 64]));
  expect(found[NAMES.lowest]!.value).toBeCloseTo((100 * 22) / 64, 9);
  expect(found[NAMES.peaks]!.value).toBe(2);
  expect(Math.abs(found[NAMES.noise]!.value / 10 - 1)).toBeLessThan(0.06);
});

test("transmissions are looked at where they are given, and only the mask counts", async () => {
  const scan = await electrode({ ...SHAPE, shape: [4, 64, 64], photons: 0, rings: 0, cupping: 0 });
  expect((await figures(scan))[NAMES.beam]!.verdict).toBe("unknown");
  const thick = [{ x: 0, y: 0, a: 50, b: 50, attenuation: 0.04 }];
  const transmission = await flatField(await projections({ columns: 128, angles: 12, ellipses: thick }));
  expect((await figures(scan, { transmission }))[NAMES.beam]).toMatchObject({ verdict: "poor", unit: "%" });
  const shape = [12, 64, 64] as const;
  const half = Uint8Array.from({ length: 12 * 64 * 64 }, (_, k) => (k % 64 < 32 ? 1 : 0));
  const mixed = stripes(10).map((value, k) => (half[k] === 1 ? value : 900 + 7 * (value % 40)));
  const found = await figures(memoryVolume(mixed, shape), { mask: memoryVolume(half, shape, { role: "mask" }) });
  const peaks = /at ([\d.]+), ([\d.]+)$/.exec(found[NAMES.peaks]!.meaning)!.slice(1).map(Number);
  for (const [k, at] of [100, 200].entries()) expect(Math.abs(peaks[k]! - at)).toBeLessThan(5);
  expect(Math.abs(found[NAMES.noise]!.value / 10 - 1)).toBeLessThan(0.1);
});

test("all voxel types, one plane, two planes, unknown and unequal voxel sizes are measured, and bricks do not matter", async () => {
  const bytes = Uint8Array.from(stripes(10), Math.round);
  const expected = await figures(memoryVolume(bytes, [12, 64, 64]));
  for (const volume of [
    memoryVolume(Int16Array.from(bytes), [12, 64, 64], { brick: [12, 64, 64] }),
    memoryVolume(Uint32Array.from(bytes), [12, 64, 64], { brick: [5, 17, 64] }),
  ])
    expect(await figures(volume)).toEqual(expected);
  const [one, two] = [stripes(10, [1, 64, 64]), stripes(10, [2, 64, 64])];
  for (const volume of [memoryVolume(one, [1, 64, 64]), memoryVolume(two, [2, 64, 64])]) {
    const found = await figures(volume);
    expect(Math.abs(found[NAMES.noise]!.value / 10 - 1)).toBeLessThan(0.08);
    expect(found[NAMES.drift]!.verdict).toBe(volume.shape[0] === 1 ? "unknown" : "good");
    expect(found[NAMES.voxel]!.remedy).toContain("um(");
  }
  const long = memoryVolume(bytes, [12, 64, 64]).with({ spacing: [um(3), um(1), um(1)] });
  expect((await figures(long))[NAMES.voxel]!.meaning).toBe("along x; along y 1 µm, along z 3 µm");
});

test("negative numbers are cut off like others, and planes of which nothing counts say nothing", async () => {
  const shape = [12, 64, 64] as const;
  const below = stripes(10).map((value) => Math.max(-200, value - 300));
  const share = below.filter((value) => value === -200).length / below.length;
  const upside = await figures(
    memoryVolume(
      below.map((value) => -value),
      shape,
    ),
    { zero: -500 },
  );
  expect(upside[NAMES.highest]!.value).toBeCloseTo(100 * share, 9);
  const down = await figures(
    memoryVolume(
      below.map((value) => Math.min(-150, value)),
      shape,
    ),
    { zero: -500 },
  );
  expect(down[NAMES.lowest]!.value).toBeCloseTo(100 * share, 9);
  expect(down[NAMES.highest]!.value).toBeCloseTo(
    (100 * below.filter((value) => value >= -150).length) / below.length,
    9,
  );
  const front = memoryVolume(new Uint8Array(12 * 64 * 64).fill(1, 0, 4 * 64 * 64), shape, { role: "mask" });
  const found = await figures(memoryVolume(stripes(10), shape), { mask: front });
  expect(found[NAMES.peaks]!.value).toBe(2);
  expect(Number.isFinite(found[NAMES.rings]!.value)).toBe(true);
});

test("a notebook shows figures with units, verdicts in colour and remedies below what they are for", async () => {
  const table = await quality(memoryVolume(stripes(25), [12, 64, 64]));
  const shown = (table as unknown as { [displaySymbol](): Record<string, string> })[displaySymbol]();
  expect(shown["text/plain"]).toMatch(/^contrast to noise +[\d.]+ +fair\n {4}least distance.*\n {4}→ filter/m);
  expect(shown["text/html"]).toMatch(/<table>.*●<\/span> fair.*<em>→ filter/s);
  expect(table.provenance).toMatchObject({ operation: "quality", parameters: { zero: 0, planes: 12 } });
});

test("what is no scan, and options that do not fit, are refused; it can be stopped", async () => {
  const volume = memoryVolume(Uint8Array.from(stripes(10), Math.round), [12, 64, 64]);
  const refused = (input: Volume, options: object = {}) => expect(quality(input, options)).rejects;
  await refused(memoryVolume(new Uint8Array(64), [1, 8, 8])).toThrow("at least 16 × 16");
  await refused(memoryVolume(new Float32Array(256).fill(3), [1, 16, 16])).toThrow("segmented, or empty");
  await refused(memoryVolume(new Uint8Array(256).fill(3, 100), [1, 16, 16])).toThrow("only 2 grey values occur");
  await refused(memoryVolume(new Float32Array(256).fill(Number.NaN), [1, 16, 16])).toMatchObject({
    code: "MissingData",
  });
  const infinite = stripes(10);
  infinite[7] = Number.POSITIVE_INFINITY;
  await refused(memoryVolume(infinite, [12, 64, 64])).toMatchObject({ code: "InvalidArgument" });
  await refused(volume.with({ role: "labels" })).toThrow("role labels");
  await refused(volume.with({ role: "projections" })).toThrow("samplingCheck");
  await refused(volume, { planes: 1 }).toThrow("planes is 1");
  await refused(volume, { mask: volume }).toMatchObject({ code: "InvalidArgument" });
  await refused(volume, { centre: [90, 2] }).toThrow("centre is [90,2]");
  await refused(volume, { zero: Number.NaN }).toThrow("zero (grey value) is NaN");
  await refused(volume, { other: memoryVolume(new Uint8Array(256), [1, 16, 16]) }).toThrow("the same voxels");
  await refused(volume, { transmission: 0.3 }).toThrow("give a volume of role projections");
  await refused(volume, { memoryLimit: 1000 }).toMatchObject({ code: "LimitExceeded" });
  await refused(volume, { plains: 3 }).toThrow("did you mean `planes`");
  await refused(undefined as never).toThrow("quality takes a volume");
  await refused(volume, { signal: AbortSignal.abort(new Error("stopped")) }).toThrow("stopped");
});

test.skipIf(lacks("data"))(
  "a real slice of an electrode has two peaks that are not parted well, and edges of 1 µm",
  async () => {
    const slice = await open(data("electrode-grey/ebner_nmc_90wt_2000bar_slice115_rgba8.tif"), { spacing: um(0.37) });
    const found = await figures(slice);
    expect(found[NAMES.peaks]!.value).toBe(2);
    expect(found[NAMES.separation]!.verdict).toBe("fair");
    // About 1 µm was what the beamline could resolve.
    expect(found[NAMES.edges]!.value * 0.37).toBeGreaterThan(0.7);
    expect(found[NAMES.edges]!.value * 0.37).toBeLessThan(1.4);
  },
);
