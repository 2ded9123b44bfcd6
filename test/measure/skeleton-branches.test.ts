/** Branches of skeletons whose graph is known: lines drawn by hand, and of planted rods, rings and lattices. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ResultTable } from "#src/core/arrow/table.js";
import type { Shape } from "#src/core/shape.js";
import { crop } from "#src/filters/crop.js";
import { distanceTransform, nm, skeleton, skeletonBranches, um, type Volume } from "#src/index.js";
import { type BranchFigures, graphOf, type NodeFigures } from "../oracle/skeleton-graph.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

type Place = readonly [z: number, y: number, x: number];

function drawn(shape: Shape, places: readonly Place[], brick: Shape = [4, 5, 16]): Volume {
  const values = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (const [z, y, x] of places) values[(z * shape[1] + y) * shape[2] + x] = 1;
  return memoryVolume(values, shape, { role: "mask", brick });
}
const line = (from: Place, by: Place, count: number): Place[] =>
  Array.from({ length: count }, (_, k) => from.map((at, axis) => at + k * by[axis]!) as unknown as Place);
const column = (table: { getChild(name: string): Iterable<unknown> | null }, name: string): unknown[] => [
  ...table.getChild(name)!,
];

test("a straight line is one branch from end to end, of length one voxel less than it has", async () => {
  const table = await skeletonBranches(drawn([5, 6, 20], line([2, 3, 4], [0, 0, 1], 11)));
  expect(column(table, "type")).toEqual(["end-end"]);
  expect(column(table, "voxels")).toEqual([11]);
  expect(column(table, "length in voxels")).toEqual([10]);
  expect(column(table, "tortuosity")).toEqual([1]);
  expect(["z", "y", "x", "other z", "other y", "other x"].map((name) => column(table, name)[0])).toEqual([
    2, 3, 4, 2, 3, 14,
  ]);
  expect(column(table.nodes, "type")).toEqual(["end", "end"]);
  expect(column(table.nodes, "coordination number")).toEqual([1, 1]);
  expect(table.getChild("length")).toBeNull();
});

test("lengths are those of voxels that are no cubes", async () => {
  const steps = line([1, 1, 1], [1, 1, 1], 4);
  const sized = drawn([6, 6, 20], steps).with({ spacing: [um(1), um(2), um(2)] });
  const table = await skeletonBranches(sized);
  expect(column(table, "length")).toEqual([expect.closeTo(9, 10)]);
  expect(column(table, "end distance")).toEqual([expect.closeTo(9, 10)]);
  expect(column(table, "length in voxels")).toEqual([expect.closeTo(3 * Math.sqrt(3), 10)]);
  expect(table.schema.fields.find(({ name }) => name === "length")?.metadata.get("unit")).toBe("µm");
});

test("a cross has four branches in a junction, and a bent branch is tortuous", async () => {
  const cross = [...line([1, 5, 1], [0, 0, 1], 11), ...line([1, 1, 6], [0, 1, 0], 9)];
  const table = await skeletonBranches(drawn([3, 11, 14], cross));
  expect(column(table, "type")).toEqual(new Array(4).fill("end-junction"));
  expect(column(table.nodes, "coordination number").sort()).toEqual([1, 1, 1, 1, 4]);
  const junction = column(table.nodes, "type").indexOf("junction");
  expect(["z", "y", "x"].map((name) => column(table.nodes, name)[junction])).toEqual([1, 5, 6]);
  const bend = [...line([1, 1, 1], [0, 0, 1], 8), ...line([1, 2, 9], [0, 1, 0], 8)];
  const [tortuosity] = column(await skeletonBranches(drawn([3, 12, 12], bend)), "tortuosity");
  expect(tortuosity).toBeCloseTo((7 + Math.SQRT2 + 7) / Math.hypot(8, 8), 10);
});

test("a ring is a cycle without nodes, a lone voxel a node without branches, nothing an empty table", async () => {
  const ring = [
    ...line([1, 1, 2], [0, 0, 1], 5),
    ...line([1, 7, 2], [0, 0, 1], 5),
    ...line([1, 2, 1], [0, 1, 0], 5),
    ...line([1, 2, 7], [0, 1, 0], 5),
  ];
  const table = await skeletonBranches(drawn([3, 9, 14], [...ring, [1, 4, 12]]));
  expect(column(table, "type")).toEqual(["cycle"]);
  expect(column(table, "voxels")).toEqual([20]);
  expect(column(table, "length in voxels")[0]).toBeCloseTo(16 + 4 * Math.SQRT2, 10);
  expect([column(table, "node"), column(table, "end distance"), column(table, "tortuosity")]).toEqual([
    [0],
    [0],
    [Number.NaN],
  ]);
  expect(column(table.nodes, "type")).toEqual(["isolated"]);
  const none = await skeletonBranches(drawn([3, 4, 5], []));
  expect([none.numRows, none.nodes.numRows]).toEqual([0, 0]);
});

test("two ends that touch are a branch of two voxels; a loop at a junction comes back to it", async () => {
  expect(
    column(
      await skeletonBranches(
        drawn(
          [3, 4, 8],
          [
            [1, 1, 1],
            [1, 2, 2],
          ],
        ),
      ),
      "type",
    ),
  ).toEqual(["end-end"]);
  const loop = [...line([1, 4, 1], [0, 0, 1], 4), [1, 3, 5], [1, 2, 6], [1, 3, 7], [1, 4, 7], [1, 5, 6]] as Place[];
  const table = await skeletonBranches(drawn([3, 8, 12], [...loop, [1, 5, 5]]));
  const types = column(table, "type");
  expect(types.filter((type) => type === "end-junction")).toHaveLength(1);
  const back = types.indexOf("junction-junction");
  expect(column(table, "node")[back]).toBe(column(table, "other node")[back]);
});

test("a lattice of rods has its crossings as junctions and its rods as branches, with their radius", async () => {
  // Rods along each axis through the corners of a cube of 16, from face to face.
  const n = 49;
  const off = (at: number): number => Math.min(Math.abs(at - 16), Math.abs(at - 32));
  const inner = Uint8Array.from({ length: n ** 3 }, (_, k) => {
    const [z, y, x] = [Math.floor(k / n / n), Math.floor(k / n) % n, k % n].map(off) as [number, number, number];
    return Math.min(Math.hypot(y, x), Math.hypot(z, x), Math.hypot(z, y)) <= 3.2 ? 1 : 0;
  });
  const mask = memoryVolume(inner, [n, n, n], { role: "mask", brick: [16, 16, 32] }).with({ spacing: nm(500) });
  const table = await skeletonBranches(await skeleton(mask), { distances: await distanceTransform(mask) });
  const long = column(table, "length in voxels").map(Number);
  const types = column(table, "type");
  const between = long.filter((length, k) => types[k] === "junction-junction" && length > 8);
  expect(between).toHaveLength(12);
  for (const length of between) expect(Math.abs(length - 16)).toBeLessThan(3);
  const junctions = column(table.nodes, "coordination number").filter((one) => Number(one) >= 4);
  expect(junctions.length).toBeGreaterThanOrEqual(8);
  const radii = column(table, "mean radius").map(Number);
  for (const [k, radius] of radii.entries()) if (long[k]! > 8) expect(Math.abs(radius / 0.5 - 3.8)).toBeLessThan(0.5);
});

test("bricks make no difference, and each branch end is counted by a node", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1e6 }),
      fc.double({ min: 0, max: 0.22, noNaN: true }),
      async (seed, share) => {
        const next = random(seed);
        const places = [...Array(480).keys()].filter(() => next() < share);
        const of = (brick: Shape): Volume =>
          drawn(
            [6, 8, 10],
            places.map((k) => [Math.floor(k / 80), Math.floor(k / 10) % 8, k % 10] as const),
            brick,
          );
        const [one, other] = await Promise.all([skeletonBranches(of([6, 8, 10])), skeletonBranches(of([2, 3, 4]))]);
        expect(one.toString()).toBe(other.toString());
        const ends = column(one.nodes, "coordination number").reduce<number>((sum, n) => sum + Number(n), 0);
        expect(ends).toBe(2 * column(one, "type").filter((type) => type !== "cycle").length);
        // Each voxel that touches two others lies in one branch.
        const inner = column(one, "voxels").reduce<number>((sum, n) => sum + Number(n), 0);
        const inNodes = column(one.nodes, "voxels").reduce<number>((sum, n) => sum + Number(n), 0);
        expect(inner - ends).toBe(places.length - inNodes);
      },
    ),
    { numRuns: 25, seed: 5 },
  );
});

test("what is no line at all is one junction, and the memory of a skeleton is that of its voxels, however they touch", async () => {
  const full = memoryVolume(new Uint8Array(8000).fill(1), [20, 20, 20], { role: "mask" });
  // Half a megabyte: the pairs of neighbours alone would take 0.8.
  const table = await skeletonBranches(full, { memoryLimit: 2 ** 19 });
  expect(table.numRows).toBe(0);
  expect(column(table.nodes, "type")).toEqual(["junction"]);
  expect(["voxels", "z", "y", "x", "coordination number"].map((name) => column(table.nodes, name)[0])).toEqual([
    ...[8000, 9.5, 9.5, 9.5, 0],
  ]);
});

const nodeFigures = (nodes: ResultTable): NodeFigures[] =>
  column(nodes, "node").map((_, k) => {
    const of = (name: string): unknown => column(nodes, name)[k];
    const [voxels, coordination, radius] = ["voxels", "coordination number", "radius"].map(of) as number[];
    return { type: of("type"), voxels, middle: ["z", "y", "x"].map(of), coordination, radius } as NodeFigures;
  });
const branchFigures = (table: ResultTable, lengths: string): BranchFigures[] =>
  column(table, "branch").map((_, k) => {
    const of = (name: string): number => Number(column(table, name)[k]);
    return {
      nodes: [of("node"), of("other node")].filter((node) => node > 0),
      voxels: of("voxels"),
      length: of(lengths),
      meanRadius: of("mean radius"),
      leastRadius: of("least radius"),
    };
  });
/** In no order, and to nine digits: sums are taken in another order. */
const sorted = (all: readonly BranchFigures[]): string[] =>
  all
    .map((one) => JSON.stringify(one, (_, value) => (typeof value === "number" ? value.toPrecision(9) : value)))
    .sort();

