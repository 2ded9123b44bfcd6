import { expect, test } from "vitest";
import { memory } from "#src/compute/memory.js";
import { unknownVolume } from "#src/compute/planned.js";
import type { Progress } from "#src/core/options.js";
import type { Shape, Triple } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { median } from "#src/filters/median.js";
import { compareLabels } from "#src/measure/compare-labels.js";
import { markovEnergy } from "#src/segment/markov-energy.js";
import { markovRandomField } from "#src/segment/markov-random-field.js";
import type { MarkovRandomFieldOptions } from "#src/segment/markov-random-field-options.js";
import { multiOtsu } from "#src/segment/multi-otsu.js";
import { threshold } from "#src/segment/threshold.js";
import { samples } from "#src/simulate/samples.js";
import { energy, type Potts } from "../oracle/markov-field.js";
import { memoryVolume } from "../support/memory-volume.js";
import { foundOf, planted } from "../support/planted-field.js";

test("a region is segmented as if it were all there is, and keeps its place and its truth", async () => {
  const { values } = planted([10, 12, 14], 3, 50, 3);
  const cut = { start: [1, 2, 3], stop: [9, 11, 14] } as const;
  const volume = memoryVolume(values, [10, 12, 14], { spacing: [1e-6, 1e-6, 1e-6] });
  const part = memoryVolume((await volume.read(cut)) as Float32Array, [8, 9, 11], { spacing: [1e-6, 1e-6, 1e-6] });
  for (const method of ["icm", "expansion"] as const) {
    const labels = await markovRandomField(volume, { start: [50, 150], method, region: cut });
    const alone = await markovRandomField(part, { start: [50, 150], method });
    expect(await labels.read()).toEqual(await alone.read());
    expect(labels.origin).toEqual([1e-6, 2e-6, 3e-6].map((n) => expect.closeTo(n, 12)));
    expect(labels.shape).toEqual([8, 9, 11]);
  }
  const scan = await samples.electrode({ shape: [24, 40, 40] });
  const labels = await markovRandomField(scan, { region: { start: [2, 3, 4], stop: [20, 30, 40] } });
  expect(labels.truth!.shape).toEqual([18, 27, 36]);
});

test("each round lowers the energy, until statistics and labels are settled", async () => {
  const { values } = planted([16, 24, 24], 3, 45, 11);
  const volume = memoryVolume(values, [16, 24, 24]);
  for (const method of ["icm", "expansion"] as const) {
    const energies: number[] = [];
    for (let rounds = 1; rounds <= 6; rounds++)
      energies.push(foundOf(await markovRandomField(volume, { method, rounds, tolerance: 0 })).energy);
    // Costs are rounded to 2⁻¹² nats a voxel.
    for (let k = 1; k < 6; k++) expect(energies[k]! - energies[k - 1]!).toBeLessThan(values.length * 2 ** -12);
  }
  const settled = await markovRandomField(volume);
  const { means, deviations, taken } = foundOf(settled);
  expect(taken.modes).toBeLessThan(20);
  for (const k of [0, 1, 2]) {
    expect(Math.abs(means[k]! - 100 * k)).toBeLessThan(6);
    expect(Math.abs(deviations[k]! - 45)).toBeLessThan(4);
  }
});

test("α-expansion is not above iterated conditional modes, and within three thousandths of the bound", async () => {
  for (const [classes, noise] of [
    [3, 60],
    [4, 80],
    [9, 60],
  ] as const) {
    const { values } = planted([16, 24, 24], classes, noise, classes);
    const means = Array.from({ length: classes }, (_, k) => 100 * k);
    const options = { means, deviations: means.map(() => noise), smoothness: 1, boundPasses: 20 };
    const volume = memoryVolume(values, [16, 24, 24]);
    const modes = foundOf(await markovRandomField(volume, options));
    const cuts = foundOf(await markovRandomField(volume, { ...options, method: "expansion" }));
    expect(cuts.energy).toBeLessThan(modes.energy);
    expect(cuts.bound).toBeLessThanOrEqual(cuts.energy);
    expect((cuts.energy - cuts.bound!) / cuts.energy).toBeLessThan(3e-3);
  }
});

