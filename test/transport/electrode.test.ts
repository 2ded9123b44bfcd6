/** Electrodes whose pores charge their walls: against elimination, closed forms and published numbers. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ResultTable } from "#src/core/arrow/table.js";
import type { Axis, Triple } from "#src/core/shape.js";
import { fromVoxels } from "#src/io/from-voxels.js";
import { coth, root, solveTridiagonal } from "#src/transport/complex.js";
import { electrodeImpedance } from "#src/transport/electrode-impedance.js";
import { electrodeTortuosity } from "#src/transport/electrode-tortuosity.js";
import { ladderImpedance, poreImpedance, wallsPerVolume } from "../oracle/electrode.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { structure } from "../support/transport-structures.js";

const column = (table: ResultTable, name: string): number[] => [...(table.getChild(name) ?? [])].map(Number);
const labels = (values: Uint8Array, shape: Triple) => fromVoxels(values, shape, { role: "labels" });
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test("impedances are those of the balance of each voxel, cubes or not, along each axis, from either side, with any number of workers", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 })),
      fc.constantFrom(0, 1, 2),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 2 ** 30 }),
      fc.oneof(
        fc.constant<Triple>([1, 1, 1]),
        fc.tuple(fc.constantFrom(0.4, 1, 2.3), fc.constantFrom(0.7, 1, 1.9), fc.constantFrom(0.5, 1, 3)),
      ),
      async (shape, axis, low, periodic, seed, edges) => {
        const next = random(seed);
        const count = shape[0] * shape[1] * shape[2];
        const values = Uint8Array.from({ length: count }, () => (next() < 0.7 ? 1 : 0));
        values[0] = values[count - 1] = 1;
        if (!values.includes(0)) values[count >> 1] = 0;
        const volume = memoryVolume(values, shape, { role: "labels", brick: [2, 3, 4], spacing: edges });
        // The oracle looks from the first plane: where the separator is at the last one the volume is turned.
        const turned = low ? values.slice().reverse() : values;
        const collector = { axis: (["z", "y", "x"] as Axis[])[axis]!, side: low ? "low" : "high" } as const;
        const sides = periodic ? "periodic" : "closed";
        const frequencies = [0.01, 0.3, 5];
        const given = { phase: 1, collector, sides, workers: 1 + (seed % 3) } as const;
        const spectrum = await electrodeImpedance(volume, { ...given, frequencies, tolerance: 1e-4 }).catch(
          (error) => error,
        );
        // A pore without walls has no impedance to tell of.
        if (spectrum instanceof Error) return expect(spectrum.message).toMatch(/no wall|at the separator/);
        const table = await electrodeTortuosity(volume, given);
        const length = shape[axis]!;
        const pores = values.filter((value) => value === 1).length;
        // In lengths: walls per volume, and L/(κ·ε) of the whole electrode.
        const edge = edges[axis]!;
        const walls = column(table, "walls")[0]! / edge;
        expect(walls).toBeCloseTo(wallsPerVolume(turned, shape, axis, periodic, edges), 5);
        const rate = pores / count / (walls * (length * edge) ** 2);
        const across = ((count / length) * edges[0] * edges[1] * edges[2]) / edge;
        const unit = (across * (pores / count)) / (length * edge);
        const off = (found: readonly number[], truth: readonly number[]): number =>
          Math.hypot(found[0]! - unit * truth[0]!, found[1]! - unit * truth[1]!) /
          (unit * Math.hypot(truth[0]!, truth[1]!));
        for (const [k, frequency] of frequencies.entries()) {
          const truth = poreImpedance(turned, shape, axis, periodic, frequency * rate, edges);
          expect(off([column(spectrum, "real")[k]!, column(spectrum, "imaginary")[k]!], truth)).toBeLessThan(1e-3);
        }
        // The real part is off by the square of the frequency, and far below elimination has no digits left.
        const [resistance] = poreImpedance(turned, shape, axis, periodic, 1e-4 * rate, edges);
        expect(Math.abs(column(table, "electrodeTortuosityFactor")[0]! / (3 * unit * resistance) - 1)).toBeLessThan(
          5e-4,
        );
      },
    ),
    { numRuns: 40, seed: 17 },
  );
});

test("straight pores have the factor 1 and the impedance of de Levie", async () => {
  const n = 64;
  const volume = await labels(
    structure([n, 8, 8], (_, y, x) => (y % 4 === 1 && x % 2 === 1 && x < 7 ? 1 : 0)),
    [n, 8, 8],
  );
  const table = await electrodeTortuosity(volume, { phase: 1 });
  expect(column(table, "electrodeTortuosityFactor")[0]).toBeCloseTo(1 + 1 / (2 * n * n), 4);
  expect([...table.getChild("axis")!]).toEqual(["z"]);
  expect(column(table, "volume fraction")).toEqual([6 / 64]);
  const spectrum = await electrodeImpedance(volume, { phase: 1 });
  const [real, imaginary, re, im] = ["real", "imaginary", "ideal real", "ideal imaginary"].map((name) =>
    column(spectrum, name),
  );
  for (let k = 0; k < 20; k++) {
    const length = Math.hypot(re![k]!, im![k]!);
    expect(Math.hypot(real![k]! - re![k]!, imaginary![k]! - im![k]!) / length).toBeLessThan(3e-3);
  }
  // From differences of neighbouring potentials of 32 bits.
  for (const factor of column(table.profile, "tortuosityFactor")) expect(factor).toBeCloseTo(1, 3);
});

/** The voxels of a volume, each as often along each axis. */
function repeated(values: Uint8Array, shape: Triple, times: Triple): [Uint8Array, Triple] {
  const size = shape.map((n, k) => n * times[k]!) as unknown as Triple;
  const [, ny, nx] = shape;
  const from = (at: number, k: number): number => Math.floor(at / times[k]!);
  return [structure(size, (z, y, x) => values[(from(z, 0) * ny + from(y, 1)) * nx + from(x, 2)]!), size];
}

