/** Scribbles on a live `trainable` view, and how long it takes until they are learnt: for tests and for the benchmark of widgets. */
import type { Page } from "playwright-core";

type Fraction = readonly [x: number, y: number];

/** A straight stroke over a plane, between fractions of its width and height. */
export async function scribble(page: Page, from: Fraction, to: Fraction, axis = "z"): Promise<void> {
  const box = (await page.locator(`canvas[data-axis=${axis}]`).boundingBox())!;
  const at = ([x, y]: Fraction): [number, number] => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 6 });
  await page.mouse.up();
}

/** Number of the forest whose prediction a plane shows; 0: none. */
export const predictionOf = async (page: Page, axis: string): Promise<number> =>
  Number((await page.locator(`canvas[data-axis=${axis}]`).getAttribute("data-model")) ?? 0);

/**
 * Milliseconds from the end of a stroke to the frame in which the plane that it was drawn on shows the prediction of the forest that
 * has learnt it, as the page sees both; with the label and the limits that are chosen.
 */
export async function latencies(page: Page, strokes: number, axis = "z"): Promise<number[]> {
  const found: number[] = [];
  for (let k = 0; k < strokes; k++) {
    const height = 0.1 + (0.8 * (k + 0.5)) / strokes;
    await page.evaluate(`(() => {
      const canvas = document.querySelector("canvas[data-axis=${axis}]");
      const before = canvas.dataset.model;
      window.stroked = new Promise((done) => canvas.addEventListener("pointerup", () => {
        const begin = performance.now();
        const look = () => canvas.dataset.model !== before && canvas.dataset.model !== ""
          ? done(performance.now() - begin) : requestAnimationFrame(look);
        requestAnimationFrame(look);
      }, { once: true, capture: true }));
    })()`);
    await scribble(page, [0.2, height], [0.6, height + 0.02], axis);
    found.push(await page.evaluate<number>("window.stroked"));
    // Planes that were not looked at come, too, and the picture of the notebook is drawn.
    await page.waitForTimeout(1200);
  }
  return found;
}
