/** The watershed against its definition and scikit-image. */
import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { components, distanceTransform, maximum, median, minimum, type Volume, watershed } from "#src/index.js";
import * as oracle from "../oracle/watershed.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";

const shape = [6, 7, 15] as const;
const count = shape[0] * shape[1] * shape[2];
const file = testFolder();
const voxels = async (volume: Volume): Promise<number[]> => Array.from(await volume.read());

/** Values with many ties, and a few markers. */
function scene(seed: number, values: number): { image: number[]; markers: number[] } {
  const next = random(seed);
  return {
    image: Array.from({ length: count }, () => Math.floor(next() * values)),
    markers: Array.from({ length: count }, () => (next() < 0.01 ? 1 + Math.floor(next() * 5) : 0)),
  };
}
const markersOf = (markers: readonly number[]): Volume =>
  memoryVolume(Uint16Array.from(markers), shape, { role: "labels", brick: [3, 4, 8] });

describe("the watershed", () => {
  test("floods in the order of its definition, whatever the voxel type and the bricks", async () => {
    for (const [seed, values] of [
      [1, 3],
      [2, 40],
      [3, 100_000],
    ] as const) {
      const { image, markers } = scene(seed, values);
      for (const connectivity of [6, 18, 26] as const) {
        const expected = oracle.watershed(shape, image, markers, connectivity);
        const volumes = [
          memoryVolume(
            Float32Array.from(image, (v) => v - 20),
            shape,
          ),
          memoryVolume(
            Int32Array.from(image, (v) => v - 20),
            shape,
            { brick: [2, 3, 4] },
          ),
          memoryVolume(
            Uint32Array.from(image, (v) => 4_000_000_000 + v),
            shape,
          ),
        ];
        if (values <= 40) volumes.push(memoryVolume(Uint8Array.from(image), shape));
        if (values <= 40)
          volumes.push(
            memoryVolume(
              Int16Array.from(image, (v) => v - 20),
              shape,
            ),
          );
        for (const volume of volumes) {
          const result = await watershed(volume, markersOf(markers), { connectivity });
          expect(await voxels(result), `${volume.dtype} ${connectivity}`).toEqual(expected);
          expect([result.dtype, result.role, result.phases]).toEqual(["uint32", "labels", undefined]);
        }
        const down = memoryVolume(
          Float32Array.from(image, (v) => -v),
          shape,
        );
        const result = await watershed(down, markersOf(markers), { connectivity, from: "high" });
        expect(await voxels(result)).toEqual(expected);
      }
    }
  });

  test("leaves lines where labels meet, and rounds regions off, as the definition has it", async () => {
    for (const seed of [11, 12, 13]) {
      const { image, markers } = scene(seed, 12);
      const volume = memoryVolume(Uint8Array.from(image), shape);
      for (const [lines, compactness] of [
        [true, 0],
        [false, 0.8],
        [true, 2.5],
      ] as const) {
        const expected = oracle.watershedByTurns(shape, image, markers, 6, { lines, compactness });
        const result = await watershed(volume, markersOf(markers), { lines, compactness });
        expect(await voxels(result), `${seed} ${lines} ${compactness}`).toEqual(expected);
      }
    }
  });

  test("stays inside the mask, and gives NaN no label", async () => {
    const { image, markers } = scene(4, 20);
    const next = random(9);
    const within = Array.from({ length: count }, () => next() < 0.8);
    const holed = image.map((v) => (next() < 0.05 ? Number.NaN : v));
    const marked = markers.map((label, k) => (Number.isNaN(holed[k]!) ? 0 : label));
    const expected = oracle.watershed(shape, holed, marked, 6, (k) => within[k]!);
    const mask = memoryVolume(Uint8Array.from(within, Number), shape, { role: "mask" });
    const result = await watershed(memoryVolume(Float32Array.from(holed), shape), markersOf(markers), { mask });
    expect(await voxels(result)).toEqual(expected);
  });

  test("goes into a file", async () => {
    const { image, markers } = scene(5, 20);
    const volume = memoryVolume(Uint8Array.from(image), shape, { brick: [2, 4, 8] });
    const result = await watershed(volume, markersOf(markers), { to: file("regions.arrow") });
    expect(await voxels(result)).toEqual(oracle.watershed(shape, image, markers, 6));
  });

  test("tells its progress and can be stopped", async () => {
    const { image, markers } = scene(6, 20);
    const volume = memoryVolume(Uint8Array.from(image), shape);
    const seen: number[] = [];
    await watershed(volume, markersOf(markers), { onProgress: ({ done }) => seen.push(done) });
    expect(seen.length).toBeGreaterThan(0);
    const stop = new AbortController();
    stop.abort(new Error("enough"));
    await expect(watershed(volume, markersOf(markers), { signal: stop.signal })).rejects.toThrow("enough");
  });

  test("refuses what cannot be meant", async () => {
    const { image, markers } = scene(7, 20);
    const volume = memoryVolume(Uint8Array.from(image), shape);
    const negative = memoryVolume(
      Int8Array.from(markers, (v) => -v),
      shape,
      { role: "labels" },
    );
    await expect(watershed(volume, negative)).rejects.toThrow(/a marker is -\d; allowed/);
    const other = memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "labels" });
    await expect(watershed(volume, other)).rejects.toThrow(/markers has the shape 2 × 2 × 2/);
    await expect(watershed(volume, memoryVolume(new Float32Array(count), shape))).rejects.toThrow(/whole numbers/);
    const wrong = { from: "top" as never };
    await expect(watershed(volume, markersOf(markers), wrong)).rejects.toThrow(/allowed are "low" and "high"/);
    await expect(watershed(volume, markersOf(markers), { lines: 1 as never })).rejects.toThrow(/lines is 1/);
    await expect(watershed(volume, markersOf(markers), { compactness: -1 })).rejects.toThrow(/compactness .* is -1/);
    await expect(watershed(volume, markersOf(new Array(count).fill(0)))).rejects.toThrow(/no marker/);
    const none = memoryVolume(new Uint8Array(count), shape, { role: "mask" });
    await expect(watershed(volume, markersOf(markers), { mask: none })).rejects.toThrow(/no marker/);
  });
});

