/** Chord lengths against the definition, closed forms, and the peer. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { phaseTable } from "#src/core/phases.js";
import type { Region, Shape } from "#src/core/shape.js";
import { chordLengths, nm, open, save, type Volume } from "#src/index.js";
import { chords } from "../oracle/chords.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

const file = testFolder();
const golden = JSON.parse(readFileSync(join(root, "test/golden/pores.json"), "utf8")) as {
  "chords on every second line": number[][];
  chords: [number[], number[]][];
};
type Table = { getChild(name: string): Iterable<unknown> | null };
const column = (table: Table, name: string): number[] => [...(table.getChild(name) ?? [])] as number[];
const counted = (table: Table, axis: string): Map<number, number> =>
  new Map(column(table, axis).flatMap((count, k) => (count > 0 ? [[k + 1, count] as const] : [])));
const sorted = (map: Map<number, number>): [number, number][] => [...map].sort(([a], [b]) => a - b);
const added = (a: Map<number, number>, b: Map<number, number>): Map<number, number> =>
  new Map([...new Set([...a.keys(), ...b.keys()])].map((key) => [key, (a.get(key) ?? 0) + (b.get(key) ?? 0)]));

/** Labels 1 (the phase), 4 and 255, in runs. */
function labelsOf(shape: Shape, seed: number): Uint8Array {
  const next = random(seed);
  let now = 4;
  return Uint8Array.from({ length: shape[0] * shape[1] * shape[2] }, () => {
    if (next() < 0.25) now = [1, 1, 4, 255][Math.floor(4 * next())]!;
    return now;
  });
}

test("chords are those of the definition, for any shape, bricks, workers, voxel type, mask and region", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 50 })),
      fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 60 })),
      fc.constantFrom("uint8", "uint16", "int32"),
      fc.constantFrom(1, 2, 4),
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom("leave out", "count"),
      fc.integer({ min: 1, max: 2 ** 30 }),
      async (shape, brick, dtype, workers, masked, part, cut, seed) => {
        const labels = labelsOf(shape, seed);
        labels[0] = 1;
        const next = random(seed + 1);
        const inside = Uint8Array.from(labels, (_, k) => (k === 0 || next() < 0.9 ? 1 : 0));
        const voxels =
          dtype === "uint8" ? labels : dtype === "uint16" ? Uint16Array.from(labels) : Int32Array.from(labels);
        const mask = memoryVolume(inside, shape, { brick: [3, 4, 9], role: "mask" });
        const region: Region = {
          start: [0, 0, 0],
          stop: shape.map((n) => Math.ceil(n / 2)) as [number, number, number],
        };
        const result = await chordLengths(memoryVolume(voxels, shape, { brick, role: "labels" }), {
          phase: 1,
          workers,
          cut: cut as "count",
          ...(masked && { mask }),
          ...(part && { region }),
        });
        const kinds = Array.from(labels, (label, k) => {
          if ((masked && inside[k] === 0) || (label === 255 && dtype === "uint8")) return 2;
          return label === 1 ? 1 : 0;
        });
        const within = (k: number): boolean =>
          [Math.floor(k / (shape[1] * shape[2])), Math.floor(k / shape[2]) % shape[1], k % shape[2]].every(
            (n, axis) => n < region.stop[axis]!,
          );
        const seen = part ? kinds.filter((_, k) => within(k)) : kinds;
        const size = part ? region.stop : shape;
        for (const [k, axis] of (["z", "y", "x"] as const).entries()) {
          const expected = chords(size, seen, k as 0 | 1 | 2);
          const all = cut === "count" ? added(expected.whole, expected.cut) : expected.whole;
          expect(sorted(counted(result.histogram, axis))).toEqual(sorted(all));
          const total = [...expected.cut.values()].reduce((a, b) => a + b, 0);
          expect(column(result, "cut chords")[k]).toBe(total);
          const voxelsOf = seen.filter((kind) => kind === 1).length;
          expect(column(result, "mean intercept")[k]).toBeCloseTo((2 * voxelsOf) / expected.walls, 9);
        }
      },
    ),
    { numRuns: 120, seed: 3 },
  );
});

