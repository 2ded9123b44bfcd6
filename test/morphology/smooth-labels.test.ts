/** Majority and smoothing of labels. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ballOffsets, boxOffsets } from "#src/compute/operations.js";
import { DTYPES, type DType, voxelArray } from "#src/core/dtype.js";
import { phaseTable } from "#src/core/phases.js";
import type { Shape, Triple } from "#src/core/shape.js";
import { gaussian, majority, median, open, smoothLabels, threshold, um, type Volume } from "#src/index.js";
import * as oracle from "../oracle/labels.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referenceGrey, referencePhases } from "../support/reference-volume.js";

const file = testFolder();
const voxels = async (volume: Volume): Promise<number[]> => Array.from(await volume.read());
const counted = (values: Iterable<number>): Map<number, number> => {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return new Map([...counts].sort(([a], [b]) => a - b));
};

describe("majority", () => {
  const INTEGERS = (Object.keys(DTYPES) as DType[]).filter((dtype) => DTYPES[dtype].integer);
  test("is that of counting, for any type, neighbourhood, bricks and workers", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(...[6, 6, 20].map((max) => fc.integer({ min: 1, max }))),
        fc.constantFrom(...INTEGERS),
        fc.constantFrom<Triple>([1, 1, 1], [0, 1, 1], [1, 2, 1], [2, 2, 2], [3, 3, 4]),
        fc.constantFrom("ball", "box"),
        fc.constantFrom(2, 3, 6, 200),
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        fc.constantFrom(1, 2, 4),
        async (size, dtype, radius, kind, labels, seed, workers) => {
          const shape = size as unknown as Shape;
          const next = random(seed);
          const values = voxelArray(dtype, shape[0] * shape[1] * shape[2]);
          const { max, min } = DTYPES[dtype];
          for (let k = 0; k < values.length; k++)
            values[k] = next() < 0.15 ? max : next() < 0.1 ? min : Math.floor(next() * labels);
          const flat = radius.map((r, k) => (shape[k] === 1 ? 0 : r)) as unknown as Triple;
          const offsets = (kind === "ball" ? ballOffsets : boxOffsets)(flat);
          const volume = memoryVolume(values, shape, { role: "labels", brick: [2, 3, 8] });
          const result = await majority(volume, { radius: [...radius], shape: kind as "ball", workers });
          const never = dtype === "uint8" ? 255 : undefined;
          expect(await voxels(result)).toEqual(oracle.majority(values, shape, offsets, never));
          expect(result.dtype).toBe(dtype);
        },
      ),
      { numRuns: 100, seed: 2 },
    );
  });

  test("tells its drift, keeps phases, and of a checkerboard leaves all as it is", async () => {
    const board = Uint8Array.from({ length: 64 }, (_, k) => ((k >> 2) + (k >> 4) + k) % 2);
    const mask = memoryVolume(board, [4, 4, 4], { role: "labels", phases: phaseTable(2) });
    // Of the two by two by one voxels around a corner as many are of one phase as of the other.
    const result = await majority(memoryVolume(Uint8Array.of(0, 1), [1, 1, 2], { role: "mask" }), {
      border: { constant: 1 },
    });
    expect(await voxels(result)).toEqual([1, 1]);
    const after = await majority(mask);
    expect(after.phases).toEqual(mask.phases);
    const ones = (await voxels(after)).filter(Boolean).length / 64;
    expect(after.drift?.[1]).toEqual({ name: "phase 1", before: 0.5, after: ones });
    await expect(majority(mask, { radius: 17 })).rejects.toThrow(/radius \(voxels\) is 17/);
    await expect(majority(mask, { shape: "cross" as never })).rejects.toThrow(/shape is "cross"/);
    await expect(majority(mask.with({ role: "intensity" }))).rejects.toThrow(/role intensity/);
  });
});

describe("smoothLabels", () => {
  const reference = referencePhases(64);
  const noisy = async (): Promise<Volume> =>
    threshold(
      await median(memoryVolume(referenceGrey(reference, 8), [64, 64, 64], { brick: [30, 64, 50] }), { radius: 1 }),
      [89, 149],
    );

  test("keeps the number of voxels of each phase, and has fewer faces between phases", async () => {
    const labels = await noisy();
    const faces = (values: ArrayLike<number>): number => {
      let sum = 0;
      for (let k = 1; k < values.length; k++) if (values[k] !== values[k - 1]) sum++;
      return sum;
    };
    const before = await labels.read();
    for (const sigma of [0.7, 1, 2]) {
      const after = await smoothLabels(labels, { sigma });
      const now = await after.read();
      expect(counted(now)).toEqual(counted(before));
      expect(faces(now)).toBeLessThan(faces(before));
      expect(after.drift?.map(({ before, after }) => after - before)).toEqual([0, 0, 0]);
    }
  });

  test("gives each voxel the phase of the largest share plus offset, and to two phases just so many of the largest", async () => {
    const labels = await noisy();
    const own = await labels.read();
    const result = await smoothLabels(labels, { sigma: 1 });
    const now = await result.read();
    const offsets = result.provenance.parameters.offsets as number[];
    const shares = await Promise.all(
      [0, 1, 2].map(async (phase) => {
        const only = memoryVolume(
          Uint16Array.from(own, (label) => (label === phase ? 65535 : 0)),
          [64, 64, 64],
        );
        return (await gaussian(only, { sigma: 1, dtype: "uint16" })).read();
      }),
    );
    let ties = 0;
    for (let k = 0; k < now.length; k++) {
      const sums = shares.map((share, phase) => share[k]! + Math.round(65535 * offsets[phase]!));
      const best = Math.max(...sums);
      // Offsets are told to within a step; ties go to whichever phase is still due.
      expect(sums[now[k]!]).toBeGreaterThanOrEqual(best - 2);
      if (sums[now[k]!] !== best) ties++;
    }
    expect(ties / now.length).toBeLessThan(1e-3);
    const inside = own.map((label) => (label === 2 ? 1 : 0)) as Uint8Array;
    const two = await (await smoothLabels(memoryVolume(inside, [64, 64, 64], { role: "mask" }), { sigma: 1 })).read();
    const count = inside.reduce((sum, one) => sum + one, 0);
    const order = Array.from(inside.keys()).sort((a, b) => shares[2]![b]! - shares[2]![a]!);
    const last = shares[2]![order[count - 1]!]!;
    // Shares of the two phases are rounded each by itself: near the last one the order may be another.
    for (let k = 0; k < two.length; k++)
      if (Math.abs(shares[2]![k]! - last) > 1) expect(two[k]).toBe(shares[2]![k]! > last ? 1 : 0);
    expect([...two].reduce((sum, one) => sum + one, 0)).toBe(count);
  });

  test("is the same for any bricks and workers, of any type, keeping 255, and goes into a file", async () => {
    const shape = [12, 17, 30] as const;
    const next = random(3);
    const values = Uint8Array.from({ length: 12 * 17 * 30 }, (_, k) => {
      const blob = Math.floor(k / 30) % 17 < 8 ? 0 : k % 30 < 14 ? 1 : 4;
      return next() < 0.2 ? [0, 1, 4, 255][Math.floor(next() * 4)]! : blob;
    });
    const of = (brick: Shape): Volume =>
      memoryVolume(values, shape, { role: "labels", brick, spacing: [1e-6, 1e-6, 1e-6] });
    const expected = await voxels(await smoothLabels(of(shape), { workers: 1 }));
    expect(counted(expected)).toEqual(counted(values));
    for (let k = 0; k < values.length; k++) expect(expected[k] === 255).toBe(values[k] === 255);
    for (const [brick, workers] of [
      [[5, 6, 16], 2],
      [[3, 17, 7], 4],
    ] as const)
      expect(await voxels(await smoothLabels(of(brick), { workers, sigma: um(1) }))).toEqual(expected);
    const wide = memoryVolume(Int32Array.from(values), shape, { role: "labels", brick: [4, 8, 16] });
    expect(counted(await voxels(await smoothLabels(wide)))).toEqual(counted(values));
    const inFile = await smoothLabels(of([5, 6, 16]), { to: file("smooth.arrow") });
    expect(await voxels(inFile)).toEqual(expected);
    expect(await voxels(await open(file("smooth.arrow")))).toEqual(expected);
  });

  test("keeps any volume's counts, also of one phase, of one plane, with sigma 0", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(...[5, 6, 20].map((max) => fc.integer({ min: 1, max }))),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom(0, 0.5, 1.5, 4),
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        async (size, phases, sigma, seed) => {
          const shape = size as unknown as Shape;
          const next = random(seed);
          const values = Int16Array.from(
            { length: shape[0] * shape[1] * shape[2] },
            () => Math.floor(next() * phases) - 3,
          );
          const labels = memoryVolume(values, shape, { role: "labels", brick: [2, 3, 8] });
          const now = await voxels(await smoothLabels(labels, { sigma }));
          expect(counted(now)).toEqual(counted(values));
          if (sigma === 0) expect(now).toEqual(Array.from(values));
        },
      ),
      { numRuns: 40, seed: 9 },
    );
  });

  test("what cannot be meant is refused, and it can be stopped", async () => {
    const labels = memoryVolume(Uint8Array.of(0, 1, 0, 1), [1, 2, 2], { role: "labels" });
    await expect(smoothLabels(labels, { sigma: 65 })).rejects.toThrow(/sigma \(voxels\) is 65/);
    await expect(smoothLabels(labels, { sigma: um(1) })).rejects.toMatchObject({ code: "MissingData" });
    await expect(smoothLabels(labels.with({ role: "intensity" }))).rejects.toThrow(/role intensity/);
    await expect(smoothLabels(labels, { region: {} } as never)).rejects.toThrow(/no option `region`/);
    const many = memoryVolume(
      Uint8Array.from({ length: 100 }, (_, k) => k),
      [1, 10, 10],
      { role: "labels" },
    );
    await expect(smoothLabels(many)).rejects.toThrow(/100 labels are too many to be phases \(at most 64\)/);
    const controller = new AbortController();
    const stopped = smoothLabels(labels, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    });
    await expect(stopped).rejects.toThrow("enough");
  });
});
