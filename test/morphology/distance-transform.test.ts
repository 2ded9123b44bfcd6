/** The distance transform against the definition. */
import { describe, expect, test } from "vitest";
import { zoneOf } from "#src/compute/zone.js";
import { regionShape, type Shape, type Triple } from "#src/core/shape.js";
import type { Zone } from "#src/core/volume.js";
import { distanceTransform, type Length, nm, type Volume } from "#src/index.js";
import { distances } from "../oracle/distance.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

const file = testFolder();
const noise = (shape: Shape, share: number): boolean[] => {
  const next = random(share * 1000);
  return Array.from({ length: shape[0] * shape[1] * shape[2] }, () => next() < share);
};
const maskOf = (shape: Shape, inside: readonly boolean[], brick: Shape = [4, 5, 16]): Volume =>
  memoryVolume(Uint8Array.from(inside, Number), shape, { role: "mask", brick });

async function expectDistances(result: Volume, expected: readonly number[]): Promise<void> {
  expect([result.dtype, result.role]).toEqual(["float32", "field"]);
  const found = await result.read();
  for (const [k, value] of expected.entries())
    if (Number.isFinite(value)) expect(Math.abs(found[k]! - value)).toBeLessThan(1e-6 * (1 + value));
    else expect(found[k]).toBe(value);
}

test("each voxel has the distance to the nearest one outside, for any shape, bricks and workers", async () => {
  for (const shape of [
    [7, 9, 21],
    [1, 12, 30],
    [13, 1, 5],
    [6, 8, 1],
    [1, 1, 40],
  ] as const)
    for (const share of [0.5, 0.97]) {
      const inside = noise(shape, share);
      const expected = distances(shape, inside, [1, 1, 1]);
      for (const workers of [1, 2])
        await expectDistances(await distanceTransform(maskOf(shape, inside), { workers }), expected);
    }
});

test("voxels that are no cubes are measured in their shortest edge", async () => {
  const shape = [6, 9, 14] as const;
  const inside = noise(shape, 0.95);
  const steps: Triple = [3.5, 1, 2];
  const sized = maskOf(shape, inside).with({ spacing: [nm(350), nm(100), nm(200)] });
  await expectDistances(await distanceTransform(sized), distances(shape, inside, steps));
});

test("without anything outside distances are infinite, without anything inside they are 0", async () => {
  const shape = [3, 4, 5] as const;
  await expectDistances(await distanceTransform(maskOf(shape, new Array(60).fill(true))), new Array(60).fill(Infinity));
  await expectDistances(await distanceTransform(maskOf(shape, new Array(60).fill(false))), new Array(60).fill(0));
});

test("of a phase all others are outside; the result goes into a file", async () => {
  const shape = [5, 6, 18] as const;
  const next = random(6);
  const labels = Array.from({ length: 540 }, () => Math.floor(next() * 3));
  const volume = memoryVolume(
    Uint16Array.from(labels, (label) => label * 300),
    shape,
    { role: "labels", brick: [2, 3, 8] },
  );
  const expected = distances(
    shape,
    labels.map((label) => label === 2),
    [1, 1, 1],
  );
  await expectDistances(await distanceTransform(volume, { phase: 600, to: file("distances.arrow") }), expected);
});

/** Few voxels that are not inside, so that the trial of all is quick and distances are long. */
const sets: Readonly<Record<string, (shape: Shape, k: number) => boolean>> = {
  "one voxel": ([z, y, x], k) => k === Math.floor(z / 2) * y * x + 7 * x + Math.floor(x / 2),
  "a plane": ([, , x], k) => k % x === x - 1,
  "a slanted plane": ([, y, x], k) => Math.floor(k / (y * x)) + (Math.floor(k / x) % y) === k % x,
  "few voxels": (_, k) => Math.imul(k, 0x9e3779b1) >>> 20 === 9,
};

