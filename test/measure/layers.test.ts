/** Thickness of electrodes and of layers on surfaces, profiles, expansion, grey values by depth, and surfaces by voxel size. */
import { expect, test } from "vitest";
import type { ResultTable } from "#src/core/arrow/table.js";
import { phaseTable } from "#src/core/phases.js";
import type { Shape, Triple } from "#src/core/shape.js";
import {
  layerThickness,
  phaseProfile,
  radialGreyProfile,
  surfaceArea,
  surfaceResolution,
  thicknessMap,
  um,
  volumeExpansion,
} from "#src/index.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referencePhases } from "../support/reference-volume.js";

const column = (table: ResultTable, name: string): number[] => [...(table.getChild(name) ?? [])].map(Number);
const row = (table: ResultTable): Record<string, number> => table.toArray()[0].toJSON();
const filled = (shape: Shape, of: (z: number, y: number, x: number) => number): Uint8Array =>
  Uint8Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, k) =>
    of(Math.floor(k / (shape[1] * shape[2])), Math.floor(k / shape[2]) % shape[1], k % shape[2]),
  );
const spacing = (size: Triple): Triple => size.map((n) => n * 1e-6) as unknown as Triple;

/** A ball of phase 1 in a shell of phase 2, in µm. */
function shell(radius: number, thickness: number, size: Triple, shift = [0, 0, 0]) {
  const half = radius + thickness + 3;
  const shape = size.map((n) => 2 * Math.ceil(half / n)) as unknown as Shape;
  const values = filled(shape, (...at) => {
    const far = Math.hypot(...at.map((n, axis) => (n - (shape[axis]! - 1) / 2) * size[axis]! - shift[axis]!));
    return far <= radius ? 1 : far <= radius + thickness ? 2 : 0;
  });
  return memoryVolume(values, shape, {
    role: "labels",
    brick: [16, 20, 33],
    spacing: spacing(size),
    phases: phaseTable(3, ["pore", "zinc", "oxide"]),
  });
}

test("layers on balls and planes have the thickness that was planted, to one per cent, whatever the voxels are", async () => {
  for (const [radius, thickness, size, shift] of [
    [18, 6, [1, 1, 1], [0.2, 0.1, 0.4]],
    [20, 3, [1, 1, 1], [0, 0, 0]],
    [15, 5, [1.5, 1, 1], [0.3, 0, 0.2]],
  ] as const) {
    const labels = shell(radius, thickness, size, [...shift]);
    // Balls of as many voxels as there are: that of radius 20 comes out a little smaller than that of 23.
    const values = await labels.read();
    const radiusOf = (least: number): number => {
      const cubes = values.filter((value) => value === 1 || value === least).length * size[0] * size[1] * size[2];
      return Math.cbrt((3 * cubes) / (4 * Math.PI));
    };
    const planted = radiusOf(2) - radiusOf(1);
    expect(planted / thickness).toBeCloseTo(1, 2);
    const table = await layerThickness(labels, { layer: "oxide", on: "zinc" });
    const { mean, deviation, covered, median } = row(table);
    expect(Math.abs(mean! / planted - 1)).toBeLessThan(0.01);
    expect(Math.abs(median! / planted - 1)).toBeLessThan(0.015);
    expect(deviation! / planted).toBeLessThan(0.06);
    expect(covered).toBe(1);
  }
  // A slanted plane, and one along the grid, which is exact.
  const n = 40;
  const plane = (normal: Triple, thickness: number) =>
    memoryVolume(
      filled([n, n, n], (...at) => {
        const far = at.reduce((sum, m, axis) => sum + (m - 19.5) * normal[axis]!, 0);
        return far < -thickness / 2 ? 1 : far < thickness / 2 ? 2 : 0;
      }),
      [n, n, n],
      { role: "labels", brick: [16, 16, 40] },
    );
  const flat = row(await layerThickness(plane([1, 0, 0], 4), { layer: 2, on: 1 }));
  expect([flat.mean, flat.deviation]).toEqual([4, 0]);
  const region = { start: [8, 8, 8], stop: [32, 32, 32] } as const;
  const slanted = row(await layerThickness(plane([0.6, 0.48, 0.64], 5), { layer: 2, on: 1, region }));
  expect(Math.abs(slanted.mean! / 5 - 1)).toBeLessThan(0.01);
});

