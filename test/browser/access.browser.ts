/** For all readers: what axe finds, what a screen reader says, and that no name from a file is ever run. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOSTILE } from "../support/hostile.js";
import { LabSession, type OpenNotebook } from "../support/lab.js";
import { lacks } from "../support/require.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const SCAN = `import { samples, threshold } from "voxbook";
import { histogramOf, slices, together } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [24, 60, 80] });
const labels = await threshold(scan, [24000, 31000], { names: ["pore", "binder", "active material"] });`;

const PAINTED = `const { electrode } = samples;
const shown = await electrode({ shape: [24, 60, 80] });
const over = await threshold(shown, [24000, 31000], { names: ["pore", "binder", "active material"] });
together(await slices(shown, { labels: over, edit: ".voxbook/axe.jsonl", normal: [1, 0, 0.6] }), await histogramOf(shown, { labels: over }))`;

/** Texts in one output: a title, eight phases, four references. */
const EACH = 13;
const FOR_HISTOGRAMS = `import { fromVoxels, histogram, phaseFractions, PoreNetwork, poreNetwork, samples, series, threshold, um } from "voxbook";
import { alignment, explore, histogramOf, network3d, sideBySide, slices, tableOf, timeSeries, together, trainable, volume3d } from "voxbook/widgets";
const texts: string[] = JSON.parse(${JSON.stringify(JSON.stringify(HOSTILE))});
const scan = await fromVoxels(Uint16Array.from({ length: 4 * 16 * 16 }, (_, k) => (k * 40503) % 65536), [4, 16, 16], { spacing: um(1) });
const short = (text: string): string => text.slice(0, 40);
const thresholds = Array.from({ length: 7 }, (_, k) => 8000 * (k + 1));
const views = [];
for (let k = 0; k < texts.length; k += ${EACH}) {
  const [title, ...others] = texts.slice(k, k + ${EACH}) as [string, ...string[]];
  const names = others.slice(0, 8).map(short);
  const labels = await threshold(scan, thresholds, { names });
  const counted = await histogram(scan);
  const references = Object.fromEntries(others.slice(8).map((name) => [short(name), counted]));
  const shown = { labels, title: title.slice(0, 60) };
  views.push([await slices(scan, shown), await histogramOf(scan, { ...shown, thresholds, names, references })]);
}`;
const HISTOGRAMS = Array.from({ length: Math.ceil(HOSTILE.length / EACH) }, (_, k) => `together(...views[${k}]!)`);

/** Labels of fifty phases, tables whose columns are called so, and a network of pores with such columns. */
const FOR_VIEWS = `const phases = await fromVoxels(Uint8Array.from({ length: 4 * 16 * 16 }, (_, k) => k % texts.length), [4, 16, 16],
  { phaseNames: texts, spacing: um(1) });
const rows = await phaseFractions(phases);
const named = (table: any, numbers: string, names: string) => table.assign(new table.constructor(Object.fromEntries([
  ...texts.map((text) => [text, table.getChild(numbers)]), ["names", rows.getChild(names).slice(0, table.numRows)]])));
const balls = [[8, 8, 5], [8, 8, 14], [8, 8, 24]];
const pores = await fromVoxels(Uint8Array.from({ length: 16 * 16 * 32 }, (_, k) =>
  balls.some(([z, y, x]) => Math.hypot(Math.floor(k / 512) - z, (Math.floor(k / 32) % 16) - y, (k % 32) - x) < 6) ? 0 : 1),
  [16, 16, 32], { phaseNames: texts.slice(0, 2), spacing: um(1) });
const found = await poreNetwork(pores, { phase: texts[0] });
const network = new PoreNetwork({ ...found, pores: named(found.pores, "diameter", "phase"), throats: named(found.throats, "diameter", "phase") });
const grey = await fromVoxels(Uint16Array.from({ length: 16 * 16 * 32 }, (_, k) => k), [16, 16, 32], { spacing: um(1) });
const twin = (name: string, time: number) => ({ name, labels: pores, scan: grey, time });
const eight = texts.filter((text) => text.length <= 40).slice(-8);
const from = Object.fromEntries(eight.slice(0, 6).map((name) => [name, phases]));`;

