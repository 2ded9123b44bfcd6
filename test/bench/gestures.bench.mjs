/**
 * From a gesture to pixels, in real JupyterLab in Chromium: the median over 30 gestures of the time from the event to
 * the first frame in which the canvas shows something else.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { startLab } from "../../kernel/bin/lab.mjs";
import { findChromium } from "../../kernel/bin/platform.mjs";

const CELLS = [
  `import { samples } from "voxbook";
import { histogramOf, slices, together } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [256, 512, 512], photons: 0, blur: 0 });
const thresholds = await histogramOf(scan);
together(await slices(scan), thresholds)`,
];

/** Runs in the page: times `gesture(k)` until the canvas across z changes. */
const TIMER = `async (gesture, wait) => {
  const canvas = document.querySelector("canvas[data-axis=z]");
  const context = canvas.getContext("2d");
  const shown = () => {
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0;
    for (let k = 0; k < data.length; k += 401) sum = (Math.imul(sum, 31) + data[k]) | 0;
    return sum;
  };
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const times = [];
  for (let k = 0; k < 30; k++) {
    await new Promise((done) => setTimeout(done, wait));
    const before = shown();
    const begin = performance.now();
    gesture(k);
    do await frame(); while (shown() === before && performance.now() - begin < 5000);
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b)[15] / 1000;
}`;

const STEP = `(${TIMER})((k) => document.querySelector("canvas[data-axis=z]").closest(".voxbook").dispatchEvent(
  new KeyboardEvent("keydown", { key: k % 2 ? "PageUp" : "PageDown", shiftKey: true, bubbles: true })), 400)`;
// From the first plane on, seven planes at a time: what is prefetched lies nearer.
const FAR = `(async () => {
  const root = document.querySelector("canvas[data-axis=z]").closest(".voxbook");
  const press = (key, shiftKey) => root.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true }));
  for (let n = 0; n < 13; n++) press("PageUp", true);
  await new Promise((done) => setTimeout(done, 1000));
  return (${TIMER})(() => { for (let n = 0; n < 7; n++) press("PageDown", false); }, 400);
})()`;
const DRAG = `(() => {
  const handle = document.querySelector(".voxbook-handle");
  handle.setPointerCapture = () => {};
  const box = handle.getBoundingClientRect();
  const event = (type, by) => new PointerEvent(type, { clientX: box.x + box.width / 2 + by, clientY: box.y + 8, bubbles: true, pointerId: 1 });
  handle.dispatchEvent(event("pointerdown", 0));
  return (${TIMER})((k) => handle.dispatchEvent(event("pointermove", k % 2 ? -12 - k : 12 + k)), 50)
    .finally(() => handle.dispatchEvent(event("pointerup", 0)));
})()`;

/** @type {Promise<{ step: number, drag: number }> | undefined} */
let measured;

async function measure() {
  const folder = mkdtempSync(join(tmpdir(), "voxbook-bench-"));
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("no Chromium on this machine");
  const lab = await startLab({ folder });
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  try {
    const kernelspec = { name: "voxbook", display_name: "TypeScript (voxbook)", language: "typescript" };
    const cell = { cell_type: "code", metadata: {}, outputs: [], execution_count: null };
    const cells = CELLS.map((source, k) => ({ ...cell, id: `c${k}`, source }));
    writeFileSync(
      join(folder, "bench.ipynb"),
      JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells }),
    );
    const page = await browser.newPage({ viewport: { width: 1280, height: 1100 } });
    await page.goto(`${lab.url}lab/workspaces/bench/tree/bench.ipynb?token=${lab.token}`);
    const prompt = page.locator(".jp-CodeCell .jp-InputPrompt").first();
    await prompt.waitFor({ timeout: 60_000 });
    // Until it has found its kernel JupyterLab drops a request without a word.
    for (let k = 0; k < 40 && !/\*|\d/.test(await prompt.innerText()); k++) {
      await page.locator(".jp-CodeCell .cm-content").first().click();
      await page.keyboard.press("Shift+Enter");
      await page.waitForTimeout(500);
    }
    await page.locator(".voxbook-handle").first().waitFor({ timeout: 180_000 });
    await page.waitForTimeout(1500);
    await page.locator("canvas[data-axis=z]").click();
    return { step: await page.evaluate(FAR), near: await page.evaluate(STEP), drag: await page.evaluate(DRAG) };
  } finally {
    await browser.close();
    await lab.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} operation @param {"step" | "near" | "drag"} part */
const row = (operation, part) => ({
  operation,
  size: "512² u16",
  async beside() {
    measured ??= measure();
    return { ours: [(await measured)[part]], peers: [] };
  },
});

/** @type {typeof import("./rows.js").rows} */
export const rows = () => [
  row("slices: request of a new plane to pixels", "step"),
  row("slices: a plane seen before to pixels", "near"),
  row("histogram: drag of a threshold to pixels", "drag"),
];
