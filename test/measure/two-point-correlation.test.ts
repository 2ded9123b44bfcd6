/** Two-point correlation against its definition, closed forms, and the peer. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { phaseTable } from "#src/core/phases.js";
import type { Region, Shape, Triple } from "#src/core/shape.js";
import { nm, twoPointCorrelation, twoPointMap, um, type Volume } from "#src/index.js";
import { correlationAt } from "../oracle/correlation.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

const golden = JSON.parse(readFileSync(join(root, "test/golden/pores.json"), "utf8")) as {
  correlation: { edges: number[]; probability: number[] };
  "pairs at every seventh lag": number[][];
};
type Table = { getChild(name: string): Iterable<unknown> | null };
const column = (table: Table, name: string): number[] => [...(table.getChild(name) ?? [])] as number[];

/** Labels 1 (the phase), 4 and 255, in runs. */
function labelsOf(shape: Shape, seed: number, kinds = [1, 1, 4, 4, 255]): Uint8Array {
  const next = random(seed);
  let now = 4;
  return Uint8Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, k) => {
    if (next() < 0.3) now = kinds[Math.floor(kinds.length * next())]!;
    return k === 0 ? 1 : now;
  });
}

const shapes = fc.tuple(
  fc.integer({ min: 1, max: 7 }),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 2, max: 37 }),
);
const bricks = fc.tuple(
  fc.integer({ min: 1, max: 8 }),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 40 }),
);

test("S2 is that of the definition at every lag, for any shape, bricks, workers, mask, region and border", async () => {
  await fc.assert(
    fc.asyncProperty(
      shapes,
      bricks,
      fc.constantFrom(1, 2, 3),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 1, max: 2 ** 30 }),
      async (shape, brick, workers, periodic, outside, part, seed) => {
        const labels = labelsOf(shape, seed, outside ? undefined : [1, 1, 4]);
        const next = random(seed + 1);
        const inside = Uint8Array.from(labels, (_, k) => (k === 0 || next() < 0.9 ? 1 : 0));
        const mask = memoryVolume(inside, shape, { brick: [3, 4, 9], role: "mask" });
        const masked = outside && seed % 2 === 0;
        const region: Region = { start: [0, 0, 0], stop: shape.map((n) => Math.max(1, n - 2)) as unknown as Triple };
        const size = part ? region.stop : shape;
        if (Math.max(...size) < 3) return;
        const within = (k: number): boolean =>
          [Math.floor(k / (shape[1] * shape[2])), Math.floor(k / shape[2]) % shape[1], k % shape[2]].every(
            (n, axis) => n < size[axis]!,
          );
        const kinds = Array.from(labels, (label, k) => {
          if (label === 255 || (masked && inside[k] === 0)) return 2;
          return label === 1 ? 1 : 0;
        }).filter((_, k) => within(k));
        const volume = memoryVolume(labels, shape, { brick, role: "labels" });
        const options = { phase: 1, workers, periodic, ...(masked && { mask }), ...(part && { region }) };
        const map = await twoPointMap(volume, options);
        const lags = map.shape.map((n) => (n - 1) / 2) as unknown as Triple;
        const values = await map.read();
        for (let z = -lags[0], k = 0; z <= lags[0]; z++)
          for (let y = -lags[1]; y <= lags[1]; y++)
            for (let x = -lags[2]; x <= lags[2]; x++, k++) {
              const exact = correlationAt(size, kinds, [z, y, x], periodic);
              if (Number.isNaN(exact)) expect(values[k]).toBeNaN();
              else expect(Math.abs(values[k]! - exact)).toBeLessThan(1e-5);
            }
        const axes = await twoPointCorrelation(volume, { ...options, directions: "axes" });
        for (const [axis, name] of ["z", "y", "x"].entries())
          for (const [lag, value] of column(axes, name).entries()) {
            const exact =
              lag > Math.floor(size[axis]! / 2)
                ? Number.NaN
                : correlationAt(
                    size,
                    kinds,
                    [0, 1, 2].map((k) => (k === axis ? lag : 0)) as unknown as Triple,
                    periodic,
                  );
            if (Number.isNaN(exact)) expect(value).toBeNaN();
            else expect(value).toBe(exact);
          }
        expect(axes.fraction).toBeCloseTo(correlationAt(size, kinds, [0, 0, 0], false), 12);
      },
    ),
    { numRuns: 30, seed: 12 },
  );
}, 60_000);

test("shells and pairs are those of porespy and numpy", async () => {
  const phases = memoryVolume(referencePhases(64), [64, 64, 64], { role: "labels", brick: [16, 25, 40] });
  const shells = await twoPointCorrelation(phases, { phase: 0 });
  expect(column(shells, "from")).toEqual(golden.correlation.edges.slice(0, -1));
  for (const [k, probability] of golden.correlation.probability.entries())
    expect(column(shells, "S2")[k]).toBeCloseTo(probability, 6);
  const axes = await twoPointCorrelation(phases, { phase: 0, directions: "axes", reach: 63 });
  for (const [axis, name] of ["z", "y", "x"].entries())
    for (const [k, pairs] of golden["pairs at every seventh lag"][axis]!.entries())
      expect(column(axes, name)[7 * k]).toBeCloseTo(pairs / (64 * 64 * (64 - 7 * k)), 12);
});

