/** Reconstruction, h-maxima and regional maxima against their definitions and scikit-image. */
import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { DTYPES, type DType, type Voxels, voxelArray } from "#src/core/dtype.js";
import {
  distanceTransform,
  erosion,
  hMaxima,
  hMinima,
  median,
  memory,
  reconstruction,
  regionalMaxima,
  regionalMinima,
  type Volume,
} from "#src/index.js";
import * as oracle from "../oracle/reconstruction.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";

const shape = [6, 7, 11] as const;
const count = 6 * 7 * 11;
const file = testFolder();
const CONNECTIVITY = [6, 18, 26] as const;
const voxels = async (volume: Volume): Promise<number[]> => Array.from(await volume.read());

/** Whole numbers with many ties, hills rather than noise. */
function hills(seed: number, most: number): number[] {
  const next = random(seed);
  const tops = Array.from({ length: 12 }, () => ({
    at: shape.map((n) => next() * n),
    height: most * (0.3 + 0.7 * next()),
  }));
  return Array.from({ length: count }, (_, k) => {
    const place = [Math.floor(k / 77), Math.floor(k / 11) % 7, k % 11];
    const far = (at: readonly number[]): number => Math.hypot(...at.map((n, axis) => n - place[axis]!));
    return Math.max(0, Math.floor(Math.max(...tops.map(({ at, height }) => height - (most / 5) * far(at))) + next()));
  });
}

function typed(dtype: DType, values: readonly number[]): Voxels {
  const out = voxelArray(dtype, values.length);
  out.set(values);
  return out;
}

