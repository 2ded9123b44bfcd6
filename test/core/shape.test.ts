import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BrickGrid, checkRegion, checkShape, intersect, regionShape, type Shape } from "#src/core/shape.js";

describe("a brick grid", () => {
  it("covers each voxel by exactly one brick, for any shape and brick", () => {
    const sides = fc.tuple(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
    );
    fc.assert(
      fc.property(sides, sides, (shape, brick) => {
        const grid = new BrickGrid(shape, brick);
        const seen = new Uint8Array(shape[0] * shape[1] * shape[2]);
        for (let k = 0; k < grid.length; k++) {
          const { start, stop } = grid.region(k);
          expect(grid.touching({ start, stop })).toEqual([k]);
          for (let z = start[0]; z < stop[0]; z++)
            for (let y = start[1]; y < stop[1]; y++)
              for (let x = start[2]; x < stop[2]; x++) seen[(z * shape[1] + y) * shape[2] + x]!++;
        }
        expect(seen.every((count) => count === 1)).toBe(true);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("finds the bricks that a box touches, in ascending order", () => {
    const grid = new BrickGrid([10, 10, 10], [4, 4, 4]);
    expect(grid.counts).toEqual([3, 3, 3]);
    expect(grid.touching({ start: [3, 0, 4], stop: [5, 4, 9] })).toEqual([1, 2, 10, 11]);
    expect(grid.touching({ start: [0, 0, 0], stop: [10, 10, 10] })).toHaveLength(27);
  });

  it("is never larger than the volume and refuses a brick of 2³¹ voxels", () => {
    expect(new BrickGrid([1, 5, 300], [64, 64, 64]).brick).toEqual([1, 5, 64]);
    expect(() => new BrickGrid([2048, 2048, 2048], [2048, 2048, 512])).toThrow("2³¹ voxels or more");
    expect(() => new BrickGrid([4, 4, 4], [4, 4, 4]).region(1)).toThrow("brick 1: this volume has bricks 0 to 0");
  });
});

describe("shapes and regions", () => {
  it.each([[[0, 1, 1]], [[1, 1]], [[1.5, 1, 1]], [[2 ** 20, 2 ** 20, 2 ** 20]]])("refuses the shape %j", (shape) => {
    expect(() => checkShape(shape)).toThrow(/shape/);
  });

  it.each([
    [{ start: [0, 0, 0], stop: [0, 1, 1] }],
    [{ start: [0, 0, -1], stop: [1, 1, 1] }],
    [{ start: [0, 0, 0], stop: [1, 1, 4] }],
    [{ start: [0, 0], stop: [1, 1, 1] }],
    [undefined],
  ])("refuses the region %j", (region) => {
    expect(() => checkRegion(region as never, [3, 3, 3])).toThrow("a non-empty box inside 3 × 3 × 3");
  });

  it("intersects boxes", () => {
    const shared = intersect({ start: [0, 0, 0], stop: [4, 4, 4] }, { start: [2, 3, 1], stop: [9, 9, 2] });
    expect(shared).toEqual({ start: [2, 3, 1], stop: [4, 4, 2] });
    expect(regionShape(shared!)).toEqual([2, 1, 1] satisfies Shape);
    expect(intersect({ start: [0, 0, 0], stop: [1, 1, 1] }, { start: [1, 0, 0], stop: [2, 1, 1] })).toBeUndefined();
  });
});
