/** A scribble on a live trainable view: until the plane shows the prediction of the forest that has learnt it. */
import type { Page } from "playwright-core";
import { predictionOf, scribble } from "../../../support/scribbling.js";
import type { Bench, Row } from "../entry.js";
import { IN_PAGE } from "../in-page.js";
import { scanOf } from "../scan.js";

const TRAINABLE = `import { trainable } from "voxbook/widgets";
await trainable(scan, { classes: ["pore", "binder", "active material"], edit: "bench-scribbles" })`;

/** Milliseconds from the end of a stroke. */
async function toPrediction(page: Page, height: number): Promise<number> {
  await page.evaluate(`(() => {
    ${IN_PAGE}
    const canvas = document.querySelector("canvas[data-axis=z]");
    const before = canvas.dataset.model;
    window.stroked = new Promise((done, failed) => canvas.addEventListener("pointerup", () => {
      const begin = performance.now();
      until(() => canvas.dataset.model !== before && canvas.dataset.model !== "").then((now) => done(now - begin), failed);
    }, { once: true, capture: true }));
    window.stroked.catch(() => {});
  })()`);
  await scribble(page, [0.2, height], [0.6, height + 0.02]);
  return page.evaluate<number>("window.stroked");
}

async function predictions(bench: Bench): Promise<number[]> {
  const { page } = await bench.notebook("scribbled", [scanOf([64, 256, 256]), TRAINABLE]);
  await page.locator(".voxbook-readout", { hasText: "grey" }).waitFor({ timeout: 30_000 });
  const label = page.getByLabel("label to paint");
  for (const [k, one] of ["1", "2", "3"].entries()) {
    await label.selectOption(one);
    await scribble(page, [0.2, 0.04 + 0.02 * k], [0.6, 0.04 + 0.02 * k]);
  }
  for (let wait = 0; (await predictionOf(page, "z")) === 0; wait += 100) {
    if (wait > 20_000) throw new Error("no prediction within 20 s");
    await page.waitForTimeout(100);
  }
  const strokes = bench.quick ? 5 : 12;
  const times: number[] = [];
  for (let k = 0; k < strokes; k++) {
    // Planes beside these are predicted, too, and the picture of the notebook is drawn.
    await page.waitForTimeout(1200);
    await label.selectOption(String(1 + (k % 3)));
    times.push(await toPrediction(page, 0.12 + (0.8 * k) / strokes));
  }
  return times;
}

export const rows: readonly Row[] = [
  { name: "scribble to visible prediction at 256²", unit: "ms", goal: 500, measure: predictions },
];