describe("reconstruction", () => {
  test("of grey values of every type is what its definition says, for any bricks and workers", async () => {
    for (const [k, dtype] of (Object.keys(DTYPES) as DType[]).entries()) {
      const lift = DTYPES[dtype].min < 0 ? -30 : 0;
      const limit = hills(10 + k, 60).map((value) => value + lift);
      const next = random(k + 1);
      const seed = limit.map((value) => (next() < 0.1 ? value + 2 : lift));
      for (const connectivity of CONNECTIVITY) {
        const expected = oracle.reconstruction(shape, seed, limit, connectivity);
        for (const [brick, workers] of [
          [[2, 3, 4], 1],
          [[4, 4, 8], 4],
          [[6, 7, 11], 2],
        ] as const) {
          const [a, b] = [seed, limit].map((values) => memoryVolume(typed(dtype, values), shape, { brick }));
          const result = await reconstruction(a!, b!, { connectivity, workers });
          expect(await voxels(result), `${dtype} ${connectivity}`).toEqual(expected);
          expect([result.dtype, result.role]).toEqual([dtype, "intensity"]);
        }
        // Sinking is rising upside down.
        const reverse = (values: readonly number[]) => values.map((value) => DTYPES[dtype].max - value);
        if (!DTYPES[dtype].integer) continue;
        const [a, b] = [seed, limit].map((values) =>
          memoryVolume(typed(dtype, reverse(values.map((value) => value - lift))), shape, { brick: [3, 3, 5] }),
        );
        const sunk = await reconstruction(a!, b!, { connectivity, method: "erosion" });
        const lifted = oracle.reconstruction(
          shape,
          seed.map((value) => value - lift),
          limit.map((value) => value - lift),
          connectivity,
        );
        expect(await voxels(sunk)).toEqual(reverse(lifted));
      }
    }
  });

  test("of floats lets nothing through NaN", async () => {
    const next = random(5);
    const limit = hills(4, 20).map((value) => (next() < 0.2 ? Number.NaN : value + next()));
    const seed = limit.map((value) => (next() < 0.05 ? value : next() < 0.02 ? Number.NaN : -1));
    const expected = oracle.reconstruction(shape, seed.map(Math.fround), limit.map(Math.fround), 6);
    const [a, b] = [seed, limit].map((values) => memoryVolume(Float32Array.from(values), shape, { brick: [3, 4, 4] }));
    expect(await voxels(await reconstruction(a!, b!))).toEqual(expected);
  });

  test("of masks keeps whole components, and holes by erosion", async () => {
    const next = random(8);
    const limit = Array.from({ length: count }, () => Number(next() < 0.4));
    const seed = limit.map((value) => (value === 1 && next() < 0.08 ? 1 : 0));
    for (const connectivity of CONNECTIVITY) {
      const [a, b] = [seed, limit].map((values) =>
        memoryVolume(
          Uint8Array.from(values, (v) => v * 7),
          shape,
          { role: "mask", brick: [2, 4, 5] },
        ),
      );
      const result = await reconstruction(a!, b!, { connectivity });
      expect(await voxels(result)).toEqual(oracle.reconstruction(shape, seed, limit, connectivity));
      expect([result.role, result.drift!.map(({ name }) => name)]).toEqual(["mask", ["outside", "inside"]]);
      // By erosion a seed around shrinks onto the mask; its outside grows.
      const around = seed.map((value) => 1 - value);
      const complement = limit.map((value) => 1 - value);
      const [c, d] = [around, complement].map((values) =>
        memoryVolume(Uint8Array.from(values), shape, { role: "mask", brick: [2, 4, 5] }),
      );
      const sunk = await reconstruction(c!, d!, { connectivity, method: "erosion" });
      expect(await voxels(sunk)).toEqual(
        oracle.reconstruction(shape, seed, limit, connectivity).map((value) => 1 - value),
      );
    }
  });

  test("after an erosion gives back what was not eaten up, with its true shape", async () => {
    const am = memoryVolume(
      Uint8Array.from(referencePhases(64), (label) => Number(label === 2)),
      [64, 64, 64],
      { role: "mask", brick: [32, 32, 32] },
    );
    const kept = await voxels(await reconstruction(await erosion(am, { radius: 3 }), am));
    const before = await voxels(am);
    expect(kept.every((value, k) => value <= before[k]!)).toBe(true);
    expect(kept.reduce((a, b) => a + b)).toBeGreaterThan(0.9 * before.reduce((a, b) => a + b));
  });

  test("goes into a file, leaves nothing behind, and can be stopped", async () => {
    const limit = memoryVolume(Uint8Array.from(hills(3, 60)), shape, { brick: [2, 3, 4] });
    const seed = memoryVolume(
      Uint8Array.from(hills(3, 60), (value) => Math.max(0, value - 9)),
      shape,
      { brick: [2, 3, 4] },
    );
    const before = memory().numRows;
    const inFile = await reconstruction(seed, limit, { to: file("kept.arrow") });
    expect(memory().numRows).toBeLessThanOrEqual(before);
    expect(await voxels(inFile)).toEqual(await voxels(await reconstruction(seed, limit)));
    const stop = new AbortController();
    stop.abort(new Error("enough"));
    const held = memory().numRows;
    await expect(reconstruction(seed, limit, { signal: stop.signal })).rejects.toThrow("enough");
    expect(memory().numRows).toBeLessThanOrEqual(held);
  });

  test("refuses what does not go together", async () => {
    const bytes = memoryVolume(new Uint8Array(count), shape);
    const mask = memoryVolume(new Uint8Array(count), shape, { role: "mask" });
    const floats = memoryVolume(new Float32Array(count), shape);
    const other = memoryVolume(new Uint8Array(8), [2, 2, 2]);
    await expect(reconstruction(other, bytes)).rejects.toThrow(/seed has the shape 2 × 2 × 2, the limit 6 × 7 × 11/);
    await expect(reconstruction(mask, bytes)).rejects.toThrow(/give two masks, or two volumes of grey values/);
    await expect(reconstruction(floats, bytes)).rejects.toThrow(/seed's voxels are float32, the limit's uint8/);
    await expect(reconstruction(bytes, bytes, { method: "up" as never })).rejects.toThrow(/"dilation" and "erosion"/);
    await expect(reconstruction(bytes, bytes, { region: {} } as object)).rejects.toThrow(/no option `region`/);
  });
});

