/** Radii along the medial axis: closed forms, the definition, SciPy and scikit-image. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Shape, Triple } from "#src/core/shape.js";
import { distanceTransform, medialAxis, skeleton, skeletonBranches, um, type Volume } from "#src/index.js";
import { distances } from "../oracle/distance.js";
import { thinned } from "../oracle/thinning.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";
import { referencePhases } from "../support/reference-volume.js";
import { root } from "../support/require.js";

const file = testFolder();

/** A mask of what is held, by places from the middle voxel. */
function body(shape: Shape, held: (z: number, y: number, x: number) => boolean): Volume {
  const [, height, width] = shape;
  const [z, y, x] = shape.map((n) => (n - 1) / 2) as unknown as Triple;
  const values = Uint8Array.from({ length: shape[0] * height * width }, (_, k) =>
    held(Math.floor(k / (height * width)) - z, (Math.floor(k / width) % height) - y, (k % width) - x) ? 1 : 0,
  );
  return memoryVolume(values, shape, { role: "mask", brick: [8, 16, 16] });
}

/** Places and radii of the voxels of an axis. */
async function along(axis: Volume): Promise<{ at: Triple; radius: number }[]> {
  expect([axis.role, axis.dtype]).toEqual(["field", "float32"]);
  const [, height, width] = axis.shape;
  const values = await axis.read();
  return [...values.keys()]
    .filter((k) => values[k] !== 0)
    .map((k) => ({
      at: [Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width],
      radius: values[k]!,
    }));
}

/** How far the nearest point of a square lattice is that is farther than the radius from the one in the middle. */
function beyond(radius: number, dimensions: 2 | 3): number {
  const steps = [...Array(Math.ceil(radius) + 3).keys()];
  const third = dimensions === 3 ? steps : [0];
  const all = steps.flatMap((a) => steps.flatMap((b) => third.map((c) => Math.hypot(a, b, c))));
  return Math.min(...all.filter((length) => length > radius));
}

test("a cylinder has its radius along its axis, a ball its own in its middle", async () => {
  const radius = 5.2;
  const cylinder = await along(await medialAxis(body([17, 17, 41], (z, y) => Math.hypot(z, y) <= radius)));
  const inner = cylinder.filter(({ at }) => at[2] > 6 && at[2] < 34);
  expect(inner.length).toBe(27);
  for (const one of inner) {
    expect(one.at.slice(0, 2)).toEqual([8, 8]);
    expect(one.radius).toBeCloseTo(beyond(radius, 2), 5);
  }
  const ball = await along(await medialAxis(body([23, 23, 23], (...at) => Math.hypot(...at) <= 8.3)));
  expect(Math.max(...ball.map((one) => one.radius))).toBeCloseTo(beyond(8.3, 3), 5);
  expect(ball.find(({ at }) => at.every((n) => n === 11))?.radius).toBeCloseTo(beyond(8.3, 3), 5);
});

test("a slab from face to face has half its thickness and a half along lines in its middle, in its shortest edge", async () => {
  for (const [thickness, spacing, expected] of [
    [7, undefined, 4],
    [6, undefined, 3],
    [7, [um(2), um(0.5), um(1)], 16],
  ] as const) {
    const slab = body([21, 15, 18], (z) => z > -thickness / 2 && z < thickness / 2);
    const found = await along(await medialAxis(spacing === undefined ? slab : slab.with({ spacing })));
    expect(found.length).toBeGreaterThan(0);
    for (const { radius } of found) expect(radius).toBe(expected);
  }
});

