/** Anisotropic diffusion against its definition, its limits, and what it does to noise and edges. */
import { expect, test } from "vitest";
import { anisotropicDiffusion as operation } from "#src/compute/operations/diffusion.js";
import { run } from "#src/compute/run.js";
import { DTYPES, type DType, type Voxels } from "#src/core/dtype.js";
import { trace } from "#src/core/provenance.js";
import type { Shape } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { anisotropicDiffusion, estimate, pipeline } from "#src/index.js";
import { noiseLevel } from "#src/statistics/noise-level.js";
import * as oracle from "../oracle/diffusion.js";
import { expectClose } from "../support/closeness.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random, randomVoxels } from "../support/random-volume.js";

const count = (shape: Shape): number => shape[0] * shape[1] * shape[2];
const SHAPE = [6, 9, 21] as const;
const BRICK = [4, 5, 16] as const;
const voxelsOf = (dtype: DType, shape: Shape): Voxels =>
  randomVoxels(dtype, count(shape), 13).map((value) => (dtype === "float32" ? value % 1000 : value));
const rangeOf = (values: Voxels): number => {
  const numbers = Array.from(values);
  return Math.max(...numbers) - Math.min(...numbers);
};

for (const dtype of Object.keys(DTYPES) as DType[])
  for (const method of ["gradient", "curvature"] as const)
    for (const conductance of ["exponential", "reciprocal"] as const)
      test(`${method} of ${dtype} with the ${conductance} conductance flows as its definition says`, async () => {
        const values = voxelsOf(dtype, SHAPE);
        const block = { shape: SHAPE, values };
        const volume = memoryVolume(values, SHAPE, { brick: BRICK });
        // About the slopes of noise over the whole range, so that every conductance is met.
        const edge = rangeOf(values) / 3;
        const options = {
          method,
          conductance,
          edge,
          timeStep: 0.1,
          iterations: 3,
          dtype: "float32",
          workers: 2,
        } as const;
        const expected = oracle.anisotropicDiffusion(block, { ...options, edges: [edge, edge, edge] });
        // Curvature is a small sum of six directions, each rounded at one, times the slope.
        const tolerance = method === "curvature" ? 1e-5 : 2e-6;
        expectClose(await (await anisotropicDiffusion(volume, options)).read(), expected, tolerance);
      });

test("a relative edge is measured before each step, over the whole volume, whatever part is asked for", async () => {
  const values = voxelsOf("uint8", SHAPE);
  const volume = memoryVolume(values, SHAPE, { brick: BRICK });
  const edges = [1.5, 1.5, 1.5];
  const expected = oracle.anisotropicDiffusion({ shape: SHAPE, values }, { edges, relative: true, timeStep: 1 / 16 });
  const options = { edge: { relative: 1.5 }, iterations: 3, dtype: "float32" } as const;
  const whole = await (await anisotropicDiffusion(volume, options)).read();
  expectClose(whole, expected, 2e-6);
  const region = { start: [1, 0, 5], stop: [4, 7, 20] } as const;
  const part = await anisotropicDiffusion(volume, { ...options, region });
  expect(await part.read()).toEqual(await (await anisotropicDiffusion(volume, options)).read(region));
  const inside = randomVoxels("uint8", count(SHAPE), 3).map((value) => value & 1);
  const mask = memoryVolume(inside, SHAPE, { brick: [6, 9, 8], role: "mask" });
  const masked = await (await anisotropicDiffusion(volume, { ...options, mask })).read();
  expect(Array.from(masked)).toEqual(Array.from(whole, (value, k) => (inside[k] === 0 ? values[k]! : value)));
});

test("a relative edge may be measured once in several steps", async () => {
  const values = voxelsOf("uint8", SHAPE);
  const block = { shape: SHAPE, values };
  const volume = memoryVolume(values, SHAPE, { brick: BRICK });
  const first = 1.5 * oracle.meanGradient(block);
  const three = oracle.anisotropicDiffusion(block, { edges: [first, first, first], timeStep: 1 / 16 });
  const second = 1.5 * oracle.meanGradient({ shape: SHAPE, values: three });
  const expected = oracle.anisotropicDiffusion(
    { shape: SHAPE, values: three },
    { edges: [second, second], timeStep: 1 / 16 },
  );
  const result = await anisotropicDiffusion(volume, { edge: { relative: 1.5, every: 3 }, dtype: "float32" });
  expectClose(await result.read(), expected, 2e-6);
  const often = await anisotropicDiffusion(volume, { edge: { relative: 1.5, every: 9 }, iterations: 9 });
  const once = await anisotropicDiffusion(volume, { edge: { relative: 1.5, every: 1000 }, iterations: 9 });
  expect(await often.read()).toEqual(await once.read());
});