test("figures are those of the definition, of rough skeletons as of noise of any density", async () => {
  let crowded = 0;
  for (const [seed, shape, share, thin, brick, sized] of [
    [1, [7, 9, 14], 0.03, false, [4, 5, 16], false],
    [2, [7, 9, 14], 0.12, false, [4, 5, 16], true],
    [3, [6, 10, 12], 0.3, false, [3, 4, 5], false],
    [4, [5, 8, 12], 0.7, false, [8, 8, 8], true],
    [5, [12, 14, 18], 0.6, true, [4, 5, 16], true],
    [6, [12, 14, 18], 0.8, true, [12, 14, 18], false],
    [7, [12, 14, 18], 0.95, true, [5, 6, 7], true],
    [8, [1, 24, 30], 0.85, true, [1, 8, 16], true],
    [9, [14, 14, 14], 0.985, true, [8, 8, 8], false],
  ] as const) {
    const next = random(seed);
    const count = shape[0] * shape[1] * shape[2];
    const noise = memoryVolume(
      Uint8Array.from({ length: count }, () => (next() < share ? 1 : 0)),
      shape,
      { role: "mask", brick, ...(sized && { spacing: [2e-6, 1e-6, 1.5e-6] }) },
    );
    const lines = thin ? await skeleton(noise) : noise;
    const distances = await distanceTransform(noise);
    const [voxels, depths] = [await lines.read(), await distances.read()];
    const expected = graphOf(shape, (k) => voxels[k] !== 0, sized ? [2, 1, 1.5] : [1, 1, 1], depths);
    const table = await skeletonBranches(lines, { distances });
    expect(nodeFigures(table.nodes)).toEqual(expected.nodes);
    expect(sorted(branchFigures(table, sized ? "length" : "length in voxels")), `noise ${seed}`).toEqual(
      sorted(expected.branches),
    );
    crowded = Math.max(crowded, ...column(table.nodes, "voxels").map(Number));
  }
  expect(crowded).toBeGreaterThan(100);
});

