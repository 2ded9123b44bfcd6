/** Cracks that were planted are found, with their area and opening; pores and channels are not taken for cracks. */
import { expect, test } from "vitest";
import { memory, release } from "#src/compute/memory.js";
import { um } from "#src/core/length.js";
import { phaseTable } from "#src/core/phases.js";
import type { Volume } from "#src/core/volume.js";
import { gaussian } from "#src/filters/gaussian.js";
import { median } from "#src/filters/median.js";
import { open } from "#src/io/open.js";
import { save } from "#src/io/save.js";
import { cracks } from "#src/measure/cracks.js";
import { threshold } from "#src/segment/threshold.js";
import { samples } from "#src/simulate/samples.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { type Planted, plantedScan, plantedShares } from "../support/planted-cracks.js";

const file = testFolder();
const EDGE = 80;
const shape = [EDGE, EDGE, EDGE] as const;
const planted: Planted = {
  discs: [
    { centre: [24.5, 24, 24], normal: [1, 0, 0], radius: 13, opening: 2 },
    { centre: [24, 56, 56], normal: [0, 0.6, 0.8], radius: 13, opening: 3 },
    { centre: [56, 24, 56], normal: [3 ** -0.5, 3 ** -0.5, 3 ** -0.5], radius: 13, opening: 4 },
    { centre: [56, 56, 24], normal: [0.8, 0, 0.6], radius: 13, opening: 1.8 },
  ],
  balls: [
    { centre: [9, 60, 14], radius: 2 },
    { centre: [40, 9, 9], radius: 3 },
    { centre: [40, 40, 70], radius: 5 },
    { centre: [70, 70, 70], radius: 2.5 },
    { centre: [10, 10, 70], radius: 1.5 },
  ],
  channels: [{ y: 40, x: 40, from: 20, to: 60, radius: 2 }],
};
const shares = plantedShares(EDGE, planted);

const names = ["pore", "NMC"];
const scanOf = (noise: number): Volume =>
  memoryVolume(plantedScan(shares, noise), shape, { brick: [32, 40, 80], spacing: [1e-6, 1e-6, 1e-6] });
const volumes = (discs: Planted["discs"]): number[] => discs.map((one) => Math.PI * one.radius ** 2 * one.opening);

test.each([
  // Noise over a contrast of 120, and what is reached: share of the voxels called crack that are, of those that are found.
  [0, 0.99, 0.98],
  [12, 0.97, 0.96],
  [30, 0.93, 0.9],
])(
  "at noise %i all cracks are found and no pore is, with precision %f and recall %f",
  async (noise, precise, complete) => {
    const scan = scanOf(noise);
    const clean = noise === 0 ? scan : await median(await gaussian(scan, { sigma: 0.5 }), { radius: 1 });
    const phases = await threshold(clean, 120, { names });
    const found = await cracks(phases, { widths: [um(0.5), um(6)] });
    expect(found.numRows).toBe(4);
    expect(found.rejected).toBeGreaterThanOrEqual(6);
    const labels = await found.labels.read();
    let [right, wrong, missed] = [0, 0, 0];
    for (let k = 0; k < labels.length; k++) {
      const truly = shares.crack[k]! > 0.5;
      if (labels[k] !== 0) truly ? right++ : wrong++;
      else if (truly) missed++;
    }
    expect(right / (right + wrong)).toBeGreaterThan(precise);
    expect(right / (right + missed)).toBeGreaterThan(complete);
    // Volume, area and opening of all; their truth is that of the discs.
    const truth = volumes(planted.discs).reduce((a, b) => a + b, 0);
    const area = 4 * Math.PI * 13 ** 2;
    const voids = shares.other.reduce((a, b) => a + b, 0);
    const whole = EDGE ** 3 - voids;
    expect(Math.abs(found.fraction / (truth / whole) - 1)).toBeLessThan(noise === 30 ? 0.12 : 0.06);
    // Filters round the rims off.
    expect(Math.abs(found.area / area - 1)).toBeLessThan(noise === 0 ? 0.05 : 0.11);
    expect(Math.abs(found.opening / (truth / area) - 1)).toBeLessThan(0.12);
    release(found.labels);
  },
);

