import { expect, test } from "vitest";
import { calibrate } from "#src/artefacts/calibrate.js";
import { threshold } from "#src/segment/threshold.js";
import { thresholdsFromReferences } from "#src/segment/thresholds-from-references.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

const next = random(11);
/** Three materials in slices of four, of grey values with deviations of 2, 2 and 8. */
const values = Uint8Array.from({ length: 12 * 400 }, (_, k) => {
  const material = Math.floor(k / 1600);
  const noise = [2, 2, 8][material]! * (next() + next() + next() - 1.5) * 2;
  return [40, 90, 160][material]! + noise;
});
const scan = memoryVolume(values, [12, 20, 20]);
const region = (z: number) => ({ start: [z, 0, 0], stop: [z + 4, 20, 20] }) as const;
const calibrated = () =>
  calibrate(scan, [
    { name: "NMC", attenuation: 20, region: region(8) },
    { name: "air", attenuation: 0, region: region(0) },
    { name: "graphite", attenuation: 8, region: region(4) },
  ]);
const moments = (z: number): [mean: number, deviation: number] => {
  const part = Array.from(values.subarray(z * 400, z * 400 + 1600));
  const mean = part.reduce((a, b) => a + b) / part.length;
  return [mean, Math.sqrt(part.reduce((sum, value) => sum + (value - mean) ** 2, 0) / part.length)];
};

test("thresholds lie halfway between the references, in the order of their grey values", async () => {
  const found = thresholdsFromReferences(await calibrated());
  const means = [0, 4, 8].map((z) => moments(z)[0]);
  expect(found).toEqual([(means[0]! + means[1]!) / 2, (means[1]! + means[2]!) / 2]);
  const labels = await threshold(scan, found, { names: ["air", "graphite", "NMC"] });
  const right = (await labels.read()).filter((label, k) => label === Math.floor(k / 1600)).length;
  expect(right).toBe(values.length);
});

test("they may be where the references' Gaussians cross, and between some of them only", async () => {
  const calibration = await calibrated();
  const [[dark, s], [bright, t]] = [moments(4), moments(8)];
  const [at] = thresholdsFromReferences(calibration, { at: "crossing", references: ["NMC", "graphite"] });
  const height = (mean: number, deviation: number): number =>
    Math.exp(-0.5 * ((at! - mean) / deviation) ** 2) / deviation;
  expect(height(dark, s) / height(bright, t)).toBeCloseTo(1, 9);
  // The narrow one ends sooner.
  expect(at!).toBeLessThan((dark + bright) / 2);
  expect(thresholdsFromReferences(calibration, { references: ["air", "NMC"] })).toEqual([
    (moments(0)[0] + moments(8)[0]) / 2,
  ]);
});

test("references that give no threshold are refused", async () => {
  const calibration = await calibrated();
  expect(() => thresholdsFromReferences(calibration, { references: ["air"] })).toThrow(
    "a threshold needs two references",
  );
  expect(() => thresholdsFromReferences(calibration, { references: ["air", "NMS"] })).toThrow("did you mean `NMC`");
  expect(() => thresholdsFromReferences(calibration, { references: "air" as never })).toThrow("give names");
  expect(() => thresholdsFromReferences(calibration, { at: "middle" as never })).toThrow('allowed are "halfway"');
  expect(() => thresholdsFromReferences(calibration, { names: [] } as object)).toThrow("has no option `names`");
  expect(() => thresholdsFromReferences({} as never)).toThrow("make one with calibrate(…)");
  const twice = await calibrate(scan, [
    { name: "air", attenuation: 0, region: region(0) },
    { name: "air again", attenuation: 0, region: region(0) },
    { name: "NMC", attenuation: 20, region: region(8) },
  ]);
  expect(() => thresholdsFromReferences(twice)).toThrow("air and air again both have the grey value");
});
