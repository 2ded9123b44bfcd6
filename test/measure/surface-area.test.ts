/** Surfaces of phases by four methods, against closed forms, scikit-image and TauFactor. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ResultTable } from "#src/core/arrow/table.js";
import { voxelArray } from "#src/core/dtype.js";
import { phaseTable } from "#src/core/phases.js";
import type { Region, Shape, Triple } from "#src/core/shape.js";
import { open, release, um } from "#src/index.js";
import { croftonAreas, marchingCubesAreas } from "#src/measure/cell-tables.js";
import { trianglesOf } from "#src/measure/cell-triangles.js";
import { directionShares } from "#src/measure/direction-shares.js";
import { interfaceAreas } from "#src/measure/interface-areas.js";
import { surfaceArea } from "#src/measure/surface-area.js";
import { surfaceResolution } from "#src/measure/surface-resolution.js";
import { cellSets } from "../oracle/cells.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";
import { data, lacks, root } from "../support/require.js";

interface Golden {
  triangles: string;
  "cell areas": number[];
  spacing: Triple;
  surfaces: Record<string, number>[];
  noise: Record<string, number>;
}
const golden = JSON.parse(readFileSync(join(root, "test/golden/surfaces.json"), "utf8")) as Golden;
const column = (table: ResultTable, name: string): number[] => [...(table.getChild(name) ?? [])].map(Number);
const cubic = (n: number, held: (z: number, y: number, x: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: n ** 3 }, (_, k) => (held(Math.floor(k / n ** 2), Math.floor(k / n) % n, k % n) ? 1 : 0));
const mask = (n: number, held: (z: number, y: number, x: number) => boolean) =>
  memoryVolume(cubic(n, held), [n, n, n], { role: "mask", brick: [9, 16, 11] });
const floatingCube = mask(20, (...at) => at.every((n) => n >= 5 && n < 15));
const ball = (radius: number, n: number) =>
  mask(n, (...at) => at.reduce((sum, k) => sum + (k - n / 2 + 0.5) ** 2, 0) <= radius ** 2);
const METHODS = [
  { method: "faces" },
  { method: "marching cubes" },
  { method: "marching cubes", smoothing: 0.8 },
  { method: "gradient" },
  { method: "gradient", smoothing: 0.8 },
  { method: "crofton" },
] as const;

test("the cube and the ball that float have the surfaces that TauFactor's own tests state", async () => {
  const of = async (volume: typeof floatingCube, options: object): Promise<number> =>
    column(await surfaceArea(volume, { ...options, phase: "inside" }), "area per volume")[0]!;
  expect(await of(floatingCube, { method: "faces" })).toBeCloseTo(0.075, 12);
  expect(await of(floatingCube, { method: "marching cubes" })).toBeCloseTo(0.07051, 5);
  expect(await of(floatingCube, { method: "gradient" })).toBeCloseTo(0.07085, 5);
  const error = async (options: object): Promise<number> =>
    100 * ((await of(ball(7, 20), options)) / ((4 * Math.PI * 7 ** 2) / 20 ** 3) - 1);
  expect(await error({ method: "faces" })).toBeCloseTo(52.01, 2);
  expect(await error({ method: "marching cubes", smoothing: 0.8 })).toBeCloseTo(0.01, 2);
  expect(await error({ method: "gradient", smoothing: 0.8 })).toBeCloseTo(1.25, 2);
});

test("what the documentation says of each method is so", async () => {
  const sheet = mask(20, (z) => z === 10);
  const truths = [
    [ball(3, 12), 4 * Math.PI * 9],
    [ball(7, 20), 4 * Math.PI * 49],
    [ball(20, 46), 4 * Math.PI * 400],
    [floatingCube, 600],
  ] as const;
  const found = await Promise.all(
    METHODS.map(async (options) => {
      const areas = await Promise.all(
        truths.map(
          async ([volume, truth]) => 100 * (column(await surfaceArea(volume, options), "area")[1]! / truth - 1),
        ),
      );
      // Without the half voxels at the faces of the volume, that some methods leave out.
      return [...areas, 100 * ((await sheetArea(sheet, options)) - 1)].map((error) => Math.round(10 * error) / 10);
    }),
  );
  expect(found).toEqual([
    [69.8, 52, 50.9, 0, 0],
    [16.3, 8.4, 9.3, -6, 0],
    [-0.3, 0, 0.7, -13.3, 0],
    [18.7, 8.8, 9.4, -5.5, -50],
    [6.5, 1.3, 0.8, -12.1, -61.9],
    [9.3, 0.3, 0.2, -12.6, -7.3],
  ]);
});

/** Area of a sheet per area of its two sides, of what a larger sheet has more than a smaller one: no rim is in it. */
async function sheetArea(sheet: typeof floatingCube, options: object): Promise<number> {
  const area = async (n: number): Promise<number> => {
    const region: Region = { start: [5, 0, 0], stop: [16, n, n] };
    return column(await surfaceArea(sheet, { ...options, region, phase: "inside" }), "area")[0]!;
  };
  const [large, middle, small] = await Promise.all([area(18), area(14), area(10)]);
  // The second difference of n² over steps of 4 is 32, on two sides.
  return (large - 2 * middle + small) / 64;
}

