/** Alignment in real JupyterLab: grab, turn, scale, nudge, landmarks and solve, each read in a cell. */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabSession, type OpenNotebook } from "../support/lab.js";
import { lacks } from "../support/require.js";

// The moving volume: the same scan turned by 6° about z and shifted, with voxels that are half as many along each axis.
const VOLUMES = `import { applyTransform, downsample, samples, Transform } from "voxbook";
import { alignment } from "voxbook/widgets";
const fixed = await samples.electrode({ shape: [48, 96, 120] });
const [cos, sin] = [Math.cos(Math.PI / 30), Math.sin(Math.PI / 30)];
// From moving to fixed: what shows the fixed content on the moving grid.
const truth = Transform.affine([1, 0, 0, 0, cos, -sin, 0, sin, cos], [0, 4e-6, -3e-6]);
const moving = await downsample(await applyTransform(fixed, truth, { like: fixed }), 2);`;
const SHOW = `const view = await alignment(fixed, moving, { model: "rigid", initial: Transform.identity, titles: ["micro", "nano"],
  refine: async (_fixed, _moving, transform, { onProgress }) => {
    onProgress({ done: 1, total: 1 });
    return Transform.affine([1, 0, 0, 0, 1, 0, 0, 0, 1], [1e-6, 0, 0]).after(transform);
  } });
view`;
const READ = `JSON.stringify({ transform: { kind: view.transform.kind, steps: view.transform.steps }, landmarks: view.landmarks, residuals: view.residuals, mode: view.widget.state.comparison.mode, spacing: fixed.spacing,
  truth: { steps: truth.inverse().steps } })`;

const LINKED = `import { slices, together } from "voxbook/widgets";
const planes = await slices(fixed);
const aligned = await alignment(fixed, moving, { initial: Transform.identity });
together(aligned, planes)`;
const READ_CURSORS = `JSON.stringify({ planes: planes.cursor, aligned: aligned.widget.state.cursor })`;

interface Read {
  transform: { kind: string; steps: { matrix: number[]; offset: number[] }[] };
  truth: { steps: { matrix: number[]; offset: number[] }[] };
  landmarks: { fixed: number[][]; moving: number[][] };
  residuals: { rootMeanSquare: number | null };
  mode: string;
  spacing: number[];
}

/** A busy machine takes its time. */
const patience = { timeout: 15_000 };

