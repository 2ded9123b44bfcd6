/** A flood that goes through the wall only for what lies behind it, against one of all voxels; and levels few and many. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ownWasm } from "#src/compute/own-wasm.js";
import { describeRegion } from "#src/compute/places.js";
import { wholeRegion } from "#src/core/shape.js";
import { begin, planes, step } from "#src/segment/watershed-thread.js";
import * as oracle from "../oracle/watershed.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

const shape = [9, 12, 14] as const;
const count = shape[0] * shape[1] * shape[2];

/**
 * Labels by the thread's own functions.
 * @param looks how far it may look for pieces behind the wall @param begun called when the volumes have been taken in
 */
function flooded(
  depths: Float32Array,
  markers: Uint32Array,
  connectivity: 6 | 18 | 26,
  looks?: number,
  begun = (): void => undefined,
): number[] {
  const [image, marks] = [memoryVolume(depths, shape), memoryVolume(markers, shape, { role: "labels" })];
  const all = wholeRegion(shape);
  begin({
    image: describeRegion(image, all),
    markers: describeRegion(marks, all),
    mask: undefined,
    connectivity,
    fromHigh: true,
    lines: false,
    compactness: 0,
    wall: true,
    ...(looks !== undefined && { looks }),
  });
  begun();
  // A few steps at a time, as Stop and progress have it.
  while (!step(97));
  return Array.from(planes({ from: 0, to: shape[0] }));
}

test("pieces behind the wall get the label that a flood of all voxels gives them, whichever way they are reached", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 31 }),
      fc.double({ min: 0.02, max: 0.6, noNaN: true }),
      fc.constantFrom(6, 18, 26),
      (seed, share, connectivity) => {
        const next = random(seed);
        // Depths with many ties inside, 0 in the wall; few markers, so that most pieces have none.
        const depths = Float32Array.from({ length: count }, () => (next() < share ? 1 + Math.floor(next() * 4) : 0));
        const markers = Uint32Array.from(depths, (depth) =>
          depth > 0 && next() < 0.02 ? 1 + Math.floor(next() * 9) : 0,
        );
        const first = depths.findIndex((depth) => depth > 0);
        if (first < 0 || depths.every((depth) => depth > 0)) return;
        markers[first] = 10;
        const all = oracle.watershed(
          shape,
          Array.from(depths, (depth) => -depth),
          Array.from(markers),
          connectivity as 6,
        );
        const expected = all.map((label, k) => (depths[k]! > 0 ? label : 0));
        expect(flooded(depths, markers, connectivity as 6)).toEqual(expected);
        expect(flooded(depths, markers, connectivity as 6, 0)).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

test("pieces behind the wall get their label, too, where memory grows meanwhile", () => {
  const middle = [4, 5, 6] as const;
  const away = Array.from({ length: count }, (_, k) => {
    const at = [Math.floor(k / (12 * 14)), Math.floor(k / 14) % 12, k % 14];
    return at.reduce((sum, n, axis) => sum + Math.abs(n - middle[axis]!), 0);
  });
  // A voxel in the middle of a hollow, as far from a hundred others.
  const depths = Float32Array.from(away, (steps) => (steps === 0 || steps > 5 ? 1 : 0));
  const markers = new Uint32Array(count);
  markers[0] = 7;
  const room = (): void => {
    const wasm = ownWasm();
    wasm.allocate(65536);
    // Room for the list of the one voxel, and not for that of those it is reached from.
    wasm.allocate(wasm.bytes - Math.ceil(wasm.mark / 64) * 64 - 128 - 320);
  };
  expect(flooded(depths, markers, 6, undefined, room)).toEqual(Array.from(depths, (depth) => (depth > 0 ? 7 : 0)));
});
