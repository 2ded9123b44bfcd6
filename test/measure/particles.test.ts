/** Figures of particles, against planted bodies, going through all voxels, SimpleITK, scikit-image and TauFactor. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ResultTable } from "#src/core/arrow/table.js";
import { DTYPES, type DType, voxelArray } from "#src/core/dtype.js";
import { phaseTable } from "#src/core/phases.js";
import type { Region, Shape, Triple } from "#src/core/shape.js";
import { fillHoles, labelMask, labelStatistics, open, release, removeSmall, snowPartition, um } from "#src/index.js";
import { marchingCubesAreas } from "#src/measure/cell-tables.js";
import { contactAreas } from "#src/measure/contact-areas.js";
import { particles } from "#src/measure/particles.js";
import { principalAxes, type Symmetric } from "#src/measure/principal-axes.js";
import * as oracle from "../oracle/particles.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referencePhases } from "../support/reference-volume.js";
import { data, lacks, root } from "../support/require.js";

const golden = JSON.parse(readFileSync(join(root, "test/golden/particles.json"), "utf8")) as {
  spacing: Triple;
  particles: {
    label: number;
    voxels: number;
    moments: number[];
    axes: number[];
    area: number;
    euler: number;
    convex: number;
  }[];
  pairs: [number, number, number][];
};
const rows = (table: ResultTable): Record<string, number>[] => table.toArray().map((row) => row.toJSON());
const column = (table: ResultTable, name: string): number[] => [...(table.getChild(name) ?? [])].map(Number);

/** A body in the middle of a volume, given in µm. */
function body(shape: Shape, size: Triple, held: (z: number, y: number, x: number) => boolean) {
  const values = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (let k = 0; k < values.length; k++) {
    const at = [Math.floor(k / (shape[1] * shape[2])), Math.floor(k / shape[2]) % shape[1], k % shape[2]];
    const [z, y, x] = at.map((n, axis) => (n - (shape[axis]! - 1) / 2) * size[axis]!) as [number, number, number];
    if (held(z, y, x)) values[k] = 3;
  }
  const spacing = size.map((n) => n * 1e-6) as unknown as Triple;
  return memoryVolume(values, shape, { role: "labels", spacing, brick: [16, 25, 64] });
}
const cube = (n: number): Shape => [n, n, n];
const UNIT = [1, 1, 1] as const;

test("ellipsoids have the axes that were planted, however they lie and whatever the voxels are", async () => {
  for (const [half, turn, size] of [
    [[20, 10, 5], 0, UNIT],
    [[20, 10, 5], 0.6, UNIT],
    [[18, 12, 9], 1.1, [1.5, 1, 0.75]],
  ] as const) {
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    const shape = size.map((n) => 2 * Math.ceil(22 / n)) as unknown as Shape;
    const [row] = rows(
      await particles(
        // Turned about the axis y: the longest axis lies from z towards x.
        body(
          shape,
          size,
          (z, y, x) => ((c * z + s * x) / half[0]) ** 2 + (y / half[1]) ** 2 + ((c * x - s * z) / half[2]) ** 2 <= 1,
        ),
      ),
    );
    for (const [k, name] of ["length", "width", "thickness"].entries())
      expect(row![name]! / (2 * half[k]!), name).toBeCloseTo(1, 1.7);
    expect(row!["length/width"]! / (half[0] / half[1])).toBeCloseTo(1, 1.7);
    expect(row!["width/thickness"]! / (half[1] / half[2])).toBeCloseTo(1, 1.7);
    expect(
      [row!["direction z"], row!["direction y"], row!["direction x"]].map((n) => Math.round(n! * 100) / 100 + 0),
    ).toEqual([c, 0, s].map((n) => Math.round(n * 100) / 100 + 0));
    expect(row!.angle!).toBeCloseTo((turn * 180) / Math.PI, 0);
    expect(row!.asymmetry).toBeLessThan(1e-6);
    expect(row!["equivalent diameter"]! / (2 * Math.cbrt(half[0] * half[1] * half[2]))).toBeCloseTo(1, 2);
  }
});

