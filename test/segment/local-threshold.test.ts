/** Local thresholds against their definitions and against scikit-image. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Border } from "#src/core/border.js";
import { DTYPES, type DType, type Voxels } from "#src/core/dtype.js";
import { um } from "#src/core/length.js";
import { OUTSIDE } from "#src/core/phases.js";
import type { Triple } from "#src/core/shape.js";
import { type LocalThresholdOptions, localThreshold } from "#src/segment/local-threshold.js";
import { otsu } from "#src/segment/otsu.js";
import { threshold } from "#src/segment/threshold.js";
import { localThresholds, type Method } from "../oracle/local-threshold.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random, randomVoxels } from "../support/random-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

interface Golden {
  labels: {
    input: string;
    method: "gaussian" | "mean" | "niblack" | "sauvola";
    radius: Triple;
    k?: number;
    r?: number;
    offset?: number;
    crc32: number;
    above: number;
  }[];
}
const golden = JSON.parse(readFileSync(join(root, "test/golden/local-threshold.json"), "utf8")) as Golden;
const phases = referencePhases(64);
const g8 = referenceGrey(phases, 8);
const g16 = referenceGrey(phases, 16);
const inputs: Record<string, Voxels> = {
  g8,
  i8: Int8Array.from(g8, (value) => value - 128),
  g16,
  i16: Int16Array.from(g16, (value) => value - 25000),
  f32: Float32Array.from(g16, (value) => Math.fround(value - 25000) / 7),
};

for (const { input, method, radius, crc32: expected, above, r, ...given } of golden.labels)
  test(`${method} of ${input} by a window of ${radius.map((n) => 2 * n + 1).join(" × ")} labels as scikit-image does`, async () => {
    const volume = memoryVolume(inputs[input]!, [64, 64, 64], { brick: [24, 64, 40] });
    const windowed = method === "niblack" || method === "sauvola";
    const border = windowed ? "mirror" : "reflect";
    const range = r === undefined ? {} : { range: r };
    const labels = (await (
      await localThreshold(volume, { method, radius, border, ...given, ...range })
    ).read()) as Uint8Array;
    const bright = labels.filter((label) => label === 1).length;
    // Ours is float32 there (Gaussians), or theirs (floats): a voxel within rounding of its threshold may go either way.
    if (method === "gaussian" || (windowed && input === "f32")) expect(Math.abs(bright - above)).toBeLessThanOrEqual(3);
    else if (method === "mean" && String(radius) === "3,0,5") {
      // Of few voxels many are as bright as their mean less the offset; theirs is rounded after each axis, to either side.
      const equal = asBrightAsMean(inputs[input]!, given.offset!);
      expect(above - bright).toBeGreaterThan(0);
      expect(above - bright).toBeLessThanOrEqual(equal);
    } else {
      expect(bright).toBe(above);
      expect(crc32(labels)).toBe(expected);
    }
  });

/** Voxels of 64³ that equal the mean of their window of 7 × 1 × 11, reflected at the borders, less an offset. */
function asBrightAsMean(values: Voxels, offset: number): number {
  const reflected = (n: number): number => (n < 0 ? -1 - n : n > 63 ? 127 - n : n);
  let found = 0;
  for (let k = 0; k < values.length; k++) {
    let sum = 0;
    for (let dz = -3; dz <= 3; dz++)
      for (let dx = -5; dx <= 5; dx++)
        sum += values[reflected((k >> 12) + dz) * 4096 + (k & 0xfc0) + reflected((k & 63) + dx)]!;
    if (sum === 77 * (values[k]! + offset)) found++;
  }
  return found;
}

const BORDERS: Border[] = ["reflect", "mirror", "nearest", "wrap", { constant: 3 }];
const anyMethod: fc.Arbitrary<Method> = fc.oneof(
  fc.record({ method: fc.constant("mean" as const), offset: fc.integer({ min: -9, max: 9 }) }),
  fc.record({ method: fc.constant("gaussian" as const), offset: fc.integer({ min: -9, max: 9 }) }),
  fc.record({ method: fc.constant("niblack" as const), k: fc.double({ min: -1, max: 1, noNaN: true }) }),
  fc.record({
    method: fc.constant("sauvola" as const),
    k: fc.double({ min: -1, max: 1, noNaN: true }),
    range: fc.integer({ min: 5, max: 40000 }),
  }),
);

