/** Volumes in space in real JupyterLab: turned, clipped and pointed at by mouse and keys, each read in a cell. */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projector } from "#widgets/draw/turntable.js";
import { LabSession, type OpenNotebook } from "../support/lab.js";
import { lacks } from "../support/require.js";

const SCAN = `import { samples, threshold } from "voxbook";
import { histogramOf, slices, volume3d } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [60, 80, 100] });
const labels = await threshold(scan, [24000, 31000], { names: ["pore", "binder", "active material"] });`;
const SHOW = `const view = await volume3d(scan, { labels, thresholds: [24000, 31000] });
view`;
const READ = `JSON.stringify({ cursor: view.cursor, clip: view.clip, view: view.view, display: view.widget.state.display, thresholds: view.scene.state.thresholds, actions: view.actions.length })`;
const BESIDE = `await volume3d({ Init: scan, D1: scan, D2: scan }, { mode: "mip" })`;
const HISTOGRAM = "await histogramOf(scan)";

interface Read {
  cursor: number[];
  clip?: { start: number[]; stop: number[] };
  view: { azimuth: number; elevation: number; zoom: number };
  display: { mode: string; surfaces: number[]; planes: boolean; opacity: number; lit: boolean; hidden: number[] };
  thresholds: number[];
  actions: number;
}

/** A busy machine without a graphics card takes its time. */
const patience = { timeout: 60_000 };
const shots = process.env.VOXBOOK_SHOTS;

