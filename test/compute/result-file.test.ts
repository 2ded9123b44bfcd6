/** Results in files: whatever fails or dies at whatever moment, the next run ends with the bytes of an undisturbed one. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { type CheckpointFiles, checkpointDisk } from "#src/compute/checkpoint-files.js";
import { medianBox } from "#src/compute/operations.js";
import { Pool } from "#src/compute/pool.js";
import { run } from "#src/compute/run.js";
import { trace } from "#src/core/provenance.js";
import type { Volume } from "#src/core/volume.js";
import { histogram, median, open, save, threshold } from "#src/index.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

const file = testFolder();
const to = file("result.arrow");
const shape = [9, 13, 30] as const;
const values = randomVoxels("float32", 9 * 13 * 30, 5).map((value) => value % 1000);
values[40] = Number.NaN;
const volume = memoryVolume(values, shape, { brick: [5, 7, 16] });
const BRICKS = 2 * 2 * 2;

const work = (files?: CheckpointFiles, pool?: Pool, of: Volume = volume, radius = 1): Promise<Volume> =>
  run(
    medianBox,
    of,
    { radius: [radius, 1, 1] },
    { to, workers: 1 },
    { provenance: trace("median", { radius }, { volume: of }) },
    { ...(files && { files }), ...(pool && { pool }) },
  );

beforeEach(() => {
  for (const name of readdirSync(dirname(to))) rmSync(file(name), { recursive: true, force: true });
});

const undisturbed = async (): Promise<Buffer> => {
  await work();
  const bytes = readFileSync(to);
  rmSync(to);
  return bytes;
};

const beside = (): string[] => readdirSync(dirname(to)).sort();

interface FailingFiles extends CheckpointFiles {
  steps: number;
  /** Steps that began before the one that failed end after it: only then do the files stay as they are. */
  settled(): Promise<unknown>;
}

/** A file system whose `n`-th step fails; with `dead` all later ones, too, as if the process had been killed. */
function failing(n: number, dead: boolean, torn = false): FailingFiles {
  const died = (): Error => Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
  const begun: Promise<unknown>[] = [];
  const files = {
    ...checkpointDisk,
    steps: 0,
    settled: () => Promise.allSettled(begun),
    unlink: (path: string) => {
      files.steps++;
      if (files.steps === n && !dead) throw died();
      if (files.steps < n || !dead) checkpointDisk.unlink(path);
    },
  };
  const step =
    <A extends unknown[], R>(work: (...rest: A) => Promise<R>, half?: (...rest: A) => Promise<R>) =>
    async (...rest: A): Promise<R> => {
      files.steps++;
      if (files.steps === n && torn && half) await half(...rest);
      if (files.steps === n || (dead && files.steps > n)) throw died();
      const step = work(...rest);
      begun.push(step);
      return step;
    };
  return Object.assign(files, {
    create: step(checkpointDisk.create),
    reopen: step(checkpointDisk.reopen),
    write: step(checkpointDisk.write, (file, bytes, position) =>
      checkpointDisk.write(file, bytes.subarray(0, Math.ceil(bytes.length / 2)), position),
    ),
    sync: step(checkpointDisk.sync),
    rename: step(checkpointDisk.rename),
  });
}

for (const [how, dead, torn] of [
  ["fails once", false, false],
  ["is the last one of the process", true, false],
  ["is torn and the last one of the process", true, true],
] as const)
  test(`whichever step ${how}, an older result stays or the new one is there whole, and the next run ends with the same bytes`, async () => {
    const expected = await undisturbed();
    const older = Buffer.from("an older result");
    let failures = 0;
    for (let n = 1; ; n++) {
      for (const name of beside()) rmSync(file(name));
      writeFileSync(to, older);
      const files = failing(n, dead, torn);
      const ended = await work(files).then(
        () => true,
        () => false,
      );
      if (!ended) failures++;
      const now = readFileSync(to);
      expect(now.equals(older) || now.equals(expected), `step ${n}`).toBe(true);
      const result = await work();
      expect(readFileSync(to).equals(expected), `step ${n}`).toBe(true);
      expect((await result.read()).length).toBe(values.length);
      expect(beside(), `step ${n}`).toEqual(["result.arrow"]);
      if (files.steps < n) break;
    }
    // Opening, two files, a record and an entry for each brick, the end.
    expect(failures).toBeGreaterThan(2 * BRICKS);
  });

