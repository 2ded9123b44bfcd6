/** Volumes of more than 2³¹ voxels: no index overflows, in any operation from a volume to a volume. */
import { afterAll, expect, test } from "vitest";
import {
  components,
  type ForestModel,
  histogram,
  open,
  phaseFractions,
  release,
  save,
  threshold,
  trainForest,
  type Volume,
} from "#src/index.js";
import { STEPS } from "#src/recipes/steps.js";
import { testFolder } from "../support/folder.js";
import { CELL, latticeScan, latticeValue } from "../support/lattice.js";
import { memoryVolume } from "../support/memory-volume.js";

const EDGE = 1300;
const options = { memoryLimit: 2 ** 30 };
const file = testFolder();
let scan: Volume;
afterAll(() => release(scan));

/** Corners of blocks: both ends of the volume, where linear indices pass 2³¹, and where bricks meet near the far face. */
const BLOCKS = [
  [0, 0, 0],
  [1270, 920, 900],
  [1269, 1270, 1272],
  [640, 631, 1272],
  [1280, 1280, 1280],
] as const;
const SIZE = 20;
/** Filters with their defaults reach no farther. */
const MARGIN = 24;

test("1300³ voxels are made", { timeout: 1_800_000 }, async () => {
  expect(EDGE ** 3).toBeGreaterThan(2 ** 31);
  await save(latticeScan([EDGE, EDGE, EDGE]), file("scan.arrow"));
  scan = await open(file("scan.arrow"));
});

test("their threshold and their histogram count each voxel once: the numbers of a closed form", {
  timeout: 1_800_000,
}, async () => {
  // How often each place in a cell of the lattice comes along an axis.
  const times = Array.from({ length: CELL }, (_, k) => Math.floor((EDGE - 1 - k) / CELL) + 1);
  let bright = 0;
  for (let z = 0; z < CELL; z++)
    for (let y = 0; y < CELL; y++)
      for (let x = 0; x < CELL; x++)
        if ((z - 32) ** 2 + (y - 32) ** 2 + (x - 32) ** 2 < 600) bright += times[z]! * times[y]! * times[x]!;
  // The noise reaches 31 grey values above 60 and above 180: 120 lies between.
  const labels = await threshold(scan, 120, options);
  const counted = [...(await phaseFractions(labels, options)).getChild("voxels")!].map(Number);
  expect(counted).toEqual([EDGE ** 3 - bright, bright]);
  const { counts } = await histogram(scan, { ...options, bins: 256, range: [0, 256] });
  expect(Array.from(counts).reduce((sum, count) => sum + count, 0)).toBe(EDGE ** 3);
  expect(Array.from(counts.slice(121)).reduce((sum, count) => sum + count, 0)).toBe(bright);
  release(labels);
});

test("the balls of their lattice are as many components, each of its own size", { timeout: 3_600_000 }, async () => {
  const mask = (await threshold(scan, 120, options)).with({ role: "mask" });
  const labels = await components(mask, options);
  // Along each axis so many cells, the last of which is cut where its ball has begun.
  const cells = Math.ceil(EDGE / CELL);
  expect(labels.range).toEqual([0, cells ** 3]);
  const whole = [0, 1, cells, cells ** 2, cells ** 2 + cells + 1, cells ** 3 - 1];
  for (const ball of whole) {
    const at = [Math.floor(ball / cells ** 2), Math.floor(ball / cells) % cells, ball % cells];
    const start = at.map((n) => n * CELL) as [number, number, number];
    const stop = start.map((n) => Math.min(EDGE, n + CELL)) as [number, number, number];
    let size = 0;
    for (let z = start[0]; z < stop[0]; z++)
      for (let y = start[1]; y < stop[1]; y++)
        for (let x = start[2]; x < stop[2]; x++)
          if (((z % CELL) - 32) ** 2 + ((y % CELL) - 32) ** 2 + ((x % CELL) - 32) ** 2 < 600) size++;
    const found = new Map<number, number>();
    for (const label of await labels.read({ start, stop })) found.set(label, (found.get(label) ?? 0) + 1);
    found.delete(0);
    expect([...found.values()]).toEqual([size]);
  }
  release(labels);
  release(mask);
});

