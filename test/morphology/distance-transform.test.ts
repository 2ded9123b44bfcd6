/** The distance transform against the definition. */
import { expect, test } from "vitest";
import type { Shape, Triple } from "#src/core/shape.js";
import { distanceTransform, nm, type Volume } from "#src/index.js";
import { distances } from "../oracle/distance.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

const file = testFolder();
const noise = (shape: Shape, share: number): boolean[] => {
  const next = random(share * 1000);
  return Array.from({ length: shape[0] * shape[1] * shape[2] }, () => next() < share);
};
const maskOf = (shape: Shape, inside: readonly boolean[], brick: Shape = [4, 5, 16]): Volume =>
  memoryVolume(Uint8Array.from(inside, Number), shape, { role: "mask", brick });

async function expectDistances(result: Volume, expected: readonly number[]): Promise<void> {
  expect([result.dtype, result.role]).toEqual(["float32", "field"]);
  const found = await result.read();
  for (const [k, value] of expected.entries())
    if (Number.isFinite(value)) expect(Math.abs(found[k]! - value)).toBeLessThan(1e-6 * (1 + value));
    else expect(found[k]).toBe(value);
}

test("each voxel has the distance to the nearest one outside, for any shape, bricks and workers", async () => {
  for (const shape of [
    [7, 9, 21],
    [1, 12, 30],
    [13, 1, 5],
    [6, 8, 1],
    [1, 1, 40],
  ] as const)
    for (const share of [0.5, 0.97]) {
      const inside = noise(shape, share);
      const expected = distances(shape, inside, [1, 1, 1]);
      for (const workers of [1, 2])
        await expectDistances(await distanceTransform(maskOf(shape, inside), { workers }), expected);
    }
});

test("voxels that are no cubes are measured in their shortest edge", async () => {
  const shape = [6, 9, 14] as const;
  const inside = noise(shape, 0.95);
  const steps: Triple = [3.5, 1, 2];
  const sized = maskOf(shape, inside).with({ spacing: [nm(350), nm(100), nm(200)] });
  await expectDistances(await distanceTransform(sized), distances(shape, inside, steps));
});

test("without anything outside distances are infinite, without anything inside they are 0", async () => {
  const shape = [3, 4, 5] as const;
  await expectDistances(await distanceTransform(maskOf(shape, new Array(60).fill(true))), new Array(60).fill(Infinity));
  await expectDistances(await distanceTransform(maskOf(shape, new Array(60).fill(false))), new Array(60).fill(0));
});

test("of a phase all others are outside; the result goes into a file", async () => {
  const shape = [5, 6, 18] as const;
  const next = random(6);
  const labels = Array.from({ length: 540 }, () => Math.floor(next() * 3));
  const volume = memoryVolume(
    Uint16Array.from(labels, (label) => label * 300),
    shape,
    { role: "labels", brick: [2, 3, 8] },
  );
  const expected = distances(
    shape,
    labels.map((label) => label === 2),
    [1, 1, 1],
  );
  await expectDistances(await distanceTransform(volume, { phase: 600, to: file("distances.arrow") }), expected);
});

test("what cannot be meant is refused", async () => {
  const mask = maskOf([2, 3, 4], new Array(24).fill(true));
  await expect(distanceTransform(mask, { phase: 1 })).rejects.toThrow(/no phases/);
  await expect(distanceTransform(mask, { region: {} } as never)).rejects.toThrow(/no option `region`/);
  await expect(distanceTransform(memoryVolume(new Uint8Array(24), [2, 3, 4]))).rejects.toThrow(/role intensity/);
});