test("lengths are those of porespy, and of all lines those of numpy", async () => {
  const voxels = referencePhases(64);
  const of = (values: Uint8Array, shape: Shape): Volume =>
    memoryVolume(values, shape, { role: "labels", brick: [16, 25, 40] });
  const all = await chordLengths(of(voxels, [64, 64, 64]), { phase: 0 });
  const both = await chordLengths(of(voxels, [64, 64, 64]), { phase: 0, cut: "count" });
  const listed = (counts: number[]): [number, number][] =>
    counts.flatMap((count, length) => (length > 0 && count > 0 ? [[length, count] as [number, number]] : []));
  for (const [k, axis] of (["z", "y", "x"] as const).entries()) {
    const [whole, cut] = golden.chords[k]!;
    expect(sorted(counted(all.histogram, axis))).toEqual(listed(whole));
    const sums = Array.from({ length: 65 }, (_, length) => (whole[length] ?? 0) + (cut[length] ?? 0));
    expect(sorted(counted(both.histogram, axis))).toEqual(listed(sums));
    // The lines that porespy keeps: every second one along both other axes, without the outermost, as they touch its border.
    const shape = [0, 1, 2].map((n) => (n === k ? 64 : 30)) as unknown as Shape;
    const kept = (at: number): boolean => at % 2 === 0 && at >= 2 && at <= 60;
    const every = voxels.filter((_, n) =>
      [Math.floor(n / 4096), Math.floor(n / 64) % 64, n % 64].every((at, n) => n === k || kept(at)),
    );
    const some = await chordLengths(of(every, shape), { phase: 0 });
    expect(sorted(counted(some.histogram, axis))).toEqual(listed(golden["chords on every second line"][k]!));
  }
});

test("slabs have the chords that they are, in µm along each axis", async () => {
  const shape = [6, 20, 40] as const;
  // Walls at every fifth plane of x: chords of four voxels.
  const labels = Uint8Array.from({ length: 4800 }, (_, k) => (k % 5 === 0 ? 0 : 1));
  const volume = memoryVolume(labels, shape, {
    role: "labels",
    phases: phaseTable(2, ["wall", "pore"]),
    brick: [2, 7, 16],
  }).with({ spacing: [nm(500), nm(200), nm(100)] });
  const result = await chordLengths(volume);
  const [z, y, x] = [0, 1, 2].map((k) => result.get(k)!.toJSON()) as Record<string, number>[];
  expect(x).toMatchObject({ chords: 7 * 120, mean: expect.closeTo(0.4, 12), deviation: 0, "cut chords": 120 });
  expect(x!["mean intercept"]).toBeCloseTo(((2 * 3840) / (16 * 120 - 120)) * 0.1, 9);
  expect([z!.chords, y!["cut chords"]]).toEqual([0, 32 * 6]);
  expect([z!.mean, z!.longest, y!["mean intercept"]]).toEqual([Number.NaN, Number.NaN, Number.POSITIVE_INFINITY]);
  const counted = await chordLengths(volume, { cut: "count" });
  expect(column(counted, "mean")).toEqual([3, 4, 0.4].map((mean) => expect.closeTo(mean, 12)));
});

test("a volume in a file is measured brick by brick within a small memory limit", async () => {
  const labels = memoryVolume(labelsOf([12, 30, 50], 5), [12, 30, 50], { role: "labels", brick: [4, 8, 16] });
  await save(labels, file("labels.arrow"));
  const limited = await chordLengths(await open(file("labels.arrow")), { phase: 1, memoryLimit: 400_000 });
  expect(limited.histogram.toArray()).toEqual((await chordLengths(labels, { phase: 1 })).histogram.toArray());
});

test("what cannot be meant is refused, and Stop is heard", async () => {
  const labels = memoryVolume(labelsOf([4, 5, 6], 5), [4, 5, 6], { role: "labels" });
  await expect(chordLengths(labels)).rejects.toThrow(/say which phase is meant/);
  await expect(chordLengths(labels, { phase: 7 })).rejects.toMatchObject({ code: "MissingData" });
  await expect(chordLengths(labels, { phase: 1, cut: "keep" as never })).rejects.toThrow(/allowed are "leave out"/);
  await expect(chordLengths(labels, { phase: 1, to: "x" } as object)).rejects.toThrow(/has no option `to`/);
  await expect(chordLengths(labels.with({ role: "intensity" }), { phase: 1 })).rejects.toThrow(/role intensity/);
  await expect(chordLengths(labels, { phase: 1, memoryLimit: 100 })).rejects.toMatchObject({ code: "LimitExceeded" });
  const stopped = AbortSignal.abort(new Error("enough"));
  await expect(chordLengths(labels, { phase: 1, signal: stopped })).rejects.toThrow("enough");
});
