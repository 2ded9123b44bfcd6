/** What a widget costs: from the cell to pixels, its state, its traffic at rest, what it adds to a notebook file. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { SHOWN_PLANE } from "../coded-volume.js";
import type { Bench, Row } from "../entry.js";
import { toPixels } from "../first-pixels.js";
import { largeVolume } from "./scroll.js";

/** Whether the plane across z is there, and the one that it says. */
const Z_SHOWN = `(() => {
  ${SHOWN_PLANE}
  return (canvases) => {
    const canvas = canvases.find(({ dataset }) => dataset.axis === "z");
    return Boolean(canvas?.dataset.plane) && shownPlane(canvas, "z") === Number(canvas.dataset.plane);
  };
})()`;

async function firstPixels(bench: Bench): Promise<number[]> {
  const { page } = await largeVolume(bench);
  const times: number[] = [];
  for (let k = 0; k < (bench.quick ? 3 : 10); k++) times.push(await toPixels(page, Z_SHOWN));
  // The first one opened the file; what is asked is how it goes after that.
  return times.slice(1);
}

const STATES = `import { samples } from "voxbook";
import { histogramOf, progress, slices, together } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [64, 64, 64] });
const views: any[] = [await slices(scan, { labels: scan.truth, thresholds: undefined, edit: false, normal: [1, 0, 1] }),
  await histogramOf(scan, { classes: 5 })];
"sizes " + JSON.stringify(views.map(({ widget }) => Buffer.byteLength(JSON.stringify(widget.wireState()))))`;

async function growth(bench: Bench): Promise<number[]> {
  const lab = await bench.lab();
  const notebook = await lab.open([
    `import { samples } from "voxbook";
import { slices } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [96, 256, 256] });`,
    "await slices(scan, { thresholds: [24000, 31000] })",
  ]);
  const { page } = notebook;
  const name = decodeURIComponent(new URL(page.url()).pathname.split("/").at(-1)!);
  const size = (): number => statSync(join(lab.folder, name)).size;
  await notebook.run(0);
  await notebook.save();
  const before = size();
  await notebook.run(1);
  await page.locator('canvas[data-axis=z][data-exact="true"]').waitFor({ timeout: 30_000 });
  // A gesture, at the end of which the picture is renewed.
  await page.locator("canvas[data-axis=z]").click();
  await page.waitForTimeout(1500);
  await notebook.save();
  await page.waitForTimeout(500);
  const grown = size() - before;
  await page.close();
  return [grown];
}

export const rows: readonly Row[] = [
  { name: "first pixels, warm", unit: "ms", goal: 300, measure: firstPixels },
  {
    name: "state of a widget",
    unit: "bytes",
    goal: 1024,
    statistic: "max",
    async measure(bench) {
      const text = await (await bench.notebook("states", [STATES])).output(0);
      return JSON.parse(text.slice(text.indexOf("["), text.indexOf("]") + 1)) as number[];
    },
  },
  {
    name: "traffic at rest in 5 s",
    unit: "bytes",
    goal: 0,
    statistic: "max",
    async measure(bench) {
      const { page, traffic } = await largeVolume(bench);
      await page.waitForTimeout(3000);
      const before = traffic.sent.bytes + traffic.received.bytes;
      await page.waitForTimeout(5000);
      return [traffic.sent.bytes + traffic.received.bytes - before];
    },
  },
  { name: "a notebook grows by a widget", unit: "bytes", goal: 200_000, statistic: "max", measure: growth },
];
