/** A lasso over a hundred thousand particles in a plot: until the slices show what it has taken. */
import type { Bench, Row } from "../entry.js";
import { IN_PAGE } from "../in-page.js";

/** A volume of 100,000 blocks, each with a label of its own, and a table of them. */
const PARTICLES = `import { fromVoxels, labelStatistics } from "voxbook";
import { slices, tableOf, together } from "voxbook/widgets";
const shape = [200, 200, 320] as const;
const blocks = new Uint32Array(200 * 200 * 320);
const grey = new Uint8Array(blocks.length);
for (let z = 0, k = 0; z < 200; z++)
  for (let y = 0; y < 200; y++)
    for (let x = 0; x < 320; x++, k++) {
      blocks[k] = 1 + ((z >> 2) * 50 + (y >> 2)) * 40 + (x >> 3);
      grey[k] = Math.imul(k ^ (k >>> 9), 2654435761) >>> 24;
    }
const labels = await fromVoxels(blocks, shape, { role: "labels" });
const scan = await fromVoxels(grey, shape);
const measured = await labelStatistics(labels, { scan });
together(await slices(scan, { labels }), await tableOf(measured, { labels, scan, x: "grey mean", y: "grey deviation" }))`;

/**
 * Milliseconds from a lasso to the frame in which the plane across z has other pixels, for lassos that each take other rows. All corners come in
 * one move, as they do from a mouse that was fast, and the button is released right after it: what the lasso takes and what all views draw
 * is all in the time.
 */
const lassos = (count: number): string => `(async () => {
  ${IN_PAGE}
  const plane = document.querySelector("canvas[data-axis=z]");
  const plot = document.querySelector(".voxbook-table-plot canvas");
  plot.setPointerCapture = () => {};
  const event = (type, [x, y], more = {}) => {
    const box = plot.getBoundingClientRect();
    const at = { clientX: box.x + x * box.width, clientY: box.y + y * box.height };
    return new PointerEvent(type, { ...at, button: 0, pointerId: 1, bubbles: true, ...more });
  };
  const times = [];
  for (let n = 0; n < ${count}; n++) {
    await pause(700);
    // A round way of 120 corners, to the left and to the right of the middle in turn.
    const way = Array.from({ length: 120 }, (_, k) => {
      const angle = (2 * Math.PI * k) / 120;
      return [(n % 2 === 0 ? 0.45 : 0.65) + 0.1 * Math.cos(angle), 0.45 + 0.2 * Math.sin(angle)];
    });
    const before = pixelsOf(plane);
    await frame();
    const begin = performance.now();
    plot.dispatchEvent(event("pointerdown", way[0]));
    const coalescedEvents = way.map((corner) => event("pointermove", corner));
    plot.dispatchEvent(event("pointermove", way.at(-1), { coalescedEvents }));
    plot.dispatchEvent(event("pointerup", way.at(-1)));
    times.push((await until(() => pixelsOf(plane) !== before)) - begin);
  }
  return times;
})()`;

async function toSlices(bench: Bench): Promise<number[]> {
  const { page } = await bench.notebook("particles", [PARTICLES]);
  await page
    .locator(".voxbook-table > .voxbook-readout", { hasText: /100\D?000 rows.*median/ })
    .waitFor({ timeout: 60_000 });
  await page.locator('canvas[data-axis=z][data-exact="true"]').waitFor({ timeout: 30_000 });
  // The planes beside these are asked for, too.
  await page.waitForTimeout(3000);
  return page.evaluate<number[]>(lassos(bench.quick ? 5 : 15));
}

export const rows: readonly Row[] = [
  { name: "lasso over 100,000 particles to lit slices", unit: "ms", goal: 100, measure: toSlices },
];