test("what is no mask is refused", async () => {
  const full = memoryVolume(new Uint8Array(1000).fill(1), [10, 10, 10], { role: "mask" });
  await expect(skeletonBranches(full.with({ role: "labels" }))).rejects.toThrow(/role labels/);
  const other = memoryVolume(new Float32Array(24), [2, 3, 4], { role: "field" });
  await expect(skeletonBranches(full, { distances: other })).rejects.toThrow(/must be the same/);
  await expect(skeletonBranches(full, { radius: 1 } as never)).rejects.toThrow(/no option `radius`/);
  await expect(skeletonBranches(full, { memoryLimit: 1000 })).rejects.toThrow(/needs/);
});

test("a region is a crop, of the distances too, and a mask leaves voxels out", async () => {
  const shape = [12, 12, 24] as const;
  const inside = (k: number): boolean => {
    const [z, y, x] = [Math.floor(k / 288), Math.floor(k / 24) % 12, k % 24];
    return Math.hypot(z - 6, y - 6) < 3 || Math.hypot(z - 6, x - 12) < 2;
  };
  const mask = memoryVolume(
    Uint8Array.from({ length: 12 * 12 * 24 }, (_, k) => Number(inside(k))),
    shape,
    { role: "mask" },
  );
  const region = { start: [2, 1, 3], stop: [11, 12, 22] } as const;
  const lines = await skeleton(mask);
  const distances = await distanceTransform(mask);
  const part = await crop(lines, region);
  const found = await skeletonBranches(lines, { region, distances });
  const expected = await skeletonBranches(part, { distances: await crop(distances, region) });
  expect(found.numRows).toBeGreaterThan(0);
  expect(found.toString()).toBe(expected.toString());
  expect(found.nodes.toString()).toBe(expected.nodes.toString());
  const low = memoryVolume(
    Uint8Array.from({ length: 12 * 12 * 24 }, (_, k) => Number(k % 24 < 9)),
    shape,
    { role: "mask" },
  );
  const masked = await skeletonBranches(lines, { mask: low });
  expect(masked.numRows).toBeGreaterThan(0);
  expect(Math.max(...[...masked.getChild("x")!].map(Number))).toBeLessThan(9);
});
