/** A pore network in real JupyterLab: turned, clicked, brushed, with ways through it, by mouse and keys; each is read in a cell. */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabSession, type OpenNotebook } from "../support/lab.js";
import { lacks } from "../support/require.js";

/** Balls in a row along x, from face to face, in 40 × 40 × 64 voxels of solid; and slices of the same volume. */
const PORES = `import { fromVoxels, networkPath, poreNetwork, snowPartition, um } from "voxbook";
import { network3d, slices, together } from "voxbook/widgets";
const middles = [[20, 20, 8, 10], [20, 20, 24, 9], [20, 20, 38, 8], [20, 20, 52, 12]];
const values = Uint8Array.from({ length: 40 * 40 * 64 }, (_, k) =>
  middles.some(([z, y, x, r]) => Math.hypot(Math.floor(k / 2560) - z, (Math.floor(k / 64) % 40) - y, (k % 64) - x) < r) ? 0 : 1);
const phases = await fromVoxels(values, [40, 40, 64], { spacing: um(0.5), phaseNames: ["pore", "solid"] });
const regions = await snowPartition(phases, { phase: "pore" });
const network = await poreNetwork(phases, { phase: "pore", regions, boundary: ["x low", "x high"] });`;
const SHOW = `const view = await network3d(network, { volume: phases, labels: regions });
const planes = await slices(phases);
together(view, planes)`;
/** Printed: the value of a cell that is a string has its quotes and newlines escaped. */
const READ = `console.log(JSON.stringify({ selected: view.selected, range: view.range, path: view.path && String(view.path), colour: view.colour,
  ...view.widget.state.camera, cursor: planes.cursor, code: view.code,
  x: view.selected === undefined ? undefined : network.pores.getChild("x")?.get(view.selected), pores: network.pores.numRows,
  wanted: String(networkPath(network, { axis: "x", by: "shortest" })) }))`;

interface Read {
  selected?: number;
  range?: [number, number];
  path?: string;
  colour: { of: string; name: string };
  turn: number[];
  zoom: number;
  shift: number[];
  cursor: number[];
  code: string;
  x?: number;
  pores: number;
  wanted: string;
}

/** A busy machine takes its time. */
const patience = { timeout: 15_000 };

