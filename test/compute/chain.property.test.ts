/** Chains: brick by brick through all steps, the same bytes as one step after the other. */
import { readdirSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compute, passesOf } from "#src/compute/chain.js";
import { execute } from "#src/compute/execute.js";
import { Memory } from "#src/compute/memory.js";
import { gaussian, medianBall, medianBox, threshold } from "#src/compute/operations.js";
import { type PlannedStore, planOn } from "#src/compute/planned.js";
import { run } from "#src/compute/run.js";
import { workBytesOf } from "#src/compute/stage.js";
import type { Border } from "#src/core/border.js";
import { trace } from "#src/core/provenance.js";
import { type Region, type Shape, sameShape } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random, randomVoxels } from "../support/random-volume.js";

const file = testFolder();
const facts = { provenance: trace("test", {}) };
const whole = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const anyShape = fc.tuple(whole(12), whole(15), whole(40));
const anyBrick = fc.tuple(whole(6), whole(7), whole(20));
const anyBorder = fc.constantFrom<Border[]>("reflect", "mirror", "nearest", { constant: 100 });
const anyRadius = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: 2 }))) as fc.Arbitrary<
  [number, number, number]
>;
const count = (shape: Shape): number => shape[0] * shape[1] * shape[2];

type Operation = (volume: Volume, options: object) => Promise<Volume>;
const anyOperation: fc.Arbitrary<Operation> = fc
  .tuple(fc.integer({ min: 0, max: 4 }), anyRadius, anyBorder)
  .map(([kind, radius, border]): Operation => {
    const common = (options: object): object => ({ border, ...options });
    if (kind === 0) return (volume, options) => run(medianBall, volume, { radius }, common(options), facts);
    if (kind === 1) return (volume, options) => run(medianBox, volume, { radius }, common(options), facts);
    const sigma = radius.map((r) => r / 4) as [number, number, number];
    if (kind === 2)
      return (volume, options) => run(gaussian, volume, { sigma, dtype: volume.dtype }, common(options), facts);
    if (kind === 3)
      return (volume, options) => run(gaussian, volume, { sigma, dtype: "float32" }, common(options), facts);
    return (volume, options) => run(threshold, volume, { thresholds: [90, 140] }, options, facts);
  });

function regionIn(shape: Shape, seed: number): Region {
  const next = random(seed);
  const start = shape.map((n) => Math.floor(next() * n));
  const stop = shape.map((n, k) => start[k]! + 1 + Math.floor(next() * (n - start[k]!)));
  return { start, stop } as unknown as Region;
}

/** All steps in one pass, whatever it costs: the choice of passes is another matter. */
async function together(volume: Volume, steps: readonly Operation[], options: object): Promise<Volume> {
  let plan = planOn(volume);
  for (const step of steps) plan = await step(plan, options);
  const { stages } = plan.store as PlannedStore;
  expect(stages.length).toBe(steps.length);
  return execute(volume, stages, { workers: 2 });
}

async function apart(volume: Volume, steps: readonly Operation[], options: object): Promise<Volume> {
  let now = volume;
  for (const step of steps) now = await step(now, { ...options, workers: 2 });
  return now;
}

test("a chain in one pass has the bytes of its steps one after the other, for any borders, bricks and shapes", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyShape,
      anyBrick,
      fc.array(anyOperation, { minLength: 2, maxLength: 4 }),
      whole(1e6),
      async (shape, brick, steps, seed) => {
        const volume = memoryVolume(randomVoxels("uint8", count(shape), seed), shape, { brick });
        const [one, other] = [await together(volume, steps, {}), await apart(volume, steps, {})];
        expect([one.dtype, one.role, one.shape, one.provenance]).toEqual([
          other.dtype,
          other.role,
          other.shape,
          other.provenance,
        ]);
        expect(await one.read()).toEqual(await other.read());
        for (let k = 0; k < one.grid.length; k++) expect(one.store.zone(k)).toEqual(other.store.zone(k));
      },
    ),
    { numRuns: 60, seed: 20240607 },
  );
});

test("with a mask, each step of a chain leaves alone what lies outside", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyShape,
      anyBrick,
      fc.array(anyOperation, { minLength: 2, maxLength: 3 }),
      whole(1e6),
      async (shape, brick, steps, seed) => {
        const volume = memoryVolume(randomVoxels("uint8", count(shape), seed), shape, { brick });
        const inside = randomVoxels("uint8", count(shape), seed + 1).map((value, k) => (k % 60 < 30 ? 0 : value & 1));
        const mask = memoryVolume(inside, shape, { brick: [3, 4, 9], role: "mask" });
        const [one, other] = [await together(volume, steps, { mask }), await apart(volume, steps, { mask })];
        expect(await one.read()).toEqual(await other.read());
      },
    ),
    { numRuns: 30, seed: 20240607 },
  );
});

