/**
 * From a lasso over 100 000 particles to the frame in which slices, plot and rows show them: how it is measured in a page of JupyterLab.
 */

/** Makes a table and a volume of 100 000 blocks, each with a label of its own, and shows both. Run it first. */
export const LASSO_CELL = `import { fromVoxels, labelStatistics } from "voxbook";
import { slices, tableOf, together } from "voxbook/widgets";
const shape = [200, 200, 320] as const;
const blocks = Uint32Array.from({ length: 200 * 200 * 320 }, (_, k) => {
  const [z, y, x] = [Math.floor(k / 64000), Math.floor(k / 320) % 200, k % 320];
  return 1 + ((z >> 2) * 50 + (y >> 2)) * 40 + (x >> 3);
});
const labels = await fromVoxels(blocks, shape, { role: "labels" });
const scan = await fromVoxels(Uint8Array.from(blocks, (_, k) => Math.imul(k ^ (k >>> 9), 2654435761) >>> 24), shape);
const measured = await labelStatistics(labels, { scan });
together(await slices(scan, { labels }), await tableOf(measured, { labels, scan, x: "grey mean", y: "grey deviation" }))`;

/** True in a page that shows both. */
export const LASSO_READY = `/100\\D?000 rows.*median/.test(document.querySelector(".voxbook-table > .voxbook-readout")?.textContent ?? "") &&
  document.querySelector("canvas[data-axis=z]") !== null`;

/**
 * Runs in the page: milliseconds from the end of a lasso to the frame in which the plane across z has other colours, for lassos that each
 * take other rows. All corners come in one move, as they do from a mouse that was fast, and the button is released right after it: what
 * the lasso takes, what all views draw and what the kernel is told is all in the time.
 */
export const LASSO = `(async () => {
  const planes = document.querySelector("canvas[data-axis=z]");
  const plot = document.querySelector(".voxbook-table-plot canvas");
  plot.setPointerCapture = () => {};
  const context = planes.getContext("2d");
  const shown = () => {
    const { data } = context.getImageData(0, 0, planes.width, planes.height);
    let sum = 0;
    for (let k = 0; k < data.length; k += 401) sum = (Math.imul(sum, 31) + data[k]) | 0;
    return sum;
  };
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const event = (type, [x, y], more = {}) => {
    const box = plot.getBoundingClientRect();
    const at = { clientX: box.x + x * box.width, clientY: box.y + y * box.height };
    return new PointerEvent(type, { ...at, button: 0, pointerId: 1, bubbles: true, ...more });
  };
  const times = [];
  for (let n = 0; n < 15; n++) {
    await new Promise((done) => setTimeout(done, 700));
    // A round way of 120 corners, to the left and to the right of the middle in turn.
    const way = Array.from({ length: 120 }, (_, k) => {
      const angle = (2 * Math.PI * k) / 120;
      return [(n % 2 === 0 ? 0.45 : 0.65) + 0.1 * Math.cos(angle), 0.45 + 0.2 * Math.sin(angle)];
    });
    await frame();
    const before = shown();
    const begin = performance.now();
    plot.dispatchEvent(event("pointerdown", way[0]));
    const coalescedEvents = way.map((corner) => event("pointermove", corner));
    plot.dispatchEvent(event("pointermove", way.at(-1), { coalescedEvents }));
    plot.dispatchEvent(event("pointerup", way.at(-1)));
    do await frame(); while (shown() === before && performance.now() - begin < 5000);
    times.push(performance.now() - begin);
  }
  times.sort((a, b) => a - b);
  const text = document.querySelector(".voxbook-table > .voxbook-readout").textContent;
  return { median: times[7], worst: times[14], times, text };
})()`;

/**
 * Median and largest number of milliseconds from lasso to slices.
 * @param {{ evaluate(code: string): Promise<unknown> }} page that shows {@link LASSO_CELL}
 * @returns {Promise<{ median: number, worst: number, times: number[], text: string }>}
 */
export async function lassoTimes(page) {
  for (let k = 0; k < 240 && !(await page.evaluate(LASSO_READY)); k++)
    await new Promise((done) => setTimeout(done, 500));
  // The planes beside these are asked for, too.
  await new Promise((done) => setTimeout(done, 3000));
  return /** @type {never} */ (await page.evaluate(LASSO));
}
