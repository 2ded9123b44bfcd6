/** From the keys that run a cell to the pixels of its view. */
import type { Page } from "playwright-core";
import { IN_PAGE } from "./in-page.js";

/**
 * Runs a cell by its keys.
 * @param shown code of a function in the page: of the canvases that were not there before, whether they show what is waited for
 * @param cell its number
 * @returns milliseconds from the key to behind the first frame in which they do
 */
export async function toPixels(page: Page, shown: string, cell = 0): Promise<number> {
  await page.locator(".jp-Notebook .jp-CodeCell").nth(cell).locator(".cm-content").click();
  await page.waitForTimeout(500);
  await page.evaluate(`(() => {
    ${IN_PAGE}
    const shown = ${shown};
    const before = new Set(document.querySelectorAll("canvas"));
    const pressed = new Promise((done) =>
      window.addEventListener("keydown", () => done(performance.now()), { once: true, capture: true }));
    window.toPixels = pressed.then(async (begin) =>
      (await until(() => shown([...document.querySelectorAll("canvas")].filter((canvas) => !before.has(canvas))), 20000)) - begin);
    window.toPixels.catch(() => {});
  })()`);
  await page.keyboard.press("Control+Enter");
  return page.evaluate<number>("window.toPixels");
}
