/** Erosion, dilation, opening and closing against their definitions. */
import { describe, expect, test } from "vitest";
import type { Border } from "#src/core/border.js";
import { DTYPES, type DType, type Voxels, voxelArray } from "#src/core/dtype.js";
import type { Triple } from "#src/core/shape.js";
import { closing, dilation, erosion, maximum, minimum, opening, um, type Volume } from "#src/index.js";
import * as oracle from "../oracle/morphology.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

const shape = [9, 11, 37] as const;
const count = shape[0] * shape[1] * shape[2];
const FUNCTIONS = { erosion, dilation, opening, closing };
const STEPS = { erosion: [true], dilation: [false], opening: [true, false], closing: [false, true] };
const NAMES = Object.keys(FUNCTIONS) as (keyof typeof FUNCTIONS)[];
const ELEMENTS: readonly (readonly [oracle.Element, Triple])[] = [
  ["ball", [1, 1, 1]],
  ["ball", [2.5, 2.5, 2.5]],
  ["ball", [0, 3, 2]],
  ["box", [1, 2, 1]],
  ["box", [0, 0, 3]],
  ["cross", [2, 1, 3]],
];
const BORDERS: readonly Border[] = ["reflect", "nearest", "wrap", { constant: 0 }, { constant: 1 }];

/** Blobs rather than noise: a phase that leaves something over when it is eroded. */
function blobs(seed: number, labels: number): number[] {
  const next = random(seed);
  const balls = Array.from({ length: 60 }, () => ({
    at: shape.map((n) => next() * n),
    radius: 1 + 3 * next(),
    label: Math.floor(next() * labels),
  }));
  const out = new Array<number>(count).fill(0);
  for (const { at, radius, label } of balls)
    for (let z = 0, k = 0; z < shape[0]; z++)
      for (let y = 0; y < shape[1]; y++)
        for (let x = 0; x < shape[2]; x++, k++)
          if ((z - at[0]!) ** 2 + (y - at[1]!) ** 2 + (x - at[2]!) ** 2 < radius ** 2) out[k] = label;
  return out;
}

function voxelArrayOf(dtype: DType, values: readonly number[]): Voxels {
  const out = voxelArray(dtype, values.length);
  out.set(values);
  return out;
}

const voxels = async (volume: Volume): Promise<number[]> => Array.from(await volume.read());
const phases = ["pore", "binder", "active material"].map((name, label) => ({ label, name, colour: "#000000" }));

describe.each(NAMES)("%s", (name) => {
  const erodes = STEPS[name];
  const inside = blobs(3, 2);
  const mask = memoryVolume(Uint8Array.from(inside), shape, { role: "mask", brick: [4, 8, 20] });

  test("of a mask is what its definition says, for each element and border", async () => {
    for (const [element, radius] of ELEMENTS)
      for (const border of BORDERS) {
        const result = await FUNCTIONS[name](mask, { shape: element, radius, border, workers: 2 });
        const expected = oracle.changed({ shape, values: inside }, { element, radius, erodes, border }, (v) => v !== 0);
        expect(await voxels(result), `${element} ${radius} ${JSON.stringify(border)}`).toEqual(expected.map(Number));
        expect(result.role).toBe("mask");
      }
  });

  test("of a phase gives voxels that leave it the nearest other label, and leaves what is no phase alone", async () => {
    const next = random(8);
    const values = blobs(5, 3).map((label) => (next() < 0.03 ? 255 : label));
    const labels = memoryVolume(Uint8Array.from(values), shape, { role: "labels", phases, brick: [5, 11, 16] });
    for (const [element, radius] of ELEMENTS)
      for (const [phase, label] of [
        ["binder", 1],
        [2, 2],
      ] as const) {
        const result = await FUNCTIONS[name](labels, { shape: element, radius, phase, workers: 2 });
        const after = oracle.changed({ shape, values }, { element, radius, erodes }, (v) => v === label, 255);
        const expected = oracle.relabelled({ shape, values }, after, { element, radius }, label, 255);
        expect(await voxels(result), `${element} ${radius} ${phase}`).toEqual(expected);
        expect(result.phases).toEqual(phases);
      }
  });

  test("takes labels of all whole numbers", async () => {
    const values = blobs(7, 3);
    for (const dtype of (Object.keys(DTYPES) as DType[]).filter((one) => DTYPES[one].integer)) {
      const { max } = DTYPES[dtype];
      const of = values.map((label) => [0, 7, max === 255 ? 254 : max][label]!);
      const volume = memoryVolume(voxelArrayOf(dtype, of), shape, { role: "labels" });
      const label = max === 255 ? 254 : max;
      const result = await FUNCTIONS[name](volume, { phase: label, radius: 2 });
      const how = { element: "ball", radius: [2, 2, 2] as Triple, erodes } as const;
      const after = oracle.changed({ shape, values: of }, how, (v) => v === label, 255);
      expect(await voxels(result), dtype).toEqual(oracle.relabelled({ shape, values: of }, after, how, label, 255));
    }
  });

  test("does not depend on bricks, workers, and a region", async () => {
    const whole = await voxels(await FUNCTIONS[name](mask, { radius: 2 }));
    const region = { start: [2, 1, 5], stop: [9, 9, 30] } as const;
    const part = await voxels(await FUNCTIONS[name](mask, { radius: 2, region }));
    const cut = memoryVolume(Uint8Array.from(whole), shape);
    expect(part).toEqual(Array.from(await cut.read(region)));
    for (const brick of [shape, [1, 2, 3], [4, 4, 16]] as const)
      for (const workers of [1, 2, 4]) {
        const other = memoryVolume(Uint8Array.from(inside), shape, { role: "mask", brick });
        expect(await voxels(await FUNCTIONS[name](other, { radius: 2, workers }))).toEqual(whole);
      }
  });

  test("tells what became of each phase fraction", async () => {
    const result = await FUNCTIONS[name](mask, { radius: 2 });
    const share = (values: readonly number[]): number => values.filter((v) => v !== 0).length / count;
    expect(result.drift).toEqual(
      [
        { name: "outside", before: 1 - share(inside), after: 1 - share(await voxels(result)) },
        { name: "inside", before: share(inside), after: share(await voxels(result)) },
      ].map(({ name, before, after }) => ({
        name,
        before: expect.closeTo(before, 12),
        after: expect.closeTo(after, 12),
      })),
    );
    expect(mask.drift).toBeUndefined();
    expect((await minimum(result)).drift).toBeUndefined();
  });

  test("of grey values is the smallest and largest ones of the element", async () => {
    const next = random(2);
    const grey = memoryVolume(
      Uint16Array.from({ length: count }, () => next() * 65536),
      shape,
      { brick: [4, 6, 16] },
    );
    const region = { start: [1, 2, 3], stop: [8, 11, 31] } as const;
    let expected = grey;
    for (const erode of erodes) expected = await (erode ? minimum : maximum)(expected, { shape: "ball", radius: 1.5 });
    const result = await FUNCTIONS[name](grey, { radius: 1.5, region });
    expect(await voxels(result)).toEqual(Array.from(await expected.read(region)));
  });

  test("keeps voxels outside the mask of a run", async () => {
    const all = await voxels(await FUNCTIONS[name](mask, { radius: 1 }));
    const where = Uint8Array.from(inside, (_, k) => (k % 5 < 3 ? 1 : 0));
    const result = await FUNCTIONS[name](mask, { radius: 1, mask: memoryVolume(where, shape, { role: "mask" }) });
    expect(await voxels(result)).toEqual(all.map((value, k) => (where[k] === 1 ? value : inside[k])));
  });
});

