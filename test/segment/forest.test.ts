/** Trainable segmentation: trees and answers against their definitions, accuracy beside scikit-learn, files, bad input. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OUTSIDE } from "#src/core/phases.js";
import {
  compareLabels,
  Forest,
  type ForestModel,
  features,
  multiOtsu,
  openForest,
  predictForest,
  samples,
  type TrainForestOptions,
  threshold,
  trainForest,
  type Volume,
} from "#src/index.js";
import { growTree, type TreeTask } from "#src/segment/grow-tree.js";
import { grow, nested, votesOf } from "../oracle/forest.js";
import { memoryVolume } from "../support/memory-volume.js";
import { normal } from "../support/normal.js";
import { planted } from "../support/planted-field.js";
import { random } from "../support/random-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

const golden = JSON.parse(readFileSync(join(root, "test/golden/forest.json"), "utf8")) as {
  slices: number[];
  accuracy: number;
  "balanced accuracy": number;
};

/** A planted volume of three phases, scribbled in some rows. */
const shape = [24, 30, 36] as const;
const { values, truth } = planted(shape, 3, 40, 7);
const scan = memoryVolume(values, shape, { brick: [16, 16, 24] });
const rowOf = (k: number): number => Math.floor(k / 36) % 30;
const painted = Uint8Array.from(truth, (label, k) => (rowOf(k) % 5 === 0 && k % 3 === 0 ? label : OUTSIDE));
const labelled = (voxels: Uint8Array, changes = {}): Volume =>
  memoryVolume(voxels, shape, { brick: [16, 16, 24], role: "labels", ...changes });
const scribbles = labelled(painted);
const quick = { trees: 12, depth: 8, sigmas: [1, 2] } as const;

let forest: Forest;
beforeAll(async () => {
  forest = await trainForest(scan, scribbles, quick);
});

/** The numbers of a saved forest. */
function numbersOf({ trees }: ForestModel) {
  const bytes = (text: string): ArrayBuffer => Uint8Array.from(Buffer.from(text, "base64")).buffer;
  return {
    edges: new Float32Array(bytes(trees.edges)),
    sizes: new Uint32Array(bytes(trees.sizes)),
    nodes: new Uint32Array(bytes(trees.nodes)),
    leaves: new Uint16Array(bytes(trees.leaves)),
  };
}

describe("a tree", () => {
  const tasks: Partial<TreeTask>[] = [
    {},
    { drawsOfClass: undefined },
    { depth: 2 },
    { minimumLeaf: 7 },
    { tried: 1 },
    { count: 6, votes: 65 },
    { features: 1, tried: 1 },
  ];
  for (const [n, changes] of tasks.entries())
    test(`grows as it is defined to, ${JSON.stringify(changes)}`, () => {
      const next = random(n + 3);
      const { count = 3, features = 5 } = changes;
      const classes = Uint8Array.from({ length: 150 }, (_, k) => (k < count ? k : Math.floor(next() ** 2 * count)));
      // One feature says something, one has a single value, one few values.
      const bins = Uint8Array.from({ length: 150 * features }, (_, k) => {
        const feature = Math.floor(k / 150);
        if (feature === 0) return 40 * classes[k % 150]! + 60 * next();
        return feature === 1 ? 9 : feature === 2 ? 100 * Math.floor(2 * next()) : 255 * next();
      });
      const base = { depth: 12, minimumLeaf: 1, tried: 2, drawsOfClass: 60, votes: 655, seed: 5, tree: 4 };
      const task = { ...base, bins, classes, features, count, ...changes };
      const { nodes, leaves } = growTree(task);
      expect(nested(nodes, leaves, count)).toEqual(grow(task));
    });

  test("has leaves only where all features are the same", () => {
    const bins = new Uint8Array(40);
    const classes = Uint8Array.from({ length: 20 }, (_, k) => k % 2);
    const base = { depth: 5, minimumLeaf: 1, tried: 1, drawsOfClass: 50, votes: 100, seed: 1, tree: 0 };
    const { nodes, leaves } = growTree({ ...base, bins, classes, features: 2, count: 2 });
    expect(nested(nodes, leaves, 2)).toEqual({ votes: [50, 50] });
  });
});

