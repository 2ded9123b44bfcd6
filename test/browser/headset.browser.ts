/** Volumes in space with an emulated headset, and on a page without WebGL. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { LabSession, type OpenNotebook } from "../support/lab.js";
import { lacks, root } from "../support/require.js";

const CELLS = [
  `import { samples } from "voxbook";
import { volume3d } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [60, 80, 100] });`,
  "const view = await volume3d(scan, { thresholds: [24000, 31000] });\nview",
  "JSON.stringify({ clip: view.clip ?? null })",
];
const patience = { timeout: 60_000 };
const shots = process.env.VOXBOOK_SHOTS;

async function inLab(
  options: NonNullable<Parameters<typeof LabSession.start>[0]>,
  run: (page: Page, notebook: OpenNotebook) => Promise<void>,
): Promise<void> {
  const lab = await LabSession.start(options);
  try {
    const notebook = await lab.open(CELLS, { width: 1280, height: 1000 });
    await notebook.run(0);
    await notebook.run(1);
    await notebook.page.locator(".voxbook-space").waitFor(patience);
    await run(notebook.page, notebook);
  } finally {
    await lab.stop();
  }
}

describe.skipIf(lacks("chromium") || lacks("python"))("in JupyterLab", () => {
  test("a reader with a headset enters, takes the volume along, clips it and reads a length", async () => {
    const emulator = readFileSync(join(root, "node_modules/iwer/build/iwer.min.js"), "utf8");
    const init = `${emulator}
      window.headset = new IWER.XRDevice(IWER.metaQuest3);
      window.headset.installRuntime();`;
    await inLab({ webgl: true, init }, async (page, notebook) => {
      const view = page.locator(".voxbook[role=application]");
      await expect.poll(() => view.getAttribute("data-card"), patience).toContain("SwiftShader");
      const hand = (which: string, [x, y, z]: number[], button?: string, value = 0): Promise<unknown> =>
        page.evaluate(`(() => {
          const hand = window.headset.controllers.${which};
          hand.position.set(${x}, ${y}, ${z});
          ${button === undefined ? "" : `hand.updateButtonValue("${button}", ${value});`}
        })()`);
      const placement = async (): Promise<number[]> =>
        JSON.parse((await view.getAttribute("data-placement")) ?? "[]") as number[];
      await hand("left", [-0.1, 1.4, -0.5]);
      await hand("right", [0.2, 1.4, -0.5]);
      await page.getByRole("button", { name: "see it with the headset" }).click();
      await expect.poll(placement, patience).toHaveLength(4);
      await expect
        .poll(() => view.locator(".voxbook-readout").last().innerText(), patience)
        .toMatch(/µm between the hands/);
      const before = await placement();
      await hand("right", [0.2, 1.4, -0.5], "squeeze", 1);
      await page.waitForTimeout(3000);
      await hand("right", [0.3, 1.5, -0.6]);
      await expect.poll(async () => (await placement())[0]! - before[0]!, patience).toBeCloseTo(0.1, 3);
      const after = await placement();
      expect(after[1]! - before[1]!).toBeCloseTo(0.1, 3);
      expect(after[2]! - before[2]!).toBeCloseTo(-0.1, 3);
      await hand("right", [0.3, 1.5, -0.6], "squeeze", 0);
      await page.waitForTimeout(3000);
      // The trigger takes the nearest plane to the middle of the volume.
      await hand("right", [0.3, 1.5, -0.6], "trigger", 1);
      await page.waitForTimeout(3000);
      await hand("right", after.slice(0, 3));
      await page.waitForTimeout(3000);
      await hand("right", after.slice(0, 3), "trigger", 0);
      await page.waitForTimeout(1500);
      if (shots !== undefined) await page.screenshot({ path: `${shots}/space-headset.png` });
      await page.getByRole("button", { name: "see it with the headset" }).click();
      await expect.poll(() => view.getAttribute("data-placement"), patience).toBeNull();
      await page.waitForTimeout(1500);
      await notebook.run(2);
      expect(await notebook.output(2)).toContain("start");
    });
  }, 240_000);

  test("without WebGL there is a picture that says why, and what works instead", async () => {
    await inLab({}, async (page) => {
      const note = page.locator(".voxbook-note");
      await note.waitFor(patience);
      expect(await note.innerText()).toMatch(/Without WebGL .*slices\(…\)/);
      const bright = (): Promise<number> =>
        page.evaluate<number>(`(() => {
          const canvas = document.querySelector(".voxbook-space canvas");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return data.filter((value, k) => k % 4 === 0 && value > 60).length;
        })()`);
      await expect.poll(bright, patience).toBeGreaterThan(5000);
      if (shots !== undefined) await page.screenshot({ path: `${shots}/space-without-webgl.png` });
    });
  }, 180_000);
});
