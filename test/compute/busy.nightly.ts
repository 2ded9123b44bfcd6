/** Threads share a processor with others without coming to a stop: who waits is asleep, and parts go to whoever is free. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { machine } from "#src/compute/memory.js";
import { distanceTransform, tortuosity, type Volume } from "#src/index.js";
import { memoryVolume } from "../support/memory-volume.js";
import { referencePhases } from "../support/reference-volume.js";

const SIZE = 192;
const REPEATS = 5;
/** Three threads on two processors have two thirds of one each, and who has the last part is waited for. */
const MOST = 2.2;

const phases = memoryVolume(referencePhases(SIZE), [SIZE, SIZE, SIZE], { role: "labels", brick: [64, 64, 64] });

async function seconds(work: () => Promise<unknown>): Promise<number> {
  await machine.collect();
  const begin = performance.now();
  const made = await work();
  const took = (performance.now() - begin) / 1000;
  (made as Partial<Volume>).store?.release();
  return took;
}

/** Another process that never rests, from when it has begun until `end`. */
async function busy(): Promise<{ end(): Promise<void> }> {
  const process_ = spawn(process.execPath, ["-e", 'process.stdout.write("."); for (;;);']);
  await once(process_.stdout, "data");
  return {
    end: async () => {
      const gone = once(process_, "exit");
      process_.kill("SIGKILL");
      await gone;
    },
  };
}

test.each([
  ["tortuosity", () => tortuosity(phases, { phase: 0, axis: "z", workers: 2 })],
  ["distanceTransform", () => distanceTransform(phases, { phase: 0, workers: 2 })],
] as const)("with one other busy process %s is slowed 2.2 times at most", { timeout: 300_000 }, async (name, work) => {
  // The first one starts threads and lets V8 make its fast code.
  await seconds(work);
  const [alone, beside] = [[] as number[], [] as number[]];
  // By turns, so that what else the machine does falls on both alike.
  for (let k = 0; k < REPEATS; k++) {
    alone.push(await seconds(work));
    const other = await busy();
    try {
      beside.push(await seconds(work));
    } finally {
      await other.end();
    }
  }
  const [best, slowed] = [Math.min(...alone), Math.min(...beside)];
  console.info(`${name}: ${best.toFixed(2)} s alone, ${slowed.toFixed(2)} s beside a busy process`);
  expect(slowed / best).toBeLessThan(MOST);
});
