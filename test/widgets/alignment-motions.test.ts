/** What gestures of an alignment do, without a page: motions, angles, and where the edge is taken hold of. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AffineMap, after, determinant, mapped, product } from "#src/core/affine.js";
import type { Triple } from "#src/core/shape.js";
import { alongEdges, gripAt, knobOf } from "#widgets/view/alignment/grips.js";
import {
  anglesOf,
  axisTurn,
  movedBy,
  placementOf,
  rotationIn,
  rotationOf,
  scaled,
  shifted,
  stretched,
  toAngles,
  turnedIn,
} from "#widgets/view/alignment/motions.js";

const angle = fc.double({ min: -89, max: 89, noNaN: true });
const number = fc.double({ min: -5, max: 5, noNaN: true });
const point = fc.tuple(number, number, number);
const close = (a: readonly number[], b: readonly number[], digits = 9): void => {
  for (const [k, n] of a.entries()) expect(n).toBeCloseTo(b[k]!, digits);
};

describe("a motion of the moving picture", () => {
  test("brings what was seen at a place to where the motion takes that place", () => {
    fc.assert(
      fc.property(angle, angle, angle, point, point, (z, y, x, by, seen) => {
        const transform: AffineMap = { matrix: rotationOf({ z, y, x }).map((n) => n * 1.5), offset: by };
        for (const motion of [
          shifted(by),
          turnedIn([0, 0, 2], [0, 3, 0], 0.4, by),
          scaled(2, by),
          stretched([0, 1, 1], [0, 1, -1], [2, 3], by),
        ])
          close(mapped(movedBy(transform, motion), mapped(motion, seen)), mapped(transform, seen));
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  test("turns about a point that stays, from right to down, and counter-clockwise by an axis as rotate does", () => {
    const about: Triple = [1, 2, 3];
    const quarter = turnedIn([0, 0, 5], [0, 0.1, 0], Math.PI / 2, about);
    close(mapped(quarter, about), about);
    close(mapped(quarter, [1, 2, 4]), [1, 3, 3]);
    // Planes across z have x to the right and y down: a quarter counter-clockwise takes right to up.
    close(mapped({ matrix: axisTurn("z", 90), offset: [0, 0, 0] }, [0, 0, 1]), [0, -1, 0]);
    close(mapped({ matrix: axisTurn("y", 90), offset: [0, 0, 0] }, [0, 0, 1]), [-1, 0, 0]);
    close(mapped({ matrix: axisTurn("x", 90), offset: [0, 0, 0] }, [1, 0, 0]), [0, -1, 0]);
  });

  test("stretches along two directions, and not across them", () => {
    const about: Triple = [1, 1, 1];
    const motion = stretched([0, 2, 0], [0, 1, 1], [3, 0.5], about);
    close(mapped(motion, [1, 2, 1]), [1, 4, 1]);
    close(mapped(motion, [1, 3, 3]), [1, 2, 2]);
    close(mapped(motion, [5, 1, 1]), [5, 1, 1]);
    expect(determinant(motion.matrix)).toBeCloseTo(1.5, 9);
  });
});

describe("the numbers of a placement", () => {
  test("are the angles that made it, and typed angles make it so", () => {
    fc.assert(
      fc.property(angle, angle, angle, point, fc.double({ min: 0.1, max: 9, noNaN: true }), (z, y, x, middle, size) => {
        const rotation = rotationOf({ z, y, x });
        const found = anglesOf(rotation);
        close([found.z, found.y, found.x], [z, y, x], 6);
        close(rotationIn(product(rotation, [size, 0, 0, 0, size, 0, 0, 0, size])), rotation);
        const transform: AffineMap = { matrix: rotation.map((n) => n / size), offset: middle };
        const own: Triple = [1, 2, 3];
        const before = placementOf(transform, own);
        expect(before.scale).toBeCloseTo(size, 6);
        const now = placementOf(movedBy(transform, toAngles(transform, { z: 10, y: -20, x: 30 }, before.middle)), own);
        close([now.angles.z, now.angles.y, now.angles.x], [10, -20, 30], 6);
        close(now.middle, before.middle, 6);
        expect(now.scale).toBeCloseTo(size, 6);
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  test("stay a rotation where the turn about y is a right angle", () => {
    for (const y of [90, -90]) {
      const rotation = rotationOf({ z: 25, y, x: 40 });
      close(rotationOf(anglesOf(rotation)), rotation, 6);
    }
    expect(after(shifted([1, 2, 3]), shifted([1, 1, 1])).offset).toEqual([2, 3, 4]);
  });
});

describe("the edge of the moving picture", () => {
  const room = { width: 400, height: 300 };
  const outline = {
    corners: [
      [100, 100],
      [300, 100],
      [300, 200],
      [100, 200],
    ] as const,
  };
  test.each([
    [[200, 150], "affine", "move"],
    [[101, 102], "affine", "scale"],
    [[101, 102], "rigid", "turn"],
    [[101, 102], "translation", "move"],
    [[200, 97], "rigid", "turn"],
    [[200, 82], "rigid", "turn"],
    [[200, 97], "translation", "move"],
    [[200, 60], "affine", undefined],
    [[350, 150], "similarity", undefined],
  ] as const)("at %j with the model %s it is taken hold of to %s", (at, model, grip) => {
    expect(gripAt(outline, at, model, room)?.grip).toBe(grip);
  });

  test("its knob is outside of the upper edge, or inside where that is out of sight", () => {
    expect(knobOf(outline, room)).toEqual([200, 82]);
    const whole = {
      corners: [
        [0, 0],
        [400, 0],
        [400, 300],
        [0, 300],
      ] as const,
    };
    expect(knobOf(whole, room)).toEqual([200, 18]);
  });

  test("places are told along its own edges", () => {
    const slanted = {
      corners: [
        [0, 0],
        [10, 10],
        [0, 20],
        [-10, 10],
      ] as const,
    };
    close(alongEdges(slanted, [0, 0]), [-0.5, -0.5]);
    close(alongEdges(slanted, [10, 10]), [0.5, -0.5]);
    close(alongEdges(slanted, [5, 15]), [0.5, 0]);
  });
});
