/** Region growing against flooding. */
import { expect, test } from "vitest";
import { growRegion, type Volume } from "#src/index.js";
import { components } from "../oracle/components.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

const shape = [8, 11, 35] as const;
const count = shape[0] * shape[1] * shape[2];
const voxels = async (volume: Volume): Promise<number[]> => Array.from(await volume.read());
const maskOf = (inside: readonly boolean[]): Volume =>
  memoryVolume(Uint8Array.from(inside, Number), shape, { role: "mask", brick: [5, 4, 9] });

/** The voxels of the range whose component has a seed. */
function grown(within: readonly boolean[], seeds: readonly boolean[], connectivity: 6 | 18 | 26): number[] {
  const labels = components(shape, within, connectivity);
  const sown = new Set(labels.filter((label, k) => label > 0 && seeds[k]));
  return labels.map((label) => (sown.has(label) ? 1 : 0));
}

const next = random(31);
const grey = Array.from({ length: count }, () => Math.floor(next() * 100));
const seeds = Array.from({ length: count }, () => next() < 0.004);

test("what hangs together with a seed in the range belongs to it, both ends of the range included", async () => {
  for (const [low, high] of [
    [30, 60],
    [undefined, 35],
    [66, undefined],
  ] as const)
    for (const connectivity of [6, 18] as const) {
      const within = grey.map((v) => v >= (low ?? 0) && v <= (high ?? 100));
      const expected = grown(within, seeds, connectivity);
      expect(expected.some(Boolean) && expected.some((is, k) => is === 0 && within[k])).toBe(true);
      const limits = { ...(low !== undefined && { low }), ...(high !== undefined && { high }), connectivity };
      for (const workers of [1, 2]) {
        const volume = memoryVolume(Uint16Array.from(grey), shape, { brick: [4, 6, 16] });
        const result = await growRegion(volume, maskOf(seeds), { ...limits, workers });
        expect(await voxels(result), `${low} ${high} ${connectivity}`).toEqual(expected);
        expect([result.dtype, result.role]).toEqual(["uint8", "mask"]);
      }
      // Of floats the ends count as exactly.
      const floats = memoryVolume(
        Float32Array.from(grey, (v) => v / 10 - 5),
        shape,
      );
      const tenth = {
        ...(low !== undefined && { low: Math.fround(low / 10 - 5) }),
        ...(high !== undefined && { high: Math.fround(high / 10 - 5) }),
      };
      expect(await voxels(await growRegion(floats, maskOf(seeds), { ...tenth, connectivity }))).toEqual(expected);
    }
});

test("neither grows over the mask nor out of the region", async () => {
  const inside = grey.map((_, k) => k % 7 !== 0);
  const volume = memoryVolume(Uint8Array.from(grey), shape);
  const within = grey.map((v, k) => v <= 60 && inside[k]!);
  const masked = await growRegion(volume, maskOf(seeds), { high: 60, mask: maskOf(inside) });
  expect(await voxels(masked)).toEqual(grown(within, seeds, 6));
  const region = { start: [1, 2, 3], stop: [7, 9, 30] } as const;
  const cut = async (one: Volume, role: "mask" | "intensity"): Promise<Volume> =>
    memoryVolume(await one.read(region), [6, 7, 27], { role });
  const part = await growRegion(volume, maskOf(seeds), { high: 60, region });
  const small = await growRegion(await cut(volume, "intensity"), await cut(maskOf(seeds), "mask"), { high: 60 });
  expect(await voxels(part)).toEqual(await voxels(small));
  // A mask of signed bytes is inside wherever it is not 0.
  const signed = memoryVolume(
    Int8Array.from(seeds, (is) => (is ? -1 : 0)),
    shape,
    { role: "mask" },
  );
  expect(await voxels(await growRegion(volume, signed, { high: 60, region }))).toEqual(await voxels(small));
});

test("what cannot be meant is refused", async () => {
  const volume = memoryVolume(Uint8Array.from(grey), shape);
  await expect(growRegion(volume, maskOf(seeds))).rejects.toThrow(/low is undefined and high undefined/);
  await expect(growRegion(volume, maskOf(seeds), { low: 5, high: 4 })).rejects.toThrow(/low is 5 and high 4/);
  await expect(growRegion(volume, maskOf(seeds.map(() => false)), { low: 5 })).rejects.toThrow(/no seed/);
  await expect(growRegion(volume, volume, { low: 5 })).rejects.toThrow(/role mask/);
});
