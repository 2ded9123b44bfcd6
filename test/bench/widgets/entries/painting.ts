/** A stroke of the brush: to its pixels, and what the kernel is told of it. */
import { SHOWN_PLANE } from "../coded-volume.js";
import type { Bench, Row } from "../entry.js";

const EDITED = `import { samples } from "voxbook";
import { slices } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [512, 512, 512], photons: 0, blur: 0 });
await slices(scan, { edit: "bench-edits" })`;

interface Stroke {
  readonly times: readonly number[];
  readonly bytes: number;
}

function stroke(bench: Bench): Promise<Stroke> {
  return bench.once("stroke", async () => {
    const { page, traffic } = await bench.notebook("painted", [EDITED]);
    await page.locator('canvas[data-axis=z][data-exact="true"]').waitFor({ timeout: 60_000 });
    await page.locator(".voxbook[role=application]").focus();
    await page.keyboard.press("p");
    await page.waitForTimeout(1500);
    const before = traffic.sent.bytes;
    const times = await page.evaluate<number[]>(`(async () => {
      ${SHOWN_PLANE}
      const canvas = document.querySelector("canvas[data-axis=z]");
      canvas.setPointerCapture = () => {};
      const box = canvas.getBoundingClientRect();
      const context = canvas.getContext("2d");
      const shown = () => {
        const { data } = context.getImageData(0, canvas.height >> 1, canvas.width, 1);
        let sum = 0;
        for (let k = 0; k < data.length; k++) sum = (Math.imul(sum, 31) + data[k]) | 0;
        return sum;
      };
      const event = (type, x) => canvas.dispatchEvent(new PointerEvent(type,
        { clientX: box.x + x, clientY: box.y + box.height / 2, bubbles: true, pointerId: 1, button: 0 }));
      event("pointerdown", 10);
      const times = [];
      for (let k = 1; k <= ${bench.samples}; k++) {
        await pause(30);
        await frame();
        const before = shown();
        const begin = performance.now();
        event("pointermove", 10 + 4 * k);
        let now;
        do now = await frame();
        while (shown() === before && now - begin < 2000);
        times.push(now - begin);
      }
      event("pointerup", 10 + 4 * ${bench.samples});
      return times;
    })()`);
    await page.waitForTimeout(1000);
    return { times, bytes: traffic.sent.bytes - before };
  });
}

export const rows: readonly Row[] = [
  { name: "stroke to pixel at 512²", unit: "ms", goal: 16, measure: async (bench) => (await stroke(bench)).times },
  {
    name: "stroke: sent to the kernel",
    unit: "bytes",
    goal: 4096,
    statistic: "max",
    measure: async (bench) => [(await stroke(bench)).bytes],
  },
];
