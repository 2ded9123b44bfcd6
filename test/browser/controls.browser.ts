/** All controls in real JupyterLab and in real Voilà: what a reader sees of them and does with them. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabSession, type OpenNotebook, ready } from "../support/lab.js";
import { lacks } from "../support/require.js";
import { VoilaSession } from "../support/voila.js";

const missing = lacks("chromium") || lacks("python");

/** Each class once, in one box: those that no page shows are made, too. */
const EVERY = `import * as widgets from "voxbook/widgets";
const made = Object.entries(widgets).flatMap(([name, one]) => {
  const isWidget = typeof one === "function" && one.prototype instanceof widgets.Widget;
  if (!isWidget || name === "DOMWidget" || name === "DescriptionWidget") return [];
  const options = name.startsWith("Selection") ? { options: ["one", "two"] } : {};
  return [new (one as new (options: object) => widgets.Widget)(options)];
});
const shown = made.filter((one) => one instanceof widgets.DOMWidget);
for (const one of shown) one.addClass("each-one");
new widgets.VBox({ children: shown }).addClass("every-one")`;

const PANEL = `import { Button, Dropdown, IntProgress, IntSlider, IntText, Label, Output, Text, VBox, dlink, interactive, jslink, progress } from "voxbook/widgets";
const slider = new IntSlider({ value: 5, max: 10, description: "slider" }).addClass("a-slider");
const text = new Text({ description: "text" }).addClass("a-text");
const choice = new Dropdown({ options: ["ball", "box", "cone"], description: "choice" }).addClass("a-choice");
const button = new Button({ description: "press" }).addClass("a-button");
const linked = new IntText({ description: "linked" }).addClass("a-linked");
const bar = new IntProgress({ max: 10 }).addClass("a-bar");
jslink(slider, "value", linked, "value");
dlink(slider, "value", bar, "value", (n) => 10 - n);
const label = new Label().addClass("a-label");
const say = (): void => { label.value = \`slider \${slider.value}, text \${text.value}, choice \${choice.value}, presses \${presses}\`; };
let presses = 0;
for (const one of [slider, text, choice]) one.observe("value", say);
const out = new Output().addClass("an-output");
button.onClick(() => out.capture(() => { presses++; slider.value = 3; say(); console.log("pressed", presses); if (presses === 2) throw new RangeError("twice"); }));
const slow = interactive(async ({ n }) => {
  await new Promise((done) => setTimeout(done, 100));
  return \`drawn \${n}\`;
}, { n: [0, 100] }).addClass("a-slow-one");
const loop = new Button({ description: "loop" }).addClass("a-loop");
const loops = new Output().addClass("loops");
let reached = 0;
loop.onClick(() => loops.capture(async () => {
  for (const k of progress(2000, { title: "looping" })) { reached = k; await new Promise((done) => setTimeout(done, 10)); }
}));
say();
new VBox({ children: [slider, text, choice, button, linked, bar, label, out, slow, loop, loops] }).addClass("a-panel")`;

const READ = "JSON.stringify([slider.value, text.value, choice.value, presses, reached > 0 && reached < 1999])";

/** What goes wrong in a page without anybody being told. */
function complaintsOf(page: Page): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && /widget|model|view|comm/i.test(message.text())) found.push(message.text());
  });
  return found;
}

async function everyOneIsSeen(page: Page, complaints: readonly string[]): Promise<void> {
  const box = page.locator(".every-one");
  await box.waitFor({ state: "attached", timeout: 60_000 });
  await expect.poll(() => page.locator(".each-one").count(), { timeout: 30_000 }).toBe(54);
  expect(await page.locator(".jupyter-widgets-error-widget").count()).toBe(0);
  expect(await page.getByText(/Error displaying widget|model not found|Loading widget/).count()).toBe(0);
  expect(complaints).toEqual([]);
}

const label = (page: Page): Promise<string> => page.locator(".a-label").innerText();

/** A slider moves by the keys of its handle. */
async function press(page: Page, where: string, key: string, times = 1): Promise<void> {
  await page.locator(`${where} .noUi-handle`).focus();
  for (let k = 0; k < times; k++) await page.keyboard.press(key);
}

