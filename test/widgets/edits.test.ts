/** Labels that a page paints on: what each edit changes, that it can be undone, and that nothing is lost when the kernel is. */
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json } from "#kernel/comm.js";
import { InvalidArgument, MissingData } from "#src/core/errors.js";
import type { Shape, Triple } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { encodeRuns, runsWhere, strokeRuns } from "#widgets/draw/runs.js";
import { slices } from "#widgets/model/index.js";
import type { Edit, Limits } from "#widgets/protocol.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { custom, FakePage, type Opened } from "../support/page.js";

const file = testFolder();
let page: FakePage;
let count = 0;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());

const SHAPE: Shape = [10, 20, 30];
const indexOf = ([z, y, x]: readonly number[]): number => (z! * SHAPE[1] + y!) * SHAPE[2] + x!;
const grey = (): Volume =>
  memoryVolume(
    Uint16Array.from({ length: 6000 }, (_, k) => (k * 37) % 200),
    SHAPE,
    { brick: [4, 7, 9] },
  );
const start = (): Volume =>
  memoryVolume(
    Uint8Array.from({ length: 6000 }, (_, k) => (k % 30 < 15 ? 0 : 1)),
    SHAPE,
    { role: "labels", brick: [3, 8, 16] },
  );
const stroke = (way: Triple[], radii: Triple, label: number, limits: Limits = {}): Edit => ({
  tool: "stroke",
  label,
  limits,
  runs: Buffer.from(encodeRuns(strokeRuns(way, radii, SHAPE), SHAPE)).toString("base64"),
});
const journal = (): string => file(`edits-${++count}.jsonl`);
const ask = (model: Opened, edit: Edit, id = 1): void =>
  model.say(custom({ kind: "edit", id, edit: edit as unknown as Json }));
const answers = (model: Opened): Record<string, Json>[] =>
  model.sent
    .map(({ data }) => data.content as Record<string, Json> | undefined)
    .filter((content) => content?.kind === "edited" || content?.kind === "error") as Record<string, Json>[];

const LIMITS: [string, Limits, (k: number, old: number) => boolean][] = [
  ["any voxel", {}, () => true],
  [
    "grey values in a range, its ends included",
    { grey: [40, 90] },
    (k) => (k * 37) % 200 >= 40 && (k * 37) % 200 <= 90,
  ],
  ["voxels of one label", { only: 1 }, (_, old) => old === 1],
  [
    "a box",
    { region: { start: [0, 8, 10], stop: [6, 12, 20] } },
    (k) => k < 6 * 600 && Math.floor(k / 30) % 20 >= 8 && Math.floor(k / 30) % 20 < 12 && k % 30 >= 10 && k % 30 < 20,
  ],
];

describe.each(LIMITS)("a stroke limited to %s", (_, limits, allowed) => {
  test.each([
    ["a sphere", [3, 3, 3]],
    ["a disc across z", [0, 4, 4]],
    ["a disc across x", [4, 4, 0]],
  ] as [string, Triple][])(
    "of %s changes just these voxels, and undoing brings all of them back",
    async (_name, radii) => {
      const [scan, labels] = [grey(), start()];
      const view = await slices(scan, { labels, edit: journal() });
      const way: Triple[] = [
        [3.5, 9, 12],
        [3.5, 11, 17.5],
      ];
      ask(page.model("SlicesModel"), stroke(way, radii, 2, limits));
      await expect.poll(() => answers(page.model("SlicesModel")).length).toBe(1);
      const covered = new Set<number>();
      const { along, list } = strokeRuns(way, radii, SHAPE);
      for (let k = 0; k < list.length; k += 4)
        for (let n = 0; n < list[k + 3]!; n++)
          covered.add(indexOf([0, 1, 2].map((axis) => list[k + axis]! + (axis === along ? n : 0))));
      const old = await labels.read();
      const wanted = old.map((value, k) => (covered.has(k) && allowed(k, value) ? 2 : value));
      expect(wanted).not.toEqual(old);
      expect(await (await view.labels()).read()).toEqual(wanted);
      expect(await view.undo()).toBe(true);
      expect(await (await view.labels()).read()).toEqual(old);
      expect(await view.redo()).toBe(true);
      expect(await (await view.labels()).read()).toEqual(wanted);
    },
  );
});