test("it is the distance at each voxel of the skeleton, of any labels, region, mask and bricks", async () => {
  const shape = [9, 12, 15] as const;
  const box = { start: [1, 0, 2], stop: [9, 11, 14] } as const;
  for (const [seed, part, outside] of [
    [1, false, false],
    [2, true, false],
    [3, false, true],
    [4, true, true],
  ] as const) {
    const next = random(seed);
    const values = Uint8Array.from({ length: 9 * 12 * 15 }, (_, k) =>
      outside && k % 15 < 2 ? 255 : next() < 0.85 ? 2 : 0,
    );
    const mask = Uint8Array.from(values, (_, k) => (outside && Math.floor(k / 15) % 12 > 9 ? 0 : 1));
    const counts = (k: number): boolean => values[k] !== 255 && mask[k] === 1;
    const inside = Array.from(values, (value, k) => value === 2 && counts(k));
    // What is not of the sample is no wall.
    const steps = [1, 2, 4] as const;
    const depths = distances(
      shape,
      inside.map((is, k) => is || !counts(k)),
      steps,
    );
    const [a, b] = part ? [box.start, box.stop] : [[0, 0, 0] as const, shape];
    const size = b.map((stop, axis) => stop - a[axis]!) as unknown as Shape;
    const places = Array.from({ length: size[0] * size[1] * size[2] }, (_, k) => {
      const [z, y, x] = [Math.floor(k / (size[1] * size[2])), Math.floor(k / size[2]) % size[1], k % size[2]];
      return ((z + a[0]) * shape[1] + y + a[1]) * shape[2] + x + a[2];
    });
    const lines = thinned(
      size,
      places.map((k) => inside[k]!),
    );
    const expected = places.map((k, n) => (lines[n] ? depths[k]! : 0));
    for (const brick of [
      [4, 5, 6],
      [9, 12, 15],
    ] as const) {
      const labels = memoryVolume(values, shape, { role: "labels", brick, spacing: [1e-6, 2e-6, 4e-6] });
      const options = {
        phase: 2,
        ...(part && { region: box }),
        ...(outside && { mask: memoryVolume(mask, shape, { role: "mask" }) }),
      };
      const axis = await medialAxis(labels, options);
      expect(axis.shape).toEqual(size);
      const found = await axis.read();
      for (const [k, value] of expected.entries()) expect(found[k]).toBeCloseTo(value, 5);
      const written = await medialAxis(labels, { ...options, to: file(`axis-${seed}-${brick[0]}.arrow`) });
      expect(await written.read()).toEqual(found);
    }
  }
});

describe("SciPy has the same radii at scikit-image's skeletons", () => {
  const golden = JSON.parse(readFileSync(join(root, "test/golden/skeleton.json"), "utf8")) as {
    cases: { name: string; "squares crc32": string; "medial axis"?: { at: number[]; squares: number[] } }[];
  };
  const phases = referencePhases(64);
  test.each(golden.cases)("$name", async ({ name, "squares crc32": sum, "medial axis": other }) => {
    const labels = other === undefined ? phases : phases.slice(32 * 4096, 33 * 4096);
    const shape = [other === undefined ? 64 : 1, 64, 64] as const;
    const volume = memoryVolume(labels, shape, { role: "labels", brick: [32, 32, 64] });
    const radii = await (await medialAxis(volume, { phase: Number(name[6]) })).read();
    const squares = Uint16Array.from(radii, (radius) => Math.round(radius ** 2));
    expect(crc32(new Uint8Array(squares.buffer)).toString(16).padStart(8, "0")).toBe(sum);
    if (other === undefined) return;
    // Its medial axis is another line, with the same radii where both have a voxel.
    const common = other.at.map((k, n) => [squares[k]!, other.squares[n]!]).filter(([own]) => own! > 0);
    expect(common.length).toBeGreaterThan(other.at.length / 8);
    for (const [own, theirs] of common) expect(own).toBe(theirs);
  });
});

test("branches have the radii of the axis as of all distances", async () => {
  const rods = body([21, 21, 41], (z, y, x) => Math.hypot(z, y) < 4 - x / 20 || Math.hypot(z, x) < 3);
  const lines = await skeleton(rods);
  const expected = await skeletonBranches(lines, { distances: await distanceTransform(rods) });
  const found = await skeletonBranches(lines, { distances: await medialAxis(rods) });
  expect(expected.numRows).toBeGreaterThan(1);
  expect(found.toString()).toBe(expected.toString());
  expect(found.nodes.toString()).toBe(expected.nodes.toString());
});

test("what has no axis or no wall is refused, and Stop stops", async () => {
  const mask = body([5, 6, 7], (z) => z > 0);
  await expect(medialAxis(mask, { phase: 1 })).rejects.toThrow(/no phases/);
  await expect(medialAxis(mask, { radius: 1 } as never)).rejects.toThrow(/no option `radius`/);
  await expect(medialAxis(body([3, 4, 5], () => false))).rejects.toMatchObject({ code: "MissingData" });
  await expect(medialAxis(body([3, 4, 5], () => true))).rejects.toThrow(/there is no wall/);
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(medialAxis(mask, { signal })).rejects.toThrow("enough");
  await expect(medialAxis(mask, { memoryLimit: 1e6 })).rejects.toMatchObject({ code: "LimitExceeded" });
});
