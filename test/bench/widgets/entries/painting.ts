/** Strokes of the brush: to their pixels, and what the kernel is told of them. */
import type { Bench, Row } from "../entry.js";
import { IN_PAGE } from "../in-page.js";
import { scanOf } from "../scan.js";

const EDITED = `import { slices } from "voxbook/widgets";
await slices(scan, { edit: "bench-edits" })`;

/** Moves of the mouse in a stroke: over a little more than half of the plane. */
const MOVES = 10;

interface Strokes {
  readonly times: readonly number[];
  /** Of each stroke. */
  readonly bytes: readonly number[];
}

/**
 * A stroke from the left to the right, and for each move the milliseconds from the event to the pixel under the mouse in another colour.
 * That pixel is looked at in the event's own task, right behind its listeners, and then behind each frame; so a stroke that is drawn by the
 * listener takes as long as the listener and the drawing, and one that is drawn in the next frame the rest of that frame, too: nearly all
 * of it, for the event comes right behind the one before. A move is longer than the radius of the brush: the pixel lies outside of what was painted
 * before, and inside the outline of the brush, which follows the mouse whether something is painted or not.
 * @param height where, as a share of the plane's height
 */
const stroke = (height: number): string => `(async () => {
  ${IN_PAGE}
  const canvas = document.querySelector("canvas[data-axis=z]");
  canvas.setPointerCapture = () => {};
  const box = canvas.getBoundingClientRect();
  const context = canvas.getContext("2d");
  const event = (type, x) => canvas.dispatchEvent(new PointerEvent(type,
    { clientX: box.x + x * box.width, clientY: box.y + ${height} * box.height, bubbles: true, pointerId: 1, button: 0 }));
  const colour = (x) =>
    String(context.getImageData(Math.floor(x * canvas.width), Math.floor(${height} * canvas.height), 1, 1).data);
  const at = (k) => 0.17 + 0.06 * k;
  event("pointerdown", at(0));
  const times = [];
  for (let k = 1; k <= ${MOVES}; k++) {
    await pause(30);
    await frame();
    const before = colour(at(k));
    const changed = () => colour(at(k)) !== before;
    const begin = performance.now();
    event("pointermove", at(k));
    times.push((changed() ? performance.now() : await until(changed)) - begin);
  }
  event("pointerup", at(${MOVES}));
  return times;
})()`;

function strokes(bench: Bench): Promise<Strokes> {
  return bench.once("strokes", async () => {
    const { page, traffic } = await bench.notebook("painted", [scanOf([512, 512, 512]), EDITED]);
    await page.locator('canvas[data-axis=z][data-exact="true"]').waitFor({ timeout: 60_000 });
    await page.locator(".voxbook[role=application]").focus();
    await page.keyboard.press("p");
    await page.waitForTimeout(1500);
    const [times, bytes]: [number[], number[]] = [[], []];
    const count = Math.ceil(bench.samples / MOVES);
    for (let k = 0; k < count; k++) {
      const before = traffic.sent.bytes;
      times.push(...(await page.evaluate<number[]>(stroke(0.1 + (0.8 * (k + 0.5)) / count))));
      await page.waitForTimeout(1000);
      bytes.push(traffic.sent.bytes - before);
    }
    return { times, bytes };
  });
}

export const rows: readonly Row[] = [
  { name: "stroke to pixel at 512²", unit: "ms", goal: 16, measure: async (bench) => (await strokes(bench)).times },
  {
    name: "stroke: sent to the kernel",
    unit: "bytes",
    goal: 4096,
    statistic: "max",
    measure: async (bench) => (await strokes(bench)).bytes,
  },
];
