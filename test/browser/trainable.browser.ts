/** Trainable segmentation in real JupyterLab: what a reader scribbles is learnt, shown, and read in a cell. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { electrode } from "#src/simulate/electrode.js";
import { LabSession, type OpenNotebook } from "../support/lab.js";
import { lacks } from "../support/require.js";
import { predictionOf, scribble } from "../support/scribbling.js";

const SCAN = `import { predictForest, samples, trainForest } from "voxbook";
import { trainable } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [64, 96, 128] });
const truth = await scan.truth!.read();`;
const SHOW = `const trained = await trainable(scan, { classes: ["pore", "binder", "active material"], edit: "scribbles.jsonl" });
trained`;
const READ = `const labels = await (await trained.predict()).read();
const right = labels.filter((label, k) => label === truth[k] + 1).length / labels.length;
const options = { unlabelled: 0, heldOut: 0.2, trees: 30, samples: 2000 };
const again = await trainForest(scan, await trained.scribbles(), options);
JSON.stringify({
  right,
  trees: trained.forest.trees,
  phases: trained.forest.phases.map(({ name }) => name),
  accuracy: trained.score?.accuracy,
  cursor: trained.cursor,
  same: JSON.stringify(again) === JSON.stringify(trained.forest),
})`;

interface Read {
  right: number;
  trees: number;
  phases: string[];
  accuracy?: number;
  cursor: number[];
  same: boolean;
}

const [PLANES, ROWS, COLUMNS] = [64, 96, 128];

/** Where the middle plane of the same electrode has one phase for long. */
async function rowsOfPhases(): Promise<{ y: number; from: number; to: number }[][]> {
  const { truth } = await electrode({ shape: [PLANES, ROWS, COLUMNS] });
  const { values } = await truth!.plane("z", PLANES / 2);
  const found: { y: number; from: number; to: number }[][] = [[], [], []];
  for (let y = 4; y < ROWS - 4; y++)
    for (let from = 0, to = 1; from < COLUMNS; from = to++) {
      const label = values[y * COLUMNS + from]!;
      while (to < COLUMNS && values[y * COLUMNS + to] === label) to++;
      found[label]!.push({ y, from, to });
    }
  for (const [label, list] of found.entries()) {
    list.sort((a, b) => b.to - b.from - (a.to - a.from));
    // Not all of them beside each other.
    found[label] = list.filter(({ y }, k) => !list.slice(0, k).some((before) => Math.abs(before.y - y) < 3));
  }
  return found;
}

const patience = { timeout: 20_000 };

