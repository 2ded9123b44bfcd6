/** The geometry of the free plane. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Triple } from "#src/core/shape.js";
import { dot, frameOf, freePlane, turnedTo, unit } from "#widgets/draw/free-plane.js";

const direction = fc
  .tuple(
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.double({ min: -1, max: 1, noNaN: true }),
  )
  .filter((vector) => Math.hypot(...vector) > 0.1)
  .map((vector) => unit(vector));

test("rows and columns of its picture lie in the plane, at right angles, and of length 1", () => {
  fc.assert(
    fc.property(direction, (normal) => {
      const { right, down } = frameOf(normal);
      for (const [a, b, wanted] of [
        [right, right, 1],
        [down, down, 1],
        [right, down, 0],
        [right, normal, 0],
        [down, normal, 0],
      ] as const)
        expect(dot(a, b)).toBeCloseTo(wanted, 9);
      expect(down[1]).toBeGreaterThan(-1e-6);
    }),
  );
});

test("across an axis it looks as the pane of that axis does", () => {
  for (const [normal, right, down] of [
    [
      [1, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
    ],
    [
      [0, 1, 0],
      [0, 0, 1],
      [1, 0, 0],
    ],
  ] as const) {
    const frame = frameOf(normal);
    for (const k of [0, 1, 2] as const) {
      expect(frame.right[k]).toBeCloseTo(right[k], 12);
      expect(frame.down[k]).toBeCloseTo(down[k], 12);
    }
  }
});

test("the cursor is in the middle, and a pixel is as large in space along rows as along columns, whatever the voxels are", () => {
  const spacing: Triple = [3e-7, 1e-7, 2e-7];
  const cursor: Triple = [10, 20, 30];
  const plane = freePlane(cursor, unit([1, 2, 3]), spacing, 5e-8, { width: 101, height: 51 });
  for (const k of [0, 1, 2] as const)
    expect(plane.origin[k] + 50 * plane.right[k] + 25 * plane.down[k]).toBeCloseTo(cursor[k], 9);
  const length = (step: Triple): number => Math.hypot(...step.map((n, k) => n * spacing[k]!));
  expect(length(plane.right)).toBeCloseTo(5e-8, 15);
  expect(length(plane.down)).toBeCloseTo(5e-8, 15);
});

test("turned to a line it contains it, and is turned no more than it has to", () => {
  fc.assert(
    fc.property(direction, direction, (normal, line) => {
      const turned = turnedTo(normal, line);
      expect(dot(turned, line)).toBeCloseTo(0, 6);
      expect(Math.hypot(...turned)).toBeCloseTo(1, 9);
      // No plane through the line has a normal nearer to the old one.
      const far = Math.sqrt(Math.max(0, 1 - dot(normal, line) ** 2));
      if (far > 1e-3) expect(dot(turned, normal)).toBeCloseTo(far, 6);
    }),
  );
  expect(dot(turnedTo([1, 0, 0], [1, 0, 0]), [1, 0, 0])).toBe(0);
});
