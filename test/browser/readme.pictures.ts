/** Makes the picture of the README from the tour as it is now: `npm run pictures`. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LabSession, runAllCells } from "../support/lab.js";
import { root } from "../support/require.js";

let lab: LabSession;
beforeAll(async () => {
  lab = await LabSession.start();
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