describe.skipIf(lacks("chromium") || lacks("python"))("in JupyterLab", () => {
  let lab: LabSession;
  let notebook: OpenNotebook;
  let page: Page;
  /** What the browser and vtk.js said of drawing. */
  const said: string[] = [];
  const shot = async (name: string): Promise<void> => {
    if (shots !== undefined) await page.screenshot({ path: `${shots}/space-${name}.png` });
  };
  const view = (): Locator => page.locator(".voxbook[role=application]").first();
  const area = (): Locator => view().locator(".voxbook-space");
  beforeAll(async () => {
    lab = await LabSession.start({ webgl: true });
    notebook = await lab.open([SCAN, SHOW, READ, BESIDE, HISTOGRAM], { width: 1280, height: 1100 });
    page = notebook.page;
    page.on("pageerror", (error) => console.log(`page: ${error.message}`));
    page.on("console", (message) => {
      if (/\bGL\b|WebGL|vtk/.test(message.text())) said.push(message.text());
    });
    await notebook.run(0);
    await notebook.run(1);
    await area().waitFor({ timeout: 30_000 });
    await page.waitForTimeout(5000);
    await shot("loading");
    // expect.poll is for tests alone.
    await page.locator('[data-level=sharp][data-frames][data-card*="SwiftShader"]').waitFor({ timeout: 60_000 });
  }, 180_000);
  afterAll(() => lab?.stop());

  const read = async (): Promise<Read> => {
    await page.waitForTimeout(700);
    await notebook.run(2);
    const text = await notebook.output(2);
    return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)) as Read;
  };
  const press = async (key: string): Promise<void> => {
    await view().focus();
    await page.keyboard.press(key);
  };
  /** What is to be seen of the volume, below the lines: pixels that are brighter than the background, and the sum of all. */
  const seen = (): Promise<{ bright: number; sum: number }> =>
    page.evaluate(`(() => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 212, height: 115 });
      const context = canvas.getContext("2d", { willReadFrequently: true });
      for (const layer of document.querySelectorAll(".voxbook-space canvas:not([data-layer])"))
        if (!layer.hidden) context.drawImage(layer, 0, 0, 212, 115);
      const { data } = context.getImageData(0, 0, 212, 115);
      let [bright, sum] = [0, 0];
      for (let k = 0; k < data.length; k += 4) {
        sum += data[k] + data[k + 1] + data[k + 2];
        if (data[k + 1] > 60) bright++;
      }
      return { bright, sum };
    })()`);

  test("it is drawn, and turned by the mouse", async () => {
    await shot("first");
    const before = (await read()).view;
    const box = (await area().boundingBox())!;
    await page.mouse.move(box.x + 300, box.y + 200);
    await page.mouse.down();
    await page.mouse.move(box.x + 380, box.y + 240, { steps: 5 });
    await page.mouse.up();
    const after = (await read()).view;
    expect(after.azimuth).toBeCloseTo((before.azimuth - 40 + 360) % 360, 6);
    expect(after.elevation).toBeCloseTo(before.elevation + 20, 6);
    await shot("turned");
  });

  test("a double click puts the cursor on what is seen there", async () => {
    await press("1");
    await page.waitForTimeout(600);
    const box = (await area().boundingBox())!;
    await page.mouse.dblclick(box.x + box.width / 2 + 40, box.y + box.height / 2 - 30);
    const { cursor, thresholds } = await read();
    // Along z: to the right is x, down is y, and the first face is seen.
    expect(cursor[2]).toBeGreaterThan(50);
    expect(cursor[1]).toBeLessThan(40);
    expect(cursor[0]).toBeLessThan(30);
    expect(thresholds).toEqual([24000, 31000]);
    await press("0");
  });

  test("clip planes are pulled by sliders, by their handles and by keys, and put back", async () => {
    await press("c");
    await page.getByLabel("clip plane before z").fill("20");
    await page.getByLabel("clip plane before z").dispatchEvent("change");
    expect((await read()).clip).toEqual({ start: [20, 0, 0], stop: [60, 80, 100] });
    await shot("clip");
    await page.getByRole("button", { name: "no clipping" }).click();
    const { clip: none, actions: before } = await read();
    expect(none).toBeUndefined();
    // The handle behind x is in the middle of that face; 20 voxels inwards.
    const box = (await area().boundingBox())!;
    const camera = projector({ azimuth: 30, elevation: 25, zoom: 1, pan: [0, 0] }, [1, 0.8, 0.6], box);
    const [from, to] = [camera.toScreen([1, 0.4, 0.3]), camera.toScreen([0.8, 0.4, 0.3])];
    await page.mouse.move(box.x + from.x, box.y + from.y);
    expect(await page.evaluate(`getComputedStyle(document.querySelector(".voxbook-space")).cursor`)).toBe("move");
    await page.mouse.down();
    await page.mouse.move(box.x + to.x, box.y + to.y, { steps: 4 });
    await shot("handles");
    await page.mouse.up();
    expect((await read()).clip).toEqual({ start: [0, 0, 0], stop: [60, 80, 80] });
    for (const key of ["z", "PageUp", "PageUp", "Shift+PageUp", "y", "y", "PageDown"]) await press(key);
    const { clip, actions } = await read();
    expect(clip).toEqual({ start: [12, 0, 0], stop: [60, 79, 80] });
    // How many gestures the keys are goes with the pauses between them.
    expect(actions).toBeGreaterThan(before + 1);
    for (let k = before; k < actions; k++) await press("u");
    expect((await read()).clip).toBeUndefined();
    await press("c");
  });

  test("a threshold that is dragged in the histogram colours the volume before it is let go, and asks the kernel nothing", async () => {
    await notebook.run(4);
    const handle = page.locator('.voxbook-handle[data-threshold="1"]');
    await handle.waitFor(patience);
    await handle.scrollIntoViewIfNeeded();
    await page.waitForTimeout(1000);
    const box = (await handle.boundingBox())!;
    const before = await seen();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 - 3, box.y + box.height / 2);
    const told = notebook.traffic.sent.messages;
    await page.mouse.move(box.x + box.width / 2 + 60, box.y + box.height / 2, { steps: 6 });
    await expect
      .poll(async () => Math.abs((await seen()).sum - before.sum), patience)
      .toBeGreaterThan(0.02 * before.sum);
    expect(notebook.traffic.sent.messages).toBe(told);
    await shot("threshold");
    await page.mouse.up();
    expect((await read()).thresholds[1]).toBeGreaterThan(31_100);
  });

  test("a context that is lost leaves a picture and says so; when it is back the view is", async () => {
    const note = view().locator(".voxbook-note");
    const { bright } = await seen();
    const gl = `document.querySelectorAll(".voxbook-space canvas")[1].getContext("webgl2").getExtension("WEBGL_lose_context")`;
    await page.evaluate(`(window.lost = ${gl}).loseContext()`);
    await note.waitFor();
    expect(await note.innerText()).toContain("lost");
    expect((await seen()).bright).toBeGreaterThan(0.5 * bright);
    await press("ArrowLeft");
    await shot("lost");
    await page.evaluate("window.lost.restoreContext()");
    await note.waitFor({ state: "detached" });
    await expect
      .poll(() => view().locator(".voxbook-readout").last().innerText(), patience)
      .toContain("software WebGL");
    await expect.poll(async () => (await seen()).bright, patience).toBeGreaterThan(0.5 * bright);
    await press("0");
    await shot("restored");
  });

  test("modes, planes and surfaces are switched, and the kernel knows", async () => {
    for (const mode of ["mip", "average", "iso"]) {
      await press("m");
      await page.waitForTimeout(1500);
      await shot(mode);
      expect((await read()).display.mode).toBe(mode);
    }
    await press("m");
    await press("p");
    await page.getByRole("button", { name: "draw the surface of active material" }).click();
    await page.waitForTimeout(6000);
    await shot("surface");
    const { display } = await read();
    expect(display).toMatchObject({ mode: "none", planes: true, surfaces: [2] });
  });

  test("what is shown is taken back gesture by gesture and done again, by keys and buttons; the camera is turned on", async () => {
    const lamp = view().getByRole("button", { name: "light (l)" });
    const undo = view().getByRole("button", { name: "take back the last gesture" });
    const redo = view().getByRole("button", { name: "do it again" });
    const shown = [await read()];
    const gestures: [does: string, gesture: () => Promise<void>][] = [
      ["mode", () => press("m")],
      ["opacity", () => view().getByLabel("density", { exact: true }).fill("0.3")],
      ["lit", () => lamp.click()],
      ["planes", () => press("p")],
      ["hidden", () => view().getByRole("button", { name: "show or hide" }).last().click()],
      ["surfaces", () => view().getByRole("button", { name: "draw the surface of pore" }).click()],
    ];
    for (const [does, gesture] of gestures) {
      await gesture();
      const [before, now] = [shown.at(-1)!, await read()];
      expect(now.display, does).not.toEqual(before.display);
      expect(now.actions, does).toBe(before.actions + 1);
      shown.push(now);
    }
    expect(shown.at(-1)!.display).toMatchObject({ mode: "composite", opacity: 0.3, lit: false, planes: false });
    expect(await lamp.getAttribute("aria-pressed")).toBe("false");
    // The camera is turned, and back at the whole volume; neither is a step to take back.
    await press("ArrowLeft");
    expect((await read()).view.azimuth).toBeCloseTo(22.5, 6);
    await press("0");
    const { view: camera, actions } = await read();
    expect(camera).toEqual({ azimuth: 30, elevation: 25, zoom: 1, pan: [0, 0] });
    expect(actions).toBe(shown.at(-1)!.actions);
    for (const [k, before] of shown.slice(0, -1).reverse().entries()) {
      if (k % 2 === 0) await press("u");
      else await undo.click();
      expect((await read()).display).toEqual(before.display);
    }
    expect(await lamp.getAttribute("aria-pressed")).toBe("true");
    for (const [k, after] of shown.slice(1).entries()) {
      if (k % 2 === 0) await press("Shift+U");
      else await redo.click();
      expect((await read()).display).toEqual(after.display);
    }
    expect(await redo.isDisabled()).toBe(true);
    for (const _ of gestures) await press("u");
    expect((await read()).display).toEqual(shown[0]!.display);
    // A cursor that was put somewhere by pointing.
    const { cursor } = shown[0]!;
    const box = (await area().boundingBox())!;
    await page.mouse.dblclick(box.x + box.width / 2 - 20, box.y + box.height / 2 + 20);
    expect((await read()).cursor).not.toEqual(cursor);
    await press("u");
    expect((await read()).cursor).toEqual(cursor);
  });

  test("a surface is saved as STL, the view as a picture of twice its size", async () => {
    const [file] = await Promise.all([
      page.waitForEvent("download", patience),
      page.getByRole("button", { name: "save the surface as STL" }).click(),
    ]);
    expect(file.suggestedFilename()).toMatch(/\.stl$/);
    const [picture] = await Promise.all([page.waitForEvent("download", patience), press("s")]);
    const path = `${lab.folder}/picture.png`;
    await picture.saveAs(path);
    if (shots !== undefined) await picture.saveAs(`${shots}/space-saved.png`);
  });

  test("several volumes are side by side", async () => {
    await notebook.run(3);
    await page.waitForTimeout(8000);
    await page.locator(".jp-CodeCell").nth(3).scrollIntoViewIfNeeded();
    await shot("beside");
  });

  test("nothing waits for pixels to be read back", () => {
    expect(said.filter((text) => !text.includes("WEBGL_lose_context"))).toEqual([]);
  });
});