test("labels, probabilities and uncertainty are what the trees say of the features", async () => {
  const model = forest.toJSON();
  const { edges, sizes, nodes, leaves } = numbersOf(model);
  const trees = Array.from(sizes, (size, k) => {
    const first = sizes.slice(0, k).reduce((a, b) => a + b, 0);
    return nested(nodes.slice(2 * first, 2 * (first + size)), leaves, 3);
  });
  const made = await features(scan, { sigmas: [1, 2] });
  expect(forest.features).toEqual(Object.keys(made));
  const stack = await Promise.all(Object.values(made).map((volume) => volume.read()));
  const [labels, uncertainty, ...shares] = await Promise.all(
    [
      predictForest(scan, forest),
      predictForest(scan, forest, { output: "uncertainty" }),
      ...forest.phases.map(({ label }) => predictForest(scan, forest, { output: "probability", phase: label })),
    ].map(async (volume) => (await volume).read()),
  );
  const total = 12 * Math.floor(65535 / 12);
  for (let k = 0; k < truth.length; k += 7) {
    const votes = [0, 1, 2].map((one) =>
      trees.reduce(
        (sum, tree) =>
          sum +
          votesOf(
            tree,
            edges,
            stack.map((feature) => feature[k]!),
          )[one]!,
        0,
      ),
    );
    const [first, second] = votes.toSorted((a, b) => b - a) as [number, number];
    expect(labels![k]).toBe(votes.indexOf(first));
    expect(uncertainty![k]).toBe(Math.fround((total - (first - second)) / total));
    for (const [one, share] of shares.entries()) expect(share[k]).toBe(Math.fround(votes[one]! / total));
  }
});

test("two scribbled slices of the reference volume teach as much as scikit-learn learns from them", async () => {
  const phases = referencePhases(64);
  const g8 = memoryVolume(referenceGrey(phases, 8), [64, 64, 64], { brick: [24, 32, 40] });
  const two = Uint8Array.from(phases, (label, k) => (golden.slices.includes(Math.floor(k / 4096)) ? label : OUTSIDE));
  const taught = memoryVolume(two, [64, 64, 64], { brick: [64, 64, 64], role: "labels" });
  for (const balance of [false, true]) {
    const options = { trees: 50, depth: 10, border: "nearest", balance } as const;
    const labels = await (await predictForest(g8, await trainForest(g8, taught, options))).read();
    const right = phases.reduce((sum, label, k) => sum + (labels[k] === label ? 1 : 0), 0) / phases.length;
    // Other draws, other trees.
    expect(right).toBeGreaterThan(golden[balance ? "balanced accuracy" : "accuracy"] - 0.002);
  }
});

test("of a noisy electrode it finds more than thresholds do", async () => {
  const electrode = await samples.electrode({ shape: [64, 96, 96], photons: 900 });
  const known = electrode.truth!;
  const all = await known.read();
  const some = Uint8Array.from(all, (label, k) => (Math.floor(k / 9216) % 24 === 12 ? label : OUTSIDE));
  const drawn = memoryVolume(some, [64, 96, 96], { role: "labels", phases: known.phases!, brick: [64, 96, 96] });
  const made = await trainForest(electrode, drawn, { trees: 30 });
  expect(made.phases).toEqual(known.phases);
  const labels = await predictForest(electrode, made);
  expect(labels.phases).toEqual(known.phases);
  const byForest = (await compareLabels(labels, known)).accuracy;
  const byThreshold = (await compareLabels(await threshold(electrode, await multiOtsu(electrode)), known)).accuracy;
  expect(byForest).toBeGreaterThan(byThreshold + 0.03);
  expect(byForest).toBeGreaterThan(0.9);
});

test("the channel that tells the phases apart is the important one", async () => {
  const noise = memoryVolume(normal(truth.length, 11), shape);
  const both = { noise, told: scan };
  const made = await trainForest(both, scribbles, { ...quick, features: ["value", "gaussian", "gradient"] });
  const rows = made.importance.toArray().map(({ feature, importance }) => ({ feature, importance }));
  expect(rows[0]!.feature).toBe("told: gaussian 1");
  const of = (channel: string): number =>
    rows.filter(({ feature }) => feature.startsWith(channel)).reduce((sum, row) => sum + row.importance, 0);
  expect(of("told")).toBeGreaterThan(0.85);
  expect(of("told") + of("noise")).toBeCloseTo(1, 12);
  const labels = await predictForest({ told: scan, noise }, made);
  expect((await compareLabels(labels, labelled(truth))).accuracy).toBeGreaterThan(0.9);
});

