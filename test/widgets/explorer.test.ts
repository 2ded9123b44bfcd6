/** One call lays out the views of a thing; how they stand is a value that makes others stand so. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { threshold } from "#src/index.js";
import { electrode } from "#src/simulate/electrode.js";
import { explore, type HistogramView, type Slices } from "#widgets/model/index.js";
import { FakePage, update } from "../support/page.js";

let page: FakePage;
beforeEach(() => {
  page = new FakePage().attach();
});
afterEach(() => page.detach());

const small = () => electrode({ shape: [12, 40, 48] });
const viewsOf = (explorer: { views: object }) => explorer.views as { slices: Slices; histogram: HistogramView };

test("what a reader did in one explorer is done in another, of another scan", async () => {
  const first = await explore(await small());
  page.model("SlicesModel").say(update({ cursor: [3, 4, 5], opacity: 0.7 }));
  page.model("HistogramModel").say(update({ thresholds: [1200, 1500], scale: "linear" }));
  const state = JSON.parse(JSON.stringify(first.state)) as typeof first.state;
  const second = await explore(await small(), { state });
  const { slices, histogram } = viewsOf(second);
  expect(slices.cursor).toEqual([3, 4, 5]);
  expect(histogram.value).toEqual([1200, 1500]);
  expect(second.state).toEqual(state);
  expect(slices.widget.state.opacity).toBe(0.7);
  expect(slices.widget.state.thresholds).toEqual([1200, 1500]);
  expect(first.actions.map(({ kind }) => kind)).toEqual(["cursor", "thresholds"]);
});

test("its code is a cell that makes it again, as it stands", async () => {
  const scan = await small();
  const labels = await threshold(scan, [24000]);
  const explorer = await explore(scan, { labels });
  page.model("SlicesModel").say(update({ cursor: [3, 4, 5] }));
  const body = explorer.code.split("\n").slice(1).join("\n").replace("await ", "return ");
  const again = await (new Function("explore", "scan", "labels", body)(explore, scan, labels) as Promise<
    typeof explorer
  >);
  expect(again.state).toEqual(explorer.state);
});

test.each([
  [{ open: "nowhere", views: {} }, "planes"],
  [{ open: "planes", views: { nothing: {} } }, "slices, histogram"],
  [{ open: "planes", views: { slices: { cursor: "left" } } }, 'cursor "left"'],
  [{ open: "planes", views: { slices: { volume: {} } } }, "volume"],
  [{ open: "planes", views: { slices: { constructor: 1 } } }, "constructor"],
])("a state that does not fit is refused, and nothing has changed: %j", async (state, words) => {
  const explorer = await explore(await small());
  const before = explorer.state;
  expect(() => {
    explorer.state = state as never;
  }).toThrow(words);
  expect(explorer.state).toEqual(before);
});

test("other things than those it knows are refused by name", async () => {
  await expect(explore("scan.tif" as never)).rejects.toThrow("scan.tif");
  await expect(explore(await small(), { label: 1 } as never)).rejects.toThrow("labels");
});