test("a run goes on where another one ended: complete bricks are not computed again, damaged ones are", async () => {
  const whole = await work();
  const places = Array.from({ length: BRICKS }, (_, k) => whole.store.place(k).byteOffset);
  const expected = await undisturbed();
  const files = failing(20, true);
  await expect(work(files)).rejects.toThrow();
  await files.settled();
  const journal = readFileSync(`${to}.journal`);
  const entries = journal.subarray(journal.indexOf(10) + 1);
  const complete = Math.floor(entries.length / 12);
  expect(complete).toBeGreaterThan(2);
  // One voxel of a brick that the journal names as complete.
  const partial = readFileSync(`${to}.partial`);
  partial[places[entries.readUInt32LE(12)]! + 100]! ^= 1;
  writeFileSync(`${to}.partial`, partial);
  const pool = new Pool();
  await work(undefined, pool);
  expect(pool.counters.finished).toBe(BRICKS - complete + 1);
  expect(readFileSync(to).equals(expected)).toBe(true);
  await pool.stop();
});

test("a finished result of the same job is taken as it is; one of another job is replaced", async () => {
  const first = await work();
  const pool = new Pool();
  const again = await work(undefined, pool);
  expect(pool.counters.started).toBe(0);
  expect(await again.read()).toEqual(await first.read());
  expect([again.store.zone(0), again.provenance]).toEqual([first.store.zone(0), first.provenance]);
  const other = await work(undefined, pool, volume, 2);
  expect(pool.counters.finished).toBe(BRICKS);
  expect(await other.read()).not.toEqual(await again.read().catch(() => undefined));
  expect(await (await open(to)).read()).toEqual(await other.read());
  await pool.stop();
});

test("a volume file that was written brick by brick holds what a saved one holds, and is read by `open` the same", async () => {
  const result = await work();
  await save(
    await run(medianBox, volume, { radius: [1, 1, 1] }, {}, { provenance: result.provenance }),
    file("saved.arrow"),
  );
  const [one, other] = [await open(to), await open(file("saved.arrow"))];
  expect(await one.read()).toEqual(await other.read());
  for (let k = 0; k < BRICKS; k++) expect(one.store.zone(k)).toEqual(other.store.zone(k));
  const { store: _, ...facts } = one;
  const { store: __, ...expected } = other;
  expect(facts).toEqual(expected);
});

test("the file has the same bytes for any number of workers", async () => {
  const expected = await undisturbed();
  for (const workers of [2, 4]) {
    await run(
      medianBox,
      volume,
      { radius: [1, 1, 1] },
      { to, workers },
      { provenance: trace("median", { radius: 1 }, { volume }) },
    );
    expect(readFileSync(to).equals(expected)).toBe(true);
    rmSync(to);
  }
});

test("another operation, other parameters and another input refuse to go on with an unfinished result, and say what differs", async () => {
  const files = failing(20, true);
  await expect(work(files)).rejects.toThrow();
  await files.settled();
  const left = beside();
  await expect(work(undefined, undefined, volume, 2)).rejects.toThrow(
    /result\.arrow\.partial beside result\.arrow is the unfinished result of another run: its steps is .*"radius":\[1,1,1\].*here it is .*"radius":\[2,1,1\].*delete result\.arrow\.partial and result\.arrow\.journal/,
  );
  const changed = memoryVolume(
    values.map((value, k) => (k === 700 ? value + 1 : value)),
    shape,
    { brick: [5, 7, 16] },
  );
  await expect(work(undefined, undefined, changed)).rejects.toThrow(/its input is "[0-9a-f]{64}", here it is/);
  await expect(threshold(volume, 5, { to })).rejects.toMatchObject({ code: "InvalidArgument" });
  expect(beside()).toEqual(left);
});

