/** The widgets in real JupyterLab: what a reader does with mouse and keys, and what stays when page or kernel go. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabSession, type OpenNotebook, ready } from "../support/lab.js";
import { lacks } from "../support/require.js";

const SCAN = `import { median, samples } from "voxbook";
import { histogramOf, slices, together } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [32, 96, 128] });
const clean = await median(scan, { radius: 2 });`;
const SHOW = `const thresholds = await histogramOf(clean, { classes: 3, names: ["pore", "binder", "active material"] });
together(await slices(clean), thresholds)`;

describe.skipIf(lacks("chromium") || lacks("python"))("in JupyterLab", () => {
  let lab: LabSession;
  beforeAll(async () => {
    lab = await LabSession.start();
  });
  afterAll(() => lab?.stop());

  /** Colours of some pixels of the plane across z. */
  const pixels = (page: Page): Promise<string> =>
    page.evaluate(`(() => {
      const canvas = document.querySelector("canvas[data-axis=z]");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let sum = "";
      for (let k = 0; k < data.length; k += 4 * 997) sum += data[k].toString(16) + data[k + 1].toString(16) + data[k + 2].toString(16) + " ";
      return sum;
    })()`);
  const fraction = async (page: Page, phase: number): Promise<number> =>
    Number.parseFloat(await page.locator(`tr[data-phase="${phase}"] .voxbook-number`).innerText());
  const handle = (page: Page, k: number): Locator => page.locator(`.voxbook-handle[data-threshold="${k}"]`);

  async function shown(): Promise<OpenNotebook> {
    const notebook = await lab.open([SCAN, SHOW, "thresholds.value", "clean.at(0, 0, 0)"]);
    await notebook.run(0);
    await notebook.run(1);
    await handle(notebook.page, 1).waitFor();
    await handle(notebook.page, 0).scrollIntoViewIfNeeded();
    return notebook;
  }

  /** Presses the mouse on a threshold and moves it; the button stays down. */
  async function dragBy(page: Page, k: number, by: number): Promise<void> {
    const box = (await handle(page, k).boundingBox())!;
    const x = box.x + box.width / 2;
    await page.mouse.move(x, box.y + 8);
    await page.mouse.down();
    await page.mouse.move(x + by, box.y + 8, { steps: 8 });
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  }

  const values = (text: string): number[] => JSON.parse(text.replace(/\s/g, "")) as number[];

  test("dragging a threshold recolours the planes and changes the fraction before the button is released, without a message; then a cell reads it", async () => {
    const notebook = await lab.open([SCAN, SHOW, "thresholds.value"]);
    const { page } = notebook;
    let sent = 0;
    await notebook.run(0);
    await notebook.run(1);
    await handle(page, 1).waitFor();
    await handle(page, 0).scrollIntoViewIfNeeded();
    await page.waitForTimeout(500);
    const before = {
      pixels: await pixels(page),
      fraction: await fraction(page, 0),
      value: await handle(page, 0).getAttribute("aria-valuenow"),
    };
    await page.evaluate(`(() => {
      const send = WebSocket.prototype.send;
      window.sent = 0;
      WebSocket.prototype.send = function (...data) { window.sent++; return send.apply(this, data); };
    })()`);
    await dragBy(page, 0, 40);
    sent = await page.evaluate<number>("window.sent");
    const during = { pixels: await pixels(page), fraction: await fraction(page, 0) };
    expect(sent).toBe(0);
    expect(during.pixels).not.toBe(before.pixels);
    expect(during.fraction).toBeGreaterThan(before.fraction);
    await page.mouse.up();
    const value = Number(await handle(page, 0).getAttribute("aria-valuenow"));
    expect(value).toBeGreaterThan(Number(before.value));
    await notebook.run(2);
    expect(values(await notebook.output(2))[0]).toBe(value);
    await page.close();
  });

  test("a gesture is taken back and done again by button and key, and the view comes as a cell", async () => {
    const notebook = await shown();
    const { page } = notebook;
    const value = (): Promise<string | null> => handle(page, 0).getAttribute("aria-valuenow");
    const settled = async (wanted: string | null): Promise<void> => {
      for (let k = 0; k < 100 && (await value()) !== wanted; k++) await page.waitForTimeout(50);
      expect(await value()).toBe(wanted);
    };
    const before = await value();
    expect(await page.getByRole("button", { name: "take back the last gesture" }).first().isDisabled()).toBe(true);
    await dragBy(page, 0, 40);
    await page.mouse.up();
    const after = await value();
    await page.getByRole("button", { name: "take back the last gesture" }).first().click();
    await settled(before);
    await page.locator(".voxbook[role=application]").focus();
    await page.keyboard.press("Shift+U");
    await settled(after);
    await page.keyboard.press("u");
    await settled(before);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "a cell that makes this view" }).first().click();
    await page.getByText("Copied").waitFor();
    expect(await page.evaluate<string>("navigator.clipboard.readText()")).toMatch(
      /^import \{ slices \} from "voxbook\/widgets";\n\nawait slices\(scan, \{/,
    );
    await page.close();
  });

  test("after a reload of the page the live view is back, with its thresholds, and can be dragged again", async () => {
    const notebook = await shown();
    const { page } = notebook;
    await dragBy(page, 1, -30);
    await page.mouse.up();
    const value = await handle(page, 1).getAttribute("aria-valuenow");
    // The picture in the notebook follows the gesture.
    await page.waitForTimeout(1000);
    await notebook.save();
    await page.reload();
    await ready(page);
    await handle(page, 1).waitFor({ timeout: 30_000 });
    expect(await handle(page, 1).getAttribute("aria-valuenow")).toBe(value);
    await handle(page, 1).scrollIntoViewIfNeeded();
    await page.waitForTimeout(500);
    await dragBy(page, 1, -20);
    await page.mouse.up();
    const next = Number(await handle(page, 1).getAttribute("aria-valuenow"));
    expect(next).toBeLessThan(Number(value));
    await notebook.run(2);
    expect(values(await notebook.output(2))[1]).toBe(next);
    await page.close();
  });

  test("a saved notebook keeps under 1 KB of state a widget, no voxels, and a picture that shows the last thresholds", async () => {
    const notebook = await shown();
    const { page } = notebook;
    const pictureOf = (): string => {
      const name = new URL(page.url()).pathname.split("/").at(-1)!;
      const file = JSON.parse(readFileSync(join(lab.folder, name), "utf8"));
      const states = Object.values(file.metadata.widgets?.["application/vnd.jupyter.widget-state+json"]?.state ?? {});
      for (const state of states) expect(JSON.stringify(state).length).toBeLessThanOrEqual(1024);
      const { data } = file.cells[1].outputs.find(
        (output: { data?: object }) => output.data && "image/png" in output.data,
      );
      expect(JSON.stringify(data).length).toBeLessThan(400_000);
      return data["image/png"] as string;
    };
    await notebook.save();
    const before = pictureOf();
    await dragBy(page, 0, 60);
    await page.mouse.up();
    await page.waitForTimeout(1500);
    await notebook.save();
    expect(pictureOf()).not.toBe(before);
    await page.close();
  });

  test("without its kernel the view is a picture with its legend", async () => {
    const notebook = await shown();
    const { page } = notebook;
    await notebook.save();
    await page.evaluate(`(async () => {
      const { token } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
      const headers = { authorization: "token " + token };
      for (const { id } of await (await fetch("/api/sessions", { headers })).json())
        await fetch("/api/sessions/" + id, { method: "DELETE", headers });
    })()`);
    await page.reload();
    await ready(page);
    const picture = page.locator(".voxbook-picture img");
    await picture.waitFor();
    expect(await page.evaluate<number>("document.querySelector('.voxbook-picture img').naturalWidth")).toBeGreaterThan(
      200,
    );
    expect(await page.locator(".voxbook-picture .voxbook-legend").innerText()).toContain("active material");
    expect(await page.locator(".voxbook-handle").count()).toBe(0);
    await page.close();
  });

  test("the mouse over a plane tells position in µm, grey value and phase; keys move the cursor and the plane", async () => {
    const notebook = await shown();
    const { page } = notebook;
    const canvas = page.locator("canvas[data-axis=z]");
    await canvas.scrollIntoViewIfNeeded();
    const box = (await canvas.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const readout = page.locator(".voxbook-readout").first();
    await expect
      .poll(() => readout.innerText())
      .toMatch(/z 16.*y 48.*x 64.*µm.*grey \d+.*(pore|binder|active material)/s);
    const x = Number(/x (\d+)/.exec(await readout.innerText())![1]);
    const y = Number(/y (\d+)/.exec(await readout.innerText())![1]);
    const told = Number(/grey (\d+)/.exec(await readout.innerText())![1]);
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await page.keyboard.press("PageDown");
    await expect.poll(() => readout.innerText()).toMatch(/z 17/);
    await page.keyboard.press("PageUp");
    await page.keyboard.press("Shift+ArrowRight");
    await page.mouse.move(0, 0);
    await expect.poll(() => readout.innerText()).toContain(`x ${x + 10}`);
    await page.locator(".jp-CodeCell").nth(3).locator(".cm-content").click();
    await page.keyboard.press("Control+a");
    await page.keyboard.type(`await clean.at(16, ${y}, ${x})`);
    await notebook.run(3);
    expect(Number(await notebook.output(3))).toBe(told);
    await page.close();
  });

  test("a preview shows the filtered plane, and goes with the cursor of the view", async () => {
    const notebook = await lab.open([
      SCAN,
      `import { preview } from "voxbook/widgets";
const view = await slices(scan, { title: "as scanned" });
const filtered = await preview([median, { radius: 3 }], view);
together(view, filtered)`,
      "[view.cursor, filtered.cursor]",
    ]);
    const { page } = notebook;
    await notebook.run(0);
    await notebook.run(1);
    const planes = page.locator("canvas[data-axis=z]");
    await expect.poll(() => planes.count()).toBe(2);
    /** Mean difference of neighbouring pixels, which noise makes large, and the sum of all. */
    const look = (n: number): Promise<{ rough: number; sum: number }> =>
      page.evaluate(`(() => {
        const canvas = document.querySelectorAll("canvas[data-axis=z]")[${n}];
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let [rough, sum] = [0, 0];
        for (let k = 4; k < data.length; k += 4) { rough += Math.abs(data[k] - data[k - 4]); sum += data[k]; }
        return { rough: (4 * rough) / data.length, sum };
      })()`);
    await expect.poll(async () => (await look(1)).sum, { timeout: 20_000 }).toBeGreaterThan(0);
    expect((await look(1)).rough).toBeLessThan(0.5 * (await look(0)).rough);
    const before = await look(1);
    await planes.first().scrollIntoViewIfNeeded();
    await planes.first().click();
    for (let k = 0; k < 5; k++) await page.keyboard.press("PageDown");
    await expect.poll(async () => (await look(1)).sum, { timeout: 20_000 }).not.toBe(before.sum);
    await notebook.run(2);
    const [one, other] = JSON.parse((await notebook.output(2)).replace(/\s/g, "")) as number[][];
    expect(one).toEqual(other);
    expect(one![0]).toBe(21);
    await page.close();
  });

  test("the wheel scrolls the page until the view was clicked, then goes through the planes", async () => {
    const notebook = await shown();
    const { page } = notebook;
    const canvas = page.locator("canvas[data-axis=z]");
    await canvas.scrollIntoViewIfNeeded();
    await page.locator(".jp-CodeCell").nth(1).locator(".cm-content").click();
    const readout = page.locator(".voxbook-readout").first();
    await canvas.hover();
    await page.mouse.wheel(0, 10);
    await page.waitForTimeout(300);
    expect(await readout.innerText()).toContain("z 16");
    await canvas.click();
    await page.mouse.wheel(0, 100);
    await expect.poll(() => readout.innerText()).toContain("z 17");
    await page.close();
  });

  test("window and level by dragging reach the kernel; zoom and moving change the picture only", async () => {
    const notebook = await lab.open([
      SCAN,
      `const view = await slices(clean);\nview`,
      `JSON.stringify([view.window, view.cursor])`,
    ]);
    const { page } = notebook;
    await notebook.run(0);
    await notebook.run(1);
    const canvas = page.locator("canvas[data-axis=z]");
    await canvas.waitFor();
    await canvas.scrollIntoViewIfNeeded();
    await page.waitForTimeout(500);
    await notebook.run(2);
    const told = await notebook.output(2);
    const box = (await canvas.boundingBox())!;
    const drag = async (by: { x: number; y: number }): Promise<void> => {
      await page.mouse.move(box.x + 100, box.y + 100);
      await page.mouse.down();
      await page.mouse.move(box.x + 100 + by.x, box.y + 100 + by.y, { steps: 5 });
      await page.mouse.up();
      await page.waitForTimeout(300);
    };
    const looks = [await pixels(page)];
    await canvas.hover();
    await page.getByRole("button", { name: "zoom in" }).click();
    await page.waitForTimeout(300);
    looks.push(await pixels(page));
    await page.keyboard.down("Shift");
    await drag({ x: 40, y: 20 });
    await page.keyboard.up("Shift");
    looks.push(await pixels(page));
    await notebook.run(2);
    expect(await notebook.output(2)).toBe(told);
    await page.getByRole("button", { name: "whole volume" }).click();
    await page.waitForTimeout(300);
    expect(await pixels(page)).toBe(looks[0]);
    await page.keyboard.down("Control");
    await drag({ x: 60, y: 40 });
    await page.keyboard.up("Control");
    looks.push(await pixels(page));
    expect(new Set(looks).size).toBe(4);
    await notebook.run(2);
    expect(await notebook.output(2)).not.toBe(told);
    await page.close();
  });

  test("a long function shows a bar whose Stop ends it; the variables stay", async () => {
    const notebook = await lab.open([
      `import { median, samples } from "voxbook";\nconst big = await samples.electrode({ shape: [128, 256, 256], photons: 0, blur: 0 });`,
      "const slow = await median(big, { radius: 12, workers: 1 });",
      "big.shape.join()",
    ]);
    const { page } = notebook;
    await notebook.run(0, 120_000);
    const running = notebook.run(1, 120_000);
    const stop = page.locator(".voxbook-progress button", { hasText: "Stop" });
    await stop.waitFor({ timeout: 30_000 });
    const begin = Date.now();
    await stop.click();
    await running;
    expect(Date.now() - begin).toBeLessThan(10_000);
    expect(await notebook.output(1)).toMatch(/AbortError/);
    await notebook.run(2);
    expect(await notebook.output(2)).toContain("128,256,256");
    await page.close();
  });
});