test("the mean gradient is the same to the last bit for any brick shape and number of workers", async () => {
  const values = voxelsOf("float32", SHAPE);
  const options = { edge: { relative: 1 }, iterations: 4, dtype: "float32" } as const;
  const results: Voxels[] = [];
  for (const brick of [[2, 3, 5], BRICK, SHAPE] as const)
    for (const workers of [1, 2, 4])
      results.push(
        await (await anisotropicDiffusion(memoryVolume(values, SHAPE, { brick }), { ...options, workers })).read(),
      );
  for (const result of results.slice(1)) expect(result).toEqual(results[0]);
});

test("many steps go over the volume several times and give what one pass gives", async () => {
  const values = voxelsOf("uint16", SHAPE);
  const volume = memoryVolume(values, SHAPE, { brick: BRICK });
  const facts = { provenance: trace("test", {}) };
  const edges = new Array<number>(13).fill(9000);
  for (const border of ["reflect", "wrap", "nearest", { constant: 40000 }] as const) {
    const parameters = {
      method: "gradient",
      conductance: "exponential",
      edges,
      timeStep: 0.1,
      scale: [1, 1, 1],
    } as const;
    const once = await run(operation, volume, { ...parameters, dtype: "uint16" }, { border }, facts);
    const options = { edge: 9000, timeStep: 0.1, iterations: 13, border } as const;
    expect(await (await anisotropicDiffusion(volume, options)).read()).toEqual(await once.read());
    const region = { start: [1, 2, 3], stop: [6, 9, 20] } as const;
    expect(await (await anisotropicDiffusion(volume, { ...options, region })).read()).toEqual(await once.read(region));
  }
});

test("it is planned as a step of a chain, with both kinds of edges, and its cost is estimated", async () => {
  const volume = memoryVolume(voxelsOf("uint8", SHAPE), SHAPE, { brick: BRICK });
  for (const options of [{ edge: 30, iterations: 12 }, { edge: { relative: 2 } }, {}] as const) {
    const first = await anisotropicDiffusion(volume, { edge: 50 });
    const expected = await anisotropicDiffusion(first, options);
    const chain = pipeline([anisotropicDiffusion, { edge: 50 }], [anisotropicDiffusion, options]);
    expect(await (await chain.run(volume)).read()).toEqual(await expected.read());
  }
  const { tasks, bytes } = await estimate(anisotropicDiffusion, volume, { edge: 30, iterations: 12 });
  expect(tasks).toBeGreaterThan(0);
  expect(bytes).toBeGreaterThan(0);
});

test("without an edge, three times the noise is one", async () => {
  const next = random(4);
  const values = Float32Array.from(
    { length: 20 ** 3 },
    (_, k) => (k % 20 < 10 ? 50 : 150) + 8 * (next() + next() + next() - 1.5),
  );
  const volume = memoryVolume(values, [20, 20, 20]);
  const edge = 3 * (await noiseLevel(volume));
  const smooth = await (await anisotropicDiffusion(volume)).read();
  expect(smooth).toEqual(await (await anisotropicDiffusion(volume, { edge })).read());
  // Noise goes, the step of a hundred grey values between x = 9 and x = 10 stays.
  const deviation = (voxels: Voxels): number => {
    const half = Array.from(voxels).filter((_, k) => k % 20 < 9);
    const mean = half.reduce((a, b) => a + b) / half.length;
    return Math.sqrt(half.reduce((sum, value) => sum + (value - mean) ** 2, 0) / half.length);
  };
  expect(deviation(smooth)).toBeLessThan(0.6 * deviation(values));
  const columns = (x: number): number =>
    Array.from(smooth).reduce((sum, value, k) => sum + (k % 20 === x ? value : 0), 0) / 400;
  expect(columns(10) - columns(9)).toBeGreaterThan(98);
});

test("a volume without noise stays as it is", async () => {
  for (const values of [new Uint8Array(216).fill(9), new Float32Array(216).fill(-3.5)]) {
    const volume = memoryVolume(values, [6, 6, 6]);
    for (const options of [
      {},
      { dtype: "float32" },
      { edge: 5 },
      { edge: { relative: 1 } },
      { method: "curvature", edge: 5 },
    ] as const)
      expect(Array.from(await (await anisotropicDiffusion(volume, options)).read())).toEqual(Array.from(values));
  }
});

test("without edges it is heat: the grey values keep their sum, and the variance of a point grows by 2·t", async () => {
  const n = 21;
  const values = new Float32Array(n ** 3);
  const middle = (n - 1) / 2;
  values[(middle * n + middle) * n + middle] = 1000;
  const options = { edge: 1e9, iterations: 8, timeStep: 0.125 } as const;
  const spread = await (await anisotropicDiffusion(memoryVolume(values, [n, n, n]), options)).read();
  let [sum, square] = [0, 0];
  for (const [k, value] of spread.entries()) {
    sum += value;
    square += value * ((k % n) - middle) ** 2;
  }
  expect(sum).toBeCloseTo(1000, 2);
  expect(square / sum).toBeCloseTo(2 * 8 * 0.125, 4);
});

