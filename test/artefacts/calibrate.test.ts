import { expect, test } from "vitest";
import { type Calibration, calibrate } from "#src/artefacts/calibrate.js";
import { displaySymbol } from "#src/core/display.js";
import { memoryVolume } from "../support/memory-volume.js";

/** Air, zinc oxide and zinc, side by side along x; grey = 100 + 20 · attenuation. */
const ATTENUATIONS = [0, 40, 100];
const scan = memoryVolume(
  Uint16Array.from({ length: 4 * 6 * 30 }, (_, k) => 100 + 20 * ATTENUATIONS[Math.floor((k % 30) / 10)]! + (k % 3) - 1),
  [4, 6, 30],
);
const box = (k: number) => ({ start: [0, 0, 10 * k + 2], stop: [4, 6, 10 * k + 8] }) as const;
const references = [
  { name: "air", attenuation: 0, region: box(0) },
  { name: "ZnO", attenuation: 40, region: box(1) },
  { name: "Zn", attenuation: 100, region: box(2) },
];
const column = (calibration: Calibration, name: string): unknown[] => [...calibration.table.getChild(name)!];

test("grey values become attenuations by regions of known matter", async () => {
  const calibration = await calibrate(scan, references);
  expect(calibration.slope).toBeCloseTo(1 / 20, 9);
  expect(calibration.offset).toBeCloseTo(-5, 9);
  expect(calibration.attenuation(calibration.grey(70))).toBeCloseTo(70, 9);
  expect(column(calibration, "reference")).toEqual(["air", "ZnO", "Zn"]);
  expect(column(calibration, "voxels")).toEqual([144, 144, 144]);
  for (const [k, grey] of [100, 900, 2100].entries())
    expect(Number(column(calibration, "grey value")[k])).toBeCloseTo(grey, 9);
  for (const residual of column(calibration, "residual")) expect(Math.abs(Number(residual))).toBeLessThan(1e-9);
  const applied = await calibration.apply(scan);
  expect([applied.dtype, applied.shape]).toEqual(["float32", scan.shape]);
  expect(Math.abs((await applied.at(1, 3, 25)) - 100)).toBeLessThan(0.2);
  expect(applied.provenance).toMatchObject({
    operation: "calibrated",
    inputs: [{ name: "volume" }, { name: "calibration" }],
  });
});

test("scans of pure matter and masks are references, too", async () => {
  const zinc = memoryVolume(new Uint16Array(64).fill(2100), [4, 4, 4]);
  const air = memoryVolume(
    Uint8Array.from({ length: 4 * 6 * 30 }, (_, k) => (k % 30 < 10 ? 1 : 0)),
    [4, 6, 30],
    { role: "mask" },
  );
  const calibration = await calibrate(scan, [
    { name: "air", attenuation: 0, mask: air },
    { name: "Zn", attenuation: 100, volume: zinc },
  ]);
  expect(calibration.attenuation(900)).toBeCloseTo(40, 1);
  expect([calibration.deviation, calibration.uncertainty(900)]).toEqual([Number.NaN, Number.NaN]);
  // Two points: the line goes through both.
  for (const residual of column(calibration, "residual")) expect(Math.abs(Number(residual))).toBeLessThan(1e-9);
});

test("grey values that are no straight line of the attenuation leave residuals", async () => {
  const bent = references.map((reference) => ({ ...reference, attenuation: reference.attenuation ** 1.2 }));
  const residuals = column(await calibrate(scan, bent), "residual").map(Number);
  expect(Math.abs(residuals[1]!)).toBeGreaterThan(5);
});