const short = (text: string): string => text.slice(0, 40);
const EIGHT = HOSTILE.filter((text) => text.length <= 40).slice(-8);

/** Views with the texts that each has to show. */
const VIEWS: readonly { name: string; cell: string; shown: readonly string[] }[] = [
  {
    name: "tableOf",
    cell: `const table = await tableOf(named(rows, "fraction", "phase"), { labels: phases, title: texts[1], x: texts[0], y: texts[2], bars: "constructor", sort: "names" });
for (const text of texts.slice(0, 32)) table.keep(short(text), [1, 2]);
table`,
    shown: [...HOSTILE, ...HOSTILE.slice(0, 32).map(short)],
  },
  {
    name: "network3d",
    cell: `await network3d(network, { volume: pores, phase: texts[0], colour: "names", title: texts[2], selected: 0 })`,
    shown: HOSTILE,
  },
  {
    name: "timeSeries",
    cell: `await timeSeries(series(texts.map(twin), { chargeUnit: texts[3] }), { title: texts[1], thickness: { phase: texts[0] } })`,
    shown: HOSTILE,
  },
  {
    name: "alignment",
    cell: `await alignment(scan, pores, { titles: [texts[1], "__proto__"] })`,
    shown: [HOSTILE[1]!, "__proto__"],
  },
  {
    name: "sideBySide",
    cell: "await sideBySide(Object.fromEntries(eight.map((name, k) => [name, k === 0 ? scan : phases])))",
    shown: EIGHT,
  },
  {
    name: "volume3d",
    cell: "await volume3d(from, { title: texts[2] })",
    shown: [...HOSTILE.slice(0, 16), ...EIGHT.slice(0, 6)],
  },
  {
    name: "trainable",
    cell: `const trained = await trainable(scan, { classes: eight, title: texts[1], edit: ".voxbook/classes.jsonl" });
const box = (z: number) => ({ start: [z, 2, 2], stop: [z + 1, 9, 9] });
await trained.replay([1, 2].map((label) => ({ kind: "edit", from: null,
  to: { tool: "fill", label, axis: "z", at: [label, 4, 4], limits: { region: box(label) } } })) as never);
trained`,
    // With the table of what was learnt.
    shown: [...EIGHT, "overlap (IoU)"],
  },
  { name: "explore", cell: "await explore(scan, { labels: phases })", shown: HOSTILE },
];

/** A busy machine takes its time. */
const patience = { timeout: 15_000 };

interface Violation {
  id: string;
  impact: string;
  nodes: { target: string[]; html: string; failureSummary: string }[];
}

/** What axe finds in our views that is more than moderate. */
async function seriousIn(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = (await page.evaluate("axe.run('.voxbook').then(({ violations }) => violations)")) as Violation[];
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ target, html, failureSummary }) => `${target} ${html.slice(0, 200)} ${failureSummary}`).join("\n")}`,
    );
}

/** All that a reader finds in the views of a cell, and what a screen reader says. */
const textsIn = (page: Page, cell: number): Promise<string> =>
  page.evaluate(`(() => {
    const views = [...document.querySelectorAll(".jp-Notebook .jp-CodeCell")[${cell}].querySelectorAll(".voxbook")];
    const labels = views.flatMap((view) => [view, ...view.querySelectorAll("[aria-label]")]).map((one) => one.getAttribute("aria-label"));
    return [...views.map((view) => view.textContent), ...labels].join(" ");
  })()`);

const code = (view: Locator): Locator => view.getByRole("button", { name: "a cell that makes this view" });

describe.skipIf(lacks("chromium") || lacks("python"))("in JupyterLab", () => {
  let lab: LabSession;
  beforeAll(async () => {
    lab = await LabSession.start({ webgl: true });
  });
  afterAll(() => lab?.stop());

  /** Settings of JupyterLab, for pages that are opened from now on. */
  function settings(plugin: string, values: object): void {
    const file = join(lab.folder, `.jupyter/JUPYTERLAB_SETTINGS_DIR/@jupyterlab/${plugin}.jupyterlab-settings`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(values));
  }

  test("keys alone reach a plane, a threshold and the box, and a screen reader hears where the cursor rests", async () => {
    const notebook = await lab.open([
      SCAN,
      `const view = await slices(scan); const histogram = await histogramOf(scan, { thresholds: [24000, 31000] });
