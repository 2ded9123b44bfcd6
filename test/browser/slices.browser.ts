/** Slices and histogram in real JupyterLab: box, slab, curtain, free plane, parts and typed thresholds, each read in a cell. */
import { readFileSync } from "node:fs";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabSession, type OpenNotebook, ready } from "../support/lab.js";
import { lacks } from "../support/require.js";

const SCAN = `import { median, samples, threshold } from "voxbook";
import { histogramOf, slices, together } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [60, 80, 100] });
const clean = await median(scan, { radius: 2 });
const labels = await threshold(clean, [24000, 31000], { names: ["pore", "binder", "active material"] });`;
const SHOW = `const view = await slices(scan, { beside: clean, normal: [1, 0, 0.6] });
const histogram = await histogramOf(scan, { thresholds: [24000, 31000], labels });
together(view, histogram)`;
const READ = `const seen = /zoom: ([\\d.]+), centre: \\[([^\\]]*)\\]/.exec(view.code)?.slice(1).join();
JSON.stringify({ region: view.region, normal: view.normal, cursor: view.cursor, thresholds: histogram.value, seen })`;

interface Read {
  region?: { start: number[]; stop: number[] };
  normal?: number[];
  cursor: number[];
  thresholds: number[];
  /** Zoom and centre, as the view's code has them; undefined: it has none. */
  seen?: string;
}

/** A busy machine takes its time. */
const patience = { timeout: 15_000 };

