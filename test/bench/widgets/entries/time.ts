/** From a control that goes to another state of a series to the plane that shows it. */
import type { Bench, Row } from "../entry.js";
import { IN_PAGE } from "../in-page.js";
import { scanOf } from "../scan.js";

const SERIES = `import { series, threshold } from "voxbook";
import { timeSeries } from "voxbook/widgets";
const states = [];
for (let k = 0; k < 8; k++) {
  const each = await fromVoxels(voxels.map((value) => value + 1000 * k), [planes, rows, columns], { spacing: um(0.5) });
  states.push({ name: "C" + k, scan: each, labels: await threshold(each, [24000, 31000]), voltage: 3 + 0.1 * k, charge: 25 * k });
}
await timeSeries(series(states, { chargeUnit: "mAh/g" }))`;

/**
 * Milliseconds from the control to the last frame in which the plane has other pixels: grey values and labels of the new state may come one after the
 * other.
 * @param near to the next state, which is fetched beforehand; else over two states, in a plane of which only those beside the shown one are there
 */
const changes = (near: boolean, count: number): string => `(async () => {
  ${IN_PAGE}
  const slider = document.querySelector("input[type=range][aria-label=state]");
  const root = slider.closest(".voxbook");
  const plane = root.querySelector("canvas[data-axis=z]");
  const states = Number(slider.max) + 1;
  const times = [];
  for (let k = 1; k <= ${count}; k++) {
    if (!${near}) press(root, "PageDown");
    await pause(${near} ? 300 : 700);
    let shown = pixelsOf(plane);
    await frame();
    const begin = performance.now();
    if (${near}) press(root, k % 2 === 1 ? "." : ",");
    else {
      slider.value = String((3 * k) % states);
      slider.dispatchEvent(new Event("input"));
    }
    let last = 0;
    for (let now = begin; now - begin < 600; ) {
      now = await frame();
      const pixels = pixelsOf(plane);
      if (pixels !== shown) last = now;
      shown = pixels;
    }
    if (last === 0) throw new Error("no other state was shown within 0.6 s");
    times.push(last - begin);
  }
  return times;
})()`;

async function toState(bench: Bench, near: boolean): Promise<number[]> {
  const { page } = await bench.notebook("states of a series", [scanOf([64, 256, 256]), SERIES]);
  await page.locator(".voxbook-readout", { hasText: "grey" }).waitFor({ timeout: 30_000 });
  await page.waitForTimeout(1000);
  return page.evaluate<number[]>(changes(near, bench.quick ? 5 : 10));
}

export const rows: readonly Row[] = [
  { name: "next state of a series: key to pixel", unit: "ms", measure: (bench) => toState(bench, true) },
  { name: "far state of a series: slider to pixel", unit: "ms", measure: (bench) => toState(bench, false) },
];