test("areas are those of scikit-image and TauFactor, also of voxels that are no cubes", async () => {
  const phases = referencePhases(64);
  const labels = memoryVolume(phases, [64, 64, 64], { role: "labels", brick: [20, 64, 33], phases: phaseTable(3) });
  const noise = memoryVolume(
    (referenceGrey(phases, 8) as Uint8Array).map((grey) => (grey > 120 ? 1 : 0)),
    [64, 64, 64],
    { role: "mask", brick: [64, 24, 64] },
  );
  // Its vertices are float32.
  const same = (found: number[], expected: number[], digits = 6): void => {
    for (const [k, value] of expected.entries()) expect(found[k]! / value).toBeCloseTo(1, digits);
    expect(found.length).toBe(expected.length);
  };
  const spacing = golden.spacing.map((size) => size * 1e-6) as unknown as Triple;
  const sized = memoryVolume(phases, [64, 64, 64], { role: "labels", brick: [20, 64, 33], spacing });
  const of = (name: string): number[] => golden.surfaces.map((row) => row[name]!);
  same(column(await surfaceArea(labels), "area"), of("area"));
  same(column(await surfaceArea(sized), "area"), of("area of its voxels"));
  same(column(await surfaceArea(noise), "area").slice(1), [golden.noise.area!]);
  same(column(await surfaceArea(labels, { method: "faces" }), "area per volume"), of("faces"), 7);
  same(column(await surfaceArea(labels, { method: "gradient" }), "area per volume"), of("gradient"));
  same(
    column(await surfaceArea(labels, { method: "gradient", smoothing: 0.8 }), "area per volume"),
    of("smooth gradient"),
  );
  // Of two corners that lie opposite each other scikit-image decides by the values whether they hang together.
  const smooth = column(await surfaceArea(labels, { smoothing: 0.8 }), "area per volume");
  same(smooth, of("smooth area"), 2);
  expect(Math.abs(smooth[1]! / of("smooth area")[1]! - 1)).toBeLessThan(1e-3);
});

test("a smooth gradient is TauFactor's where the phase touches no face of the volume", async () => {
  const table = await surfaceArea(ball(7, 20), { method: "gradient", smoothing: 0.8 });
  expect(column(table, "area per volume")[1]).toBeCloseTo(0.0779321, 6);
});

test.skipIf(lacks("data"))("the surfaces of the real electrode are those that TauFactor publishes", async () => {
  const electrode = (await open(data("electrode-labels/taufactor_nmc_electrode_256_u8.tiff"))).with({ role: "labels" });
  const of = async (options: object): Promise<number[]> =>
    column(await surfaceArea(electrode, options), "area per volume");
  const published: [object, number[], number][] = [
    [{ method: "faces" }, [0.3068369, 0.14610451, 0.34222639], 1e-6],
    [{ method: "gradient" }, [0.19837072, 0.10425256, 0.21045579], 1e-6],
    [{ method: "gradient", smoothing: 0.8 }, [0.12251475, 0.09220771, 0.11739917], 1e-5],
    [{ method: "marching cubes" }, [0.22268115, 0.104184, 0.25399911], 1e-6],
    // Where two corners of a cell lie opposite each other, here they always hang together; scikit-image decides by the values.
    [{ method: "marching cubes", smoothing: 0.8 }, [0.1466814, 0.0922547, 0.14883891], 0.02],
  ];
  for (const [options, expected, tolerance] of published)
    for (const [k, value] of (await of(options)).entries())
      expect(Math.abs(value / expected[k]! - 1), JSON.stringify(options)).toBeLessThan(tolerance);
  release(electrode);
});

test("the triangles are those of scikit-image, and every side of a cell is crossed alike from both cells", () => {
  const words = Array.from({ length: 256 }, (_, set) =>
    trianglesOf(set)
      .map((k) => String.fromCharCode(97 + k))
      .join(""),
  );
  expect(words.join(" ")).toBe(golden.triangles);
  for (const [set, area] of marchingCubesAreas([1, 1, 1]).entries())
    expect(area).toBeCloseTo(golden["cell areas"][set]!, 6);
});

