/** How evenly a page draws while something in it is dragged. */
import type { Page } from "playwright-core";
import { IN_PAGE } from "./in-page.js";

/** A place in an element, in shares of its width and height. */
export type Place = readonly [x: number, y: number];

/** So many moves along a circle through a place: nothing is dragged far away, and no two are the same. */
export const round = ([x, y]: Place, radius: number, moves: number): Place[] =>
  Array.from({ length: moves + 1 }, (_, k) => {
    const angle = (4 * Math.PI * k) / moves;
    return [x + radius * (1 - Math.cos(angle)), y + radius * Math.sin(angle)];
  });

/**
 * Presses the mouse at the first place and drags along the others, a move a frame: what is drawn is then drawn in each.
 * @param selector of the element that is pressed
 * @returns milliseconds from behind one frame to behind the next
 */
export function dragged(page: Page, selector: string, way: readonly Place[]): Promise<number[]> {
  return page.evaluate<number[]>(`(async () => {
    ${IN_PAGE}
    const element = document.querySelector(${JSON.stringify(selector)});
    element.setPointerCapture = () => {};
    const box = element.getBoundingClientRect();
    const event = (type, [x, y]) => element.dispatchEvent(new PointerEvent(type, { clientX: box.x + x * box.width,
      clientY: box.y + y * box.height, bubbles: true, cancelable: true, pointerId: 1, button: 0, buttons: 1 }));
    const way = ${JSON.stringify(way)};
    event("pointerdown", way[0]);
    const frames = [];
    let before = await frame();
    for (const place of way.slice(1)) {
      event("pointermove", place);
      const now = await frame();
      frames.push(now - before);
      before = now;
    }
    event("pointerup", way.at(-1));
    return frames;
  })()`);
}
