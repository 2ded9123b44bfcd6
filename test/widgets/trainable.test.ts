/** Trainable segmentation on the kernel's side: what is shown is what trainForest and predictForest give, and the newest wish wins. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json } from "#kernel/comm.js";
import { AXES, type Axis, type Shape, type Triple } from "#src/core/shape.js";
import { predictForest, type TrainForestOptions, trainForest, type Volume } from "#src/index.js";
import { encodeRuns, strokeRuns } from "#widgets/draw/runs.js";
import { type Trainable, type TrainableOptions, trainable } from "#widgets/model/index.js";
import { distanceApart, planesLookedAt, windowMeans } from "#widgets/model/training/least-certain.js";
import type { Edit } from "#widgets/protocol.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { custom, FakePage, type Opened, update } from "../support/page.js";

const file = testFolder();
const SHAPE: Shape = [12, 40, 48];
let page: FakePage;
let count = 0;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());

/** Bright blobs in the dark, with noise. */
function scan(): Volume {
  let seed = 1;
  const noise = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed >>> 24;
  };
  const voxels = Uint16Array.from({ length: 12 * 40 * 48 }, (_, k) => {
    const [z, y, x] = [Math.floor(k / 1920), Math.floor(k / 48) % 40, k % 48];
    return 1000 + noise() * 4 + (Math.sin(x / 4) * Math.sin(y / 5) * Math.cos(z / 6) > 0.2 ? 900 : 0);
  });
  return memoryVolume(voxels, SHAPE, { brick: [8, 16, 32] });
}

const stroke = (label: number, way: Triple[], shape: Shape = SHAPE): Edit => ({
  tool: "stroke",
  label,
  limits: {},
  runs: Buffer.from(encodeRuns(strokeRuns(way, [0, 1, 1], shape), shape)).toString("base64"),
});
/** Through a blob, and beside one. */
const BRIGHT = stroke(2, [
  [1.5, 8, 3],
  [1.5, 8, 9],
]);
const DARK = stroke(1, [
  [1.5, 20, 2],
  [1.5, 20, 40],
]);
const FAST = { quickTrees: 8, trees: 12, features: ["gaussian", "gradient"], sigmas: [1, 2], heldOut: 0 } as const;
const open = (grey: Volume, options: Partial<TrainableOptions> = {}): Promise<Trainable> =>
  trainable(grey, { classes: ["dark", "bright"], edit: file(`scribbles-${++count}.jsonl`), ...FAST, ...options });

const model = (): Opened => page.model("SlicesModel");
const scribble = (edit: Edit, id = -1): void =>
  model().say(custom({ kind: "edit", id, edit: edit as unknown as Json }));
type Content = Record<string, Json>;
const contents = (): Content[] =>
  model().sent.flatMap(({ data }) => (data.content === undefined ? [] : [data.content as Content]));
const training = (): Content => {
  const states = [model().state, ...page.updates({ id: model().id })] as Content[];
  return states.flatMap((state) => (state.training === undefined ? [] : [state.training as Content])).at(-1)!;
};
const trainedTo = (number: number) =>
  expect.poll(training, { timeout: 20_000 }).toMatchObject({ model: number, behind: false, busy: false });
const ask = (id: number, axis: Axis, index: number, show: Json, number: number): void =>
  model().say(
    custom({
      kind: "planes",
      of: [
        {
          ...{ id, layer: "prediction", axis, index, level: 0 },
          ...{ planes: 1, mode: "mean", prediction: { model: number, show } },
        },
      ],
    }),
  );
/** The voxels of a plane that came, whatever parts it came in. */
const planeBytes = (id: number): Uint8Array | undefined => {
  const parts = model().sent.filter(({ data }) => (data.content as Content | undefined)?.id === id);
  return parts.length === 0 ? undefined : Uint8Array.from(parts.flatMap(({ buffers }) => [...buffers[0]!]));
};
/** The options of trainForest that stand in the cell which the button Code gives. */
const optionsIn = (code: string): TrainForestOptions =>
  new Function(`return ${/scribbles\(\), (\{.*\})\)/.exec(code)![1]}`)() as TrainForestOptions;
const oneOf = (axis: Axis, index: number) => ({
  start: [0, 0, 0].map((n, k) => (k === AXES[axis] ? index : n)) as unknown as Triple,
  stop: SHAPE.map((n, k) => (k === AXES[axis] ? index + 1 : n)) as unknown as Triple,
});

