/** Slices drawn by WebGL2 and by the processor, on a bare page: the same pixels, scene by scene, and none of them blank. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium as driver, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromium, lacks, root } from "../support/require.js";

const ORIGIN = "http://voxbook.test";
const SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

/** What a page finds of two pictures. */
interface Difference {
  readonly name: string;
  /** Of any channel of any pixel. */
  readonly most: number;
  /** Standard deviation of the channels of the processor's picture. */
  readonly contrast: number;
  /** Whether the card has drawn. */
  readonly drawn: boolean;
}

/** In the page: planes of all types, with numbers from a seed. */
const PLANES = `
  const { DTYPES } = await import("/src/core/dtype.js");
  const { PALETTE } = await import("/src/core/phases.js");
  const { drawPlane } = await import("/widgets/draw/colours.js");
  let seed = 7;
  const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  // Odd sides: rows of no round number of bytes.
  const [width, height] = [53, 37];
  const planeOf = (layer, dtype, value) => ({
    layer, axis: "z", index: 0, level: 0, planes: 1, mode: "mean", dtype, width, height,
    values: DTYPES[dtype].array.from({ length: width * height }, (_, k) => value(k % width, Math.floor(k / width))),
  });
  const difference = (name, a, b, drawn) => {
    let [most, sum, squares] = [0, 0, 0];
    for (let k = 0; k < a.length; k++) {
      if (k % 4 === 3) continue;
      most = Math.max(most, Math.abs(a[k] - b[k]));
      sum += a[k];
      squares += a[k] ** 2;
    }
    const n = a.length * 3 / 4;
    return { name, most, contrast: Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2)), drawn };
  };
  const phases = (n) => Array.from({ length: n }, (_, k) => ({ label: k, name: "phase " + k, colour: PALETTE[k % PALETTE.length] }));
`;

const SCENES = `(async () => {
  ${PLANES}
  const { Renderer } = await import("/widgets/view/slices/gl/renderer.js");
  const renderer = new Renderer();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const found = [];
  const compare = (name, painted) => {
    const { plane, over, look } = painted;
    const wanted = drawPlane(plane.values, plane.dtype, look, new Uint8ClampedArray(4 * width * height), over);
    context.clearRect(0, 0, width, height);
    const drawn = renderer.paint(painted, context);
    found.push(difference(name, wanted, context.getImageData(0, 0, width, height).data, drawn));
  };
  // The middle of a type's values, and how far the scene reaches.
  const RANGES = { uint8: [0, 255], int8: [-128, 127], uint16: [0, 65535], int16: [-32768, 32767],
    uint32: [4294000000, 4294967295], int32: [-2147483648, 2147483647], float32: [-1.5, 2.5] };
  for (const [dtype, [low, high]] of Object.entries(RANGES)) {
    const odd = (k) => dtype !== "float32" ? undefined : [NaN, Infinity, -Infinity, -0][k];
    const grey = planeOf("grey", dtype, (x, y) => (y === 0 ? odd(x) : undefined) ?? low + (high - low) * ((x / width + random()) / 2));
    const [a, b] = [low + 0.3 * (high - low), low + 0.6 * (high - low)];
    const looks = {
      "a wide window": { window: [low, high], thresholds: [], phases: [], opacity: 0.4 },
      "a narrow window with fractions": { window: [a + 0.37, b + 0.11], thresholds: [], phases: [], opacity: 0.4 },
      "two thresholds": { window: [low, high], thresholds: [a, b], phases: phases(3), opacity: 0.4 },
      "a threshold at a value": { window: [low, high], thresholds: [grey.values[200]], phases: phases(2), opacity: 1 },
      "thresholds beyond all values": { window: [low, high], thresholds: [low - (high - low), b, high + (high - low)], phases: phases(4), opacity: 0.7 },
      "fewer colours than phases": { window: [low, high], thresholds: [a, b], phases: phases(2), opacity: 0.5 },
      "thresholds under no opacity": { window: [low, high], thresholds: [a], phases: phases(2), opacity: 0 },
    };
    for (const [name, look] of Object.entries(looks)) compare(dtype + ", " + name, { plane: grey, look });
    for (const labelType of ["uint8", "int8", "uint16", "int32", "uint32"]) {
      const most = DTYPES[labelType].max;
      const labels = planeOf("labels", labelType, (x, y) => [0, 1, 2, 5, most][(Math.floor(x / 7) + 2 * Math.floor(y / 5)) % 5]);
      const over = (table) => ({ values: labels.values, phases: table, width });
      for (const outline of [false, true]) {
        const look = { window: [low, high], thresholds: [a], phases: phases(4), opacity: 0.6, outline };
        const more = labelType + " labels" + (outline ? " in outline" : "");
        compare(dtype + " under " + more, { plane: grey, over: over(look.phases), overFrom: labels, look });
        compare(dtype + " under numbered " + more, { plane: grey, over: over([]), overFrom: labels, look });
        // By label: nothing that is there, one, half of them, all, and tables that end before the largest label, or have no entry.
        const selections = { none: [0, 0, 0, 0, 0, 0], one: [0, 0, 1, 0, 0, 0], half: [1, 0, 1], all: Array(1024).fill(1), "no table": [] };
        for (const [name, selected] of Object.entries(selections)) {
          const lit = { ...look, lit: Uint8Array.from(selected) };
          compare(dtype + " under " + more + ", lit: " + name, { plane: grey, over: over(lit.phases), overFrom: labels, look: lit });
          compare(dtype + " under numbered " + more + ", lit: " + name, { plane: grey, over: over([]), overFrom: labels, look: lit });
        }
      }
    }
    for (const [fieldType, range] of [["float32", [-1, 1]], ["float32", [0.1, 0.30000001]], ["uint8", [10, 200]], ["int16", [-300, 7000]]]) {
      const [from, to] = range;
      const field = planeOf("field", fieldType, (x, y) =>
        fieldType === "float32" && y === 3 ? NaN : from + (to - from) * (1.2 * random() - 0.1));
      const look = { window: [low, high], thresholds: [a], phases: [], opacity: 0.8 };
      compare(dtype + " under a field of " + fieldType + " " + range, { plane: grey, over: { values: field.values, range }, overFrom: field, look });
    }
  }
  return found;
})()`;

