/** Scribbles on a live `trainable` view, and whether they are learnt: for tests and for the benchmark of widgets. */
import type { Locator, Page } from "playwright-core";

type Fraction = readonly [x: number, y: number];

/** A straight stroke over a plane, between fractions of its width and height. @param within default: the only view of the page */
export async function scribble(
  page: Page,
  from: Fraction,
  to: Fraction,
  axis = "z",
  within: Page | Locator = page,
): Promise<void> {
  const box = (await within.locator(`canvas[data-axis=${axis}]`).boundingBox())!;
  const at = ([x, y]: Fraction): [number, number] => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 6 });
  await page.mouse.up();
}

/** Number of the forest whose prediction a plane shows; 0: none. */
export const predictionOf = async (page: Page, axis: string): Promise<number> =>
  Number((await page.locator(`canvas[data-axis=${axis}]`).getAttribute("data-model")) ?? 0);
