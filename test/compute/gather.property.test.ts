import fc from "fast-check";
import { expect, test } from "vitest";
import { segments } from "#src/compute/gather.js";
import { type Border, inside } from "#src/core/border.js";
import { bordered } from "../oracle/neighbourhood.js";

const RUNS = { seed: 20240607 };
const anyBorder = fc.constantFrom<Border[]>("reflect", "mirror", "nearest", "wrap", { constant: 3 });

test("an index beyond the faces stands for the one that walking back step by step gives", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -300, max: 300 }),
      fc.integer({ min: 1, max: 40 }),
      anyBorder,
      (index, length, border) => {
        expect(inside(index, length, border)).toBe(bordered(index, length, border));
      },
    ),
    RUNS,
  );
});

test("segments name each voxel of a line once, inside its brick", () => {
  const any = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
  fc.assert(
    fc.property(any(-80, 60), any(1, 120), any(1, 50), any(1, 20), anyBorder, (start, length, shape, brick, border) => {
      const line: number[] = [];
      for (const segment of segments(start, length, shape, brick, border)) {
        expect(segment.to).toBe(line.length);
        for (let k = 0; k < segment.length; k++) {
          const at = segment.from + segment.step * k;
          if (segment.brick >= 0) expect(at >= 0 && at < brick).toBe(true);
          line.push(segment.brick < 0 ? -1 : segment.brick * brick + at);
        }
      }
      expect(line).toEqual(Array.from({ length }, (_, k) => bordered(start + k, shape, border)));
    }),
    RUNS,
  );
});