test("what the documentation says of sphericity and asymmetry is so", async () => {
  const ball = (r: number) => body(cube(2 * Math.ceil(r) + 6), UNIT, (...at) => Math.hypot(...at) <= r);
  const sphericity = async (r: number, surface: "marching cubes" | "crofton"): Promise<number> =>
    column(await particles(ball(r), { surface }), "sphericity")[0]!;
  const found = [];
  for (const surface of ["marching cubes", "crofton"] as const)
    for (const r of [3, 7, 15]) found.push(Math.round(100 * (await sphericity(r, surface))) / 100);
  expect(found).toEqual([0.97, 0.94, 0.92, 1.03, 1.01, 1]);
  const asymmetry = async (held: (z: number, y: number, x: number) => boolean, size: Triple = UNIT): Promise<number> =>
    column(await particles(body(cube(48), size, held)), "asymmetry")[0]!;
  expect(await asymmetry((z, y, x) => z > 0 && Math.hypot(z, y, x) <= 20)).toBeCloseTo(0.74, 1);
  expect(await asymmetry((z, y, x) => Math.abs(z) < 20 && Math.hypot(y, x) < (z + 20) / 2)).toBeCloseTo(1.36, 1);
  // A slanted box is the same on both sides; stretched, half a ball is as lopsided as before.
  expect(await asymmetry((z, y, x) => Math.abs(z - y / 2) < 12 && Math.abs(y) < 7 && Math.abs(x) < 4)).toBeLessThan(
    1e-6,
  );
  expect(await asymmetry((z, y, x) => z > 0 && Math.hypot(z / 2, y, x) <= 10)).toBeCloseTo(0.74, 1);
});

test("moments, axes, surfaces, Euler numbers and contacts are those of SimpleITK, scikit-image and TauFactor", async () => {
  const phases = referencePhases(64);
  const values = Uint32Array.from(phases, (phase, k) =>
    phase === 0 ? 0 : 1 + ((k >> 16) * 4 + ((k >> 10) & 3)) * 4 + ((k >> 4) & 3),
  );
  const spacing = golden.spacing.map((n) => n * 1e-6) as unknown as Triple;
  const labels = memoryVolume(values, [64, 64, 64], { role: "labels", spacing, brick: [20, 64, 30] });
  const table = rows(await particles(labels, { convexity: true }));
  let whole = 0;
  for (const { label, voxels, moments, axes, area, euler, convex } of golden.particles) {
    const row = table[label - 1]!;
    expect([row.label, row.voxels, row["Euler number"]]).toEqual([label, voxels, euler]);
    expect(row.convexity).toBeCloseTo(voxels / convex, 12);
    for (const [k, name] of ["thickness", "width", "length"].entries())
      expect(row[name]).toBeCloseTo(2 * Math.sqrt(5 * moments[k]!), 6);
    const along = ["direction x", "direction y", "direction z"].map((name) => row[name]!);
    expect(Math.abs(along.reduce((sum, n, k) => sum + n * axes[6 + k]!, 0))).toBeCloseTo(1, 6);
    if (row["touches border"] === 1) continue;
    whole++;
    expect(row["surface area"]! / area).toBeCloseTo(1, 6);
  }
  expect(whole).toBeGreaterThan(0);
  const contacts = rows(await contactAreas(labels));
  expect(contacts.map((row) => [row.label, row["other label"], row.faces])).toEqual(golden.pairs);
});

test("the contacts of cubes are those that TauFactor publishes", async () => {
  const values = new Uint8Array(8000);
  const fill = (label: number, [za, zb]: number[], [ya, yb]: number[], [xa, xb]: number[]): void => {
    for (let z = za!; z < zb!; z++)
      for (let y = ya!; y < yb!; y++) values.fill(label, (z * 20 + y) * 20 + xa!, (z * 20 + y) * 20 + xb!);
  };
  fill(1, [0, 10], [0, 10], [0, 5]);
  fill(2, [5, 15], [5, 15], [5, 15]);
  fill(1, [0, 10], [0, 10], [15, 20]);
  fill(3, [10, 20], [5, 20], [15, 20]);
  const labels = memoryVolume(values, cube(20), { role: "labels", phases: phaseTable(4) });
  const found = rows(await contactAreas(labels)).map((row) => [row.label, row["other label"], row.faces]);
  expect(found).toEqual([
    [0, 1, 325],
    [0, 2, 500],
    [0, 3, 200],
    [1, 2, 50],
    [1, 3, 25],
    [2, 3, 50],
  ]);
});

