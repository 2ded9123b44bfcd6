/** Numbers of how a network hangs together; isolated clusters taken away; and two structures that only these numbers tell apart. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Triple } from "#src/core/shape.js";
import { numbersOf, type PoreNetwork, textsOf } from "#src/network/network.js";
import { networkDiffusion } from "#src/network/network-diffusion.js";
import { networkStatistics } from "#src/network/network-statistics.js";
import { poreNetwork } from "#src/network/pore-network.js";
import { trimNetwork } from "#src/network/trim-network.js";
import { bottleneck, edgesUntilJoined, independentWays, removalShare, type Ways } from "#src/network/ways.js";
import { voxelDiffusion } from "../oracle/voxel-diffusion.js";
import { latticeNetwork } from "../support/lattice-network.js";
import { memoryVolume } from "../support/memory-volume.js";

async function statistics(network: PoreNetwork, options = {}): Promise<Map<string, number>> {
  const table = await networkStatistics(network, options);
  const [names, values] = ["quantity", "value"].map((name) => [...table.getChild(name)!]);
  return new Map(names!.map((name, k) => [String(name), Number(values![k])]));
}

const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
};

/** A graph of chance, with two sets of its nodes. */
function randomWays(seed: number, nodes: number, edges: number): Ways & { width: Float64Array } {
  const random = seeded(seed);
  const node = (): number => Math.floor(random() * nodes);
  const pairs = Array.from({ length: edges }, () => [node(), node()] as const).filter(([a, b]) => a !== b);
  return {
    nodes,
    one: pairs.map(([a]) => a),
    other: pairs.map(([, b]) => b),
    low: [0, 1],
    high: [nodes - 1, nodes - 2],
    width: Float64Array.from(pairs, () => 1 + Math.floor(random() * 9)),
  };
}

/** True if an edge of those leads, with others, from the one set to the other. */
function leads({ one, other, low, high }: Ways, edges: readonly number[]): boolean {
  const seen = new Set(low);
  for (let grown = true; grown; ) {
    grown = false;
    for (const e of edges)
      if (seen.has(one[e]!) !== seen.has(other[e]!)) {
        seen.add(one[e]!).add(other[e]!);
        grown = true;
      }
  }
  return high.some((row) => seen.has(row));
}

