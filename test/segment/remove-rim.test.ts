/** The rim that blur makes, against its definition, planted layers and a scan without binder. */
import { expect, test } from "vitest";
import {
  compareLabels,
  gradientMagnitude,
  nonLocalMeans,
  open,
  phaseFractions,
  removeRim,
  samples,
  threshold,
  type Volume,
} from "#src/index.js";
import { changed } from "../oracle/morphology.js";
import * as oracle from "../oracle/watershed.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

const file = testFolder();
const shape = [7, 9, 13] as const;
const count = 7 * 9 * 13;
const NAMES = ["pore", "binder", "active material"];
const phases = NAMES.map((name, label) => ({ label, name, colour: "#000000" }));
const labelled = (values: Uint8Array, brick: [number, number, number] = [4, 8, 8]): Volume =>
  memoryVolume(values, shape, { role: "labels", phases, brick });
const next = random(3);
/** Labels in lumps of a few voxels, some of them outside. */
const lumps = Uint8Array.from({ length: count }, (_, k) => {
  const [z, y, x] = [Math.floor(k / 117), Math.floor(k / 13) % 9, k % 13];
  if (next() < 0.02) return 255;
  return next() < 0.1 ? 1 : Math.floor(1.5 + 1.6 * Math.sin(z / 2 + y / 1.5) * Math.cos(x / 2));
});
const grey = Uint8Array.from(lumps, (label) => 60 * (label % 255) + 40 * next());
const voxels = async (volume: Volume): Promise<number[]> => Array.from(await volume.read());

test("a voxel of the phase in which no ball fits goes to the flood that comes first, and no other one changes", async () => {
  for (const [radius, phase] of [
    [1, 1],
    [1.5, 1],
    [1, 2],
  ] as const) {
    const gradient = await voxels(await gradientMagnitude(memoryVolume(grey, shape), { sigma: 0.7 }));
    const parameters = { element: "ball", radius: [radius, radius, radius], erodes: [true, false] } as const;
    // What lies outside the sample does not erode the phase.
    const thick = changed({ shape, values: Array.from(lumps) }, parameters, (value) => value === phase, 255);
    const markers = Array.from(lumps, (label, k) => (label === 255 || (label === phase && !thick[k]) ? 0 : label + 1));
    const flooded = oracle.watershed(shape, gradient, markers, 6, (k) => lumps[k] !== 255);
    const expected = Array.from(lumps, (label, k) => (label === phase && flooded[k]! > 0 ? flooded[k]! - 1 : label));
    expect(expected.filter((label, k) => label !== lumps[k]).length).toBeGreaterThan(20);
    for (const brick of [
      [4, 8, 8],
      [2, 3, 5],
      [7, 9, 13],
    ] as [number, number, number][])
      for (const workers of [1, 3]) {
        const scan = memoryVolume(grey, shape, { brick: [3, 9, 4] });
        const result = await removeRim(labelled(lumps, brick), scan, { phase, radius, workers });
        expect(await voxels(result)).toEqual(expected);
        expect([result.role, result.dtype, result.phases]).toEqual(["labels", "uint8", phases]);
      }
  }
});

test("into a file it has the same voxels and drift", async () => {
  const scan = memoryVolume(grey, shape);
  const inMemory = await removeRim(labelled(lumps), scan, { phase: "binder" });
  const to = file("clean.arrow");
  const inFile = await removeRim(labelled(lumps), scan, { phase: "binder", to });
  expect(await voxels(await open(to))).toEqual(await voxels(inMemory));
  expect(inFile.drift).toEqual(inMemory.drift);
  expect(inMemory.drift!.find(({ name }) => name === "binder")!.after).toBeLessThan(
    inMemory.drift!.find(({ name }) => name === "binder")!.before,
  );
});

test("a film between two phases goes, its halves to either side of the edge; a layer as thick as the ball stays", async () => {
  // Along x: pore to 4, a film of two voxels, active material to 13, binder of four voxels, pore.
  const profile = [0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0];
  const steps = [20, 20, 20, 20, 45, 155, 180, 180, 180, 180, 100, 100, 100, 100, 20, 20, 20];
  const box = [6, 6, 17] as const;
  const along = (values: number[]): Uint8Array => Uint8Array.from({ length: 6 * 6 * 17 }, (_, k) => values[k % 17]!);
  const labels = memoryVolume(along(profile), box, { role: "labels", phases });
  const result = await removeRim(labels, memoryVolume(along(steps), box), { phase: "binder", radius: 1 });
  expect((await voxels(result)).slice(0, 17)).toEqual([0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0]);
});

test("of a scan without binder at most a fifth of the false binder is left, and more voxels are right", async () => {
  const thresholds = [23774, 30150];
  for (const photons of [3000, 900]) {
    const options = { shape: [40, 72, 72], blur: 1, photons } as const;
    const two = await samples.electrode({ ...options, binder: 0, porosity: 0.5, seed: 3 });
    const clean = await nonLocalMeans(two);
    const labels = await threshold(clean, thresholds, { names: NAMES });
    const result = await removeRim(labels, clean, { phase: "binder", radius: 1.5 });
    const binder = async (volume: Volume): Promise<number> =>
      ([...(await phaseFractions(volume)).getChild("fraction")!] as number[])[1]!;
    expect(await binder(labels)).toBeGreaterThan(0.08);
    expect(await binder(result)).toBeLessThan(0.2 * (await binder(labels)));

    const three = await samples.electrode(options);
    const filtered = await nonLocalMeans(three);
    const plain = await threshold(filtered, thresholds, { names: NAMES });
    const better = await removeRim(plain, filtered, { phase: "binder", radius: 1.5 });
    const right = async (volume: Volume): Promise<number> => (await compareLabels(volume, three.truth)).accuracy;
    expect(await right(better)).toBeGreaterThan((await right(plain)) + 0.005);
  }
});

test("where the phase is all there is, or in no place, nothing changes", async () => {
  const scan = memoryVolume(grey, shape);
  for (const label of [1, 2]) {
    const one = labelled(new Uint8Array(count).fill(label));
    expect(await voxels(await removeRim(one, scan, { phase: 1 }))).toEqual(new Array(count).fill(label));
  }
});

test("a film with nothing beside it but what is no phase stays", async () => {
  const film = labelled(new Uint8Array(count).map((_, k) => (k % 13 === 6 ? 1 : 255)));
  expect(await voxels(await removeRim(film, memoryVolume(grey, shape), { phase: 1 }))).toEqual(await voxels(film));
});

test("what makes no sense is refused", async () => {
  const [labels, scan] = [labelled(lumps), memoryVolume(grey, shape)];
  const refused = (options: object, a = labels, b = scan): Promise<unknown> =>
    removeRim(a, b, { phase: 1, ...options });
  await expect(refused({ phase: "binders" })).rejects.toThrow("did you mean `binder`");
  await expect(refused({ radius: -1 })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(refused({ sigma: 0 })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(refused({ region: { start: [0, 0, 0], stop: [1, 1, 1] } })).rejects.toThrow("has no option `region`");
  await expect(refused({}, scan)).rejects.toThrow("of role intensity; give labels");
  await expect(refused({}, labels, memoryVolume(new Uint8Array(8), [2, 2, 2]))).rejects.toThrow(
    "they must be the same",
  );
  const negative = memoryVolume(new Int8Array(count).fill(-1), shape, { role: "labels" });
  await expect(refused({ phase: -1 }, negative)).rejects.toThrow("these begin at -1");
  await expect(refused({ memoryLimit: 10_000 })).rejects.toMatchObject({ code: "LimitExceeded" });
  await expect(refused({ signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
});