test("figures are those of going through all voxels, for any types, bricks, workers, region and mask", async () => {
  const shape: Shape = [6, 9, 30];
  const whole = (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer);
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 32 })),
      fc.constantFrom(...whole),
      fc.constantFrom(1, 2, 4),
      fc.boolean(),
      fc.integer({ min: 1, max: 2 ** 30 }),
      async (brick, dtype, workers, part, seed) => {
        const next = random(seed);
        const few = [0, 7, 1, DTYPES[dtype].max - 1, DTYPES[dtype].min, 9];
        // Pieces of rows, so that labels have neighbours of their own.
        const values = voxelArray(dtype, 6 * 9 * 30);
        for (let k = 0; k < values.length; ) {
          const label = few[Math.floor(few.length * next())]!;
          for (let end = k + 1 + Math.floor(5 * next()); k < end && k < values.length; k++) values[k] = label;
        }
        const inside = Uint8Array.from(values, () => (next() < 0.8 ? 1 : 0));
        const region: Region = { start: [1, 0, 3], stop: [5, 8, 28] };
        const valueAt = (k: number): number => {
          const at = [Math.floor(k / 270), Math.floor(k / 30) % 9, k % 30];
          const held = at.every((n, axis) => n >= region.start[axis]! && n < region.stop[axis]!);
          return part && (!held || inside[k] === 0) ? Number.NaN : values[k]!;
        };
        const size = [3, 2, 1] as const;
        const spacing = size.map((n) => n * 1e-6) as unknown as Triple;
        const labels = memoryVolume(values, shape, { role: "labels", spacing, brick });
        const kinds = Uint8Array.from(values, () => (next() < 0.5 ? 0 : 1));
        const phases = memoryVolume(kinds, shape, { role: "labels", brick: [2, 4, 30], phases: phaseTable(2) });
        const options = { workers, ...(part && { region, mask: memoryVolume(inside, shape, { role: "mask" }) }) };
        const table = rows(await particles(labels, { ...options, phases }));
        const counted = rows(await labelStatistics(labels, options));
        expect(table.map(({ label }) => label)).toEqual(counted.map(({ label }) => label));
        const areas = marchingCubesAreas(size);
        const all = oracle.labelFaces(valueAt, shape);
        const touching = [...all].filter(([key]) => !/NaN/.test(key) && !key.split(",").includes("0"));
        const pairs = rows(await contactAreas(labels, options));
        expect(new Map(pairs.map((row) => [`${row.label},${row["other label"]}`, row.faces]))).toEqual(
          new Map(touching.map(([key, faces]) => [key, faces.reduce((a, b) => a + b, 0)])),
        );
        for (const [k, row] of table.entries()) {
          const expected = oracle.particleFigures(valueAt, shape, row.label!, areas, size);
          expect([row.voxels, row.neighbours, row["touches border"], row["Euler number"]]).toEqual([
            ...[expected.voxels, expected.neighbours, expected.isCut ? 1 : 0, expected.euler],
          ]);
          for (const [axis, name] of ["z", "y", "x"].entries()) {
            expect(row[`centroid ${name}`]).toBeCloseTo(expected.centroid[axis]!, 9);
            expect(row[`${name} from`]).toBe(counted[k]![`${name} from`]);
            expect(row[`${name} to`]).toBe(counted[k]![`${name} to`]);
          }
          const axes = principalAxes(expected.covariance as unknown as Symmetric);
          for (const [which, name] of ["length", "width", "thickness"].entries())
            expect(row[name]).toBeCloseTo(2 * Math.sqrt(5 * axes[which]!.value), 6);
          expect(row["surface area"]).toBeCloseTo(expected.area, 4);
          expect(row["contact area"]! + row["open area"]!).toBeCloseTo(expected.area, 4);
          const open = row["area to phase 0"]! + row["area to phase 1"]!;
          if (open !== 0) expect(open).toBeCloseTo(row["open area"]!, 6);
        }
      },
    ),
    { numRuns: 30, seed: 9 },
  );
});