test("a journal that is damaged or of something else starts the result anew", async () => {
  const expected = await undisturbed();
  for (const content of [
    "",
    "{",
    "{}\n",
    '{"format":"voxbook.journal 1"}\n',
    "\0".repeat(100),
    '{"format":"voxbook.journal 9","sha256":"","description":{}}\n',
  ]) {
    writeFileSync(`${to}.journal`, content);
    writeFileSync(`${to}.partial`, "rubbish");
    await work();
    expect(readFileSync(to).equals(expected)).toBe(true);
    rmSync(to);
  }
});

test("a stopped run leaves what it has for the next one, and frees its name", async () => {
  const controller = new AbortController();
  const stop = median(volume, {
    to,
    workers: 1,
    signal: controller.signal,
    onProgress: ({ done }) => {
      if (done === 3) controller.abort(new Error("enough"));
    },
  });
  await expect(stop).rejects.toThrow("enough");
  expect(beside()).toEqual(["result.arrow.journal", "result.arrow.partial"]);
  const seen: number[] = [];
  const result = await median(volume, { to, onProgress: ({ done }) => seen.push(done) });
  expect(await result.read()).toEqual(await (await median(volume)).read());
  expect(seen.length).toBe(BRICKS);
});

test("a stopped run closes its files only after its last write, and the next run waits for that", async () => {
  const expected = await undisturbed();
  const controller = new AbortController();
  const events: string[] = [];
  let release = (): void => {};
  const slow: CheckpointFiles = {
    ...checkpointDisk,
    write: async (file, bytes, position) => {
      // The first record: the header has eight bytes, the journal's line comes after it at the same position.
      if (position === 8 && !controller.signal.aborted) {
        controller.abort(new Error("enough"));
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        events.push("written");
      }
      return checkpointDisk.write(file, bytes, position);
    },
    close: (file) => {
      events.push("closed");
      checkpointDisk.close(file);
    },
  };
  const options = { to, workers: 1, signal: controller.signal };
  const facts = { provenance: trace("median", { radius: 1 }, { volume }) };
  await expect(run(medianBox, volume, { radius: [1, 1, 1] }, options, facts, { files: slow })).rejects.toThrow(
    "enough",
  );
  expect(events).toEqual([]);
  const next = work();
  release();
  await next;
  expect(events).toEqual(["written", "closed", "closed"]);
  expect(readFileSync(to).equals(expected)).toBe(true);
});

test("where a result cannot go, the error says why and nothing is left", async () => {
  const target = (path: unknown): Promise<unknown> => median(volume, { to: path as string });
  await expect(target("result.tif")).rejects.toThrow(
    'to is "result.tif"; give the path of a volume file, which ends in .arrow',
  );
  await expect(target(7)).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(target(file("nowhere/result.arrow"))).rejects.toMatchObject({ code: "MissingData" });
  await expect(histogram(volume, { to })).rejects.toThrow("to is for functions whose result is a volume");
  await save(volume, to);
  await expect(median(await open(to), { to })).rejects.toThrow("the file of the volume itself");
  const [one, other] = [median(volume, { to: file("twice.arrow") }), median(volume, { to: file("twice.arrow") })];
  const results = await Promise.allSettled([one, other]);
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(beside()).toEqual([basename(to), "twice.arrow"]);
});

test("a full disk is told as such, and the run goes on once there is room", async () => {
  const expected = await undisturbed();
  let written = 0;
  const full: CheckpointFiles = {
    ...checkpointDisk,
    write: async (file, bytes, position) => {
      written += bytes.length;
      if (written > 20_000) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
      return checkpointDisk.write(file, bytes, position);
    },
  };
  await expect(work(full)).rejects.toMatchObject({
    code: "LimitExceeded",
    message: expect.stringContaining("the disk is full"),
  });
  expect(existsSync(to)).toBe(false);
  await work();
  expect(readFileSync(to).equals(expected)).toBe(true);
});