describe.skipIf(lacks("chromium") || lacks("python"))("in JupyterLab", () => {
  let lab: LabSession;
  let notebook: OpenNotebook;
  let page: Page;
  /** Rows of each phase in the middle plane, the longest first. */
  let rows: { y: number; from: number; to: number }[][];
  beforeAll(async () => {
    rows = await rowsOfPhases();
    lab = await LabSession.start();
    notebook = await lab.open([SCAN, SHOW, READ], { width: 1280, height: 1300 });
    page = notebook.page;
    await notebook.run(0);
    await notebook.run(1);
    await page.locator(".voxbook-readout", { hasText: "grey" }).waitFor();
  });
  afterAll(() => lab?.stop());

  const press = async (key: string): Promise<void> => {
    await page.locator(".voxbook[role=application]").focus();
    await page.keyboard.press(key);
  };
  const read = async (): Promise<Read> => {
    await page.waitForTimeout(500);
    await notebook.run(2);
    const text = await notebook.output(2);
    return JSON.parse(text.slice(text.lastIndexOf('{"right"'), text.lastIndexOf("}") + 1)) as Read;
  };
  /** Scribbles along the longest row of a phase in the middle plane, or along the next ones. */
  async function paint(label: number, n = 0): Promise<void> {
    await page.getByLabel("label to paint").selectOption(String(label + 1));
    const { y, from, to } = rows[label]![n]!;
    await scribble(page, [(from + 0.5) / COLUMNS, (y + 0.5) / ROWS], [(to - 0.5) / COLUMNS, (y + 0.5) / ROWS]);
  }
  const cursorOf = async (): Promise<string> =>
    (await page.locator(".voxbook-readout").innerText()).split("·")[0]!.trim();

  test("one phase alone says what is missing; with a second one its prediction is there on all planes", async () => {
    // The finest brush: binder is thin.
    for (let k = 0; k < 4; k++) await press("[");
    await paint(0);
    await expect.poll(() => page.locator(".voxbook-status").innerText(), patience).toContain("second phase");
    await paint(2);
    for (const axis of ["z", "y", "x"]) await expect.poll(() => predictionOf(page, axis), patience).toBe(1);
    expect(await page.locator(".voxbook-status").innerText()).toBe("");
    for (let k = 0; k < 3; k++) {
      for (const label of [1, 0, 2]) await paint(label, k + 1);
      await page.waitForTimeout(300);
    }
    await expect.poll(() => page.locator("canvas[data-axis=z]").getAttribute("data-outdated"), patience).toBe("false");
    await expect.poll(() => predictionOf(page, "z"), patience).toBeGreaterThan(2);
    await page.locator(".voxbook-score", { hasText: "held-out voxels right" }).waitFor();
  });

  test("a cell reads the forest, its score and labels, and trains the same one from the scribbles", async () => {
    const { right, trees, phases, accuracy, same } = await read();
    expect(phases).toEqual(["pore", "binder", "active material"]);
    expect(trees).toBe(30);
    expect(right).toBeGreaterThan(0.8);
    expect(accuracy).toBeGreaterThan(0.8);
    expect(same).toBe(true);
    expect(await page.locator(".voxbook-score").innerText()).toContain(`${(100 * accuracy!).toFixed(1)} %`);
  });

  test("the keys show the uncertainty, and go where it is highest", async () => {
    const model = await predictionOf(page, "z");
    await press("t");
    expect(await page.getByLabel("what lies over the grey values").inputValue()).toBe("uncertainty");
    for (const axis of ["z", "y", "x"]) await expect.poll(() => predictionOf(page, axis), patience).toBe(model);
    await page.locator(".voxbook-legend", { hasText: "uncertainty 0" }).waitFor();
    const before = await cursorOf();
    await press("j");
    await expect.poll(cursorOf, patience).not.toBe(before);
    const first = (await read()).cursor;
    await press("j");
    await page.waitForTimeout(800);
    const second = (await read()).cursor;
    expect(Math.hypot(...first.map((n, k) => n - second[k]!))).toBeGreaterThanOrEqual(8);
  });

  test("without live training a prediction of older scribbles is hatched until Update, which has all trees", async () => {
    await page.getByLabel("what lies over the grey values").selectOption({ label: "prediction" });
    await press("L");
    await paint(2, 5);
    await expect.poll(() => page.locator("canvas[data-axis=z]").getAttribute("data-outdated"), patience).toBe("true");
    expect(await page.locator(".voxbook-status").innerText()).toContain("Update");
    await press("d");
    await expect.poll(() => page.locator("canvas[data-axis=z]").getAttribute("data-outdated"), patience).toBe("false");
    expect((await read()).trees).toBe(100);
    await press("L");
  });

  test("undoing a stroke trains again without it", async () => {
    const before = await predictionOf(page, "z");
    await press("u");
    await expect.poll(() => predictionOf(page, "z"), patience).toBeGreaterThan(before);
    const { trees, same } = await read();
    expect(trees).toBe(30);
    expect(same).toBe(true);
  });

  test("the whole volume is predicted on request, with the shares of the phases", async () => {
    await press("D");
    const table = page.locator(".voxbook-training table");
    await table.getByText("whole volume").waitFor({ timeout: 60_000 });
    const share = Number.parseFloat(await table.locator('tr[data-label="3"] td').last().innerText());
    expect(share).toBeGreaterThan(20);
    expect(share).toBeLessThan(80);
  });
});