async function panelWorks(page: Page): Promise<void> {
  await page.locator(".a-panel").waitFor({ timeout: 60_000 });
  await expect.poll(() => label(page)).toBe("slider 5, text , choice ball, presses 0");
  // From the page to the kernel and back into another control.
  await press(page, ".a-slider", "ArrowRight", 2);
  await expect.poll(() => label(page)).toContain("slider 7,");
  await page.locator(".a-text input").fill("Ada");
  await page.locator(".a-text input").press("Enter");
  await page.locator(".a-choice select").selectOption("cone");
  await expect.poll(() => label(page)).toBe("slider 7, text Ada, choice cone, presses 0");
  // What is linked in the page, and what is linked in the kernel.
  await expect.poll(() => page.locator(".a-linked input").inputValue()).toBe("7");
  await expect
    .poll(() =>
      page
        .locator(".a-bar .progress-bar")
        .evaluate((bar) => (bar as unknown as { style: { width: string } }).style.width),
    )
    .toBe("30%");
  await page.locator(".a-linked input").fill("9");
  await page.locator(".a-linked input").press("Enter");
  await expect.poll(() => label(page)).toContain("slider 9,");
  // From the kernel to the page, and what a callback prints and throws.
  await page.locator(".a-button").click();
  await expect.poll(() => page.locator(".a-slider .widget-readout").innerText()).toBe("3");
  await expect.poll(() => page.locator(".an-output").innerText()).toContain("pressed 1");
  await page.locator(".a-button").click();
  await expect
    .poll(() => page.locator(".an-output").innerText())
    .toMatch(/pressed 1\s+pressed 2[\s\S]*RangeError.*twice[\s\S]*Cell \[\d+\], line/);
  await expect.poll(() => label(page)).toBe("slider 3, text Ada, choice cone, presses 2");
}

async function lastValueIsDrawn(page: Page): Promise<void> {
  await expect.poll(() => page.locator(".a-slow-one").innerText()).toContain("drawn 50");
  const handle = (await page.locator(".a-slow-one .noUi-handle").boundingBox())!;
  const [x, y] = [handle.x + handle.width / 2, handle.y + handle.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let k = 0; k < 60; k++) await page.mouse.move(x + k, y);
  for (let k = 60; k > -40; k--) await page.mouse.move(x + k, y);
  await page.mouse.up();
  const value = await page.locator(".a-slow-one .widget-readout").innerText();
  expect(Number(value)).toBeLessThan(50);
  await expect.poll(() => page.locator(".a-slow-one .widget-output").innerText()).toContain(`drawn ${value}`);
}

async function stopEndsALoop(page: Page): Promise<void> {
  await page.locator(".a-loop").click();
  const stop = page.locator(".loops .voxbook-progress button", { hasText: "Stop" });
  await stop.waitFor();
  await expect.poll(() => page.locator(".loops .voxbook-progress").innerText()).toMatch(/looping [1-9]\d* %/);
  await stop.click();
  await expect
    .poll(() => page.locator(".loops").innerText())
    .toMatch(/looping: stopped after[\s\S]*Stopped: looping was stopped after \d+ of 2000/);
  expect(await page.locator(".loops .voxbook-progress").count()).toBe(0);
}