describe("held-out scribbles", () => {
  test("of another volume give the score that its labels show", async () => {
    const other = labelled(Uint8Array.from(truth, (label, k) => (rowOf(k) % 5 === 2 ? label : OUTSIDE)));
    const made = await trainForest(scan, scribbles, { ...quick, heldOut: other });
    const labels = await predictForest(scan, made);
    const table = await compareLabels(labels, other);
    const { accuracy, confusion, table: scored } = made.score!;
    expect(accuracy).toBeCloseTo(table.accuracy, 12);
    const [mine, theirs] = [scored.toArray(), table.toArray()];
    for (const [k, row] of mine.entries())
      for (const name of ["precision", "recall", "IoU"]) expect(row[name]).toBeCloseTo(theirs[k]![name], 12);
    expect(confusion.flat().reduce((a, b) => a + b, 0)).toBe(truth.filter((_, k) => rowOf(k) % 5 === 2).length);
    // What is tested with teaches nothing.
    expect(made.toJSON().trees).toEqual(forest.toJSON().trees);
  });

  test("by share are whole blocks, which the forest does not learn from", async () => {
    const made = await trainForest(scan, scribbles, { ...quick, heldOut: 0.3 });
    const all = painted.filter((label) => label !== OUTSIDE).length;
    const held = made.score!.confusion.flat().reduce((a, b) => a + b, 0);
    expect(made.provenance.parameters.voxels).toBe(all - held);
    expect(held / all).toBeGreaterThan(0.15);
    expect(held / all).toBeLessThan(0.45);
    expect(made.score!.accuracy).toBeGreaterThan(0.85);
    expect(String(made)).toMatch(/^Forest of 12 trees over 10 features: .*% of held-out voxels right$/);
  });

  test("are none where none are asked for", () => {
    expect(forest.score).toBeUndefined();
  });
});

test("of very uneven scribbles a rare phase is found by balanced draws", async () => {
  // Of the middle phase every 8th scribble only.
  let n = 0;
  const uneven = labelled(Uint8Array.from(painted, (label) => (label === 1 && n++ % 8 !== 0 ? OUTSIDE : label)));
  const recall = async (balance: boolean): Promise<number> => {
    const labels = await predictForest(
      scan,
      await trainForest(scan, uneven, { ...quick, depth: 4, minimumLeaf: 10, balance }),
    );
    return (await compareLabels(labels, labelled(truth))).toArray()[1]!.recall;
  };
  expect(await recall(true)).toBeGreaterThan((await recall(false)) + 0.05);
});