test("four references tell how uncertain an attenuation is: the numbers of a regression worked by hand", async () => {
  // Grey values 0, 10, 20, 30 of attenuations 1, 3, 2, 6: slope 0.14, offset 0.9, residuals 0.1, 0.7, −1.7, 0.9.
  const steps = memoryVolume(
    Uint8Array.from({ length: 160 }, (_, k) => 10 * Math.floor((k % 16) / 4)),
    [1, 10, 16],
  );
  const calibration = await calibrate(
    steps,
    [1, 3, 2, 6].map((attenuation, k) => ({
      name: `step ${k}`,
      attenuation,
      region: { start: [0, 0, 4 * k], stop: [1, 10, 4 * k + 4] } as const,
    })),
  );
  expect([calibration.slope, calibration.offset]).toEqual([expect.closeTo(0.14, 9), expect.closeTo(0.9, 9)]);
  expect(column(calibration, "residual").map((residual) => Number(residual).toFixed(6))).toEqual([
    "0.100000",
    "0.700000",
    "-1.700000",
    "0.900000",
  ]);
  // √((0.01 + 0.49 + 2.89 + 0.81) / 2), and at its middle, 15, a half of it; Σ(x − 15)² is 500.
  expect(calibration.deviation).toBeCloseTo(Math.sqrt(2.1), 9);
  expect(calibration.uncertainty(15)).toBeCloseTo(Math.sqrt(2.1) / 2, 9);
  expect(calibration.uncertainty(40)).toBeCloseTo(Math.sqrt(2.1 * (1 / 4 + 625 / 500)), 9);
  expect(String(calibration)).toContain("references lie 1.4491 1/cm beside the line");
});

test("the result does not depend on bricks, voxel types and the order of the references", async () => {
  const values = await scan.read();
  for (const volume of [
    memoryVolume(values, [4, 6, 30], { brick: [4, 6, 30] }),
    memoryVolume(Int16Array.from(values), [4, 6, 30], { brick: [3, 5, 7] }),
    memoryVolume(Float32Array.from(values), [4, 6, 30]),
  ]) {
    const found = await calibrate(volume, references.toReversed());
    expect(found.slope).toBeCloseTo(1 / 20, 4);
    expect(found.offset).toBeCloseTo(-5, 1);
    const applied = await found.apply(volume);
    for (const [x, attenuation] of [[5, 0] as const, [15, 40] as const, [25, 100] as const])
      expect(Math.abs((await applied.at(2, 3, x)) - attenuation)).toBeLessThan(0.2);
  }
});

test("in a notebook the references' histograms lie over the scan's", async () => {
  const shown = (await calibrate(scan, references))[displaySymbol]();
  expect(String(shown["text/html"])).toMatch(/<img alt="histograms of the scan and its references".*Zn/s);
  expect(String(shown["text/plain"])).toContain("attenuation = ");
  const hostile = [{ ...references[0]!, name: "<script>" }, references[2]!];
  expect(String((await calibrate(scan, hostile))[displaySymbol]()["text/html"])).not.toContain("<script>");
});

test("references that cannot be compared are refused", async () => {
  const bytes = memoryVolume(new Uint8Array(64).fill(200), [4, 4, 4]);
  await expect(calibrate(scan, [references[0]!, { name: "Zn", attenuation: 100, volume: bytes }])).rejects.toThrow(
    "reference Zn is uint8, the scan uint16",
  );
  const floats = Float32Array.from(await scan.read());
  const gaps = memoryVolume(
    floats.map((value, k) => (k % 30 < 10 ? Number.NaN : value)),
    [4, 6, 30],
  );
  await expect(calibrate(gaps, references)).rejects.toThrow("all voxels of the reference air are NaN");
});

test("too few references, and those that do not fit, are refused", async () => {
  await expect(calibrate(scan, references.slice(0, 1))).rejects.toThrow("at least two references");
  await expect(calibrate(scan, [references[0]!, { ...references[0]!, name: "also air" }])).rejects.toMatchObject({
    code: "MissingData",
  });
  await expect(calibrate(scan, [references[0]!, references[0]!])).rejects.toThrow("the same name");
  await expect(calibrate(scan, [references[0]!, { name: "Zn", attenuation: 100 }])).rejects.toThrow(
    "give a region or a mask",
  );
  await expect(calibrate(scan, [references[0]!, { ...references[1]!, attenuation: -1 }])).rejects.toThrow(
    "attenuation of ZnO",
  );
  const outside = { start: [0, 0, 0], stop: [9, 6, 30] } as const;
  await expect(calibrate(scan, [references[0]!, { ...references[1]!, region: outside }])).rejects.toThrow("4 × 6 × 30");
  await expect(calibrate(scan, [references[0]!, { ...references[1]!, area: 1 } as never])).rejects.toThrow(
    "no option `area`",
  );
});
