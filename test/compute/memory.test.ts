import fs from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { buildVolume, defaultBrick } from "#src/compute/build.js";
import { Memory, memory, release } from "#src/compute/memory.js";
import { medianBox } from "#src/compute/operations.js";
import { run } from "#src/compute/run.js";
import { diskFiles, type ScratchFileSystem } from "#src/compute/scratch.js";
import type { Voxels } from "#src/core/dtype.js";
import { LimitExceeded } from "#src/core/errors.js";
import { trace } from "#src/core/provenance.js";
import type { Volume } from "#src/core/volume.js";
import { median } from "#src/filters/median.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

const MiB = 2 ** 20;
const provenance = trace("test", {});
const facts = { provenance };
const folders: string[] = [];

/** A file system in a folder of its own; `fault` may fail a write by throwing. */
function scratch(fault: (written: number) => void = () => {}): ScratchFileSystem & { path: string; written: number } {
  const path = fs.mkdtempSync(join(os.tmpdir(), "voxbook-test-"));
  folders.push(path);
  return {
    ...diskFiles,
    path,
    written: 0,
    folder: () => path,
    async write(file, bytes, position) {
      fault(this.written);
      this.written += bytes.length;
      return diskFiles.write(file, bytes, position);
    },
  };
}

afterEach(() => {
  for (const path of folders.splice(0)) fs.rmSync(path, { recursive: true, force: true });
});

const values = randomVoxels("uint8", 4 * MiB, 3) as Uint8Array;
const make = (in_: Memory, fill = values, memoryLimit?: number): Promise<Volume> =>
  buildVolume(
    { shape: [64, 256, 256], dtype: "uint8", role: "intensity", provenance },
    (writer) => writer.writePlanes(0, fill),
    memoryLimit === undefined ? {} : { memoryLimit },
    in_,
  );
/** The same bytes; the runner's own comparison of millions of voxels takes seconds. */
function expectSame(actual: Voxels, expected: Voxels): void {
  expect(Buffer.compare(Buffer.from(actual as Uint8Array), Buffer.from(expected as Uint8Array))).toBe(0);
}
const rows = (of: Memory): unknown[] =>
  of
    .table()
    .toArray()
    .map((row) => row.toJSON());

test("volumes are counted while they live and given back when released", async () => {
  const counted = new Memory({ limit: 100 * MiB });
  const volume = await make(counted);
  expect(rows(counted)).toEqual([{ volume: "64 × 256 × 256 uint8", bytes: 4 * MiB, where: "memory" }]);
  expect(counted.used).toBe(4 * MiB);
  release(volume);
  expect(rows(counted)).toEqual([]);
  await expect(volume.at(0, 0, 0)).rejects.toThrow("was released");
  await counted.collect();
  expect(counted.used).toBe(0);
});

test("volumes that nothing refers to are given back without being asked", async () => {
  const counted = new Memory({ limit: 10 * MiB });
  for (let k = 0; k < 6; k++) await make(counted);
  // Six of 4 MiB went through 10 MiB, and none had to be spilled.
  expect(rows(counted).filter((row) => (row as { where: string }).where !== "memory")).toEqual([]);
  await counted.collect();
  expect(counted.used).toBe(0);
});

test("memory given back but still seen by somebody stays counted until it is free", async () => {
  const counted = new Memory({ limit: 100 * MiB });
  const volume = await make(counted);
  const view = await volume.store.read(0);
  release(volume);
  await counted.collect();
  expect(counted.used).toBe(4 * MiB);
  expect(view[0]).toBe(values[0]);
});

test("over the budget the volume used longest ago goes to a scratch file and reads the same from there", async () => {
  const files = scratch();
  const counted = new Memory({ limit: 10 * MiB, files });
  const [first, second] = [
    await make(counted),
    await make(
      counted,
      values.map((value) => 255 - value),
    ),
  ];
  await first.at(0, 0, 0);
  const third = await make(counted);
  expect(rows(counted).map((row) => (row as { where: string }).where)).toEqual(["memory", "memory", "scratch file"]);
  expect(second.store.memoryBytes).toBe(0);
  expectSame(
    await second.read(),
    values.map((value) => 255 - value),
  );
  expectSame(await first.read(), values);
  const filtered = await run(medianBox, second, { radius: [1, 1, 1] }, { memoryLimit: 40 * MiB }, facts, {
    memory: counted,
  });
  const expected = await median(
    memoryVolume(
      values.map((value) => 255 - value),
      [64, 256, 256],
      { brick: [64, 128, 128] },
    ),
    { shape: "box" },
  );
  expectSame(await filtered.read(), await expected.read());
  for (const volume of [first, second, third, filtered]) release(volume);
  expect(fs.readdirSync(files.path)).toEqual([]);
});