test("each crack has its own opening, whatever its direction", async () => {
  const phases = await threshold(scanOf(0), 120, { names });
  const found = await cracks(phases);
  const openings = [...(found.getChild("opening") as Iterable<number>)];
  // In the order of their first voxels: the inclined ones reach up farther.
  const expected = [...planted.discs].sort((a, b) => top(a) - top(b)).map(({ opening }) => opening);
  for (const [k, opening] of openings.entries()) expect(Math.abs(opening / expected[k]! - 1)).toBeLessThan(0.15);
  const unit = (name: string) => found.schema.fields.find((field) => field.name === name)!.metadata.get("unit");
  expect([unit("opening"), unit("area"), unit("volume")]).toEqual(["µm", "µm²", "µm³"]);
  expect(found.labels.range).toEqual([0, 4]);
  expect(found.labels.spacing).toEqual(phases.spacing);
  const voxels = Array.from(await found.labels.read());
  for (const [k, count] of [...(found.getChild("voxels") as Iterable<number>)].entries())
    expect(voxels.filter((label) => label === k + 1).length).toBe(count);
});

/** The least z that a disc reaches. */
const top = ({ centre, normal, radius, opening }: Planted["discs"][number]): number =>
  centre[0] - radius * Math.sqrt(1 - normal[0] ** 2) - (opening / 2) * Math.abs(normal[0]);

test("a crack of one voxel that its threshold misses is found in the scan", async () => {
  const thin = plantedShares(64, {
    discs: [{ centre: [32, 32, 32], normal: [0.6, 0, 0.8], radius: 20, opening: 1 }],
    balls: [{ centre: [9, 9, 9], radius: 6 }],
    channels: [],
  });
  const scan = memoryVolume(plantedScan(thin, 8), [64, 64, 64], { brick: [32, 32, 64] });
  const blurred = await gaussian(scan, { sigma: 0.7 });
  const phases = await threshold(blurred, 110, { names });
  const without = await cracks(phases);
  const found = await cracks(phases, { scan: blurred });
  const voxels = [...(found.getChild("voxels") as Iterable<number>)];
  expect(without.fraction).toBeLessThan(0.5 * found.fraction);
  expect(voxels.length).toBe(1);
  const labels = await found.labels.read();
  let [inside, all] = [0, 0];
  for (let k = 0; k < labels.length; k++)
    if (thin.crack[k]! > 0.5) {
      all++;
      if (labels[k] !== 0) inside++;
    }
  expect(inside / all).toBeGreaterThan(0.7);
  // Where its rim fills less of the voxels it is lost.
  expect(found.area / (Math.PI * 20 ** 2)).toBeGreaterThan(0.7);
  expect(found.area / (Math.PI * 20 ** 2)).toBeLessThan(1.1);
  // A depth that nothing reaches finds nothing more.
  const deep = await cracks(phases, { scan: blurred, depth: 1e4 });
  expect(deep.fraction).toBe(without.fraction);
});

test("bricks, workers and files change no byte, and nothing is left behind", async () => {
  const scan = scanOf(12);
  const labels = await (await threshold(scan, 120)).read();
  const phases = (brick: readonly [number, number, number]): Volume =>
    memoryVolume(labels, shape, { brick, role: "labels", phases: phaseTable(2, names) });
  const one = await cracks(phases([80, 80, 80]), { workers: 1, scan });
  const before = memory().numRows;
  const other = await cracks(phases([17, 33, 48]), { workers: 2, scan });
  // What earlier tests have left may be gone by now.
  expect(memory().numRows).toBeLessThanOrEqual(before + 1);
  expect(
    Buffer.compare(Buffer.from((await one.labels.read()).buffer), Buffer.from((await other.labels.read()).buffer)),
  ).toBe(0);
  expect(JSON.stringify(other.toArray())).toBe(JSON.stringify(one.toArray()));
  await save(phases([32, 32, 32]), file("phases.arrow"));
  const limited = await cracks(await open(file("phases.arrow")), { memoryLimit: 24 * 2 ** 20 });
  const free = await cracks(phases([32, 32, 32]));
  expect(JSON.stringify(limited.toArray())).toBe(JSON.stringify(free.toArray()));
});

