/** Active contours against their definitions and scikit-image. */
import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { DTYPES, type DType, type Voxels, voxelArray } from "#src/core/dtype.js";
import type { Shape } from "#src/core/shape.js";
import {
  type ChanVeseOptions,
  chanVese,
  erosion,
  geodesicContour,
  inverseGaussianGradient,
  memory,
  samples,
  threshold,
  type Volume,
} from "#src/index.js";
import { compareLabels } from "#src/measure/compare-labels.js";
import * as oracle from "../oracle/contour.js";
import { expectClose } from "../support/closeness.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { planted } from "../support/planted-field.js";
import { random } from "../support/random-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";

const file = testFolder();
const voxels = async (volume: Volume): Promise<number[]> => Array.from(await volume.read());

interface Told {
  readonly means: readonly number[];
  readonly voxels: readonly number[];
  readonly taken: number;
  readonly changed: number;
  readonly settled: boolean;
}
const told = (volume: Volume): Told => volume.provenance.parameters as unknown as Told;

function typed(dtype: DType, values: readonly number[]): Voxels {
  const out = voxelArray(dtype, values.length);
  out.set(values);
  return out;
}

const SHAPES: readonly Shape[] = [
  [7, 8, 19],
  [1, 12, 21],
  [5, 1, 18],
  [6, 9, 1],
  [1, 1, 30],
];

/** Grey values of odd halves, so that no value lies as near to one mean as to another. */
function scene(shape: Shape, classes: number, seed: number): { values: number[]; start: number[] } {
  const { values } = planted(shape, classes, 40, seed);
  const whole = Array.from(values, (value) => Math.max(0, Math.min(255, Math.round(value))));
  return { values: whole, start: whole.map((value) => Math.min(classes - 1, Math.floor(value / 60))) };
}
const labelled = (labels: readonly number[], shape: Shape, classes: number): Volume =>
  memoryVolume(Uint8Array.from(labels), shape, {
    role: "labels",
    brick: [4, 4, 16],
    phases: Array.from({ length: classes }, (_, label) => ({ label, name: `p${label}`, colour: "#000000" })),
  });

