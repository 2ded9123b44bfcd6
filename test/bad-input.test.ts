/** What can be wrong with an input, through the public entry points: each a clear error, and nothing lost. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pool } from "#src/compute/pool.js";
import {
  crop,
  gaussian,
  histogram,
  isVoxbookError,
  median,
  open,
  otsu,
  phaseFractions,
  samples,
  save,
  threshold,
  type VoxbookError,
} from "#src/index.js";
import { memoryVolume } from "./support/memory-volume.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "voxbook-bad-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The library's error that a promise ends with. */
async function failure(work: Promise<unknown>): Promise<VoxbookError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isVoxbookError(error)) throw new Error(`expected an error of the library, got ${String(error)}`);
  return error;
}

const written = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

/** A little-endian TIFF of one directory with these entries, each of one LONG. */
function tiff(entries: readonly (readonly [tag: number, value: number])[], next = 0): Uint8Array {
  const bytes = new Uint8Array(8 + 2 + 12 * entries.length + 4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x4949, true);
  view.setUint16(2, 42, true);
  view.setUint32(4, 8, true);
  view.setUint16(8, entries.length, true);
  entries.forEach(([tag, value], k) => {
    view.setUint16(10 + 12 * k, tag, true);
    view.setUint16(12 + 12 * k, 4, true);
    view.setUint32(14 + 12 * k, 1, true);
    view.setUint32(18 + 12 * k, value, true);
  });
  view.setUint32(10 + 12 * entries.length, next, true);
  return bytes;
}
const header = (width: number, height: number): (readonly [number, number])[] => [
  [256, width],
  [257, height],
  [258, 8],
  [259, 1],
  [262, 1],
  [273, 8],
  [277, 1],
  [278, height],
  [279, 16],
];
const ramp = (shape: readonly [number, number, number]) =>
  memoryVolume(
    Uint8Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, k) => k % 251),
    shape,
    { brick: [4, 4, 4] },
  );

