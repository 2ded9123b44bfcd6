/** Porosimetry and size distributions against their definitions, closed forms, and the peer. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { phaseTable } from "#src/core/phases.js";
import type { Shape, Triple } from "#src/core/shape.js";
import { localThickness, nm, open, poreSizeDistribution, porosimetry, um, type Volume } from "#src/index.js";
import { distances } from "../oracle/distance.js";
import { thickness } from "../oracle/thickness.js";
import { widestWays } from "../oracle/widest-ways.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

const file = testFolder();
const golden = JSON.parse(readFileSync(join(root, "test/golden/pores.json"), "utf8")) as Record<
  "porosimetry" | "porosimetry from z",
  { voxels: number[]; crc32: string }
>;
const cubes: Triple = [1, 1, 1];
const blobs = (shape: Shape, seed: number, share: number): boolean[] => {
  const next = random(seed);
  return Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, k) => k > 0 && next() >= share);
};
const maskOf = (shape: Shape, inside: readonly boolean[], brick: Shape = [4, 5, 16]): Volume =>
  memoryVolume(Uint8Array.from(inside, Number), shape, { role: "mask", brick });
const column = (table: { getChild(name: string): Iterable<unknown> | null }, name: string): number[] =>
  [...(table.getChild(name) ?? [])] as number[];
const placeOf = (k: number, shape: Shape): Triple => [
  Math.floor(k / (shape[1] * shape[2])),
  Math.floor(k / shape[2]) % shape[1],
  k % shape[2],
];

test("each voxel has the largest ball that comes there from a face, for any bricks, workers, faces and radii", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 2, max: 8 }), fc.integer({ min: 2, max: 18 })),
      fc.tuple(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 2, max: 12 }), fc.integer({ min: 2, max: 20 })),
      fc.constantFrom(1, 2, 4),
      fc.constantFrom("all", "whole"),
      fc.constantFrom(undefined, { axis: "x", side: "low" }, { axis: "y", side: "high" }),
      fc.integer({ min: 1, max: 2 ** 30 }),
      async (shape, brick, workers, radii, face, seed) => {
        const inside = blobs(shape, seed, 0.15);
        if (!inside.includes(true)) return;
        const far = distances(shape, inside, cubes);
        const starts = (k: number): boolean =>
          placeOf(k, shape).some((n, axis) => {
            if (face === undefined) return shape[axis]! > 1 && (n === 0 || n === shape[axis]! - 1);
            return "zyx"[axis] === face.axis && n === (face.side === "low" ? 0 : shape[axis]! - 1);
          });
        const open = widestWays(shape, far, starts);
        const whole = radii === "whole" ? Array.from({ length: 30 }, (_, k) => k + 1) : undefined;
        const expected = thickness(shape, open, cubes, whole);
        const from = face === undefined ? {} : { from: [face as { axis: "x"; side: "low" }] };
        const result = await porosimetry(maskOf(shape, inside, brick), { workers, radii, ...from } as object);
        const found = await result.sizes.read();
        expect(Math.max(...Array.from(found, (value, k) => Math.abs(value - expected[k]!)))).toBeLessThan(1e-5);
        const pores = inside.filter(Boolean).length;
        const filled = expected.filter((value) => value > 0).length;
        expect(result.closed).toBeCloseTo(1 - filled / pores, 12);
        expect(column(result, "saturation").at(-1) ?? 0).toBeCloseTo(filled / pores, 12);
      },
    ),
    { numRuns: 25, seed: 11 },
  );
});

test("whole radii give what porespy gives, from all faces and from one", async () => {
  const phases = memoryVolume(referencePhases(64), [64, 64, 64], { role: "labels", brick: [16, 25, 40] });
  for (const [name, from] of [
    ["porosimetry", undefined],
    ["porosimetry from z", [{ axis: "z", side: "low" }]],
  ] as const) {
    const { sizes } = await porosimetry(phases, { phase: 0, radii: "whole", ...(from && { from }) });
    const radii = Uint8Array.from(await sizes.read(), (diameter) => diameter / 2);
    expect(crc32(radii).toString(16).padStart(8, "0")).toBe(golden[name].crc32);
    const distribution = await poreSizeDistribution(sizes, { width: 2 });
    expect(column(distribution, "voxels")).toEqual([0, ...golden[name].voxels.slice(1)]);
  }
});

/** A chamber of 9 × 9 behind a channel of 3 × 3 in z. */
const bottle = (x0: number): Uint8Array =>
  Uint8Array.from({ length: 30 * 13 * 13 }, (_, k) => {
    const [z, y, x] = placeOf(k, [30, 13, 13]);
    const within = (half: number): boolean => Math.abs(y - 6) <= half && Math.abs(x - 6) <= half;
    return (z < 15 && within(1)) || (z >= 15 && z < 24 && within(4)) ? 1 : x0;
  });