test("are the same to the last bit for any brick and number of workers", async () => {
  const shape: Shape = [20, 31, 50];
  const next = random(3);
  const values = Uint16Array.from({ length: 31000 }, () => Math.floor(6 * next()));
  const of = async (brick: Shape, workers: number): Promise<unknown[]> => {
    const labels = memoryVolume(values, shape, { role: "labels", brick, spacing: [3e-7, 2e-7, 1e-7] });
    return [...rows(await particles(labels, { workers })), ...rows(await contactAreas(labels, { workers }))];
  };
  const expected = await of(shape, 1);
  for (const [brick, workers] of [
    [[4, 31, 16], 1],
    [[7, 5, 50], 2],
    [[3, 3, 3], 4],
  ] as [Shape, number][])
    expect(await of(brick, workers)).toEqual(expected);
});

test("two balls that touch share the circle at which they meet", async () => {
  // Radius 15, their middles 24 apart; the last voxels of either are half a voxel off the plane between.
  const values = Uint8Array.from({ length: 40 * 40 * 64 }, (_, k) => {
    const [z, y, x] = [Math.floor(k / 2560) - 19.5, (Math.floor(k / 64) % 40) - 19.5, (k % 64) - 31.5];
    const which = x < 0 ? 1 : 2;
    return Math.hypot(z, y, x - (which === 1 ? -12 : 12)) <= 15 ? which : 0;
  });
  const labels = memoryVolume(values, [40, 40, 64], { role: "labels", spacing: [1e-6, 1e-6, 1e-6] });
  const pore = memoryVolume(new Uint8Array(values.length), [40, 40, 64], {
    role: "labels",
    phases: phaseTable(1, ["pore"]),
  });
  const circle = Math.PI * (225 - 11.5 ** 2);
  const [pair] = rows(await contactAreas(labels));
  expect(pair!["face area"]! / circle).toBeCloseTo(1, 1);
  expect(pair!["smooth area"]! / circle).toBeCloseTo(1, 1);
  for (const row of rows(await particles(labels, { phases: pore }))) {
    expect(row.neighbours).toBe(1);
    expect(row["contact area"]).toBeCloseTo(pair!["smooth area"]!, 9);
    expect(row["area to pore"]).toBeCloseTo(row["open area"]!, 9);
    expect(row["touches border"]).toBe(0);
  }
});

test("borders, flags, distances and grey values are told", async () => {
  const values = new Uint8Array(20 ** 3);
  const put = (label: number, z: number, edge: number): void => {
    for (let k = 0; k < edge ** 3; k++)
      values[((z + Math.floor(k / edge ** 2)) * 20 + 8 + (Math.floor(k / edge) % edge)) * 20 + 8 + (k % edge)] = label;
  };
  put(1, 0, 3);
  put(2, 5, 2);
  put(9, 10, 5);
  const labels = memoryVolume(values, cube(20), { role: "labels", spacing: [2e-6, 1e-6, 1e-6] });
  const scan = memoryVolume(
    values.map((value, k) => 10 * value + (k % 2)),
    cube(20),
  );
  const options = { collector: { axis: "z", side: "low" }, separator: { axis: "z", side: "high" }, scan } as const;
  const table = await particles(labels, options);
  expect(column(table, "touches border")).toEqual([1, 0, 0]);
  expect(column(table, "under three voxels")).toEqual([0, 1, 0]);
  expect(column(table, "distance to collector")).toEqual([3, 12, 25]);
  expect(column(table, "distance to separator")).toEqual([37, 28, 15]);
  expect(column(table, "grey min")).toEqual([10, 20, 90]);
  expect(column(table, "sphericity")[0]).toBeNaN();
  expect(column(await particles(labels, { border: "leave out" }), "label")).toEqual([2, 9]);
  const text = (table as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]!();
  expect(text["text/plain"]).toContain("1 of 3 particles are cut by the border of the volume");
  // Without a voxel size all is in voxels, and says so.
  const plain = await particles(memoryVolume(values, cube(20), { role: "labels" }));
  const unit = (name: string): unknown =>
    plain.schema.fields.find((field) => field.name === name)!.metadata.get("unit");
  expect([unit("volume"), unit("length"), unit("surface area")]).toEqual(["voxel³", "voxel", "voxel²"]);
  expect(column(plain, "voxels")).toEqual([27, 8, 125]);
});

