/** Runs of voxels against their definition. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidArgument } from "#src/core/errors.js";
import type { Shape, Triple } from "#src/core/shape.js";
import { boxOf, decodeRuns, eachVoxel, encodeRuns, type Runs, runsWhere, strokeRuns } from "#widgets/draw/runs.js";

const voxelsOf = (runs: Runs): string[] => {
  const found: string[] = [];
  eachVoxel(runs, (...at) => found.push(at.join()));
  return found;
};

describe("a brush", () => {
  test("of a sphere covers the voxels whose centres are in it, once each", () => {
    const [shape, centre, r]: [Shape, Triple, number] = [[12, 14, 16], [5.2, 6.9, 8.5], 3.4];
    const wanted: string[] = [];
    for (let z = 0; z < 12; z++)
      for (let y = 0; y < 14; y++)
        for (let x = 0; x < 16; x++)
          if (Math.hypot(z + 0.5 - centre[0], y + 0.5 - centre[1], x + 0.5 - centre[2]) <= r)
            wanted.push([z, y, x].join());
    expect(voxelsOf(strokeRuns([centre], [r, r, r], shape)).sort()).toEqual(wanted.sort());
    expect(wanted.length).toBeGreaterThan(100);
  });

  test.each([0, 1, 2] as const)(
    "of a disc across axis %d stays in its plane, and is the same disc for each axis",
    (across) => {
      const shape: Shape = [20, 20, 20];
      const radii = [4.2, 4.2, 4.2].map((r, k) => (k === across ? 0 : r)) as unknown as Triple;
      const found = voxelsOf(strokeRuns([[10.5, 10.5, 10.5]], radii, shape)).map((text) => text.split(",").map(Number));
      expect(new Set(found.map((at) => at[across]))).toEqual(new Set([10]));
      expect(found.length).toBe(57);
    },
  );

  test("leaves out what is outside of the volume, and covers the one voxel that a thin one points at", () => {
    expect(voxelsOf(strokeRuns([[0.5, 0.5, 0.5]], [0, 1, 1], [1, 3, 3])).sort()).toEqual(["0,0,0", "0,0,1", "0,1,0"]);
    expect(voxelsOf(strokeRuns([[0.9, 2.1, 1.7]], [0, 0.2, 0.2], [1, 3, 3]))).toEqual(["0,2,1"]);
    expect(voxelsOf(strokeRuns([[0.5, -9, 1]], [0, 2, 2], [1, 3, 3]))).toEqual([]);
  });

  test("leaves no gap on its way, and is wider than voxels where those are thin", () => {
    const way: Triple[] = [
      [0.5, 3, 3],
      [0.5, 20, 30],
      [0.5, 20, 30],
    ];
    const found = new Set(voxelsOf(strokeRuns(way, [0, 1.5, 3], [1, 40, 40])));
    for (let t = 0; t <= 1; t += 0.002)
      expect(found.has(`0,${Math.floor(3 + 17 * t)},${Math.floor(3 + 27 * t)}`)).toBe(true);
  });
});

describe("on the wire", () => {
  const shape = fc.tuple(
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 300 }),
  );
  test("any set of voxels comes back as it was", () => {
    fc.assert(
      fc.property(shape, fc.integer(), (size, seed) => {
        const is = (k: number): boolean => ((Math.imul(k + 1, 2654435761 ^ seed) >>> 16) & 3) === 0;
        const runs = runsWhere({ start: [0, 0, 0], stop: size }, size, is);
        const back = decodeRuns(encodeRuns(runs, size), size);
        expect(back).toEqual(runs);
        expect(voxelsOf(back).length).toBe(
          Array.from({ length: size[0] * size[1] * size[2] }, (_, k) => k).filter(is).length,
        );
      }),
    );
  });

  test("a stroke of 300 voxels takes under 4 KB, in each plane", () => {
    for (const across of [0, 1, 2]) {
      const radii = [12, 12, 12].map((r, k) => (k === across ? 0 : r)) as unknown as Triple;
      const way = Array.from({ length: 60 }, (_, k): Triple => {
        const at: [number, number, number] = [200 + 5 * k, 200 + 30 * Math.sin(k / 6), 200 + 4 * k];
        at[across] = 100.5;
        return at;
      });
      const runs = strokeRuns(way, radii, [600, 600, 600]);
      expect(encodeRuns(runs, [600, 600, 600]).length).toBeLessThan(4096);
      expect(boxOf(runs)!.start[across]).toBe(100);
    }
  });

  test("bytes that are none are refused, whatever they are", () => {
    const size: Shape = [3, 4, 5];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
        try {
          for (const text of voxelsOf(decodeRuns(bytes, size))) {
            const [z, y, x] = text.split(",").map(Number) as [number, number, number];
            expect(z < 3 && y < 4 && x < 5).toBe(true);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidArgument);
        }
      }),
    );
    expect(() => decodeRuns(Uint8Array.of(), size)).toThrow(InvalidArgument);
    expect(() => decodeRuns(Uint8Array.of(2, 0, 0, 5), size)).toThrow("leave the volume");
    expect(() => decodeRuns(Uint8Array.of(2, 0, 0x80), size)).toThrow("cut off");
  });
});
