/** Local thickness against its definition, closed forms, and the peer. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { phaseTable } from "#src/core/phases.js";
import type { Region, Shape, Triple } from "#src/core/shape.js";
import { nm, um, type Volume } from "#src/index.js";
import { open } from "#src/io/open.js";
import { localThickness } from "#src/measure/local-thickness.js";
import { distances } from "../oracle/distance.js";
import { thickness } from "../oracle/thickness.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referencePhases } from "../support/reference-volume.js";
import { data, lacks, root } from "../support/require.js";

interface Sizes {
  voxels: number[];
  crc32: string;
}
const golden = JSON.parse(readFileSync(join(root, "test/golden/pores.json"), "utf8")) as {
  "local thickness": Sizes;
  spheres: Sizes[];
};
const file = testFolder();
const cubes: Triple = [1, 1, 1];

/** Blobs: random spots, widened. */
function blobs(shape: Shape, seed: number, share = 0.02): boolean[] {
  const next = random(seed);
  const [depth, height, width] = shape;
  const solid = new Array<boolean>(depth * height * width).fill(false);
  for (let k = 0; k < solid.length; k++) if (next() < share) solid[k] = true;
  solid[0] = true;
  return solid.map((is) => !is);
}
const maskOf = (shape: Shape, inside: readonly boolean[], brick: Shape = [4, 5, 16]): Volume =>
  memoryVolume(Uint8Array.from(inside, Number), shape, { role: "mask", brick });

async function expectThickness(result: Volume, expected: ArrayLike<number>): Promise<void> {
  expect([result.dtype, result.role]).toEqual(["float32", "field"]);
  const found = await result.read();
  expect(found.length).toBe(expected.length);
  const off = Array.from(found, (value, k) => Math.abs(value - expected[k]!));
  expect(Math.max(...off)).toBeLessThan(1e-5);
}

test("each voxel has the largest ball of the definition, for any shape, bricks, workers and radii", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 2, max: 18 })),
      fc.tuple(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 2, max: 12 }), fc.integer({ min: 2, max: 20 })),
      fc.constantFrom(1, 2, 4),
      fc.constantFrom("all", "whole", [1, 1.5, 2.5, 4]),
      fc.integer({ min: 1, max: 2 ** 30 }),
      async (shape, brick, workers, radii, seed) => {
        const inside = blobs(shape, seed);
        const far = distances(shape, inside, cubes);
        if (far.every((one) => one === 0)) return;
        const listed =
          radii === "all" ? undefined : radii === "whole" ? Array.from({ length: 30 }, (_, k) => k + 1) : radii;
        const result = await localThickness(maskOf(shape, inside, brick), {
          workers,
          radii: radii as "all" | number[],
        });
        await expectThickness(result, thickness(shape, far, cubes, listed as number[] | undefined));
      },
    ),
    { numRuns: 20, seed: 7 },
  );
});

test("voxels that are no cubes have balls that are round in space", async () => {
  const shape = [6, 9, 14] as const;
  const inside = blobs(shape, 3, 0.01);
  const steps: Triple = [3.5, 1, 2];
  const sized = maskOf(shape, inside).with({ spacing: [nm(350), nm(100), nm(200)] });
  const far = distances(shape, inside, steps);
  await expectThickness(await localThickness(sized), thickness(shape, far, steps));
  await expectThickness(
    await localThickness(sized, { radii: [um(0.15), um(0.3), um(0.4)] }),
    thickness(shape, far, steps, [1.5, 3, 4]),
  );
});

test("a ball, slabs and a cylinder have the thickness that they are", async () => {
  const n = 41;
  const of = (is: (z: number, y: number, x: number) => boolean): boolean[] =>
    Array.from({ length: n ** 3 }, (_, k) =>
      is(Math.floor(k / n ** 2) - 20, (Math.floor(k / n) % n) - 20, (k % n) - 20),
    );
  const measured = async (inside: boolean[]): Promise<number[]> => {
    const found = await (await localThickness(maskOf([n, n, n], inside, [16, 25, 41]))).read();
    return [...found].filter((_, k) => inside[k]);
  };
  // Slabs of n voxels: n where n is even, else n + 1.
  for (const [voxels, thick] of [
    [1, 2],
    [2, 2],
    [5, 6],
    [8, 8],
    [9, 10],
  ] as const) {
    const slab = await measured(of((z) => z >= 0 && z < voxels));
    expect(new Set(slab)).toEqual(new Set([thick]));
  }
  const ball = await measured(of((z, y, x) => Math.hypot(z, y, x) <= 15));
  const cylinder = await measured(of((_, y, x) => Math.hypot(y, x) <= 15));
  // One ball holds all but specks of the rim of voxels.
  for (const solid of [ball, cylinder]) {
    const sorted = solid.toSorted((a, b) => a - b);
    expect(Math.abs(sorted.at(-1)! - 30.5)).toBeLessThan(1);
    expect(sorted[Math.floor(0.1 * sorted.length)]! / 30.5).toBeGreaterThan(0.95);
  }
});

