import { expect, test } from "vitest";
import { edgeSpread } from "#src/artefacts/edge-spread.js";
import { machine } from "#src/compute/memory.js";
import { um } from "#src/core/length.js";
import type { Shape } from "#src/core/shape.js";
import { Volume } from "#src/core/volume.js";
import { memoryVolume } from "../support/memory-volume.js";
import { erf, normal } from "../support/normal.js";

const ANY = { between: { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY } };
/** 10 to 90 % of a Gaussian's integral, in standard deviations: 2 · 1.28155. */
const RISE = 2.5631;

/** A ball from 100 to 200, its surface blurred by a Gaussian, and noise. */
function ball(shape: Shape, radius: number, sigma: number, noise: number, stretch = 1, aside = 0) {
  const noises = normal(shape[0] * shape[1] * shape[2], 5);
  const values = Float32Array.from(noises, (value, k) => {
    const x = k % shape[2];
    const y = Math.floor(k / shape[2]) % shape[1];
    const z = Math.floor(k / (shape[1] * shape[2]));
    const r = Math.hypot(stretch * (z - (shape[0] - 1) / 2), y - shape[1] / 2 + 0.3, x - shape[2] / 2 + 0.2 + aside);
    const deep = (radius - r) / (sigma * Math.SQRT2);
    return 150 + 50 * (Math.abs(deep) < 4 ? erf(deep) : Math.sign(deep)) + noise * value;
  });
  return memoryVolume(values, shape, { brick: [16, 32, 32] });
}

test("the width of edges is 2.563 standard deviations of the blur, in any direction, with and without noise", async () => {
  for (const sigma of [0.7, 1, 1.7])
    for (const noise of [0, 5, 15, 20]) {
      const { width, edges } = await edgeSpread(ball([56, 56, 56], 17, sigma, noise), [[100, 200]], ANY);
      expect(edges).toBeGreaterThan(500);
      // Noise of a fifth of the contrast would make edges a fifth too narrow, if it had a say in where they are.
      expect(Math.abs(width / (RISE * sigma) - 1)).toBeLessThan(noise > 10 ? 0.07 : 0.04);
    }
});

test("a staircase over a third phase between two is not taken for an edge of both", async () => {
  // A ball of 300 aside in one of 200, which is 3 to 13 voxels thick around it, in 100.
  const inner = await ball([56, 56, 56], 12, 1, 3, 1, 5).read();
  const outer = await ball([56, 56, 56], 20, 1, 0).read();
  const nested = memoryVolume(
    Float32Array.from(inner, (value, k) => value + outer[k]! - 100),
    [56, 56, 56],
  );
  const pairs = [
    [100, 300],
    [100, 200],
    [200, 300],
  ] as const;
  const outermost = await edgeSpread(nested, [pairs[0]], ANY);
  expect([outermost.edges > 50, outermost.width > 2 * RISE]).toEqual([true, true]);
  const { width } = await edgeSpread(nested, pairs, ANY);
  expect(Math.abs(width / RISE - 1)).toBeLessThan(0.15);
});

test("the memory of the search is counted, and refused where there is none", async () => {
  await machine.collect();
  const before = machine.used;
  let most = 0;
  const volume = ball([40, 40, 40], 12, 1, 3);
  const { store } = volume;
  const watching = new Volume({
    ...volume,
    brick: volume.grid.brick,
    store: {
      ...store,
      read: (index) => {
        most = Math.max(most, machine.used - before);
        return store.read(index);
      },
    },
  });
  await edgeSpread(watching, [[100, 200]], ANY);
  // At least the voxels, twice smoothed, and the edges.
  expect(most).toBeGreaterThan(40 ** 3 * (4 + 4 + 8));
  expect(machine.used).toBe(before);
  const little = edgeSpread(volume, [[100, 200]], { ...ANY, memoryLimit: before + 100_000 });
  await expect(little).rejects.toMatchObject({ code: "LimitExceeded" });
  expect(machine.used).toBe(before);
});

test("in an image, and in voxels that are longer along z, too", async () => {
  const disc = await edgeSpread(ball([1, 120, 120], 40, 1.2, 4), [[100, 200]], ANY);
  expect(Math.abs(disc.width / (RISE * 1.2) - 1)).toBeLessThan(0.08);
  const long = ball([40, 80, 80], 25, 1.5, 4, 2).with({ spacing: [um(2), um(1), um(1)] });
  const { width } = await edgeSpread(long, [[100, 200]], ANY);
  expect(Math.abs(width / (RISE * 1.5) - 1)).toBeLessThan(0.05);
});

test("dark and bright phases are alike, and other phases beside the two do not count", async () => {
  const plain = await ball([1, 96, 96], 30, 1, 0).read();
  // A third phase at 160 takes a quarter of the plane.
  const third = Float32Array.from(plain, (value, k) => (k % 96 < 40 && k < 40 * 96 ? 160 : value));
  const bright = await edgeSpread(memoryVolume(third, [1, 96, 96]), [[100, 200]], ANY);
  expect(Math.abs(bright.width / RISE - 1)).toBeLessThan(0.05);
  const inverse = Float32Array.from(plain, (value) => 300 - value);
  const dark = await edgeSpread(memoryVolume(inverse, [1, 96, 96]), [[100, 200]], ANY);
  expect(Math.abs(dark.width / RISE - 1)).toBeLessThan(0.05);
});

test("where there are no edges, or only outside of the mask or of what is not cut off, the width is unknown", async () => {
  const disc = ball([1, 96, 96], 30, 1, 0);
  const width = async (pairs: [number, number][], options: object = {}): Promise<number> =>
    (await edgeSpread(disc, pairs, { ...ANY, ...options })).width;
  expect(await width([])).toBeNaN();
  expect(await width([[10, 60]])).toBeNaN();
  expect(await width([[100, 200]], { between: { low: 100.5, high: 1000 } })).toBeNaN();
  const mask = memoryVolume(new Uint8Array(96 * 96).fill(1, 0, 96 * 10), [1, 96, 96], { role: "mask" });
  expect(await width([[100, 200]], { mask })).toBeNaN();
  expect(
    await width([
      [10, 60],
      [100, 200],
    ]),
  ).toBeGreaterThan(2);
});