/** Pores between grains of a few voxels' size, wide enough that one can come in. */
function grains(n: number, seed: number): Uint8Array {
  const next = random(seed);
  const balls = Array.from({ length: 40 }, () => [next() * n, next() * n, next() * n, 2 + 2.5 * next()]);
  return structure([n, n, n], (z, y, x) =>
    balls.some(([a, b, c, r]) => (z - a! + 0.5) ** 2 + (y - b! + 0.5) ** 2 + (x - c! + 0.5) ** 2 < r! ** 2) ? 0 : 1,
  );
}

test("straight pores of flat voxels have the factor and the impedance of those of cubes", async () => {
  const shape: Triple = [32, 4, 5];
  const values = structure(shape, (_, y, x) => (y === 1 && x % 2 === 1 ? 1 : 0));
  const tables = await Promise.all(
    (
      [
        [1e-6, 1e-6, 1e-6],
        [0.3e-6, 1e-6, 2e-6],
        [2e-6, 0.5e-6, 0.7e-6],
      ] as Triple[]
    ).map(async (spacing) => {
      const volume = memoryVolume(values, shape, { role: "labels", spacing });
      return [await electrodeTortuosity(volume, { phase: 1 }), await electrodeImpedance(volume, { phase: 1 })] as const;
    }),
  );
  const [[factor, spectrum]] = tables as [(typeof tables)[0]];
  for (const [other, its] of tables.slice(1)) {
    const [a, b] = [other, factor].map((table) => column(table, "electrodeTortuosityFactor")[0]!);
    expect(Math.abs(a! / b! - 1)).toBeLessThan(1e-5);
    for (const name of ["real", "imaginary"])
      for (const [k, value] of column(its, name).entries())
        expect(Math.abs(value - column(spectrum, name)[k]!) / Math.abs(value)).toBeLessThan(1e-3);
  }
});

