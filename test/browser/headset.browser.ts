/** Volumes in space with an emulated headset, and on a page without WebGL. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { LabSession, type OpenNotebook } from "../support/lab.js";
import { lacks, root } from "../support/require.js";

const SHAPE = [30, 40, 50];
const CELLS = [
  `import { samples } from "voxbook";
import { volume3d } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [${SHAPE}] });
const view = await volume3d(scan, { thresholds: [24000, 31000] });
view`,
  "JSON.stringify(view.clip ?? null)",
];
const patience = { timeout: 40_000 };
const shots = process.env.VOXBOOK_SHOTS;

async function inLab(
  options: NonNullable<Parameters<typeof LabSession.start>[0]>,
  run: (page: Page, notebook: OpenNotebook) => Promise<void>,
): Promise<void> {
  const lab = await LabSession.start(options);
  try {
    const notebook = await lab.open(CELLS, { width: 1280, height: 1000 });
    await notebook.run(0);
    await notebook.page.locator(".voxbook-space").waitFor(patience);
    await run(notebook.page, notebook);
  } finally {
    await lab.stop();
  }
}

/** Places in a room, in metres: x to the right, y up from the floor, z towards the reader. */
type Place = readonly [x: number, y: number, z: number];

/** Where the volume's room begins: at the eyes of a reader, who stands there. */
const EYES: Place = [0, 1.6, 0];
/** From where the emulator has a hand to where its right hand's grip is. */
const GRIP: Place = [0.004, -0.0159, 0.0496];
/** Pixels of the emulated screen; its size is the window's else, and a software renderer takes seconds for that. */
const SCREEN = [240, 120] as const;

const EMULATOR = (): string => `${readFileSync(join(root, "node_modules/iwer/build/iwer.min.js"), "utf8")}
  window.headset = new IWER.XRDevice(IWER.metaQuest3, { stereoEnabled: true });
  // Chromium has a runtime of its own, without a device.
  window.headset.installRuntime({ forceInstall: true });
  window.headset.frame = () => new Promise((done) => window.headset.activeSession.requestAnimationFrame(done));`;

/** Puts a hand somewhere and presses or lets go of a button, then waits until the view has seen that in a frame. */
const hand = (page: Page, which: "left" | "right", at: Place, button = "trigger", pressed = 0): Promise<unknown> =>
  page.evaluate(`(() => {
    const hand = window.headset.controllers.${which};
    hand.position.set(${at.join()});
    hand.updateButtonValue("${button}", ${pressed});
    return window.headset.activeSession && window.headset.frame();
  })()`);

/** For each eye: how many pixels show something, and where they are in the mean, as shares of the eye's width from its left. */
const eyes = (page: Page): Promise<{ count: number; middle: number }[]> =>
  page.evaluate(`new Promise((done) => window.headset.activeSession.requestAnimationFrame(() => {
    const gl = document.querySelector("[data-webxr_runtime] canvas").getContext("webgl2");
    const [width, height] = [gl.drawingBufferWidth / 2, gl.drawingBufferHeight];
    done([0, 1].map((eye) => {
      const data = new Uint8Array(4 * width * height);
      gl.readPixels(eye * width, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, data);
      let [count, sum] = [0, 0];
      for (let k = 0; k < width * height; k++)
        if (data[4 * k + 1] > 60) {
          count++;
          sum += k % width;
        }
      return { count, middle: sum / count / width };
    }));
  }))`);

describe.skipIf(lacks("chromium") || lacks("python"))("in JupyterLab", () => {
  test("a reader with a headset enters, takes the volume along, pulls it larger, clips it and reads lengths", async () => {
    await inLab({ webgl: true, init: EMULATOR() }, async (page, notebook) => {
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error" || message.text().includes("GL_INVALID")) errors.push(message.text());
      });
      const view = page.locator(".voxbook[role=application]");
      const readout = (): Promise<string> => view.locator(".voxbook-readout").last().innerText();
      const placement = async (): Promise<number[]> =>
        JSON.parse((await view.getAttribute("data-placement")) ?? "[]") as number[];
      await expect.poll(() => view.getAttribute("data-card"), patience).toContain("SwiftShader");
      await page.evaluate(`Object.assign(window, { innerWidth: ${SCREEN[0]}, innerHeight: ${SCREEN[1]} })`);
      await hand(page, "left", [-0.15, 1.4, -0.5]);
      await hand(page, "right", [0.15, 1.4, -0.5]);
      await page.getByRole("button", { name: "see it with the headset" }).click();
      await expect.poll(placement, patience).toEqual([0, -0.1, -0.8, 0.6]);
      // 0.308 m from grip to grip; the longest side, 50 voxels of 0.39 µm, is 0.6 m long.
      await expect.poll(readout, patience).toBe("10 µm between the hands");
      await hand(page, "right", [0.15, 1.4, -0.5]);
      const [left, right] = await eyes(page);
      expect(left!.count).toBeGreaterThan(1000);
      expect(right!.count).toBeGreaterThan(1000);
      // 63 mm from eye to eye, half a metre to a metre away, in a field 90° wide.
      expect(left!.middle - right!.middle).toBeGreaterThan(0.02);
      expect(left!.middle - right!.middle).toBeLessThan(0.08);

      await hand(page, "right", [0.15, 1.4, -0.5], "squeeze", 1);
      await hand(page, "right", [0.25, 1.5, -0.6], "squeeze", 1);
      await expect.poll(placement, patience).toEqual([0.1, 0, -0.9, 0.6]);
      // The hands are √(0.408² + 0.1² + 0.1²) m apart.
      expect(await readout()).toBe("14 µm between the hands");
      // Both hold it, and go twice as far apart around the place between them.
      await hand(page, "left", [-0.15, 1.5, -0.6], "squeeze", 1);
      await hand(page, "left", [-0.35, 1.5, -0.6], "squeeze", 1);
      await hand(page, "right", [0.45, 1.5, -0.6], "squeeze", 1);
      const large = await placement();
      expect(large[3]).toBeCloseTo((0.6 * 0.808) / 0.408, 3);
      await hand(page, "left", [-0.35, 1.5, -0.6], "squeeze", 0);
      await hand(page, "right", [0.45, 1.5, -0.6], "squeeze", 0);

      // The trigger takes the nearest plane, here that on the right, to the middle of the volume.
      const middle = [0, 1, 2].map((k) => large[k]! + EYES[k]! - GRIP[k]!) as unknown as Place;
      await hand(page, "right", [middle[0] + 1, middle[1], middle[2]], "trigger", 1);
      await hand(page, "right", middle, "trigger", 1);
      const told = notebook.traffic.sent.messages;
      // The kernel hears of it at once, while the reader stays.
      await hand(page, "right", middle, "trigger", 0);
      if (shots !== undefined) await page.screenshot({ path: `${shots}/space-headset.png` });
      await expect.poll(() => notebook.traffic.sent.messages, patience).toBeGreaterThan(told);
      await page.evaluate("window.headset.activeSession.end()");
      await expect.poll(() => view.getAttribute("data-placement"), patience).toBeNull();
      expect(await readout()).toContain("software WebGL");
      expect(await page.locator(".voxbook-space > canvas").count()).toBe(3);
      await notebook.run(1);
      expect(await notebook.output(1)).toContain(
        JSON.stringify({ start: [0, 0, 0], stop: [SHAPE[0], SHAPE[1], SHAPE[2]! / 2] }),
      );
      expect(errors).toEqual([]);
    });
  }, 120_000);

  test("without WebGL there is a picture that says why, and what works instead", async () => {
    await inLab({ webgl: false }, async (page) => {
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
  }, 120_000);
});
