/** Areas of throats by marching cubes: scikit-image's triangles, porespy's areas, and the definition. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { unzlibSync } from "fflate";
import { expect, test } from "vitest";
import type { Shape, Triple } from "#src/core/shape.js";
import { NO_SURFACE, SURFACE_BYTES, valueSurfaces } from "#src/measure/value-triangles.js";
import { numbersOf, type PoreNetwork, textsOf } from "#src/network/network.js";
import { poreNetwork } from "#src/network/pore-network.js";
import { cellArea, throatArea } from "../oracle/throat-areas.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referencePhases } from "../support/reference-volume.js";

interface Areas {
  conns: [number, number][];
  areas: number[];
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));
const golden = read("throats") as {
  triangles: string;
  cells: number[][];
  lattice: { throats: number; areas: number[] };
  crumbs: Areas & { shape: Triple; labels: string; spacing: Triple; "of its voxels": Areas };
  pores: Areas;
};
const unpacked = (text: string): Uint8Array => unzlibSync(Buffer.from(text, "base64"));

const { shape, labels, spacing } = golden.crumbs;
const crumbs = new Uint16Array(unpacked(labels).slice().buffer);
const crumbAreas: [Areas, Triple][] = [
  [golden.crumbs, [1, 1, 1]],
  [golden.crumbs["of its voxels"], spacing],
];
/** Where there is no area porespy gives 1, whatever a voxel's edge. */
const orFace = (area: number, size: Triple): number =>
  area === 1 ? Math.cbrt(size[0] * size[1] * size[2]) ** 2 : area;

/** A network of labels by marching cubes; edges in µm. */
function networkOfLabels(
  values: Uint8Array | Uint16Array,
  size: Shape,
  edges?: Triple,
  options: { brick?: Shape; workers?: number } = {},
): Promise<PoreNetwork> {
  const { brick = [8, 8, 16] as Shape, ...run } = options;
  const given = { brick, ...(edges && { spacing: edges.map((edge) => edge * 1e-6) as unknown as Triple }) };
  const mask = Uint8Array.from(values, (label) => Number(label > 0));
  const regions = memoryVolume(values, size, { ...given, role: "labels" });
  return poreNetwork(memoryVolume(mask, size, { ...given, role: "mask" }), {
    regions,
    boundary: "none",
    areas: "marching cubes",
    ...run,
  });
}

/** Areas by the labels of both regions, less 1. */
function areasOf({ pores, throats }: PoreNetwork): Map<string, number> {
  const label = numbersOf(pores, "label");
  const [one, other, area] = ["pore 1", "pore 2", "area"].map((name) => numbersOf(throats, name));
  return new Map(Array.from(area!, (value, k) => [`${label[one![k]!]! - 1} ${label[other![k]!]! - 1}`, value]));
}

function expectAreas(network: PoreNetwork, { conns, areas }: Areas, size: Triple): void {
  const found = areasOf(network);
  expect([...found.keys()].sort()).toEqual(conns.map((pair) => pair.join(" ")).sort());
  for (const [k, pair] of conns.entries())
    expect(found.get(pair.join(" ")), pair.join(" ")).toBeCloseTo(orFace(areas[k]!, size), 3);
}

test("the triangles are scikit-image's, for each way in which corners hang together", () => {
  const words = golden.triangles.split(" ");
  const { crossed, first, tunnel, surfaces } = valueSurfaces();
  const wordOf = (number: number): string => {
    const [length, ...points] = surfaces.subarray(SURFACE_BYTES * number, SURFACE_BYTES * (number + 1));
    return points
      .slice(0, length)
      .map((point) => String.fromCharCode(97 + point))
      .join("");
  };
  const sets = Array.from({ length: 256 }, (_, set) => set);
  const ways = (set: number): number => 2 ** [...crossed[set]!.toString(2)].filter((bit) => bit === "1").length;
  const made = sets.flatMap((set) =>
    ways(set) === 1 ? [] : Array.from({ length: ways(set) }, (_, joins) => wordOf(first[set]! + joins)),
  );
  made.push(...sets.flatMap((set) => (tunnel[set] === NO_SURFACE ? [] : [wordOf(tunnel[set]!)])));
  expect(made).toEqual(words);
});

test("cells have the surface that scikit-image gives them, whatever values are at their corners", () => {
  const off = golden.cells.filter((cell) => {
    const half = Math.fround(cell[8]! / 7) / 2;
    const values = cell.slice(0, 8).map((count) => Math.fround(count / 7) - half);
    return Math.abs(cellArea(values, [1, 1, 1]) - cell[9]!) > 1e-5;
  });
  // Where values tie, scikit-image's answer hangs on where it begins: of a few cells of many it is another one.
  expect(off.filter((cell) => cell[10] === 0)).toEqual([]);
  expect(off.length).toBeLessThan(golden.cells.filter((cell) => cell[10] === 1).length / 30);
});

test("the definition is porespy's: half of both surfaces less that of both together, blurred over the neighbours", () => {
  for (const [{ conns, areas }, size] of crumbAreas)
    for (const [k, [a, b]] of conns.entries())
      if (k % 9 === 0)
        expect(throatArea(crumbs, shape, size, a + 1, b + 1), `${a} ${b}`).toBeCloseTo(orFace(areas[k]!, size), 3);
});

