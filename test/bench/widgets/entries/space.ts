/** A large volume in space: its first image, what it takes of a graphics card, and how evenly it turns without one. */
import type { Page } from "playwright-core";
import { dragged, round } from "../dragging.js";
import type { Bench, Row } from "../entry.js";
import { toPixels } from "../first-pixels.js";

/**
 * Colours of a picture, at least: the ground is one. The first is made of the means of bricks, which are nearly the same in this volume, so
 * that only its faces differ; then one of 64³ blocks comes.
 */
const [MEANS, BLOCKS] = [8, 100];

/** Run before: a kernel has checked its first cell and loaded the library. */
const IMPORTS = `import { open } from "voxbook";
import { volume3d } from "voxbook/widgets";`;
const showing = (path: string): string =>
  `await volume3d(await open(${JSON.stringify(path)}), { thresholds: [24000, 31000] })`;

/**
 * Remembers how many colours have been seen on each canvas of a view in space. What WebGL has drawn is gone after its frame, so it is looked at in
 * the same task, behind each function that a frame calls.
 */
const WATCHED = `(() => {
  const seen = (window.coloursInSpace = new WeakMap());
  const small = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
  const context = small.getContext("2d", { willReadFrequently: true });
  function coloursOf(canvas) {
    if (canvas.width === 0 || canvas.height === 0) return 0;
    context.clearRect(0, 0, 64, 48);
    context.drawImage(canvas, 0, 0, 64, 48);
    return new Set(new Uint32Array(context.getImageData(0, 0, 64, 48).data.buffer)).size;
  }
  const ask = window.requestAnimationFrame;
  window.requestAnimationFrame = (call) => ask.call(window, (now) => {
    call(now);
    for (const canvas of document.querySelectorAll(".voxbook-space canvas:not([data-layer])")) {
      const before = seen.get(canvas) ?? 0;
      if (before <= ${BLOCKS}) seen.set(canvas, Math.max(before, coloursOf(canvas)));
    }
  });
})()`;

/** Whether one of the canvases, that of the processor or that of WebGL, has shown more colours than these. */
const shows = (colours: number): string =>
  `(canvases) => canvases.some((canvas) => window.coloursInSpace.get(canvas) > ${colours})`;

interface Shown {
  readonly page: Page;
  /** Milliseconds from the keys that run the cell, which opens the file, too. The first one loads the code for volumes in space into the page. */
  readonly first: readonly number[];
  readonly blocks: readonly number[];
}

function shown(bench: Bench): Promise<Shown> {
  return bench.once("in space", async () => {
    const { path } = await bench.volume();
    const { page, run } = await (await bench.labWithWebgl()).open([IMPORTS, showing(path)], {
      width: 1280,
      height: 1100,
    });
    await run(0);
    await page.evaluate(WATCHED);
    const times = async (colours: number): Promise<number[]> => {
      const found: number[] = [];
      for (let k = 0; k < (bench.quick ? 3 : 5); k++) {
        // Kernel and page rest: without the view its sharp level is not loaded any more.
        await page.evaluate(`window.jupyterapp.commands.execute("notebook:clear-all-cell-outputs")`);
        await page.waitForTimeout(2000);
        found.push(await toPixels(page, shows(colours), 1));
      }
      return found;
    };
    return { page, first: await times(MEANS), blocks: await times(BLOCKS) };
  });
}

async function turned(bench: Bench, mode: "composite" | "mip"): Promise<number[]> {
  const { page } = await shown(bench);
  await page.locator('.voxbook[data-level=sharp][data-card*="SwiftShader"]').waitFor({ timeout: 120_000 });
  await page.getByLabel("how voxels are shown (m)").selectOption(mode);
  await page.waitForTimeout(3000);
  return dragged(page, ".voxbook-space", round([0.4, 0.5], 0.15, bench.quick ? 20 : 60));
}

/**
 * Counts the bytes of textures with three dimensions, and makes the view believe in a graphics card: without one it takes a small
 * part of the budget. Textures are made as they would be; nothing is drawn out of them, which would take minutes.
 */
const COUNTED = `(() => {
  const { prototype } = WebGL2RenderingContext;
  const { getParameter, texStorage3D, texImage3D, bindTexture, deleteTexture } = prototype;
  const RENDERER = 0x9246;
  prototype.getParameter = function (name) {
    return name === RENDERER ? "a graphics card" : getParameter.call(this, name);
  };
  for (const name of ["drawArrays", "drawElements", "drawArraysInstanced", "drawElementsInstanced"]) prototype[name] = () => {};
  const sizes = { [prototype.R8]: 1, [prototype.RG8]: 2, [prototype.RGBA8]: 4, [prototype.R16F]: 2, [prototype.R32F]: 4 };
  const bytes = new Map();
  const bound = new WeakMap();
  window.textures = { now: 0, most: 0 };
  const count = (context, format, ...edges) => {
    if (sizes[format] === undefined) throw new Error("a texture of the format " + format + ", whose bytes are not known");
    bytes.set(bound.get(context), edges.reduce((all, n) => all * n, sizes[format]));
    sum();
  };
  const sum = () => {
    const now = [...bytes.values()].reduce((all, n) => all + n, 0);
    window.textures = { now, most: Math.max(window.textures.most, now) };
  };
  prototype.bindTexture = function (target, texture) {
    if (target === this.TEXTURE_3D) bound.set(this, texture);
    return bindTexture.call(this, target, texture);
  };
  prototype.deleteTexture = function (texture) {
    bytes.delete(texture);
    sum();
    return deleteTexture.call(this, texture);
  };
  prototype.texStorage3D = function (target, levels, format, ...edges) {
    count(this, format, ...edges);
    return texStorage3D.call(this, target, levels, format, ...edges);
  };
  prototype.texImage3D = function (target, level, format, width, height, depth, ...rest) {
    count(this, format, width, height, depth);
    return texImage3D.call(this, target, level, format, width, height, depth, ...rest);
  };
})()`;

async function textures(bench: Bench): Promise<number[]> {
  const { path } = await bench.volume();
  const { page, run } = await (await bench.labWithWebgl()).open([IMPORTS, showing(path)]);
  await run(0);
  await page.evaluate(COUNTED);
  await run(1);
  await page.locator('.voxbook[data-level=sharp][data-card="a graphics card"]').waitFor({ timeout: 120_000 });
  await page.waitForTimeout(2000);
  const { most } = await page.evaluate<{ most: number }>("window.textures");
  await page.close();
  return [most];
}

export const rows: readonly Row[] = [
  {
    name: "3D: first image from a volume file",
    unit: "ms",
    goal: 1000,
    measure: async (bench) => (await shown(bench)).first,
  },
  {
    name: "3D: image of 64³ blocks from a volume file",
    unit: "ms",
    measure: async (bench) => (await shown(bench)).blocks,
  },
  {
    name: "3D turned in software, composite with light: frame interval",
    unit: "ms",
    measure: (bench) => turned(bench, "composite"),
  },
  { name: "3D turned in software, MIP: frame interval", unit: "ms", measure: (bench) => turned(bench, "mip") },
  {
    name: "3D: textures where there is a card",
    unit: "bytes",
    goal: 512 * 2 ** 20,
    statistic: "max",
    measure: textures,
  },
];