test("after strokes of two phases the planes are those of trainForest and predictForest, byte for byte", async () => {
  const grey = scan();
  const trained = await open(grey, { heldOut: 0.3 });
  scribble(DARK);
  await expect
    .poll(() => training().hint, { timeout: 20_000 })
    .toBe("scribble a second phase: so far there is only dark");
  scribble(BRIGHT);
  await trainedTo(1);
  const options = optionsIn(trained.code);
  const forest = await trainForest(grey, await trained.scribbles(), options);
  expect(trained.forest.toJSON()).toEqual(forest.toJSON());
  expect(forest.trees).toBe(8);
  const shows = [
    ["labels", { output: "labels" }],
    ["uncertainty", { output: "uncertainty" }],
    [2, { output: "probability", phase: "bright" }],
  ] as const;
  let id = 0;
  for (const [show, output] of shows)
    for (const [axis, index] of [
      ["z", 1],
      ["y", 20],
      ["x", 47],
    ] as const) {
      ask(++id, axis, index, show, 1);
      await expect.poll(() => planeBytes(id), { timeout: 20_000 }).toBeDefined();
      const wanted = await predictForest(grey, forest, { ...output, region: oneOf(axis, index) });
      const values = await wanted.read();
      expect(planeBytes(id)).toEqual(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
});

test("features that were kept give the forest that all scribbles give at once, when strokes come one by one and are undone", async () => {
  const grey = scan();
  const trained = await open(grey, { quickSamples: 40, heldOut: 0.2 });
  const strokes = [
    DARK,
    BRIGHT,
    stroke(1, [[5.5, 30, 10]]),
    stroke(2, [
      [9.5, 5, 30],
      [9.5, 12, 20],
    ]),
    stroke(1, [[1.5, 8, 5]]),
  ];
  for (const one of strokes) await trained.replay([{ kind: "edit", from: null, to: one }]);
  await expect.poll(() => training().behind, { timeout: 20_000 }).toBe(false);
  const same = async (): Promise<void> => {
    const options = optionsIn(trained.code);
    const forest = await trainForest(grey, await trained.scribbles(), options);
    expect(trained.forest.toJSON()).toEqual(forest.toJSON());
  };
  await same();
  const before = training().model as number;
  await trained.undo();
  await expect.poll(() => training().model, { timeout: 20_000 }).toBeGreaterThan(before);
  await same();
  expect((await trained.train()).trees).toBe(12);
  await same();
});

test("the newest stroke wins: what was asked of an older forest is not answered, and there is one forest at the end", async () => {
  const trained = await open(scan());
  scribble(DARK, -1);
  scribble(BRIGHT, -2);
  await trainedTo(1);
  ask(1, "z", 3, "labels", 1);
  for (let k = 0; k < 5; k++) scribble(stroke(1 + (k % 2), [[7.5, 3 + 5 * k, 40]]), -3 - k);
  await expect.poll(() => contents().filter(({ kind }) => kind === "edited").length, { timeout: 20_000 }).toBe(7);
  await expect.poll(training, { timeout: 20_000 }).toMatchObject({ behind: false, busy: false });
  const newest = training().model as number;
  // Fewer forests than strokes: those that were outdated before they were trained never came to be.
  expect(newest).toBeLessThanOrEqual(6);
  ask(3, "z", 3, "labels", newest - 1);
  ask(2, "z", 3, "labels", newest);
  await expect.poll(() => planeBytes(2), { timeout: 20_000 }).toBeDefined();
  expect(planeBytes(3)).toBeUndefined();
  expect(contents().filter(({ kind }) => kind === "error")).toEqual([]);
  const wanted = await predictForest(trained.volume, trained.forest, { region: oneOf("z", 3) });
  expect(planeBytes(2)).toEqual(await wanted.read());
  expect(trained.forest.provenance.inputs.find(({ name }) => name === "scribbles")!.provenance.parameters).toEqual({
    edits: 7,
  });
});

test("a cell reads forest, score and labels; the whole volume is predicted once", async () => {
  const grey = scan();
  const trained = await open(grey, { heldOut: 0.4 });
  expect(() => trained.forest).toThrow("scribble some voxels of two phases");
  await expect(trained.predict()).rejects.toThrow("no forest has been trained yet");
  await expect(trained.train()).rejects.toThrow("scribble some voxels of two phases");
  for (const one of [
    DARK,
    BRIGHT,
    stroke(1, [
      [9.5, 3, 3],
      [9.5, 3, 40],
    ]),
    stroke(2, [
      [1.5, 20, 14],
      [1.5, 20, 22],
    ]),
  ])
    await trained.replay([{ kind: "edit", from: null, to: one }]);
  await trained.train();
  expect(trained.score!.accuracy).toBe(trained.forest.score!.accuracy);
  const labels = await trained.predict();
  expect(await trained.predict()).toBe(labels);
  expect(await labels.read()).toEqual(await (await predictForest(grey, trained.forest)).read());
  const region = { start: [2, 3, 4], stop: [6, 20, 30] } as const;
  const box = await trained.predict({ region });
  expect(await box.read()).toEqual(await labels.read(region));
  const shares = await trained.predict({ output: "probability", phase: "dark", region });
  expect(shares.dtype).toBe("float32");
  const report = contents()
    .filter(({ kind }) => kind === "report")
    .at(-1)!;
  expect(report.accuracy).toBe(trained.score!.accuracy);
  const held = (report.scribbled as { heldOut: number }[]).reduce((sum, { heldOut }) => sum + heldOut, 0);
  expect(held).toBe(trained.score!.confusion.flat().reduce((a, b) => a + b, 0));
  expect((report.importance as [string, number][])[0]![0]).toBe(trained.forest.importance.get(0)!.toJSON().feature);
});

test("a page asks for a box and for everything, and gets the voxels of each phase", async () => {
  const trained = await open(scan());
  for (const one of [DARK, BRIGHT]) await trained.replay([{ kind: "edit", from: null, to: one }]);
  await trainedTo(1);
  const region = { start: [0, 10, 0], stop: [12, 30, 48] };
  model().say(custom({ kind: "predict", id: -9, region }));
  model().say(custom({ kind: "predict", id: -8, region: null }));
  await expect.poll(() => contents().find(({ kind }) => kind === "predicted"), { timeout: 20_000 }).toBeDefined();
  const whole = await (await trained.predict()).read();
  const last = () =>
    contents()
      .filter(({ kind }) => kind === "predicted")
      .at(-1)!;
  await expect.poll(last, { timeout: 20_000 }).toMatchObject({ id: -8, region: null });
  expect(last().voxels).toEqual([1, 2].map((label) => ({ label, count: whole.filter((one) => one === label).length })));
});

describe("the least certain place", () => {
  test("is the largest mean over 9 × 9 voxels of the planes that are looked at; the next one is apart", async () => {
    const grey = scan();
    const trained = await open(grey);
    for (const one of [DARK, BRIGHT]) await trained.replay([{ kind: "edit", from: null, to: one }]);
    await trainedTo(1);
    const doubts = await (await predictForest(grey, trained.forest, { output: "uncertainty" })).read();
    const meanAt = ([z, y, x]: Triple): number => {
      let [sum, n] = [0, 0];
      for (let r = Math.max(0, y - 4); r <= Math.min(39, y + 4); r++)
        for (let c = Math.max(0, x - 4); c <= Math.min(47, x + 4); c++, n++) sum += doubts[(z * 40 + r) * 48 + c]!;
      return sum / n;
    };
    const found: Triple[] = [];
    for (let k = 0; k < 3; k++) {
      let most = -1;
      for (const z of planesLookedAt(SHAPE))
        for (let y = 4; y < 36; y++)
          for (let x = 4; x < 44; x++) {
            const near = found.some((at) => Math.hypot(at[0] - z, at[1] - y, at[2] - x) < distanceApart(SHAPE));
            if (!near) most = Math.max(most, meanAt([z, y, x]));
          }
      const at = await trained.leastCertain();
      expect(meanAt(at)).toBeCloseTo(most, 5);
      for (const before of found)
        expect(Math.hypot(...at.map((n, axis) => n - before[axis]!))).toBeGreaterThanOrEqual(distanceApart(SHAPE));
      expect(trained.cursor).toEqual(at);
      found.push(at);
    }
    model().say(custom({ kind: "leastCertain", id: -4 }));
    await expect
      .poll(() => contents().find(({ kind }) => kind === "leastCertain"), { timeout: 20_000 })
      .toMatchObject({ id: -4 });
  });

  test("leaves out voxels whose uncertainty is no number, and those whose window leaves the plane", () => {
    const values = Float32Array.from({ length: 400 }, (_, k) => (k % 20 < 10 ? Number.NaN : k / 400));
    const means = windowMeans({ values, height: 20, width: 20 });
    for (const [k, mean] of means.entries()) {
      const [y, x] = [Math.floor(k / 20), k % 20];
      let [sum, n] = [0, 0];
      for (let r = Math.max(0, y - 4); r <= Math.min(19, y + 4); r++)
        for (let c = Math.max(10, x - 4); c <= Math.min(19, x + 4); c++, n++) sum += values[20 * r + c]!;
      const wanted = x >= 10 && x < 16 && y >= 4 && y < 16;
      expect(mean).toBeCloseTo(wanted ? sum / n : -1, 5);
    }
  });
});

test("without live training nothing is trained until it is asked for", async () => {
  const trained = await open(scan());
  model().say(update({ prediction: { show: "uncertainty", live: false } }));
  for (const one of [DARK, BRIGHT]) await trained.replay([{ kind: "edit", from: null, to: one }]);
  expect(training()).toMatchObject({ model: 0, busy: false, behind: true });
  model().say(custom({ kind: "train", full: true }));
  await trainedTo(1);
  expect(trained.forest.trees).toBe(12);
  await trained.replay([{ kind: "edit", from: null, to: stroke(1, [[3.5, 5, 5]]) }]);
  expect(training()).toMatchObject({ model: 1, busy: false, behind: true });
  model().say(update({ prediction: { show: "labels", live: true } }));
  await trainedTo(2);
});

test("scribbles that were kept are there again, and so is their forest", async () => {
  const grey = scan();
  const edit = file(`scribbles-${++count}.jsonl`);
  const first = await open(grey, { edit });
  for (const one of [DARK, BRIGHT]) await first.replay([{ kind: "edit", from: null, to: one }]);
  await trainedTo(1);
  const json = first.forest.toJSON();
  page.detach();
  page = new FakePage().attach();
  // As after a restart of the kernel: another volume object with the same voxels.
  const again = await open(scan(), { edit });
  await trainedTo(1);
  expect(again.forest.toJSON()).toEqual(json);
});

test("a page that says anything is told what is wrong, or nothing happens", async () => {
  const trained = await open(scan());
  for (const prediction of [
    { show: "all", live: true },
    { show: 9, live: true },
    { show: "labels", live: 1 },
    null,
    "x",
  ])
    model().say(update({ prediction: prediction as Json }));
  expect(trained.widget.state.prediction).toEqual({ show: "labels", live: true });
  for (const one of [DARK, BRIGHT]) await trained.replay([{ kind: "edit", from: null, to: one }]);
  await trainedTo(1);
  const errorOf = async (id: number): Promise<string> => {
    await expect
      .poll(() => contents().find((one) => one.kind === "error" && one.id === id), { timeout: 20_000 })
      .toBeDefined();
    return String(contents().find((one) => one.kind === "error" && one.id === id)!.message);
  };
  model().say(custom({ kind: "predict", id: -21, region: { start: [0, 0, 0], stop: [99, 1, 1] } }));
  expect(await errorOf(-21)).toContain("region");
  model().say(custom({ kind: "predict", id: -22, region: "all" }));
  await errorOf(-22);
  ask(31, "z", 99, "labels", 1);
  expect(await errorOf(31)).toContain("index of the z plane 99");
  ask(32, "w" as Axis, 1, "labels", 1);
  expect(await errorOf(32)).toContain("axis w");
  ask(33, "z", 1, "everything", 1);
  expect(await errorOf(33)).toContain("show is everything");
  model().say(custom({ kind: "planes", of: [{ id: 34, layer: "prediction", axis: "z", index: 1, level: 0 }] }));
  expect(await errorOf(34)).toContain("model is undefined");
  model().say(custom({ kind: "stopPredicting" }));
  model().say(custom({ kind: "train" }));
  await trainedTo(2);
});

test("options that cannot be are refused before anything is shown", async () => {
  const grey = scan();
  await expect(trainable(grey, { classes: ["one"] })).rejects.toThrow("two to eight");
  await expect(trainable(grey, { classes: ["a", "a"] })).rejects.toThrow("different names");
  await expect(open(grey, { quickTrees: 0 })).rejects.toThrow("trees");
  await expect(open(grey, { heldOut: 1 })).rejects.toThrow("heldOut");
  await expect(open(grey, { sigmas: [100] })).rejects.toThrow("sigma");
  await expect(open(grey, { unlabelled: 0 } as object)).rejects.toThrow("unlabelled");
  await expect(trainable("scan" as unknown as Volume, { classes: ["a", "b"] })).rejects.toThrow("takes a volume");
});
