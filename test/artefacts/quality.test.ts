import { expect, test } from "vitest";
import { flatField } from "#src/artefacts/flat-field.js";
import { edgeWidths, noiseOf } from "#src/artefacts/noise.js";
import { quality } from "#src/artefacts/quality.js";
import { um } from "#src/core/length.js";
import type { Volume } from "#src/core/volume.js";
import { median } from "#src/filters/median.js";
import { open } from "#src/io/open.js";
import { electrode } from "#src/simulate/electrode.js";
import { projections } from "#src/simulate/projections.js";
import { memoryVolume } from "../support/memory-volume.js";
import { data, lacks } from "../support/require.js";

interface Row {
  value: number;
  unit: string;
  verdict: string;
  remedy: string;
}
async function figures(volume: Volume, options: object = {}): Promise<Record<string, Row>> {
  const table = await quality(volume, options);
  const at = (name: string, k: number): unknown => table.getChild(name)!.get(k);
  return Object.fromEntries(
    Array.from({ length: table.numRows }, (_, k) => [
      String(at("figure", k)),
      {
        value: Number(at("value", k)),
        unit: String(at("unit", k)),
        verdict: String(at("verdict", k)),
        remedy: String(at("remedy", k)),
      },
    ]),
  );
}
/** Grey values of an absorbance in a simulated electrode of 16 bits. */
const GREY = 65535 / 0.4;
const SHAPE = { shape: [24, 128, 128] as const, seed: 4, diameter: 24 };
const AIR = 0.1 * GREY;