test("a step with a region cuts the volume for those behind it, whose border then lies at the cut", async () => {
  await fc.assert(
    fc.asyncProperty(anyShape, anyBrick, anyOperation, anyOperation, whole(1e6), async (shape, brick, a, b, seed) => {
      const region = regionIn(shape, seed);
      const steps: Operation[] = [
        a,
        async (volume) => (sameShape(volume.shape, shape) ? a(volume, { region }) : volume),
        b,
      ];
      const volume = memoryVolume(randomVoxels("uint8", count(shape), seed), shape, { brick });
      const [one, other] = [await together(volume, steps, {}), await apart(volume, steps, {})];
      expect(one.origin).toEqual(other.origin);
      expect(await one.read()).toEqual(await other.read());
    }),
    { numRuns: 30, seed: 20240607 },
  );
});

test("the bytes of a chain do not depend on workers and bricks: three bricks an axis, none a divisor, smaller than the halo, 2D", async () => {
  for (const shape of [
    [13, 22, 70],
    [5, 3, 7],
    [1, 37, 50],
  ] as const) {
    const values = randomVoxels("uint16", count(shape), 31);
    const steps: Operation[] = [
      (volume, options) => run(medianBall, volume, { radius: [2, 2, 2] }, options, facts),
      (volume, options) => run(gaussian, volume, { sigma: [1, 1, 1], dtype: "float32" }, options, facts),
      (volume, options) => run(threshold, volume, { thresholds: [30000] }, options, facts),
    ];
    const results: unknown[] = [];
    for (const brick of [
      [4, 7, 23],
      [5, 8, 16],
      [64, 128, 128],
    ] as const)
      for (const workers of [1, 2, 4]) {
        let plan = planOn(memoryVolume(values, shape, { brick }));
        for (const step of steps) plan = await step(plan, {});
        const { real, stages } = plan.store as PlannedStore;
        results.push(await (await execute(real, stages, { workers })).read());
        results.push(await (await compute(plan, { workers })).read());
      }
    for (const voxels of results.slice(1)) expect(voxels).toEqual(results[0]);
  }
});

test("a chain is cut where a later step wraps around, and is right", async () => {
  const shape = [9, 10, 33] as const;
  const volume = memoryVolume(randomVoxels("uint8", count(shape), 5), shape, { brick: [4, 5, 16] });
  const steps: Operation[] = [
    (volume, options) => run(medianBall, volume, { radius: [1, 1, 1] }, options, facts),
    (volume, options) => run(medianBox, volume, { radius: [1, 2, 3] }, { ...options, border: "wrap" }, facts),
    (volume, options) => run(gaussian, volume, { sigma: [0.5, 0.5, 0.5], dtype: "uint8" }, options, facts),
  ];
  let plan = planOn(volume);
  for (const step of steps) plan = await step(plan, {});
  expect(await (await compute(plan, {})).read()).toEqual(await (await apart(volume, steps, {})).read());
});

test("a stopped chain goes on where memory is another, so that other steps go together, and ends with the same bytes", async () => {
  const shape = [10, 20, 33] as const;
  const volume = memoryVolume(randomVoxels("uint8", count(shape), 5), shape, { brick: [10, 20, 33] });
  let plan = planOn(volume);
  for (const radius of [2, 1, 3, 1])
    plan = await run(medianBox, plan, { radius: [1, radius, 1] }, {}, { provenance: trace("median", { radius }) });
  const expected = await (await compute(plan, {})).read();
  const { stages } = plan.store as PlannedStore;
  const [least, most] = [[stages[2]!], stages].map((some) => workBytesOf(some, volume.grid.brick)) as [number, number];
  const limits = new Map<string, number>();
  for (let limit = least; limit < most + 500; limit += 500)
    limits.set(
      passesOf(plan, { memoryLimit: limit })
        .map((group) => group.stages.length)
        .join(),
      limit,
    );
  expect([...limits.keys()]).toContain("4");
  expect(limits.size).toBeGreaterThan(2);
  const to = file("memory.arrow");
  for (const limit of limits.values()) {
    const controller = new AbortController();
    const onProgress = (): void => controller.abort(new Error("enough"));
    const means = { memory: new Memory({ limit }) };
    await expect(compute(plan, { to, signal: controller.signal, onProgress }, means)).rejects.toThrow("enough");
  }
  expect(await (await compute(plan, { to })).read()).toEqual(expected);
  expect(readdirSync(file("."))).toEqual(["memory.arrow"]);
});