/** In the page: what is selected of many labels, and what goes to the card while it changes. */
const SELECTED = `(async () => {
  ${PLANES}
  const { Renderer } = await import("/widgets/view/slices/gl/renderer.js");
  const uploads = [];
  const { texImage2D } = WebGL2RenderingContext.prototype;
  WebGL2RenderingContext.prototype.texImage2D = function (...all) {
    uploads.push(all.at(-1).byteLength);
    return texImage2D.apply(this, all);
  };
  const renderer = new Renderer();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const plane = planeOf("grey", "uint16", () => 40000 + 20000 * random());
  const labels = planeOf("labels", "uint32", (x, y) => 1 + 500 * (x >> 2) + 7000 * (y >> 2));
  const over = { values: labels.values, phases: [], width };
  const painted = (lit) => ({ plane, over, overFrom: labels,
    look: { window: [0, 65535], thresholds: [], phases: [], opacity: 0.6, lit } });
  const lit = (share) => Uint8Array.from({ length: 100000 }, () => Number(random() < share));
  const found = [0, 0.02, 0.5, 1].map((share) => {
    const scene = painted(lit(share));
    const wanted = drawPlane(plane.values, plane.dtype, scene.look, new Uint8ClampedArray(4 * width * height), over);
    uploads.push("paint");
    const drawn = renderer.paint(scene, context);
    return difference("a share of " + share, wanted, context.getImageData(0, 0, width, height).data, drawn);
  });
  const most = document.createElement("canvas").getContext("webgl2").getParameter(WebGL2RenderingContext.MAX_TEXTURE_SIZE);
  const tooMany = renderer.paint(painted(new Uint8Array(2048 * most + 1)), context);
  WebGL2RenderingContext.prototype.texImage2D = texImage2D;
  return { found, uploads: uploads.join(" ").split("paint").map((one) => one.trim()).slice(1), tooMany };
})()`;

