/** Transforms from landmarks: recovery of known ones, NumPy and SciPy (test/golden/make/register.py), sets that are not enough. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Triple } from "#src/core/shape.js";
import { landmarkTransform, Transform, um } from "#src/index.js";
import type { TransformKind } from "#src/register/transform-kind.js";
import { root } from "../support/require.js";

interface Golden {
  fixed: Triple[];
  moving: Triple[];
  weights: number[];
  probes: Triple[];
  plates: { smoothing: number; images: Triple[]; leaveOneOut: number[] }[];
  [name: string]: unknown;
}
const golden = JSON.parse(readFileSync(join(root, "test/golden/register.json"), "utf8")) as Golden;
const { fixed, moving, weights, probes } = golden;
const distance = (a: Triple, b: Triple): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

describe("with the numbers of NumPy and SciPy", () => {
  test.each([
    ["rigid", "rigid", undefined],
    ["weighted rigid", "rigid", weights],
    ["similarity", "similarity", undefined],
    ["affine", "affine", undefined],
    ["weighted affine", "affine", weights],
  ] as const)("a %s fit has the same matrix and offset", (name, model, given) => {
    const { transform } = landmarkTransform(fixed, moving, { model, ...(given && { weights: given }) });
    const wanted = golden[name] as { matrix: number[]; offset: number[] };
    expect(transform.kind).toBe(model);
    for (const [k, n] of wanted.matrix.entries()) expect(transform.matrix[k]).toBeCloseTo(n, 11);
    for (const [k, n] of wanted.offset.entries()) expect(transform.offset[k]! * 1e6).toBeCloseTo(n * 1e6, 8);
  });

  test.each(golden.plates)(
    "a thin plate of smoothing $smoothing m takes points to the same places, and leaves one out alike",
    (wanted) => {
      const fit = landmarkTransform(fixed, moving, { model: "thin plate", smoothing: um(wanted.smoothing * 1e6) });
      for (const [k, point] of probes.entries())
        expect(distance(fit.transform.apply(point), wanted.images[k]!)).toBeLessThan(1e-15);
      for (const [k, miss] of wanted.leaveOneOut.entries())
        expect(fit.leaveOneOut[k]! * 1e6).toBeCloseTo(miss * 1e6, 8);
      if (wanted.smoothing === 0) expect(fit.rootMeanSquare).toBeLessThan(1e-16);
      else expect(fit.rootMeanSquare).toBeGreaterThan(1e-8);
    },
  );
});

const place = fc.tuple(...[0, 1, 2].map(() => fc.double({ min: -1e-3, max: 1e-3, noNaN: true }))) as fc.Arbitrary<
  [number, number, number]
>;
/** A rotation about an axis. */
function rotation([z, y, x]: Triple, angle: number): number[] {
  const size = Math.hypot(z, y, x) || 1;
  const [a, b, c] = [z / size, y / size, size === 0 ? 1 : x / size];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const t = 1 - cos;
  const norm = Math.hypot(a, b, c);
  if (norm < 0.5) return [1, 0, 0, 0, 1, 0, 0, 0, 1];
  return [
    ...[t * a * a + cos, t * a * b - sin * c, t * a * c + sin * b],
    ...[t * a * b + sin * c, t * b * b + cos, t * b * c - sin * a],
    ...[t * a * c - sin * b, t * b * c + sin * a, t * c * c + cos],
  ];
}
/** Eight corners of a box, moved a little: never in a plane. */
const cloud = fc
  .array(fc.tuple(...[0, 1, 2].map(() => fc.double({ min: -0.2e-3, max: 0.2e-3, noNaN: true }))), {
    minLength: 8,
    maxLength: 8,
  })
  .map((steps) =>
    steps.map(([z, y, x], k) => [(k & 1) * 1e-3 + z!, ((k >> 1) & 1) * 1e-3 + y!, (k >> 2) * 1e-3 + x!] as Triple),
  );