describe("the regions of scikit-image", () => {
  const { cases } = JSON.parse(readFileSync(new URL("../golden/watershed.json", import.meta.url), "utf8")) as {
    cases: { name: string; crc32: string; zeros: number }[];
  };
  const size = [64, 64, 64] as const;
  const results: Record<string, () => Promise<Volume>> = {};

  beforeAll(async () => {
    const phases = referencePhases(64);
    const am = memoryVolume(
      Uint8Array.from(phases, (label) => Number(label === 2)),
      size,
      { role: "mask" },
    );
    const distances = await distanceTransform(am);
    const far = (await distances.read()) as Float32Array;
    // Peaks in boxes of 9 that are more than 3 voxels deep; those that touch are one.
    const highest = await (await maximum(distances, { radius: 4 })).read();
    const peak = Uint8Array.from(far, (value, k) => Number(value === highest[k] && value > 3));
    const peaks = await components(memoryVolume(peak, size, { role: "mask" }), { connectivity: 26 });
    const smooth = await median(memoryVolume(referenceGrey(phases, 8), size), { shape: "box" });
    const [top, low] = [await (await maximum(smooth)).read(), await (await minimum(smooth)).read()];
    // No two voxels of a value: of equal markers scikit-image takes whichever its heap has on top.
    const steps = memoryVolume(
      Int32Array.from(top, (value, k) => (value - low[k]!) * 64 ** 3 + ((k * 48271) % 64 ** 3)),
      size,
    );
    const seed = (v: number): number => Number(v < 70) + 2 * Number(v > 100 && v < 120) + 3 * Number(v > 170);
    const seeds = memoryVolume(Uint8Array.from(await smooth.read(), seed), size, { role: "labels" });
    results.peaks = async () => peaks;
    results.seeds = async () => seeds;
    for (const compactness of [0, 0.7])
      results[`distances, compactness ${compactness}`] = () =>
        watershed(distances, peaks, { from: "high", mask: am, compactness });
    for (const [k, connectivity] of ([6, 18, 26] as const).entries())
      results[`steps, connectivity ${k + 1}`] = () => watershed(steps, seeds, { connectivity });
  });

  test.each(cases)("$name are ours", async ({ name, crc32: expected, zeros }) => {
    const found = Int32Array.from(await (await results[name]!()).read());
    expect(found.filter((label) => label === 0).length).toBe(zeros);
    expect(crc32(new Uint8Array(found.buffer)).toString(16).padStart(8, "0")).toBe(expected);
  });
});