describe.skipIf(lacks("chromium") || lacks("python"))("in JupyterLab", () => {
  let lab: LabSession;
  let notebook: OpenNotebook;
  let page: Page;
  beforeAll(async () => {
    lab = await LabSession.start();
    notebook = await lab.open([PORES, SHOW, READ], { width: 1280, height: 1600 });
    page = notebook.page;
    await notebook.run(0);
    await notebook.run(1);
    await page.locator(".voxbook-network-name", { hasText: "diameter" }).waitFor({ timeout: 60_000 });
  });
  afterAll(() => lab?.stop());

  const area = (): Locator => page.locator(".voxbook-network-area");
  const view = (): Locator => page.locator('.voxbook[aria-roledescription="pore network in 3D"]');
  const read = async (): Promise<Read> => {
    await page.waitForTimeout(600);
    await notebook.run(2);
    return JSON.parse(await notebook.output(2)) as Read;
  };
  const press = async (key: string): Promise<void> => {
    await view().focus();
    await page.keyboard.press(key);
  };
  const drag = async (from: { x: number; y: number }, by: { x: number; y: number }): Promise<void> => {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x + by.x, from.y + by.y, { steps: 6 });
    await page.mouse.up();
  };
  /** In view: a cell that was run has scrolled the notebook to itself. */
  const middleOf = async (target: Locator): Promise<{ x: number; y: number }> => {
    await target.scrollIntoViewIfNeeded();
    const box = (await target.boundingBox())!;
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  /** Pixels that something is drawn on, and of these those of a strong colour. */
  const inked = (): Promise<{ all: number; strong: number }> =>
    page.evaluate(`(async () => {
      await new Promise((done) => setTimeout(done, 500));
      const canvas = document.querySelectorAll(".voxbook-network-area canvas")[1];
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let [all, strong] = [0, 0];
      for (let k = 0; k < data.length; k += 4) {
        if (data[k + 3] === 0) continue;
        all++;
        if (Math.max(data[k], data[k + 1], data[k + 2]) - Math.min(data[k], data[k + 1], data[k + 2]) > 60) strong++;
      }
      return { all, strong };
    })()`);
  /** Where a place of the row's axis is on the page, looked at along z with zoom 1. */
  async function placeOf(x: number): Promise<{ x: number; y: number }> {
    const middle = await middleOf(area());
    const { width, height } = (await area().boundingBox())!;
    const scale = (0.94 * Math.min(width, height)) / Math.hypot(20, 20, 32);
    return { x: middle.x + (x - 15.75) * scale, y: middle.y };
  }

  test("what has no WebGL is drawn all the same, with the phase behind it", async () => {
    expect(await area().getAttribute("data-painter")).toBe("canvas");
    const { all, strong } = await inked();
    expect(all).toBeGreaterThan(20_000);
    expect(strong).toBeGreaterThan(5_000);
    await press("g");
    expect((await inked()).all).toBeLessThan(all);
    await press("g");
  });

  test("a drag turns it, Shift moves it, the wheel zooms it, a key looks along an axis; the code has the camera", async () => {
    const first = await read();
    await drag(await middleOf(area()), { x: 80, y: 30 });
    const turned = await read();
    expect(turned.turn).not.toEqual(first.turn);
    expect(turned).toMatchObject({ zoom: 1, shift: [0, 0] });
    expect(turned.selected).toBeUndefined();
    await page.keyboard.down("Shift");
    await drag(await middleOf(area()), { x: 46, y: -23 });
    await page.keyboard.up("Shift");
    const moved = await read();
    expect(moved.turn).toEqual(turned.turn);
    // Shares of the shorter side.
    const { height } = (await area().boundingBox())!;
    expect(moved.shift[0]).toBeCloseTo(46 / height, 3);
    expect(moved.shift[1]).toBeCloseTo(-23 / height, 3);
    // Where it has no focus the wheel scrolls the page.
    await view().focus();
    const { x, y } = await middleOf(area());
    await page.mouse.move(x, y);
    await page.mouse.wheel(0, -300);
    expect((await read()).zoom).toBeGreaterThan(1);
    await press("1");
    const along = await read();
    expect(along).toMatchObject({ turn: [0, 0, 0, 1], zoom: 1, shift: [0, 0] });
    expect(along.code).toContain("turn: [0, 0, 0, 1]");
  });

  test("a click on a pore selects it, shows its values and neighbours, and takes the slices there", async () => {
    await press("1");
    const { x, y } = await placeOf(26);
    await page.mouse.click(x, y);
    const { selected, x: at, cursor } = await read();
    expect(selected).toBeDefined();
    // The ball around voxel 52.
    expect(Math.abs(at! - 26)).toBeLessThan(1.5);
    expect(Math.abs(cursor[2]! - 52)).toBeLessThanOrEqual(3);
    const values = page.locator(".voxbook-network-values");
    await expect.poll(() => values.innerText(), patience).toContain(`Pore ${selected}`);
    expect(await values.innerText()).toMatch(/diameter\s+[\d.]+ µm/);
    const next = values.locator("button").first();
    const row = Number(await next.innerText());
    await next.click();
    expect((await read()).selected).toBe(row);
    const before = (await inked()).strong;
    await press("v");
    await expect.poll(async () => (await inked()).strong, patience).not.toBe(before);
    await press("v");
    await press("Escape");
    expect((await read()).selected).toBeUndefined();
  });

  test("a brush over the histogram leaves its values in full colour, by mouse and by keys", async () => {
    const whole = (await inked()).strong;
    const least = page.getByLabel("least value in full colour");
    const chart = (await page.locator(".voxbook-network-chart").boundingBox())!;
    await drag(await middleOf(least), { x: chart.width * 0.5, y: 0 });
    const { range } = await read();
    const [low, high] = [
      Number(await least.getAttribute("aria-valuemin")),
      Number(await least.getAttribute("aria-valuemax")),
    ];
    expect(Math.abs((range![0] - low) / (high - low) - 0.5)).toBeLessThan(0.05);
    expect(range![1]).toBeCloseTo(high, 2);
    expect((await inked()).strong).toBeLessThan(whole);
    await least.focus();
    await page.keyboard.press("ArrowRight");
    expect((await read()).range![0]).toBeGreaterThan(range![0]);
    await least.focus();
    await page.keyboard.press("Home");
    expect((await read()).range).toBeUndefined();
  });

  test("a way is asked for, told in words, and read", async () => {
    await page.getByLabel("axis of the way").selectOption("x");
    await page.getByLabel("which way").selectOption("shortest");
    await page.getByRole("button", { name: "a way from the low to the high face" }).click();
    await expect.poll(() => view().innerText(), patience).toContain("Shortest way along x through");
    const { path, wanted } = await read();
    expect(path).toBe(wanted);
    await press("w");
    expect((await read()).path).toBeUndefined();
  });

  test("any column of pores or throats colours it", async () => {
    await page.getByLabel("column of the colours").selectOption("throats flow x");
    await expect.poll(() => page.locator(".voxbook-network-name").innerText(), patience).toContain("flow x of throats");
    await page.getByLabel("column of the colours").selectOption("pores face");
    await expect.poll(() => page.locator(".voxbook-network-names").innerText(), patience).toMatch(/x low \(1\)/);
    expect((await read()).colour).toEqual({ of: "pores", name: "face" });
  });
});