const IDENTITY = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];
/** A forest that tells the balls of the lattice from what lies between them. */
async function latticeForest(): Promise<ForestModel> {
  const grey = memoryVolume(Uint8Array.from(await latticeScan([40, 48, 48]).read()), [40, 48, 48]);
  const labels = await threshold(grey, 120);
  return (await trainForest(grey, labels, { trees: 5, samples: 2000, sigmas: [1, 2] })).toJSON();
}

/** Arguments and options. What changes the grid leaves it as it is here, so that voxels can be compared. */
const MORE: Record<string, { rest?: unknown[]; options?: object }> = {
  affineTransform: { rest: [IDENTITY] },
  // Without a number the edge follows from the mean gradient, that of a part is another.
  anisotropicDiffusion: { options: { edge: 20 } },
  clip: { rest: [70, 200] },
  convert: { rest: ["uint16"] },
  crop: { rest: [{ start: [0, 0, 0], stop: [EDGE, EDGE, EDGE] }] },
  downsample: { rest: [1] },
  labelMask: { rest: [[60, 180]] },
  // Statistics of a part are others; with these no order of visits shows, whose colours begin at the first voxel.
  markovRandomField: { options: { means: [75, 195], deviations: [9, 9], rounds: 2 } },
  // What is read off the voxels would be another value for a part; and a wide search takes half an hour here.
  nonLocalMeans: { options: { noise: 10, search: 1 } },
  normalise: { options: { from: [60, 211] } },
  percentile: { rest: [20] },
  predictForest: { rest: [await latticeForest()] },
  resample: { options: { scale: 1 } },
  rotate: { rest: [0] },
  threshold: { rest: [120] },
};

/** They work on whole planes, sinograms or volumes: what they give for a part is something else. */
const WHOLE = new Set([
  "absorbance",
  // Means are those of all voxels.
  "chanVese",
  "components",
  "cropToLabel",
  "correctCupping",
  "correctDrift",
  "correctZernike",
  "distanceTransform",
  "fillHoles",
  "hMaxima",
  "hMinima",
  "hysteresisThreshold",
  "keepLargest",
  "paganin",
  "reduceStreaks",
  "relabel",
  "removeRings",
  "removeSmall",
  "removeStripes",
  "skeleton",
  "smoothLabels",
  "regionalMaxima",
  "regionalMinima",
  "removeRings",
  "removeSmall",
  "removeStripes",
  "separateParticles",
  "snowPartition",
  "snowPeaks",
]);

/** Cleaning takes labels: the grey values stand for some. */
const ON_LABELS = new Set(["majority"]);
const meant = (name: string, volume: Volume): Volume =>
  ON_LABELS.has(name) ? volume.with({ role: "labels" }) : volume;

for (const [name, step] of Object.entries(STEPS).filter(([name]) => !WHOLE.has(name)))
  test(`${name} gives there what it gives for a small volume of the same voxels`, { timeout: 3_600_000 }, async () => {
    const call = step as (volume: Volume, ...rest: unknown[]) => Promise<Volume>;
    const { rest = [], options: more = {} } = MORE[name] ?? {};
    const result = await call(meant(name, scan), ...rest, { ...more, ...options });
    for (const corner of BLOCKS) {
      const start = corner.map((n) => Math.max(0, n - MARGIN)) as [number, number, number];
      const stop = corner.map((n) => Math.min(EDGE, n + SIZE + MARGIN));
      const shape = stop.map((n, k) => n - start[k]!) as [number, number, number];
      const values = new Uint8Array(shape[0] * shape[1] * shape[2]);
      for (let z = 0, k = 0; z < shape[0]; z++)
        for (let y = 0; y < shape[1]; y++)
          for (let x = 0; x < shape[2]; x++, k++) values[k] = latticeValue(start[0] + z, start[1] + y, start[2] + x);
      const whole = name === "crop" ? [{ start: [0, 0, 0], stop: shape }] : rest;
      const part = meant(name, memoryVolume(values, shape, { brick: [16, 32, 32] }));
      const small = await call(part, ...whole, more);
      const there = corner.map((n, k) => n - start[k]!) as [number, number, number];
      const end = (at: readonly number[]) => at.map((n) => n + SIZE) as unknown as [number, number, number];
      expect(await result.read({ start: corner, stop: end(corner) }), String(corner)).toEqual(
        await small.read({ start: there, stop: end(there) }),
      );
      release(small);
    }
    release(result);
  });
