/** A threshold that is dragged on the histogram: until all planes have its colours, without a word to the kernel. */
import type { Bench, Row } from "../entry.js";
import { IN_PAGE } from "../in-page.js";
import { scanOf } from "../scan.js";

const LINKED = `import { histogramOf, slices, together } from "voxbook/widgets";
together(await slices(scan), await histogramOf(scan, { classes: 3 }))`;

interface Drag {
  readonly times: readonly number[];
  readonly bytes: number;
}

/**
 * Milliseconds from a move of the mouse to the frame in which all planes have other pixels. The scan has noise, so that there are voxels of every grey
 * value: a threshold never moves without changing some of each plane.
 */
const drags = (moves: number): string => `(async () => {
  ${IN_PAGE}
  const canvases = [...document.querySelectorAll(".voxbook-panes canvas[data-plane]")];
  const handle = document.querySelector(".voxbook-handle");
  handle.setPointerCapture = () => {};
  const box = handle.getBoundingClientRect();
  const event = (type, by) => handle.dispatchEvent(new PointerEvent(type,
    { clientX: box.x + box.width / 2 + by, clientY: box.y + 8, bubbles: true, pointerId: 1 }));
  event("pointerdown", 0);
  const times = [];
  for (let k = 0; k < ${moves}; k++) {
    await pause(60);
    await frame();
    const before = canvases.map(pixelsOf);
    await frame();
    const begin = performance.now();
    event("pointermove", (k % 2 ? -1 : 1) * (20 + k));
    const now = await until(() => canvases.every((canvas, n) => pixelsOf(canvas) !== before[n]));
    times.push(now - begin);
  }
  return times;
})()`;

function drag(bench: Bench): Promise<Drag> {
  return bench.once("drag", async () => {
    const { page, traffic } = await bench.notebook("linked", [scanOf([256, 512, 512]), LINKED]);
    await page.locator(".voxbook-handle").first().waitFor({ timeout: 60_000 });
    await page.locator('canvas[data-exact="true"]').nth(2).waitFor({ timeout: 30_000 });
    await page.waitForTimeout(2000);
    const before = traffic.sent.bytes;
    const times = await page.evaluate<number[]>(drags(bench.samples));
    const bytes = traffic.sent.bytes - before;
    await page.evaluate(`document.querySelector(".voxbook-handle").dispatchEvent(
      new PointerEvent("pointerup", { bubbles: true, pointerId: 1 }))`);
    return { times, bytes };
  });
}

export const rows: readonly Row[] = [
  {
    name: "threshold drag: to the overlay in all planes",
    unit: "ms",
    goal: 33,
    measure: async (bench) => (await drag(bench)).times,
  },
  {
    name: "threshold drag: sent to the kernel",
    unit: "bytes",
    goal: 0,
    statistic: "max",
    measure: async (bench) => [(await drag(bench)).bytes],
  },
];