test("directions share the sphere as in the literature, whatever the voxels are", () => {
  const cube = directionShares([1, 1, 1]);
  expect(cube([1, 0, 0])).toBeCloseTo(0.0915556, 6);
  expect(cube([1, -1, 0])).toBeCloseTo(0.0739612, 6);
  expect(cube([1, 1, -1])).toBeCloseTo(0.0703913, 6);
  for (const size of [
    [1, 1, 1],
    [0.5, 0.3, 0.2],
    [1, 1, 7],
    [1e-3, 1, 1],
  ] as const) {
    const share = directionShares(size);
    let sum = 0;
    for (const z of [-1, 0, 1])
      for (const y of [-1, 0, 1]) for (const x of [-1, 0, 1]) if (z || y || x) sum += share([z, y, x]);
    expect(sum / 2).toBeCloseTo(1, 9);
  }
  // An area does not know inside from outside.
  const areas = croftonAreas([3, 2, 1]);
  for (let set = 0; set < 256; set++) expect(areas[set]).toBeCloseTo(areas[255 - set]!, 12);
});

test("an ellipsoid of voxels that are no cubes has its area", async () => {
  // A ball of radius 12 µm.
  const size = [1.5, 1, 0.75] as const;
  const shape = [20, 30, 40] as const;
  const values = Uint8Array.from({ length: 24000 }, (_, k) => {
    const at = [Math.floor(k / 1200), Math.floor(k / 40) % 30, k % 40];
    return at.reduce((sum, n, axis) => sum + ((n - (shape[axis]! - 1) / 2) * size[axis]!) ** 2, 0) <= 144 ? 1 : 0;
  });
  const spacing = size.map((n) => n * 1e-6) as unknown as Triple;
  const volume = memoryVolume(values, shape, { role: "mask", brick: [7, 30, 16], spacing });
  const errors = await Promise.all(
    METHODS.map(async (options) => column(await surfaceArea(volume, options), "area")[1]! / (4 * Math.PI * 144) - 1),
  );
  const bounds = [0.55, 0.11, 0.03, 0.12, 0.03, 0.02];
  for (const [k, error] of errors.entries())
    expect(Math.abs(error), JSON.stringify(METHODS[k])).toBeLessThan(bounds[k]!);
  expect(errors[0]).toBeGreaterThan(0.4);
});

test("each set of corners counts as by the definition, with region and mask, and nothing depends on bricks or workers", async () => {
  const shape: Shape = [9, 12, 37];
  const table = marchingCubesAreas([1, 1, 1]);
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 13 }), fc.integer({ min: 1, max: 40 })),
      fc.constantFrom("uint8" as const, "int16" as const, "uint32" as const),
      fc.constantFrom(1, 2, 4),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 2 ** 30 }),
      async (brick, dtype, workers, part, masked, seed) => {
        const next = random(seed);
        const values = voxelArray(dtype, 9 * 12 * 37).map(() => Math.floor(4 * next()));
        const inside = Uint8Array.from(values, () => (next() < 0.8 ? 1 : 0));
        const region: Region = { start: [1, 2, 3], stop: [8, 11, 35] };
        const counts = (k: number): boolean => {
          const at = [Math.floor(k / 444), Math.floor(k / 37) % 12, k % 37];
          const held = !part || at.every((n, axis) => n >= region.start[axis]! && n < region.stop[axis]!);
          return held && (!masked || inside[k] === 1);
        };
        const options = {
          workers,
          ...(part && { region }),
          ...(masked && { mask: memoryVolume(inside, shape, { role: "mask", brick: [4, 4, 8] }) }),
        };
        const labels = memoryVolume(values, shape, { role: "labels", brick, phases: phaseTable(4) });
        const found = await surfaceArea(labels, options);
        const areaOf = (...phases: number[]): number =>
          cellSets(shape, (k) => phases.includes(values[k]!), counts).reduce((sum, n, set) => sum + n * table[set]!, 0);
        for (let phase = 0; phase < 4; phase++) expect(column(found, "area")[phase]).toBeCloseTo(areaOf(phase), 6);
        const pairs = (await interfaceAreas(labels, { ...options, method: "marching cubes" })).toArray();
        for (const { label, "other label": other, area } of pairs)
          expect(area).toBeCloseTo((areaOf(label) + areaOf(other) - areaOf(label, other)) / 2, 5);
      },
    ),
    { numRuns: 15, seed: 7 },
  );
});

test("all methods give the same bytes for any brick and number of workers, and for any way round", async () => {
  const shape: Shape = [10, 13, 35];
  const next = random(5);
  const values = Uint8Array.from({ length: 10 * 13 * 35 }, () => Math.floor(3 * next()));
  const of = async (voxels: Uint8Array, brick: Shape, workers: number): Promise<number[]> => {
    const labels = memoryVolume(voxels, shape, { role: "labels", brick, spacing: [3e-7, 2e-7, 1e-7] });
    return (await Promise.all(METHODS.map((options) => surfaceArea(labels, { ...options, workers })))).flatMap(
      (table) => column(table, "area"),
    );
  };
  const expected = await of(values, shape, 1);
  for (const [brick, workers] of [
    [[3, 5, 16], 1],
    [[4, 13, 35], 2],
    [[2, 2, 64], 4],
  ] as [Shape, number][])
    expect(await of(values, brick, workers)).toEqual(expected);
  const turned = await of(values.slice().reverse(), [4, 4, 16], 2);
  // The triangles of marching cubes lie another way round in some cells; all other methods know no direction.
  for (const [k, area] of turned.entries())
    expect(area / expected[k]!).toBeCloseTo(1, [3, 4, 5, 6, 7, 8].includes(k) ? 3 : 9);
});