describe("long distances are exact, to the last bit of the square root", () => {
  test.each(Object.keys(sets))("%s", async (name) => {
    for (const shape of [
      [5, 70, 83],
      [67, 3, 90],
      [40, 41, 12],
    ] as const) {
      const count = shape[0] * shape[1] * shape[2];
      const inside = Array.from({ length: count }, (_, k) => !sets[name]!(shape, k));
      const expected = Float32Array.from(distances(shape, inside, [1, 1, 1]));
      expect(await (await distanceTransform(maskOf(shape, inside))).read()).toEqual(expected);
    }
  });
});

test("bricks, workers, room in memory and files make no difference to a byte", async () => {
  const shape = [37, 50, 75] as const;
  const size: [Length, Length, Length] = [nm(350), nm(100), nm(223)];
  const inside = noise(shape, 0.999);
  const expected = distances(shape, inside, [3.5, 1, 2.23]);
  const first = await distanceTransform(maskOf(shape, inside).with({ spacing: size }), { workers: 1 });
  await expectDistances(first, expected);
  const bytes = await first.read();
  for (const brick of [
    [37, 50, 75],
    [4, 5, 16],
    [16, 7, 75],
  ] as const) {
    const volume = maskOf(shape, inside, brick).with({ spacing: size });
    // Less than the result takes, and than the steps along z take.
    for (const options of [{ workers: 2 }, { workers: 4 }, { memoryLimit: 720_000 }, { memoryLimit: 1_100_000 }])
      expect(await (await distanceTransform(volume, options)).read(), JSON.stringify(options)).toEqual(bytes);
    const written = await distanceTransform(volume, { to: file(`bricks-${brick.join("-")}.arrow`), workers: 2 });
    expect(await written.read()).toEqual(bytes);
    expect([...Array(volume.grid.length).keys()].map((k) => written.store.zone(k))).toEqual(
      await zones(await distanceTransform(volume)),
    );
  }
});

/** The records of all bricks, from their voxels. */
async function zones(volume: Volume): Promise<Zone[]> {
  const { grid, store } = volume;
  return Promise.all(
    [...Array(grid.length).keys()].map(async (k) =>
      zoneOf(await store.read(k), grid.brick, regionShape(grid.region(k))),
    ),
  );
}

test("labels of all types of whole numbers, negative ones and ones that are not there", async () => {
  const shape = [5, 6, 18] as const;
  const next = random(11);
  const of = { Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array };
  for (const [type, label] of [
    ["Int8Array", -100],
    ["Uint16Array", 65535],
    ["Int16Array", -1],
    ["Uint32Array", 4294967295],
    ["Int32Array", -7],
  ] as const) {
    const labels = Array.from({ length: 540 }, () => (next() < 0.7 ? label : 1));
    const volume = memoryVolume(of[type].from(labels), shape, { role: "labels", brick: [2, 3, 8] });
    const expected = distances(
      shape,
      labels.map((one) => one === label),
      [1, 1, 1],
    );
    await expectDistances(await distanceTransform(volume, { phase: label }), expected);
  }
  const bytes = memoryVolume(
    Uint8Array.from({ length: 540 }, () => 44),
    shape,
    { role: "labels" },
  );
  await expectDistances(await distanceTransform(bytes, { phase: 300 }), new Array(540).fill(0));
});

test("flipped volumes have flipped distances", async () => {
  const shape = [9, 20, 33] as const;
  const inside = noise(shape, 0.99);
  const [forth, back] = await Promise.all(
    [inside, inside.toReversed()].map(async (one) => (await distanceTransform(maskOf(shape, one))).read()),
  );
  expect(back!.toReversed()).toEqual(forth);
});

test("a run that is stopped ends", async () => {
  const controller = new AbortController();
  const run = distanceTransform(maskOf([64, 64, 64], new Array(64 ** 3).fill(true)), {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("enough")),
  });
  await expect(run).rejects.toThrow("enough");
});

test("what cannot be meant is refused", async () => {
  const mask = maskOf([2, 3, 4], new Array(24).fill(true));
  await expect(distanceTransform(mask, { phase: 1 })).rejects.toThrow(/no phases/);
  await expect(distanceTransform(mask, { region: {} } as never)).rejects.toThrow(/no option `region`/);
  await expect(distanceTransform(memoryVolume(new Uint8Array(24), [2, 3, 4]))).rejects.toThrow(/role intensity/);
});
