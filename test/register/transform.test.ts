/** Transforms as values: there and back, one after the other, to a file and back, and what no transform is. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Triple } from "#src/core/shape.js";
import { affineTransform, applyTransform, landmarkTransform, samples, Transform } from "#src/index.js";
import { memoryVolume } from "../support/memory-volume.js";
import { root } from "../support/require.js";

const { fixed, moving } = JSON.parse(readFileSync(join(root, "test/golden/register.json"), "utf8")) as {
  fixed: Triple[];
  moving: Triple[];
};
const plate = landmarkTransform(fixed, moving, { model: "thin plate" }).transform;
const distance = (a: Triple, b: Triple): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
const coordinate = fc.double({ min: -2e-4, max: 6e-4, noNaN: true });
const anywhere = fc.tuple(coordinate, coordinate, coordinate);

describe("a transform", () => {
  test("goes there and back, through a thin plate to a picometre", () => {
    const back = plate.inverse();
    expect(back.kind).toBe("thin plate");
    fc.assert(
      fc.property(anywhere, (point) => {
        expect(distance(back.apply(plate.apply(point)), point)).toBeLessThan(1e-12);
        expect(distance(plate.apply(back.apply(point)), point)).toBeLessThan(1e-12);
      }),
      { numRuns: 200, seed: 5 },
    );
    for (const [k, point] of fixed.entries()) expect(distance(back.apply(moving[k]!), point)).toBeLessThan(1e-12);
    expect(back.inverse().apply(fixed)).toEqual(plate.apply(fixed));
  });

  test("after another is what one does after the other, of whatever kinds", () => {
    const turn = Transform.affine([0, 1, 0, -1, 0, 0, 0, 0, 1], [1e-5, 0, 2e-5]);
    const larger = Transform.affine([2, 0, 0, 0, 2, 0, 0, 0, 2]);
    expect([turn.kind, larger.kind, larger.after(turn).kind]).toEqual(["rigid", "similarity", "similarity"]);
    expect(larger.after(turn).steps.length).toBe(1);
    const all = larger.after(plate).after(turn.inverse()).after(plate.inverse());
    expect(all.kind).toBe("thin plate");
    fc.assert(
      fc.property(anywhere, (point) => {
        const wanted = larger.apply(plate.apply(turn.inverse().apply(plate.inverse().apply(point))));
        expect(distance(all.apply(point), wanted)).toBeLessThan(1e-15);
      }),
      { numRuns: 50, seed: 6 },
    );
  });

  test("has the stiffest kind that its matrix is of", () => {
    const kinds = [
      [[1, 0, 0, 0, 1, 0, 0, 0, 1], "translation"],
      [[0.6, -0.8, 0, 0.8, 0.6, 0, 0, 0, 1], "rigid"],
      [[1.2, -1.6, 0, 1.6, 1.2, 0, 0, 0, 2], "similarity"],
      [[1, 0, 0, 0, 1, 0, 0, 0, -1], "affine"],
      [[1, 0.01, 0, 0, 1, 0, 0, 0, 1], "affine"],
    ] as const;
    for (const [matrix, kind] of kinds) expect(Transform.affine(matrix).kind).toBe(kind);
  });

  test("comes back from JSON as it was, with how it came to be", () => {
    for (const transform of [
      plate.after(Transform.affine([2, 0, 0, 0, 2, 0, 0, 0, 2])),
      plate.inverse(),
      Transform.identity,
    ]) {
      const again = Transform.fromJSON(JSON.parse(JSON.stringify(transform)));
      expect(again.kind).toBe(transform.kind);
      expect(again.apply(fixed)).toEqual(transform.apply(fixed));
      expect(again.provenance).toEqual(JSON.parse(JSON.stringify(transform.provenance)));
    }
    expect(plate.provenance.operation).toBe("landmarkTransform");
    expect(plate.inverse().provenance.inputs[0]!.provenance).toEqual(plate.provenance);
  });

  test.each([
    [null, "a transform is null"],
    [{ steps: [] }, "a transform is"],
    [{ steps: [{ matrix: [1, 0, 0, 0, 1, 0, 0, 0], offset: [0, 0, 0] }] }, "nine finite numbers"],
    [{ steps: [{ matrix: [1, 0, 0, 0, 1, 0, 0, 0, null], offset: [0, 0, 0] }] }, "nine finite numbers"],
    [{ steps: [{ matrix: [1, 0, 0, 0, 1, 0, 0, 0, 0], offset: [0, 0, 0] }] }, "has no inverse"],
    [{ steps: [{ matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1], offset: [0, 0] }] }, "offset"],
    [
      { steps: [{ matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1], offset: [0, 0, 0], centres: [[0, 0, 0]], weights: [] }] },
      "as many",
    ],
    [{ kind: "spline", steps: [{ matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1], offset: [0, 0, 0] }] }, "kind of a transform"],
  ])("is not made of %j", (data, message) => {
    expect(() => Transform.fromJSON(data)).toThrow(message);
  });

  test("says what it cannot do", () => {
    expect(() => plate.matrix).toThrow("a thin plate has no matrix");
    expect(() => plate.apply([0, 1] as never)).toThrow("three finite numbers");
    // Two landmarks that change places fold the plate between them.
    const folded = landmarkTransform(fixed.slice(0, 6), [moving[1]!, moving[0]!, ...moving.slice(2, 6)], {
      model: "thin plate",
    });
    const images = fixed.slice(0, 6).map((point) => folded.transform.apply(point));
    const inverse = folded.transform.inverse();
    for (const image of images) {
      // Either it finds a point that leads there, or it says that it folds; it never gives a wrong one.
      try {
        expect(distance(folded.transform.apply(inverse.apply(image)), image)).toBeLessThan(1e-12);
      } catch (error) {
        expect(String(error)).toContain("it folds there");
      }
    }
  });
});

describe("applied to a volume", () => {
  test("is affineTransform where both grids are one", async () => {
    const scan = await samples.electrode({ shape: [20, 24, 28] });
    const matrix = [1, 0, 0, 0, 0.96, -0.28, 0, 0.28, 0.96];
    const [size] = scan.spacing!;
    const found = await applyTransform(scan, Transform.affine(matrix, [0, 2 * size, size]), { like: scan });
    const rows = [matrix.slice(0, 3), matrix.slice(3, 6), matrix.slice(6, 9)];
    const wanted = await affineTransform(scan, rows, { offset: [0, 2, 1] });
    const [a, b] = [await found.read(), await wanted.read()];
    // Rounding of metres to voxels may move a value across a half.
    expect(Math.max(...a.map((n, k) => Math.abs(n - b[k]!)))).toBeLessThanOrEqual(1);
    expect(found.provenance.inputs.map(({ name }) => name)).toEqual(["volume", "like", "transform"]);
  });

  test("puts each place of the moving volume to where it is in the fixed one, whatever the voxel sizes and origins", async () => {
    // Values that are linear in space are interpolated exactly.
    const value = ([z, y, x]: Triple): number => 3 + 2e5 * z - 1e5 * y + 4e5 * x;
    const shape = [12, 14, 16] as const;
    const grid = Float32Array.from({ length: 12 * 14 * 16 }, (_, n) =>
      value([Math.floor(n / 224) * 0.5e-6 - 1e-6, (Math.floor(n / 16) % 14) * 0.4e-6 + 2e-6, (n % 16) * 0.3e-6]),
    );
    const moving = memoryVolume(grid, shape, {
      brick: [5, 5, 5],
      spacing: [0.5e-6, 0.4e-6, 0.3e-6],
      origin: [-1e-6, 2e-6, 0],
    });
    const like = memoryVolume(new Uint8Array(4 * 5 * 6), [4, 5, 6], {
      brick: [4, 4, 4],
      spacing: [1e-6, 0.9e-6, 0.8e-6],
      origin: [-0.5e-6, 3e-6, -0.5e-6],
    });
    const transform = Transform.affine([0.99, 0, 0.14, 0, 1, 0, -0.14, 0, 0.99], [0.3e-6, 0.2e-6, 0.6e-6]);
    const found = await (await applyTransform(moving, transform, { like, border: "nearest" })).read();
    let checked = 0;
    for (let n = 0; n < found.length; n++) {
      const at: Triple = [
        -0.5e-6 + Math.floor(n / 30) * 1e-6,
        3e-6 + (Math.floor(n / 6) % 5) * 0.9e-6,
        -0.5e-6 + (n % 6) * 0.8e-6,
      ];
      const there = transform.apply(at);
      const voxel = [(there[0] + 1e-6) / 0.5e-6, (there[1] - 2e-6) / 0.4e-6, there[2] / 0.3e-6];
      if (voxel.some((v, k) => v < 0 || v > shape[k]! - 1)) continue;
      checked++;
      expect(found[n]).toBeCloseTo(value(there), 4);
    }
    expect(checked).toBeGreaterThan(50);
  });

  test("says what is missing", async () => {
    const scan = await samples.electrode({ shape: [8, 8, 8] });
    const bare = memoryVolume(new Uint8Array(8), [2, 2, 2], { brick: [2, 2, 2] });
    await expect(applyTransform(bare, Transform.identity, { like: scan })).rejects.toThrow(
      "voxel size of the moving volume",
    );
    await expect(applyTransform(scan, plate, { like: scan })).rejects.toThrow("thin plate");
    await expect(applyTransform(scan, { matrix: [] } as never, { like: scan })).rejects.toThrow("view.transform");
    await expect(
      applyTransform(scan, Transform.affine([99, 0, 0, 0, 99, 0, 0, 0, 99]), { like: scan }),
    ).rejects.toThrow("64");
  });
});