test("a volume over the limit is made in a scratch file, by planes and by bricks, with the same bytes", async () => {
  const files = scratch();
  const counted = new Memory({ limit: 3 * MiB, files });
  const volume = await make(counted);
  expect(volume.store.memoryBytes).toBe(0);
  expect(rows(counted)).toEqual([{ volume: "64 × 256 × 256 uint8", bytes: 4 * MiB, where: "scratch file" }]);
  expectSame(await volume.read(), values);
  const again = await buildVolume(
    { shape: volume.shape, dtype: "uint8", role: "intensity", provenance, brick: volume.grid.brick },
    async (writer) => {
      for (let k = writer.grid.length - 1; k >= 0; k--) await writer.writeBrick(k, await volume.store.read(k));
    },
    {},
    counted,
  );
  expectSame(await again.read(), values);
  expect(again.range).toEqual(volume.range);
  release(volume);
  release(again);
  expect(fs.readdirSync(files.path)).toEqual([]);
});

test("a filter whose result is over the limit writes it to a scratch file", async () => {
  const files = scratch();
  const counted = new Memory({ files });
  const volume = memoryVolume(values, [64, 256, 256], { brick: [16, 64, 64] });
  const options = { memoryLimit: 3 * MiB, workers: 2 };
  const result = await run(medianBox, volume, { radius: [1, 1, 1] }, options, facts, { memory: counted });
  expect(result.store.memoryBytes).toBe(0);
  expectSame(await result.read(), await (await median(volume, { shape: "box" })).read());
  expect(counted.used).toBe(0);
});

test("a full disk under a scratch file is an error that says so, and nothing is left", async () => {
  const full = (written: number): void => {
    if (written >= MiB) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  };
  for (const attempt of [
    (counted: Memory) =>
      buildVolume(
        { shape: [64, 256, 256], dtype: "uint8", role: "intensity", provenance, brick: [8, 128, 128] },
        (writer) => writer.writePlanes(0, values),
        {},
        counted,
      ),
    (counted: Memory) =>
      run(medianBox, memoryVolume(values, [64, 256, 256], { brick: [16, 64, 64] }), { radius: [1, 1, 1] }, {}, facts, {
        memory: counted,
      }),
  ]) {
    const files = scratch(full);
    const counted = new Memory({ limit: 3 * MiB, files });
    const error = await attempt(counted).catch((reason) => reason);
    expect(error).toMatchObject({ code: "LimitExceeded" });
    expect(error.message).toContain("disk for scratch files is full");
    expect(error.cause).toMatchObject({ code: "ENOSPC" });
    expect(fs.readdirSync(files.path)).toEqual([]);
    expect(rows(counted)).toEqual([]);
    expect(counted.used).toBe(0);
  }
});

test("a disk that fails while a volume is spilled leaves the volume whole in memory", async () => {
  const files = scratch(() => {
    throw Object.assign(new Error("EIO: i/o error, write"), { code: "EIO" });
  });
  const counted = new Memory({ limit: 5 * MiB, files });
  const first = await make(counted);
  await expect(make(counted)).rejects.toThrow("EIO");
  expectSame(await first.read(), values);
  expect(first.store.memoryBytes).toBe(4 * MiB);
  expect(fs.readdirSync(files.path)).toEqual([]);
});

test("a header that promises 2^40 voxels is refused in 200 ms, with the numbers and without allocating", async () => {
  const small = { ...diskFiles, free: async () => 2 ** 35 };
  let allocated = 0;
  const counted = new Memory({
    files: small,
    limit: 2 ** 33,
    allocate: (bytes) => {
      allocated += bytes;
      return new SharedArrayBuffer(bytes);
    },
  });
  const before = performance.now();
  const error = await buildVolume(
    { shape: [2 ** 14, 2 ** 13, 2 ** 13], dtype: "uint8", role: "intensity", provenance },
    async () => expect.unreachable("nothing should be filled"),
    {},
    counted,
  ).catch((reason) => reason);
  expect(performance.now() - before).toBeLessThan(200);
  expect(error).toBeInstanceOf(LimitExceeded);
  expect(error).toMatchObject({ asked: 2 ** 40 });
  expect(error.message).toMatch(/1 TiB.*8 GiB.*32 GiB free/);
  expect(allocated).toBe(0);
});

