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
  expect(calibration.slope).toBeCloseTo(1 / 20, 4);
  expect(calibration.offset).toBeCloseTo(-5, 1);
  expect(calibration.attenuation(calibration.grey(70))).toBeCloseTo(70, 9);
  expect(column(calibration, "reference")).toEqual(["air", "ZnO", "Zn"]);
  expect(column(calibration, "voxels")).toEqual([144, 144, 144]);
  for (const [k, grey] of [100, 900, 2100].entries())
    expect(Math.abs(Number(column(calibration, "grey value")[k]) - grey)).toBeLessThan(0.5);
  for (const residual of column(calibration, "residual")) expect(Math.abs(Number(residual))).toBeLessThan(0.05);
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
  // Two points: the line goes through both.
  for (const residual of column(calibration, "residual")) expect(Math.abs(Number(residual))).toBeLessThan(1e-9);
});

test("grey values that are no straight line of the attenuation leave residuals", async () => {
  const bent = references.map((reference) => ({ ...reference, attenuation: reference.attenuation ** 1.2 }));
  const residuals = column(await calibrate(scan, bent), "residual").map(Number);
  expect(Math.abs(residuals[1]!)).toBeGreaterThan(5);
});

test("in a notebook the references' histograms lie over the scan's", async () => {
  const shown = (await calibrate(scan, references))[displaySymbol]();
  expect(String(shown["text/html"])).toMatch(/<img alt="histograms of the scan and its references".*Zn/s);
  expect(String(shown["text/plain"])).toContain("attenuation = ");
  const hostile = [{ ...references[0]!, name: "<script>" }, references[2]!];
  expect(String((await calibrate(scan, hostile))[displaySymbol]()["text/html"])).not.toContain("<script>");
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