describe("maxima", () => {
  const grey = hills(21, 40);
  const next = random(2);
  const rough = grey.map((value) => Math.fround(value + next()));
  const holed = rough.map((value) => (next() < 0.1 ? Number.NaN : value));

  test("that stand out by h are what their definition says, of whole numbers and floats, of any sign", async () => {
    for (const connectivity of CONNECTIVITY)
      for (const h of [1, 4, 2.5, 15]) {
        for (const [values, volume] of [
          [grey, memoryVolume(Uint8Array.from(grey), shape, { brick: [2, 3, 4] })],
          [grey, memoryVolume(Int16Array.from(grey), shape)],
          [rough, memoryVolume(Float32Array.from(rough), shape, { brick: [3, 4, 4] })],
          [holed, memoryVolume(Float32Array.from(holed), shape, { brick: [3, 4, 4] })],
        ] as const) {
          const expected = oracle.hMaxima(shape, values, h, connectivity);
          const result = await hMaxima(volume, h, { connectivity });
          expect(await voxels(result), `${volume.dtype} ${connectivity} ${h}`).toEqual(expected);
          expect([result.dtype, result.role]).toEqual(["uint8", "mask"]);
        }
        const down = memoryVolume(
          Float32Array.from(rough, (value) => -value),
          shape,
        );
        expect(await voxels(await hMinima(down, h, { connectivity }))).toEqual(
          oracle.hMaxima(shape, rough, h, connectivity),
        );
      }
  });

  test("of any height are plateaus without a higher neighbour", async () => {
    for (const connectivity of CONNECTIVITY)
      for (const values of [grey, rough, holed]) {
        const expected = oracle.regionalMaxima(shape, values, connectivity);
        const volume = memoryVolume(Float32Array.from(values), shape, { brick: [3, 4, 4] });
        expect(await voxels(await regionalMaxima(volume, { connectivity }))).toEqual(expected);
        const down = memoryVolume(
          Float32Array.from(values, (value) => -value),
          shape,
        );
        expect(await voxels(await regionalMinima(down, { connectivity }))).toEqual(expected);
      }
    // Between 0 and the smallest numbers, too.
    const tiny = memoryVolume(Float32Array.of(0, 1e-45, 0, -0, -1e-45, 0, 1e-38, 0), [1, 1, 8]);
    expect(await voxels(await regionalMaxima(tiny))).toEqual([0, 1, 0, 0, 0, 0, 1, 0]);
  });

  test("extended are the maxima of the capped volume", async () => {
    const expected = oracle.regionalMaxima(
      shape,
      oracle.reconstruction(
        shape,
        grey.map((value) => value - 4),
        grey,
        6,
      ),
      6,
    );
    const volume = memoryVolume(Uint8Array.from(grey), shape, { brick: [2, 3, 4] });
    expect(await voxels(await hMaxima(volume, 4, { connectivity: 6, extended: true }))).toEqual(expected);
  });

  test("are the same for any bricks and workers; region and mask cut ways off", async () => {
    const whole = memoryVolume(Float32Array.from(rough), shape, { brick: [6, 7, 11] });
    const steps = memoryVolume(Uint16Array.from([1, 2, 3, 40000, 40001, 40002, 40003, 5]), [1, 1, 8]);
    // A height below the step of float32 is any height.
    expect(await voxels(await hMaxima(steps, 0.001))).toEqual([0, 0, 0, 0, 0, 0, 1, 0]);
    const expected = await voxels(await hMaxima(whole, 3));
    for (const workers of [1, 2, 4])
      expect(
        await voxels(
          await hMaxima(memoryVolume(Float32Array.from(rough), shape, { brick: [2, 2, 3] }), 3, { workers }),
        ),
      ).toEqual(expected);
    const within = Array.from({ length: count }, () => next() < 0.7);
    const mask = memoryVolume(Uint8Array.from(within, Number), shape, { role: "mask" });
    const masked = rough.map((value, k) => (within[k] ? value : Number.NaN));
    expect(await voxels(await hMaxima(whole, 3, { mask }))).toEqual(oracle.hMaxima(shape, masked, 3, 26));
    const region = { start: [1, 2, 3], stop: [5, 6, 11] } as const;
    const part = Array.from(await whole.read(region));
    const cut = await hMaxima(whole, 3, { region });
    expect([cut.shape, await voxels(cut)]).toEqual([[4, 4, 8], oracle.hMaxima([4, 4, 8], part, 3, 26)]);
  });

  test("refuse what has none", async () => {
    const volume = memoryVolume(Float32Array.from(rough), shape);
    await expect(hMaxima(volume, 0)).rejects.toThrow(/h \(grey values\) is 0/);
    await expect(hMaxima(volume, 1, { connectivity: 4 as never })).rejects.toThrow(/connectivity is 4/);
    await expect(hMaxima(volume, 1, { extended: 1 as never })).rejects.toThrow(/extended is 1/);
    await expect(regionalMaxima(volume, { extended: true } as object)).rejects.toThrow(/no option `extended`/);
    await expect(regionalMaxima(memoryVolume(new Uint8Array(count).fill(9), shape))).rejects.toThrow(
      /all voxels are 9/,
    );
    const none = memoryVolume(new Float32Array(count).fill(Number.NaN), shape);
    await expect(regionalMinima(none)).rejects.toMatchObject({ code: "MissingData" });
    const empty = memoryVolume(new Uint8Array(count), shape, { role: "mask" });
    await expect(hMaxima(volume, 1, { mask: empty })).rejects.toMatchObject({ code: "MissingData" });
    const large = memoryVolume(Int32Array.of(0, 2 ** 25, 3, 4), [1, 2, 2]);
    await expect(hMaxima(large, 1)).rejects.toThrow(/beyond ±2²⁴/);
    const infinite = memoryVolume(Float32Array.of(0, Number.POSITIVE_INFINITY, 3, 4), [1, 2, 2]);
    await expect(hMaxima(infinite, 1)).rejects.toThrow(/infinite values; clip it first/);
  });
});

