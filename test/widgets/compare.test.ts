/** Two volumes in one picture, against slow and plain versions of the same. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AffineMap, after, determinant, inverted, mapped } from "#src/core/affine.js";
import type { Triple } from "#src/core/shape.js";
import { comparePixels, type GreyLayer, greys, type Together } from "#widgets/draw/compare.js";
import {
  boundsOf,
  cropped,
  fixedSection,
  mappedPlane,
  meanOver,
  outlineOf,
  planarMap,
  voxelMap,
} from "#widgets/draw/section.js";
import { sectionValues } from "#widgets/model/alignment/sampling.js";
import { obliqueValues } from "#widgets/model/oblique.js";
import type { ObliquePlane } from "#widgets/protocol.js";
import { memoryVolume } from "../support/memory-volume.js";

const base: Together = { mode: "overlay", opacity: 0.25, square: 4, curtain: 0.5, blinked: false };
const modes = ["fixed", "moving", "overlay", "cyan–magenta", "checkerboard", "curtain", "blink", "difference"] as const;

/** What a pixel is to be, said another way: by names of colours, not by bits. */
function wanted(
  f: number | null,
  m: number | null,
  x: number,
  y: number,
  width: number,
  how: Together,
): [number, number, number] {
  const grey = (n: number | null): [number, number, number] => [n ?? 0, n ?? 0, n ?? 0];
  const first = (a: number | null, b: number | null): [number, number, number] => grey(a ?? b);
  if (how.mode === "fixed") return grey(f);
  if (how.mode === "moving") return grey(m);
  if (how.mode === "cyan–magenta") return [m ?? 0, f ?? 0, Math.max(f ?? 0, m ?? 0)];
  if (how.mode === "checkerboard")
    return ((x - (x % how.square)) / how.square + (y - (y % how.square)) / how.square) % 2 ? first(m, f) : first(f, m);
  if (how.mode === "curtain") return x / width < how.curtain ? first(f, m) : first(m, f);
  if (how.mode === "blink") return how.blinked ? first(m, f) : first(f, m);
  if (how.mode === "difference")
    return f !== null && m !== null ? grey(f > m ? f - m : m - f) : [0, 0, Math.floor((f ?? m ?? 0) / 3)];
  if (f !== null && m !== null) return grey(Math.round((1 - how.opacity) * f + how.opacity * m));
  return f !== null ? grey(f) : grey(m === null ? null : Math.round(how.opacity * m));
}

const layerOf = (seed: number, width: number, height: number, place: GreyLayer["place"]): GreyLayer => {
  const random = (k: number): number => ((k + seed) * 2654435761) >>> 8;
  return {
    grey: Uint8Array.from({ length: width * height }, (_, k) => random(k) % 256),
    inside: Uint8Array.from({ length: width * height }, (_, k) => Number(random(3 * k) % 5 > 0)),
    width,
    height,
    place,
  };
};

describe("a comparison", () => {
  test.each(modes)("%s has the colours that it says, where both are and where one is not", (mode) => {
    const [width, height] = [23, 17];
    const fixed = layerOf(1, width, height, { start: [0, 0], right: [1, 0], down: [0, 1] });
    const moving = layerOf(2, 15, 19, { start: [3.2137, -2.4191], right: [0.7013, 0.4007], down: [-0.4011, 0.7019] });
    const at = ({ grey, inside, place, ...size }: GreyLayer, x: number, y: number): number | null => {
      const column = Math.floor(place.start[0] + x * place.right[0] + y * place.down[0] + 0.5);
      const row = Math.floor(place.start[1] + x * place.right[1] + y * place.down[1] + 0.5);
      if (column < 0 || row < 0 || column >= size.width || row >= size.height) return null;
      return inside[row * size.width + column] ? grey[row * size.width + column]! : null;
    };
    for (const how of [
      { ...base, mode },
      { ...base, mode, opacity: 1, curtain: 0.3, square: 5, blinked: true },
    ]) {
      const out = new Uint32Array(width * height);
      comparePixels(out, { width, height }, fixed, moving, how);
      const bytes = new Uint8Array(out.buffer);
      let both = 0;
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const [f, m] = [at(fixed, x, y), at(moving, x, y)];
          both += Number(f !== null && m !== null);
          const pixel = [...bytes.subarray(4 * (y * width + x), 4 * (y * width + x) + 4)];
          expect(pixel).toEqual([...wanted(f, m, x, y, width, how), 255]);
        }
      expect(both).toBeGreaterThan(50);
    }
  });

  test("a volume under itself makes no difference, and cyan and magenta of it are grey", () => {
    const layer = layerOf(5, 20, 20, { start: [0, 0], right: [1, 0], down: [0, 1] });
    layer.inside.fill(1);
    const out = new Uint32Array(400);
    comparePixels(out, { width: 20, height: 20 }, layer, layer, { ...base, mode: "difference" });
    expect(out.every((pixel) => pixel === 0xff000000)).toBe(true);
    comparePixels(out, { width: 20, height: 20 }, layer, layer, { ...base, mode: "cyan–magenta" });
    expect(out.every((pixel, k) => pixel === (0xff000000 | (layer.grey[k]! * 0x10101)) >>> 0)).toBe(true);
  });

  test("greys go from black to white over the window, of bytes by table and of floats one by one", () => {
    expect([...greys(Uint8Array.of(0, 10, 20, 30, 255), "uint8", [10, 30])]).toEqual([0, 0, 128, 255, 255]);
    expect([...greys(Float32Array.of(-1, 10, 20, 30, Number.NaN), "float32", [10, 30])]).toEqual([0, 0, 128, 255, 0]);
    expect([...greys(Int16Array.of(-300, -100, 0, 100), "int16", [-100, 100])]).toEqual([0, 0, 128, 255]);
  });
});