test("voxels cut along one axis give what cubes give, up to the grid; and only the ratios of the edges count", async () => {
  const shape: Triple = [24, 24, 24];
  const values = grains(24, 5);
  const factorOf = async (times: Triple, scale = 1): Promise<number> => {
    const [cut, size] = repeated(values, shape, times);
    const spacing = times.map((n) => (scale * 1e-6) / n) as unknown as Triple;
    const volume = memoryVolume(cut, size, { role: "labels", spacing, brick: [16, 16, 16] });
    return column(await electrodeTortuosity(volume, { phase: 1 }), "electrodeTortuosityFactor")[0]!;
  };
  const cubes = await factorOf([1, 1, 1]);
  const cut = await Promise.all(
    (
      [
        [2, 1, 1],
        [1, 2, 1],
        [1, 1, 2],
      ] as Triple[]
    ).map((times) => factorOf(times)),
  );
  const fine = await factorOf([2, 2, 2]);
  // Cutting cubes makes the resistance around the grains' edges smaller: along one axis by 1.5, 0.7 and 0.6 %, along all by 3.1 %,
  // which is little more than the three together; so that of cuts along one axis no other error is left than that of the grid.
  for (const [k, most] of [0.02, 0.01, 0.01].entries()) {
    expect(cut[k]!).toBeLessThan(cubes);
    expect(cut[k]!).toBeGreaterThan(cubes * (1 - most));
  }
  const together = cut.reduce((sum, one) => sum + (cubes - one), 0);
  expect(Math.abs(together / (cubes - fine) - 1)).toBeLessThan(0.15);
  expect(await factorOf([2, 1, 1], 4)).toBe(cut[0]);
  expect(Math.abs((await factorOf([2, 1, 1], 3.7)) / cut[0]! - 1)).toBeLessThan(1e-6);
});

test("a dead end and a pore that goes through have the published electrode tortuosity", async () => {
  const n = 100;
  for (const [depth, published] of [
    [75, 0.594],
    [100, 0.986],
  ] as const) {
    const values = structure([n, n, 1], (z, y) => (z < depth && y >= 45 && y < 55 ? 1 : 0));
    const volume = await labels(values, [n, n, 1]);
    const spectrum = await electrodeImpedance(volume, { phase: 1, frequencies: [0.25] });
    const pores = (10 * depth) / n ** 2;
    const walls = column(await electrodeTortuosity(volume, { phase: 1 }), "walls")[0]!;
    const ladder = ladderImpedance(
      new Array<number>(n).fill(1 / pores),
      new Array<number>(n).fill(walls),
      (0.25 * pores) / walls / n ** 2,
    );
    // Published over a ladder of as many links as planes, whose resistance is 1.5 % more than that of an even electrode, and at a
    // change of potentials of 10⁻³ in a hundred sweeps: of the dead end 0.24 % from where that leads.
    const factor = (column(spectrum, "real")[0]! * n) / pores / ladder[0];
    expect(Math.abs(factor / published - 1)).toBeLessThan(3e-3);
    const [truth] = poreImpedance(
      values.filter((_, k) => k % n >= 44 && k % n < 56),
      [n, 12, 1],
      0,
      false,
      (0.25 * pores) / walls / n ** 2,
    );
    expect(Math.abs(factor / ((n * truth) / ladder[0]) - 1)).toBeLessThan(1e-4);
  }
});

/** Textures of 250 × 250 voxels in the plane of z and y. */
function textures(): Map<string, Uint8Array> {
  const n = 250;
  const shape: Triple = [n, n, 1];
  const roll = (value: number, by: number): number => (((value - by) % n) + n) % n;
  const diagonal = (z: number, y: number): number => Math.floor((z + y) / 25) % 2;
  const pillar = (y: number): number => Math.floor(y / 25) % 2;
  const sizes = (z: number, y: number): number => {
    const at = roll(y, 5) % 50;
    return (z < 125 ? at < 40 : at >= 15 && at < 25) ? 1 : 0;
  };
  const wedge = (z: number, y: number): number => {
    const [a, b] = [(z + 0.5) / n, ((y < 125 ? y : n - 1 - y) + 0.5) / n];
    return z < n - 1 && a + 4 * b < 2 && a - 4 * b < 0 ? 1 : 0;
  };
  return new Map([
    ["diagonals", structure(shape, diagonal)],
    [
      "diag-pillars",
      structure(shape, (z, y) => (n - 1 - z < 125 ? pillar(roll(y, 10)) : diagonal(n - 1 - z - 125, roll(y, 10)))),
    ],
    ["large-small", structure(shape, sizes)],
    ["small-large", structure(shape, (z, y) => sizes(n - 1 - z, y))],
    ["smooth-rough", structure(shape, (z, y) => pillar(z >= 125 && z % 2 === 0 ? roll(roll(y, 10), 1) : roll(y, 10)))],
    ["wedge", structure(shape, wedge)],
  ]);
}