describe("what scikit-image finds in the reference volume", () => {
  const { cases } = JSON.parse(readFileSync(new URL("../golden/reconstruction.json", import.meta.url), "utf8")) as {
    cases: { name: string; crc32: string; sum: number }[];
  };
  const size = [64, 64, 64] as const;
  const phases = referencePhases(64);
  const brick = [24, 32, 40] as const;
  const grey = memoryVolume(referenceGrey(phases, 8), size, { brick });
  const am = memoryVolume(
    Uint8Array.from(phases, (label) => Number(label === 2)),
    size,
    { brick, role: "mask" },
  );
  const shifted = (volume: Volume, by: number): Promise<Volume> =>
    volume.read().then((values) =>
      memoryVolume(
        Uint8Array.from(values, (value) => Math.min(255, Math.max(0, value + by))),
        size,
        { brick },
      ),
    );
  const calls: Record<string, () => Promise<Volume>> = {
    "dilation, 26": async () => reconstruction(await shifted(grey, -40), grey, { connectivity: 26 }),
    "dilation, 6": async () => reconstruction(await shifted(grey, -40), grey, { connectivity: 6 }),
    "erosion, 26": async () => reconstruction(await shifted(grey, 40), grey, { method: "erosion", connectivity: 26 }),
    "h-maxima 30, grey": () => hMaxima(grey, 30),
    "h-minima 30, grey": () => hMinima(grey, 30),
    "h-maxima 1, distances": async () => hMaxima(await distanceTransform(am), 1),
    "h-maxima 0.4, distances, 6": async () => hMaxima(await distanceTransform(am), 0.4, { connectivity: 6 }),
    "local maxima, median": async () => regionalMaxima(await median(grey, { shape: "box" })),
    "local minima, median, 6": async () => regionalMinima(await median(grey, { shape: "box" }), { connectivity: 6 }),
    "local maxima, distances": async () => regionalMaxima(await distanceTransform(am)),
  };
  test.each(cases)("$name is ours", async ({ name, crc32: expected, sum }) => {
    const found = Uint8Array.from(await (await calls[name]!()).read());
    expect(found.reduce((a, b) => a + b, 0)).toBe(sum);
    expect(crc32(found).toString(16).padStart(8, "0")).toBe(expected);
  });
});
