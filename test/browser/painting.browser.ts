/** Labels painted in real JupyterLab, with mouse and keys; what was painted is read in a cell, and is there after the kernel was killed. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabSession, type OpenNotebook } from "../support/lab.js";
import { lacks } from "../support/require.js";

const LABELS = `import { samples, threshold } from "voxbook";
import { slices } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [24, 80, 100] });
const labels = await threshold(scan, [24000, 31000], { names: ["pore", "binder", "active material"] });
const start = await labels.read();`;
const SHOW = `const view = await slices(scan, { labels, edit: "edits.jsonl" });
view`;
const READ = `const now = await (await view.labels()).read();
[now.filter((label, k) => label !== start[k]).length, now.filter((label, k) => label !== start[k] && label === 2).length]`;

describe.skipIf(lacks("chromium") || lacks("python"))("in JupyterLab", () => {
  let lab: LabSession;
  let notebook: OpenNotebook;
  let page: Page;
  beforeAll(async () => {
    lab = await LabSession.start();
    notebook = await lab.open([LABELS, SHOW, READ]);
    page = notebook.page;
    await notebook.run(0);
    await notebook.run(1);
    await page.locator("canvas[data-axis=z]").waitFor();
    await page.locator(".voxbook-readout", { hasText: "grey" }).waitFor();
  });
  afterAll(() => lab?.stop());

  const changed = async (): Promise<[all: number, active: number]> => {
    await notebook.run(2);
    return JSON.parse((await notebook.output(2)).replace(/\s/g, ""));
  };
  /** A straight stroke over the plane across z; fractions of its width and height. */
  async function stroke(from: [number, number], to: [number, number]): Promise<void> {
    const box = (await page.locator("canvas[data-axis=z]").boundingBox())!;
    const at = ([x, y]: [number, number]): [number, number] => [box.x + x * box.width, box.y + y * box.height];
    await page.mouse.move(...at(from));
    await page.mouse.down();
    await page.mouse.move(...at(to), { steps: 6 });
    await page.mouse.up();
    await page.waitForTimeout(300);
  }
  const colour = (x: number, y: number): Promise<number[]> =>
    page.evaluate(`(() => {
      const canvas = document.querySelector("canvas[data-axis=z]");
      return [...canvas.getContext("2d").getImageData(${x} * canvas.width, ${y} * canvas.height, 1, 1).data].slice(0, 3);
    })()`);

  test("a stroke is there before the button is released, in one message of at most 4 KB at its end, and a cell reads it", async () => {
    // The planes next to these are asked for, too.
    await page.waitForTimeout(1500);
    await page.evaluate(`(() => {
      const { send } = WebSocket.prototype;
      window.sent = [];
      WebSocket.prototype.send = function (data) { window.sent.push(data.byteLength ?? data.length); return send.call(this, data); };
    })()`);
    await page.locator(".voxbook[role=application]").focus();
    await page.keyboard.press("p");
    await page.getByLabel("label to paint").selectOption({ label: "active material" });
    const box = (await page.locator("canvas[data-axis=z]").boundingBox())!;
    const before = await colour(0.3, 0.5);
    await page.mouse.move(box.x + 0.1 * box.width, box.y + 0.5 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.9 * box.width, box.y + 0.5 * box.height, { steps: 12 });
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    expect(await colour(0.3, 0.5)).not.toEqual(before);
    expect(await page.evaluate<number[]>("window.sent")).toEqual([]);
    await page.mouse.up();
    await page.waitForTimeout(800);
    const sent = await page.evaluate<number[]>("window.sent");
    expect(sent.length).toBeGreaterThan(0);
    expect(Math.max(...sent)).toBeLessThan(4096);
    const [all, active] = await changed();
    expect(all).toBeGreaterThan(80);
    expect(active).toBe(all);
  });

  test("undo by key and by button takes it back in the labels", async () => {
    const [all] = await changed();
    expect(all).toBeGreaterThan(0);
    await page.locator(".voxbook[role=application]").focus();
    await page.keyboard.press("u");
    await page.waitForTimeout(800);
    expect((await changed())[0]).toBe(0);
    await page.getByRole("button", { name: "do it again" }).click();
    await page.waitForTimeout(800);
    expect((await changed())[0]).toBe(all);
  });

  test("limits hold: only voxels of the label that was chosen change", async () => {
    const [all] = await changed();
    await page.getByLabel("change only voxels of this label").selectOption({ label: "only active material" });
    await page.locator(".voxbook[role=application]").focus();
    await page.keyboard.press("e");
    await stroke([0.1, 0.5], [0.9, 0.5]);
    await page.waitForTimeout(800);
    await notebook.run(2);
    const [, active] = await changed();
    // Nothing of that row is active material any more, and what was painted there is among it.
    expect(active).toBeLessThan(all);
    await page.getByLabel("change only voxels of this label").selectOption({ label: "any label" });
  });

  test("after the kernel was killed everything that was painted is there again, and can be undone", async () => {
    const before = await changed();
    await page.evaluate(`(async () => {
      const { token } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
      const headers = { authorization: "token " + token };
      for (const { kernel } of await (await fetch("/api/sessions", { headers })).json())
        await fetch("/api/kernels/" + kernel.id + "/restart", { method: "POST", headers });
    })()`);
    await page.waitForTimeout(3000);
    for (const k of [0, 1]) await notebook.run(k);
    expect(await changed()).toEqual(before);
    await page.locator(".voxbook[role=application]").focus();
    for (let k = 0; k < 2; k++) await page.keyboard.press("u");
    await page.waitForTimeout(1000);
    expect((await changed())[0]).toBe(0);
  });
});