test("labels of any type, window, method, border, brick and number of workers are those of comparing each voxel", async () => {
  const shape = [5, 6, 31] as const;
  const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...(Object.keys(DTYPES) as DType[])),
      anyMethod,
      fc.tuple(upTo(3), upTo(4), upTo(5)),
      fc.constantFrom(...BORDERS),
      fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 31 })),
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      async (dtype, how, radius, border, brick, seed) => {
        const values = randomVoxels(dtype, 5 * 6 * 31, seed).map((value) =>
          dtype === "float32" ? Math.fround(value % 1000) : value,
        );
        const volume = memoryVolume(values, shape, { brick });
        const found = await (await localThreshold(volume, { ...how, radius, border, workers: 1 + (seed % 2) })).read();
        const limits = localThresholds({ shape, values }, radius, how, border);
        // Of values that are as large as their type allows float64 keeps a part in 10¹⁵; of Gaussians float32 a part in 10⁶.
        const largest = Array.from(values).reduce((a, b) => Math.max(a, Math.abs(b)), 1);
        const scale = how.method === "gaussian" ? 2e-6 : 1e-7 * (1 + ("k" in how ? Math.abs(how.k) : 0));
        const share = how.method === "sauvola" ? 1 + largest / how.range : 1;
        for (const [k, limit] of limits.entries())
          if (Math.abs(values[k]! - limit) > scale * share * largest)
            expect(found[k], `${k}`).toBe(values[k]! > limit ? 1 : 0);
      },
    ),
    { numRuns: 60, seed: 4 },
  );
});

test("windows whose sums of squares need 64 bits, and flat ones, are right", async () => {
  const shape = [40, 41, 70] as const;
  const next = random(3);
  for (const dtype of ["uint8", "int8", "uint16", "int16"] as const) {
    const { min, max } = DTYPES[dtype];
    const values = randomVoxels(dtype, 40 * 41 * 70, 5).map((value) => (next() < 0.7 ? max : value));
    const volume = memoryVolume(values, shape, { brick: [16, 24, 40] });
    for (const [radius, method] of [
      [20, "niblack"],
      [[19, 33, 64], "sauvola"],
    ] as const) {
      const found = await (await localThreshold(volume, { radius, method, k: 0.4 })).read();
      const half = typeof radius === "number" ? ([radius, radius, radius] as const) : radius;
      for (const at of [
        [0, 0, 0],
        [39, 40, 69],
        [20, 7, 33],
        [1, 39, 68],
        [15, 23, 39],
        [16, 24, 40],
      ] as const) {
        const k = (at[0] * 41 + at[1]) * 70 + at[2];
        // The window of this voxel as a volume of its own, of which the middle is looked at.
        const [m, s] = windowMoments(values, shape, at, half);
        const limit = method === "niblack" ? m - 0.4 * s : m * (1 + 0.4 * (s / ((max - min) / 2) - 1));
        expect(found[k], `${dtype} ${method} ${at}`).toBe(values[k]! > limit ? 1 : 0);
      }
    }
    // A flat volume has no deviation: no voxel is above the mean, all are above Sauvola's part of it.
    const flat = memoryVolume(values.fill(max), shape, { brick: [40, 41, 40] });
    expect(new Set(await (await localThreshold(flat, { method: "niblack", radius: 30 })).read())).toEqual(new Set([0]));
    expect(new Set(await (await localThreshold(flat, { method: "mean", radius: 30 })).read())).toEqual(new Set([0]));
    expect(new Set(await (await localThreshold(flat, { radius: 30 })).read())).toEqual(new Set([1]));
  }
});

/** Mean and standard deviation of a reflected window in exact integers. */
function windowMoments(values: Voxels, shape: Triple, at: Triple, radius: Triple): [number, number] {
  const line = (axis: 0 | 1 | 2): number[] =>
    Array.from({ length: 2 * radius[axis] + 1 }, (_, k) => {
      let n = at[axis] + k - radius[axis];
      while (n < 0 || n >= shape[axis]) n = n < 0 ? -1 - n : 2 * shape[axis] - 1 - n;
      return n;
    });
  const [zs, ys, xs] = [line(0), line(1), line(2)];
  let [count, sum, squares] = [0, 0, 0n];
  for (const z of zs)
    for (const y of ys) {
      let row = 0;
      for (const x of xs) {
        const value = values[(z * shape[1] + y) * shape[2] + x]!;
        count++;
        sum += value;
        row += value * value;
      }
      squares += BigInt(row);
    }
  const wanted = BigInt(count) * squares - BigInt(sum) ** 2n;
  return [sum / count, Math.sqrt(Number(wanted)) / count];
}

test("where the illumination falls off a local threshold finds what no single one does", async () => {
  const shape = [32, 64, 64] as const;
  const truth = referencePhases(64).slice(0, 32 * 4096);
  const next = random(9);
  const values = Uint8Array.from(truth, (phase, k) => {
    const dark = 1 - 0.6 * ((k % 64) / 63);
    return ((phase === 2 ? 150 : 60) + 20 * (next() + next() - 1)) * dark;
  });
  const volume = memoryVolume(values, shape);
  const right = async (labels: Promise<{ read(): Promise<Voxels> }>): Promise<number> => {
    const found = await (await labels).read();
    return truth.filter((phase, k) => Number(phase === 2) === found[k]).length / truth.length;
  };
  const single = await right(threshold(volume, await otsu(volume)));
  for (const options of [{ range: 60 }, { method: "niblack" }, { method: "mean", offset: -2 }] as const)
    expect(await right(localThreshold(volume, { radius: 12, ...options }))).toBeGreaterThan(single + 0.04);
});

