/** Components and what is made of them, against flooding. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BrickGrid, type Shape } from "#src/core/shape.js";
import { components, fillHoles, keepLargest, open, removeSmall, save, type Volume } from "#src/index.js";
import { ComponentMerge } from "#src/morphology/component-merge.js";
import * as oracle from "../oracle/components.js";
import { facesAround } from "../oracle/labels.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

const CONNECTIVITIES = [6, 18, 26] as const;
const shape = [13, 17, 45] as const;
const count = shape[0] * shape[1] * shape[2];
const phases = ["pore", "binder", "active material"].map((name, label) => ({ label, name, colour: "#000000" }));
const file = testFolder();

/** Noise of a density at which components are neither few nor all one. */
const noise = (seed: number, share: number, n = count): boolean[] => {
  const next = random(seed);
  return Array.from({ length: n }, () => next() < share);
};
const maskOf = (inside: readonly boolean[], brick: Shape, of: Shape = shape): Volume =>
  memoryVolume(Uint8Array.from(inside, Number), of, { role: "mask", brick });
const voxels = async (volume: Volume): Promise<number[]> => Array.from(await volume.read());

describe("components", () => {
  test.each(CONNECTIVITIES)(
    "with %i neighbours are those that flooding finds, whatever the bricks and workers",
    async (connectivity) => {
      for (const share of [0.15, 0.3, 0.6]) {
        const inside = noise(connectivity, share);
        const expected = oracle.components(shape, inside, connectivity);
        for (const [brick, ...numbers] of [
          [shape, 1],
          [[4, 5, 16], 1, 2, 4],
          [[2, 3, 5], 2],
          [[13, 1, 45], 2],
        ] as const)
          for (const workers of numbers) {
            const result = await components(maskOf(inside, brick), { connectivity, workers });
            expect(await voxels(result), `${share} ${brick} ${workers}`).toEqual(expected);
            expect([result.dtype, result.role, result.phases]).toEqual(["uint32", "labels", undefined]);
          }
      }
    },
  );

  test("of any small volume are those of flooding", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(...[6, 6, 70].map((max) => fc.integer({ min: 1, max }))),
        fc.tuple(...[3, 3, 40].map((max) => fc.integer({ min: 1, max }))),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer(),
        fc.constantFrom(...CONNECTIVITIES),
        async (size, brick, share, seed, connectivity) => {
          const of = size as unknown as Shape;
          const inside = noise(seed, share, of[0] * of[1] * of[2]);
          const result = await components(maskOf(inside, brick as unknown as Shape, of), { connectivity });
          expect(await voxels(result)).toEqual(oracle.components(of, inside, connectivity));
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });

  test.each([64, 65, 128, 200])("in rows of %i voxels are those of flooding", async (columns) => {
    const of = [5, 6, columns] as const;
    for (const share of [0.3, 0.7, 0.95])
      for (const connectivity of CONNECTIVITIES) {
        const inside = noise(columns + connectivity, share, of[0] * of[1] * of[2]);
        const expected = oracle.components(of, inside, connectivity);
        for (const brick of [of, [2, 4, 64], [3, 3, 100]] as const)
          expect(await voxels(await components(maskOf(inside, brick, of), { connectivity })), `${brick}`).toEqual(
            expected,
          );
      }
  });

  test("of a phase take no other phase along, and other types give the same", async () => {
    const next = random(4);
    const values = Array.from({ length: count }, () => Math.floor(next() * 3));
    const expected = oracle.components(
      shape,
      values.map((label) => label === 2),
      26,
    );
    for (const Kind of [Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array]) {
      const labels = memoryVolume(Kind.from(values), shape, { role: "labels", phases, brick: [5, 6, 16] });
      expect(await voxels(await components(labels, { phase: "active material", connectivity: 26 }))).toEqual(expected);
    }
  });

  test("of a region, inside a mask, know nothing beyond", async () => {
    const inside = noise(9, 0.4);
    const within = noise(10, 0.7);
    const region = { start: [2, 3, 5], stop: [11, 16, 40] } as const;
    const both = inside.map((is, k) => is && within[k]!);
    const part = (await maskOf(both, [4, 4, 8]).read(region)) as Uint8Array;
    const size = [9, 13, 35] as const;
    const expected = oracle.components(size, Array.from(part, Boolean), 6);
    const result = await components(maskOf(inside, [4, 4, 8]), { region, mask: maskOf(within, [13, 5, 9]) });
    expect(result.shape).toEqual(size);
    expect(await voxels(result)).toEqual(expected);
  });

  test("go into a file, and come from one", async () => {
    const inside = noise(12, 0.3);
    await save(maskOf(inside, [5, 5, 16]), file("mask.arrow"));
    const from = await open(file("mask.arrow"));
    const result = await components(from, { to: file("components.arrow") });
    expect(await voxels(result)).toEqual(oracle.components(shape, inside, 6));
    expect(await voxels(await components(from, { to: file("components.arrow") }))).toEqual(await voxels(result));
  });

  test("of an empty mask there are none, of a full one there is one", async () => {
    const none = await components(maskOf(new Array(count).fill(false), [4, 4, 16]));
    expect((await voxels(none)).every((label) => label === 0)).toBe(true);
    const one = await components(maskOf(new Array(count).fill(true), [4, 4, 16]));
    expect((await voxels(one)).every((label) => label === 1)).toBe(true);
  });

  test("more than memory has numbers for are refused", () => {
    const merge = new ComponentMerge(new BrickGrid([4, 64, 64], [4, 64, 64]), 6, 1000);
    const numbers = new Uint32Array(3000).fill(1);
    const faces = [64, 64, 4, 4, 4, 4].map((rows) => ({
      starts: new Uint32Array(rows + 1),
      runs: new Uint32Array(0),
      labels: new Uint32Array(0),
    }));
    const part = {
      size: [4, 64, 64],
      count: 3000,
      sizes: numbers,
      firsts: numbers,
      marked: new Uint8Array(3000),
      faces,
    } as const;
    expect(() => merge.add(part)).toThrow(/3000 components or more.*remove noise first/);
  });
});

