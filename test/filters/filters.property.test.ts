/** What every filter keeps: nothing depends on bricks, threads or orientation; region and mask mean one thing. */
import { expect, test } from "vitest";
import type { Border } from "#src/core/border.js";
import { DTYPES, type DType, type Voxels } from "#src/core/dtype.js";
import type { Shape } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { bordered } from "../oracle/neighbourhood.js";
import { expectClose } from "../support/closeness.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";
import { FILTERS } from "./all.js";

const SHAPE = [13, 17, 45] as const;
const count = (shape: Shape): number => shape[0] * shape[1] * shape[2];

/** Voxels of moderate size, so that tolerances relative to the largest value mean something. */
const voxelsOf = (dtype: DType, shape: Shape, seed: number): Voxels =>
  randomVoxels(dtype, count(shape), seed).map((value) => (dtype === "float32" ? Math.fround(value % 1000) : value));

/** The voxels with one axis reversed. */
function flipped<T extends Voxels>(voxels: T, shape: Shape, axis: number): T {
  return voxels.map((_, k) => {
    const at = [Math.floor(k / (shape[1] * shape[2])), Math.floor(k / shape[2]) % shape[1], k % shape[2]];
    at[axis] = shape[axis]! - 1 - at[axis]!;
    return voxels[(at[0]! * shape[1] + at[1]!) * shape[2] + at[2]!]!;
  }) as T;
}

/** Voxels with `by` more on each side, as a border shows them. */
function padded(voxels: Voxels, shape: Shape, by: number, border: Border): Voxels {
  const wide = shape.map((n) => n + 2 * by) as unknown as Shape;
  const out = new (voxels.constructor as Uint8ArrayConstructor)(count(wide)) as Voxels;
  return out.map((_, k) => {
    const place = [Math.floor(k / (wide[1] * wide[2])), Math.floor(k / wide[2]) % wide[1], k % wide[2]];
    const at = place.map((n, axis) => bordered(n - by, shape[axis]!, border)) as [number, number, number];
    if (at.includes(-1)) return (border as { constant: number }).constant;
    return voxels[(at[0] * shape[1] + at[1]) * shape[2] + at[2]]!;
  }) as Voxels;
}

const bytesOf = async (volume: Volume): Promise<Uint8Array> => new Uint8Array((await volume.read()).buffer);

for (const filterCase of FILTERS) {
  const { name, filter, dtypes = Object.keys(DTYPES) as DType[] } = filterCase;
  const { exact = false, bounded = false, flipTolerance = 2e-6, outside } = filterCase;

  test(`${name}: the same bytes for 1, 2 and 4 workers and three brick shapes`, async () => {
    for (const dtype of ["uint8", "float32"] as const) {
      const values = voxelsOf(dtype, SHAPE, 31);
      const results: Uint8Array[] = [];
      for (const brick of [
        [4, 5, 14],
        [5, 8, 16],
        [64, 128, 128],
      ] as const)
        for (const workers of [1, 2, 4])
          results.push(await bytesOf(await filter(memoryVolume(values, SHAPE, { brick }), { workers })));
      for (const bytes of results.slice(1)) expect(bytes).toEqual(results[0]);
    }
  });

  test(`${name}: a region is that region of the whole, also at its borders`, async () => {
    const volume = memoryVolume(voxelsOf("int16", SHAPE, 7), SHAPE, { brick: [5, 8, 16] });
    const region = { start: [3, 0, 11], stop: [13, 9, 33] } as const;
    expect(await (await filter(volume, { region })).read()).toEqual(await (await filter(volume, {})).read(region));
  });

  test(`${name}: outside a mask voxels ${outside === undefined ? "keep their values" : `get ${outside}`}, inside they are as without`, async () => {
    const values = voxelsOf("uint8", SHAPE, 9);
    const inside = randomVoxels("uint8", count(SHAPE), 10).map((value, k) => (k % 100 < 30 ? 0 : value & 1));
    const volume = memoryVolume(values, SHAPE, { brick: [5, 8, 16] });
    const mask = memoryVolume(inside, SHAPE, { brick: [4, 4, 9], role: "mask" });
    const without = await (await filter(volume, {})).read();
    expect(Array.from(await (await filter(volume, { mask })).read())).toEqual(
      Array.from(values, (value, k) => (inside[k] === 0 ? (outside ?? value) : without[k]!)),
    );
  });

  test(`${name}: each border is what it would be with those voxels around the volume`, async () => {
    const [shape, by] = [[4, 9, 23], 9] as const;
    const values = voxelsOf("uint8", shape, 17);
    for (const border of ["reflect", "mirror", "nearest", "wrap", { constant: 130 }] as const) {
      const result = await filter(memoryVolume(values, shape, { brick: [4, 4, 8] }), { border });
      const wide = memoryVolume(padded(values, shape, by, border), [4 + 2 * by, 9 + 2 * by, 23 + 2 * by]);
      const region = { start: [by, by, by], stop: [by + 4, by + 9, by + 23] } as const;
      expect(await result.read()).toEqual(await (await filter(wide, { region })).read());
    }
  });

  test(`${name}: what is flipped before is flipped after`, async () => {
    for (const dtype of ["uint8", "float32"] as const) {
      const values = voxelsOf(dtype, SHAPE, 13);
      const upright = await (await filter(memoryVolume(values, SHAPE, { brick: [5, 8, 16] }), {})).read();
      for (const axis of [0, 1, 2]) {
        const volume = memoryVolume(flipped(values, SHAPE, axis), SHAPE, { brick: [5, 8, 16] });
        const result = await (await filter(volume, {})).read();
        if (exact) expect(result).toEqual(flipped(upright, SHAPE, axis));
        else expectClose(result, flipped(upright, SHAPE, axis), flipTolerance);
      }
    }
  });

  test(`${name}: every voxel type is taken, and no value leaves the range of the volume where the filter averages or chooses`, async () => {
    const shape = [5, 6, 19] as const;
    for (const dtype of dtypes) {
      const values = voxelsOf(dtype, shape, 21);
      const result = await (await filter(memoryVolume(values, shape, { brick: [3, 6, 8] }), {})).read();
      expect(result.length).toBe(values.length);
      if (!bounded) continue;
      const numbers = Array.from(values);
      const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
      const slack = exact ? 0 : (high - low) * 1e-6;
      for (const value of result) {
        expect(value).toBeGreaterThanOrEqual(low - slack);
        expect(value).toBeLessThanOrEqual(high + slack);
      }
    }
  });
}
