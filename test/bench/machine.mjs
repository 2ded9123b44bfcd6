/** What the machine can do, and what a run takes of it. */
import { setFlagsFromString } from "node:v8";
import vm from "node:vm";
import { Worker } from "node:worker_threads";
import { pool } from "../../dist/src/compute/pool.js";

setFlagsFromString("--expose-gc");
const collect = /** @type {() => void} */ (vm.runInNewContext("gc"));

const COPIES = 6;
const COPIED_BYTES = 2 ** 27;
const COPYING = `
const { parentPort } = require("node:worker_threads");
const from = new Uint8Array(${COPIED_BYTES}).fill(1), to = new Uint8Array(${COPIED_BYTES}).fill(2);
parentPort.once("message", () => {
  for (let k = 0; k < ${COPIES}; k++) to.set(from);
  parentPort.postMessage("done");
  parentPort.close();
});
parentPort.postMessage("ready");`;

/** Bytes that two threads together read and write in a second while they copy what no cache holds. */
export async function memoryBandwidth() {
  const workers = [0, 1].map(() => new Worker(COPYING, { eval: true }));
  const heard = () => Promise.all(workers.map((worker) => new Promise((settle) => worker.once("message", settle))));
  await heard();
  const begin = performance.now();
  const done = heard();
  for (const worker of workers) worker.postMessage("go");
  await done;
  return (workers.length * COPIES * 2 * COPIED_BYTES) / ((performance.now() - begin) / 1000);
}

/**
 * Bytes that a run takes at most beyond what was there before, in threads that have computed nothing yet.
 * @template T @param {() => Promise<T>} run @returns {Promise<{ bytes: number, result: T }>}
 */
export async function peakOf(run) {
  await pool.stop();
  collect();
  const before = process.memoryUsage.rss();
  let most = before;
  const sample = () => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(sample, 2);
  try {
    const result = await run();
    sample();
    return { bytes: most - before, result };
  } finally {
    clearInterval(timer);
  }
}