test("an allocator that gives nothing is LimitExceeded with the bytes asked for, and nothing stays counted", async () => {
  const counted = new Memory({
    limit: 100 * MiB,
    allocate: () => {
      throw new RangeError("Array buffer allocation failed");
    },
  });
  await expect(make(counted)).rejects.toMatchObject({ code: "LimitExceeded", asked: 4 * MiB });
  expect(counted.used).toBe(0);
});

test("a limit that does not hold the work on one brick is refused before anything runs", async () => {
  const volume = memoryVolume(values, [64, 256, 256], { brick: [64, 128, 128] });
  await expect(median(volume, { memoryLimit: 100_000 })).rejects.toThrow(
    /median of one brick needs .* of memory; the limit is 97.7 KiB/,
  );
  await expect(median(volume, { memoryLimit: -5 })).rejects.toThrow(
    "memoryLimit is -5; give a positive number of bytes",
  );
});

test("a filling that throws gives everything back", async () => {
  const files = scratch();
  for (const limit of [3 * MiB, 100 * MiB]) {
    const counted = new Memory({ limit, files });
    const failure = new Error("the reader failed");
    const attempt = buildVolume(
      { shape: [64, 256, 256], dtype: "uint8", role: "intensity", provenance },
      async (writer) => {
        await writer.writePlanes(0, values.subarray(0, 65536 * 10));
        throw failure;
      },
      {},
      counted,
    );
    await expect(attempt).rejects.toBe(failure);
    expect(rows(counted)).toEqual([]);
  }
  expect(fs.readdirSync(files.path)).toEqual([]);
});

test("planes out of order, of another type or too few of them are refused by name", async () => {
  const init = { shape: [4, 3, 2], dtype: "uint8", role: "intensity", provenance } as const;
  await expect(buildVolume(init, (writer) => writer.writePlanes(1, new Uint8Array(6)))).rejects.toThrow(
    "the next plane is 0",
  );
  await expect(buildVolume(init, (writer) => writer.writePlanes(0, new Int8Array(6)))).rejects.toThrow(
    "got int8 voxels",
  );
  await expect(buildVolume(init, (writer) => writer.writePlanes(0, new Uint8Array(7)))).rejects.toThrow(
    "7 voxels instead of 6",
  );
  await expect(buildVolume(init, (writer) => writer.writePlanes(0, new Uint8Array(6)))).rejects.toThrow(
    "was not written",
  );
  await expect(buildVolume(init, (writer) => writer.writeBrick(5, new Uint8Array(24)))).rejects.toThrow(
    "bricks 0 to 0",
  );
});

test("padding that a writer leaves dirty is cleared and counts nowhere", async () => {
  const volume = await buildVolume(
    { shape: [3, 3, 3], dtype: "float32", role: "intensity", provenance, brick: [2, 2, 2] },
    async (writer) => {
      for (let k = 0; k < 8; k++) await writer.writeBrick(k, Float32Array.of(1, 2, 3, 4, 5, 6, 7, Number.NaN));
    },
  );
  expect(volume.store.zone(7)).toEqual({ min: 1, max: 1, sum: 1, nan: 0 });
  expect(Array.from(await volume.store.read(7))).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
  expect(volume.store.zone(0)).toEqual({ min: 1, max: 7, sum: 28, nan: 1 });
});

test("a 2D image gets wide bricks, a cube gets bricks of a million voxels", () => {
  expect(defaultBrick([1, 4096, 4096])).toEqual([1, 1024, 1024]);
  expect(defaultBrick([512, 512, 512])).toEqual([64, 128, 128]);
  expect(defaultBrick([3, 5, 7])).toEqual([3, 5, 7]);
  expect(defaultBrick([2000, 1, 1])).toEqual([2000, 1, 1]);
});

test("memory() lists the volumes of this process", async () => {
  const volume = await make(new Memory());
  expect(memory().schema.fields.map((field) => field.name)).toEqual(["volume", "bytes", "where"]);
  release(volume);
});