test("the page hears in which box labels have changed, and its planes have them", async () => {
  await slices(grey(), { labels: start(), edit: journal() });
  const model = page.model("SlicesModel");
  ask(model, stroke([[2.5, 3.5, 4.5]], [0, 1, 1], 7), 5);
  await expect.poll(() => answers(model).length).toBe(1);
  expect(answers(model)[0]).toEqual({ kind: "edited", id: 5, box: { start: [2, 2, 3], stop: [3, 5, 6] } });
  model.say(custom({ kind: "planes", of: [{ id: 9, layer: "labels", axis: "z", index: 2, level: 0 }] }));
  const plane = () => model.sent.find(({ data }) => (data.content as { id?: number } | undefined)?.id === 9);
  await expect.poll(plane).toBeDefined();
  const values = plane()!.buffers[0]!;
  expect([values[3 * 30 + 4], values[3 * 30 + 3], values[3 * 30 + 2], values[2 * 30 + 4]]).toEqual([7, 7, 0, 7]);
});

test("fill takes what hangs together in the plane, across each axis", async () => {
  // A ring around a room in the middle plane, of label 1.
  const values = new Uint8Array(6000);
  for (let y = 4; y <= 12; y++)
    for (let x = 5; x <= 20; x++) if (y === 4 || y === 12 || x === 5 || x === 20) values[indexOf([5, y, x])] = 1;
  const labels = memoryVolume(values, SHAPE, { role: "labels", brick: [4, 8, 8] });
  const view = await slices(grey(), { labels, edit: journal() });
  await view.replay([
    { kind: "edit", from: null, to: { tool: "fill", label: 3, limits: {}, axis: "z", at: [5, 8, 9] } },
  ]);
  const after = await (await view.labels()).read();
  expect(after).toEqual(
    values.map((value, k) => {
      const [z, y, x] = [Math.floor(k / 600), Math.floor(k / 30) % 20, k % 30];
      return z === 5 && y > 4 && y < 12 && x > 5 && x < 20 ? 3 : value;
    }),
  );
  // In the plane across x the room is a line, closed at both ends.
  await view.undo();
  await view.replay([
    { kind: "edit", from: null, to: { tool: "fill", label: 3, limits: {}, axis: "x", at: [5, 8, 9] } },
  ]);
  const line = await (await view.labels()).read();
  expect(line.filter((value) => value === 3).length).toBe(10 * 20 - 2);
});

test("grow takes what hangs together in space within the grey values, and needs them", async () => {
  const values = new Uint8Array(6000);
  for (const at of [
    [2, 3, 4],
    [3, 3, 4],
    [4, 3, 4],
    [4, 4, 4],
    [6, 4, 4],
    [5, 5, 5],
  ])
    values[indexOf(at)] = 100;
  const view = await slices(memoryVolume(values, SHAPE), { edit: journal(), names: ["pore"] });
  const grow = (limits: Limits): Promise<void> =>
    view.replay([{ kind: "edit", from: null, to: { tool: "grow", label: 1, limits, at: [2, 3, 4] } }]);
  await grow({ grey: [90, 110] });
  const grown = async (): Promise<number[]> =>
    [...(await (await view.labels()).read())].flatMap((value, k) => (value === 1 ? [k] : []));
  expect(await grown()).toEqual(
    [
      [2, 3, 4],
      [3, 3, 4],
      [4, 3, 4],
      [4, 4, 4],
    ].map(indexOf),
  );
  await view.undo();
  await grow({ grey: [90, 110], region: { start: [0, 0, 0], stop: [4, 20, 30] } });
  expect(await grown()).toEqual(
    [
      [2, 3, 4],
      [3, 3, 4],
    ].map(indexOf),
  );
  await expect(grow({})).rejects.toThrow("needs a range of grey values");
  await expect(grow({ grey: [90, 110], region: { start: [5, 0, 0], stop: [6, 1, 1] } })).rejects.toThrow(
    "outside of the region",
  );
});