test("beyond the sample there is nothing: neither 255 nor a mask is a wall, and neither has a thickness", async () => {
  const shape = [1, 7, 30] as const;
  // A channel of five rows, whose walls are rows 0 and 6; the sample ends at column 20.
  const labels = Uint8Array.from({ length: 210 }, (_, k) => (Math.floor(k / 30) % 6 === 0 ? 0 : 1));
  const phases = phaseTable(2, ["wall", "channel"]);
  const whole = await (await localThickness(memoryVolume(labels, shape, { role: "labels", phases }))).read();
  const cut = labels.map((label, k) => (k % 30 >= 20 ? 255 : label));
  const inSample = await (await localThickness(memoryVolume(cut, shape, { role: "labels", phases }))).read();
  const mask = memoryVolume(
    Uint8Array.from(labels, (_, k) => (k % 30 < 20 ? 1 : 0)),
    shape,
    { role: "mask", brick: [1, 3, 9] },
  );
  const masked = await (await localThickness(memoryVolume(labels, shape, { role: "labels", phases }), { mask })).read();
  for (const found of [inSample, masked])
    expect([...found]).toEqual([...whole].map((value, k) => (k % 30 < 20 ? value : 0)));
  expect(new Set(whole)).toEqual(new Set([0, 6]));
});

test("a region has its true neighbours; the result goes into a file; 16-bit labels have phases", async () => {
  const shape = [8, 10, 26] as const;
  const inside = blobs(shape, 9, 0.01);
  const labels = memoryVolume(
    Uint16Array.from(inside, (is) => (is ? 700 : 3)),
    shape,
    { role: "labels", brick: [3, 4, 9] },
  );
  const expected = thickness(shape, distances(shape, inside, cubes), cubes);
  const region: Region = { start: [2, 3, 5], stop: [7, 9, 21] };
  const part = await localThickness(labels, { phase: 700, region, to: file("thickness.arrow") });
  expect(part.shape).toEqual([5, 6, 16]);
  const within = [...expected].filter((_, k) => {
    const at = [Math.floor(k / 260), Math.floor(k / 26) % 10, k % 26];
    return at.every((n, axis) => n >= region.start[axis]! && n < region.stop[axis]!);
  });
  await expectThickness(part, within);
  await expectThickness(await open(file("thickness.arrow")), within);
});

test("what cannot be meant is refused, and Stop is heard", async () => {
  const mask = maskOf([2, 3, 4], new Array(24).fill(true));
  await expect(localThickness(mask)).rejects.toMatchObject({ code: "MissingData" });
  await expect(localThickness(maskOf([2, 3, 4], new Array(24).fill(false)))).rejects.toMatchObject({
    code: "MissingData",
  });
  const some = maskOf([2, 3, 4], blobs([2, 3, 4], 1));
  await expect(localThickness(some, { phase: 3 })).rejects.toThrow(/no phases/);
  await expect(localThickness(some, { radii: [0] })).rejects.toThrow(/a radius is 0/);
  await expect(localThickness(some, { radii: [Number.NaN] })).rejects.toThrow(/a radius is NaN/);
  await expect(localThickness(some, { radii: "integers" as never })).rejects.toThrow(/give "all", "whole"/);
  await expect(localThickness(some, { radii: [um(1)] })).rejects.toMatchObject({ code: "MissingData" });
  await expect(localThickness(some, { radius: 2 } as object)).rejects.toThrow(/did you mean `radii`/);
  await expect(localThickness(memoryVolume(new Uint8Array(24), [2, 3, 4]))).rejects.toThrow(/role intensity/);
  await expect(localThickness(some, { memoryLimit: 100 })).rejects.toMatchObject({ code: "LimitExceeded" });
  await expect(localThickness(some, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  const nothing = await localThickness(some, { radii: [50] });
  expect(nothing.range).toEqual([0, 0]);
});

test("whole radii give what porespy gives, on the reference volume and on a real sphere pack", async () => {
  const expectGolden = async (result: Volume, expected: Sizes): Promise<void> => {
    const radii = Uint8Array.from(await result.read(), (diameter) => diameter / 2);
    const counts = expected.voxels.map((_, size) => radii.reduce((sum, radius) => sum + (radius === size ? 1 : 0), 0));
    expect(counts).toEqual(expected.voxels);
    expect(crc32(radii).toString(16).padStart(8, "0")).toBe(expected.crc32);
  };
  const phases = memoryVolume(referencePhases(64), [64, 64, 64], { role: "labels", brick: [16, 25, 40] });
  await expectGolden(await localThickness(phases, { phase: 0, radii: "whole" }), golden["local thickness"]);
  if (lacks("data")) return;
  const pack = (await open(data("tau-reference/openimpala_spheres_100_1bit.tif"))).with({ role: "labels" });
  for (const [k, sizes] of golden.spheres.entries())
    await expectGolden(await localThickness(pack, { phase: pack.range[k]!, radii: "whole" }), sizes);
});
