/** The states of a sample in real JupyterLab: keys, playing, scrubbing, two states with a curtain, each read in a cell. */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabSession, type OpenNotebook } from "../support/lab.js";
import { lacks } from "../support/require.js";

/** When the states were scanned, in hours: in the end more seldom. */
const HOURS = [0, 0.5, 1, 1.5, 2, 3, 6, 9];

// Particles that swell: a simulated electrode whose active material is dilated more in each state, and the scan of each.
const SERIES = `import { dilation, samples, series } from "voxbook";
import { timeSeries } from "voxbook/widgets";
const { truth } = await samples.electrode({ shape: [60, 96, 128] });
const attenuation = { pore: 0.005, binder: 0.02, "active material": 0.05 };
const made = [];
for (const [k, radius] of [0, 1, 1.42, 1.74, 2, 2.24, 2.45, 2.83].entries()) {
  const labels = radius === 0 ? truth! : await dilation(truth!, { radius, phase: "active material" });
  const scan = await samples.scan(labels, { attenuation, photons: 2000, seed: k + 1 });
  made.push({ name: k === 0 ? "Init" : "C" + k, labels, scan, voltage: 3 + 0.15 * k, charge: 25 * k, time: 3600 * ${JSON.stringify(HOURS)}[k] });
}
const states = series(made, { chargeUnit: "mAh/g" });`;
const SHOW = `const view = await timeSeries(states, { thickness: { phase: "pore" } });
view`;
const READ = `JSON.stringify({ name: view.state.name, index: view.index, b: view.ab?.b.name, cursor: view.cursor,
  fractions: [...await view.fractions].map((row) => row["fraction pore"]), actions: view.actions.length })`;

interface Read {
  name: string;
  index: number;
  b?: string;
  cursor: number[];
  fractions: number[];
  actions: number;
}

/** A busy machine takes its time. */
const patience = { timeout: 15_000 };

