/** Volumes side by side in real JupyterLab: one cursor and zoom for all panes, names, windows, values, each seen in pixels or read in a cell. */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabSession, type OpenNotebook } from "../support/lab.js";
import { lacks } from "../support/require.js";

const SCAN = `import { crop, downsample, gaussian, median, samples, threshold } from "voxbook";
import { sideBySide } from "voxbook/widgets";
const raw = await samples.electrode({ shape: [40, 80, 120] });
const clean = await median(raw, { radius: 2 });
const smooth = await gaussian(raw, { sigma: 3 });
const phases = await threshold(clean, [24000, 31000], { names: ["pore", "binder", "active material"] });`;
const SHOW = `const view = await sideBySide({ raw, "median 2": clean, "gaussian 3": smooth, phases }, { locked: true });
view`;
/** A box of the scan, and the scan in voxels of twice the size: each where it lies. */
const LINKED = `const whole = raw;
const linked = await sideBySide({ whole, part: await crop(raw, { start: [10, 20, 30], stop: [30, 60, 90] }), coarse: await downsample(raw, 2) });
linked`;
const READ = "JSON.stringify({ cursor: view.cursor, axis: view.axis, windows: view.windows })";

interface Read {
  cursor: number[];
  axis: string;
  windows: Record<string, number[]>;
}

/** A busy machine takes its time. */
const patience = { timeout: 15_000 };