describe.skipIf(missing)("controls in JupyterLab", () => {
  let lab: LabSession;
  beforeAll(async () => {
    lab = await LabSession.start();
  });
  afterAll(() => lab?.stop());

  async function panel(): Promise<OpenNotebook> {
    const notebook = await lab.open([PANEL, READ], { width: 1280, height: 1400 });
    await notebook.run(0);
    return notebook;
  }

  test("every one is created and shows a view without an error", async () => {
    const notebook = await lab.open([EVERY]);
    const complaints = complaintsOf(notebook.page);
    await notebook.run(0);
    await everyOneIsSeen(notebook.page, complaints);
    await notebook.page.close();
  });

  test("go from the page to the kernel and back: slider, text, choice, button, links, captured output", async () => {
    const notebook = await panel();
    await panelWorks(notebook.page);
    await notebook.run(1);
    expect(await notebook.output(1)).toContain('[3,"Ada","cone",2,false]');
    await notebook.page.close();
  });

  test("draw the last value of a slow function, though the slider moved on", async () => {
    const notebook = await panel();
    await lastValueIsDrawn(notebook.page);
    await notebook.page.close();
  });

  test("stop a loop that awaits, in the output where it began", async () => {
    const notebook = await panel();
    await stopEndsALoop(notebook.page);
    await notebook.run(1);
    expect(await notebook.output(1)).toContain(",true]");
    await notebook.page.close();
  });

  test("are back after a reload of the page, with their values and what was captured", async () => {
    const notebook = await panel();
    const { page } = notebook;
    await press(page, ".a-slider", "ArrowRight", 3);
    await page.locator(".a-text input").fill("kept");
    await page.locator(".a-text input").press("Enter");
    await page.locator(".a-button").click();
    await expect.poll(() => label(page)).toBe("slider 3, text kept, choice ball, presses 1");
    await notebook.save();
    await page.reload();
    await ready(page);
    await page.locator(".a-panel").waitFor({ timeout: 30_000 });
    expect(await label(page)).toBe("slider 3, text kept, choice ball, presses 1");
    expect(await page.locator(".a-slider .widget-readout").innerText()).toBe("3");
    expect(await page.locator(".a-text input").inputValue()).toBe("kept");
    expect(await page.locator(".an-output").innerText()).toContain("pressed 1");
    await press(page, ".a-slider", "ArrowRight");
    await expect.poll(() => label(page)).toContain("slider 4,");
    await page.close();
  });

  test("stop a loop that awaits in a cell that runs; the variables stay", async () => {
    const notebook = await lab.open([
      `import { progress } from "voxbook/widgets";\nlet at = 0;\nfor (const k of progress(3000)) { at = k; await new Promise((done) => setTimeout(done, 10)); }`,
      "at > 0 && at < 2999",
    ]);
    const { page } = notebook;
    const running = notebook.run(0);
    await page.locator(".voxbook-progress button", { hasText: "Stop" }).click();
    await running;
    expect(await notebook.output(0)).toMatch(
      /progress: stopped after[\s\S]*Stopped: progress was stopped after \d+ of 3000[\s\S]*line 3/,
    );
    await notebook.run(1);
    expect(await notebook.output(1)).toContain("true");
    await page.close();
  });

  test("stop a loop that never awaits; the variables stay", async () => {
    const notebook = await lab.open([
      `import { progress } from "voxbook/widgets";\nlet at = 0;\nfor (const k of progress(1e6)) { at = k; for (const end = Date.now() + 5; Date.now() < end; ); }`,
      "at > 0 && at < 1e6 - 1",
    ]);
    const { page } = notebook;
    const running = notebook.run(0);
    const text = page.locator(".voxbook-progress");
    await expect.poll(() => text.innerText(), { timeout: 20_000 }).toMatch(/progress \d+ %/);
    await page.locator(".voxbook-progress button", { hasText: "Stop" }).click();
    await running;
    expect(await notebook.output(0)).toMatch(/progress: stopped after[\s\S]*Interrupted/);
    await notebook.run(1);
    expect(await notebook.output(1)).toContain("true");
    await page.close();
  });
});

describe.skipIf(missing)("controls in Voilà", () => {
  let voila: VoilaSession;
  beforeAll(async () => {
    voila = await VoilaSession.start();
  });
  afterAll(() => voila?.stop());

  test("every one is created and shows a view without an error", async () => {
    const page = await voila.open([EVERY]);
    await everyOneIsSeen(page, []);
    await page.close();
  });

  test("go from the page to the kernel and back, draw the last value, and stop a loop", async () => {
    const page = await voila.open([PANEL], { width: 1280, height: 1400 });
    await panelWorks(page);
    await lastValueIsDrawn(page);
    await stopEndsALoop(page);
    await page.close();
  });
});