test("a mask cuts off surfaces, and blur does not reach beyond it", async () => {
  // Half of the volume is outside; a plane between two phases meets it.
  const values = cubic(24, (z) => z >= 12);
  const inside = memoryVolume(
    cubic(24, (_, __, x) => x < 12),
    [24, 24, 24],
    { role: "mask" },
  );
  const labels = memoryVolume(values, [24, 24, 24], { role: "labels" });
  for (const options of METHODS) {
    const [whole] = column(await surfaceArea(labels, options), "area");
    const [half] = column(await surfaceArea(labels, { ...options, mask: inside }), "area");
    const cells = options.method === "marching cubes" || options.method === "crofton" ? 11 / 23 : 0.5;
    expect(half! / whole!, JSON.stringify(options)).toBeCloseTo(cells, 6);
  }
});

test("one voxel, a plane, an empty phase and a whole one have what they have", async () => {
  const labels = memoryVolume(Uint8Array.of(1), [1, 1, 1], { role: "labels", phases: phaseTable(3) });
  for (const options of METHODS) {
    const table = await surfaceArea(labels, options);
    expect(column(table, "area")).toEqual([0, 0, 0]);
    expect(column(table, "area per phase volume")).toEqual([Number.NaN, 0, Number.NaN]);
  }
  const plane = memoryVolume(Uint8Array.of(0, 1, 0, 1), [1, 2, 2], { role: "labels" });
  expect(column(await surfaceArea(plane, { method: "faces" }), "area")).toEqual([2, 2]);
  // Areas of cells would be 0 whatever the picture shows.
  for (const options of METHODS.filter(({ method }) => method !== "faces")) {
    await expect(surfaceArea(plane, options)).rejects.toThrow(
      /1 × 2 × 2 voxels have no surface by .* take method: "faces"/,
    );
    const region = { start: [1, 0, 0], stop: [2, 2, 2] } as const;
    const cube = memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "labels" });
    await expect(surfaceArea(cube, { ...options, region })).rejects.toThrow("1 × 2 × 2 voxels have no surface");
  }
  await expect(surfaceResolution(plane)).rejects.toThrow("surfaceResolution: 1 × 2 × 2 voxels have no surface");
  await expect(interfaceAreas(plane, { method: "marching cubes" })).rejects.toThrow("have no surface");
  const unit = (table: ResultTable): unknown[] => table.schema.fields.map((field) => field.metadata.get("unit"));
  expect(unit(await surfaceArea(plane, { method: "faces" }))).toEqual([
    undefined,
    undefined,
    "voxel²",
    "1/voxel",
    "1/voxel",
  ]);
  expect(unit(await surfaceArea(plane.with({ spacing: um(1) }), { method: "faces" }))).toEqual([
    ...[undefined, undefined, "µm²", "1/µm", "1/µm"],
  ]);
});

test("what cannot be meant is refused", async () => {
  const grey = memoryVolume(new Uint8Array(8), [2, 2, 2]);
  const labels = grey.with({ role: "labels" });
  await expect(surfaceArea(grey)).rejects.toThrow("has the role intensity");
  await expect(surfaceArea(labels, { methd: "faces" } as object)).rejects.toThrow("did you mean `method`");
  await expect(surfaceArea(labels, { method: "crofto" as never })).rejects.toThrow("did you mean `crofton`");
  await expect(surfaceArea(labels, { method: "faces", smoothing: 1 })).rejects.toThrow(/takes voxels as they are/);
  await expect(surfaceArea(labels, { smoothing: Number.NaN })).rejects.toThrow(/smoothing \(voxels\) is NaN/);
  await expect(surfaceArea(labels, { phase: 3 })).rejects.toMatchObject({ code: "InvalidArgument" });
  const outside = memoryVolume(new Uint8Array(8).fill(255), [2, 2, 2], { role: "labels" });
  await expect(surfaceArea(outside)).rejects.toMatchObject({ code: "MissingData" });
  await expect(surfaceArea(labels, { memoryLimit: 1000 })).rejects.toMatchObject({ code: "LimitExceeded" });
  for (const options of METHODS)
    await expect(surfaceArea(labels, { ...options, signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
      "enough",
    );
});
