/** Diffusion and slow flow through networks: closed forms, OpenPNM's numbers, and what does not percolate. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ResultTable, resultTable } from "#src/core/arrow/table.js";
import { trace } from "#src/core/provenance.js";
import type { Triple } from "#src/core/shape.js";
import { buildNetwork, columnsOf } from "#src/network/build-network.js";
import {
  ballFlowResistance,
  ballResistance,
  conduitLengths,
  discFlowResistance,
  discResistance,
} from "#src/network/conduits.js";
import { potentials } from "#src/network/conjugate-gradients.js";
import { numbersOf, PoreNetwork } from "#src/network/network.js";
import { networkDiffusion } from "#src/network/network-diffusion.js";
import { networkPermeability } from "#src/network/network-permeability.js";
import { poreNetwork } from "#src/network/pore-network.js";
import { tortuosity } from "#src/transport/tortuosity.js";
import { latticeNetwork } from "../support/lattice-network.js";
import { memoryVolume } from "../support/memory-volume.js";
import { referencePhases } from "../support/reference-volume.js";

const cell = (table: ResultTable, name: string, row = 0): number => Number(table.getChild(name)!.get(row));
const pipe = (diameter: number): number => (Math.PI / 4) * diameter ** 2;

describe("a conduit", () => {
  test("is as long as its pores are apart, and its balls end where they are as narrow as the cylinder", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 20, noNaN: true }),
        fc.double({ min: 0.5, max: 10, noNaN: true }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        (distance, throat, one, other) => {
          const list = (value: number) => Float64Array.of(value);
          const { first, middle, last } = conduitLengths(
            list(distance),
            list(throat * one),
            list(throat),
            list(throat * other),
          );
          expect(first[0]! + middle[0]! + last[0]!).toBeCloseTo(distance, 9);
          expect(Math.min(first[0]!, middle[0]!, last[0]!)).toBeGreaterThanOrEqual(0);
          // No ball reaches beyond where it has become as narrow as the cylinder, unless it is all there is between the middles.
          for (const [length, ball] of [
            [first[0]!, throat * one],
            [last[0]!, throat * other],
          ] as const)
            expect(length).toBeLessThanOrEqual(Math.sqrt(ball ** 2 - throat ** 2) / 2 + 1e-9);
        },
      ),
    );
  });

  test("of balls resists as the integral over their sections says", () => {
    const integral = (power: number, diameter: number, length: number): number => {
      const steps = 20_000;
      let sum = 0;
      for (let k = 0; k < steps; k++) {
        const x = ((k + 0.5) * length) / steps;
        sum += length / steps / (Math.PI * ((diameter / 2) ** 2 - x * x)) ** power;
      }
      return sum;
    };
    for (const [diameter, length] of [
      [6, 2],
      [4, 1.9],
      [1, 0.1],
    ] as const) {
      expect(ballResistance(diameter, length)).toBeCloseTo(integral(1, diameter, length), 5);
      expect(ballFlowResistance(diameter, length) / integral(2, diameter, length)).toBeCloseTo(1, 5);
    }
    expect([ballResistance(3, 0), ballFlowResistance(3, 0)]).toEqual([0, 0]);
  });
});

describe("transport through a network", () => {
  test("of equal pipes in series and in parallel is that of pipes", async () => {
    // Balls as narrow as the pipes are pipes.
    const chain = latticeNetwork([5, 1, 1], { pore: 2, throat: 2, pitch: 10 });
    const one = await networkDiffusion(chain, { axis: "z" });
    expect(cell(one, "relative diffusivity")).toBeCloseTo(pipe(2), 10);
    expect(cell(one, "tortuosityFactor")).toBeCloseTo(0.3 / pipe(2), 10);
    expect(cell(one, "tortuosity")).toBeCloseTo(Math.sqrt(0.3 / pipe(2)), 10);
    // Poiseuille: π r⁴ / 8, of a section of one voxel.
    expect(cell(await networkPermeability(chain, { axis: "z" }), "permeability")).toBeCloseTo(Math.PI / 8, 10);
    // 4 × 4 of them side by side in a section of 30 × 30; what lies across carries nothing.
    const sides = latticeNetwork([5, 4, 4], { pore: 2, throat: 2, pitch: 10 });
    for (const axis of ["z", "y", "x"] as const) {
      const [n, section] = axis === "z" ? [16, 900] : [20, 1200];
      expect(cell(await networkDiffusion(sides, { axis }), "relative diffusivity")).toBeCloseTo(
        (n * pipe(2)) / section,
        10,
      );
    }
    // Half of the way as narrow: resistances add.
    const bottle = latticeNetwork([3, 1, 1], { pore: 2, throat: ([z]) => (z === 0 ? 2 : 1), pitch: 10 });
    const narrow = (10 - Math.sqrt(3)) / pipe(1) + 2 * ballResistance(2, Math.sqrt(3) / 2);
    expect(cell(await networkDiffusion(bottle, { axis: "z" }), "relative diffusivity")).toBeCloseTo(
      20 / (10 / pipe(2) + narrow),
      10,
    );
  });

  test("is OpenPNM's of balls and cylinders", async () => {
    const { jittered } = JSON.parse(readFileSync(new URL("../golden/network.json", import.meta.url), "utf8")) as {
      jittered: {
        places: Triple[];
        diameters: number[];
        conns: [number, number][];
        throats: number[];
        lattice: Triple[];
        diffusion: number[];
        flow: number[];
      };
    };
    const { places, diameters, conns, throats, lattice, diffusion, flow } = jittered;
    const names = ["z", "y", "x"] as const;
    for (const [k, axis] of names.entries()) {
      const network = buildNetwork(
        {
          z: Float64Array.from(places, (at) => at[0]),
          y: Float64Array.from(places, (at) => at[1]),
          x: Float64Array.from(places, (at) => at[2]),
          volume: new Float64Array(places.length),
          diameter: Float64Array.from(diameters),
          face: places.map(() => ""),
          touches: lattice.map((at) => (at[k] === 0 ? `${axis} low` : at[k] === 4 ? `${axis} high` : "")),
          one: Int32Array.from(conns, ([a]) => a),
          other: Int32Array.from(conns, ([, b]) => b),
          throatDiameter: Float64Array.from(throats),
          pores: [],
          throats: [],
        },
        { shape: [80, 80, 80], spacing: undefined, porosity: 0.2, provenance: trace("lattice", {}) },
      );
      // Length over area: 1 / 80.
      const found = await networkDiffusion(network, { axis });
      expect((cell(found, "relative diffusivity") * 80) / diffusion[k]!).toBeCloseTo(1, 9);
      expect((cell(await networkPermeability(network, { axis }), "permeability") * 80) / flow[k]!).toBeCloseTo(1, 9);
      expect(cell(found, "imbalance")).toBeLessThan(1e-10);
    }
  });

  test("settles to the potentials that a direct solution has", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 4, max: 12 }), (seed, nodes) => {
        let state = seed;
        const random = (): number => {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
          return state / 2 ** 32;
        };
        // A ring, so that all hang together, and chords across it; conductances over six decades.
        const one = [...Array(nodes).keys(), ...Array.from({ length: nodes }, () => Math.floor(random() * nodes))];
        const other = one.map((a, k) =>
          k < nodes ? (a + 1) % nodes : (a + 1 + Math.floor(random() * (nodes - 1))) % nodes,
        );
        const conductance = Float64Array.from(one, () => 10 ** (6 * random() - 3));
        const given = new Float64Array(nodes).fill(Number.NaN);
        given[0] = 1;
        given[nodes >> 1] = 0;
        const found = potentials({
          nodes,
          one: Int32Array.from(one),
          other: Int32Array.from(other),
          conductance,
          given,
        });
        const flow = new Float64Array(nodes);
        const size = new Float64Array(nodes);
        for (const [e, a] of one.entries()) {
          const rate = conductance[e]! * (found[a]! - found[other[e]!]!);
          flow[a]! += rate;
          flow[other[e]!]! -= rate;
          size[a]! += Math.abs(rate);
          size[other[e]!]! += Math.abs(rate);
        }
        const most = Math.max(...size);
        for (let k = 0; k < nodes; k++)
          if (Number.isNaN(given[k]!)) expect(Math.abs(flow[k]!)).toBeLessThan(1e-9 * most);
      }),
      { numRuns: 50 },
    );
  });

  test("ends where nothing leads through, and leaves out what hangs loose", async () => {
    const cut = latticeNetwork([4, 3, 3], { without: ([z], [w]) => z === 1 && w === 2 });
    const none = await networkDiffusion(cut, { axis: "z" });
    expect([
      cell(none, "relative diffusivity"),
      cell(none, "tortuosityFactor"),
      cell(none, "conducting pores"),
    ]).toEqual([0, Number.POSITIVE_INFINITY, 0]);
    const shown = none as unknown as Record<symbol, () => Record<string, string>>;
    expect(shown[Symbol.for("Jupyter.display")]!()["text/plain"]).toMatch(/No way leads through the network along z/);
    expect(cell(await networkPermeability(cut, { axis: "z" }), "permeability")).toBe(0);
    expect(cell(await networkDiffusion(cut, { axis: "y" }), "relative diffusivity")).toBeGreaterThan(0);
    // A corner cut off from the rest conducts nothing and is told apart.
    const loose = latticeNetwork([4, 3, 3], { without: ([z, y, x]) => z === 1 && y === 2 && x === 2 });
    const lost = latticeNetwork([5, 3, 3], {
      without: (a, b) => [a, b].filter(([z, y, x]) => z === 2 && y === 1 && x === 1).length === 1,
    });
    expect(cell(await networkDiffusion(lost, { axis: "z" }), "other pores")).toBe(1);
    expect(cell(await networkDiffusion(loose, { axis: "z" }), "other pores")).toBe(0);
  });

  test("of real pores is the same whatever the axis is called and the voxel's edge", async () => {
    const shape = [48, 48, 48] as const;
    const voxels = Uint8Array.from(referencePhases(48), (phase) => Number(phase === 0));
    const turned = Uint8Array.from(voxels, (_, k) => {
      const [z, y, x] = [Math.floor(k / 2304), Math.floor(k / 48) % 48, k % 48];
      return voxels[(x * 48 + y) * 48 + z]!;
    });
    const network = await poreNetwork(memoryVolume(voxels, shape, { role: "mask" }));
    const all = await networkDiffusion(network);
    expect([...all.getChild("axis")!]).toEqual(["z", "y", "x"]);
    const other = await networkDiffusion(await poreNetwork(memoryVolume(turned, shape, { role: "mask" })));
    // The partition floods along z first, so that ties differ: not by much.
    expect(cell(all, "relative diffusivity", 2) / cell(other, "relative diffusivity", 0)).toBeCloseTo(1, 1);
    for (const row of [0, 1, 2]) {
      expect(cell(all, "tortuosityFactor", row)).toBeGreaterThan(1);
      expect(cell(all, "tortuosity", row) ** 2).toBeCloseTo(cell(all, "tortuosityFactor", row), 9);
      expect(cell(all, "imbalance", row)).toBeLessThan(1e-9);
    }
    const micrometre = await poreNetwork(memoryVolume(voxels, shape, { role: "mask", spacing: [1e-6, 1e-6, 1e-6] }));
    expect(cell(await networkDiffusion(micrometre), "relative diffusivity")).toBeCloseTo(
      cell(all, "relative diffusivity"),
      9,
    );
    const [k, inVoxels] = [
      cell(await networkPermeability(micrometre), "permeability"),
      cell(await networkPermeability(network), "permeability"),
    ];
    expect(k / (inVoxels * 1e-12)).toBeCloseTo(1, 9);
  });

  test("refuses what has no two faces", async () => {
    const plate = latticeNetwork([2, 1, 1]);
    await expect(networkDiffusion(plate, { axis: "q" as never })).rejects.toThrow(/axis is "q"/);
    await expect(networkDiffusion({} as never)).rejects.toThrow(/takes a pore network/);
    await expect(networkPermeability(plate, { axes: "z" } as never)).rejects.toThrow(/did you mean `axis`/);
    const both = latticeNetwork([1, 1, 1]);
    expect([...(await networkDiffusion(both)).getChild("axis")!]).toEqual([]);
    const one = buildNetwork(
      {
        z: Float64Array.of(0),
        y: Float64Array.of(0),
        x: Float64Array.of(0),
        volume: Float64Array.of(1),
        diameter: Float64Array.of(1),
        face: [""],
        touches: ["z low, z high"],
        one: new Int32Array(0),
        other: new Int32Array(0),
        throatDiameter: new Float64Array(0),
        pores: [],
        throats: [],
      },
      { shape: [3, 3, 3], spacing: undefined, porosity: 0.1, provenance: trace("one", {}) },
    );
    await expect(networkDiffusion(one, { axis: "z" })).rejects.toThrow(/pore 0 touches both faces along z/);
    expect(cell(await networkDiffusion(one, { axis: "y" }), "relative diffusivity")).toBe(0);
  });

  test("in a plane is that of discs and strips of its thickness, whatever that is", async () => {
    const strip = (spacing?: Triple) =>
      buildNetwork(
        {
          z: new Float64Array(2),
          y: Float64Array.of(0, 0),
          x: Float64Array.of(0, 20),
          volume: Float64Array.of(1, 1),
          diameter: Float64Array.of(4, 4),
          face: ["x low", "x high"],
          touches: ["x low", "x high"],
          one: Int32Array.of(0),
          other: Int32Array.of(1),
          throatDiameter: Float64Array.of(4),
          pores: [],
          throats: [],
        },
        { shape: [1, 4, 20], spacing, porosity: 1, provenance: trace("strip", {}) },
      );
    for (const network of [strip(), strip([7e-6, 1e-6, 1e-6])]) {
      const found = await networkDiffusion(network, { axis: "x" });
      expect(cell(found, "relative diffusivity")).toBeCloseTo(1, 12);
      expect(cell(found, "tortuosityFactor")).toBeCloseTo(1, 12);
      const permeability = cell(await networkPermeability(network, { axis: "x" }), "permeability");
      // Between plates w² / 12.
      expect(permeability / (network.spacing === undefined ? 1 : 1e-12)).toBeCloseTo(16 / 12, 9);
    }
    // ∫ dx / w and ∫ dx / w³ of a disc, by the middles of many short steps.
    const integral = (power: number): number => {
      let sum = 0;
      for (let k = 0; k < 1e5; k++) sum += 1e-5 / (2 * Math.sqrt(2.25 - ((k + 0.5) * 1e-5) ** 2)) ** power;
      return sum;
    };
    expect(discResistance(3, 1)).toBeCloseTo(integral(1), 9);
    expect(discFlowResistance(3, 1)).toBeCloseTo(integral(3), 9);
    // Between a lattice of discs the network is near to its voxels.
    const shape = [1, 97, 97] as const;
    const from = (k: number): number => ((k + 12) % 24) - 12;
    const open = Uint8Array.from({ length: 97 * 97 }, (_, k) =>
      Number(Math.hypot(from(Math.floor(k / 97)), from(k % 97)) > 7),
    );
    const plane = memoryVolume(open, shape, { role: "mask" });
    const [table, voxels] = [await networkDiffusion(await poreNetwork(plane)), await tortuosity(plane)];
    expect([...table.getChild("axis")!]).toEqual(["y", "x"]);
    for (const row of [0, 1]) {
      const share = cell(table, "tortuosityFactor", row) / cell(voxels, "tortuosityFactor", row);
      expect(Math.abs(share - 1)).toBeLessThan(0.2);
    }
  });

  test("refuses conduits that are longer than their pores, in place of taking them for wide open", async () => {
    const network = latticeNetwork([3, 2, 2]);
    const one = numbersOf(network.throats, "length 1").fill(5);
    const throats = resultTable(
      columnsOf(network.throats, [...one.keys()]).map((column) =>
        column.name === "length 1" ? { ...column, values: one } : column,
      ),
      network.provenance,
    );
    const bad = new PoreNetwork({ ...network, throats });
    await expect(networkDiffusion(bad, { axis: "z" })).rejects.toThrow(/throat 0 leads 5 and .* through its pores/);
  });
});