describe("a file", () => {
  test("that is missing: the error names it and says what to do", async () => {
    const error = await failure(open(join(folder, "no-such-scan.tif")));
    expect(error.code).toBe("MissingData");
    expect(error.message).toContain("no-such-scan.tif");
  });

  test("that is empty", async () => {
    const error = await failure(open(written("empty.tif", "")));
    expect(error.code).toBe("MalformedFile");
    expect(error.message).toMatch(/empty/);
  });

  test("that is a truncated TIFF", async () => {
    const path = join(folder, "whole.tif");
    await save(ramp([3, 40, 50]), path);
    const whole = readFileSync(path);
    const error = await failure(open(written("half.tif", whole.subarray(0, whole.length / 2))));
    expect(["MalformedFile", "MissingData"]).toContain(error.code);
    expect(error.message).toContain("half.tif");
  });

  test("that is a TIFF whose directories form a circle", async () => {
    const begin = performance.now();
    const error = await failure(open(written("circle.tif", tiff(header(4, 4), 8))));
    expect(error.code).toBe("MalformedFile");
    expect(error.message).toMatch(/circle|again|loop/i);
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  test("whose header promises 2⁴⁰ voxels: refused at once, nothing allocated", async () => {
    const path = written("huge.tif", tiff(header(2 ** 20, 2 ** 20)));
    // Loading the code of a format takes its own time, once.
    await open(written("small.tif", tiff(header(4, 4))));
    const before = process.memoryUsage();
    const begin = performance.now();
    const error = await failure(open(path));
    expect(performance.now() - begin).toBeLessThan(200);
    expect(["MalformedFile", "LimitExceeded"]).toContain(error.code);
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(16 * 2 ** 20);
  });
});

describe("voxels", () => {
  test("that are NaN are counted apart, belong to no phase, and are not the range", async () => {
    const values = Float32Array.from({ length: 64 }, (_, k) => (k < 16 ? Number.NaN : k));
    const volume = memoryVolume(values, [4, 4, 4]);
    expect(volume.range).toEqual([16, 63]);
    expect((await histogram(volume)).nan).toBe(16);
    expect(Number.isFinite(await otsu(volume))).toBe(true);
    const table = await phaseFractions(await threshold(volume, 39));
    expect([...table.getChild("voxels")!].map(Number)).toEqual([24, 24]);
  });

  test("of a type that a file format cannot hold, or a mask of the wrong type, are refused by name", async () => {
    const scan = ramp([4, 4, 4]);
    const error = await failure(median(scan, { mask: memoryVolume(new Float32Array(64), [4, 4, 4]) }));
    expect(error.code).toBe("InvalidArgument");
    expect(error.message).toMatch(/mask/);
    expect((await failure(gaussian(scan, { dtype: "uint64" as never }))).message).toMatch(/uint64.*float32/);
  });
});

describe("an option", () => {
  test("with an impossible value: radius −1", async () => {
    const error = await failure(median(ramp([4, 4, 4]), { radius: -1 }));
    expect(error.code).toBe("InvalidArgument");
    expect(error.message).toMatch(/radius.*-1.*0 to 64/);
  });

  test("with an unknown name: the nearest one is suggested", async () => {
    const error = await failure(median(ramp([4, 4, 4]), { raduis: 1 } as never));
    expect(error.code).toBe("InvalidArgument");
    expect(error.message).toMatch(/raduis.*did you mean `radius`/);
  });
});

describe("a volume", () => {
  test("over the memory limit of a call is refused before anything runs, with the numbers", async () => {
    const error = await failure(median(ramp([16, 16, 16]), { memoryLimit: 1000 }));
    expect(error.code).toBe("LimitExceeded");
    expect(error.message).toMatch(/\d/);
  });

  test("is computed to the end although a worker is killed meanwhile, with the same result", async () => {
    const scan = await samples.electrode({ shape: [48, 96, 96], brick: [16, 32, 32] });
    const expected = createHash("sha256").update(
      new Uint8Array((await (await median(scan, { radius: 3 })).read()).buffer),
    );
    const kills = pool.counters.killed;
    let killed = false;
    const again = await median(scan, {
      radius: 3,
      onProgress: ({ done }) => {
        if (done < 2 || killed) return;
        killed = true;
        void pool.threads[0]!.terminate();
      },
    });
    expect(killed).toBe(true);
    expect(pool.counters.killed).toBeGreaterThan(kills);
    const got = createHash("sha256").update(new Uint8Array((await again.read()).buffer));
    expect(got.digest("hex")).toBe(expected.digest("hex"));
  });

  test("whose shape is no multiple of the brick, and one smaller than the filter's halo, are filtered as any other", async () => {
    for (const shape of [
      [5, 7, 9],
      [1, 2, 3],
    ] as const) {
      const filtered = await gaussian(ramp(shape), { sigma: 4, dtype: "float32" });
      expect(filtered.shape).toEqual(shape);
      const values = await filtered.read();
      expect(values.every(Number.isFinite)).toBe(true);
    }
    const flat = memoryVolume(new Uint8Array(3 * 5 * 7).fill(9), [3, 5, 7], { brick: [2, 2, 2] });
    expect(new Set(await (await median(flat, { radius: 6 })).read())).toEqual(new Set([9]));
  });

  test("of one plane, a 2D image, goes the whole way", async () => {
    const path = join(folder, "flat.tif");
    await save(ramp([1, 20, 30]), path);
    const image = await open(path);
    expect(image.shape).toEqual([1, 20, 30]);
    const phases = await threshold(await median(image), await otsu(image));
    expect([...(await phaseFractions(phases)).getChild("fraction")!].reduce((a, b) => a + Number(b), 0)).toBeCloseTo(
      1,
      12,
    );
    expect((await failure(crop(image, { start: [0, 0, 0], stop: [2, 4, 4] }))).message).toMatch(/1 × 20 × 30/);
  });
});
