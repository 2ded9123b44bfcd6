/** Shortest paths against closed forms, and against the front of the definition. */
import { describe, expect, test } from "vitest";
import { machine } from "#src/compute/memory.js";
import type { Shape, Triple } from "#src/core/shape.js";
import { type GeodesicTortuosity, geodesicTortuosity, nm, type Volume } from "#src/index.js";
import { arrivalTimes } from "../oracle/marching.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

type Is = (z: number, y: number, x: number) => boolean;

function maskOf(shape: Shape, is: Is, brick: Shape = [16, 16, 32]): Volume {
  const values = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (let z = 0, k = 0; z < shape[0]; z++)
    for (let y = 0; y < shape[1]; y++) for (let x = 0; x < shape[2]; x++, k++) values[k] = is(z, y, x) ? 1 : 0;
  return memoryVolume(values, shape, { role: "mask", brick });
}
const column = (table: GeodesicTortuosity, name: string): number[] => [...table.getChild(name)!] as number[];
const named = "geometric tortuosity";

test("straight ways have a tortuosity of exactly 1 along each axis, and maps the distance to the face", async () => {
  const table = await geodesicTortuosity(
    maskOf([5, 6, 7], (_, y, x) => y !== 3 && x !== 2, [2, 3, 4]),
    { maps: true },
  );
  expect([...table.getChild("axis")!]).toEqual(["z", "y", "x"]);
  expect([column(table, named)[0], column(table, "deviation")[0]]).toEqual([1, 0]);
  const map = await table.maps.z!.read();
  expect([map[0], map[42], map[4 * 42], map[2]]).toEqual([0.5, 1.5, 4.5, Number.NaN]);
  expect(table.maps.z!.role).toBe("field");
  // Across the walls nothing leads.
  expect(column(table, named)[1]).toBe(Number.POSITIVE_INFINITY);
  expect(column(table, "reached fraction")[1]).toBe(0);
  expect(column(table, "phase fraction reached")[1]).toBeCloseTo(0.5 + 0.1, 12);
  const full = await geodesicTortuosity(maskOf([4, 5, 6], () => true));
  expect(column(full, named)).toEqual([1, 1, 1]);
  expect([...full.distribution.getChild("voxels")!]).toEqual([30, 24, 20]);
  expect([...full.distribution.getChild("from")!]).toEqual([1, 1, 1]);
});

test("voxels that are no cubes have their own lengths", async () => {
  const sized = maskOf([6, 7, 9], () => true).with({ spacing: [nm(300), nm(100), nm(150)] });
  const table = await geodesicTortuosity(sized, { maps: true });
  for (const one of column(table, named)) expect(one).toBeCloseTo(1, 6);
  expect((await table.maps.z!.read())[5 * 63]).toBeCloseTo(16.5, 4);
});

describe("closed forms, with the error that the documentation tells", () => {
  // Straight to the equator, along it, and off to the point behind: the front of a plane around a sphere.
  test.each([
    [10, 1.2],
    [20, 0.6],
  ])("around a sphere of radius %d within %d %%", async (radius, percent) => {
    const [depth, side] = [4 * radius + 1, 3 * radius + 1 - ((3 * radius) % 2)];
    const [middle, c] = [2 * radius, side >> 1];
    const mask = maskOf([depth, side, side], (z, y, x) => Math.hypot(z - middle, y - c, x - c) > radius);
    const { maps } = await geodesicTortuosity(mask, { axis: ["z"], maps: true });
    const behind = depth - 1 - middle;
    const exact =
      middle + 0.5 + radius * (Math.PI / 2 - Math.acos(radius / behind)) + Math.sqrt(behind ** 2 - radius ** 2);
    const error = (await maps.z!.at(depth - 1, c, c)) / exact - 1;
    expect(error).toBeGreaterThan(0);
    expect(error * 100).toBeLessThan(percent);
  });

  test("through a slit a front is round, up to one voxel late", async () => {
    const n = 96;
    const { maps } = await geodesicTortuosity(
      maskOf([n, n, 1], (z, y) => z > 0 || y === 0),
      { axis: ["z"], maps: true },
    );
    const map = await maps.z!.read();
    for (let z = 1; z < n; z++)
      for (let y = 0; y < n; y++) {
        const late = map[z * n + y]! - (0.5 + Math.hypot(z, y));
        expect(late).toBeGreaterThan(-1e-3);
        expect(late).toBeLessThan(1.01);
      }
  });

  test("behind a hole of one voxel it is 0.75 voxels late on average", async () => {
    const n = 41;
    const mask = maskOf([n, n, n], (z, y, x) => z !== 5 || (y === 20 && x === 20));
    const map = await (await geodesicTortuosity(mask, { axis: ["z"], maps: true })).maps.z!.read();
    let [sum, most] = [0, 0];
    for (let k = 6 * n * n; k < n ** 3; k++) {
      const [z, y, x] = [Math.floor(k / n / n), Math.floor(k / n) % n, k % n];
      const late = map[k]! - (5.5 + Math.hypot(z - 5, y - 20, x - 20));
      sum += late;
      most = Math.max(most, Math.abs(late));
    }
    expect(sum / (n ** 3 - 6 * n * n)).toBeLessThan(0.78);
    expect(most).toBeLessThan(1.3);
  });

  test("a zigzag of straight corridors is as long as its inner corners", async () => {
    // Walls from both sides by turns, each with a gap of 4: the path is a line from corner to corner.
    const [depth, height] = [60, 40];
    const wall = (z: number): number => (z % 20 === 10 ? 1 + (Math.floor(z / 20) % 2) : 0);
    const mask = maskOf([depth, height, 1], (z, y) => wall(z) === 0 || (wall(z) === 1 ? y >= 36 : y < 4));
    const table = await geodesicTortuosity(mask, { axis: ["z"], maps: true });
    // From the corner of the first gap (y = 36) to that of the second (y = 3) and back, along diagonals of 20 planes.
    const gaps = 2 * Math.hypot(20, 36 - 3);
    const shortest = 10.5 + gaps + 9 + 0.5;
    const [least] = column(table, "least");
    expect(Math.abs(least! * depth - shortest)).toBeLessThan(2);
  });
});