describe.skipIf(lacks("chromium") || lacks("python"))("in JupyterLab", () => {
  let lab: LabSession;
  let notebook: OpenNotebook;
  let page: Page;
  beforeAll(async () => {
    lab = await LabSession.start();
    notebook = await lab.open([SERIES, SHOW, READ], { width: 1280, height: 1400 });
    page = notebook.page;
    await notebook.run(0);
    await notebook.run(1);
    await page.locator(".voxbook-readout", { hasText: "grey" }).waitFor();
  });
  afterAll(() => lab?.stop());

  const view = (): Locator => page.locator(".voxbook[role=application]");
  const state = (): Promise<string> => page.locator(".voxbook-state b").innerText();
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
  /** Mean grey value of the pixels in a share of the width of the plane across z. */
  const brightness = (from: number, to: number): Promise<number> =>
    page.evaluate(`(async () => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const canvas = document.querySelector("canvas[data-axis=z]");
      const x = Math.round(${from} * canvas.width);
      const { data } = canvas.getContext("2d").getImageData(x, 40, Math.round(${to} * canvas.width) - x, canvas.height - 80);
      let sum = 0;
      for (let k = 0; k < data.length; k += 4) sum += data[k] + data[k + 1] + data[k + 2];
      return sum / (0.75 * data.length);
    })()`);

  /** Share of pixels in the colour of the active material, in a share of the width of the plane across z. */
  const swollen = (from: number, to: number): Promise<number> =>
    page.evaluate(`(async () => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const canvas = document.querySelector("canvas[data-axis=z]");
      const x = Math.round(${from} * canvas.width);
      const { data } = canvas.getContext("2d").getImageData(x, 40, Math.round(${to} * canvas.width) - x, canvas.height - 80);
      let green = 0;
      for (let k = 0; k < data.length; k += 4) green += data[k + 1] > data[k] && data[k + 1] > data[k + 2] ? 1 : 0;
      return (4 * green) / data.length;
    })()`);

  test("keys go from state to state, and a cell reads the one that is shown", async () => {
    expect(await state()).toBe("Init");
    const before = await swollen(0, 1);
    await press(".");
    await press(".");
    await press(".");
    expect(await state()).toBe("C3");
    await expect.poll(() => swollen(0, 1), patience).toBeGreaterThan(before + 0.05);
    await press(",");
    expect(await read()).toMatchObject({ name: "C2", index: 2 });
    await press("End");
    expect((await read()).name).toBe("C7");
    await press("u");
    await expect.poll(state, patience).toBe("C2");
  });

  test("what was measured is drawn and falls from state to state; thickness comes after it", async () => {
    await expect.poll(() => page.locator(".voxbook-lines [role=status]").innerText(), { timeout: 60_000 }).toBe("");
    const { fractions } = await read();
    for (const [k, share] of fractions.slice(1).entries()) expect(share).toBeLessThan(fractions[k]!);
    const first = page.locator(".voxbook-chart[aria-label^='fractions']");
    const told = await first.getAttribute("aria-label");
    const percent = (share: number): string => String(Number((100 * share).toPrecision(4)));
    expect(told).toContain(`pore from ${percent(fractions[0]!)} % to ${percent(fractions.at(-1)!)} %`);
    expect(await page.locator(".voxbook-chart[aria-label^='thickness']").isVisible()).toBe(true);
  });

  test("playing keeps to the clock, and the state where it was held is read in a cell", async () => {
    await page.getByLabel("states shown in a second").selectOption("10");
    // All planes come once.
    await press(" ");
    await page.waitForTimeout(2500);
    const changes = await page.evaluate<number>(`new Promise((done) => {
      const name = document.querySelector(".voxbook-state b").parentElement;
      let changes = 0;
      let last = name.textContent;
      const watcher = new MutationObserver(() => {
        if (name.textContent !== last) changes++;
        last = name.textContent;
      });
      watcher.observe(name, { childList: true, subtree: true, characterData: true });
      setTimeout(() => { watcher.disconnect(); done(changes); }, 4000);
    })`);
    expect(changes).toBeGreaterThan(30);
    expect(changes).toBeLessThanOrEqual(42);
    await press(" ");
    const held = await state();
    await page.waitForTimeout(400);
    expect(await state()).toBe(held);
    expect((await read()).name).toBe(held);
  });

  test("a press on the chart goes to the state there, a drag on the picture over time to state and voxel", async () => {
    const chart = page.locator(".voxbook-chart[aria-label^='fractions']");
    const box = (await chart.boundingBox())!;
    const span = box.width - 68;
    // Where its time is.
    const x = (k: number): number => box.x + 56 + span / 16 + (HOURS[k]! / 9) * (span - span / 8);
    await page.mouse.click(x(6), box.y + 50);
    expect((await read()).name).toBe("C6");
    await page.getByLabel("axis of the line").selectOption("z");
    // Round times below, each where it is on the axis.
    const times = page.locator(".voxbook-times text");
    expect(await times.allTextContents()).toEqual(["time, h", ..."0123456789"]);
    const six = (await times.nth(7).boundingBox())!;
    expect(Math.abs(six.x + six.width / 2 - x(6))).toBeLessThan(2);
    // A key on the slider goes to the next state, though it is three times as far.
    await page.getByRole("slider", { name: "state", exact: true }).press("ArrowRight");
    expect((await read()).name).toBe("C7");
    const picture = (await page.locator(".voxbook-kymograph").boundingBox())!;
    await page.mouse.move(x(6), picture.y + 20);
    await page.mouse.down();
    await page.mouse.move(x(1) + 5, picture.y + 0.25 * picture.height, { steps: 5 });
    await page.mouse.up();
    const { name, cursor } = await read();
    expect(name).toBe("C1");
    expect(Math.abs(cursor[0]! - 15)).toBeLessThanOrEqual(1);
  });

  test("two states are compared behind a curtain, and exchanged", async () => {
    await press("Home");
    await page.getByLabel("state behind the curtain").selectOption("C7");
    expect(await read()).toMatchObject({ name: "Init", b: "C7" });
    const [left, right] = [await swollen(0, 0.45), await swollen(0.55, 1)];
    await press("s");
    await expect.poll(() => swollen(0, 0.45), patience).toBeGreaterThan(left + 0.1);
    await expect.poll(() => swollen(0.55, 1), patience).toBeLessThan(right - 0.1);
    expect(await read()).toMatchObject({ name: "C7", b: "Init" });
    await press("b");
    expect((await read()).b).toBeUndefined();
  });

  test("where each state has its own window, the tool changes that of one", async () => {
    await press("o");
    await page.getByLabel("one window").uncheck();
    const before = await brightness(0, 1);
    const z = (await page.locator("canvas[data-axis=z]").boundingBox())!;
    await page.keyboard.down("Control");
    await page.mouse.move(z.x + 100, z.y + 100);
    await page.mouse.down();
    await page.mouse.move(z.x + 180, z.y + 100, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.up("Control");
    await expect.poll(() => brightness(0, 1), patience).toBeLessThan(before - 10);
    const darker = await brightness(0, 1);
    await press(",");
    await expect.poll(() => brightness(0, 1), patience).toBeGreaterThan(darker + 10);
    await press("w");
  });
});
