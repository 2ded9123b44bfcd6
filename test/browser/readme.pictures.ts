/** Makes the pictures of the README from the notebooks as they are now: `npm run pictures`. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LabSession, runAllCells } from "../support/lab.js";
import { root } from "../support/require.js";

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

/** The views of the workshop, by what their cell shows. */
const VIEWS: readonly (readonly [picture: string, code: string])[] = [
  ["side-by-side", "await sideBySide("],
  ["histogram", "const histogram = await histogramOf("],
  ["space", "const space = await volume3d("],
  ["trainable", "const trained = await trainable("],
  ["alignment", "const board = await alignment("],
  ["time", "const time = await timeSeries("],
  ["network", "const pores = await network3d("],
  ["table", "const table = await tableOf("],
];

test("notebooks/pictures of the workshop's views", { timeout: 400_000 }, async () => {
  const { page } = await lab.openCopy("notebooks/workshop/01-explore.ipynb", (text) => text, {
    width: 1120,
    height: 1300,
  });
  await page.keyboard.press("Control+b");
  await runAllCells(page);
  for (const [name, code] of VIEWS) {
    const cell = page.locator(".jp-CodeCell", { hasText: code });
    // JupyterLab goes back to the cell that is chosen.
    const scroll = async (): Promise<void> => {
      await cell.locator(".jp-InputPrompt").first().click();
      await cell.evaluate("(element) => element.scrollIntoView({ block: 'start' })");
    };
    await scroll();
    const output = cell.locator(".jp-OutputArea-output", { has: page.locator(".voxbook") }).last();
    await output.locator(".voxbook button, .voxbook canvas").first().waitFor({ timeout: 60_000 });
    // In space the first image is the processor's; surfaces come later.
    if (name === "space") {
      await output.getByText("software WebGL").waitFor({ timeout: 60_000 });
      await page.waitForTimeout(15_000);
    }
    // Cells above are drawn when they come near, and move the others.
    await page.waitForTimeout(4000);
    await scroll();
    await page.waitForTimeout(1500);
    const picture = await output.screenshot({ path: join(root, `notebooks/pictures/${name}.png`) });
    expect(picture.length, name).toBeGreaterThan(10_000);
  }
});