test("noise has S2 = φ at 0 and φ² elsewhere; stripes repeat", async () => {
  const next = random(5);
  const shape = [40, 40, 40] as const;
  const noise = memoryVolume(
    Uint8Array.from({ length: 64_000 }, () => (next() < 0.3 ? 1 : 0)),
    shape,
    { role: "mask" },
  );
  const s2 = await twoPointCorrelation(noise, { periodic: true, reach: 12 });
  expect(column(s2, "S2")[0]).toBeCloseTo(s2.fraction, 6);
  for (const value of column(s2, "S2").slice(2)) expect(Math.abs(value - s2.fraction ** 2)).toBeLessThan(0.002);
  const stripes = memoryVolume(
    Uint8Array.from({ length: 64_000 }, (_, k) => (k % 8 < 2 ? 1 : 0)),
    shape,
    { role: "mask" },
  );
  const along = await twoPointCorrelation(stripes, { directions: "axes", periodic: true });
  expect(column(along, "x").slice(0, 9)).toEqual([0.25, 0.125, 0, 0, 0, 0, 0, 0.125, 0.25]);
  expect(column(along, "z")).toEqual(new Array(21).fill(0.25));
});

test("voxels that are no cubes have shells that are round in space, in µm; a map knows where its middle is", async () => {
  const shape = [12, 18, 24] as const;
  const labels = labelsOf(shape, 8, [1, 1, 4]);
  const volume = memoryVolume(labels, shape, {
    role: "labels",
    phases: [
      { ...phaseTable(1)[0]!, label: 1 },
      { ...phaseTable(2)[1]!, label: 4 },
    ],
    spacing: [4e-7, 2e-7, 1e-7],
  });
  const s2 = await twoPointCorrelation(volume, { phase: 1, reach: um(0.6), width: nm(200) });
  expect(column(s2, "to")).toEqual([0.2, 0.4, 0.6].map((to) => expect.closeTo(to, 9)));
  const kinds = Array.from(labels, (label) => (label === 1 ? 1 : 0));
  const found: number[][] = [[], [], []];
  for (let z = -2; z <= 2; z++)
    for (let y = -3; y <= 3; y++)
      for (let x = -6; x <= 6; x++) {
        const shell = Math.floor(Math.hypot(4 * z, 2 * y, x) / 2);
        if (shell < 3) found[shell]!.push(correlationAt(shape, kinds, [z, y, x], false));
      }
  expect(column(s2, "lags")).toEqual(found.map((values) => values.length));
  for (const [k, values] of found.entries())
    expect(column(s2, "S2")[k]).toBeCloseTo(values.reduce((a, b) => a + b, 0) / values.length, 5);
  const map = await twoPointMap(volume, { phase: 1, reach: 6 });
  expect(map.shape).toEqual([3, 7, 13]);
  expect(map.origin).toEqual([-4e-7, -6e-7, -6e-7].map((at) => expect.closeTo(at, 15)));
  expect(await map.at(1, 3, 6)).toBeCloseTo(s2.fraction, 5);
});

test("what cannot be meant is refused, and Stop is heard", async () => {
  const labels: Volume = memoryVolume(labelsOf([4, 5, 16], 5), [4, 5, 16], { role: "labels" });
  await expect(twoPointCorrelation(labels)).rejects.toThrow(/say which phase is meant/);
  await expect(twoPointCorrelation(labels, { phase: 1, reach: 4 })).rejects.toThrow(/at most 3/);
  await expect(twoPointCorrelation(labels, { phase: 1, reach: 3, periodic: true })).rejects.toThrow(
    /half of the volume/,
  );
  await expect(twoPointCorrelation(labels, { phase: 1, reach: um(1) })).rejects.toMatchObject({ code: "MissingData" });
  await expect(twoPointCorrelation(labels, { phase: 1, width: 0 })).rejects.toThrow(/width is 0/);
  await expect(twoPointCorrelation(labels, { phase: 1, width: 2, directions: "axes" })).rejects.toThrow(/no shells/);
  await expect(twoPointCorrelation(labels, { phase: 1, directions: "z" as never })).rejects.toThrow(
    /allowed are "all"/,
  );
  await expect(twoPointMap(labels, { phase: 1, width: 1 } as object)).rejects.toThrow(/has no option `width`/);
  const nothing = memoryVolume(new Uint8Array(64).fill(255), [4, 4, 4], { role: "labels" });
  await expect(twoPointCorrelation(nothing, { phase: 1 })).rejects.toMatchObject({ code: "MissingData" });
  await expect(twoPointCorrelation(labels, { phase: 1, memoryLimit: 1000 })).rejects.toMatchObject({
    code: "LimitExceeded",
  });
  const stopped = AbortSignal.abort(new Error("enough"));
  await expect(twoPointCorrelation(labels, { phase: 1, signal: stopped })).rejects.toThrow("enough");
  const one = memoryVolume(Uint8Array.of(1), [1, 1, 1], { role: "mask" });
  expect(column(await twoPointCorrelation(one), "S2")).toEqual([1]);
});