test("it gives two named phases, leaves voxels outside the mask to no phase, and keeps the truth of a region", async () => {
  const volume = memoryVolume(g8, [64, 64, 64], { brick: [24, 64, 40], spacing: [1e-6, 1e-6, 2e-6] });
  const options = { radius: um(6), names: ["pore", "solid"] };
  const whole = await localThreshold(volume, options);
  expect([whole.role, whole.dtype, whole.spacing]).toEqual(["labels", "uint8", volume.spacing]);
  expect(whole.phases!.map(({ label, name }) => [label, name])).toEqual([
    [0, "pore"],
    [1, "solid"],
  ]);
  const labels = await whole.read();
  expect(labels).toEqual(await (await localThreshold(volume, { radius: [6, 6, 3] })).read());
  const region = { start: [5, 0, 11], stop: [33, 64, 50] } as const;
  expect(await (await localThreshold(volume, { ...options, region })).read()).toEqual(await whole.read(region));
  const inside = Uint8Array.from(g8, (_, k) => (k % 7 === 0 || k < 9000 ? 0 : 1));
  const mask = memoryVolume(inside, [64, 64, 64], { role: "mask" });
  expect(Array.from(await (await localThreshold(volume, { ...options, mask })).read())).toEqual(
    Array.from(labels, (label, k) => (inside[k] === 0 ? OUTSIDE : label)),
  );
  expect((await localThreshold(volume, { ...options, region })).provenance).toMatchObject({
    operation: "localThreshold",
    parameters: { method: "sauvola", k: 0.2, range: 127.5, names: ["pore", "solid"], region },
    inputs: [{ name: "volume" }],
  });
});

test("NaN, and all within reach of one, belong to no phase", async () => {
  const values = Float32Array.from({ length: 9 ** 3 }, (_, k) => (k * 37) % 101);
  values[(4 * 9 + 4) * 9 + 4] = Number.NaN;
  const volume = memoryVolume(values, [9, 9, 9], { brick: [4, 9, 9] });
  for (const method of ["mean", "niblack", "sauvola", "gaussian"] as const) {
    const labels = await (await localThreshold(volume, { method, radius: method === "gaussian" ? 0.75 : 1 })).read();
    const near = [...labels.keys()].filter((k) =>
      [Math.floor(k / 81), Math.floor(k / 9) % 9, k % 9].every((at) => Math.abs(at - 4) <= 1),
    );
    expect([...labels.keys()].filter((k) => labels[k] === OUTSIDE)).toEqual(near);
  }
});

test("the range of Sauvola's deviations is half that of the type, of 32 bits half that of the volume", async () => {
  const volume = (values: Voxels) => memoryVolume(values, [1, 4, 8]);
  const range = async (values: Voxels): Promise<unknown> =>
    ((await localThreshold(volume(values))).provenance.parameters as { range: number }).range;
  const values = Array.from({ length: 32 }, (_, k) => k * 2);
  expect(await range(Uint8Array.from(values))).toBe(127.5);
  expect(await range(Int16Array.from(values))).toBe(32767.5);
  expect(await range(Float32Array.from(values))).toBe(31);
  expect(await range(Uint32Array.from(values))).toBe(31);
  await expect(localThreshold(volume(new Float32Array(32)))).rejects.toMatchObject({ code: "MissingData" });
  expect(new Set(await (await localThreshold(volume(new Float32Array(32)), { range: 1 })).read())).toEqual(
    new Set([0]),
  );
});

test("options that are wrong, or of another method, are refused with what is allowed", async () => {
  const volume = memoryVolume(new Uint8Array(27), [3, 3, 3]);
  const failure = (options: LocalThresholdOptions | object): Promise<unknown> =>
    localThreshold(volume, options as LocalThresholdOptions);
  await expect(failure({ method: "sauvolla" })).rejects.toThrow("did you mean `sauvola`");
  await expect(failure({ method: "mean", k: 0.2 })).rejects.toThrow("localThreshold (mean) has no option `k`");
  await expect(failure({ offset: 2 })).rejects.toThrow("localThreshold (sauvola) has no option `offset`");
  await expect(failure({ raduis: 2 })).rejects.toThrow("did you mean `radius`");
  await expect(failure({ radius: 65 })).rejects.toThrow("radius (voxels) is 65");
  await expect(failure({ radius: um(2) })).rejects.toMatchObject({ code: "MissingData" });
  await expect(failure({ k: 11 })).rejects.toThrow("k is 11; allowed is a number from -10 to 10");
  await expect(failure({ range: 0 })).rejects.toThrow("range (grey values) is 0");
  await expect(failure({ method: "gaussian", offset: Number.NaN })).rejects.toThrow("offset (grey values) is NaN");
  await expect(failure({ names: ["one"] })).rejects.toThrow("1 threshold makes 2 phases: give 2 names");
  await expect(localThreshold("scan" as never)).rejects.toThrow("localThreshold takes a volume");
});
