/** A run in a process of its own, to be killed: `node long-run.mjs SCAN RESULT LIMIT RECIPE` tells on stdout what it has done. */
import { readFileSync, writeSync } from "node:fs";
import { pool } from "#src/compute/pool.js";
import { open, recipe } from "#src/index.js";

const [scan, to, memoryLimit, steps] = process.argv.slice(2);
// Written at once: what a killed process still had to write would be lost.
const tell = (line) => writeSync(1, `${JSON.stringify(line)}\n`);
const chain = await recipe(JSON.parse(steps));
const volume = await open(scan);
tell({ opened: true });
let now = { pass: "", before: 0, resumed: 0 };
await chain.run(volume, {
  to,
  memoryLimit: Number(memoryLimit),
  onProgress: ({ operation, done, total }) => {
    const { started, finished, stored } = pool.counters;
    if (operation !== now.pass) now = { pass: operation, before: finished, resumed: 0 };
    // Bricks of an earlier run are counted before the first one is computed.
    if (finished === now.before) now.resumed = done;
    // The brick that this tells of is written, and counted as stored in a moment.
    else tell({ pass: operation, done, total, resumed: now.resumed, open: started - stored - 1 });
  },
});
const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
tell({ peak: 1024 * Number(peak[1]) });