test("where nothing is cracked there are no cracks, and options decide what is one", async () => {
  const solid = memoryVolume(new Uint8Array(4096).fill(1), [16, 16, 16], {
    role: "labels",
    phases: phaseTable(2, names),
  });
  const none = await cracks(solid);
  expect([none.numRows, none.fraction, none.area, none.rejected]).toEqual([0, 0, 0, 0]);
  expect(none.opening).toBeNaN();
  expect(none.labels.range).toEqual([0, 0]);
  const phases = await threshold(scanOf(0), 120, { names });
  expect((await cracks(phases, { widths: [0.5, 3.4] })).numRows).toBe(3);
  expect((await cracks(phases, { aspect: 1000 })).numRows).toBe(0);
  expect((await cracks(phases, { flatness: 0, aspect: 0, widths: [0.5, 20] })).numRows).toBeGreaterThan(6);
  expect((await cracks(phases, { phase: "NMC", void: 0 })).numRows).toBe(4);
});

test("an electrode without cracks has none: corners, necks and small pores are not taken for them", async () => {
  const { truth } = await samples.electrode({ shape: [64, 96, 96], seed: 5 });
  const found = await cracks(truth!);
  expect(found.rejected).toBeGreaterThan(100);
  expect(found.fraction).toBeLessThan(1e-3);
});

test("what makes no sense is refused with what to do, and Stop is heard", async () => {
  const phases = memoryVolume(new Uint8Array(512).fill(1), [8, 8, 8], { role: "labels", phases: phaseTable(2, names) });
  const refused = (options: object, volume: Volume = phases): Promise<unknown> => cracks(volume, options);
  await expect(refused({}, 7 as never)).rejects.toThrow("takes a volume");
  await expect(refused({}, phases.with({ role: "mask" }))).rejects.toThrow("has the role mask");
  await expect(refused({}, phases.with({ role: "intensity" }))).rejects.toThrow("has the role intensity");
  await expect(refused({ phase: "NCM" })).rejects.toThrow("did you mean `NMC`");
  await expect(refused({ phase: 0 })).rejects.toThrow("phase and void are both 0");
  await expect(refused({ phase: "pore", void: "NMC" })).rejects.toMatchObject({ code: "MissingData" });
  await expect(refused({ widths: [3, 2] })).rejects.toThrow("the second has to be the larger one");
  await expect(refused({ widths: 3 })).rejects.toThrow("give the narrowest and the widest");
  await expect(refused({ widths: [um(1), um(2)] })).rejects.toMatchObject({ code: "MissingData" });
  await expect(refused({ widths: [1, 200] })).rejects.toThrow("half of the widest opening (voxels) is 100");
  await expect(refused({ flatness: 2 })).rejects.toThrow("flatness is 2");
  await expect(refused({ depth: 5 })).rejects.toThrow("there is no `scan`");
  await expect(refused({ width: [1, 2] })).rejects.toThrow("did you mean `widths`");
  const scan = memoryVolume(new Uint8Array(64), [4, 4, 4]);
  await expect(refused({ scan })).rejects.toThrow("the scan has the shape 4 × 4 × 4");
  await expect(refused({ scan: phases })).rejects.toThrow("the scan has the role labels");
  const bare = memoryVolume(new Uint8Array(512).fill(1), [8, 8, 8], { role: "labels" });
  await expect(refused({}, bare)).rejects.toThrow("no phase table; give `phase` as a label");
  const dark = memoryVolume(
    Uint8Array.from({ length: 512 }, (_, k) => (k < 256 ? 0 : 1)),
    [8, 8, 8],
    { role: "labels", phases: phaseTable(2, names) },
  );
  const inverted = memoryVolume(
    Uint8Array.from({ length: 512 }, (_, k) => (k < 256 ? 200 : 100)),
    [8, 8, 8],
  );
  await expect(refused({ scan: inverted }, dark)).rejects.toThrow("is not darker than the phase");
  const grey = memoryVolume(new Uint8Array(512), [8, 8, 8]);
  await expect(refused({ scan: grey })).rejects.toThrow("their grey value is not known; give `depth`");
  await expect(refused({ signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  await expect(refused({ memoryLimit: 1000 })).rejects.toMatchObject({ code: "LimitExceeded" });
});
