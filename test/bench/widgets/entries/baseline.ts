/** What the machine itself takes: an empty round trip over a comm, and the drawing of an empty canvas. */

import type { Row } from "../entry.js";
import { IN_PAGE } from "../in-page.js";
import { CONTROL, roundTrips } from "./control.js";

export const rows: readonly Row[] = [
  {
    name: "baseline: frame interval of a page at rest",
    unit: "ms",
    async measure(bench) {
      const { page } = await bench.notebook("control", [CONTROL]);
      return page.evaluate<number[]>(`(async () => {
        ${IN_PAGE}
        const times = [];
        let before = await frame();
        for (let k = 0; k < ${3 * bench.samples}; k++) {
          const now = await frame();
          times.push(now - before);
          before = now;
        }
        return times;
      })()`);
    },
  },
  {
    name: "baseline: empty canvas, to draw and to read a pixel",
    unit: "ms",
    async measure(bench) {
      const { page } = await bench.notebook("control", [CONTROL]);
      return page.evaluate<number[]>(`(async () => {
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 1024;
        const context = canvas.getContext("2d", { alpha: false });
        const times = [];
        for (let k = 0; k < ${bench.samples}; k++) {
          const begin = performance.now();
          context.putImageData(new ImageData(1024, 1024), 0, 0);
          context.getImageData(k, k, 1, 1);
          times.push(performance.now() - begin);
        }
        return times;
      })()`);
    },
  },
  {
    name: "baseline: empty comm round trip",
    unit: "ms",
    measure: async (bench) => (await roundTrips(bench)).empty,
  },
];
