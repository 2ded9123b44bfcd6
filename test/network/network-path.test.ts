/** Ways through a network against all simple paths of small graphs, and of lattices whose ways are known. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { networkPath, networkStatistics } from "#src/index.js";
import { numbersOf, type PoreNetwork } from "#src/network/network.js";
import { shortestWay } from "#src/network/shortest-way.js";
import { latticeNetwork } from "../support/lattice-network.js";

interface Graph {
  readonly nodes: number;
  readonly edges: readonly (readonly [one: number, other: number, length: number, width: number])[];
}

/** Longest of the least widths, and the least length at that width, over all paths that meet no node twice. */
function byTrial({ nodes, edges }: Graph, low: number[], high: number[], by: "widest" | "shortest") {
  let best: { width: number; length: number } | undefined;
  const better = (width: number, length: number): boolean =>
    best === undefined || (by === "widest" && width !== best.width ? width > best.width : length < best.length - 1e-12);
  const go = (at: number, seen: Set<number>, width: number, length: number): void => {
    if (high.includes(at)) {
      if (better(width, length)) best = { width, length };
      return;
    }
    for (const [one, other, far, wide] of edges) {
      const next = one === at ? other : other === at ? one : -1;
      if (next < 0 || seen.has(next)) continue;
      go(next, new Set([...seen, next]), Math.min(width, wide), length + far);
    }
  };
  for (const start of low) if (start < nodes) go(start, new Set([start]), Number.POSITIVE_INFINITY, 0);
  return best;
}

const graphs = fc
  .integer({ min: 4, max: 7 })
  .chain((nodes) =>
    fc
      .array(
        fc.tuple(
          fc.integer({ min: 0, max: nodes - 1 }),
          fc.integer({ min: 0, max: nodes - 1 }),
          fc.integer({ min: 0, max: 5 }),
          fc.integer({ min: 1, max: 4 }),
        ),
        { maxLength: 12 },
      )
      .map((edges): Graph => ({ nodes, edges: edges.filter(([a, b]) => a !== b) })),
  );

describe("the shortest way", () => {
  test("is as long as the best of all simple paths, and hangs together", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { nodes, edges } = graph;
        const [low, high] = [
          [0, 1],
          [nodes - 1, nodes - 2],
        ];
        const [one, other] = [edges.map(([a]) => a), edges.map(([, b]) => b)];
        const length = edges.map(([, , far]) => far);
        const way = shortestWay({ nodes, one, other, low, high }, length);
        const best = byTrial(graph, low, high, "shortest");
        expect(way === undefined).toBe(best === undefined);
        if (way === undefined || best === undefined) return;
        expect(way.edges.reduce((sum, e) => sum + length[e]!, 0)).toBe(best.length);
        expect(low).toContain(way.nodes[0]);
        expect(high).toContain(way.nodes.at(-1));
        for (const [k, e] of way.edges.entries())
          expect([one[e], other[e]].sort()).toEqual([way.nodes[k], way.nodes[k + 1]].sort());
      }),
      { seed: 7, numRuns: 400 },
    );
  });
});

/** A lattice whose widths are of chance and whose throats are partly missing. */
const randomLattice = (seed: number): PoreNetwork => {
  const chance = (k: number): number => ((Math.imul(k + 1, 2654435761) ^ Math.imul(seed, 40503)) >>> 8) % 1000;
  const of = (a: readonly number[], b: readonly number[]): number =>
    chance(a[0]! * 31 + a[1]! * 7 + a[2]! + 101 * b[0]! + 13 * b[1]! + 3 * b[2]!);
  return latticeNetwork([3, 3, 2], {
    throat: (a, b) => 1 + (of(a, b) % 5),
    without: (a, b) => of(b, a) % 4 === 0,
  });
};

describe("a path through a network", () => {
  test.each(["widest", "shortest"] as const)("is the %s of all simple paths", (by) => {
    let open = 0;
    for (let seed = 1; seed <= 25; seed++) {
      const network = randomLattice(seed);
      const [one, other] = [numbersOf(network.throats, "pore 1"), numbersOf(network.throats, "pore 2")];
      const [length, width] = ["length", "diameter"].map((name) => numbersOf(network.throats, name));
      const whole = length!.map(
        (n, e) => n + numbersOf(network.throats, "length 1")[e]! + numbersOf(network.throats, "length 2")[e]!,
      );
      const z = numbersOf(network.pores, "z");
      const rows = (at: number): number[] => Array.from(z, (_, k) => k).filter((k) => z[k] === at);
      const edges = Array.from(one, (a, e) => [a, other[e]!, whole[e]!, width![e]!] as const);
      const best = byTrial({ nodes: z.length, edges }, rows(0), rows(20), by);
      const path = networkPath(network, { axis: "z", by });
      if (best === undefined) {
        expect(path).toMatchObject({ length: Number.POSITIVE_INFINITY, bottleneck: 0 });
        expect(path.pores.length).toBe(0);
        continue;
      }
      open++;
      expect(path.length).toBeCloseTo(best.length, 9);
      if (by === "widest") expect(path.bottleneck).toBe(best.width);
      expect(path.tortuosity).toBeCloseTo(best.length / 20, 9);
    }
    expect(open).toBeGreaterThan(5);
  });

  test("has the bottleneck of the statistics", async () => {
    for (const seed of [3, 5, 8]) {
      const network = randomLattice(seed);
      for (const axis of ["z", "y", "x"] as const) {
        const table = await networkStatistics(network, { axis, orders: 1 });
        const names = [...table.getChild("quantity")!];
        const wanted = Number(table.getChild("value")!.get(names.indexOf(`bottleneck ${axis}`)));
        expect(networkPath(network, { axis }).bottleneck).toBe(wanted);
      }
    }
  });

  test("goes round where that is wider, and straight where it is to be short", () => {
    // Along z straight through pore (1, 0), or round by the wide throats of y.
    const wide = (a: readonly number[], b: readonly number[]): number =>
      a[1] === 1 || b[1] === 1 || (a[0] === 0 && b[0] === 0) ? 5 : 1;
    const network = latticeNetwork([3, 2, 1], { throat: (a, b) => wide(a, b) });
    const widest = networkPath(network);
    expect(widest.bottleneck).toBe(5);
    const shortest = networkPath(network, { by: "shortest" });
    expect([...shortest.pores].map((row) => row % 2)).toEqual([0, 0, 0]);
    expect(shortest).toMatchObject({ axis: "z", length: 20, tortuosity: 1, bottleneck: 1, unit: "voxel" });
    expect(String(shortest)).toBe(
      "shortest way along z through 3 pores: 20 voxel long, 1 times the straight one, its narrowest throat 1 voxel wide",
    );
  });

  test("refuses what it does not know", () => {
    const network = latticeNetwork([2, 2, 2]);
    expect(() => networkPath({} as never)).toThrow("takes a pore network");
    expect(() => networkPath(network, { by: "longest" as never })).toThrow("by");
    expect(() => networkPath(network, { axis: "w" as never })).toThrow('allowed are "z", "y", "x"');
    expect(() => networkPath(network, { axes: "z" } as never)).toThrow("did you mean `axis`");
  });

  test("of 10⁵ throats is found within seconds", () => {
    const network = latticeNetwork([32, 32, 33], { throat: ([z, y, x]) => 1 + ((z * 7 + y * 13 + x * 29) % 5) });
    const begin = performance.now();
    expect(networkPath(network).pores.length).toBeGreaterThanOrEqual(32);
    expect(performance.now() - begin).toBeLessThan(5000);
  });
});