/** In the page: whole panes at several zooms, first by the processor, then by the card. */
const PANES = `(async () => {
  ${PLANES}
  const { paint, painterName, tryCard } = await import("/widgets/view/slices/painter.js");
  const { PaneCanvas } = await import("/widgets/view/slices/pane.js");
  const grey = planeOf("grey", "uint16", (x, y) => 60000 * ((x * y) / (width * height) + random()) / 2);
  const look = { window: [0, 60000], thresholds: [20000], phases: phases(2), opacity: 0.5 };
  const marks = { lines: true, bar: true, name: true, shown: grey, curtain: 1, over: [] };
  const drawn = (zoom, axis) => {
    const pane = { axis, x: 0, y: 0, width: 211, height: 160 };
    const made = new PaneCanvas(pane, [37, 37, 53], null);
    made.place(pane);
    const plane = { ...grey, axis, values: grey.values.slice(0, axis === "x" ? 37 * 37 : undefined), width: axis === "x" ? 37 : 53 };
    made.draw([{ plane, look }], { scale: 3.1, zoom, centre: [18, 19, 26.5] }, [18, 19, 20], { ...marks, shown: plane });
    return made.canvas.getContext("2d").getImageData(0, 0, made.canvas.width, made.canvas.height).data;
  };
  const cases = [0.25, 1, 3.7, 16].flatMap((zoom) => ["z", "y", "x"].map((axis) => [zoom, axis]));
  const before = cases.map(([zoom, axis]) => drawn(zoom, axis));
  localStorage.setItem("voxbook.renderer", "webgl");
  await tryCard();
  const name = painterName();
  return cases.map(([zoom, axis], k) => difference(axis + " at zoom " + zoom, before[k], drawn(zoom, axis), name !== "processor"));
})()`;

const LOST = `(async () => {
  ${PLANES}
  const { Renderer } = await import("/widgets/view/slices/gl/renderer.js");
  const renderer = new Renderer();
  const context = document.createElement("canvas").getContext("2d");
  const plane = planeOf("grey", "uint8", (x) => x);
  const painted = { plane, look: { window: [0, 60], thresholds: [], phases: [], opacity: 0 } };
  const first = renderer.paint(painted, context);
  renderer.dispose();
  return [first, renderer.paint(painted, context)];
})()`;

describe.skipIf(lacks("chromium"))("on a page with WebGL2", () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    const args = ["--no-sandbox", "--disable-dev-shm-usage", ...SOFTWARE_GL];
    browser = await driver.launch({ executablePath: chromium()!, args });
    page = await browser.newPage();
    await page.route(`${ORIGIN}/**`, (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === "/")
        return route.fulfill({ contentType: "text/html", body: "<!doctype html><title>twin</title>" });
      const body = readFileSync(join(root, "dist", pathname));
      return route.fulfill({ contentType: "text/javascript", body });
    });
    await page.goto(`${ORIGIN}/`);
  });
  afterAll(() => browser?.close());

  function same(found: readonly Difference[]): void {
    expect(found.filter(({ drawn }) => !drawn)).toEqual([]);
    expect(found.filter(({ most }) => !(most <= 1))).toEqual([]);
    expect(found.filter(({ contrast }) => !(contrast > 5))).toEqual([]);
  }

  test("every type of voxel looks the same under every look, under labels and under fields", async () => {
    const found = await page.evaluate<Difference[]>(SCENES);
    expect(found.length).toBeGreaterThan(200);
    same(found);
  });

  test("what is selected of many labels looks the same; while that changes a byte a label goes to the card", async () => {
    const { found, uploads, tooMany } = await page.evaluate<{
      found: Difference[];
      uploads: string[];
      tooMany: boolean;
    }>(SELECTED);
    same(found);
    const table = String(2048 * Math.ceil(100_000 / 2048));
    expect(uploads.slice(1)).toEqual([table, table, table]);
    // Of the first one the planes and the colours, too.
    expect(uploads[0]!.split(" ").length).toBeGreaterThan(3);
    expect(tooMany).toBe(false);
  });

  test("panes look the same at every zoom", async () => {
    const found = await page.evaluate<Difference[]>(PANES);
    expect(found.length).toBe(12);
    same(found);
  });

  test("a context that is lost leaves the drawing to the processor", async () => {
    expect(await page.evaluate(LOST)).toEqual([true, false]);
  });
});