test("pairs of voxels that are no cubes weigh as their faces over their distance, the mean being 1", async () => {
  const values = Float32Array.from({ length: 8 }, (_, k) => 10 * k);
  const spacing: Triple = [2e-6, 1e-6, 1e-6];
  const volume = memoryVolume(values, [2, 2, 2], { spacing });
  const labels = await threshold(volume, 35);
  const across = await markovEnergy(volume, labels, { smoothness: 2 });
  expect(across.unlike).toEqual([4, 0, 0]);
  // 1/4, 1 and 1 over their mean 3/4.
  expect(across.pairs).toBeCloseTo((4 * 2) / 3, 2);
  const plane = memoryVolume(values.subarray(0, 4), [1, 2, 2], { spacing: [9e-6, 1e-6, 1e-6] });
  expect((await markovEnergy(plane, await threshold(plane, 15), { smoothness: 2 })).pairs).toBe(4);
});

test("energies are those of the definition, and the parts of the provenance say the same", async () => {
  const { values } = planted([7, 8, 9], 3, 40, 2);
  const volume = memoryVolume(values, [7, 8, 9], { brick: [3, 4, 5] });
  const labels = await markovRandomField(volume, { smoothness: 0.7 });
  const found = foundOf(labels);
  const { means, deviations } = found;
  const told = await markovEnergy(volume, labels, { smoothness: 0.7, means, deviations });
  expect([told.energy, told.data, told.pairs]).toEqual([found.energy, found.data, found.pairs]);
  expect(told.voxels).toEqual(found.voxels);
  const potts: Potts = { shape: [7, 8, 9], means, deviations, smoothness: 0.7 };
  expect(told.energy).toBe(energy(values, await labels.read(), potts));
  const own = await markovEnergy(volume, labels);
  const members = await labels.read();
  const counted = [0, 0, 0].map((_, k) => values.filter((_, at) => members[at] === k));
  for (const [k, greys] of counted.entries()) {
    const mean = greys.reduce((sum, value) => sum + value, 0) / greys.length;
    expect(own.means[k]).toBeCloseTo(mean, 4);
    const square = greys.reduce((sum, value) => sum + (value - mean) ** 2, 0) / greys.length;
    expect(own.deviations[k]).toBeCloseTo(Math.sqrt(square), 4);
  }
});

test("of a simulated electrode the field gets more voxels right than thresholds do, of the scan or of its median, at any noise", async () => {
  for (const photons of [2000, 900, 300]) {
    const scan = await samples.electrode({ shape: [32, 48, 48], photons, rings: 0, cupping: 0 });
    const accuracy = async (labels: Volume): Promise<number> => (await compareLabels(labels, scan.truth)).accuracy;
    const otsu = async (volume: Volume): Promise<Volume> => threshold(volume, await multiOtsu(volume, { classes: 3 }));
    const start = await otsu(await median(scan));
    const plain = Math.max(await accuracy(await otsu(scan)), await accuracy(start));
    for (const method of ["icm", "expansion"] as const)
      expect(await accuracy(await markovRandomField(scan, { start, method }))).toBeGreaterThan(plain + 0.03);
  }
});

test("a class that dies out keeps its statistics and its place in the table", async () => {
  const values = Float32Array.from({ length: 5 * 5 * 5 }, (_, k) => (k < 60 ? 0 : 100) + 9 * (k % 5));
  for (const k of [80, 90]) values[k] = 49;
  const volume = memoryVolume(values, [5, 5, 5]);
  for (const method of ["icm", "expansion"] as const) {
    const labels = await markovRandomField(volume, { start: [40, 60], smoothness: 50, rounds: 3, method });
    const found = foundOf(labels);
    expect([found.voxels[1], found.means[1]]).toEqual([0, 49]);
    expect(labels.phases!.length).toBe(3);
  }
});