describe("ways through a network", () => {
  test("are as many as the fewest throats that cut it, found by trying all cuts", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer({ min: 4, max: 8 }),
        fc.integer({ min: 1, max: 11 }),
        (seed, nodes, edges) => {
          const ways = randomWays(seed, nodes, edges);
          const all = ways.width.length;
          let fewest = all;
          for (let set = 0; set < 2 ** all; set++) {
            const cut = Array.from({ length: all }, (_, e) => e).filter((e) => (set >> e) & 1);
            if (cut.length >= fewest) continue;
            const left = Array.from({ length: all }, (_, e) => e).filter((e) => !cut.includes(e));
            if (!leads(ways, left)) fewest = cut.length;
          }
          expect(independentWays(ways)).toBe(leads(ways, [...Array(all).keys()]) ? fewest : 0);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("have the bottleneck of the widest ball, and join when enough throats are there", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer({ min: 4, max: 9 }),
        fc.integer({ min: 1, max: 20 }),
        (seed, nodes, edges) => {
          const ways = randomWays(seed, nodes, edges);
          const all = Array.from(ways.width, (_, e) => e);
          const widths = [...new Set(ways.width)].sort((a, b) => b - a);
          const widest = widths.find((width) =>
            leads(
              ways,
              all.filter((e) => ways.width[e]! >= width),
            ),
          );
          expect(bottleneck(ways, ways.width)).toBe(widest ?? 0);
          const until = all.find((k) => leads(ways, all.slice(0, k + 1)));
          expect(edgesUntilJoined(ways, all)).toBe(until === undefined ? Number.POSITIVE_INFINITY : until + 1);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("break after the share of throats that has to go: all of parallel ones, one of a chain", () => {
    const chain: Ways = { nodes: 5, one: [0, 1, 2, 3], other: [1, 2, 3, 4], low: [0], high: [4] };
    expect(removalShare(chain, 50, 1)).toBeCloseTo(1 / 4, 12);
    const bundle: Ways = { nodes: 2, one: [0, 0, 0], other: [1, 1, 1], low: [0], high: [1] };
    expect(removalShare(bundle, 50, 1)).toBeCloseTo(1, 12);
    expect(independentWays(bundle)).toBe(3);
    expect(removalShare({ ...chain, high: [4], one: [0], other: [1] }, 5, 1)).toBe(0);
    expect([
      independentWays({ ...chain, low: [4] }),
      bottleneck({ ...chain, low: [4] }, Float64Array.of(1, 1, 1, 1)),
    ]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });
});

describe("a network's statistics", () => {
  test("of a lattice are those that can be counted", async () => {
    const found = await statistics(latticeNetwork([4, 3, 5], { pore: 6, throat: 2 }));
    const throats = 3 * 3 * 5 + 4 * 2 * 5 + 4 * 3 * 4;
    expect(Object.fromEntries(found)).toMatchObject({
      pores: 60,
      throats,
      clusters: 1,
      "spanning clusters": 1,
      "isolated pores": 0,
      "dead ends": 0,
      coordination: (2 * throats) / 60,
      "largest coordination": 6,
      cycles: throats - 60 + 1,
      "cycles per volume": (throats - 59) / (30 * 20 * 40),
      "bottleneck z": 2,
      "independent ways z": 15,
      "independent ways y": 20,
      "independent ways x": 12,
    });
    expect(found.get("constriction")).toBeCloseTo(1 / 3, 12);
    // All that runs along z carries as much, and the others nothing.
    expect(found.get("participating share z")).toBeCloseTo(45 / throats, 9);
    expect(found.get("largest share z")).toBeCloseTo(1 / 15, 9);
  });

  test("are the same for the same seed, and along one axis alone if asked", async () => {
    const lattice = latticeNetwork([4, 4, 4], { throat: ([z, y, x]) => 1 + ((7 * z + 3 * y + 5 * x) % 4) });
    expect(await statistics(lattice, { seed: 5 })).toEqual(await statistics(lattice, { seed: 5 }));
    expect((await statistics(lattice, { seed: 6 })).get("removable share z")).not.toBe(
      (await statistics(lattice, { seed: 5 })).get("removable share z"),
    );
    expect([...(await statistics(lattice, { axis: "y" })).keys()].filter((name) => / [zyx]$/.test(name))).toEqual(
      ["bottleneck", "independent ways", "removable share", "participating share", "largest share"].map(
        (name) => `${name} y`,
      ),
    );
    await expect(networkStatistics(lattice, { orders: 0 })).rejects.toThrow(/orders is 0/);
    await expect(networkStatistics(lattice, { sede: 3 } as never)).rejects.toThrow(/seed/);
  });

  test("count what hangs loose", async () => {
    const loose = latticeNetwork([5, 3, 3], {
      without: (a, b) => [a, b].filter(([z, y, x]) => z === 2 && y === 1 && x === 1).length === 1,
    });
    const found = await statistics(loose);
    expect([found.get("clusters"), found.get("isolated pores"), found.get("spanning clusters")]).toEqual([2, 1, 1]);
    const cut = await statistics(latticeNetwork([4, 2, 2], { without: ([z], [w]) => z === 1 && w === 2 }), {
      axis: "z",
    });
    expect(
      ["bottleneck z", "independent ways z", "removable share z", "largest share z"].map((name) => cut.get(name)),
    ).toEqual([0, 0, 0, 0]);
  });
});

describe("a trimmed network", () => {
  test("has only clusters that lead through, and the same transport", async () => {
    const lost = latticeNetwork([5, 3, 3], {
      throat: ([z, y, x]) => 1 + ((z + 2 * y + x) % 3) / 2,
      without: (a, b) => [a, b].filter(([z, y, x]) => z === 2 && y === 1 && x === 1).length === 1,
    });
    const kept = trimNetwork(lost, { axis: "z" });
    expect([kept.pores.numRows, kept.throats.numRows]).toEqual([44, lost.throats.numRows]);
    for (const axis of ["z", "y"] as const)
      expect((await networkDiffusion(kept, { axis })).getChild("relative diffusivity")!.get(0)).toBeCloseTo(
        (await networkDiffusion(lost, { axis })).getChild("relative diffusivity")!.get(0),
        12,
      );
    expect(kept.porosity).toBe(lost.porosity);
    expect(kept.provenance).toMatchObject({ operation: "trimNetwork", parameters: { keep: "spanning", axis: "z" } });
    const [a, b] = ["pore 1", "pore 2"].map((name) => numbersOf(kept.throats, name));
    const coordination = new Array<number>(44).fill(0);
    for (const [k, row] of a!.entries()) {
      coordination[row]!++;
      coordination[b![k]!]!++;
    }
    expect([...numbersOf(kept.pores, "coordination")]).toEqual(coordination);
  });

  test("is the largest cluster if asked, and may be nothing", async () => {
    const cut = latticeNetwork([5, 2, 2], { without: ([z], [w]) => z === 1 && w === 2 });
    expect(trimNetwork(cut, { axis: "z" }).pores.numRows).toBe(0);
    expect(trimNetwork(cut, { axis: "y" }).pores.numRows).toBe(20);
    expect(trimNetwork(cut, { keep: "largest" }).pores.numRows).toBe(12);
    expect([...numbersOf(await networkDiffusion(trimNetwork(cut, { axis: "z" })), "relative diffusivity")]).toEqual([
      0, 0, 0,
    ]);
    expect(() => trimNetwork(cut, { keep: "all" as never })).toThrow(/"spanning" and "largest"/);
  });
});

/**
 * 3 × 3 × 3 cubes of 8 voxels with tubes of 4 × 4 voxels along z, and others across, open, or closed in the middle by a wall of two
 * voxels. Closed ones are as large: each half is wider by the 16 voxels that the wall takes from it.
 */
function cubes(open: boolean): { voxels: Uint8Array; shape: Triple } {
  const [pitch, n] = [12, 36];
  const voxels = Uint8Array.from({ length: n ** 3 }, (_, k) => {
    const at = [Math.floor(k / n ** 2), Math.floor(k / n) % n, k % n] as const;
    // Distances from the middle of the nearest cube, and whether another cube follows on this side.
    const off = at.map((value) => Math.abs((value % pitch) - 5.5)) as unknown as Triple;
    const between = at.map((value) => value >= 6 && value < n - 6);
    if (Math.max(...off) < 4 || (off[1] < 2 && off[2] < 2)) return 1;
    for (const [axis, other] of [
      [1, 2],
      [2, 1],
    ] as const) {
      if (off[0] >= 2 || !between[axis]) continue;
      if (off[other] < 2 && (open || off[axis] < 5)) return 1;
      if (!open && off[other] >= 2 && off[other] < 4 && off[axis] === 4.5) return 1;
    }
    return 0;
  });
  return { voxels, shape: [n, n, n] };
}

test("two structures of one porosity and one tortuosity factor along z are told apart by how they are connected", {
  timeout: 60_000,
}, async () => {
  const [a, b] = [cubes(true), cubes(false)] as const;
  const porosity = ({ voxels }: typeof a): number => voxels.reduce((sum, one) => sum + one, 0) / voxels.length;
  expect(porosity(a)).toBe(porosity(b));
  const [da, db] = [a, b].map(({ voxels, shape }) => voxelDiffusion(voxels, shape));
  // The tubes across carry nothing along z, open or closed; their mouths differ a little.
  expect(Math.abs(da! / db! - 1)).toBeLessThan(0.003);
  const networks = await Promise.all(
    [a, b].map(({ voxels, shape }) =>
      poreNetwork(memoryVolume(voxels, shape, { role: "mask" }), { boundary: ["z low", "z high"] }),
    ),
  );
  const [fa, fb] = await Promise.all(
    networks.map(async (network) =>
      Number((await networkDiffusion(network, { axis: "z" })).getChild("tortuosityFactor")!.get(0)),
    ),
  );
  expect(Math.abs(fa! / fb! - 1)).toBeLessThan(0.05);
  const [open, closed] = await Promise.all(networks.map((network) => statistics(network, { axis: "z" })));
  expect(textsOf(networks[0]!.pores, "face").filter((face) => face === "").length).toBeGreaterThanOrEqual(27);
  expect([open!.get("clusters"), closed!.get("clusters")]).toEqual([1, 9]);
  expect([open!.get("independent ways z"), closed!.get("independent ways z")]).toEqual([9, 9]);
  expect(closed!.get("cycles")).toBe(0);
  // As many as 3 × 3 × 3 cubes with a tube between all neighbours: 54 − 27 + 1.
  expect(open!.get("cycles")).toBe(28);
  expect(open!.get("coordination")! - closed!.get("coordination")!).toBeGreaterThan(2);
  expect(open!.get("removable share z")).toBeGreaterThan(closed!.get("removable share z")!);
  // All of the closed one's throats carry the flow, of the open one's those along z.
  expect(open!.get("participating share z")).toBeCloseTo(1 / 3, 5);
  expect(closed!.get("participating share z")).toBeCloseTo(1, 5);
});
