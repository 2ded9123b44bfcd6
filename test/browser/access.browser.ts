/** For all readers: what axe finds, what a screen reader says, and that no name from a file is ever run. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOSTILE } from "../support/hostile.js";
import { LabSession } from "../support/lab.js";
import { lacks } from "../support/require.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const SCAN = `import { samples, threshold } from "voxbook";
import { histogramOf, slices, together } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [24, 60, 80] });
const labels = await threshold(scan, [24000, 31000], { names: ["pore", "binder", "active material"] });`;

/** Texts in one output: a title, eight phases, four references. */
const EACH = 13;

/** A busy machine takes its time. */
const patience = { timeout: 15_000 };

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}

/** What axe finds in our views that is more than moderate. */
async function seriousIn(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = (await page.evaluate("axe.run('.voxbook').then(({ violations }) => violations)")) as Violation[];
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("\n")}`,
    );
}

describe.skipIf(lacks("chromium") || lacks("python"))("in JupyterLab", () => {
  let lab: LabSession;
  beforeAll(async () => {
    lab = await LabSession.start();
  });
  afterAll(() => lab?.stop());

  /** The theme of pages that are opened from now on. */
  function choose(theme: string): void {
    const folder = join(lab.folder, ".jupyter/JUPYTERLAB_SETTINGS_DIR/@jupyterlab/apputils-extension");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "themes.jupyterlab-settings"), JSON.stringify({ theme }));
  }

  test.each(["JupyterLab Light", "JupyterLab Dark"])("axe finds nothing serious in any view, in %s", async (theme) => {
    choose(theme);
    const notebook = await lab.open([
      SCAN,
      `together(await slices(scan, { labels, edit: ".voxbook/axe.jsonl", normal: [1, 0, 0.6] }), await histogramOf(scan, { labels }))`,
    ]);
    const { page } = notebook;
    await page.locator(`body[data-jp-theme-name="${theme}"]`).waitFor({ state: "attached" });
    await notebook.run(0);
    await notebook.run(1);
    await page.locator('tr[data-phase="2"]').waitFor();
    expect(await seriousIn(page)).toEqual([]);
    await page.close();
  });

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

  test("fifty hostile texts as titles, names of phases and of references are shown as texts, and none runs", async () => {
    expect(HOSTILE).toHaveLength(50);
    const cells = [
      `import { fromVoxels, histogram, threshold } from "voxbook";
import { histogramOf, slices, together } from "voxbook/widgets";
const texts: string[] = JSON.parse(${JSON.stringify(JSON.stringify(HOSTILE))});
const scan = await fromVoxels(Uint16Array.from({ length: 4 * 16 * 16 }, (_, k) => (k * 40503) % 65536), [4, 16, 16]);
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
}`,
      ...Array.from({ length: Math.ceil(HOSTILE.length / EACH) }, (_, k) => `together(...views[${k}]!)`),
    ];
    const notebook = await lab.open(cells);
    const { page } = notebook;
    await notebook.run(0);
    for (let k = 0; EACH * k < HOSTILE.length; k++) {
      await notebook.run(k + 1);
      const view = page.locator(".jp-CodeCell").nth(k + 1);
      const title = HOSTILE[EACH * k]!.slice(0, 60);
      await expect.poll(() => view.locator(".voxbook-title").first().textContent(), patience).toBe(title);
      await view.locator('tr[data-phase="7"]').waitFor();
      await view.locator(".voxbook-plot .bars path").first().waitFor();
      await view.getByRole("button", { name: "a cell that makes this view" }).first().click();
    }
    await notebook.save();
    expect(await page.evaluate("window.ran")).toBeUndefined();
    // The same from the file, without a kernel: pictures and captions.
    await page.reload();
    await page.locator(".jp-Notebook .jp-Cell").first().waitFor();
    await page.waitForTimeout(3000);
    expect(await page.evaluate("window.ran")).toBeUndefined();
    await page.close();
  });
});