describe.skipIf(lacks("chromium") || lacks("python"))("in JupyterLab", () => {
  let lab: LabSession;
  let notebook: OpenNotebook;
  let page: Page;
  beforeAll(async () => {
    lab = await LabSession.start();
    notebook = await lab.open([SCAN, SHOW, READ], { width: 1280, height: 1400 });
    page = notebook.page;
    await notebook.run(0);
    await notebook.run(1);
    await page.locator(".voxbook-readout", { hasText: "grey" }).waitFor();
    await page.locator('tr[data-phase="2"]').waitFor();
  });
  afterAll(() => lab?.stop());

  const view = (): Locator => page.locator(".voxbook[role=application]");
  const canvas = (axis: string): Locator => page.locator(`canvas[data-axis=${axis}]`);
  const read = async (): Promise<Read> => {
    await page.waitForTimeout(600);
    await notebook.run(2);
    const text = await notebook.output(2);
    return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)) as Read;
  };
  /** Drags over a plane, between fractions of its width and height. */
  async function drag(axis: string, from: [number, number], to: [number, number]): Promise<void> {
    const box = (await canvas(axis).boundingBox())!;
    const at = ([x, y]: [number, number]): [number, number] => [box.x + x * box.width, box.y + y * box.height];
    await page.mouse.move(...at(from));
    await page.mouse.down();
    await page.mouse.move(...at(to), { steps: 6 });
    await page.mouse.up();
  }
  const press = async (key: string): Promise<void> => {
    await view().focus();
    await page.keyboard.press(key);
  };
  /** Noise in a share of a plane's width: how much neighbours differ, over how much any two voxels do. */
  const noise = (axis: string, from: number, to: number): Promise<number> =>
    page.evaluate(`(async () => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const canvas = document.querySelector("canvas[data-axis=${axis}]");
      const [x, voxel] = [Math.round(${from} * canvas.width), Math.round(canvas.width / 100)];
      const { data, width, height } = canvas.getContext("2d").getImageData(x, 0, Math.round(${to} * canvas.width) - x, canvas.height);
      let [sum, squares, n, steps] = [0, 0, 0, 0];
      for (let row = 0; row < height; row++)
        for (let column = 0; column + voxel < width; column++, n++) {
          const value = data[4 * (row * width + column)];
          sum += value;
          squares += value ** 2;
          steps += (data[4 * (row * width + column + voxel)] - value) ** 2;
        }
      return steps / (2 * (squares - sum ** 2 / n));
    })()`);
  const counted = (): Promise<string> => page.locator('tr[data-phase="0"] .voxbook-number').innerText();

  test("a box that is drawn is read in a cell, its edge is pulled, the histogram counts what is in it, a click takes it away", async () => {
    await press("r");
    await drag("z", [0.25, 0.25], [0.75, 0.5]);
    const { region } = await read();
    expect(region).toEqual({ start: [0, 20, 25], stop: [60, 40, 75] });
    const whole = await counted();
    await page.getByLabel("which voxels are counted").selectOption({ label: "box that was drawn" });
    await expect.poll(counted, patience).not.toBe(whole);
    await drag("y", [0.5, 1 - 0.5 / 60], [0.5, 0.5]);
    expect((await read()).region).toEqual({ start: [0, 20, 25], stop: [30, 40, 75] });
    await canvas("z").click({ position: { x: 4, y: 4 } });
    expect((await read()).region).toBeUndefined();
    await expect.poll(counted, patience).toBe(whole);
  });

  test("the curtain opens on the other volume, whose noise is less", async () => {
    await press("o");
    const [left, right] = [await noise("z", 0.02, 0.45), await noise("z", 0.55, 0.98)];
    expect(right).toBeLessThan(left);
    await press("v");
    await drag("z", [0.5, 0.5], [0.02, 0.5]);
    await expect.poll(() => noise("z", 0.05, 0.45), patience).toBeLessThan(left);
    // All of one, all of the other.
    await press("n");
    await press("n");
    await expect.poll(() => noise("z", 0.05, 0.45), patience).toBeGreaterThan(0.95 * left);
    await press("o");
  });

  test("several planes as one have less noise", async () => {
    await press("o");
    const one = await noise("z", 0.1, 0.9);
    await page.getByLabel("planes shown as one").selectOption("9");
    await expect.poll(() => noise("z", 0.1, 0.9), patience).toBeLessThan(0.8 * one);
    await press("m");
    await expect.poll(() => noise("z", 0.1, 0.9), patience).toBeGreaterThan(0.95 * one);
    await press("o");
  });

  test("the free plane is turned by the end of its line and moved by the line; a key takes it away", async () => {
    await press("k");
    const box = (await canvas("y").boundingBox())!;
    const far = (0.8 * Math.min(box.width, box.height)) / 2;
    const length = Math.hypot(1, 0.6);
    // Its line in the plane across y goes along (x, z) = (1, −0.6).
    const end: [number, number] = [0.5 + far / length / box.width, 0.5 - (0.6 * far) / length / box.height];
    await drag("y", end, [0.98, 0.5 + 0.5 / 60]);
    const turned = await read();
    expect(Math.abs(turned.normal![0]!)).toBeGreaterThan(0.99);
    await drag("y", [0.1, 0.5], [0.1, 0.75]);
    const moved = await read();
    // A quarter of 60 planes.
    expect(Math.abs(moved.cursor[0]! - turned.cursor[0]! - 15)).toBeLessThanOrEqual(1);
    await press("Shift+K");
    expect((await read()).normal).toBeUndefined();
    expect(await canvas("free").isVisible()).toBe(false);
  });

  test("a threshold is typed, and a method's proposal taken", async () => {
    const field = page.getByLabel("largest grey value of phase 1");
    await field.fill("25000");
    await field.press("Tab");
    expect((await read()).thresholds).toEqual([25000, 31000]);
    await page.getByRole("button", { name: /^Kapur/ }).click();
    expect((await read()).thresholds.length).toBe(1);
    await page.getByLabel("which voxels are counted").selectOption({ label: "active material" });
    // Of the voxels of one phase nearly all have its grey values.
    await expect.poll(async () => Number.parseFloat(await counted()), patience).toBeLessThan(20);
    await page.getByRole("button", { name: "grey value against gradient" }).click();
    await expect
      .poll(
        () =>
          page.evaluate<number>(`(() => {
          const canvas = document.querySelector(".voxbook-joint canvas");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return data.filter((value, k) => k % 4 === 0 && value < 200).length;
        })()`),
        patience,
      )
      .toBeGreaterThan(100);
  });

  test("a view is saved as a figure: SVG as wide as it is to be printed, PNG at 300 dots an inch", async () => {
    await page.getByRole("button", { name: "this view as a figure" }).first().click();
    const panel = page.locator(".voxbook", { has: canvas("z") }).last();
    await panel.getByLabel("width in print, in millimetres").fill("85");
    await panel.getByLabel("caption", { exact: true }).fill("Three planes & <their> cursor.");
    const saved = async (kind: string): Promise<Buffer> => {
      const [download] = await Promise.all([
        page.waitForEvent("download", { timeout: 60_000 }),
        panel.getByRole("button", { name: `save as ${kind}` }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(`slices.${kind.toLowerCase()}`);
      return readFileSync(await download.path());
    };
    const svg = (await saved("SVG")).toString();
    expect(svg).toContain('width="85mm"');
    expect(svg).toContain("Three planes &amp; &lt;their&gt; cursor.");
    const png = await saved("PNG");
    expect(png.readUInt32BE(16)).toBe(Math.round((85 / 25.4) * 300));
    // 300 dots an inch are 11,811 a metre.
    expect(png.readUInt32BE(png.indexOf("pHYs") + 4)).toBe(11811);
    expect(png.length).toBeGreaterThan(50_000);
  });

  test("zoom and place are in the view's code, and are the same after a re-run and a reload of the page", async () => {
    /** The voxel under the mouse, at shares of the plane's sides. */
    const under = async (x: number, y: number): Promise<string> => {
      const box = (await canvas("z").boundingBox())!;
      await canvas("z").hover({ position: { x: x * box.width, y: y * box.height } });
      return /z \d+\s+y \d+\s+x \d+/.exec(await page.locator(".voxbook-readout", { hasText: /^z \d/ }).innerText())![0];
    };
    await press("0");
    expect((await read()).seen).toBeUndefined();
    await press("0");
    const held = await under(0.255, 0.756);
    await page.keyboard.down("Control");
    for (let n = 0; n < 4; n++) await page.mouse.wheel(0, -100);
    await page.keyboard.up("Control");
    await expect.poll(() => under(0.255, 0.756), patience).toBe(held);
    const numbers = async (): Promise<number[]> => (await read()).seen!.split(",").map(Number);
    const zoomed = await numbers();
    expect(zoomed[0]).toBeCloseTo(1.2 ** 4, 4);
    // What is at the mouse stays: of 80 rows and 100 columns.
    const kept = (size: number, share: number): number => size * share + (size * (0.5 - share)) / 1.2 ** 4 - 0.5;
    for (const [k, place] of [29.5, kept(80, 0.756), kept(100, 0.255)].entries())
      expect(Math.abs(zoomed[k + 1]! - place)).toBeLessThan(0.5);
    await press("c");
    await page.keyboard.down("Shift");
    await drag("z", [0.5, 0.5], [0.7, 0.4]);
    await page.keyboard.up("Shift");
    const moved = await numbers();
    expect(moved[0]).toBe(zoomed[0]);
    expect(Math.abs(moved[3]! - zoomed[3]! + (0.2 * 100) / 1.2 ** 4)).toBeLessThan(0.5);
    expect(Math.abs(moved[2]! - zoomed[2]! - (0.1 * 80) / 1.2 ** 4)).toBeLessThan(0.5);
    const seen = await under(0.5, 0.5);
    await notebook.run(1);
    await expect.poll(() => under(0.5, 0.5), patience).toBe(seen);
    await notebook.save();
    await page.reload();
    await ready(page);
    await page.locator(".voxbook-readout", { hasText: "grey" }).waitFor();
    await expect.poll(() => under(0.5, 0.5), patience).toBe(seen);
    expect(await numbers()).toEqual(moved);
    await press("0");
    expect((await read()).seen).toBeUndefined();
  });
});