test.skipIf(lacks("data"))(
  "contacts of the particles of the real electrode are those that TauFactor publishes",
  async () => {
    const phases = (await open(data("electrode-labels/taufactor_nmc_electrode_256_u8.tiff"))).with({ role: "labels" });
    const active = await labelMask(phases, 85);
    // As there: without pieces of up to ten voxels, and with what is enclosed.
    const clean = await removeSmall(active, 11);
    const filled = await fillHoles(clean);
    const parts = await snowPartition(filled);
    const table = await particles(parts, { border: "leave out" });
    const kept = new Set(column(table, "label"));
    const contacts = rows(await contactAreas(parts)).filter(
      (row) => kept.has(row.label!) && kept.has(row["other label"]!),
    );
    const mean = contacts.reduce((sum, row) => sum + row.faces!, 0) / contacts.length;
    expect([table.numRows, Math.round(10 * mean) / 10]).toEqual([823, 112.2]);
    for (const volume of [phases, active, clean, filled, parts]) release(volume);
  },
);

test("one voxel, nothing and more labels than memory holds are answered", async () => {
  const one = await particles(
    memoryVolume(Uint8Array.of(4), [1, 1, 1], { role: "labels", spacing: [1e-6, 1e-6, 1e-6] }),
  );
  const [row] = rows(one);
  expect([row!.label, row!.voxels, row!["touches border"], row!["under three voxels"]]).toEqual([4, 1, 1, 1]);
  expect([row!.length, row!.asymmetry]).toEqual([0, 0]);
  expect((await particles(memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "labels" }))).numRows).toBe(0);
  const mask = await particles(memoryVolume(Uint8Array.of(4, 0, 2, 1), [1, 2, 2], { role: "mask" }));
  expect(column(mask, "voxels")).toEqual([3]);
  const many = Uint32Array.from({ length: 20 ** 3 }, (_, k) => 4_294_967_295 - k);
  const labels = memoryVolume(many, cube(20), { role: "labels", brick: [20, 20, 20] });
  const table = await particles(labels);
  expect(table.numRows).toBe(8000);
  expect(column(table, "label")[7999]).toBe(4_294_967_295);
  expect(column(table, "neighbours")[4210]).toBe(6);
  await expect(particles(labels, { memoryLimit: 5 * 2 ** 20 })).rejects.toThrow(/labels or more, whose figures take/);
});

test("what cannot be meant is refused", async () => {
  const labels = memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "labels" });
  const small = memoryVolume(new Uint8Array(4), [1, 2, 2], { role: "labels" });
  await expect(particles(labels.with({ role: "intensity" }))).rejects.toThrow("role intensity");
  await expect(particles(labels, { scan: small })).rejects.toThrow(
    "scan has the shape 1 × 2 × 2, the labels 2 × 2 × 2",
  );
  await expect(particles(labels, { phases: small })).rejects.toThrow("phases has the shape");
  await expect(particles(labels, { border: "drop" as never })).rejects.toThrow("border");
  await expect(particles(labels, { collector: "low" as never })).rejects.toThrow(
    'give a face of the volume such as { axis: "z"',
  );
  await expect(particles(labels, { axis: "w" as never })).rejects.toThrow("axis");
  await expect(particles(labels, { scans: small } as never)).rejects.toThrow("did you mean `scan`");
  await expect(contactAreas(labels, { region: { start: [0, 0, 0], stop: [3, 2, 2] } })).rejects.toMatchObject({
    code: "InvalidArgument",
  });
  await expect(particles(labels, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  await expect(particles(labels.with({ spacing: um(1) }), { memoryLimit: 1000 })).rejects.toMatchObject({
    code: "LimitExceeded",
  });
});