/** Normal noise out of uniform numbers, the same on all machines. */
function normal(count: number, sigma: number): Float32Array {
  let state = 7;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return Float32Array.from(
    { length: count },
    () => sigma * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

test("noise is measured whatever slopes and steps are under it", () => {
  const noisy = normal(200 * 200, 3).map((value, k) => value + 0.5 * (k % 200) + (k > 20_000 ? 400 : 0));
  expect(Math.abs(noiseOf(noisy, 200, 200) / 3 - 1)).toBeLessThan(0.03);
  expect(noiseOf(new Float32Array(100), 10, 10)).toBe(0);
  expect(noiseOf(new Float32Array(4), 2, 2)).toBeNaN();
});

test("the width of edges is that of the point spread", () => {
  const n = 120;
  const erf = (x: number): number => {
    let sum = 0;
    for (let k = 0; k < 400; k++) sum += Math.exp(-((((k + 0.5) * x) / 400) ** 2));
    return (2 / Math.sqrt(Math.PI)) * sum * (x / 400);
  };
  for (const sigma of [1, 1.7]) {
    const plane = Float32Array.from({ length: n * n }, (_, k) => {
      const x = (k % n) % 30;
      const distance = x < 15 ? x - 7.3 : 22.6 - x;
      return 100 + 50 * (1 + erf(distance / (sigma * Math.SQRT2)));
    });
    const widths: number[] = [];
    edgeWidths(plane, n, n, [100, 200], undefined, widths);
    expect(widths.length).toBeGreaterThan(200);
    for (const width of widths) expect(Math.abs(width / (2.5631 * sigma) - 1)).toBeLessThan(0.05);
  }
});

test("noise, peaks, contrast and resolution of a simulated electrode are those it was made with", async () => {
  const scan = await electrode({ ...SHAPE, photons: 20_000, blur: 1, cupping: 0, rings: 0 });
  const found = await figures(scan, { zero: AIR });
  const expected = GREY / Math.sqrt(20_000 * Math.exp(-0.06));
  expect(Math.abs(found.noise!.value / expected - 1)).toBeLessThan(0.1);
  expect(found["peaks of the histogram"]!.value).toBe(3);
  // Pore and binder are 0.04 apart, binder and active material 0.05.
  const cnr = (0.04 * GREY) / expected;
  expect(Math.abs(found["contrast to noise"]!.value / cnr - 1)).toBeLessThan(0.2);
  expect(found["contrast to noise"]!.verdict).toBe("good");
  // 2.355 · σ, widened by the voxel.
  expect(Math.abs(found.resolution!.value / 2.355 - 1)).toBeLessThan(0.25);
  expect([found.cupping!.verdict, found["saturated voxels"]!.verdict]).toEqual(["good", "good"]);
  expect(found["projections with less than a fifth of the beam"]!.verdict).toBe("unknown");
});

test("each fault is told with its remedy, and not where it is not", async () => {
  const good = { ...SHAPE, photons: 50_000, cupping: 0, rings: 0 };
  const plain = await figures(await electrode(good), { zero: AIR });
  for (const figure of ["cupping", "rings over contrast"])
    expect(plain[figure]).toMatchObject({ verdict: "good", remedy: "" });

  const noisy = await figures(await electrode({ ...good, photons: 400 }));
  expect(noisy["peaks of the histogram"]!.verdict).toBe("poor");
  expect(noisy["contrast to noise"]!.verdict).toBe("unknown");
  const filtered = await figures(await median(await electrode({ ...good, photons: 400 }), { radius: 2 }));
  expect(filtered["peaks of the histogram"]!.value).toBeGreaterThan(1);

  const cupped = await figures(await electrode({ ...good, cupping: 0.2 }), { zero: AIR });
  expect(cupped.cupping!.verdict).toBe("poor");
  expect(cupped.cupping!.remedy).toContain("correctCupping");
  // Between axis and the rim of the largest circle: 1 − 0.2 over 1 − 0.1.
  expect(Math.abs(cupped.cupping!.value - (0.8 / 0.9 - 1))).toBeLessThan(0.04);

  const ringed = await figures(await electrode({ ...good, rings: 0.1 }));
  expect(ringed["rings over contrast"]!.verdict).toBe("poor");
  expect(ringed["rings over contrast"]!.remedy).toContain("removeRings");

  const scan = await electrode(good);
  const values = await scan.read();
  const drifted = Uint16Array.from(values, (value, k) => Math.min(65535, value + 200 * Math.floor(k / 128 ** 2)));
  const drift = (await figures(memoryVolume(drifted, scan.shape)))["drift over contrast"]!;
  expect([drift.verdict, drift.remedy.includes("correctDrift")]).toEqual(["poor", true]);

  const cut = Uint16Array.from(values, (value) => (value > 33_000 ? 65_535 : value));
  const clipped = (await figures(memoryVolume(cut, scan.shape)))["saturated voxels"]!;
  expect(clipped.verdict).toBe("poor");
  expect(clipped.value).toBeCloseTo(cut.filter((value) => value === 65_535).length / cut.length, 9);
});

test("transmissions are looked at where they are given, and only the mask counts", async () => {
  const scan = await electrode({ ...SHAPE, shape: [4, 64, 64], photons: 0, rings: 0, cupping: 0 });
  const thick = [{ x: 0, y: 0, a: 50, b: 50, attenuation: 0.04 }];
  const transmission = await flatField(await projections({ columns: 128, angles: 12, ellipses: thick }));
  const found = await figures(scan, { transmission });
  expect(found["projections with less than a fifth of the beam"]!.verdict).toBe("poor");
  const half = memoryVolume(
    Uint8Array.from({ length: 4 * 64 * 64 }, (_, k) => (k % 64 < 32 ? 1 : 0)),
    [4, 64, 64],
    { role: "mask" },
  );
  const values = Uint8Array.from({ length: 4 * 64 * 64 }, (_, k) => (k % 64 < 32 ? 20 : 0) + (k % 3));
  expect((await figures(memoryVolume(values, [4, 64, 64]), { mask: half }))["saturated voxels"]!.value).toBe(0);
});

test("float32, single planes and scans of one value are measured as far as that goes", async () => {
  const flat = await figures(memoryVolume(new Float32Array(32 * 32).fill(3), [1, 32, 32]));
  expect(flat.noise!.value).toBe(0);
  expect(flat["saturated voxels"]!.verdict).toBe("unknown");
  expect(flat.resolution!.verdict).toBe("unknown");
  await expect(quality(memoryVolume(new Uint8Array(64), [1, 8, 8]))).rejects.toThrow("at least 16 × 16");
  await expect(quality(memoryVolume(new Float32Array(256).fill(Number.NaN), [1, 16, 16]))).rejects.toMatchObject({
    code: "MissingData",
  });
  const volume = memoryVolume(new Uint8Array(512), [2, 16, 16]);
  await expect(quality(volume, { planes: 1 })).rejects.toThrow("planes is 1");
  await expect(quality(volume, { mask: volume })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(quality(volume, { transmission: 0.3 as never })).rejects.toThrow("give a volume of role projections");
});

test.skipIf(lacks("data"))("a real slice of an electrode has two peaks at best, and says so", async () => {
  const slice = await open(data("electrode-grey/ebner_nmc_90wt_2000bar_slice115_rgba8.tif"), { spacing: um(0.37) });
  const found = await figures(slice);
  expect(found["peaks of the histogram"]!.value).toBeLessThanOrEqual(2);
  expect(Object.values(found).every(({ verdict }) => ["good", "fair", "poor", "unknown"].includes(verdict))).toBe(true);
});