test("a chamber behind a channel is filled at the channel's size, and the pressure is Washburn's", async () => {
  const labels = memoryVolume(bottle(0), [30, 13, 13], {
    role: "labels",
    phases: phaseTable(2, ["wall", "pore"]),
    spacing: [2e-7, 2e-7, 2e-7],
  });
  const result = await porosimetry(labels, { phase: "pore", radii: "whole" });
  // The channel has the radius 2 voxels; corners of the chamber come last.
  expect(column(result, "diameter")[0]).toBeCloseTo(0.8, 9);
  expect(column(result, "pressure")[0]).toBeCloseTo((-4 * 0.48 * Math.cos((140 * Math.PI) / 180)) / 0.8e-6, 3);
  const water = await porosimetry(labels, { phase: "pore", radii: "whole", contactAngle: 180, surfaceTension: 0.072 });
  expect(column(water, "pressure")[0]).toBeCloseTo((4 * 0.072) / 0.8e-6, 6);
  const thick = await poreSizeDistribution(await localThickness(labels, { phase: "pore", radii: "whole" }));
  const entered = await poreSizeDistribution(result.sizes);
  expect([thick.unit, thick.d90, entered.d90]).toEqual(["µm", expect.closeTo(2, 9), expect.closeTo(0.8, 9)]);
  const blocked = await porosimetry(labels, { phase: "pore", from: [{ axis: "z", side: "high" }] });
  expect([blocked.numRows, blocked.closed, blocked.sizes.range]).toEqual([0, 1, [0, 0]]);
});

test("the fluid stands where the sample ends: at 255 and outside of a mask", async () => {
  // The channel begins at z = 4; before it is air.
  const shape = [30, 13, 13] as const;
  const air = bottle(0).map((label, k) => (k < 4 * 169 ? 255 : label));
  const phases = phaseTable(2, ["wall", "pore"]);
  const labelled = await porosimetry(memoryVolume(air, shape, { role: "labels", phases }));
  const mask = memoryVolume(
    air.map((label) => (label === 255 ? 0 : 1)),
    shape,
    { role: "mask" },
  );
  const masked = await porosimetry(memoryVolume(bottle(0), shape, { role: "labels", phases }), { mask });
  for (const result of [labelled, masked]) {
    expect(result.closed).toBe(0);
    expect(await result.sizes.at(2, 6, 6)).toBe(0);
    expect(await result.sizes.at(19, 6, 6)).toBeCloseTo(4, 5);
  }
  const none = await porosimetry(memoryVolume(air, shape, { role: "labels", phases }), {
    from: [{ axis: "z", side: "low" }],
  });
  expect(none.closed).toBe(1);
});

test("a region is a volume of its own, and the map goes into a file", async () => {
  const labels = memoryVolume(bottle(0), [30, 13, 13], { role: "mask", brick: [7, 6, 13] });
  const region = { start: [17, 0, 0], stop: [30, 13, 13] } as const;
  const { sizes, closed } = await porosimetry(labels, { region, to: file("map.arrow") });
  expect([sizes.shape, closed]).toEqual([[13, 13, 13], 0]);
  const again = await open(file("map.arrow"));
  expect(await again.read()).toEqual(await sizes.read());
  expect(again.provenance.operation).toBe("porosimetry");
});

test("a size distribution is that of the voxels: rows, shares, mean and percentiles", async () => {
  const diameters = Float32Array.from([0, 0, 2, 2, 2, 2.5, 4, 4, 7, Number.NaN]);
  const volume = memoryVolume(diameters, [1, 1, 10], { role: "field", brick: [1, 1, 3] });
  const rows = await poreSizeDistribution(volume, { width: 2 });
  expect(column(rows, "from")).toEqual([0, 2, 4, 6]);
  expect(column(rows, "voxels")).toEqual([0, 4, 2, 1]);
  expect(column(rows, "cumulative")).toEqual([0, 4 / 7, 6 / 7, 1]);
  expect([rows.unit, rows.d10, rows.d50, rows.d90]).toEqual(["voxel", 2, 2.5, 7]);
  expect(rows.mean).toBeCloseTo(23.5 / 7, 12);
  const sized = volume.with({ spacing: [nm(500), nm(100), nm(200)] });
  const inMicrons = await poreSizeDistribution(sized, { width: um(0.4) });
  expect(column(inMicrons, "to")).toEqual([0.4, 0.8].map((to) => expect.closeTo(to, 12)));
  expect([inMicrons.unit, inMicrons.d50]).toEqual(["µm", expect.closeTo(0.25, 12)]);
  await expect(poreSizeDistribution(volume, { width: 1e-6 })).rejects.toThrow(/are too many/);
  await expect(poreSizeDistribution(volume, { width: um(1) })).rejects.toMatchObject({ code: "MissingData" });
  await expect(poreSizeDistribution(volume.with({ role: "intensity" }))).rejects.toThrow(/role intensity/);
  await expect(poreSizeDistribution(memoryVolume(new Float32Array(8), [2, 2, 2], { role: "field" }))).rejects.toThrow(
    /has a size/,
  );
});

test("what cannot be meant is refused, and Stop is heard", async () => {
  const mask = memoryVolume(bottle(0), [30, 13, 13], { role: "mask" });
  await expect(porosimetry(mask, { contactAngle: 60 })).rejects.toThrow(/wets and goes in by itself/);
  await expect(porosimetry(mask, { surfaceTension: 0 })).rejects.toThrow(/surfaceTension/);
  await expect(porosimetry(mask, { from: [] })).rejects.toThrow(/faces are a list/);
  await expect(porosimetry(mask, { from: [{ axis: "u", side: "low" }] as never })).rejects.toThrow(/a face is/);
  await expect(porosimetry(mask, { form: [] } as object)).rejects.toThrow(/did you mean `from`/);
  await expect(porosimetry(memoryVolume(new Uint8Array(8), [2, 2, 2], { role: "mask" }))).rejects.toMatchObject({
    code: "MissingData",
  });
  await expect(porosimetry(mask, { memoryLimit: 100 })).rejects.toMatchObject({ code: "LimitExceeded" });
  await expect(porosimetry(mask, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
});