describe("Chan and Vese's contour", () => {
  test("is what its definition says, for two and more classes, any weights, in space, in planes and on lines", async () => {
    for (const [k, shape] of SHAPES.entries())
      for (const classes of [2, 3, 4])
        for (const border of ["open", "closed"] as const)
          for (const [smoothing, iterations] of [
            [1, 5],
            [2, 3],
            [0, 2],
            [3, 2],
          ] as const) {
            const { values, start } = scene(shape, classes, 3 + k);
            const present = new Set(start);
            if (present.size < classes) continue;
            const weights = [1.3, 1, 0.7, 1.1].slice(0, classes);
            const how = { iterations, smoothing, weights, closed: border === "closed" };
            const expected = oracle.chanVese(shape, values, start, how);
            const volume = memoryVolume(Uint8Array.from(values), shape, { brick: [3, 4, 16] });
            const options = { start: labelled(start, shape, classes), smoothing, iterations, weights, border };
            const result = await chanVese(volume, options);
            expect(await voxels(result), `${shape} ${classes} ${border} ${smoothing}`).toEqual(expected);
          }
  });

  test("is the same for every voxel type, any bricks and workers", async () => {
    const shape: Shape = [10, 11, 37];
    const { values, start } = scene(shape, 3, 9);
    const expected = oracle.chanVese(shape, values, start, {
      iterations: 6,
      smoothing: 1,
      weights: [1, 1, 1],
      closed: false,
    });
    for (const dtype of Object.keys(DTYPES) as DType[]) {
      const lift = DTYPES[dtype].min === -128 ? -128 : 0;
      for (const [brick, workers] of [
        [[2, 4, 16], 4],
        [[10, 11, 37], 1],
        [[5, 6, 20], 2],
      ] as const) {
        const volume = memoryVolume(
          typed(
            dtype,
            values.map((value) => value + lift),
          ),
          shape,
          { brick },
        );
        const result = await chanVese(volume, { start: labelled(start, shape, 3), iterations: 6, workers });
        expect(await voxels(result), `${dtype} ${brick}`).toEqual(expected);
        expect([result.dtype, result.role, result.phases!.map(({ name }) => name)]).toEqual([
          "uint8",
          "labels",
          ["p0", "p1", "p2"],
        ]);
      }
    }
  });

  test("counts nothing outside the mask or where a voxel is no number, and a region is as all there is", async () => {
    const shape: Shape = [8, 10, 20];
    const { values, start } = scene(shape, 2, 4);
    const next = random(6);
    const outside = values.map(() => next() < 0.1);
    const holed = values.map((value) => (next() < 0.05 ? Number.NaN : value + 0.25));
    const first = start.map((label, k) => (outside[k] || Number.isNaN(holed[k]) ? -1 : label));
    for (const border of ["open", "closed"] as const) {
      const how = { iterations: 5, smoothing: 1, weights: [1, 1], closed: border === "closed" };
      const expected = oracle.chanVese(shape, holed, first, how).map((label) => (label < 0 ? 255 : label));
      const volume = memoryVolume(Float32Array.from(holed), shape, { brick: [4, 4, 16] });
      const mask = memoryVolume(
        Uint8Array.from(outside, (is) => (is ? 0 : 3)),
        shape,
        { role: "mask" },
      );
      const result = await chanVese(volume, { start: labelled(start, shape, 2), iterations: 5, border, mask });
      expect(await voxels(result), border).toEqual(expected);
      expect(told(result).voxels).toEqual([0, 1].map((label) => expected.filter((is) => is === label).length));
    }
    const volume = memoryVolume(Uint8Array.from(values), shape, { brick: [4, 4, 16], spacing: [1e-6, 1e-6, 1e-6] });
    const region = { start: [1, 2, 3], stop: [7, 10, 19] } as const;
    const part = memoryVolume((await volume.read(region)) as Uint8Array, [6, 8, 16]);
    const cut = await chanVese(volume, { start: 100, iterations: 4, region });
    expect(await voxels(cut)).toEqual(await voxels(await chanVese(part, { start: 100, iterations: 4 })));
    expect(cut.origin).toEqual([1e-6, 2e-6, 3e-6].map((n) => expect.closeTo(n, 12)));
  });

  test("begins with a mask, thresholds, labels, a chessboard or Otsu's thresholds", async () => {
    const shape: Shape = [10, 12, 20];
    const { values } = scene(shape, 2, 4);
    const volume = memoryVolume(Uint8Array.from(values), shape, { brick: [4, 4, 16] });
    const run = async (start: ChanVeseOptions["start"], more: object = {}): Promise<number[]> =>
      voxels(await chanVese(volume, { ...(start !== undefined && { start }), iterations: 3, ...more }));
    const above = await run(70);
    const mask = memoryVolume(
      Int8Array.from(values, (value) => (value > 70 ? -5 : 0)),
      shape,
      { role: "mask" },
    );
    expect(await run(mask)).toEqual(above);
    expect(await run(await threshold(volume, 70))).toEqual(above);
    const squares = values.map((_, k) => {
      const [z, y, x] = [Math.floor(k / 240), Math.floor(k / 20) % 12, k % 20];
      return Math.floor(z / 5) + Math.floor(y / 5) + Math.floor(x / 5);
    });
    for (const classes of [2, 3])
      expect(await run("chessboard", { classes })).toEqual(
        await run(
          labelled(
            squares.map((n) => n % classes),
            shape,
            classes,
          ),
        ),
      );
    const own = await chanVese(volume, { iterations: 1, names: ["pore", "matter"] });
    expect(own.phases!.map(({ name }) => name)).toEqual(["pore", "matter"]);
    expect(own.provenance.parameters).toMatchObject({ start: [expect.any(Number)], classes: 2 });
  });

  test("ends where nothing changes any more, with the labels that all iterations would give", async () => {
    for (const [seed, smoothing] of [
      [1, 1],
      [2, 2],
      [5, 1],
    ] as const) {
      const shape: Shape = [6, 7, 16];
      const { values, start } = scene(shape, 2, seed);
      const volume = memoryVolume(Uint8Array.from(values), shape);
      const options = { start: labelled(start, shape, 2), smoothing };
      const settled = await chanVese(volume, { ...options, iterations: 400 });
      const { taken, settled: is, changed } = told(settled);
      expect([is, taken < 400]).toEqual([true, true]);
      for (const more of [0, 1, 2, 3]) {
        const how = { iterations: taken + more, smoothing, weights: [1, 1], closed: false };
        const expected = oracle.chanVese(shape, values, start, how);
        const result = await chanVese(volume, { ...options, iterations: taken + more });
        expect(await voxels(result), `${seed} ${smoothing} ${more}`).toEqual(expected);
        if (more === 1) {
          const before = await voxels(await chanVese(volume, { ...options, iterations: taken }));
          expect(changed).toBe(expected.filter((label, k) => label !== before[k]).length);
        }
      }
    }
  });

  test("of a simulated electrode is right more often than thresholds, at any noise", async () => {
    for (const photons of [900, 300]) {
      const scan = await samples.electrode({ shape: [32, 48, 48], photons, rings: 0, cupping: 0 });
      const accuracy = async (labels: Volume): Promise<number> => (await compareLabels(labels, scan.truth!)).accuracy;
      const plain = await chanVese(scan, { classes: 3, iterations: 1, smoothing: 0 });
      const labels = await chanVese(scan, { classes: 3, iterations: 20 });
      expect(await accuracy(labels)).toBeGreaterThan((await accuracy(plain)) + 0.02);
    }
  });

  test("a class that dies out keeps its mean and its place", async () => {
    const values = Array.from({ length: 512 }, (_, k): number => (k % 8 < 4 ? 10 : 200));
    values[100] = 100;
    const volume = memoryVolume(Uint8Array.from(values), [8, 8, 8]);
    const labels = await chanVese(volume, { start: [50, 150], iterations: 3 });
    expect(told(labels).voxels[1]).toBe(0);
    expect(told(labels).means[1]).toBe(100);
    expect(labels.phases!.length).toBe(3);
  });

  test("goes into a file, tells its progress, and leaves nothing behind when it is stopped", async () => {
    const shape: Shape = [16, 16, 32];
    const { values } = scene(shape, 2, 4);
    const volume = memoryVolume(Uint8Array.from(values), shape, { brick: [8, 8, 16] });
    const inFile = await chanVese(volume, { start: 70, iterations: 3, to: file("contour.arrow") });
    expect(await voxels(inFile)).toEqual(await voxels(await chanVese(volume, { start: 70, iterations: 3 })));
    const before = memory().numRows;
    const stop = new AbortController();
    let steps = 0;
    const onProgress = (): void => {
      if (++steps === 20) stop.abort(new Error("enough"));
    };
    await expect(chanVese(volume, { start: 70, signal: stop.signal, onProgress })).rejects.toThrow("enough");
    expect(memory().numRows).toBeLessThanOrEqual(before);
  });

  test("refuses what cannot be meant", async () => {
    const volume = memoryVolume(
      Uint8Array.from({ length: 64 }, (_, k) => k),
      [4, 4, 4],
    );
    const refused = async (options: object, message: string, code = "InvalidArgument"): Promise<void> => {
      const result = chanVese(volume, options as ChanVeseOptions);
      await expect(result).rejects.toThrow(message);
      await expect(result).rejects.toMatchObject({ code });
    };
    await refused({ iterations: 0 }, "iterations is 0; allowed is a whole number from 1 to 10000");
    await refused({ smoothing: 17 }, "smoothing is 17");
    await refused({ border: "nearest" }, 'border is "nearest"; allowed are "open" and "closed"');
    await refused({ weights: [1] }, "weights are [1]; give one for each of the 2 classes");
    await refused({ weights: [1, 0] }, "weights: a weight is 0");
    await refused({ start: "disk" }, 'start is "disk"; allowed are thresholds, a mask, labels and "chessboard"');
    await refused({ start: volume }, "give a labels volume of 8 bits");
    await refused(
      { start: memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "mask" }) },
      "the volume's shape 4 × 4 × 4",
    );
    await refused({ start: memoryVolume(new Uint8Array(64), [4, 4, 4], { role: "mask" }), classes: 3 }, "classes is 3");
    await refused(
      { start: memoryVolume(new Uint8Array(64), [4, 4, 4], { role: "mask" }) },
      "class 1 has no voxels",
      "MissingData",
    );
    await refused({ start: 100 }, "class 1 has no voxels", "MissingData");
    await refused(
      { start: 30, mask: memoryVolume(new Uint8Array(64), [4, 4, 4], { role: "mask" }) },
      "no voxel with a number lies in region and mask",
      "MissingData",
    );
    await refused({ iteration: 3 }, "did you mean `iterations`");
    await expect(chanVese(memoryVolume(new Uint8Array(64).fill(9), [4, 4, 4]))).rejects.toThrow("all voxels are 9");
    const none = memoryVolume(new Float32Array(64).fill(Number.NaN), [4, 4, 4]);
    await expect(chanVese(none, { start: 3 })).rejects.toMatchObject({ code: "MissingData" });
  });
});

