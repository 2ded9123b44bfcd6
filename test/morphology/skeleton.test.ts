/** Skeletons against the definition, and against scikit-image. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Shape } from "#src/core/shape.js";
import { skeleton, type Volume } from "#src/index.js";
import { isSimple, thinned } from "../oracle/thinning.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

const file = testFolder();
const maskOf = (shape: Shape, inside: readonly boolean[], brick: Shape = [4, 5, 16]): Volume =>
  memoryVolume(Uint8Array.from(inside, Number), shape, { role: "mask", brick });
const bytes = (flags: readonly boolean[]): Uint8Array => Uint8Array.from(flags, Number);
const box = (shape: Shape, size: Shape): boolean[] =>
  Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, k) =>
    [Math.floor(k / (shape[1] * shape[2])), Math.floor(k / shape[2]) % shape[1], k % shape[2]].every(
      (at, axis) => at >= 1 && at < 1 + size[axis]!,
    ),
  );

test("the skeleton is what the definition leaves, of any shape and in any bricks", async () => {
  for (const [shape, share] of [
    [[9, 14, 21], 0.7],
    [[9, 14, 21], 0.95],
    [[1, 20, 40], 0.8],
    [[13, 1, 30], 0.8],
    [[12, 17, 1], 0.85],
    [[1, 1, 40], 0.9],
    [[1, 1, 1], 1.1],
    [[6, 7, 70], 0.9],
  ] as const) {
    const next = random(Math.round(share * 100) + shape[2]);
    const inside = Array.from({ length: shape[0] * shape[1] * shape[2] }, () => next() < share);
    // Noise has no depth: balls of it do.
    const blobs = inside.map((is, k) => is && inside[(k * 7 + 1) % inside.length]!);
    for (const flags of [inside, blobs]) {
      // Along an axis of one voxel nothing is taken off.
      const along = shape.map((n) => n > 1);
      const expected = bytes(thinned(shape, flags, along));
      for (const brick of [[4, 5, 16], shape] as const) {
        const made = await skeleton(maskOf(shape, flags, brick));
        expect([made.role, made.dtype]).toEqual(["mask", "uint8"]);
        expect(await made.read(), `${shape} ${share}`).toEqual(expected);
      }
    }
  }
});

describe("scikit-image has the same voxels, and the topology stays", () => {
  const golden = JSON.parse(readFileSync(join(root, "test/golden/skeleton.json"), "utf8")) as {
    cases: { name: string; crc32: string; voxels: number; euler: [number, number] }[];
  };
  const phases = referencePhases(64);
  test.each(golden.cases)("$name", async ({ name, crc32: sum, voxels, euler }) => {
    const flat = name.includes("plane");
    const labels = flat ? phases.slice(32 * 4096, 33 * 4096) : phases;
    const volume = memoryVolume(labels, flat ? [1, 64, 64] : [64, 64, 64], { role: "labels", brick: [32, 32, 64] });
    const lines = (await (await skeleton(volume, { phase: Number(name[6]) })).read()) as Uint8Array;
    // Where scikit-image changes the topology, ours is another one.
    expect(euler[0]).toBe(euler[1]);
    expect([lines.reduce((all, one) => all + one, 0), crc32(lines).toString(16).padStart(8, "0")]).toEqual([
      voxels,
      sum,
    ]);
  });
});

test("a plate of even width keeps a voxel, where scikit-image loses the piece", async () => {
  for (const size of [
    [2, 2, 2],
    [4, 1, 4],
    [1, 4, 4],
    [4, 4, 1],
  ] as const) {
    const shape = [7, 7, 7] as const;
    const lines = (await (await skeleton(maskOf(shape, box(shape, size)))).read()) as Uint8Array;
    expect(lines.reduce((all, one) => all + one, 0)).toBeGreaterThan(0);
  }
});

test("a rod becomes its axis, a torus a ring, and a hollow box stays closed", async () => {
  const shape = [21, 21, 21] as const;
  const at = (k: number): number[] => [Math.floor(k / 441) - 10, (Math.floor(k / 21) % 21) - 10, (k % 21) - 10];
  const all = [...Array(9261).keys()];
  const lines = async (is: (place: number[]) => boolean): Promise<number[][]> => {
    const made = await (
      await skeleton(
        maskOf(
          shape,
          all.map((k) => is(at(k))),
        ),
      )
    ).read();
    return all.filter((k) => made[k] === 1).map(at);
  };
  const axis = await lines(([z, y, x]) => Math.hypot(y!, x!) < 4 && Math.abs(z!) < 9);
  expect(axis.every(([, y, x]) => y === 0 && x === 0)).toBe(true);
  expect(axis.length).toBeGreaterThan(8);
  const ring = await lines(([z, y, x]) => Math.hypot(z!, Math.hypot(y!, x!) - 6) < 2.5);
  expect(ring.every(([z, y, x]) => Math.abs(z!) <= 1 && Math.abs(Math.hypot(y!, x!) - 6) < 1.5)).toBe(true);
  const neighbours = ring.map(
    (a) => ring.filter((b) => Math.max(...a.map((n, k) => Math.abs(n - b[k]!))) === 1).length,
  );
  expect(new Set(neighbours)).toEqual(new Set([2]));
  const shell = await lines((place) => Math.max(...place.map(Math.abs)) <= 8 && Math.max(...place.map(Math.abs)) > 3);
  // A hole cannot be got rid of: a closed surface of voxels is left around it.
  expect(shell.length).toBeGreaterThan(100);
});

test("one voxel, nothing at all, a file and labels of 32 bits", async () => {
  const shape = [3, 4, 5] as const;
  const one = new Array(60).fill(false).with(27, true);
  expect(await (await skeleton(maskOf(shape, one))).read()).toEqual(bytes(one));
  expect(await (await skeleton(maskOf(shape, new Array(60).fill(false)))).range).toEqual([0, 0]);
  const labels = memoryVolume(
    Uint32Array.from(box([9, 9, 30], [5, 5, 25]), (is) => (is ? 4294967295 : 1)),
    [9, 9, 30],
    {
      role: "labels",
      brick: [4, 4, 16],
    },
  );
  const written = await skeleton(labels, { phase: 4294967295, to: file("lines.arrow") });
  expect(await written.read()).toEqual(bytes(thinned([9, 9, 30], box([9, 9, 30], [5, 5, 25]))));
  expect((await skeleton(labels, { phase: 7 })).range).toEqual([0, 0]);
});

test("what cannot be meant or does not fit is refused, and Stop stops", async () => {
  const mask = maskOf([2, 3, 4], new Array(24).fill(true));
  await expect(skeleton(mask, { phase: 1 })).rejects.toThrow(/no phases/);
  await expect(skeleton(mask, { radius: 1 } as never)).rejects.toThrow(/no option `radius`/);
  await expect(skeleton(memoryVolume(new Uint8Array(24), [2, 3, 4]))).rejects.toThrow(/role intensity/);
  await expect(skeleton(mask, { memoryLimit: 1e6 })).rejects.toThrow(/skeleton needs/);
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(skeleton(mask, { signal })).rejects.toThrow("enough");
});

test("the oracle calls simple what changes no Euler number, where that can be counted by hand", () => {
  const set = (...cells: number[]): number[] =>
    Array.from({ length: 27 }, (_, k) => (k === 13 || cells.includes(k) ? 1 : 0));
  expect([set(14), set(14, 12), set(14, 17), set(...Array(27).keys())].map(isSimple)).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

test("a region is a crop, and what a mask or the label 255 puts outside the sample counts as outside", async () => {
  const shape = [12, 14, 18] as const;
  const next = random(31);
  const values = Uint8Array.from({ length: 12 * 14 * 18 }, (_, k) => (k % 18 < 3 ? 255 : next() < 0.8 ? 2 : 0));
  const labels = memoryVolume(values, shape, { role: "labels" });
  const region = { start: [1, 2, 0], stop: [11, 13, 17] } as const;
  const mask = maskOf(
    shape,
    Array.from(values, (_, k) => k % 18 < 14),
  );
  const cut = Array.from({ length: 10 * 11 * 17 }, (_, k) => {
    const [z, y, x] = [Math.floor(k / 187) + 1, (Math.floor(k / 17) % 11) + 2, k % 17];
    return values[(z * 14 + y) * 18 + x] === 2 && x < 14;
  });
  const found = await skeleton(labels, { phase: 2, region, mask });
  expect(found.shape).toEqual([10, 11, 17]);
  expect(await found.read()).toEqual(bytes(thinned([10, 11, 17], cut)));
  expect(await (await skeleton(labels, { phase: 2, region, mask, to: file("part.arrow") })).read()).toEqual(
    await found.read(),
  );
});
