import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Memory } from "#src/compute/memory.js";
import { medianBall } from "#src/compute/operations.js";
import { Pool } from "#src/compute/pool.js";
import { run } from "#src/compute/run.js";
import { trace } from "#src/core/provenance.js";
import type { Volume } from "#src/core/volume.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";
import { root } from "../support/require.js";

const facts = { provenance: trace("median", {}) };
const shape = [24, 24, 64] as const;
const volume = memoryVolume(randomVoxels("uint8", 24 * 24 * 64, 3), shape, { brick: [8, 8, 64] });
/** Seconds of work a brick: for what has to happen while threads work. */
const slow = memoryVolume(randomVoxels("float32", 32 * 64 * 64, 5), [32, 64, 64], { brick: [16, 64, 64] });

async function filtered(pool: Pool, onProgress: (done: number) => void = () => {}): Promise<Volume> {
  const options = { workers: 2, onProgress: ({ done }: { done: number }) => onProgress(done) };
  return run(medianBall, volume, { radius: [2, 2, 2] }, options, facts, { pool });
}

test("a killed thread is replaced and its bricks are computed again", async () => {
  const pool = new Pool();
  const undisturbed = await (await filtered(pool)).read();
  expect(pool.counters).toEqual({ started: 9, finished: 9, stored: 9, failed: 0, retried: 0, killed: 0 });
  let kills = 0;
  const result = await filtered(pool, (done) => {
    if (done !== 2 && done !== 5) return;
    kills++;
    void pool.threads[0]!.terminate();
  });
  expect(await result.read()).toEqual(undisturbed);
  expect(kills).toBe(2);
  expect(pool.counters.finished).toBe(18);
  expect(pool.counters.started).toBe(18 + pool.counters.retried);
  await pool.stop();
  expect(pool.threads).toEqual([]);
});

test("a brick on which every thread dies fails after three attempts, and the error names operation, brick, attempts and cause", async () => {
  const dying = new URL(
    `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from "node:worker_threads";
    parentPort.on("message", ({ kind }) => { if (kind === "task") throw new Error("a cosmic ray"); });`)}`,
  );
  const pool = new Pool(dying);
  const error = await filtered(pool).catch((reason) => reason);
  expect(error).toMatchObject({ code: "ComputeFailed" });
  expect(error.message).toMatch(/^median failed on brick \d: 3 threads died on it.*a cosmic ray$/);
  expect(pool.counters.retried).toBeGreaterThanOrEqual(2);
  await pool.stop();
});

test("an error of the operation itself is not tried again", async () => {
  const pool = new Pool();
  const broken = { ...medianBall, name: "medianOfNothing" };
  await expect(run(broken, volume, { radius: [1, 1, 1] }, { workers: 1 }, facts, { pool })).rejects.toMatchObject({
    code: "ComputeFailed",
  });
  expect(pool.counters.retried).toBe(0);
  expect(pool.counters.failed).toBeGreaterThan(0);
  // The pool still works.
  expect((await filtered(pool)).shape).toEqual(shape);
  await pool.stop();
});

test("an aborted signal ends a run within half a second, with the signal's own reason, and nothing stays behind", async () => {
  const pool = new Pool();
  const memory = new Memory();
  await filtered(pool);
  const controller = new AbortController();
  const reason = new Error("enough");
  let began = 0;
  const work = run(medianBall, slow, { radius: [20, 20, 20] }, { workers: 2, signal: controller.signal }, facts, {
    pool,
    memory,
  });
  const ended = work.then(
    () => expect.unreachable("the run should have been stopped"),
    (error) => {
      expect(error).toBe(reason);
      expect(performance.now() - began).toBeLessThan(500);
    },
  );
  // Two bricks are under way as soon as the pool has given them out.
  while (pool.counters.started < 9 + 2) await new Promise(setImmediate);
  began = performance.now();
  controller.abort(reason);
  await ended;
  expect(memory.table().numRows).toBe(0);
  // The threads that still worked are ended, and others take their place.
  const before = new Set(pool.threads);
  await Promise.all([...before].map((thread) => new Promise((resolve) => thread.once("exit", resolve))));
  expect(pool.counters.killed).toBe(2);
  expect((await filtered(pool)).shape).toEqual(shape);
  await pool.stop();
});

test("a signal that is aborted already starts nothing", async () => {
  const pool = new Pool();
  const options = { signal: AbortSignal.abort("no") };
  await expect(run(medianBall, volume, { radius: [1, 1, 1] }, options, facts, { pool })).rejects.toBe("no");
  expect(pool.counters.started).toBe(0);
});

test("two runs at a time share the threads and both come to their end", async () => {
  const pool = new Pool();
  const [a, b] = await Promise.all([filtered(pool), filtered(pool)]);
  expect(await a.read()).toEqual(await b.read());
  expect(pool.counters.finished).toBe(18);
  await pool.stop();
});

test("threads keep no process alive: a script that has filtered ends by itself", () => {
  const script = `
    import { buildVolume } from "#src/compute/build.js";
    import { median } from "#src/filters/median.js";
    const volume = await buildVolume(
      { shape: [4, 4, 4], dtype: "uint8", role: "intensity", provenance: { operation: "test", parameters: {}, inputs: [], version: "" } },
      (writer) => writer.writePlanes(0, new Uint8Array(64).fill(7)),
    );
    console.log((await (await median(volume)).read()).join(""));`;
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: root,
    encoding: "utf8",
    timeout: 20_000,
  });
  expect(out.trim()).toBe("7".repeat(64));
});

test("a job that names a file which has gone says so and is not tried again", async () => {
  const pool = new Pool();
  const path = join(root, "no-such-file.bricks");
  const store = {
    ...volume.store,
    place: (index: number) => ({ kind: "file" as const, path, byteOffset: index * 4096 }),
  };
  const lost = Object.assign(Object.create(Object.getPrototypeOf(volume)), volume, { store }) as Volume;
  await expect(run(medianBall, lost, { radius: [1, 1, 1] }, {}, facts, { pool })).rejects.toThrow(
    "no-such-file.bricks",
  );
  expect(pool.counters.retried).toBe(0);
  await pool.stop();
});
