/** A threshold that is dragged on the histogram: until all planes have its colours, without a word to the kernel. */
import { SHOWN_PLANE } from "../coded-volume.js";
import type { Bench, Row } from "../entry.js";

const LINKED = `import { samples } from "voxbook";
import { histogramOf, slices, together } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [256, 512, 512], photons: 0, blur: 0 });
together(await slices(scan), await histogramOf(scan, { classes: 3 }))`;

interface Drag {
  readonly times: readonly number[];
  readonly bytes: number;
}

function drag(bench: Bench): Promise<Drag> {
  return bench.once("drag", async () => {
    const { page, traffic } = await bench.notebook("linked", [LINKED]);
    await page.locator(".voxbook-handle").first().waitFor({ timeout: 60_000 });
    await page.locator('canvas[data-exact="true"]').nth(2).waitFor({ timeout: 30_000 });
    await page.waitForTimeout(2000);
    const before = traffic.sent.bytes;
    const times = await page.evaluate<number[]>(`(async () => {
      ${SHOWN_PLANE}
      const canvases = [...document.querySelectorAll(".voxbook-panes canvas[data-plane]")];
      const shown = (canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, canvas.height >> 1, canvas.width, 2);
        let sum = 0;
        for (let k = 0; k < data.length; k++) sum = (Math.imul(sum, 31) + data[k]) | 0;
        return sum;
      };
      const handle = document.querySelector(".voxbook-handle");
      handle.setPointerCapture = () => {};
      const box = handle.getBoundingClientRect();
      const event = (type, by) => handle.dispatchEvent(new PointerEvent(type,
        { clientX: box.x + box.width / 2 + by, clientY: box.y + 8, bubbles: true, pointerId: 1 }));
      event("pointerdown", 0);
      const times = [];
      for (let k = 0; k < ${bench.samples}; k++) {
        await pause(60);
        await frame();
        const before = canvases.map(shown);
        const begin = performance.now();
        event("pointermove", (k % 2 ? -1 : 1) * (20 + k));
        let now;
        do now = await frame();
        while (canvases.some((canvas, n) => shown(canvas) === before[n]) && now - begin < 3000);
        times.push(now - begin);
      }
      return times;
    })()`);
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