together(view, histogram)`,
      "JSON.stringify([view.cursor, histogram.value])",
    ]);
    const { page } = notebook;
    await notebook.run(0);
    await notebook.run(1);
    await page.locator('tr[data-phase="2"]').waitFor();
    const view = page.locator(".voxbook[role=application]");
    await view.focus();
    for (const key of ["PageDown", "PageDown", "ArrowRight", "ArrowUp"]) await page.keyboard.press(key);
    await expect.poll(() => page.locator(".voxbook-spoken").innerText(), patience).toMatch(/z 14\s+y 29\s+x 41.*grey/);
    await page.locator('.voxbook-handle[data-threshold="0"]').focus();
    await page.keyboard.press("Shift+ArrowRight");
    await page.waitForTimeout(500);
    await notebook.run(2);
    expect(await notebook.output(2)).toContain("[[14,29,41],[24010,31000]]");
    await page.close();
  });

  describe("with fifty hostile texts", () => {
    const cells = [FOR_HISTOGRAMS, ...HISTOGRAMS, FOR_VIEWS, ...VIEWS.map(({ cell }) => cell), PAINTED];
    const first = 2 + HISTOGRAMS.length;
    let notebook: OpenNotebook;
    let page: Page;
    const view = (cell: number): Locator => page.locator(".jp-Notebook .jp-CodeCell").nth(cell);
    const ran = (): Promise<unknown> => page.evaluate("window.ran");
    beforeAll(async () => {
      // Axe finds what is in the page: all cells are, not only those in sight.
      settings("notebook-extension/tracker", { windowingMode: "none" });
      notebook = await lab.open(cells);
      page = notebook.page;
      await notebook.run(0);
    });

    test("titles, names of phases and of references are shown as texts in slices and histograms", async () => {
      expect(HOSTILE).toHaveLength(50);
      for (let k = 0; k < HISTOGRAMS.length; k++) {
        await notebook.run(k + 1);
        const title = HOSTILE[EACH * k]!.slice(0, 60);
        await expect
          .poll(
            () =>
              view(k + 1)
                .locator(".voxbook-title")
                .first()
                .textContent(),
            patience,
          )
          .toBe(title);
        await view(k + 1)
          .locator('tr[data-phase="7"]')
          .waitFor();
        await view(k + 1)
          .locator(".voxbook-plot .bars path")
          .first()
          .waitFor();
        await code(view(k + 1))
          .first()
          .click();
      }
      expect(await ran()).toBeUndefined();
      await notebook.run(first - 1);
    });

    test.each(VIEWS.map((one, k) => ({ ...one, k })))("$name shows those that it is given as texts", async (one) => {
      await notebook.run(first + one.k);
      const missing = async (): Promise<string[]> => {
        const all = await textsIn(page, first + one.k);
        return one.shown.filter((text) => !all.includes(text));
      };
      await expect.poll(missing, patience).toEqual([]);
      await code(view(first + one.k))
        .first()
        .click();
      expect(await ran()).toBeUndefined();
    });

    test.each(["JupyterLab Light", "JupyterLab Dark"])(
      "axe finds nothing serious in any of them, in %s",
      async (theme) => {
        if (theme === "JupyterLab Light") await notebook.run(cells.length - 1);
        else {
          await page.getByRole("menuitem", { name: "Settings" }).click();
          for (const name of ["Theme", theme])
            await page.locator(".lm-Menu-itemLabel", { hasText: new RegExp(`^${name}$`) }).click();
        }
        await page.locator(`body[data-jp-theme-name="${theme}"]`).waitFor({ state: "attached" });
        expect(await seriousIn(page)).toEqual([]);
      },
    );

    test("none runs, neither in the live views nor in what the file keeps of them", async () => {
      await notebook.save();
      expect(await ran()).toBeUndefined();
      // Without a kernel: pictures and captions.
      await page.reload();
      await page.locator(".jp-Notebook .jp-Cell").first().waitFor();
      await page.waitForTimeout(3000);
      expect(await ran()).toBeUndefined();
      await page.close();
    });
  });
});