test("between two discs of different size the planes go evenly from one to the other", async () => {
  const disc = (z: number, r: number): Edit => stroke([[z + 0.5, 10.5, 15.5]], [0, r, r], 4);
  const view = await slices(grey(), { labels: start(), edit: journal() });
  await view.replay([disc(1, 2), disc(7, 8)].map((to) => ({ kind: "edit", from: null, to })));
  const between: Edit = { tool: "interpolate", label: 4, limits: {}, axis: "z", at: [4, 0, 0] };
  await view.replay([{ kind: "edit", from: null, to: between }]);
  const values = await (await view.labels()).read();
  for (let z = 1; z <= 7; z++) {
    const area = values.subarray(z * 600, (z + 1) * 600).filter((value) => value === 4).length;
    const r = 2 + (z - 1);
    // Of a disc of so many voxels the edge is known to less than half a voxel.
    expect(Math.abs(Math.sqrt(area / Math.PI) - r)).toBeLessThan(0.5);
  }
  await expect(view.replay([{ kind: "edit", from: null, to: between }])).rejects.toThrow("has the label already");
  await expect(view.replay([{ kind: "edit", from: null, to: { ...between, at: [9, 0, 0] } }])).rejects.toThrow(
    "no plane with the label",
  );
});

test("another kernel finds everything that was done, and can undo it; a line that was cut off is left out", async () => {
  const path = journal();
  const view = await slices(grey(), { labels: start(), edit: path });
  const model = page.model("SlicesModel");
  for (const [k, label] of [5, 6, 7].entries()) ask(model, stroke([[4.5, 5.5 + 4 * k, 10.5]], [0, 3, 3], label), k + 1);
  await expect.poll(() => answers(model).length).toBe(3);
  await view.undo();
  const before = await (await view.labels()).read();
  expect(new Set(before)).toEqual(new Set([0, 1, 5, 6]));
  expect(readFileSync(path, "utf8").trim().split("\n").length).toBe(4);
  appendFileSync(path, '{"tool":"stroke","label":9,"li');
  // Another volume with the same voxels, as another kernel has it.
  const again = await slices(grey(), { labels: start(), edit: path });
  expect(await (await again.labels()).read()).toEqual(before);
  expect(again.actions.length).toBe(2);
  await again.undo();
  // What was added behind the line that was cut off is found, too.
  const third = await slices(grey(), { labels: start(), edit: path });
  expect(third.actions.length).toBe(1);
  await third.undo();
  expect(await (await third.labels()).read()).toEqual(await start().read());
});

test("the actions of one view give another the same labels", async () => {
  const view = await slices(grey(), { labels: start(), edit: journal() });
  const model = page.model("SlicesModel");
  ask(
    model,
    stroke(
      [
        [4.5, 5.5, 10.5],
        [4.5, 15.5, 12.5],
      ],
      [3, 3, 3],
      2,
      { grey: [10, 150] },
    ),
    1,
  );
  ask(model, { tool: "fill", label: 4, limits: {}, axis: "y", at: [4, 5, 20] }, 2);
  await expect.poll(() => answers(model).length).toBe(2);
  const other = await slices(grey(), { labels: start(), edit: journal() });
  await other.replay(JSON.parse(JSON.stringify(view.actions)));
  const [a, b] = [await view.labels(), await other.labels()];
  expect(await b.read()).toEqual(await a.read());
  expect(b.provenance).toEqual(a.provenance);
  expect(a.provenance).toMatchObject({ operation: "edited", parameters: { edits: 2 } });
  expect(a.provenance.sha256).toMatch(/^[0-9a-f]{64}$/);
  await view.undo();
  expect((await view.labels()).provenance.sha256).not.toBe(a.provenance.sha256);
});