describe("what is made of components", () => {
  const inside = noise(21, 0.28);
  const labels = oracle.components(shape, inside, 6);
  const sizes = oracle.sizesOf(labels);

  test("small ones are removed, and no other voxel changes", async () => {
    for (const size of [1, 2, 5, 50, 10_000]) {
      const result = await removeSmall(maskOf(inside, [4, 6, 16]), size);
      const expected = labels.map((label) => (label > 0 && sizes[label - 1]! >= size ? 1 : 0));
      expect(await voxels(result), String(size)).toEqual(expected);
      const after = expected.filter(Boolean).length / count;
      expect(result.drift?.find(({ name }) => name === "inside")?.after).toBeCloseTo(after, 12);
    }
  });

  test("the largest ones are kept, of equal ones the first", async () => {
    const order = [...sizes.keys()].sort((a, b) => sizes[b]! - sizes[a]! || a - b);
    for (const n of [1, 2, 40]) {
      const kept = new Set(order.slice(0, n).map((k) => k + 1));
      const result = await keepLargest(maskOf(inside, [4, 6, 16]), { count: n });
      expect(await voxels(result)).toEqual(labels.map((label) => (kept.has(label) ? 1 : 0)));
    }
  });

  test("small pieces of a phase become the phase that is named, and what is no phase stays", async () => {
    const next = random(5);
    const values = Array.from({ length: count }, () => [0, 1, 2, 2, 255][Math.floor(next() * 5)]!);
    const volume = memoryVolume(Uint8Array.from(values), shape, { role: "labels", phases, brick: [4, 6, 16] });
    const of = oracle.components(
      shape,
      values.map((label) => label === 1),
      18,
    );
    const large = oracle.sizesOf(of);
    const result = await removeSmall(volume, 3, { phase: "binder", into: "pore", connectivity: 18 });
    expect(await voxels(result)).toEqual(values.map((label, k) => (of[k]! > 0 && large[of[k]! - 1]! < 3 ? 0 : label)));
    const holes = oracle.components(
      shape,
      values.map((label) => label !== 2),
      6,
    );
    const [bulk, open] = [oracle.sizesOf(holes), oracle.openOf(shape, holes)];
    for (const size of [undefined, 1, 4]) {
      const filled = await fillHoles(volume, { phase: 2, ...(size !== undefined && { size }) });
      const closed = (label: number): boolean =>
        label > 0 && !open[label - 1] && (size === undefined || bulk[label - 1]! <= size);
      expect(await voxels(filled)).toEqual(values.map((label, k) => (closed(holes[k]!) && label !== 255 ? 2 : label)));
    }
  });

  test("without a name they become the phase that surrounds them most, and stay where there is none", async () => {
    const next = random(6);
    const values = Array.from({ length: count }, () => [0, 1, 1, 2, 2, 3, 255][Math.floor(next() * 7)]!);
    for (const [connectivity, size] of [
      [6, 3],
      [18, 4],
      [26, 40],
    ] as const) {
      const of = oracle.components(
        shape,
        values.map((label) => label === 1),
        connectivity,
      );
      const large = oracle.sizesOf(of);
      const becomes = (never: number) => (voxels: number, k: number) => {
        if (voxels >= size) return 1;
        const faces = facesAround(values, shape, of, k + 1);
        faces.delete(never);
        const most = Math.max(...faces.values());
        return Math.min(...[...faces].flatMap(([label, n]) => (n === most ? [label] : [])));
      };
      // Of 8 bits 255 is no phase. What touches nothing stays.
      const expected = [255, -1].map((never) => {
        const into = large.map(becomes(never));
        return values.map((label, k) => (of[k]! > 0 && Number.isFinite(into[of[k]! - 1]!) ? into[of[k]! - 1]! : label));
      });
      for (const [brick, workers] of [
        [[4, 6, 16], 2],
        [shape, 1],
        [[3, 17, 5], 4],
      ] as const)
        for (const Kind of [Uint8Array, Int32Array]) {
          const labels = memoryVolume(Kind.from(values), shape, { role: "labels", brick });
          const result = await removeSmall(labels, size, { phase: 1, connectivity, workers });
          expect(await voxels(result)).toEqual(expected[Kind === Uint8Array ? 0 : 1]);
        }
    }
    const alone = memoryVolume(Uint8Array.of(1, 255, 255, 0), [1, 1, 4], { role: "labels", phases });
    expect(await voxels(await removeSmall(alone, 5, { phase: 1 }))).toEqual([1, 255, 255, 0]);
    const two = memoryVolume(Uint8Array.of(0, 1, 2, 2, 2, 1, 0, 0, 2, 1, 1, 2), [1, 1, 12], { role: "labels", phases });
    const kept = await keepLargest(two, { phase: "binder", to: file("kept.arrow") });
    expect(await voxels(kept)).toEqual([0, 0, 2, 2, 2, 0, 0, 0, 2, 1, 1, 2]);
    expect(kept.drift?.map(({ name }) => name)).toEqual(["pore", "binder", "active material"]);
    const part = await removeSmall(two, 5, { phase: 1, region: { start: [0, 0, 1], stop: [1, 1, 6] } });
    expect(await voxels(part)).toEqual([2, 2, 2, 2, 2]);
  });

  test("holes of a mask are filled where they have no way to a face, also of a region", async () => {
    const mask = noise(22, 0.65);
    const holes = oracle.components(
      shape,
      mask.map((is) => !is),
      6,
    );
    const open = oracle.openOf(shape, holes);
    const expected = mask.map((is, k) => (is || !open[holes[k]! - 1] ? 1 : 0));
    expect(expected.filter(Boolean).length).toBeGreaterThan(mask.filter(Boolean).length + 20);
    expect(await voxels(await fillHoles(maskOf(mask, [4, 6, 16])))).toEqual(expected);
    const region = { start: [1, 2, 3], stop: [10, 12, 33] } as const;
    const part = memoryVolume(Uint8Array.from(mask, Number), shape, { role: "mask" });
    const cut = memoryVolume((await part.read(region)) as Uint8Array, [9, 10, 30], { role: "mask" });
    expect(await voxels(await fillHoles(part, { region }))).toEqual(await voxels(await fillHoles(cut)));
  });

  test("what cannot be meant is refused", async () => {
    const mask = maskOf(inside, shape);
    const volume = memoryVolume(new Uint8Array(count), shape, { role: "labels", phases });
    await expect(removeSmall(mask, 0)).rejects.toThrow(/size \(voxels\) is 0/);
    await expect(removeSmall(volume, 5, { phase: 1, into: "binder" })).rejects.toThrow(/the phase itself/);
    await expect(removeSmall(mask, 5, { into: 0 })).rejects.toThrow(/a mask has no phases/);
    await expect(removeSmall(mask, 5, { mask } as never)).rejects.toThrow(/no option `mask`/);
    await expect(keepLargest(mask, { count: 1.5 })).rejects.toThrow(/count is 1.5/);
    await expect(fillHoles(mask, { connectivity: 8 as never })).rejects.toThrow(/connectivity is 8; allowed are 6/);
    await expect(components(memoryVolume(new Uint8Array(count), shape))).rejects.toThrow(/role intensity/);
    await expect(components(memoryVolume(new Float32Array(count), shape, { role: "mask" }))).rejects.toThrow(
      /whole numbers/,
    );
  });
});
