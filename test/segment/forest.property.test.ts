/** What a forest gives does not depend on how it is computed: bricks, threads, regions, slices, files. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OUTSIDE } from "#src/core/phases.js";
import type { Shape } from "#src/core/shape.js";
import { type Forest, isVoxbookError, memory, open, predictForest, trainForest, type Volume } from "#src/index.js";
import { memoryVolume } from "../support/memory-volume.js";
import { planted } from "../support/planted-field.js";

const shape = [17, 26, 38] as const;
const { values, truth } = planted(shape, 3, 30, 3);
const grey = Uint16Array.from(values, (value) => Math.max(0, Math.min(400, value + 100)));
const painted = Uint8Array.from(truth, (label, k) => (k % 11 === 0 ? label : OUTSIDE));
const bricks: readonly Shape[] = [
  [5, 8, 12],
  [17, 26, 38],
  [6, 26, 7],
];
const options = { trees: 7, depth: 9, sigmas: [0.7, 1.4], heldOut: 0.2, samples: 300 } as const;
const every = ["value", "gaussian", "gradient", "hessian", "laplacian", "structure", "difference"] as const;
const all = [...every, "mean", "deviation", "minimum", "maximum"] as const;
const scanIn = (brick: Shape): Volume => memoryVolume(grey, shape, { brick });
const bytesOf = async (volume: Volume): Promise<Buffer> => Buffer.from((await volume.read()).buffer as ArrayBuffer);
const outputs = [{}, { output: "uncertainty" }, { output: "probability", phase: 1 }] as const;

test("training gives the same forest for 1, 2 and 4 workers and any brick shape", async () => {
  const made: Forest[] = [];
  for (const [k, brick] of bricks.entries()) {
    const scribbles = memoryVolume(painted, shape, { brick: bricks[(k + 1) % 3]!, role: "labels" });
    made.push(await trainForest(scanIn(brick), scribbles, { ...options, features: all, workers: 2 ** k }));
  }
  const [first, ...others] = made.map((forest) => JSON.stringify({ ...forest.toJSON(), provenance: null }));
  for (const other of others) expect(other).toBe(first);
  expect(
    made[0]!
      .toJSON()
      .confusion!.flat()
      .reduce((a, b) => a + b, 0),
  ).toBeGreaterThan(0);
});

test("predictions have the same bytes for 1, 2 and 4 workers, any brick shape, in memory and in a file", async () => {
  const scribbles = memoryVolume(painted, shape, { brick: bricks[0]!, role: "labels" });
  const forest = await trainForest(scanIn(bricks[0]!), scribbles, { ...options, features: all });
  const folder = mkdtempSync(join(tmpdir(), "voxbook-forest-"));
  try {
    for (const [n, output] of outputs.entries()) {
      const expected = await bytesOf(await predictForest(scanIn(bricks[1]!), forest, { ...output, workers: 1 }));
      for (const [k, brick] of bricks.entries()) {
        const made = await predictForest(scanIn(brick), forest, { ...output, workers: 2 ** k });
        expect(Buffer.compare(await bytesOf(made), expected)).toBe(0);
      }
      const to = join(folder, `${n}.arrow`);
      await predictForest(scanIn(bricks[2]!), forest, { ...output, to });
      expect(Buffer.compare(await bytesOf(await open(to)), expected)).toBe(0);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a region has the answer of the whole, and a mask leaves out what lies outside", async () => {
  const scan = scanIn([8, 8, 16]);
  const forest = await trainForest(scan, memoryVolume(painted, shape, { role: "labels" }), options);
  const region = { start: [1, 5, 30], stop: [9, 6, 38] } as const;
  const inside = Uint8Array.from(painted, (_, k) => (k % 5 === 0 ? 1 : 0));
  const mask = memoryVolume(inside, shape, { role: "mask" });
  for (const output of outputs) {
    const whole = await predictForest(scan, forest, output);
    const part = await predictForest(scan, forest, { ...output, region });
    expect(await part.read()).toEqual(await whole.read(region));
    const every = await whole.read();
    const masked = await (await predictForest(scan, forest, { ...output, mask })).read();
    const outside = output === outputs[0] ? OUTSIDE : Number.NaN;
    expect(masked).toEqual(every.map((value, k) => (inside[k] === 1 ? value : outside)));
  }
});

test("a mask leaves out scribbles, too", async () => {
  const scan = scanIn(bricks[0]!);
  const half = Uint8Array.from(painted, (_, k) => (k % 38 < 19 ? 1 : 0));
  const mask = memoryVolume(half, shape, { role: "mask", brick: [5, 5, 5] });
  const cut = painted.map((label, k) => (half[k] === 1 ? label : OUTSIDE));
  const masked = await trainForest(scan, memoryVolume(painted, shape, { role: "labels" }), { ...options, mask });
  const painted2 = await trainForest(scan, memoryVolume(cut, shape, { role: "labels" }), options);
  expect(masked.toJSON().trees).toEqual(painted2.toJSON().trees);
});

test("slice by slice a slice has the same answer alone and in the stack", async () => {
  const scan = scanIn(bricks[0]!);
  const scribbles = memoryVolume(painted, shape, { role: "labels" });
  const forest = await trainForest(scan, scribbles, { ...options, features: all, slicewise: true });
  const plane = shape[1] * shape[2];
  for (const output of outputs) {
    const stack = await predictForest(scan, forest, output);
    for (const z of [0, 7, 16]) {
      const alone = memoryVolume(grey.slice(z * plane, (z + 1) * plane), [1, shape[1], shape[2]], {
        brick: [1, 9, 20],
      });
      const expected = await stack.read({ start: [z, 0, 0], stop: [z + 1, shape[1], shape[2]] });
      expect(await (await predictForest(alone, forest, output)).read()).toEqual(expected);
    }
  }
});

test("another seed grows other trees", async () => {
  const scan = scanIn(bricks[0]!);
  const scribbles = memoryVolume(painted, shape, { role: "labels" });
  const [a, b, c] = await Promise.all(
    [1, 1, 2].map(async (seed) => (await trainForest(scan, scribbles, { ...options, seed })).toJSON().trees),
  );
  expect(b).toEqual(a);
  expect(c).not.toEqual(a);
});

test("training and prediction stop when they are told to, and give their memory back", async () => {
  const scan = scanIn(bricks[0]!);
  const scribbles = memoryVolume(painted, shape, { role: "labels" });
  const before = memory().getChild("memory")?.toArray();
  const stop = new AbortController();
  const reason = new Error("enough");
  let trees = 0;
  const onProgress = ({ operation, done }: { operation: string; done: number }): void => {
    if (operation === "trainForest" && ++trees && done === 3) stop.abort(reason);
  };
  await expect(trainForest(scan, scribbles, { ...options, trees: 500, signal: stop.signal, onProgress })).rejects.toBe(
    reason,
  );
  expect(trees).toBeLessThan(500);
  expect(memory().getChild("memory")?.toArray()).toEqual(before);
});

test("work that memory cannot hold is refused with the numbers, before anything runs", async () => {
  const scan = scanIn(bricks[1]!);
  const scribbles = memoryVolume(painted, shape, { role: "labels" });
  const forest = await trainForest(scan, scribbles, options);
  for (const call of [
    () => trainForest(scan, scribbles, { ...options, memoryLimit: 1e5 }),
    () => predictForest(scan, forest, { memoryLimit: 1e5 }),
  ]) {
    const error = await call().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(isVoxbookError(error, "LimitExceeded")).toBe(true);
    expect((error as { asked: number }).asked).toBeGreaterThan(1e5);
  }
});
