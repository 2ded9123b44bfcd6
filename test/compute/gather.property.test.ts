import fc from "fast-check";
import { expect, test } from "vitest";
import { reflected, segments } from "#src/compute/gather.js";
import { reflect } from "../oracle/neighbourhood.js";

const RUNS = { seed: 20240607 };

test("a reflected index is the one that walking back from face to face gives", () => {
  fc.assert(
    fc.property(fc.integer({ min: -300, max: 300 }), fc.integer({ min: 1, max: 40 }), (index, length) => {
      expect(reflected(index, length)).toBe(reflect(index, length));
    }),
    RUNS,
  );
});

test("segments name each voxel of a line once, inside its brick", () => {
  const any = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
  fc.assert(
    fc.property(any(-80, 60), any(1, 120), any(1, 50), any(1, 20), (start, length, shape, brick) => {
      const line: number[] = [];
      for (const segment of segments(start, length, shape, brick)) {
        expect(segment.to).toBe(line.length);
        for (let k = 0; k < segment.length; k++) {
          const inside = segment.from + segment.step * k;
          expect(inside >= 0 && inside < brick).toBe(true);
          line.push(segment.brick * brick + inside);
        }
      }
      expect(line).toEqual(Array.from({ length }, (_, k) => reflect(start + k, shape)));
    }),
    RUNS,
  );
});