test("six textures have the published electrode tortuosities, by their profiles", async () => {
  const published = [2.00814, 1.48498, 0.86372, 2.35384, 1.28433, 0.75809];
  for (const [k, [name, values]] of [...textures()].entries()) {
    const volume = await labels(values, [250, 250, 1]);
    const { profile } = await electrodeTortuosity(volume, { phase: 1, sides: "periodic" });
    const [fraction, walls, factor] = ["volume fraction", "walls", "tortuosityFactor"].map((one) =>
      column(profile, one),
    ) as [number[], number[], number[]];
    // As published: a ladder of the planes at an eighth of the frequency, over that of an even electrode.
    const between = fraction.map((value, z) => (z > 0 ? (value + fraction[z - 1]!) / 2 : value));
    const frequency = mean(between) / mean(walls) / 250 ** 2 / 8;
    const resistances = factor.map((value, z) =>
      between[z] === 0 || Number.isNaN(value) ? 1e30 : value / between[z]!,
    );
    const one = ladderImpedance(resistances, walls, frequency)[0];
    const even = ladderImpedance(
      fraction.map(() => 1 / mean(between)),
      walls.map(() => mean(walls)),
      frequency,
    )[0];
    expect(Math.abs(one / even / published[k]! - 1), name).toBeLessThan(1e-3);
  }
});

test("what makes no sense is refused with a reason", async () => {
  const block = await labels(new Uint8Array(64).fill(1), [4, 4, 4]);
  await expect(electrodeTortuosity(block, { phase: 1 })).rejects.toThrow(/no wall/);
  await expect(electrodeTortuosity(block, { phase: 2 })).rejects.toThrow(/no voxel/);
  const far = await labels(
    structure([4, 4, 4], (z) => (z > 1 ? 1 : 0)),
    [4, 4, 4],
  );
  await expect(electrodeTortuosity(far, { phase: 1 })).rejects.toThrow(/at the separator/);
  expect(
    column(await electrodeTortuosity(far, { phase: 1, collector: { axis: "z", side: "low" } }), "connected fraction"),
  ).toEqual([1]);
  await expect(electrodeImpedance(far, { phase: 1, frequencies: [] })).rejects.toThrow(/list of numbers/);
});

test("complex numbers", () => {
  const [a, b] = root([-3, 4]);
  expect([a, b]).toEqual([1, 2]);
  const small = coth([1e-3, 0]);
  expect(small[0]).toBeCloseTo(1000 + 1e-3 / 3, 6);
  const x = solveTridiagonal(
    [
      [2, 1],
      [3, 0],
      [1, -1],
    ],
    [
      [1, 0],
      [0, 1],
    ],
  );
  const times = ([p, q]: readonly number[], [r, s]: readonly number[]): number[] => [
    p! * r! - q! * s!,
    p! * s! + q! * r!,
  ];
  const sum = (...all: number[][]): number[] => [0, 1].map((k) => all.reduce((total, one) => total + one[k]!, 0));
  expect(sum(times([2, 1], x[0]!), times([1, 0], x[1]!))[0]).toBeCloseTo(1, 12);
  const last = sum(times([0, 1], x[1]!), times([1, -1], x[2]!));
  expect(Math.hypot(last[0]!, last[1]!)).toBeLessThan(1e-12);
});