describe("the geodesic contour", () => {
  test("is what its definition says, with and without a balloon, in space, in planes and on lines", async () => {
    for (const [k, shape] of SHAPES.entries())
      for (const balloon of [0, 1, -1, 2])
        for (const border of ["open", "closed"] as const)
          for (const smoothing of [1, 2, 0]) {
            const next = random(31 + k);
            const count = shape[0] * shape[1] * shape[2];
            const values = Array.from({ length: count }, () => Math.fround(next()));
            const start = Array.from({ length: count }, (_, at) => Number(next() < 0.5 || at % 7 < 3));
            const how = { iterations: 4, smoothing, closed: border === "closed", balloon, threshold: 0.5 };
            const expected = oracle.geodesicContour(shape, values, start, how);
            const edges = memoryVolume(Float32Array.from(values), shape, { brick: [3, 4, 16] });
            const mask = memoryVolume(Uint8Array.from(start), shape, { role: "mask" });
            const result = await geodesicContour(edges, mask, {
              iterations: 4,
              smoothing,
              balloon,
              border,
              threshold: 0.5,
            });
            expect(await voxels(result), `${shape} ${balloon} ${border} ${smoothing}`).toEqual(expected);
            expect([result.role, result.dtype]).toEqual(["mask", "uint8"]);
          }
  });

  test("stays in the mask and off what is no number, for any bricks and workers and every voxel type", async () => {
    const shape: Shape = [8, 9, 20];
    const next = random(77);
    const values = Array.from({ length: 1440 }, () => Math.floor(next() * 100));
    const start = values.map((_, k) => Number(k % 20 < 9));
    const within = values.map(() => next() < 0.9);
    const first = start.map((label, k) => (within[k] ? label : -1));
    const how = { iterations: 5, smoothing: 1, closed: false, balloon: 1, threshold: 30 };
    const expected = oracle.geodesicContour(shape, values, first, how).map((label) => Math.max(0, label));
    const sown = memoryVolume(
      Uint8Array.from(start, (label) => 9 * label),
      shape,
      { role: "mask" },
    );
    const mask = memoryVolume(Uint8Array.from(within, Number), shape, { role: "mask" });
    for (const [k, dtype] of (Object.keys(DTYPES) as DType[]).entries()) {
      const edges = memoryVolume(typed(dtype, values), shape, { brick: [2 + (k % 3), 4, 8 + k] });
      const options = { iterations: 5, balloon: 1, threshold: 30, mask, workers: 1 + (k % 4) };
      expect(await voxels(await geodesicContour(edges, sown, options)), dtype).toEqual(expected);
    }
    const holed = memoryVolume(
      Float32Array.from(values, (value, k) => (within[k] ? value : Number.NaN)),
      shape,
    );
    expect(await voxels(await geodesicContour(holed, sown, { iterations: 5, balloon: 1, threshold: 30 }))).toEqual(
      expected,
    );
  });

  test("finds a ball from a seed inside, and settles", async () => {
    const shape: Shape = [40, 40, 40];
    const far = (k: number): number =>
      Math.hypot(Math.floor(k / 1600) - 19.5, (Math.floor(k / 40) % 40) - 19.5, (k % 40) - 19.5);
    const next = random(5);
    const grey = Uint8Array.from({ length: 64000 }, (_, k) => (far(k) < 12 ? 160 : 80) + 20 * next());
    const edges = await inverseGaussianGradient(memoryVolume(grey, shape, { brick: [16, 16, 16] }), {
      sigma: 1.5,
      alpha: 1,
    });
    const seed = memoryVolume(
      Uint8Array.from({ length: 64000 }, (_, k) => Number(far(k) < 5)),
      shape,
      { role: "mask" },
    );
    const ball = await geodesicContour(edges, seed, { balloon: 1, threshold: 0.45, iterations: 60 });
    expect(told(ball).settled).toBe(true);
    const found = await voxels(ball);
    const wrong = found.filter((is, k) => is !== Number(far(k) < 12)).length;
    expect(wrong / ((4 / 3) * Math.PI * 12 ** 3)).toBeLessThan(0.12);
  });

  test("takes the 40th percentile of the map for the threshold", async () => {
    const values = Float32Array.from({ length: 1000 }, (_, k) => (Math.imul(k, 7919) % 1000) / 1000);
    const edges = memoryVolume(values, [10, 10, 10]);
    const start = memoryVolume(
      Uint8Array.from({ length: 1000 }, (_, k) => k % 2),
      [10, 10, 10],
      { role: "mask" },
    );
    const { threshold } = (await geodesicContour(edges, start, { balloon: 1, iterations: 1 })).provenance
      .parameters as { threshold: number };
    expect(threshold).toBeCloseTo(0.4, 2);
  });

  test("refuses what cannot be meant", async () => {
    const edges = memoryVolume(
      Float32Array.from({ length: 27 }, (_, k) => k / 27),
      [3, 3, 3],
    );
    const seed = memoryVolume(new Uint8Array(27).fill(1), [3, 3, 3], { role: "mask" });
    const empty = memoryVolume(new Uint8Array(27), [3, 3, 3], { role: "mask" });
    await expect(geodesicContour(edges, edges)).rejects.toThrow(/8-bit voxels with the role mask/);
    await expect(geodesicContour(edges, empty)).rejects.toMatchObject({ code: "MissingData" });
    await expect(geodesicContour(edges, seed, { mask: empty })).rejects.toMatchObject({ code: "MissingData" });
    await expect(geodesicContour(edges, seed, { balloon: Number.NaN })).rejects.toThrow(/balloon is NaN/);
    await expect(geodesicContour(edges, seed, { region: {} } as object)).rejects.toThrow(/no option `region`/);
    const flat = memoryVolume(new Float32Array(27).fill(1), [3, 3, 3]);
    await expect(geodesicContour(flat, seed, { balloon: 1 })).rejects.toThrow(/one value everywhere/);
    await expect(inverseGaussianGradient(edges, { alpha: -1 })).rejects.toThrow(/alpha .* is -1/);
  });
});