test("what makes no field is refused", async () => {
  const shape: Shape = [3, 3, 3];
  const volume = memoryVolume(
    Uint8Array.from({ length: 27 }, (_, k) => k),
    shape,
  );
  const refused = async (options: object, message: string, code = "InvalidArgument"): Promise<void> => {
    const result = markovRandomField(volume, options as MarkovRandomFieldOptions);
    await expect(result).rejects.toThrow(message);
    await expect(result).rejects.toMatchObject({ code });
  };
  await refused({ smoothness: -1 }, "smoothness (nats) is -1; allowed is a number from 0 to 1000");
  await refused({ classes: 1 }, "classes is 1; allowed is a whole number from 2 to 254");
  await refused({ start: [5, 9], classes: 4 }, "classes is 4, but the thresholds to start with make 3 phases");
  await refused({ start: [9, 5] }, "thresholds are [9, 5]");
  await refused({ start: volume }, "give a labels volume of 8 bits");
  await refused({ method: "cut" }, 'method is "cut"; allowed are "icm" and "expansion"');
  await refused({ smoothnes: 1 }, "did you mean `smoothness`");
  await refused({ means: 5, deviations: 2 }, "means are 5; give means and deviations");
  await refused({ means: [1, 2, 3] }, "deviations are undefined; give means and deviations");
  await refused({ means: [1, 2], deviations: [1, 0] }, "deviations: a deviation is 0");
  await refused({ means: [2, 1], deviations: [1, 1] }, "in ascending order");
  await refused({ names: ["a", "b"] }, "give 3 names");
  await refused({ start: [5, 100] }, "class 2 has no voxels", "MissingData");
  const other = await threshold(memoryVolume(new Uint8Array(8), [2, 2, 2]), 5);
  await refused({ start: other }, "the labels to start with have the shape 2 × 2 × 2, the volume 3 × 3 × 3");
  const one = memoryVolume(new Uint8Array(27).fill(9), shape);
  await expect(markovRandomField(one)).rejects.toThrow("all voxels are 9");
  await expect(markovRandomField(one, { start: 5 })).rejects.toThrow("class 0 has no voxels");
  const infinite = memoryVolume(Float32Array.of(1, 2, Number.POSITIVE_INFINITY, 4), [1, 2, 2]);
  await expect(markovRandomField(infinite, { start: 2 })).rejects.toThrow("infinite values; clip it first");
  const mask = memoryVolume(new Uint8Array(27), shape, { role: "mask" });
  await expect(markovRandomField(volume, { mask })).rejects.toMatchObject({ code: "MissingData" });
  const given = { means: [1, 20], deviations: [3, 3], mask };
  await expect(markovRandomField(volume, given)).rejects.toThrow(
    "no voxel with a number lies in region, mask and labels",
  );
  await expect(markovEnergy(volume, volume)).rejects.toThrow("markovEnergy: the labels: give a labels volume");
  await expect(markovEnergy(volume, await threshold(volume, 5), { to: "x" } as object)).rejects.toThrow(
    "no option `to`",
  );
});

test("a graph that does not fit is refused before anything runs", async () => {
  const volume = memoryVolume(
    Uint8Array.from({ length: 4096 }, (_, k) => k % 251),
    [16, 16, 16],
  );
  const options = { start: 100, method: "expansion", memoryLimit: 100_000 } as const;
  await expect(markovRandomField(volume, options)).rejects.toMatchObject({ code: "LimitExceeded" });
  const shape: Shape = [600, 600, 600];
  const large = unknownVolume({
    shape,
    dtype: "uint8",
    role: "intensity",
    provenance: volume.provenance,
    brick: shape,
  });
  await expect(markovRandomField(large, { method: "expansion" })).rejects.toThrow(
    "graph cuts of 600 × 600 × 600 voxels in 3 classes need 7.49 GiB, and a thread can address 4 GiB",
  );
});

test("a field that is stopped ends with the reason, leaves no volume behind, and tells its progress before", async () => {
  const { values } = planted([32, 48, 48], 3, 60, 4);
  const volume = memoryVolume(values, [32, 48, 48], { brick: [32, 48, 48] });
  for (const method of ["icm", "expansion"] as const) {
    const before = memory().numRows;
    const controller = new AbortController();
    const reason = new Error("enough");
    const told: string[] = [];
    const onProgress = ({ operation, done, total }: Progress): void => {
      told.push(operation);
      expect(done).toBeLessThanOrEqual(total);
      // With cuts, in the midst of them.
      if (told.filter((name) => name === "markovRandomField").length === 3) controller.abort(reason);
    };
    const options = { method, onProgress, signal: controller.signal };
    await expect(markovRandomField(volume, options)).rejects.toBe(reason);
    expect(memory().numRows).toBe(before);
  }
});