test("voxels that are no cubes conduct less along their longer edges", async () => {
  const values = voxelsOf("uint8", SHAPE);
  const volume = memoryVolume(values, SHAPE, { brick: BRICK, spacing: [2e-6, 1e-6, 1e-6] });
  const parameters = { edges: [60, 60], timeStep: 0.2, scale: [0.5, 1, 1] } as const;
  for (const method of ["gradient", "curvature"] as const) {
    const expected = oracle.anisotropicDiffusion({ shape: SHAPE, values }, { ...parameters, method });
    const options = { method, edge: 60, iterations: 2, timeStep: 0.2, dtype: "float32" } as const;
    expectClose(await (await anisotropicDiffusion(volume, options)).read(), expected, 2e-6);
  }
});

test("images and lines flow along their own axes", async () => {
  for (const shape of [
    [1, 9, 21],
    [5, 1, 30],
    [7, 12, 1],
    [1, 1, 40],
    [1, 1, 1],
  ] as const) {
    const values = voxelsOf("int16", shape);
    const options = { edge: 9000, iterations: 7, timeStep: 0.2, dtype: "float32" } as const;
    const expected = oracle.anisotropicDiffusion({ shape, values }, { ...options, edges: new Array(7).fill(9000) });
    expectClose(await (await anisotropicDiffusion(memoryVolume(values, shape), options)).read(), expected, 2e-6);
  }
});

test("a NaN spreads by a voxel with each step", async () => {
  const values = new Float32Array(11 ** 3).map((_, k) => k % 7);
  // A NaN may carry bits of its own.
  new Uint32Array(values.buffer)[(5 * 11 + 5) * 11 + 5] = 0x7fc01234;
  const volume = memoryVolume(values, [11, 11, 11]);
  for (const method of ["gradient", "curvature"] as const)
    for (const conductance of ["exponential", "reciprocal"] as const) {
      const after = async (iterations: number): Promise<number> => {
        const result = await anisotropicDiffusion(volume, { method, conductance, iterations, edge: 3, timeStep: 0.1 });
        return Array.from(await result.read()).filter(Number.isNaN).length;
      };
      // The voxel itself, its 6 neighbours and the 12 that share an edge with it.
      expect(await after(1)).toBe(19);
      expect(await after(2)).toBeLessThanOrEqual(5 ** 3);
    }
  const holed = await anisotropicDiffusion(volume, { edge: { relative: 2 }, iterations: 2 });
  expect(Array.from(await holed.read()).filter(Number.isNaN).length).toBeLessThanOrEqual(5 ** 3);
});

test("what is not allowed is refused with what is", async () => {
  const volume = memoryVolume(new Uint8Array(27), [3, 3, 3]);
  const failure = (options: object, on: Volume = volume): Promise<unknown> =>
    anisotropicDiffusion(on, options as never);
  await expect(failure({ timeStep: 0.17 })).rejects.toThrow(
    "timeStep is 0.17; allowed is a number above 0 and up to 0.1667",
  );
  for (const timeStep of [0, -1, Number.NaN, "1", Number.POSITIVE_INFINITY])
    await expect(failure({ timeStep })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(failure({ timeStep: 1 / 6, edge: 1 })).resolves.toBeDefined();
  const image = memoryVolume(new Uint8Array(9), [1, 3, 3]);
  await expect(failure({ timeStep: 0.25, edge: 1 }, image)).resolves.toBeDefined();
  await expect(failure({ timeStep: 0.26 }, image)).rejects.toThrow("up to 0.2500");
  await expect(failure({ iterations: 0 })).rejects.toThrow("iterations is 0; allowed is a whole number from 1 to 1000");
  await expect(failure({ edge: 0 })).rejects.toThrow("edge (grey values per voxel) is 0; allowed is a number from");
  await expect(failure({ edge: { relative: -1 } })).rejects.toThrow("edge: relative (times the mean gradient) is -1");
  await expect(failure({ edge: { relativ: 1 } })).rejects.toThrow(
    "edge has no option `relativ`; did you mean `relative`?",
  );
  await expect(failure({ edge: { relative: 1, every: 0 } })).rejects.toThrow("edge: every (steps) is 0");
  await expect(failure({ edge: null })).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(failure({ conductance: "exponental" })).rejects.toThrow(
    'conductance is "exponental"; allowed are "exponential" and "reciprocal"; did you mean `exponential`?',
  );
  await expect(failure({ method: 3 })).rejects.toThrow('method is 3; allowed are "gradient" and "curvature"');
  await expect(failure({ dtype: "int16" })).rejects.toThrow('allowed are uint8, as the volume, and "float32"');
  await expect(failure({ edge: { relative: 1 }, border: "nearest" })).rejects.toThrow(
    'allowed are then "reflect" and "wrap"',
  );
  await expect(failure({ iteration: 3 })).rejects.toThrow("did you mean `iterations`");
  const endless = memoryVolume(Float32Array.of(1, Number.POSITIVE_INFINITY, 2), [1, 1, 3]);
  await expect(failure({ edge: { relative: 1 } }, endless)).rejects.toThrow("the volume has infinite values");
});
