/** Many widgets in a notebook, and a cell that is run again and again. */
import type { CDPSession } from "playwright-core";
import type { Bench, Row } from "../entry.js";

const SCAN = `import { samples } from "voxbook";
import { slices } from "voxbook/widgets";
const scan = await samples.electrode({ shape: [32, 48, 64] });`;
const WIDGETS = 40;

interface Many {
  readonly blank: number;
  readonly contexts: number;
}

/** Scrolls through the notebook and back, and looks at each view that is on the screen. */
function many(bench: Bench): Promise<Many> {
  return bench.once("many", async () => {
    const lab = await bench.labWithWebgl();
    const cells = [SCAN, ...Array.from({ length: WIDGETS }, (_, k) => `await slices(scan, { title: "view ${k}" })`)];
    const notebook = await lab.open(cells, { width: 1280, height: 1100 });
    const { page } = notebook;
    await page.evaluate(`(() => {
      window.contexts = 0;
      localStorage.setItem("voxbook.renderer", "webgl");
      for (const { prototype } of [HTMLCanvasElement, OffscreenCanvas]) {
        const get = prototype.getContext;
        const known = new WeakSet();
        prototype.getContext = function (kind, ...rest) {
          const made = get.call(this, kind, ...rest);
          if (kind.startsWith("webgl") && made !== null && !known.has(this)) {
            known.add(this);
            window.contexts++;
          }
          return made;
        };
      }
    })()`);
    await notebook.run(0);
    await page.evaluate(`window.jupyterapp.commands.execute("notebook:run-all-cells")`);
    await page.waitForFunction(
      `window.jupyterapp.shell.currentWidget.content.widgets.filter((cell) => cell.model.executionCount).length === ${WIDGETS + 1}`,
      undefined,
      { timeout: 120_000 },
    );
    return page.evaluate<Many>(`(async () => {
      const pause = (ms) => new Promise((done) => setTimeout(done, ms));
      const { content } = window.jupyterapp.shell.currentWidget;
      const blank = new Set();
      const look = async (k) => {
        await content.scrollToItem(k, "center");
        const begin = performance.now();
        const found = () => {
          const { node } = content.widgets[k];
          const canvases = [...node.querySelectorAll(".voxbook-panes canvas[data-plane]")];
          return canvases.length === 3 && canvases.every((canvas) => {
            if (canvas.width === 0 || canvas.height === 0) return false;
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const values = new Set();
            for (let n = 0; n < data.length; n += 44) values.add(data[n]);
            return values.size > 20;
          });
        };
        while (!found() && performance.now() - begin < 4000) await pause(30);
        if (!found()) blank.add(k);
      };
      for (let k = 1; k <= ${WIDGETS}; k += ${bench.quick ? 5 : 1}) await look(k);
      for (let k = ${WIDGETS}; k >= 1; k -= 7) await look(k);
      return { blank: blank.size, contexts: window.contexts };
    })()`);
  });
}

interface Leak {
  readonly page: number;
  readonly kernel: number;
}

const MEMORY = `const { setFlagsFromString } = await import("node:v8");
setFlagsFromString("--expose-gc");
const collect = (await import("node:vm")).runInNewContext("gc") as () => void;
const used = () => { collect(); const { heapUsed, arrayBuffers } = process.memoryUsage(); return "used " + (heapUsed + arrayBuffers); };`;

async function heap(session: CDPSession): Promise<number> {
  for (let k = 0; k < 3; k++) await session.send("HeapProfiler.collectGarbage");
  return (await session.send("Runtime.getHeapUsage")).usedSize;
}

/** Runs a cell a hundred times, and compares what page and kernel hold before and after. */
function leak(bench: Bench): Promise<Leak> {
  return bench.once("leak", async () => {
    const notebook = await bench.notebook("again", [SCAN, MEMORY, "await slices(scan)", "used()"]);
    const { page } = notebook;
    const session = await page.context().newCDPSession(page);
    await session.send("HeapProfiler.enable");
    const kernel = async (): Promise<number> => {
      await notebook.run(3);
      return Number(/used (\d+)/.exec(await notebook.output(3))![1]);
    };
    const runs = (times: number): Promise<unknown> =>
      page.evaluate(`(async () => {
        const { content, sessionContext } = window.jupyterapp.shell.currentWidget;
        const cell = content.widgets[2];
        for (let k = 0; k < ${times}; k++) {
          content.activeCellIndex = 2;
          await window.jupyterapp.commands.execute("notebook:run-cell");
          while (!cell.node.querySelector('canvas[data-plane]:not([data-plane=""])')) await new Promise(requestAnimationFrame);
        }
        await new Promise((done) => setTimeout(done, 1000));
      })()`);
    await runs(10);
    const before = { page: await heap(session), kernel: await kernel() };
    await runs(bench.quick ? 20 : 100);
    const after = { page: await heap(session), kernel: await kernel() };
    const scale = bench.quick ? 5 : 1;
    return { page: scale * (after.page - before.page), kernel: scale * (after.kernel - before.kernel) };
  });
}

const LEAK = 10 * 2 ** 20;

export const rows: readonly Row[] = [
  {
    name: "40 widgets: blank after scrolling",
    unit: "widgets",
    goal: 0,
    statistic: "max",
    measure: async (bench) => [(await many(bench)).blank],
  },
  {
    name: "40 widgets: WebGL contexts of slices",
    unit: "contexts",
    goal: 1,
    statistic: "max",
    measure: async (bench) => [(await many(bench)).contexts],
  },
  {
    name: "100 runs of a cell: left in the page",
    unit: "bytes",
    goal: LEAK,
    statistic: "max",
    measure: async (bench) => [(await leak(bench)).page],
  },
  {
    name: "100 runs of a cell: left in the kernel",
    unit: "bytes",
    goal: LEAK,
    statistic: "max",
    measure: async (bench) => [(await leak(bench)).kernel],
  },
];