test("what is asked for while an edit is under way waits for it", async () => {
  const view = await slices(grey(), { labels: start(), edit: journal() });
  const model = page.model("SlicesModel");
  // Undo and redo come before the strokes are done.
  ask(model, stroke([[4.5, 5.5, 10.5]], [0, 3, 3], 5), 1);
  ask(model, stroke([[4.5, 12.5, 10.5]], [0, 3, 3], 6), 2);
  model.say(custom({ kind: "undo" }));
  model.say(custom({ kind: "undo" }));
  model.say(custom({ kind: "redo" }));
  await expect.poll(() => answers(model).length).toBe(5);
  expect(new Set(await (await view.labels()).read())).toEqual(new Set([0, 1, 5]));
  expect(view.actions.length).toBe(1);
  expect(await view.redo()).toBe(true);
  expect(new Set(await (await view.labels()).read())).toEqual(new Set([0, 1, 5, 6]));
});

test("an undo that cannot be kept is told to the page, and is not done", async () => {
  const path = journal();
  const view = await slices(grey(), { labels: start(), edit: path });
  const model = page.model("SlicesModel");
  ask(model, stroke([[4.5, 5.5, 10.5]], [0, 3, 3], 5), 1);
  await expect.poll(() => answers(model).length).toBe(1);
  // A folder in place of the file: nothing can be written to it.
  rmSync(path);
  mkdirSync(path);
  model.say(custom({ kind: "undo" }));
  await expect.poll(() => answers(model).length).toBe(2);
  expect(answers(model)[1]).toMatchObject({ kind: "error", id: 0 });
  expect(view.actions.length).toBe(1);
  expect(new Set(await (await view.labels()).read())).toEqual(new Set([0, 1, 5]));
});

test("what a page says that is no edit is refused with its reason, and changes nothing", async () => {
  const path = journal();
  const view = await slices(grey(), { labels: start(), edit: path });
  const model = page.model("SlicesModel");
  const good = { tool: "fill", label: 1, limits: {}, axis: "z", at: [1, 1, 1] };
  const bad: unknown[] = [
    { ...good, tool: "constructor" },
    { ...good, label: -1 },
    { ...good, label: 256 },
    { ...good, label: "1" },
    { ...good, at: [1, 1, 1e9] },
    { ...good, at: "xyz" },
    { ...good, axis: "__proto__" },
    { ...good, limits: { grey: [5, 1] } },
    { ...good, limits: { region: { start: [0, 0, 0], stop: [99, 1, 1] } } },
    { ...good, limits: null },
    { tool: "stroke", label: 1, limits: {}, runs: "////" },
    null,
  ];
  for (const [k, edit] of bad.entries()) ask(model, edit as Edit, k + 1);
  await expect.poll(() => answers(model).length).toBe(bad.length);
  for (const answer of answers(model)) expect(answer.kind, JSON.stringify(answer)).toBe("error");
  expect(await (await view.labels()).read()).toEqual(await start().read());
  expect(view.actions).toEqual([]);
});

test("painting may begin on nothing, in memory of one brick; a view that is not for it says so", async () => {
  const scan = grey();
  const view = await slices(scan, { edit: journal(), names: ["pore", "crack"] });
  expect((await view.labels()).phases!.map(({ name }) => name)).toEqual(["pore", "crack"]);
  const plain = await slices(grey());
  expect(() => plain.labels()).toThrow(MissingData);
  await expect(slices(grey(), { edit: 3 as never })).rejects.toBeInstanceOf(InvalidArgument);
  await expect(slices(grey(), { edit: true, names: [] })).rejects.toBeInstanceOf(InvalidArgument);
  const broken = journal();
  writeFileSync(broken, '{"tool":"fill","label":1,"limits":{},"axis":"z","at":[99,0,0]}\n');
  await expect(slices(grey(), { labels: start(), edit: broken })).rejects.toBeInstanceOf(InvalidArgument);
  writeFileSync(broken, "no edit\n");
  await expect(slices(grey(), { labels: start(), edit: broken })).rejects.toThrow("line 1, is no edit");
});

test("runs of a box are those of its voxels", () => {
  const box = { start: [1, 2, 3], stop: [3, 4, 7] } as const;
  const runs = runsWhere(box, SHAPE, (k) => k !== 1 && k !== 8);
  expect([...runs.list]).toEqual([1, 2, 3, 1, 1, 2, 5, 2, 1, 3, 3, 4, 2, 2, 4, 3, 2, 3, 3, 4]);
});
