/** What a reader dragged is there in the next session, and nowhere else. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { electrode } from "#src/simulate/electrode.js";
import { histogramOf, slices } from "#widgets/model/index.js";
import { testFolder } from "../support/folder.js";
import { FakePage, update } from "../support/page.js";

const folder = testFolder();
let page: FakePage;
afterEach(() => page.detach());
const session = (state?: string): void => {
  page = new FakePage().attach(true, state);
};
/** The same scan, as another run of the notebook makes it. */
const scan = () => electrode({ shape: [12, 40, 48] });

describe("window and thresholds that a reader left", () => {
  test("are those of the next session's views, whose caption says so", async () => {
    const state = folder("left");
    session(state);
    await slices(await scan());
    page.model("SlicesModel").say(update({ window: [1000, 2000], thresholds: [1200, 1500] }));
    session(state);
    const again = await scan();
    expect((await slices(again)).window).toEqual([1000, 2000]);
    const histogram = await histogramOf(again);
    expect(histogram.value).toEqual([1200, 1500]);
    const words = async (): Promise<string> => (await histogram.shown()).caption.map(({ text }) => text).join();
    expect(await words()).toContain("as you left them");
    histogram.value = [1200, 1600];
    expect(await words()).not.toContain("as you left them");
  });

  test("give way to what the cell says, to another number of classes, and to remember: false", async () => {
    const state = folder("gives way");
    session(state);
    const otsu = (await histogramOf(await scan())).value;
    page.model("HistogramModel").say(update({ thresholds: [1200, 1500] }));
    session(state);
    expect((await histogramOf(await scan(), { thresholds: [7] })).value).toEqual([7]);
    expect((await histogramOf(await scan(), { classes: 2 })).value).toHaveLength(1);
    expect((await histogramOf(await scan(), { remember: false })).value).toEqual(otsu);
    expect((await histogramOf(await scan(), { classes: 3 })).value).toEqual([1200, 1500]);
    await expect(histogramOf(await scan(), { remember: 1 as never })).rejects.toThrow("remember");
  });

  test("are not kept where code set them, nor of a run without a page", async () => {
    const state = folder("code");
    session(state);
    const histogram = await histogramOf(await scan());
    histogram.value = [1200, 1500];
    expect(existsSync(state)).toBe(false);
    session();
    await histogramOf(await scan());
    page.model("HistogramModel").say(update({ thresholds: [1, 2] }));
    expect(existsSync(".voxbook/views")).toBe(false);
  });

  test.each(["", "{", '{"window":[2,1],"thresholds":"a"}', '{"window":[1,null]}', "[]", '{"thresholds":[1e999]}'])(
    "are not taken from a file that says %j",
    async (text) => {
      const state = folder(`broken ${text.length}`);
      session(state);
      await slices(await scan());
      page.model("SlicesModel").say(update({ window: [1000, 2000] }));
      const [name] = readdirSync(join(state, "views"));
      writeFileSync(join(state, "views", name!), text);
      session(state);
      expect((await slices(await scan())).window[1]).toBeGreaterThan(2000);
    },
  );

  test("are not kept where the folder is a file, and nobody is disturbed", async () => {
    const state = folder("a file");
    mkdirSync(state);
    writeFileSync(join(state, "views"), "");
    session(state);
    const view = await slices(await scan());
    page.model("SlicesModel").say(update({ window: [1000, 2000] }));
    expect(view.window).toEqual([1000, 2000]);
    expect(readdirSync(state)).toEqual(["views"]);
  });
});