const coefficient = fc.double({ min: -1.5, max: 1.5, noNaN: true });
const anyMap: fc.Arbitrary<AffineMap> = fc
  .tuple(fc.array(coefficient, { minLength: 9, maxLength: 9 }), coefficient, coefficient, coefficient)
  .map(([matrix, ...offset]) => ({ matrix, offset: offset as unknown as Triple }))
  .filter(({ matrix }) => Math.abs(determinant(matrix)) > 0.2);

describe("a plane of two volumes", () => {
  const fixed = {
    shape: [40, 50, 60] as const,
    spacing: [2, 1, 0.5] as const,
    origin: [3, 4, 5] as const,
    direction: [0, 1, 0, 1, 0, 0, 0, 0, 1],
  };
  const moving = {
    shape: [9, 11, 13] as const,
    spacing: [0.4, 0.3, 0.2] as const,
    origin: [-1, 2, 1] as const,
    direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  };
  const size = { width: 31, height: 21 };

  test("is at the same physical places in both, wherever they lie", () => {
    fc.assert(
      fc.property(anyMap, fc.constantFrom("z", "y", "x" as const), (transform, axis) => {
        const plane = fixedSection(fixed, axis as "z", [7, 8, 9], 0.25, size);
        const there = mappedPlane(voxelMap(fixed, moving, transform), plane);
        const [x, y] = [5, 17];
        const at = (p: ObliquePlane): Triple =>
          p.origin.map((n, k) => n + x * p.right[k]! + y * p.down[k]!) as unknown as Triple;
        const metres = (v: Triple, { spacing, origin, direction }: typeof fixed | typeof moving): Triple =>
          [0, 1, 2].map(
            (row) =>
              origin[row]! + [0, 1, 2].reduce((sum, k) => sum + direction[3 * row + k]! * v[k]! * spacing[k]!, 0),
          ) as unknown as Triple;
        const goal = mapped(transform, metres(at(plane), fixed));
        for (const [k, n] of metres(at(there), moving).entries()) expect(n).toBeCloseTo(goal[k]!, 9);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  test("a motion within it is followed exactly by the picture that there is", () => {
    fc.assert(
      fc.property(anyMap, coefficient, coefficient, coefficient, (map, angle, a, b) => {
        const has = mappedPlane(map, fixedSection(fixed, "z", [7, 8, 9], 0.25, size));
        // Turned and shifted in the plane.
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        const mix = (p: number, q: number): Triple =>
          has.right.map((n, k) => p * n + q * has.down[k]!) as unknown as Triple;
        const wanted = {
          ...has,
          origin: has.origin.map((n, k) => n + mix(9 * a, 9 * b)[k]!) as unknown as Triple,
          right: mix(cos, sin),
          down: mix(-sin, cos),
        };
        const found = planarMap(has, wanted, moving.spacing)!;
        const expected = [9 * a, 9 * b, cos, sin, -sin, cos];
        for (const [k, n] of [...found.start, ...found.right, ...found.down].entries())
          expect(n).toBeCloseTo(expected[k]!, 6);
      }),
      { numRuns: 100, seed: 2 },
    );
    expect(
      planarMap(
        { origin: [0, 0, 0], right: [1, 0, 0], down: [2, 0, 0], ...size },
        { origin: [0, 0, 0], right: [1, 0, 0], down: [0, 1, 0], ...size },
        [1, 1, 1],
      ),
    ).toBeUndefined();
  });

  test("cuts the moving volume in the outline that is drawn: its pixels are inside, and only those", () => {
    fc.assert(
      fc.property(fc.double({ min: -0.3, max: 0.3, noNaN: true }), coefficient, (tilt, angle) => {
        const turn: AffineMap = {
          matrix: [Math.cos(tilt), 0, -Math.sin(tilt), 0, 1, 0, Math.sin(tilt), 0, Math.cos(tilt)],
          offset: [0, 0, 0],
        };
        const spin: AffineMap = {
          matrix: [1, 0, 0, 0, Math.cos(angle), -Math.sin(angle), 0, Math.sin(angle), Math.cos(angle)],
          offset: [0, 0, 0],
        };
        const big = { ...moving, shape: [400, 40, 60] as const, spacing: [1, 1, 1] as const };
        const flat: ObliquePlane = { origin: [0, -20, -20], right: [0, 0, 1], down: [0, 1, 0], width: 100, height: 80 };
        const plane = mappedPlane({ ...after(turn, spin), offset: [200, 10, 20] }, flat);
        const { corners, cut } = outlineOf(plane, big)!;
        expect(cut).toBe(true);
        const box = boundsOf({ corners, cut }, plane);
        for (let y = 0; y < plane.height; y += 3)
          for (let x = 0; x < plane.width; x += 3) {
            const at = plane.origin.map((n, k) => n + x * plane.right[k]! + y * plane.down[k]!);
            const inside = at.every((n, k) => n >= -0.5 && n <= big.shape[k]! - 0.5);
            // On the same side of all four edges.
            const sides = corners.map(([cx, cy], k) => {
              const [nx, ny] = corners[(k + 1) % 4]!;
              return (nx - cx) * (y - cy) - (ny - cy) * (x - cx);
            });
            if (sides.some((n) => Math.abs(n) < 1e-6)) continue;
            expect(sides.every((n) => n > 0) || sides.every((n) => n < 0)).toBe(inside);
            if (inside)
              expect(box && x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height).toBe(true);
          }
      }),
      { numRuns: 30, seed: 3 },
    );
  });

  test("there is no outline through a volume that it passes by", () => {
    const plane: ObliquePlane = { origin: [50, 0, 0], right: [0, 0, 1], down: [0, 1, 0], width: 9, height: 9 };
    expect(outlineOf(plane, moving)!.cut).toBe(false);
    expect(outlineOf({ ...plane, origin: [4, 0, 0] }, moving)!.cut).toBe(true);
    expect(outlineOf({ ...plane, down: [0, 0, 2] }, moving)).toBeUndefined();
  });
});

describe("values along a plane", () => {
  const shape = [11, 13, 17] as const;
  const volume = memoryVolume(
    Uint16Array.from({ length: 11 * 13 * 17 }, (_, k) => (k * 7919) % 5000),
    shape,
    { brick: [4, 5, 6] },
  );

  test.each([true, false])("are those of the oblique plane (nearest: %s)", async (nearest) => {
    const plane: ObliquePlane = {
      origin: [2.3, -1.2, -2.1],
      right: [0.1, 0.3, 0.7],
      down: [0.2, 0.6, -0.2],
      width: 25,
      height: 20,
    };
    const found = await sectionValues(volume, plane, 1, nearest);
    const wanted = await obliqueValues(volume, plane, nearest);
    expect(found.inside).toEqual(wanted.inside);
    expect(found.values).toEqual(wanted.values);
    expect(found.inside.reduce((sum, n) => sum + n)).toBeGreaterThan(100);
  });

  test("are means over as many places as a pixel is voxels wide", async () => {
    const plane: ObliquePlane = { origin: [4, 1.5, 1.5], right: [0, 0, 4], down: [0, 4, 0], width: 4, height: 3 };
    const fine = meanOver(plane);
    expect(fine).toBe(4);
    const { values, inside } = await sectionValues(volume, plane, fine, false);
    const all = await volume.read();
    for (let row = 0; row < 3; row++)
      for (let column = 0; column < 4; column++) {
        let sum = 0;
        for (let y = 0; y < 4; y++)
          for (let x = 0; x < 4; x++) sum += all[(4 * 13 + 4 * row + y) * 17 + 4 * column + x]!;
        expect(inside[4 * row + column]).toBe(1);
        expect(values[4 * row + column]).toBe(Math.round(sum / 16));
      }
    expect(meanOver({ ...plane, width: 1024, height: 1024 })).toBe(1);
    expect(inverted(inverted({ matrix: [2, 0, 0, 0, 1, 0, 0, 0, 1], offset: [1, 2, 3] }))).toEqual({
      matrix: [2, 0, 0, 0, 1, 0, 0, 0, 1],
      offset: [1, 2, 3],
    });
    expect(cropped(plane, { x: 1, y: 2, width: 3, height: 1 }).origin).toEqual([4, 9.5, 5.5]);
  });
});