describe.skipIf(lacks("chromium") || lacks("python"))("in JupyterLab", () => {
  let lab: LabSession;
  let notebook: OpenNotebook;
  let page: Page;
  beforeAll(async () => {
    lab = await LabSession.start();
    notebook = await lab.open([VOLUMES, SHOW, READ], { width: 1280, height: 1500 });
    page = notebook.page;
    await notebook.run(0);
    await notebook.run(1);
    await page.locator("canvas[data-axis=z]").waitFor();
    await drawn();
  });
  afterAll(() => lab?.stop());

  const view = (): Locator => page.locator(".voxbook[role=application]");
  const canvas = (axis: string, side = "both"): Locator =>
    page.locator(`canvas[data-axis=${axis}][data-side="${side}"]`);
  const status = (): Locator => page.locator(".voxbook-status");
  const read = async (): Promise<Read> => {
    await page.waitForTimeout(600);
    await notebook.run(2);
    const text = await notebook.output(2);
    return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)) as Read;
  };
  const step = async (): Promise<{ matrix: number[]; offset: number[] }> => (await read()).transform.steps[0]!;
  /** Mean brightness of a plane, which is 0 before anything has come. */
  const brightness = (axis: string, side = "both"): Promise<number> =>
    page.evaluate(`(() => {
      const canvas = document.querySelector('canvas[data-axis=${axis}][data-side="${side}"]');
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let sum = 0;
      for (let k = 0; k < data.length; k += 4) sum += data[k];
      return (4 * sum) / data.length;
    })()`);
  const drawn = async (axis = "z", side = "both"): Promise<void> => {
    for (let wait = 0; (await brightness(axis, side)) <= 20; wait += 100) {
      if (wait > 15_000) throw new Error(`the ${axis} plane (${side}) was not drawn`);
      await page.waitForTimeout(100);
    }
  };
  async function drag(axis: string, from: [number, number], to: [number, number], steps = 8): Promise<void> {
    const box = (await canvas(axis).boundingBox())!;
    const at = ([x, y]: [number, number]): [number, number] => [box.x + x * box.width, box.y + y * box.height];
    await page.mouse.move(...at(from));
    await page.mouse.down();
    await page.mouse.move(...at(to), { steps });
    await page.mouse.up();
  }
  const press = async (...names: string[]): Promise<void> => {
    await view().focus();
    for (const name of names) await page.keyboard.press(name);
  };

  test("the picture is grabbed and moved, at once in the page, and the cell reads where it is", async () => {
    const [before, spacing] = [await step(), (await read()).spacing];
    await drag("z", [0.5, 0.5], [0.6, 0.45]);
    const { matrix, offset } = await step();
    expect(matrix).toEqual(before.matrix);
    // A tenth of 120 voxels to the right in the fixed space: the same point is that much to the left in the moving one.
    expect(offset[2]! - before.offset[2]!).toBeCloseTo(-12 * spacing[2]!, 7);
    expect(offset[1]! - before.offset[1]!).toBeCloseTo(0.05 * 96 * spacing[1]!, 7);
    expect(offset[0]).toBe(before.offset[0]);
    await press("u");
    expect((await step()).offset).toEqual(before.offset);
  });

  test("the rim turns it about its middle, keys turn and nudge it, fields say by how much", async () => {
    const box = (await canvas("z").boundingBox())!;
    // At the right edge of the picture, which is the rim; to above the corner: counter-clockwise.
    await page.mouse.move(box.x + box.width - 3, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 3, box.y + box.height * 0.4, { steps: 6 });
    await page.mouse.up();
    const turned = Number(await page.getByLabel("turned about z, degrees").inputValue());
    const [right, up] = [box.width / 2 - 3, box.height * 0.1];
    expect(turned).toBeCloseTo((Math.atan2(up, right) * 180) / Math.PI, 0);
    expect((await read()).transform.kind).toBe("rigid");
    await press("[", "[", "]");
    await expect
      .poll(async () => Number(await page.getByLabel("turned about z, degrees").inputValue()), patience)
      .toBeCloseTo(turned + 0.1, 3);
    await page.getByLabel("turned about z, degrees").fill("0");
    await page.getByLabel("turned about z, degrees").press("Tab");
    const before = await step();
    for (const [k, n] of before.matrix.entries()) expect(n).toBeCloseTo(k % 4 === 0 ? 1 : 0, 9);
    await press("ArrowRight", "Shift+ArrowDown");
    const after = await step();
    const { spacing } = await read();
    expect(after.offset[2]! - before.offset[2]!).toBeCloseTo(-spacing[2]!, 12);
    expect(after.offset[1]! - before.offset[1]!).toBeCloseTo(-10 * spacing[1]!, 12);
  });

  test("a corner scales it where the model allows it, else not", async () => {
    const before = await step();
    await page.getByRole("button", { name: /may change: similarity/ }).click();
    await press("9");
    await press("-", "-");
    await drawn();
    const scale = page.getByLabel("scale of the moving volume, %");
    await scale.fill("125");
    await scale.press("Tab");
    const { transform } = await read();
    expect(transform.kind).toBe("similarity");
    for (const [k, n] of transform.steps[0]!.matrix.entries()) expect(n).toBeCloseTo(before.matrix[k]! / 1.25, 9);
    await press("u");
    await press("0");
    await page.getByRole("button", { name: /may change: rigid/ }).click();
    expect((await read()).transform.kind).not.toBe("similarity");
    expect(await scale.isDisabled()).toBe(true);
  });

  test("too few landmarks are told, enough are solved to the truth within a voxel, and undone", async () => {
    await press("s");
    await expect
      .poll(() => status().innerText(), patience)
      .toContain("rigid needs 3 landmarks that are not on a line, there are 0");
    await press("0", "l");
    await drawn("z", "moving");
    // The same points in both: where the moving one lies on the screen follows from the truth and the transform as it is.
    const { truth, transform, spacing } = await read();
    const map = ({ matrix, offset }: { matrix: number[]; offset: number[] }, p: number[]): number[] =>
      [0, 1, 2].map((row) => offset[row]! + [0, 1, 2].reduce((sum, k) => sum + matrix[3 * row + k]! * p[k]!, 0));
    const turnBack = (m: { matrix: number[]; offset: number[] }, p: number[]): number[] => {
      const d = p.map((n, k) => n - m.offset[k]!);
      return [0, 1, 2].map((row) => [0, 1, 2].reduce((sum, k) => sum + m.matrix[3 * k + row]! * d[k]!, 0));
    };
    const [one, other] = [canvas("z", "fixed"), canvas("z", "moving")];
    const box = (await one.boundingBox())!;
    const pixel = Math.max((96 * spacing[1]!) / box.height, (120 * spacing[2]!) / box.width);
    const position = (p: number[]): { x: number; y: number } => ({
      x: (p[2]! / spacing[2]! - 59.5) * (spacing[2]! / pixel) + box.width / 2,
      y: (p[1]! / spacing[1]! - 47.5) * (spacing[1]! / pixel) + box.height / 2,
    });
    const places: [number, number, number][] = [
      [30, 40, 24],
      [70, 50, 24],
      [60, 85, 24],
      [25, 70, 24],
    ];
    for (const [y, x, z] of places) {
      const point = [z * spacing[0]!, y * spacing[1]!, x * spacing[2]!];
      const seen = turnBack(transform.steps[0]!, map(truth.steps[0]!, point));
      await one.click({ position: position(point) });
      await expect.poll(() => status().innerText(), patience).toContain("click the moving volume");
      await other.click({ position: position(seen) });
      await expect.poll(() => status().innerText(), patience).toContain("click the fixed volume");
    }
    expect((await read()).landmarks.fixed.length).toBe(4);
    await press("s");
    const solved = await read();
    expect(solved.transform.kind).toBe("rigid");
    // A click is exact to a pixel.
    expect(solved.residuals.rootMeanSquare!).toBeLessThan(1.5 * pixel);
    for (const [y, x, z] of places) {
      const point = [z * spacing[0]!, y * spacing[1]!, x * spacing[2]!];
      const [a, b] = [map(solved.transform.steps[0]!, point), map(solved.truth.steps[0]!, point)];
      expect(Math.hypot(...a.map((n, k) => n - b[k]!))).toBeLessThan(spacing[0]!);
    }
    expect(await page.locator("tr[data-pair]").count()).toBe(5);
    await press("w");
    await expect.poll(() => status().innerText(), patience).toContain("residual");
    await page.getByRole("button", { name: "delete landmark 4" }).click();
    expect((await read()).landmarks.fixed.length).toBe(3);
    await press("u");
    expect((await read()).landmarks.fixed.length).toBe(4);
    await press("g", "0");
    await drawn();
  });

  test("ways of comparing are seen: once aligned, the difference is dark", async () => {
    const mode = page.getByLabel("way of comparing (m)");
    await mode.selectOption("difference");
    await expect.poll(async () => (await read()).mode, patience).toBe("difference");
    await page.waitForTimeout(1000);
    const aligned = await brightness("z");
    await press("Shift+ArrowRight");
    await page.waitForTimeout(1000);
    // Noise alone makes most of the difference of two scans; measured 59 when aligned, 70 when ten voxels off.
    expect(await brightness("z")).toBeGreaterThan(1.1 * aligned);
    await press("u");
    const seen = new Set<number>();
    for (const name of ["cyan–magenta", "checkerboard", "curtain"]) {
      await mode.selectOption(name);
      // Until the next frame the picture is that of the way before.
      await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
      await drawn();
      seen.add(await brightness("z"));
    }
    expect(seen.size).toBe(3);
    await mode.selectOption("overlay");
  });

  test("a refinement that was given is a button, and what it finds is the transform", async () => {
    const before = await step();
    await page.getByRole("button", { name: /^makes the transform better/ }).click();
    await expect.poll(() => status().innerText(), patience).toBe("refined");
    expect((await step()).offset[0]! - before.offset[0]!).toBeCloseTo(1e-6, 12);
    await press("u");
  });

  test("a thin plate is solved when landmarks are not in a plane, and drawn; handles say why they do nothing", async () => {
    await page.getByRole("button", { name: /may change: thin plate/ }).click();
    await expect.poll(() => status().innerText(), patience).toContain("4 fixed ones lie in a plane");
    await press("PageUp", "PageUp", "PageUp", "PageUp", "PageUp", "PageUp", "Shift+L");
    await page.locator('tr[data-pair="4"]').waitFor();
    await press("Shift+L");
    await expect.poll(async () => (await read()).landmarks.fixed.length, patience).toBe(5);
    await press("s");
    expect((await read()).transform.kind).toBe("thin plate");
    await page.waitForTimeout(1500);
    await drawn();
    await drag("z", [0.5, 0.5], [0.6, 0.5]);
    await expect.poll(() => status().innerText(), patience).toContain("moved by its landmarks only");
    await press("u", "0");
    expect((await read()).transform.kind).toBe("rigid");
  });

  test("the cursor is that of the slices of the fixed volume, wherever it is moved", async () => {
    const linked = await lab.open([VOLUMES, LINKED, READ_CURSORS], { width: 1280, height: 1700 });
    for (const k of [0, 1]) await linked.run(k);
    const { page: other } = linked;
    const both = {
      alignment: other.locator("canvas[data-axis=z][data-side=both]"),
      slices: other.locator("canvas[data-axis=z]:not([data-side])"),
    };
    await other.locator(".voxbook-readout", { hasText: "grey" }).waitFor();
    const cursors = async (): Promise<{ planes: number[]; aligned: number[] }> => {
      await other.waitForTimeout(600);
      await linked.run(2);
      const text = await linked.output(2);
      return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)) as Awaited<
        ReturnType<typeof cursors>
      >;
    };
    for (const [name, button, x, y] of [
      ["alignment", "right", 0.3, 0.6],
      ["slices", "left", 0.7, 0.4],
    ] as const) {
      const box = (await both[name].boundingBox())!;
      await both[name].click({ button, position: { x: x * box.width, y: y * box.height } });
      const { planes, aligned } = await cursors();
      expect(aligned).toEqual(planes);
      expect(Math.abs(planes[2]! - x * 120)).toBeLessThanOrEqual(1.5);
      expect(Math.abs(planes[1]! - y * 96)).toBeLessThanOrEqual(1.5);
    }
    await other.close();
  });
});