describe("whatever the landmarks", () => {
  test("each model finds a known transform of its kind again, and its inverse goes back", () => {
    const known = fc.record({
      points: cloud,
      axis: place.map(([z, y, x]) => [z * 1e3 + 0.1, y * 1e3, x * 1e3] as Triple),
      angle: fc.double({ min: -3, max: 3, noNaN: true }),
      scale: fc.double({ min: 0.02, max: 50, noNaN: true }),
      shift: place,
      probe: place,
    });
    fc.assert(
      fc.property(known, ({ points, axis, angle, scale, shift, probe }) => {
        const turn = rotation(axis, angle);
        const matrices: Record<string, number[]> = {
          translation: [1, 0, 0, 0, 1, 0, 0, 0, 1],
          rigid: turn,
          similarity: turn.map((n) => n * scale),
          affine: turn.map((n, k) => n * [1, 1.2, 0.7][k % 3]!),
        };
        for (const [model, matrix] of Object.entries(matrices)) {
          const truth = Transform.affine(matrix, shift);
          const fit = landmarkTransform(points, truth.apply(points), { model: model as TransformKind });
          const size = model === "similarity" ? scale : 1;
          expect(distance(fit.transform.apply(probe), truth.apply(probe))).toBeLessThan(1e-12 * (1 + size));
          expect(fit.rootMeanSquare).toBeLessThan(1e-13 * (1 + size));
          expect(fit.leaveOneOutRootMeanSquare).toBeLessThan(1e-12 * (1 + size));
          expect(distance(fit.transform.inverse().apply(fit.transform.apply(probe)), probe)).toBeLessThan(
            1e-14 * (1 + 1 / size),
          );
        }
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  test("no other transform of the kind has a smaller sum of squares", () => {
    const nudged = fc.record({
      points: cloud,
      noise: cloud,
      axis: place,
      angle: fc.double({ min: -0.01, max: 0.01, noNaN: true }),
      shift: place.map(([z, y, x]) => [z * 1e-3, y * 1e-3, x * 1e-3] as Triple),
      model: fc.constantFrom("rigid", "similarity", "affine" as const),
    });
    fc.assert(
      fc.property(nudged, ({ points, noise, axis, angle, shift, model }) => {
        const { transform, residuals } = landmarkTransform(points, noise, { model: model as TransformKind });
        const other = Transform.affine(rotation(axis, angle), shift).after(transform);
        const sum = (list: readonly number[]): number => list.reduce((all, n) => all + n * n, 0);
        const others = points.map((point, k) => distance(other.apply(point), noise[k]!));
        expect(sum(residuals)).toBeLessThanOrEqual(sum(others) * (1 + 1e-9));
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  test.each(["translation", "rigid", "similarity", "affine", "thin plate"] as const)(
    "of a %s fit, leaving one out is the fit of the others at that landmark",
    (model) => {
      const { leaveOneOut, residuals } = landmarkTransform(fixed, moving, { model });
      for (const k of fixed.keys()) {
        const rest = (list: readonly Triple[]): Triple[] => list.filter((_, n) => n !== k);
        const { transform } = landmarkTransform(rest(fixed), rest(moving), { model });
        expect(leaveOneOut[k]! * 1e6).toBeCloseTo(distance(transform.apply(fixed[k]!), moving[k]!) * 1e6, 7);
        expect(leaveOneOut[k]).toBeGreaterThanOrEqual(residuals[k]!);
      }
    },
  );

  test("landmarks in a plane give a rotation, never a mirror image", () => {
    const flat: Triple[] = [
      [0, 0, 0],
      [0, 1e-4, 0],
      [0, 0, 2e-4],
      [0, 3e-4, 1e-4],
    ];
    const mirrored = flat.map(([z, y, x]): Triple => [z, -y, x]);
    const { transform, rootMeanSquare } = landmarkTransform(flat, mirrored);
    // Turned over by half a turn about x, which in the plane is the mirror image.
    expect(rootMeanSquare).toBeLessThan(1e-17);
    expect(transform.kind).toBe("rigid");
    expect(transform.matrix[0]).toBeCloseTo(-1, 12);
  });
});

describe("what is not enough is said", () => {
  const line: Triple[] = [0, 1, 2, 3].map((n) => [n * 1e-5, 2e-5 * n, 5e-5]);
  const plane: Triple[] = [
    [0, 0, 0],
    [0, 1e-5, 0],
    [0, 0, 1e-5],
    [0, 1e-5, 1e-5],
    [0, 3e-5, 2e-5],
  ];
  const two = fixed.slice(0, 2);
  test.each([
    ["translation", [], [], "translation needs 1 landmark, there are 0"],
    ["rigid", two, two, "rigid needs 3 landmarks that are not on a line, there are 2"],
    ["rigid", line, line, "rigid needs 3 landmarks that are not on a line; the 4 fixed ones lie on a line"],
    [
      "similarity",
      fixed.slice(0, 4),
      line,
      "similarity needs 3 landmarks that are not on a line; the 4 moving ones lie on a line",
    ],
    ["affine", plane, plane, "affine needs 4 landmarks that are not in a plane; the 5 fixed ones lie in a plane"],
    ["affine", line, line, "the 4 fixed ones lie on a line"],
    [
      "thin plate",
      plane,
      plane,
      "thin plate needs 4 landmarks that are not in a plane; the 5 fixed ones lie in a plane",
    ],
    ["rigid", [two[0], two[0], two[0]], fixed.slice(0, 3), "lie at one place"],
    ["rigid", two, fixed.slice(0, 3), "2 fixed landmarks and 3 moving ones: each needs its partner"],
    ["thin plate", [...fixed, fixed[0]], [...moving, moving[1]], "at the same fixed place"],
  ] as [TransformKind, Triple[], Triple[], string][])("%s: case %#", (model, from, to, message) => {
    expect(() => landmarkTransform(from, to, { model })).toThrow(message);
  });

  test("three pairs give a rigid fit whose leave-one-out nobody knows", () => {
    const fit = landmarkTransform(fixed.slice(0, 3), moving.slice(0, 3));
    expect(fit.leaveOneOut.every(Number.isNaN)).toBe(true);
    expect(fit.leaveOneOutRootMeanSquare).toBeNaN();
    expect(fit.rootMeanSquare).toBeGreaterThan(0);
  });

  test.each([
    [{ model: "elastic" }, "model"],
    [{ modle: "rigid" }, "did you mean `model`"],
    [{ weights: [1] }, "give 12"],
    [{ weights: fixed.map(() => -1) }, "weight"],
    [{ smoothing: um(1) }, "smoothing is for a thin plate"],
    [{ model: "thin plate", weights }, "not for a thin plate"],
  ])("options %j are refused", (options, message) => {
    expect(() => landmarkTransform(fixed, moving, options as never)).toThrow(message);
  });

  test("points that are none are refused", () => {
    for (const bad of [[[1, 2]], [[1, 2, Number.NaN]], "points", [null]])
      expect(() => landmarkTransform(bad as never, bad as never)).toThrow("landmarks: give a list");
  });
});