test("the front is that of the definition, through noise and voxels of all kinds", async () => {
  const shape = [9, 14, 17] as const;
  for (const [seed, share, size] of [
    [3, 0.75, [1, 1, 1]],
    [4, 0.6, [1, 1, 1]],
    [5, 0.85, [2.51, 1, 1.43]],
    [6, 0.7, [1.27, 1.09, 1]],
  ] as const) {
    const next = random(seed);
    const open = Array.from({ length: 9 * 14 * 17 }, () => next() < share);
    const spacing = size.map((edge) => nm(100 * edge)) as [
      ReturnType<typeof nm>,
      ReturnType<typeof nm>,
      ReturnType<typeof nm>,
    ];
    const mask = maskOf(shape, (z, y, x) => open[(z * 14 + y) * 17 + x]!, [4, 5, 16]).with({ spacing });
    for (const [k, axis] of (["z", "y", "x"] as const).entries()) {
      const at = (voxel: number): number => [Math.floor(voxel / 238), Math.floor(voxel / 17) % 14, voxel % 17][k]!;
      const starts = new Map(
        [...open.keys()].filter((one) => open[one] && at(one) === 0).map((one) => [one, size[k] / 2]),
      );
      const expected = arrivalTimes(shape, open, starts, size as Triple);
      const table = await geodesicTortuosity(mask, { axis: [axis], maps: true });
      const map = await table.maps[axis]!.read();
      const off: number[] = [];
      for (const [voxel, time] of expected.entries())
        if (!open[voxel]) expect(map[voxel]).toBeNaN();
        else if (time < 0) expect(map[voxel]).toBe(Number.POSITIVE_INFINITY);
        else off.push(Math.abs(map[voxel]! - time));
      // All but some of which it is a matter of the last bit whether the front stood still along an axis.
      expect(off.reduce((sum, one) => sum + one, 0) / off.length).toBeLessThan(0.001);
      expect(off.filter((one) => one > 1e-3).length / off.length).toBeLessThan(0.01);
      const ends = expected.filter((time, voxel) => time >= 0 && at(voxel) === shape[k] - 1);
      const mean = ends.reduce((sum, time) => sum + time + size[k] / 2, 0) / ends.length / (shape[k] * size[k]);
      expect(column(table, named)[0]).toBeCloseTo(mean, 2);
    }
  }
});

test("bricks, workers and the side it begins at make no difference", async () => {
  const shape = [12, 13, 20] as const;
  const next = random(8);
  const open = Array.from({ length: 12 * 13 * 20 }, () => next() < 0.7);
  const of = (flags: readonly boolean[], brick: Shape): Volume =>
    maskOf(shape, (z, y, x) => flags[(z * 13 + y) * 20 + x]!, brick);
  const first = await geodesicTortuosity(of(open, shape), { workers: 1 });
  for (const workers of [2, 4])
    expect((await geodesicTortuosity(of(open, [4, 5, 16]), { workers })).toString()).toBe(first.toString());
  const back = await geodesicTortuosity(of(open.toReversed(), shape), { from: "last" });
  for (const [k, one] of column(first, named).entries()) expect(column(back, named)[k]).toBeCloseTo(one, 2);
});

