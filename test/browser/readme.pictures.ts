/** Makes the pictures of the README: the tour's from its notebook, those of the views from real volumes. `npm run pictures`. */
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gallery } from "../support/gallery.js";
import { LabSession, runAllCells } from "../support/lab.js";
import { dataFolder, lacks, root } from "../support/require.js";
import { scribble } from "../support/scribbling.js";

let lab: LabSession;
beforeAll(async () => {
  lab = await LabSession.start({ webgl: true });
});
afterAll(() => lab?.stop());

test("notebooks/pictures/tour.png", async () => {
  const { page } = await lab.openCopy("notebooks/learn/01-from-scan-to-report.ipynb", (text) => text, {
    width: 1000,
    height: 1100,
  });
  // Only the notebook, without the file browser.
  await page.keyboard.press("Control+b");
  await runAllCells(page);
  const cell = page.locator(".jp-CodeCell", { has: page.locator(".voxbook-handle") });
  await cell.evaluate(
    "document.querySelector('.voxbook-handle').closest('.jp-CodeCell').scrollIntoView({ block: 'start' })",
  );
  await page.locator(".voxbook-plot .bars path").first().waitFor();
  await page.mouse.move(2, 500);
  await page.waitForTimeout(1000);
  const picture = await page.screenshot({ path: join(root, "notebooks/pictures/tour.png") });
  expect(picture.length).toBeGreaterThan(50_000);
});

/** Strokes over air, jelly roll and steel on the plane across z, in shares of its sides. */
const SCRIBBLES: readonly (readonly (readonly [from: [number, number], to: [number, number]])[])[] = [
  [
    [
      [0.74, 0.86],
      [0.86, 0.92],
    ],
  ],
  [
    [
      [0.25, 0.2],
      [0.45, 0.3],
    ],
    [
      [0.1, 0.5],
      [0.2, 0.6],
    ],
  ],
  [
    [
      [0.508, 0.84],
      [0.512, 0.97],
    ],
    [
      [0.155, 0.85],
      [0.17, 0.97],
    ],
  ],
];

/** What a person does in a view before the picture is taken. */
const GESTURES: Readonly<Record<string, (page: Page, output: Locator) => Promise<void>>> = {
  async space(_, output) {
    // The first image is the processor's; surfaces come later.
    await output.getByText("software WebGL").waitFor({ timeout: 60_000 });
    await output.page().waitForTimeout(15_000);
    await output.getByRole("button", { name: /clip/i }).first().click();
    await output.page().waitForTimeout(5_000);
  },
  async trainable(page, output) {
    const label = output.getByLabel("label to paint");
    for (const [phase, strokes] of SCRIBBLES.entries()) {
      await label.selectOption(String(phase + 1));
      for (const [from, to] of strokes) await scribble(page, from, to, "z", output);
    }
    await output.locator('canvas[data-axis=z]:not([data-model="0"])[data-model]').waitFor({ timeout: 60_000 });
    await page.waitForTimeout(4000);
  },
};

test.skipIf(lacks("data"))("notebooks/pictures of each view on real volumes", { timeout: 600_000 }, async () => {
  const { setting, exhibits } = gallery(dataFolder()!);
  for (const { name, code } of exhibits) {
    // A notebook of its own, in which nothing is scrolled.
    const notebook = await lab.open([setting, code], { width: 1120, height: 2000 });
    const { page } = notebook;
    await page.keyboard.press("Control+b");
    await notebook.run(0, 60_000);
    await notebook.run(1, 120_000);
    const cell = page.locator(".jp-CodeCell").nth(1);
    const output = cell.locator(".jp-OutputArea-output", { has: page.locator(".voxbook") }).last();
    await output.locator(".voxbook button, .voxbook canvas").first().waitFor({ timeout: 60_000 });
    await cell.locator(".jp-InputPrompt").first().click();
    await page.waitForTimeout(4000);
    await GESTURES[name]?.(page, output);
    await page.mouse.move(2, 500);
    await page.waitForTimeout(1500);
    const { x, y, width, height } = (await output.boundingBox())!;
    expect(y + height, `${name} is seen whole`).toBeLessThan(1960);
    // Letters at the edge have some room.
    const clip = { x: x - 8, y, width: width + 8, height };
    const picture = await page.screenshot({ path: join(root, `notebooks/pictures/${name}.png`), clip });
    expect(picture.length, name).toBeGreaterThan(10_000);
    await page.close();
  }
});
