/** Slices while a cell awaits a long job of the pool. */

import type { Row } from "../entry.js";
import type { Scroll } from "./scroll.js";
import { scrolled } from "./scroll.js";

export const rows: readonly Row[] = [
  {
    name: "slices while a cell awaits a job: input to pixel",
    unit: "ms",
    goal: 50,
    async measure(bench) {
      const { path, edge } = await bench.volume();
      const at = Math.floor(0.41 * edge);
      const notebook = await bench.notebook("busy", [
        `import { gaussian, median, open, samples } from "voxbook";
import { slices } from "voxbook/widgets";
const scan = await open(${JSON.stringify(path)});
await slices(scan, { cursor: [${at}, ${at}, ${at}], window: [0, 65535] })`,
        "const block = await samples.electrode({ shape: [192, 384, 384] });",
      ]);
      const { page } = notebook;
      await page.locator(".voxbook-readout", { hasText: "grey" }).waitFor({ timeout: 30_000 });
      const { kernel } = { kernel: "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel" };
      // One thread less than the machine has: the browser runs on it, too.
      const code = "await median(block, { radius: 8, workers: 1 })";
      await page.evaluate(`void (window.job = ${kernel}.requestExecute({ code: ${JSON.stringify(code)} }).done)`);
      await page.waitForTimeout(2000);
      const { latencies } = await page.evaluate<Scroll>(scrolled("z", at, bench.quick ? 40 : 120));
      const running = await page.evaluate<boolean>(
        "Promise.race([window.job.then(() => false), new Promise((done) => setTimeout(done, 50, true))])",
      );
      await page.evaluate(`${kernel}.interrupt()`);
      if (!running) throw new Error("the job ended before the measuring did");
      return latencies;
    },
  },
];