describe.skipIf(lacks("chromium") || lacks("python"))("in JupyterLab", () => {
  let lab: LabSession;
  let notebook: OpenNotebook;
  let page: Page;
  beforeAll(async () => {
    lab = await LabSession.start();
    notebook = await lab.open([SCAN, SHOW, READ, LINKED], { width: 1280, height: 1200 });
    page = notebook.page;
    await notebook.run(0);
    await notebook.run(1);
    await page.locator(".voxbook-readout", { hasText: "gaussian 3" }).waitFor();
  });
  afterAll(() => lab?.stop());

  const view = (): Locator => page.locator(".voxbook[role=application]");
  const canvas = (name: string): Locator => page.getByLabel(name, { exact: true });
  const read = async (): Promise<Read> => {
    await page.waitForTimeout(600);
    await notebook.run(2);
    const text = await notebook.output(2);
    return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)) as Read;
  };
  const press = async (key: string): Promise<void> => {
    await view().focus();
    await page.keyboard.press(key);
  };
  /** Column and row of a pane that are most yellow: the lines of the cursor. */
  const lines = (name: string): Promise<[number, number]> =>
    page.evaluate(`(async () => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const canvas = document.querySelector('canvas[aria-label="${name}"]');
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
      const columns = new Float64Array(width);
      const rows = new Float64Array(height);
      for (let k = 0; k < width * height; k++) {
        const yellow = data[4 * k] + data[4 * k + 1] - 2 * data[4 * k + 2];
        columns[k % width] += yellow / height;
        rows[Math.floor(k / width)] += yellow / width;
      }
      const largest = (list) => list.indexOf(Math.max(...list));
      return [largest(columns), largest(rows)];
    })()`);
  /** How much neighbours in a pane differ. */
  const noise = (name: string): Promise<number> =>
    page.evaluate(`(async () => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const canvas = document.querySelector('canvas[aria-label="${name}"]');
      const { data } = canvas.getContext("2d").getImageData(0, 40, canvas.width, canvas.height - 80);
      let sum = 0;
      for (let k = 16; k < data.length; k += 4) sum += Math.abs(data[k] - data[k - 16]);
      return (4 * sum) / data.length;
    })()`);
  const NAMES = ["raw", "median 2", "gaussian 3", "phases"];

  test("each volume has its pane with its name, filters less noise than the scan", async () => {
    for (const name of NAMES) expect(await canvas(name).isVisible()).toBe(true);
    await expect.poll(async () => (await noise("median 2")) < (await noise("raw")), patience).toBe(true);
    expect(await noise("gaussian 3")).toBeLessThan(await noise("median 2"));
    const readout = await page.locator(".voxbook-readout").innerText();
    for (const name of NAMES) expect(readout).toContain(name);
  });

  test("the cursor of one pane is that of all, and a cell reads it", async () => {
    const box = (await canvas("median 2").boundingBox())!;
    await page.mouse.click(box.x + (30.5 / 120) * box.width, box.y + (20.5 / 80) * box.height);
    const { cursor } = await read();
    expect(cursor).toEqual([20, 20, 30]);
    const places = await Promise.all(NAMES.map(lines));
    for (const place of places) expect(place).toEqual(places[0]);
    expect(Math.abs(places[0]![0] - (30.5 / 120) * box.width)).toBeLessThanOrEqual(2);
  });

  test("zoom and centre are one for all panes", async () => {
    const before = await lines("raw");
    await press("+");
    await press("+");
    await press("+");
    await expect.poll(() => lines("raw"), patience).not.toEqual(before);
    const places = await Promise.all(NAMES.map(lines));
    for (const place of places) expect(place).toEqual(places[0]);
    const box = (await canvas("raw").boundingBox())!;
    // The cursor has come to the middle.
    expect(Math.abs(places[0]![0] - box.width / 2)).toBeLessThanOrEqual(2);
    await page.keyboard.down("Shift");
    await page.mouse.move(box.x + 100, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + 140, box.y + 120, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.up("Shift");
    await expect.poll(async () => (await lines("phases"))[0] - places[0]![0], patience).toBe(40);
    expect((await lines("gaussian 3"))[1] - places[0]![1]).toBe(20);
    await press("0");
  });

  test("another plane is shown in all panes", async () => {
    await press("x");
    expect((await read()).axis).toBe("x");
    const [width, height] = await page.evaluate<[number, number]>(`(() => {
      const { width, height } = document.querySelector('canvas[aria-label="raw"]');
      return [width, height];
    })()`);
    // z to the right, y down.
    expect(width / height).toBeCloseTo(40 / 80, 1);
    await press("z");
  });

  test("one window holds for all, unlocked the tool changes that of the pane that it was used on", async () => {
    const { windows } = await read();
    const { phases: _, ...grey } = windows;
    expect(new Set(Object.values(grey).map(String)).size).toBe(1);
    await page.getByLabel("one window").uncheck();
    const own = (await read()).windows;
    await page.keyboard.down("Control");
    const box = (await canvas("gaussian 3").boundingBox())!;
    await page.mouse.move(box.x + 100, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + 150, box.y + 100, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.up("Control");
    const after = (await read()).windows;
    expect(after["gaussian 3"]).not.toEqual(own["gaussian 3"]);
    expect({ ...after, "gaussian 3": 0 }).toEqual({ ...own, "gaussian 3": 0 });
  });

  describe("of volumes of different shapes and voxel sizes", () => {
    const PARTS = ["whole", "part", "coarse"];
    const linked = (): Locator => page.locator(".voxbook[role=application]").last();
    const readout = (): Promise<string> => linked().locator(".voxbook-readout").innerText();
    /** The number that stands behind a name. */
    const valueIn = async (name: string): Promise<string | undefined> =>
      new RegExp(`${name} (\\S+)`).exec(await readout())?.[1];
    /** Goes to a voxel of the whole, by a click on one of the panes, which are of one size. */
    async function goTo(name: string, [y, x]: readonly [number, number]): Promise<void> {
      const box = (await canvas(name).boundingBox())!;
      await page.mouse.click(box.x + ((x + 0.5) / 120) * box.width, box.y + ((y + 0.5) / 80) * box.height);
      // The readout is that of the cursor.
      await page.mouse.move(box.x + box.width / 2, box.y - 40);
    }
    /** Share of grey in a row of pixels at a share of a pane's height: voxels are grey, the hatching where there are none is not. */
    const grey = (name: string, down: number): Promise<number> =>
      page.evaluate(`(async () => {
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        const canvas = document.querySelector('canvas[aria-label="${name}"]');
        const { data } = canvas.getContext("2d").getImageData(0, Math.round(${down} * canvas.height), canvas.width, 1);
        let grey = 0;
        for (let k = 0; k < data.length; k += 4) grey += data[k] === data[k + 1] && data[k] === data[k + 2] ? 4 : 0;
        return grey / data.length;
      })()`);

    test("each is shown where it lies, with one cursor, and its value there", async () => {
      await notebook.run(3);
      await linked().locator(".voxbook-readout", { hasText: "coarse" }).waitFor();
      await canvas("part").scrollIntoViewIfNeeded();
      await goTo("part", [33, 44]);
      await expect.poll(async () => [await valueIn("whole"), await valueIn("part")], patience).not.toContain(undefined);
      const place = await lines("whole");
      for (const name of PARTS) expect(await lines(name)).toEqual(place);
      const width = (await canvas("whole").boundingBox())!.width;
      expect(Math.abs(place[0] - (44.5 / 120) * width)).toBeLessThanOrEqual(2);
      const value = await valueIn("whole");
      expect(Number(value)).toBeGreaterThan(0);
      await expect.poll(() => valueIn("part"), patience).toBe(value);
      expect(await valueIn("coarse")).not.toBe(value);
      // Above the part there is nothing but the hatching.
      expect(await grey("whole", 0.15)).toBeGreaterThan(0.9);
      expect(await grey("part", 0.15)).toBeLessThan(0.05);
      // It is half as wide.
      expect(Math.abs((await grey("part", 0.6)) - 0.5)).toBeLessThan(0.05);
      expect(await page.locator(".voxbook-error").count()).toBe(0);
    });

    test("outside of one its pane is empty and says so, while the others go on", async () => {
      await goTo("whole", [10, 44]);
      await expect.poll(() => valueIn("part"), patience).toBe("–");
      expect(Number(await valueIn("whole"))).toBeGreaterThan(0);
      await goTo("whole", [33, 44]);
      await expect.poll(() => valueIn("part"), patience).not.toBe("–");
      await linked().focus();
      // The part ends at plane 30.
      for (let k = 0; k < 12; k++) await page.keyboard.press("PageDown");
      await expect.poll(() => valueIn("part"), patience).toBe("–");
      await expect.poll(() => canvas("coarse").getAttribute("data-plane"), patience).toBe("16");
      expect(await canvas("part").getAttribute("data-plane")).toBe("");
      expect(await grey("part", 0.6)).toBeLessThan(0.05);
      for (let k = 0; k < 12; k++) await page.keyboard.press("PageUp");
      await expect.poll(() => canvas("part").getAttribute("data-plane"), patience).toBe("10");
    });
  });
});
