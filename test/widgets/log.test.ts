/** Gestures as data: what a page does in a view is kept, taken back, done again, and played on another view. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { InvalidArgument } from "#src/core/errors.js";
import { electrode } from "#src/simulate/electrode.js";
import { histogramOf, slices } from "#widgets/model/index.js";
import type { Action } from "#widgets/protocol.js";
import { custom, FakePage, update } from "../support/page.js";

let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());

const small = () => electrode({ shape: [12, 40, 48] });

test("what a page does is kept as actions, in which steps of one cursor or window are one", async () => {
  const view = await slices(await small(), { cursor: [1, 2, 3] });
  const { say } = page.model("SlicesModel");
  say(update({ cursor: [4, 2, 3] }));
  say(update({ cursor: [5, 2, 3] }));
  say(update({ thresholds: [90] }));
  say(update({ thresholds: [100, 90] }));
  expect(view.actions).toEqual([
    { kind: "cursor", from: [1, 2, 3], to: [5, 2, 3] },
    { kind: "thresholds", from: [], to: [90] },
    { kind: "thresholds", from: [90], to: [90, 100] },
  ]);
  say(update({ cursor: [6, 2, 3] }));
  say(update({ cursor: [5, 2, 3] }));
  expect(view.actions.length).toBe(3);
  // What a cell sets is no gesture, and nobody changes the log through what it gave.
  (view.actions as Action[]).pop();
  expect(view.actions.length).toBe(3);
});

test("the page takes them back and does them again, in all views of the volume; a new one ends what could be done again", async () => {
  const scan = await small();
  const thresholds = await histogramOf(scan, { thresholds: [50] });
  await slices(scan);
  const [histogram, planes] = [page.model("HistogramModel"), page.model("SlicesModel")];
  const history = (): unknown =>
    planes.sent.filter(({ data }) => Object.hasOwn(Object(data.state), "history")).at(-1)!.data;
  histogram.say(update({ thresholds: [60] }));
  histogram.say(update({ thresholds: [70, 80] }));
  expect(history()).toMatchObject({ state: { history: [2, 0] } });
  planes.say(custom({ kind: "undo" }));
  await expect.poll(() => thresholds.value).toEqual([60]);
  expect(history()).toMatchObject({ state: { history: [1, 1] } });
  planes.say(custom({ kind: "redo" }));
  await expect.poll(() => thresholds.value).toEqual([70, 80]);
  expect(await thresholds.undo()).toBe(true);
  expect(await thresholds.undo()).toBe(true);
  expect(await thresholds.undo()).toBe(false);
  expect(thresholds.value).toEqual([50]);
  histogram.say(update({ thresholds: [55] }));
  expect(await thresholds.redo()).toBe(false);
  expect(thresholds.value).toEqual([55]);
});

test("the actions of one view make another the same, from plain data", async () => {
  const [scan, other] = [await small(), await electrode({ shape: [12, 40, 48], seed: 2 })];
  const first = await slices(scan);
  const { say } = page.model("SlicesModel");
  say(update({ cursor: [3, 4, 5] }));
  say(update({ window: [10, 90] }));
  say(update({ thresholds: [40, 60] }));
  const second = await slices(other);
  await second.replay(JSON.parse(JSON.stringify(first.actions)));
  expect(second.scene.state).toEqual(first.scene.state);
  expect(second.code).toBe(first.code);
  expect(second.actions.length).toBe(3);
});

test("actions that are none are refused, and those before them are done", async () => {
  const view = await slices(await small());
  const good: Action = { kind: "thresholds", from: [], to: [9] };
  for (const bad of [
    { kind: "constructor", from: 0, to: 0 },
    { kind: "window", from: [0, 1], to: [5, 1] },
    { kind: "cursor", from: [0, 0, 0], to: ["1", 0, 0] },
    null,
    "cursor",
  ]) {
    await expect(view.replay([good, bad as never])).rejects.toBeInstanceOf(InvalidArgument);
    expect(view.scene.state.thresholds).toEqual([9]);
  }
  await expect(view.replay("x" as never)).rejects.toBeInstanceOf(InvalidArgument);
});

test("the page is given a cell that makes the view, and the cell makes it", async () => {
  const scan = await small();
  const view = await slices(scan);
  const model = page.model("SlicesModel");
  model.say(update({ cursor: [3, 4, 5], window: [10.5, 90], thresholds: [40, 60], opacity: 0.7 }));
  model.say(custom({ kind: "code", id: 7 }));
  const reply = model.sent
    .map(({ data }) => data.content as { kind?: string; text?: string } | undefined)
    .find((content) => content?.kind === "code")!;
  expect(reply).toMatchObject({ id: 7, text: view.code });
  const body = reply.text!.split("\n").at(-2)!.replace("await slices", "return slices");
  const again = await new Function("slices", "scan", body)(slices, await electrode({ shape: [12, 40, 48], seed: 2 }));
  expect(again.scene.state).toEqual(view.scene.state);
  expect(again.widget.state.opacity).toBe(0.7);
});
