/** Table, labels and plot in real JupyterLab: one selection by lasso, span, row and voxel, seen in the slices and read in a cell. */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabSession, type OpenNotebook } from "../support/lab.js";
import { lacks } from "../support/require.js";

const LABELS = `import { particles, samples, separateParticles } from "voxbook";
import { slices, tableOf, together } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [40, 80, 100] });
const separated = await separateParticles(scan.truth!, { phase: "active material", h: 2 });
const grains = await particles(separated);
grains.numRows`;
const SHOW = `const planes = await slices(scan, { labels: separated });
const table = await tableOf(grains, { labels: separated, scan, x: "equivalent diameter", y: "voxels", log: ["y"] });
together(planes, table)`;
const READ = `JSON.stringify({ selected: [...table.selected], rows: grains.numRows, groups: Object.keys(table.groups),
  diameter: [...table.selectedRows.getChild("equivalent diameter")!.toArray()],
  all: [...grains.getChild("equivalent diameter")!.toArray()] })`;

interface Read {
  selected: number[];
  rows: number;
  groups: string[];
  diameter: number[];
  all: number[];
}

/** A busy machine takes its time. */
const patience = { timeout: 15_000 };

describe.skipIf(lacks("chromium") || lacks("python"))("in JupyterLab", () => {
  let lab: LabSession;
  let notebook: OpenNotebook;
  let page: Page;
  beforeAll(async () => {
    // By the processor, unless a test has chosen otherwise.
    const init = `try { localStorage["voxbook.renderer"] ??= "cpu" } catch {}`;
    lab = await LabSession.start({ webgl: true, init });
    notebook = await lab.open([LABELS, SHOW, READ], { width: 1280, height: 1700 });
    page = notebook.page;
    await notebook.run(0);
    await notebook.run(1);
    await page.locator(".voxbook-readout", { hasText: "grey" }).waitFor();
    await page.locator(".voxbook-grid [role=gridcell]").first().waitFor();
    await status().filter({ hasText: "median" }).waitFor();
  });
  afterAll(() => lab?.stop());

  const status = (): Locator => page.locator(".voxbook-table > .voxbook-readout");
  const plot = (k: number): Locator => page.locator(".voxbook-table-plot canvas").nth(k);
  const grid = (): Locator => page.locator(".voxbook-grid");
  const canvas = (axis: string): Locator => page.locator(`canvas[data-axis=${axis}]`);
  const button = (name: string): Promise<void> => page.locator(".voxbook-table").getByRole("button", { name }).click();
  const read = async (): Promise<Read> => {
    await page.waitForTimeout(500);
    await notebook.run(2);
    const text = await notebook.output(2);
    return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)) as Read;
  };
  /** Drags over an element along fractions of its width and height. */
  async function drag(over: Locator, way: readonly (readonly [number, number])[]): Promise<void> {
    const box = (await over.boundingBox())!;
    const at = ([x, y]: readonly [number, number]): [number, number] => [box.x + x * box.width, box.y + y * box.height];
    await page.mouse.move(...at(way[0]!));
    await page.mouse.down();
    for (const corner of way.slice(1)) await page.mouse.move(...at(corner), { steps: 5 });
    await page.mouse.up();
  }
  /** Shares of the pixels of the plane across z that are coloured, and white as the edges of what is selected are. */
  const lit = (): Promise<{ colour: number; white: number }> =>
    page.evaluate(`(async () => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const canvas = document.querySelector("canvas[data-axis=z]");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let [colour, white] = [0, 0];
      for (let k = 0; k < data.length; k += 4) {
        const [r, g, b] = [data[k], data[k + 1], data[k + 2]];
        if (r === 255 && g === 255 && b === 255) white++;
        else if (Math.max(r, g, b) - Math.min(r, g, b) > 12) colour++;
      }
      return { colour: (4 * colour) / data.length, white: (4 * white) / data.length };
    })()`);

  /** Around the upper right half of the plot: the large ones. */
  const lasso = (): Promise<void> =>
    drag(plot(0), [
      [0.55, 0.03],
      [0.97, 0.03],
      [0.97, 0.6],
      [0.55, 0.6],
    ]);
  /** What the first lasso has lit, as the processor draws it. */
  let byProcessor: Awaited<ReturnType<typeof lit>>;

  test("a lasso lights grains in the slices, and a cell reads which", async () => {
    const before = await lit();
    expect(before.colour).toBeGreaterThan(0.2);
    await lasso();
    await expect.poll(async () => (await lit()).white, patience).toBeGreaterThan(0.005);
    byProcessor = await lit();
    const { selected, rows, diameter, all } = await read();
    expect(selected.length).toBeGreaterThan(0);
    expect(selected.length).toBeLessThan(rows);
    // Of a column against its own third power the lasso takes the largest.
    const largest = [...all].sort((a, b) => b - a).slice(0, selected.length);
    expect([...diameter].sort((a, b) => b - a)).toEqual(largest);
    expect(await status().innerText()).toContain(`${selected.length} of`);
  });

  test("it is taken back and done again by the buttons", async () => {
    const { selected } = await read();
    await page.locator(".voxbook-table").getByRole("button", { name: "take back" }).click();
    await expect.poll(() => status().innerText(), patience).not.toContain("selected");
    expect((await read()).selected).toEqual([]);
    expect((await lit()).white).toBeLessThan(0.005);
    await page.locator(".voxbook-table").getByRole("button", { name: "do it again" }).click();
    await expect.poll(() => status().innerText(), patience).toContain("selected");
    expect((await read()).selected).toEqual(selected);
  });

  test("a span of the histogram selects, Shift adds another, Alt takes away", async () => {
    await drag(plot(1), [
      [0.16, 0.5],
      [0.4, 0.5],
    ]);
    const small = (await read()).selected;
    await page.keyboard.down("Shift");
    await drag(plot(1), [
      [0.6, 0.5],
      [0.97, 0.5],
    ]);
    await page.keyboard.up("Shift");
    const both = (await read()).selected;
    expect(both.length).toBeGreaterThan(small.length);
    expect(both).toEqual(expect.arrayContaining(small));
    await page.keyboard.down("Alt");
    await drag(plot(1), [
      [0.6, 0.5],
      [0.97, 0.5],
    ]);
    await page.keyboard.up("Alt");
    expect((await read()).selected).toEqual(small);
  });

  test("a voxel that is clicked selects its row, which comes into sight", async () => {
    await page.locator(".voxbook[role=application]").focus();
    await page.keyboard.press("s");
    // Where a coloured pixel is.
    await button("select nothing");
    const at = await page.evaluate<[number, number]>(`(async () => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const canvas = document.querySelector("canvas[data-axis=z]");
      const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const coloured = (x, y) => {
        const k = 4 * (y * width + x);
        return Math.max(data[k], data[k + 1], data[k + 2]) - Math.min(data[k], data[k + 1], data[k + 2]) > 25;
      };
      for (let y = 30; y < height - 10; y++)
        for (let x = 10; x < width - 10; x++)
          if ([-6, 0, 6].every((dy) => [-6, 0, 6].every((dx) => coloured(x + dx, y + dy)))) return [x / width, y / height];
    })()`);
    const box = (await canvas("z").boundingBox())!;
    await page.mouse.click(box.x + at[0] * box.width, box.y + at[1] * box.height);
    const { selected } = await read();
    expect(selected.length).toBe(1);
    await expect.poll(() => grid().locator("[aria-selected=true]").count(), patience).toBe(1);
    expect(await grid().locator("[aria-selected=true] [role=gridcell]").nth(1).innerText()).toBe(String(selected[0]));
  });

  test("a row that is clicked lights its grain; keys move, extend and sort", async () => {
    await grid().evaluate((element) => {
      element.scrollTop = 0;
    });
    await page.waitForTimeout(200);
    const first = grid().locator('[aria-rowindex="2"]');
    await first.click();
    const label = Number(await first.locator("[role=gridcell]").nth(1).innerText());
    expect((await read()).selected).toEqual([label]);
    await grid().focus();
    await page.keyboard.press("Home");
    for (let k = 0; k < 3; k++) await page.keyboard.press("Shift+ArrowDown");
    expect((await read()).selected.length).toBe(4);
    // Along the columns to the diameter, which stands next to the label, and sort by it: the largest at the end.
    await grid().focus();
    for (let k = 0; k < 9; k++) await page.keyboard.press("ArrowLeft");
    for (let k = 0; k < 2; k++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("s");
    await expect
      .poll(
        () =>
          grid()
            .getByRole("columnheader", { name: /equivalent diameter/ })
            .getAttribute("aria-sort"),
        patience,
      )
      .toBe("ascending");
    await page.keyboard.press("s");
    await page.keyboard.press("Home");
    await page.keyboard.press("Space");
    const { selected, diameter, all } = await read();
    expect(selected.length).toBe(5);
    expect(Math.max(...diameter)).toBe(Math.max(...all));
  });

  test("only rows in sight are in the page", async () => {
    const { rows } = await read();
    expect(await grid().getAttribute("aria-rowcount")).toBe(String(rows + 1));
    expect(await grid().locator("[role=rowgroup] > [role=row]").count()).toBeLessThanOrEqual(13);
  });

  test("rows are there again after it was drawn where it is not seen, as in a tab", async () => {
    const cells = (): Promise<number> => grid().locator("[role=gridcell]").count();
    const before = await cells();
    await page.evaluate(`(async () => {
      const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const view = document.querySelector(".voxbook-table");
      view.style.display = "none";
      // In another theme it is drawn anew.
      document.body.setAttribute("data-jp-theme-name", document.body.getAttribute("data-jp-theme-name"));
      await frames();
      view.style.display = "";
      await frames();
    })()`);
    expect(await cells()).toBe(before);
    expect(before).toBeGreaterThan(0);
  });

  test("what is selected is kept under a name, and found again", async () => {
    const { selected } = await read();
    await page.getByLabel("name to keep the selection as").fill("<b>large</b>");
    await button("keep the selection under this name");
    await expect.poll(async () => (await read()).groups, patience).toEqual(["<b>large</b>"]);
    await button("select nothing");
    expect((await read()).selected).toEqual([]);
    await page.getByLabel("select what is kept").selectOption("<b>large</b>");
    await expect.poll(() => status().innerText(), patience).toContain(`${selected.length} of`);
    expect((await read()).selected).toEqual(selected);
  });

  test("a cell selects, and the page follows", async () => {
    await page.locator(".jp-Notebook .jp-CodeCell").nth(2).locator(".cm-content").click();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("table.select([grains.getChild('label').get(0)])");
    await notebook.run(2);
    await expect.poll(() => status().innerText(), patience).toMatch(/^1 of/);
  });

  test("where the graphics card draws, a lasso sends it what is selected and no plane, and lights the same", async () => {
    notebook = await lab.open([LABELS, SHOW], { width: 1280, height: 1700 });
    page = notebook.page;
    await page.evaluate(`(() => {
      localStorage["voxbook.renderer"] = "webgl";
      window.told = { uploads: [], drawn: 0 };
      const { texImage2D, drawArrays } = WebGL2RenderingContext.prototype;
      Object.assign(WebGL2RenderingContext.prototype, {
        texImage2D(...all) { window.told.uploads.push(all.at(-1).byteLength); return texImage2D.apply(this, all); },
        drawArrays(...all) { window.told.drawn++; return drawArrays.apply(this, all); },
      });
    })()`);
    const told = (): Promise<{ uploads: number[]; drawn: number }> => page.evaluate("window.told");
    await notebook.run(0);
    await notebook.run(1);
    await status().filter({ hasText: "median" }).waitFor();
    for (const axis of ["z", "y", "x"]) await page.locator(`canvas[data-axis=${axis}][data-exact=true]`).waitFor();
    // The card takes over when its code has come: with the next colours.
    await lasso();
    await expect.poll(async () => (await told()).drawn, patience).toBeGreaterThan(2);
    await button("select nothing");
    await expect.poll(async () => (await lit()).white, patience).toBeLessThan(0.005);
    const before = await told();
    await lasso();
    await expect.poll(async () => (await lit()).white, patience).toBeGreaterThan(0.005);
    const after = await told();
    expect(after.drawn).toBeGreaterThan(before.drawn);
    // A row of a byte a label.
    expect(new Set(after.uploads.slice(before.uploads.length))).toEqual(new Set([2048]));
    const found = await lit();
    expect(found.white).toBeCloseTo(byProcessor.white, 4);
    expect(found.colour).toBeCloseTo(byProcessor.colour, 4);
  });
});
