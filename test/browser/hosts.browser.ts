/** All nine views where notebooks are shown outside of JupyterLab: in Notebook 7, and by Voilà as a page without code. */
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { LabSession } from "../support/lab.js";
import { lacks } from "../support/require.js";
import { VoilaSession } from "../support/voila.js";

const SETTING = `import { downsample, labelStatistics, poreNetwork, samples, separateParticles, series, threshold } from "voxbook";
import { alignment, explore, histogramOf, network3d, sideBySide, slices, tableOf, timeSeries, trainable, volume3d } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [24, 48, 64] });
const labels = await threshold(scan, [24000, 31000], { names: ["pore", "binder", "active material"] });
const grains = await separateParticles(labels, { phase: "active material" });
const states = series([0, 1].map((k) => ({ name: "C" + k, scan, labels, time: 3600 * k })));`;

/** Cells by what they show. */
const VIEWS: readonly (readonly [name: string, cell: string])[] = [
  ["slices", "await slices(scan, { labels })"],
  ["histogram", "await histogramOf(scan, { classes: 3 })"],
  ["space", "await volume3d(scan)"],
  ["trainable", `await trainable(scan, { classes: ["pore", "solid"], edit: ".voxbook/hosts.jsonl" })`],
  ["alignment", "await alignment(await downsample(scan, 2), scan)"],
  ["time", "await timeSeries(states)"],
  ["network", `await network3d(await poreNetwork(labels, { phase: "pore" }))`],
  ["table", "await tableOf(await labelStatistics(grains, { scan }), { labels: grains })"],
  ["side by side", "await sideBySide({ scan, labels })"],
  ["explorer", "await explore(scan)"],
];
const CELLS = [SETTING, ...VIEWS.map(([, cell]) => cell)];

/** A busy machine takes its time. */
const patience = { timeout: 60_000 };

/**
 * What is seen of a view: colours of its most colourful canvas, or bars of its histogram.
 * @param view code of its element
 */
const seen = (page: Page, view: string): Promise<number> =>
  page.evaluate<number>(`(() => {
    const view = ${view};
    if (!view) return 0;
    view.scrollIntoView({ block: "start" });
    const small = Object.assign(document.createElement("canvas"), { width: 32, height: 32 });
    const context = small.getContext("2d", { willReadFrequently: true });
    const colours = (canvas) => {
      context.clearRect(0, 0, 32, 32);
      context.drawImage(canvas, 0, 0, 32, 32);
      return new Set(new Uint32Array(context.getImageData(0, 0, 32, 32).data.buffer)).size;
    };
    const canvases = [...view.querySelectorAll("canvas")].filter(({ width, height }) => width > 8 && height > 8);
    return Math.max(view.querySelectorAll(".bars path").length, ...canvases.map(colours));
  })()`);

/** Each view is seen and says nothing is wrong, and a key goes to the kernel and brings another plane back. */
async function allWork(page: Page, viewOf: (k: number) => string): Promise<void> {
  for (const [k, [name]] of VIEWS.entries())
    await expect.poll(() => seen(page, viewOf(k)), { ...patience, message: name }).toBeGreaterThan(10);
  const errors = page.locator(".voxbook-error, .jp-OutputArea-output[data-mime-type*=error]");
  expect((await errors.allInnerTexts()).filter((text) => text !== "")).toEqual([]);
  await page.evaluate(`${viewOf(0)}.scrollIntoView({ block: "start" })`);
  const plane = page.locator("canvas[data-axis=z]").first();
  expect(await plane.getAttribute("data-plane")).toBe("12");
  await page.evaluate(`${viewOf(0)}.focus()`);
  for (let press = 0; press < 9; press++) await page.keyboard.press("PageDown");
  await expect.poll(() => plane.getAttribute("data-plane"), patience).toBe("21");
}

const size = { width: 1280, height: 1200 };

describe.skipIf(lacks("chromium") || lacks("python"))("all nine views", () => {
  test("in Notebook 7", async () => {
    const lab = await LabSession.start({ webgl: true });
    try {
      const { page, run } = await lab.openInNotebook(CELLS, size);
      for (const k of CELLS.keys()) await run(k);
      await allWork(
        page,
        (k) => `document.querySelectorAll(".jp-Notebook .jp-CodeCell")[${k + 1}].querySelector(".voxbook")`,
      );
    } finally {
      await lab.stop();
    }
  });

  test("by Voilà", async () => {
    const voila = await VoilaSession.start();
    try {
      const page = await voila.open(CELLS, size);
      const top = `[...document.querySelectorAll(".voxbook")].filter((one) => one.parentElement.closest(".voxbook") === null)`;
      await expect.poll(() => page.evaluate(`${top}.length`), patience).toBe(VIEWS.length);
      await allWork(page, (k) => `${top}[${k}]`);
    } finally {
      await voila.stop();
    }
  });
});