describe("a saved forest", () => {
  const folder = mkdtempSync(join(tmpdir(), "voxbook-forest-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "forest.json");

  test("gives the same bytes, from a file and as plain JSON", async () => {
    await forest.save(path);
    const again = await openForest(path);
    const expected = await (await predictForest(scan, forest)).read();
    expect(again.toJSON()).toEqual(forest.toJSON());
    expect(again.importance.toArray().map(String)).toEqual(forest.importance.toArray().map(String));
    expect(await (await predictForest(scan, again)).read()).toEqual(expected);
    const plain = JSON.parse(JSON.stringify(forest)) as ForestModel;
    expect(await (await predictForest(scan, plain)).read()).toEqual(expected);
    expect(await openForest(plain)).toBeInstanceOf(Forest);
  });

  test("says what made it, and its labels do, too", async () => {
    const labels = await predictForest(scan, await openForest(path));
    const [, trained] = labels.provenance.inputs;
    expect(trained!.name).toBe("forest");
    expect(trained!.provenance.operation).toBe("trainForest");
    expect(trained!.provenance.parameters).toMatchObject({ trees: 12, depth: 8, seed: 1, slicewise: false });
    expect(trained!.provenance.inputs.map(({ name }) => name)).toEqual(["volume", "scribbles"]);
  });

  test("of another format or version is refused", async () => {
    const model = forest.toJSON();
    const refused = (changes: object) => openForest({ ...model, ...changes } as ForestModel);
    await expect(refused({ format: "voxbook.recipe" })).rejects.toMatchObject({ code: "UnsupportedFeature" });
    await expect(refused({ version: 2 })).rejects.toThrow(
      /forest of version 2; this version of voxbook reads version 1/,
    );
    await expect(openForest(join(folder, "none.json"))).rejects.toMatchObject({ code: "MissingData" });
    writeFileSync(path, '{"format": ');
    await expect(openForest(path)).rejects.toMatchObject({ code: "MalformedFile" });
    await expect(forest.save(join(folder, "forest.arrow"))).rejects.toThrow(/\.json/);
    await expect(openForest("")).rejects.toMatchObject({ code: "InvalidArgument" });
  });

  test("whose numbers contradict each other is refused, whatever they are", async () => {
    const model = forest.toJSON();
    const text = (numbers: ArrayBufferView): string =>
      Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString("base64");
    const changed = (part: "edges" | "sizes" | "nodes" | "leaves", change: (n: number[]) => void): object => {
      const numbers = numbersOf(model)[part];
      const list = Array.from(numbers);
      change(list);
      return { trees: { ...model.trees, [part]: text((numbers.constructor as Uint32ArrayConstructor).from(list)) } };
    };
    const damage: Record<string, object> = {
      "a child that is its parent": changed("nodes", (n) => (n[1] = 0)),
      "a child in another tree": changed("nodes", (n) => (n[1] = 1e6)),
      "a feature that is not there": changed("nodes", (n) => (n[0] = 500)),
      "a leaf that is not there": changed("nodes", (n) => (n[n.length - 1] = 1e6)),
      "a tree without an end": changed("nodes", (n) => (n[n.length - 2] = 0)),
      "half a node": { trees: { ...model.trees, nodes: model.trees.nodes.slice(0, -4) } },
      "trees of no nodes": changed("sizes", (n) => {
        n[0]! += n[1]!;
        n[1] = 0;
      }),
      "a tree too few": changed("sizes", (n) => n.pop()),
      "votes that are too many": changed("leaves", (n) => (n[0] = 65535)),
      "edges that do not ascend": changed("edges", (n) => n.reverse()),
      "edges that are no numbers": changed("edges", (n) => (n[3] = Number.NaN)),
      "text that is no base64": { trees: { ...model.trees, nodes: "!!!!" } },
      "no trees": { trees: undefined },
      "too many trees": { treeCount: 1e9 },
      "fewer classes": { trees: { ...model.trees, classes: 2 } },
      "a σ of 10⁹": { stack: { ...model.stack, sigmas: [[1e9, 1, 1]] } },
      "an unknown feature": { stack: { ...model.stack, features: ["__proto__"] } },
      "a border that is none": { border: "around" },
      "no channels": { channels: [] },
      "a phase without a label": { phases: [{ name: "a" }, ...model.phases.slice(1)] },
      "a label twice": { phases: [model.phases[0], model.phases[0], model.phases[2]] },
      "a colour that runs": { phases: [{ ...model.phases[0], colour: "red;x" }, ...model.phases.slice(1)] },
      "importance of nothing": { importance: [] },
      "a confusion of words": { confusion: [["a"]] },
      "no provenance": { provenance: null },
    };
    for (const [what, changes] of Object.entries(damage)) {
      const damaged = { ...model, ...changes } as ForestModel;
      await expect(openForest(damaged), what).rejects.toMatchObject({ code: "MalformedFile" });
      await expect(predictForest(scan, damaged), what).rejects.toMatchObject({ code: "MalformedFile" });
    }
  });
});

describe("bad input", () => {
  const small = memoryVolume(new Float32Array(27), [3, 3, 3]);
  const none = labelled(new Uint8Array(truth.length).fill(OUTSIDE));
  const cases: Record<string, readonly [volume: Volume, scribbles: Volume, options: object, message: RegExp]> = {
    "no labels": [scan, none, {}, /nothing is scribbled/],
    "one phase only": [scan, labelled(painted.map((n) => (n === 1 ? 1 : OUTSIDE))), {}, /only one phase.*"label 1"/],
    "zeros that say nothing": [scan, labelled(painted.map((n) => (n === 1 ? 1 : 0))), { unlabelled: 0 }, /only one/],
    "another grid": [small, scribbles, {}, /scribbles has the shape 24 × 30 × 36, the volume 3 × 3 × 3/],
    "another grid to test with": [scan, scribbles, { heldOut: small }, /heldOut has the shape/],
    "a mask": [scan, labelled(painted, { role: "mask" }), {}, /is a mask/],
    "a share of all": [scan, scribbles, { heldOut: 1 }, /heldOut .* is 1; allowed is a number from 0 to 0.9/],
    "no trees": [scan, scribbles, { trees: 0 }, /trees is 0/],
    "too deep": [scan, scribbles, { depth: 65 }, /depth is 65/],
    "more features a split than there are": [scan, scribbles, { featuresPerSplit: 16 }, /from 1 to 15/],
    "a seed that is none": [scan, scribbles, { seed: -1 }, /seed is -1/],
    "balance that is a word": [scan, scribbles, { balance: "yes" }, /balance is yes/],
    "an unknown option": [scan, scribbles, { tree: 5 }, /did you mean `trees`/],
    "labels to test with that are no phases": [
      scan,
      scribbles,
      { ...quick, heldOut: labelled(painted.map((n) => (n === OUTSIDE ? n : n + 9))) },
      /none of the phases/,
    ],
  };
  for (const [what, [volume, labels, options, message]] of Object.entries(cases))
    test(`${what} is refused`, async () => {
      await expect(trainForest(volume, labels, options as TrainForestOptions)).rejects.toThrow(message);
    });

  test("labels of 16 bits are refused, and what to do is said", async () => {
    const wide = memoryVolume(Uint16Array.from(painted), shape, { role: "labels" });
    await expect(trainForest(scan, wide)).rejects.toThrow(/uint8/);
  });

  test("voxels that are NaN are learnt from nowhere, and belong to no phase", async () => {
    const holes = Float32Array.from(values, (value, k) => (k === 5072 ? Number.NaN : value));
    const made = await trainForest(memoryVolume(holes, shape), scribbles, {
      ...quick,
      features: ["value", "mean"],
      sigmas: [1],
    });
    const near = (k: number): boolean => {
      const at = (n: number) => [Math.floor(n / 1080), Math.floor(n / 36) % 30, n % 36];
      return at(k).every((n, axis) => Math.abs(n - at(5072)[axis]!) <= 1);
    };
    const dropped = painted.filter((label, k) => label !== OUTSIDE && near(k)).length;
    expect(dropped).toBeGreaterThan(0);
    expect(made.provenance.parameters.withoutFeatures).toBe(dropped);
    const labels = await (await predictForest(memoryVolume(holes, shape), made)).read();
    const doubt = await (await predictForest(memoryVolume(holes, shape), made, { output: "uncertainty" })).read();
    for (let k = 0; k < labels.length; k++) {
      expect(labels[k] === OUTSIDE).toBe(near(k));
      expect(Number.isNaN(doubt[k])).toBe(near(k));
    }
    const empty = memoryVolume(new Float32Array(truth.length).fill(Number.NaN), shape);
    await expect(trainForest(empty, scribbles, quick)).rejects.toThrow(/no voxel is left to learn from/);
  });

  test("where all voxels have one value every phase is as likely", async () => {
    const flat = memoryVolume(new Uint8Array(truth.length).fill(9), shape);
    const made = await trainForest(flat, scribbles, quick);
    const share = await (await predictForest(flat, made, { output: "probability", phase: 2 })).read();
    expect(new Set(share).size).toBe(1);
    expect(share[0]).toBeCloseTo(1 / 3, 2);
    expect(made.importance.toArray().every(({ importance }) => importance === 0)).toBe(true);
  });

  test("what a forest was not trained on is refused", async () => {
    const wide = memoryVolume(new Uint16Array(truth.length), shape);
    await expect(predictForest(wide, forest)).rejects.toThrow(/trained on voxels of float32, these are uint16/);
    await expect(predictForest({ a: scan }, forest)).rejects.toThrow(/trained on a volume without a name, got a/);
    await expect(predictForest(scan, forest, { output: "probability" })).rejects.toThrow(/give phase: one of/);
    await expect(predictForest(scan, forest, { phase: 1 })).rejects.toThrow(/phase is for the output probability/);
    await expect(predictForest(scan, forest, { output: "probability", phase: 7 })).rejects.toThrow(/phases are/);
    await expect(predictForest(scan, forest, { output: "label" as never })).rejects.toThrow(/did you mean `labels`/);
    await expect(predictForest(scan, {} as never)).rejects.toMatchObject({ code: "UnsupportedFeature" });
  });
});