describe("the contours of scikit-image", () => {
  const { cases, edges: map } = JSON.parse(
    readFileSync(new URL("../golden/contour.json", import.meta.url), "utf8"),
  ) as {
    cases: { name: string; crc32: string; sum: number }[];
    edges: { probes: number[] };
  };
  const size = [64, 64, 64] as const;
  const brick = [24, 32, 40] as const;
  const phases = referencePhases(64);
  const [g8, g16] = ([8, 16] as const).map((bits) => referenceGrey(phases, bits)) as [Uint8Array, Uint16Array];
  const maskOf = (is: (label: number) => boolean, from = phases, shape: Shape = size): Volume =>
    memoryVolume(
      Uint8Array.from(from, (label) => Number(is(label))),
      shape,
      { brick, role: "mask" },
    );
  const grey = memoryVolume(g8, size, { brick });
  const am = maskOf((label) => label === 2);
  const sevenths = memoryVolume(
    Float32Array.from(g16, (value) => value / 7),
    size,
    { brick },
  );
  const slice = <T extends Voxels>(values: T, z: number): T => values.slice(z * 4096, (z + 1) * 4096) as T;
  const plane = memoryVolume(slice(g8, 31), [1, 64, 64]);
  const closed = { border: "closed" } as const;
  const edgesOf = (): Promise<Volume> => inverseGaussianGradient(grey, { sigma: 2, alpha: 10 });
  const flat = async (): Promise<Volume> =>
    memoryVolume(slice((await (await edgesOf()).read()) as Float32Array, 20), [1, 64, 64]);
  const calls: Record<string, () => Promise<Volume>> = {
    "g8, 10 iterations": () => chanVese(grey, { start: 120, iterations: 10, ...closed }),
    "g8, smoothing 3": () => chanVese(grey, { start: 120, iterations: 5, smoothing: 3, ...closed }),
    "g8, no smoothing": () => chanVese(grey, { start: 120, iterations: 4, smoothing: 0, ...closed }),
    "g8, weights": () => chanVese(grey, { start: 120, iterations: 7, weights: [0.5, 2], ...closed }),
    "g8, chessboard": () => chanVese(grey, { start: "chessboard", iterations: 12, ...closed }),
    "g16, mask": () => chanVese(memoryVolume(g16, size, { brick }), { start: am, iterations: 6, ...closed }),
    "float, 6 iterations": () => chanVese(sevenths, { start: am, iterations: 6, ...closed }),
    "plane, 9 iterations": () => chanVese(plane, { start: 120, iterations: 9, ...closed }),
    "geodesic, no balloon": async () =>
      geodesicContour(await edgesOf(), am, { iterations: 10, threshold: 0.3, ...closed }),
    "geodesic, swells": async () =>
      geodesicContour(await edgesOf(), await erosionThrice(am), {
        iterations: 6,
        balloon: 1,
        threshold: 0.12,
        ...closed,
      }),
    "geodesic, shrinks": async () =>
      geodesicContour(
        await edgesOf(),
        maskOf((label) => label !== 0),
        { iterations: 6, balloon: -2, threshold: 0.3, smoothing: 2, ...closed },
      ),
    "geodesic, plane": async () =>
      geodesicContour(
        await flat(),
        maskOf((label) => label === 2, slice(phases, 20), [1, 64, 64]),
        { iterations: 8, balloon: 1, threshold: 0.12, ...closed },
      ),
  };

  test.each(cases)("$name are ours, byte for byte", async ({ name, crc32: expected, sum }) => {
    const found = Uint8Array.from(await (await calls[name]!()).read());
    expect(found.reduce((a, b) => a + b, 0)).toBe(sum);
    expect(crc32(found).toString(16).padStart(8, "0")).toBe(expected);
  });

  test("the map of edges is theirs, within float32", async () => {
    const found = (await (await edgesOf()).read()) as Float32Array;
    // Indices of the probes of the reference file.
    const probes = [
      160894, 59553, 157355, 44432, 155588, 202067, 163037, 37830, 234234, 96688, 34562, 55223, 119954, 197116, 124661,
      226013,
    ];
    expectClose(
      probes.map((k) => found[k]!),
      map.probes,
      2e-6,
    );
  });
});

/** As by three steps of a cross, which is an octahedron: beyond the faces is nothing. */
async function erosionThrice(mask: Volume): Promise<Volume> {
  let now = mask;
  for (let k = 0; k < 3; k++) now = await erosion(now, { shape: "cross", radius: 1, border: { constant: 0 } });
  return now;
}