test("bodies that are convex have a convexity of 1, bent ones less, flat ones none; for any bricks and workers", async () => {
  const of = async (volume: Parameters<typeof particles>[0], options: object = {}): Promise<number> =>
    column(await particles(volume, { convexity: true, ...options }), "convexity")[0]!;
  expect(await of(body(cube(34), UNIT, (...at) => Math.hypot(...at) <= 14))).toBe(1);
  expect(
    await of(body(cube(40), UNIT, (z, y, x) => Math.abs(z - y) < 9 && Math.abs(y + x) < 7 && Math.abs(x) < 8)),
  ).toBe(1);
  // Two thirds of its hull: an angle of two arms.
  const angle = body(
    cube(40),
    UNIT,
    (z, y, x) => Math.abs(z) < 5 && y > -15 && x > -15 && Math.min(y, x) < -5 && Math.max(y, x) < 15,
  );
  expect(await of(angle)).toBeGreaterThan(0.6);
  expect(await of(angle)).toBeLessThan(0.75);
  expect(await of(body(cube(20), UNIT, (z) => z === 0.5))).toBeNaN();
  const values = (await angle.read()) as Uint8Array;
  for (const [brick, workers] of [
    [[7, 9, 11], 2],
    [[40, 40, 40], 1],
  ] as [Shape, number][])
    expect(await of(memoryVolume(values, cube(40), { role: "labels", brick }), { workers })).toBe(await of(angle));
});

test("a rough surface has the roughness that was planted, a smooth one little", async () => {
  const n = 48;
  const next = random(6);
  const heights = Float64Array.from({ length: n * n }, () => Math.floor(3 * next()) - 1);
  // A slab whose upper side goes up and down by a voxel, in patches of three.
  const slab = (rough: number) =>
    memoryVolume(
      Uint8Array.from({ length: n ** 3 }, (_, k) => {
        const [z, y, x] = [Math.floor(k / n ** 2), Math.floor(k / n) % n, k % n];
        return z < 24 + rough * heights[Math.floor(y / 6) * n + Math.floor(x / 6)]! ? 1 : 0;
      }),
      [n, n, n],
      { role: "labels", brick: [16, 48, 20] },
    );
  const of = async (
    volume: Parameters<typeof particles>[0],
    roughness: number,
    options: object = {},
  ): Promise<number> => column(await particles(volume, { roughness, ...options }), "roughness")[0]!;
  expect(await of(slab(0), 3)).toBeLessThan(1e-6);
  const [one, two] = [await of(slab(1), 3), await of(slab(2), 3)];
  expect(one).toBeGreaterThan(0.3);
  expect(two / one).toBeGreaterThan(1.4);
  expect(await of(slab(1), 3, { workers: 2 })).toBe(one);
  expect(
    await of(
      body(cube(50), UNIT, (...at) => Math.hypot(...at) <= 20),
      3,
    ),
  ).toBeLessThan(0.35);
  const sized = body(cube(50), [0.5, 0.5, 0.5], (...at) => Math.hypot(...at) <= 10);
  expect(await of(sized, 4)).toBeCloseTo(column(await particles(sized, { roughness: um(2) }), "roughness")[0]!, 12);
});