test("the map lies on the named surface, shows where the layer is missing, and nothing depends on bricks", async () => {
  const shape: Shape = [24, 24, 24];
  // A layer of three on a floor, on one half only.
  const values = filled(shape, (z, _, x) => (z < 10 ? 1 : z < 13 && x < 12 ? 2 : 0));
  const of = async (brick: Shape, workers: number) => {
    const labels = memoryVolume(values, shape, { role: "labels", brick, spacing: spacing([1, 1, 1]) });
    const table = await layerThickness(labels, { layer: 2, on: 1, most: um(6), workers });
    return { table, map: await table.map.read() };
  };
  const { table, map } = await of([24, 24, 24], 1);
  expect(row(table).covered).toBeCloseTo(0.5, 1);
  expect(map[(9 * 24 + 12) * 24 + 4]).toBe(3);
  expect(map[(9 * 24 + 12) * 24 + 20]).toBe(0);
  expect(map[(8 * 24 + 12) * 24 + 4]).toBeNaN();
  expect(table.map.role).toBe("field");
  for (const [brick, workers] of [
    [[5, 24, 7], 2],
    [[8, 8, 8], 4],
  ] as [Shape, number][])
    expect((await of(brick, workers)).map).toEqual(map);
  const labels = memoryVolume(values, shape, { role: "labels" });
  await expect(layerThickness(labels, { layer: 2, on: 2 })).rejects.toThrow("layer and on are both 2");
  await expect(layerThickness(labels, { layer: 2, on: 7 })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(layerThickness(labels, { layer: 2, on: 1, most: um(1) })).rejects.toMatchObject({ code: "MissingData" });
  await expect(layerThickness(labels, { layer: 2, on: 1, most: 100 })).rejects.toThrow("from 1 to 64");
  const alone = memoryVolume(new Uint8Array(8).fill(1), [2, 2, 2], { role: "labels", phases: phaseTable(3) });
  await expect(layerThickness(alone, { layer: 2, on: 1 })).rejects.toMatchObject({ code: "MissingData" });
});

test("an electrode's thickness is told at each column, with and without its pores", async () => {
  const shape: Shape = [30, 20, 25];
  const top = (y: number, x: number): number => 10 + (y % 3) + (x % 2);
  const values = filled(shape, (z, y, x) =>
    x === 24 ? 0 : z >= 4 && z < 4 + top(y, x) ? (z === 6 ? 0 : 1 + ((z + y) % 2)) : 0,
  );
  for (const brick of [shape, [7, 9, 8]] as Shape[]) {
    const labels = memoryVolume(values, shape, {
      role: "labels",
      brick,
      spacing: spacing([2, 1, 1]),
      phases: phaseTable(3),
    });
    const table = await thicknessMap(labels, ["phase 1", 2], { workers: 2 });
    const map = await table.map.read();
    expect(table.map.shape).toEqual([1, 20, 25]);
    const expected = Array.from({ length: 500 }, (_, k) =>
      k % 25 === 24 ? Number.NaN : 2 * top(Math.floor(k / 25), k % 25),
    );
    expect([...map]).toEqual(expected);
    const known = expected.filter((value) => !Number.isNaN(value));
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    expect(row(table).mean).toBeCloseTo(mean, 10);
    expect(row(table).covered).toBe(0.96);
    expect([row(table).least, row(table).most]).toEqual([20, 26]);
    const solid = await thicknessMap(labels, [1, 2], { between: "solid" });
    expect(row(solid).mean).toBeCloseTo(mean - 2, 10);
    const across = await thicknessMap(labels, [1, 2], { axis: "x", region: { start: [5, 0, 3], stop: [6, 20, 25] } });
    expect([across.map.shape, row(across).mean]).toEqual([[1, 20, 1], 21]);
    await expect(thicknessMap(labels, 2, { region: { start: [0, 0, 0], stop: [3, 20, 25] } })).rejects.toMatchObject({
      code: "MissingData",
    });
  }
});

test("fractions along each axis are those of the slices, with the error of their tiles", async () => {
  const shape: Shape = [12, 16, 20];
  const next = random(8);
  const values = filled(shape, (z) => (next() < z / 12 ? 1 : next() < 0.1 ? 255 : 0));
  for (const [axis, along] of [
    ["z", 0],
    ["y", 1],
    ["x", 2],
  ] as const) {
    const labels = memoryVolume(values, shape, {
      role: "labels",
      brick: [5, 6, 7],
      spacing: spacing([1, 2, 3]),
      phases: phaseTable(2),
    });
    const table = await phaseProfile(labels, { axis, workers: 2 });
    const counts = Array.from({ length: shape[along]! }, () => [0, 0]);
    for (const [k, value] of values.entries())
      if (value !== 255) counts[[Math.floor(k / 320), Math.floor(k / 20) % 16, k % 20][along]!]![value]!++;
    for (const [k, fraction] of column(table, "phase 1").entries())
      expect(fraction).toBeCloseTo(counts[k]![1]! / (counts[k]![0]! + counts[k]![1]!), 12);
    expect(column(table, "position").slice(0, 2)).toEqual([(along + 1) / 2, (3 * (along + 1)) / 2]);
  }
  const labels = memoryVolume(values, shape, { role: "labels", brick: [5, 6, 7], phases: phaseTable(2) });
  const coarse = await phaseProfile(labels, { slices: 5 });
  expect(column(coarse, "position")).toEqual([2.5, 7.5, 11]);
  // Voxels are drawn one by one: the error is that of so many draws.
  const [f, error] = [column(coarse, "phase 1")[1]!, column(coarse, "± phase 1")[1]!];
  expect(error / Math.sqrt((f * (1 - f)) / 1500)).toBeGreaterThan(0.5);
  expect(error / Math.sqrt((f * (1 - f)) / 1500)).toBeLessThan(2);
  await expect(phaseProfile(labels, { slices: 13 })).rejects.toThrow("slices is 13");
  await expect(phaseProfile(labels, { tiles: 0 })).rejects.toThrow("tiles is 0");
});

test("growth is told of phases and of particles, also of what came and went", async () => {
  const ball = (radius: number, label = 2) =>
    filled([60, 60, 60], (...at) => (Math.hypot(...at.map((n) => n - 29.5)) <= radius ? label : 0));
  const state = (values: Uint8Array, size: Triple = [1, 1, 1]) =>
    memoryVolume(values, [60, 60, 60], { role: "labels", spacing: spacing(size) });
  // Silicon becomes 280 % of what it was, SnO 250 %.
  for (const ratio of [2.8, 2.5]) {
    const table = await volumeExpansion(state(ball(18)), state(ball(18 * Math.cbrt(ratio))));
    expect(row(table).ratio! / ratio).toBeCloseTo(1, 2);
    expect(row(table).expansion).toBeCloseTo(row(table).ratio! - 1, 12);
  }
  const finer = await volumeExpansion(state(ball(18)), state(ball(18), [2, 1, 1]));
  expect(row(finer).ratio).toBeCloseTo(2, 12);
  const gone = await volumeExpansion(state(ball(10, 3)), state(ball(10, 5)));
  expect(column(gone, "ratio")).toEqual([0, Number.POSITIVE_INFINITY]);
  await expect(
    volumeExpansion(state(ball(5)), memoryVolume(ball(5), [60, 60, 60], { role: "labels" })),
  ).rejects.toMatchObject({
    code: "MissingData",
  });
});

test("grey values by depth are those that were planted, and two particles that touch part where they do", async () => {
  const shape: Shape = [30, 30, 60];
  const centre = (label: number): number => (label === 1 ? 15 : 43.5);
  const far = (z: number, y: number, x: number, label: number): number =>
    Math.hypot(z - 14.5, y - 14.5, x - centre(label));
  const labelOf = (z: number, y: number, x: number): number => {
    const label = x < 29.5 ? 1 : 2;
    return far(z, y, x, label) <= 13 ? label : 0;
  };
  const values = filled(shape, labelOf);
  const scan = Uint16Array.from(values, (label, k) => {
    const at = [Math.floor(k / 1800), Math.floor(k / 60) % 30, k % 60] as const;
    return label === 0 ? 0 : label === 1 ? 500 : 1000 - 50 * Math.floor(13 - far(...at, 2));
  });
  const of = async (brick: Shape, workers: number): Promise<ResultTable> =>
    radialGreyProfile(
      memoryVolume(values, shape, { role: "labels", brick, spacing: spacing([1, 1, 1]) }),
      memoryVolume(scan, shape, { brick }),
      { depth: um(2), workers },
    );
  const table = await of([30, 30, 60], 1);
  const rows = table.toArray().map((one) => one.toJSON());
  const first = rows.filter(({ label }) => label === 1);
  expect(first.every((one) => one["grey mean"] === 500 && one.relative === 1)).toBe(true);
  const second = rows.filter(({ label }) => label === 2);
  expect(second.map(({ layer }) => layer)).toEqual([1, 2, 3, 4, 5, 6, 7].slice(0, second.length));
  // 50 grey values a voxel: 100 a layer.
  for (let k = 1; k < 5; k++) {
    expect(second[k - 1]!["grey mean"] - second[k]!["grey mean"]).toBeGreaterThan(80);
    expect(second[k - 1]!["grey mean"] - second[k]!["grey mean"]).toBeLessThan(120);
  }
  expect(rows.reduce((sum, one) => sum + one.voxels, 0)).toBe(values.filter((label) => label > 0).length);
  expect((await of([7, 30, 16], 2)).toArray().map((one) => one.toJSON())).toEqual(rows);
  await expect(
    radialGreyProfile(memoryVolume(values, shape, { role: "labels" }), memoryVolume(scan, shape), { depth: um(1) }),
  ).rejects.toMatchObject({ code: "MissingData" });
});

test("surfaces by voxel size: those of a coarse structure stay, those of a fine one go", async () => {
  const n = 64;
  const ball = memoryVolume(
    filled([n, n, n], (...at) => (Math.hypot(...at.map((m) => m - 31.5)) <= 28 ? 1 : 0)),
    [n, n, n],
    { role: "mask", spacing: spacing([0.5, 0.5, 0.5]) },
  );
  const table = await surfaceResolution(ball, { phase: "inside", method: "crofton" });
  expect(column(table, "voxel size")).toEqual([0.5, 1, 2, 4]);
  expect(column(table, "relative")[0]).toBe(1);
  for (const ratio of column(table, "relative").slice(0, 3)) expect(ratio).toBeCloseTo(1, 1);
  // The mean chord of a ball is 4/3 of its radius.
  expect(column(table, "chord")[0]! / ((4 / 3) * 28)).toBeCloseTo(1, 1.7);
  expect(column(table, "under three voxels")).toEqual([0, 0, 0, 0]);
  const labels = memoryVolume(referencePhases(n), [n, n, n], { role: "labels", phases: phaseTable(3) });
  const fine = await surfaceResolution(labels, { factors: [1, 2, 4] });
  expect(fine.numRows).toBe(9);
  const [expected] = column(await surfaceArea(labels), "area per volume");
  expect(column(fine, "area per volume")[0]).toBeCloseTo(expected!, 12);
  expect(column(fine, "relative")[3]).toBeLessThan(1);
  expect(
    column(fine, "under three voxels")
      .slice(6)
      .some((flag) => flag === 1),
  ).toBe(true);
  await expect(surfaceResolution(labels, { factors: [2, 1] })).rejects.toThrow("ascending");
  await expect(surfaceResolution(labels, { factors: [1.5] })).rejects.toThrow("whole number");
});

test("where the mask ends a layer has no surface, and what lies beyond of it is not measured", async () => {
  const shape: Shape = [12, 12, 12];
  // Zinc under two voxels of oxide; half of the volume is not of the sample.
  const values = filled(shape, (z, _, x) => (x >= 6 ? 0 : z < 4 ? 1 : z < 6 ? 2 : 0));
  const labels = memoryVolume(values, shape, { role: "labels", phases: phaseTable(3, ["pore", "zinc", "oxide"]) });
  const mask = (of: (z: number, x: number) => boolean) =>
    memoryVolume(
      filled(shape, (z, _, x) => (of(z, x) ? 1 : 0)),
      shape,
      { role: "mask", brick: [8, 8, 16] },
    );
  const asked = { layer: "oxide", on: "zinc" };
  const side = await layerThickness(labels, { ...asked, mask: mask((_, x) => x < 6) });
  // One voxel of the surface for each column: none at the side, where the sample ends.
  expect(await side.map.read({ start: [0, 0, 0], stop: shape }).then((all) => all.filter((n) => n >= 0).length)).toBe(
    72,
  );
  expect(row(side)).toMatchObject({ covered: 1 });
  // The end of the sample bends neither the surface nor the layer.
  expect(row(side).mean).toBeCloseTo(2, 1);
  expect(row(side).least).toBeGreaterThan(1.9);
  await expect(layerThickness(labels, { ...asked, mask: mask((z, x) => x < 6 && z < 4) })).rejects.toThrow(
    "no surface",
  );
});

test("profiles of many rows and tiles take their time once, not once a row", async () => {
  const labels = memoryVolume(new Uint8Array(2 ** 18), [1024, 16, 16], { role: "labels", brick: [64, 16, 16] });
  const start = process.cpuUsage();
  const table = await phaseProfile(labels, { tiles: 16, workers: 1 });
  // Going through all 262144 tiles for each of the 1024 rows would be 268 million visits.
  const { user } = process.cpuUsage(start);
  expect(user / 1e6).toBeLessThan(15);
  expect(column(table, "label 0").every((value) => value === 1)).toBe(true);
});
