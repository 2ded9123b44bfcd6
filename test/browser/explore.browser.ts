/** All views of a scan by one call, in real JupyterLab: tabs, gestures in them, undo, and how they stand as a value, each read in a cell. */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabSession, type OpenNotebook } from "../support/lab.js";
import { lacks } from "../support/require.js";

const CELLS = [
  `import { samples } from "voxbook";
import { explore } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [24, 48, 64] });`,
  "const explorer = await explore(scan); explorer",
  "JSON.stringify({ state: explorer.state, done: explorer.actions.map(({ kind }) => kind) })",
  `const other = await explore(await samples.electrode({ shape: [24, 48, 64], seed: 7 }), { state: explorer.state }); other`,
  `explorer.state = { open: "planes", views: { slices: { cursor: [3, 4, 5] } } };`,
];

interface Read {
  state: {
    open: string;
    views: { slices: { cursor: number[]; thresholds: number[] }; histogram: { thresholds: number[] } };
  };
  done: string[];
}

describe.skipIf(lacks("chromium") || lacks("python"))("explore in JupyterLab", () => {
  let lab: LabSession;
  let notebook: OpenNotebook;
  let page: Page;
  beforeAll(async () => {
    lab = await LabSession.start({ webgl: true });
    notebook = await lab.open(CELLS, { width: 1280, height: 1400 });
    page = notebook.page;
    await notebook.run(0);
    await notebook.run(1);
    await plane(1).waitFor();
    await page.locator('tr[data-phase="2"]').waitFor();
  });
  afterAll(() => lab?.stop());

  const cell = (k: number): Locator => page.locator(".jp-Notebook .jp-CodeCell").nth(k);
  const plane = (k: number): Locator => cell(k).locator("canvas[data-axis=z]").first();
  const tab = (k: number, name: string): Locator => cell(k).getByRole("tab", { name });
  const read = async (): Promise<Read> => {
    await page.waitForTimeout(600);
    await notebook.run(2);
    const text = await notebook.output(2);
    return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)) as Read;
  };

  test("what is done in the planes and in the histogram by keys is in its state, and is undone", async () => {
    const before = await read();
    expect(before.state.open).toBe("planes");
    expect(before.state.views.slices.cursor).toEqual([12, 24, 32]);
    await cell(1).locator(".voxbook[role=application]").first().focus();
    for (const key of ["PageDown", "PageDown", "ArrowRight"]) await page.keyboard.press(key);
    await expect.poll(() => plane(1).getAttribute("data-plane")).toBe("14");
    // The end of one gesture, before the next one.
    await page.waitForTimeout(600);
    await cell(1).locator('.voxbook-handle[data-threshold="0"]').focus();
    await page.keyboard.press("Shift+ArrowRight");
    const after = await read();
    const [first, second] = before.state.views.histogram.thresholds;
    expect(after.state.views.slices.cursor).toEqual([14, 24, 33]);
    expect(after.state.views.histogram.thresholds).toEqual([first! + 10, second]);
    expect(after.state.views.slices.thresholds).toEqual([first! + 10, second]);
    expect(after.done.at(-1)).toBe("thresholds");
    expect(after.done.slice(0, -1).every((kind) => kind === "cursor")).toBe(true);
    await cell(1).locator(".voxbook[role=application]").first().focus();
    await page.keyboard.press("u");
    await expect.poll(async () => (await read()).state.views.histogram.thresholds).toEqual([first, second]);
  });

  test("tabs are opened by mouse and keys, what is behind them is drawn, and the state says which is open", async () => {
    await tab(1, "space").click();
    const space = cell(1).locator(".voxbook-space");
    await space.waitFor();
    await expect.poll(async () => (await read()).state.open).toBe("space");
    await cell(1).getByText("software WebGL").waitFor({ timeout: 60_000 });
    await tab(1, "space").focus();
    await page.keyboard.press("ArrowLeft");
    await plane(1).waitFor();
    expect(await space.isVisible()).toBe(false);
    await expect.poll(async () => (await read()).state.open).toBe("planes");
    await tab(1, "planes").focus();
    await page.keyboard.press("End");
    await space.waitFor();
    await expect.poll(async () => (await read()).state.open).toBe("space");
  });

  test("its state makes the views of another scan stand so, and a cell that sets it moves the page", async () => {
    await notebook.run(3);
    await cell(3).locator(".voxbook-space").waitFor({ timeout: 30_000 });
    expect(await tab(3, "space").getAttribute("aria-selected")).toBe("true");
    await tab(3, "planes").click();
    await expect.poll(() => plane(3).getAttribute("data-plane")).toBe("14");
    await notebook.run(4);
    await plane(1).waitFor();
    await expect.poll(() => plane(1).getAttribute("data-plane")).toBe("3");
    expect((await read()).state.views.slices.cursor).toEqual([3, 4, 5]);
    // The other stands for itself.
    expect(await plane(3).getAttribute("data-plane")).toBe("14");
  });
});