test("opening takes nothing away twice and adds nothing; closing takes nothing away", async () => {
  const inside = blobs(11, 2);
  const mask = memoryVolume(Uint8Array.from(inside), shape, { role: "mask" });
  for (const [element, radius] of ELEMENTS) {
    const opened = await opening(mask, { shape: element, radius });
    const closed = await closing(mask, { shape: element, radius });
    const [a, b] = [await voxels(opened), await voxels(closed)];
    expect(a.every((value, k) => value <= inside[k]!)).toBe(true);
    expect(b.every((value, k) => value >= inside[k]!)).toBe(true);
    expect(await voxels(await opening(opened, { shape: element, radius }))).toEqual(a);
    expect(await voxels(await closing(closed, { shape: element, radius }))).toEqual(b);
  }
});

test("a length is converted by the voxel size of each axis", async () => {
  const mask = memoryVolume(Uint8Array.from(blobs(3, 2)), shape, { role: "mask" });
  const sized = mask.with({ spacing: [um(2), um(1), um(0.5)] });
  expect(await voxels(await erosion(sized, { radius: um(2) }))).toEqual(
    await voxels(await erosion(mask, { radius: [1, 2, 4] })),
  );
  await expect(erosion(mask, { radius: um(2) })).rejects.toThrow(/voxel size of this volume is unknown/);
});

test("what cannot be meant is refused", async () => {
  const labels = memoryVolume(Uint8Array.from(blobs(5, 3)), shape, { role: "labels", phases });
  const mask = memoryVolume(Uint8Array.from(blobs(5, 2)), shape, { role: "mask" });
  await expect(erosion(labels)).rejects.toThrow(/say which phase is meant.*"pore", "binder"/);
  await expect(erosion(labels, { phase: "void" })).rejects.toThrow(/phase is "void"; the phases are "pore" \(0\)/);
  await expect(erosion(mask, { phase: 1 })).rejects.toThrow(/role mask and so no phases/);
  await expect(opening(mask, { radius: 65 })).rejects.toThrow(/radius \(voxels\) is 65; allowed/);
  await expect(opening(mask, { shape: "disc" as never })).rejects.toThrow(/allowed are "ball", "box" and "cross"/);
  await expect(closing(mask, { radios: 2 } as never)).rejects.toThrow(/did you mean `radius`/);
  const grey = memoryVolume(new Uint8Array(count), shape);
  await expect(dilation(grey, { shape: "cross" })).rejects.toThrow(/a cross is for masks and labels/);
  const floats = memoryVolume(new Float32Array(count), shape, { role: "mask" });
  await expect(dilation(floats)).rejects.toThrow(/whole numbers/);
});