test("of a lattice of balls is 99.163, as in porespy's own test", async () => {
  const { balls } = read("network") as { balls: { shape: Triple; bits: string } };
  const bits = unpacked(balls.bits);
  const n = balls.shape[0] * balls.shape[1] * balls.shape[2];
  const voxels = Uint8Array.from({ length: n }, (_, k) => (bits[k >> 3]! >> (7 - (k & 7))) & 1);
  const mask = memoryVolume(voxels, balls.shape, { role: "mask", brick: [64, 64, 64] });
  const found = await poreNetwork(mask, { boundary: "none", areas: "marching cubes" });
  const areas = numbersOf(found.throats, "area");
  expect(areas.length).toBe(golden.lattice.throats);
  expect(golden.lattice.areas).toEqual([99.163]);
  for (const area of areas) expect(area).toBeCloseTo(99.163, 3);
  // The diameter of the circle of this area.
  expect(numbersOf(found.throats, "equivalent diameter")[0]).toBeCloseTo(2 * Math.sqrt(99.163 / Math.PI), 4);
});

test("of pores, and of crumbs without a voxel that has all its neighbours, are porespy's throat by throat", async () => {
  const pores = Uint8Array.from(referencePhases(64), (phase) => Number(phase === 0));
  const mask = memoryVolume(pores, [64, 64, 64], { role: "mask", brick: [32, 64, 64] });
  expectAreas(await poreNetwork(mask, { boundary: "none", areas: "marching cubes" }), golden.pores, [1, 1, 1]);
  expectAreas(await networkOfLabels(crumbs, shape), golden.crumbs, [1, 1, 1]);
  expectAreas(await networkOfLabels(crumbs, shape, spacing), golden.crumbs["of its voxels"], spacing);
});

test("are those of the definition, whatever the regions, the voxel's edges, the bricks and the workers", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 2 ** 30 }),
      fc.constantFrom<Shape>([7, 9, 10], [2, 11, 8]),
      fc.integer({ min: 2, max: 14 }),
      fc.constantFrom<Triple>([1, 1, 1], [1.3, 0.7, 2]),
      async (seed, size, middles, edges) => {
        const next = random(seed);
        const of = Array.from({ length: middles }, () => size.map((n) => next() * n));
        const made = Uint16Array.from({ length: size[0] * size[1] * size[2] }, (_, k) => {
          const at = [Math.floor(k / (size[1] * size[2])), Math.floor(k / size[2]) % size[1], k % size[2]];
          const far = of.map((middle) => Math.hypot(...middle.map((n, axis) => n - at[axis]!)));
          return next() < 0.15 ? 0 : 5 * (1 + far.indexOf(Math.min(...far)));
        });
        if (!made.includes(0)) return;
        const found = await networkOfLabels(made, size, edges, { brick: [3, 4, 16], workers: 2 });
        for (const [pair, area] of areasOf(found)) {
          const [one, other] = pair.split(" ").map((label) => Number(label) + 1);
          expect(area, pair).toBeCloseTo(throatArea(made, size, edges, one!, other!), 6);
        }
        const again = await networkOfLabels(made, size, edges, { brick: [...size] as unknown as Shape, workers: 1 });
        expect(areasOf(again)).toEqual(areasOf(found));
      },
    ),
    { numRuns: 12 },
  );
}, 60_000);

test("leave what else a network has as it is, and areas at the faces of the volume planes", async () => {
  const pores = Uint8Array.from(referencePhases(64), (phase) => Number(phase === 0));
  const mask = memoryVolume(pores, [64, 64, 64], { role: "mask", brick: [64, 64, 64] });
  const [plane, mesh] = await Promise.all(
    (["plane", "marching cubes"] as const).map((areas) => poreNetwork(mask, { areas, sizes: "equivalent" })),
  );
  const face = textsOf(plane!.pores, "face");
  const other = numbersOf(plane!.throats, "pore 2");
  const [before, after] = [plane!, mesh!].map(({ throats }) => numbersOf(throats, "area"));
  for (const [k, row] of other.entries()) if (face[row] !== "") expect(after![k]).toBe(before![k]);
  expect(after).not.toEqual(before);
  for (const name of ["voxels", "inscribed diameter", "perimeter", "total length"])
    expect(numbersOf(mesh!.throats, name)).toEqual(numbersOf(plane!.throats, name));
  const round = after!.map((area) => Math.sqrt((4 * area) / Math.PI));
  expect(numbersOf(mesh!.throats, "diameter")).toEqual(round);
  expect(mesh!.provenance.parameters).toMatchObject({ areas: "marching cubes" });
  // Planes are the default, of which the provenance says nothing.
  const usual = await poreNetwork(mask, { sizes: "equivalent" });
  expect(numbersOf(usual.throats, "area")).toEqual(before);
  expect(usual.provenance).toEqual(plane!.provenance);
});

test("refuse a plane, which has no such surface, and other words", async () => {
  const plane = memoryVolume(
    Uint8Array.from({ length: 400 }, (_, k) => Number(k % 20 > 3)),
    [1, 20, 20],
    { role: "mask" },
  );
  await expect(poreNetwork(plane, { areas: "marching cubes" })).rejects.toThrow(/along z there is one voxel/);
  await expect(poreNetwork(plane, { areas: "high" as never })).rejects.toThrow(/"plane" and "marching cubes"/);
});