test("labels, a volume without a way, an image and hostile arguments", async () => {
  const labels = memoryVolume(
    Uint16Array.from({ length: 64 }, (_, k) => (k % 4 < 2 ? 7 : 600)),
    [4, 4, 4],
    {
      role: "labels",
    },
  );
  const table = await geodesicTortuosity(labels, { phase: 600, axis: ["y", "x"] });
  expect([...table.getChild("axis")!]).toEqual(["y", "x"]);
  expect(column(table, named)).toEqual([1, Number.POSITIVE_INFINITY]);
  expect([column(table, "inlet voxels"), column(table, "outlet voxels")]).toEqual([
    [8, 0],
    [8, 16],
  ]);
  await expect(geodesicTortuosity(labels, { phase: 5 })).rejects.toThrow(/no voxel belongs/);
  await expect(geodesicTortuosity(labels)).rejects.toThrow(/say which phase/);
  const mask = maskOf([1, 1, 1], () => true);
  expect(column(await geodesicTortuosity(mask), named)).toEqual([1, 1, 1]);
  await expect(geodesicTortuosity(mask, { axis: ["w"] as never })).rejects.toThrow(/axis/);
  await expect(geodesicTortuosity(mask, { axis: ["z", "z"] })).rejects.toThrow(/names one twice/);
  await expect(geodesicTortuosity(mask, { maps: 1 as never })).rejects.toThrow(/true and false/);
  await expect(geodesicTortuosity(mask, { squared: true } as never)).rejects.toThrow(/no option `squared`/);
  await expect(geodesicTortuosity(mask, { memoryLimit: 1000 })).rejects.toThrow(/needs/);
  await expect(geodesicTortuosity(memoryVolume(new Uint8Array(24), [2, 3, 4]))).rejects.toThrow(/role intensity/);
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(geodesicTortuosity(mask, { signal })).rejects.toThrow("enough");
});

test("a region is a crop, and what a mask or the label 255 puts outside the sample is closed", async () => {
  const shape = [9, 10, 12] as const;
  const next = random(21);
  const values = Uint8Array.from({ length: 1080 }, (_, k) => (k % 12 < 2 ? 255 : next() < 0.75 ? 1 : 0));
  const labels = memoryVolume(values, shape, { role: "labels", spacing: [2e-6, 1e-6, 1e-6] });
  const region = { start: [1, 2, 1], stop: [8, 9, 12] } as const;
  const cut = memoryVolume(
    Uint8Array.from({ length: 7 * 7 * 11 }, (_, k) => {
      const [z, y, x] = [Math.floor(k / 77) + 1, (Math.floor(k / 11) % 7) + 2, (k % 11) + 1];
      return Number(values[(z * 10 + y) * 12 + x] === 1 && x < 10);
    }),
    [7, 7, 11],
    { role: "mask", spacing: [2e-6, 1e-6, 1e-6] },
  );
  const mask = maskOf(shape, (_, __, x) => x < 10);
  const [found, expected] = [
    await geodesicTortuosity(labels, { phase: 1, region, mask, maps: true }),
    await geodesicTortuosity(cut, { maps: true }),
  ];
  expect(found.toString()).toBe(expected.toString());
  for (const axis of ["z", "y", "x"] as const) {
    expect(await found.maps[axis]!.read()).toEqual(await expected.maps[axis]!.read());
    expect(found.maps[axis]!.shape).toEqual([7, 7, 11]);
  }
  await expect(
    geodesicTortuosity(labels, { phase: 1, region: { start: [0, 0, 0], stop: [9, 10, 13] } }),
  ).rejects.toThrow(/region/);
  // Of a plane there are two axes.
  const plane = await geodesicTortuosity(maskOf([1, 4, 5], () => true));
  expect([...plane.getChild("axis")!]).toEqual(["y", "x"]);
  expect([...(await geodesicTortuosity(cut, { axis: "x" })).getChild("axis")!]).toEqual(["x"]);
});

test("where one axis fails the others end before memory is given back, and no map is left", async () => {
  const before = machine.used;
  const mask = maskOf([24, 24, 24], () => true);
  const stop = new AbortController();
  const onProgress = ({ done }: { done: number }): void => {
    if (done >= 20) stop.abort(new Error("enough"));
  };
  await expect(geodesicTortuosity(mask, { maps: true, workers: 3, signal: stop.signal, onProgress })).rejects.toThrow(
    "enough",
  );
  await machine.collect();
  expect(machine.used).toBeLessThanOrEqual(before);
});