test("voids within a particle are counted, those open or between two are not; cracks are shared out", async () => {
  const n = 40;
  const values = Uint8Array.from({ length: n ** 3 }, (_, k) => {
    const [z, y, x] = [Math.floor(k / n ** 2) - 19.5, (Math.floor(k / n) % n) - 19.5, (k % n) - 19.5];
    if (Math.hypot(z, y, x) > 18) return 0;
    // One void within either half, one between both, a channel to the outside.
    if (Math.hypot(z, y, x - 8) <= 3 || Math.hypot(z, y, x + 8) <= 2 || Math.hypot(z, y - 10, x) <= 3) return 0;
    if (Math.hypot(y + 10, x - 5) <= 1.6 && z > 0) return 0;
    return x < 0 ? 1 : 2;
  });
  const holes = (r: number): number => {
    let count = 0;
    for (let z = -5.5; z < 6; z++)
      for (let y = -5.5; y < 6; y++) for (let x = -5.5; x < 6; x++) if (Math.hypot(z, y, x) <= r) count++;
    return count;
  };
  const cracks = memoryVolume(
    Uint32Array.from(values, (value, k) => {
      const [z, y, x] = [Math.floor(k / n ** 2) - 19.5, (Math.floor(k / n) % n) - 19.5, (k % n) - 19.5];
      return value === 0 && Math.hypot(z, y, x - 8) <= 3.5 ? 7 : value === 0 && Math.hypot(z, y - 10, x) <= 3 ? 9 : 0;
    }),
    [n, n, n],
    { role: "labels", brick: [16, 16, 16] },
  );
  for (const brick of [
    [40, 40, 40],
    [11, 17, 13],
  ] as Shape[]) {
    const labels = memoryVolume(values, [n, n, n], { role: "labels", brick });
    const table = await particles(labels, { voids: true, cracks, workers: 2 });
    const sizes = column(table, "voxels");
    expect(column(table, "voids")).toEqual([1, 1]);
    // Their middles lie half a voxel beside those of voxels.
    const found = column(table, "void fraction").map((fraction, k) => (fraction * sizes[k]!) / (1 - fraction));
    expect(found[1]! / holes(3)).toBeCloseTo(1, 0.7);
    expect(column(table, "crack volume")[0]! * 2).toBeCloseTo(2 * (column(table, "crack volume")[1]! - found[1]!), 9);
    await expect(particles(labels, { voids: true, region: { start: [0, 0, 0], stop: [9, 9, 9] } })).rejects.toThrow(
      "voids and cracks are looked for in the whole volume",
    );
    await expect(particles(labels, { roughness: 1 })).rejects.toThrow("from 2 to 8");
  }
});

test("a mask of 255 has the voids and cracks of one of 1, and the table tells all that it was asked for", async () => {
  const shape = [9, 9, 9] as const;
  const at = (z: number, y: number, x: number): number => (z * 9 + y) * 9 + x;
  const cracked = new Uint32Array(729);
  for (const x of [3, 4, 5]) cracked[at(5, 5, x)] = 1;
  const cracks = memoryVolume(cracked, shape, { role: "labels" });
  // Also one whose values differ from voxel to voxel: all but 0 of a mask is inside.
  for (const worth of [() => 1, () => 255, (k: number) => 1 + (k % 7)]) {
    const values = Uint8Array.from({ length: 729 }, (_, k) => {
      const [z, y, x] = [Math.floor(k / 81), Math.floor(k / 9) % 9, k % 9];
      const inside = Math.max(Math.abs(z - 4), Math.abs(y - 4), Math.abs(x - 4)) < 4;
      return inside && cracked[k] === 0 && k !== at(2, 2, 2) ? worth(k) : 0;
    });
    const table = await particles(memoryVolume(values, shape, { role: "mask" }), { voids: true, cracks });
    // The crack is enclosed and no particle either.
    expect(table.get(0)!.toJSON()).toMatchObject({ label: 1, voids: 2, "crack volume": expect.closeTo(3, 9) });
    expect(table.provenance.parameters).toMatchObject({ voids: true, convexity: false });
    expect(JSON.stringify(table.provenance)).toContain('"cracks"');
  }
  const mask = memoryVolume(new Uint8Array(729).fill(1), shape, { role: "mask" });
  await expect(particles(mask, { cracks: mask })).rejects.toThrow(
    /cracks have the role mask and are uint8; give a label/,
  );
});
