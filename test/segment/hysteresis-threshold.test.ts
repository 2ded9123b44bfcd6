/** Hysteresis against its definition. */
import { expect, test } from "vitest";
import { hysteresisThreshold, type Volume } from "#src/index.js";
import { components } from "../oracle/components.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

const shape = [9, 12, 37] as const;
const count = shape[0] * shape[1] * shape[2];
const voxels = async (volume: Volume): Promise<number[]> => Array.from(await volume.read());

/** The voxels above `low` whose component has one above `high`. */
function expected(values: readonly number[], low: number, high: number, connectivity: 6 | 18 | 26): number[] {
  const labels = components(
    shape,
    values.map((v) => v > low),
    connectivity,
  );
  const sure = new Set(labels.filter((label, k) => label > 0 && values[k]! > high));
  return labels.map((label) => (sure.has(label) ? 1 : 0));
}

test("what hangs together with a voxel above the higher threshold is inside, for any bricks and workers", async () => {
  const next = random(5);
  const grey = Array.from({ length: count }, () => Math.floor(next() * 200));
  for (const connectivity of [6, 18, 26] as const)
    for (const [low, high] of [
      [140, 195],
      [170, 198],
    ] as const) {
      const wanted = expected(grey, low, high, connectivity);
      expect(wanted.some(Boolean) && wanted.some((is, k) => is === 0 && grey[k]! > low)).toBe(true);
      for (const brick of [shape, [4, 5, 16]] as const)
        for (const workers of [1, 2]) {
          const volume = memoryVolume(Uint8Array.from(grey), shape, { brick });
          const result = await hysteresisThreshold(volume, low, high, { connectivity, workers });
          expect(await voxels(result)).toEqual(wanted);
          expect([result.dtype, result.role]).toEqual(["uint8", "mask"]);
        }
    }
});

test("NaN and what lies outside the mask connect nothing", async () => {
  const next = random(6);
  const grey = Array.from({ length: count }, () => (next() < 0.1 ? Number.NaN : next() * 200));
  const within = Array.from({ length: count }, () => next() < 0.85);
  const wanted = expected(
    grey.map((v, k) => (within[k] ? v : Number.NaN)),
    120,
    190,
    6,
  );
  const mask = memoryVolume(Uint8Array.from(within, Number), shape, { role: "mask" });
  const volume = memoryVolume(Float32Array.from(grey), shape, { brick: [4, 6, 16] });
  expect(await voxels(await hysteresisThreshold(volume, 120, 190, { mask }))).toEqual(wanted);
});

test("thresholds that are none are refused", async () => {
  const volume = memoryVolume(new Uint8Array(count), shape);
  await expect(hysteresisThreshold(volume, 5, 5)).rejects.toThrow(/low is 5 and high 5/);
  await expect(hysteresisThreshold(volume, 5, Number.NaN)).rejects.toThrow(/high NaN/);
  await expect(hysteresisThreshold(volume, 5, 7, { radius: 1 } as never)).rejects.toThrow(/no option `radius`/);
});
