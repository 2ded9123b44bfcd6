/** What selecting rests on: sets of labels as bytes, points in polygons, medians, axes, and the colours of what is lit. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DType, voxelArray } from "#src/core/dtype.js";
import { PALETTE, phaseTable, rgb } from "#src/core/phases.js";
import { axisFor, numberText, ticksOf } from "#widgets/draw/axis.js";
import { drawPlane, type Look } from "#widgets/draw/colours.js";
import { decodeLabels, encodeLabels, labelsIn, litBy, MOST_LABELS } from "#widgets/draw/label-set.js";
import { medianOf, orderOf } from "#widgets/draw/median.js";
import { type Corner, insidePolygon } from "#widgets/draw/polygon.js";
import { drawScatter, LIT_COLOUR, placesOf, pointPixels } from "#widgets/draw/scatter.js";

describe("a set of labels as bytes", () => {
  test("comes back as it was, and the same set has the same bytes", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 4000 }), { maxLength: 600 }), (list) => {
        const labels = Int32Array.from(list).sort();
        const bytes = encodeLabels(labels);
        expect(decodeLabels(bytes)).toEqual(labels);
        expect(encodeLabels([...labels])).toEqual(bytes);
        expect(labelsIn(litBy(labels, 5000))).toEqual(labels);
      }),
      { seed: 1 },
    );
  });

  test("takes a few bytes for a run, and at most 16 KB for any of 100 000 labels", () => {
    expect(encodeLabels(Int32Array.from({ length: 100_000 }, (_, k) => k + 1)).length).toBeLessThanOrEqual(6);
    for (const step of [1, 2, 3, 7, 16]) {
      const labels = Int32Array.from({ length: Math.floor(100_000 / step) }, (_, k) => 1 + k * step);
      expect(encodeLabels(labels).length).toBeLessThanOrEqual(16 * 1024);
    }
    expect(decodeLabels(new Uint8Array(0))).toEqual(new Int32Array(0));
    expect(decodeLabels(encodeLabels([MOST_LABELS - 1]))).toEqual(Int32Array.of(MOST_LABELS - 1));
  });

  test.each([
    ["of another kind", [9, 1, 1], "kind 9"],
    ["cut off", [0, 3], "cut off"],
    ["with a number that never ends", [0, 255, 255, 255, 255, 255, 1], "cut off"],
    ["of labels that are too large", [0, 255, 255, 255, 7, 1], `below ${MOST_LABELS}`],
  ])("is refused where it is %s", (_name, bytes, message) => {
    expect(() => decodeLabels(Uint8Array.from(bytes))).toThrow(message);
  });

  test("is refused where it takes more bytes than all labels would", () => {
    expect(() => decodeLabels(new Uint8Array(2 + MOST_LABELS / 8).fill(1))).toThrow("bytes");
  });
});

/** The even–odd rule by the sum of turns modulo 2, edge by edge, without any order. */
function insideSlowly(corners: readonly Corner[], x: number, y: number): boolean {
  let crossings = 0;
  for (let k = 0; k < corners.length; k++) {
    const [x1, y1] = corners[k]!;
    const [x2, y2] = corners[(k + 1) % corners.length]!;
    if (y1 <= y === y2 <= y) continue;
    // Right of the point: by the sign of the area of the triangle.
    const area = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1);
    if (y2 > y1 ? area > 0 : area < 0) crossings++;
  }
  return crossings % 2 === 1;
}

describe("a lasso", () => {
  const corner = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }));

  test("has the points that the even–odd rule says, also where it crosses itself, on corners and on edges", () => {
    fc.assert(
      fc.property(fc.array(corner, { minLength: 3, maxLength: 20 }), (corners) => {
        const inside = insidePolygon(corners);
        for (let y = -1; y <= 13; y += 0.5)
          for (let x = -1; x <= 13; x += 0.5) expect([x, y, inside(x, y)]).toEqual([x, y, insideSlowly(corners, x, y)]);
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  test("that crosses itself has not what it encloses twice", () => {
    const star: Corner[] = Array.from({ length: 5 }, (_, k) => {
      const angle = (4 * Math.PI * k) / 5;
      return [Math.sin(angle), Math.cos(angle)];
    });
    const inside = insidePolygon(star);
    expect(inside(0, 0)).toBe(false);
    expect(inside(0, 0.8)).toBe(true);
  });

  test("shares each point of a common edge with exactly one neighbour", () => {
    const cut: Corner[] = [
      [4, 0],
      [6, 3],
      [5, 8],
    ];
    const left = insidePolygon([[0, 0], ...cut, [0, 8]]);
    const right = insidePolygon([[10, 8], ...[...cut].reverse(), [10, 0]]);
    for (let n = 0; n < 8; n += 0.25)
      for (let x = 0; x < 10; x += 0.25) expect(Number(left(x, n)) + Number(right(x, n))).toBe(1);
    expect(left(5, 8)).toBe(false);
  });

  test("of fewer than three corners, flat, or asked for a point that has no place has nothing", () => {
    expect(
      insidePolygon([
        [0, 0],
        [5, 5],
      ])(1, 1),
    ).toBe(false);
    expect(
      insidePolygon([
        [0, 1],
        [5, 1],
        [9, 1],
      ])(2, 1),
    ).toBe(false);
    const square = insidePolygon([
      [0, 0],
      [4, 0],
      [4, 4],
      [0, 4],
    ]);
    expect([square(Number.NaN, 2), square(2, Number.NaN)]).toEqual([false, false]);
  });
});

describe("a median", () => {
  test("is the one of the sorted numbers, of all rows and of those selected, without NaN", () => {
    const number = fc.oneof(
      fc.integer({ min: -9, max: 9 }),
      fc.constant(Number.NaN),
      fc.constant(Number.NEGATIVE_INFINITY),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(number, fc.boolean()), { maxLength: 30 }), (rows) => {
        const numbers = Float64Array.from(rows, ([value]) => value);
        const lit = Uint8Array.from(rows, ([, on]) => Number(on));
        const slow = (list: number[]): number => {
          const sorted = list.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
          const half = sorted.length >> 1;
          if (sorted.length === 0) return Number.NaN;
          return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
        };
        const order = orderOf(numbers);
        expect(medianOf(numbers, order)).toBe(slow([...numbers]));
        expect(medianOf(numbers, order, lit)).toBe(slow([...numbers].filter((_, k) => lit[k] === 1)));
      }),
      { seed: 3 },
    );
  });
});

describe("an axis", () => {
  test("has a place for all its values, in both directions; a logarithmic one for none below 0", () => {
    for (const log of [false, true]) {
      const axis = axisFor([0.02, 5, Number.NaN, 300], log);
      for (const value of [0.02, 5, 300]) {
        expect(axis.at(value)).toBeGreaterThan(0);
        expect(axis.at(value)).toBeLessThan(1);
        expect(axis.valueAt(axis.at(value))).toBeCloseTo(value, 9);
      }
      const ticks = ticksOf(axis, 6);
      expect(ticks.length).toBeGreaterThanOrEqual(3);
      expect(ticks.length).toBeLessThanOrEqual(9);
      expect(ticks.every((tick) => tick >= axis.low && tick <= axis.high)).toBe(true);
    }
    expect(axisFor([-5, 0, 2], true).at(-5)).toBeNaN();
    for (const values of [[], [Number.NaN], [7], [0]]) {
      const axis = axisFor(values, false);
      expect(axis.low).toBeLessThan(axis.high);
      expect(ticksOf(axis, 5).length).toBeGreaterThan(0);
    }
  });

  test("writes its numbers short", () => {
    expect([0.1 + 0.2, 1e9, 12345.678, 1.5e-7, 0, -3].map((value) => numberText(value))).toEqual([
      "0.3",
      "1e+9",
      "12346",
      "1.5e-7",
      "0",
      "-3",
    ]);
  });
});

describe("a plane with a selection", () => {
  /** By definition, pixel by pixel. */
  function slowly(
    values: ArrayLike<number>,
    width: number,
    look: Look,
    greys: ArrayLike<number>,
    rowOf: (label: number) => string | undefined,
  ): number[][] {
    return Array.from(values, (label, k) => {
      const [low, high] = look.window;
      const grey = Math.min(255, Math.max(0, Math.round(((greys[k]! - low) * 255) / (high - low))));
      if (look.lit !== undefined && look.lit[label] !== 1) return [0, 1, 2].map(() => Math.round(grey / 2));
      const row = Math.floor(k / width);
      const others = [
        ...(k % width > 0 ? [values[k - 1]] : []),
        ...(k % width < width - 1 ? [values[k + 1]] : []),
        ...(row > 0 ? [values[k - width]] : []),
        ...(k + width < values.length ? [values[k + width]] : []),
      ];
      const edge = others.some((other) => other !== label);
      if (look.lit !== undefined && edge && look.outline !== true) return [255, 255, 255];
      const colour = look.outline === true && !edge ? undefined : rowOf(label);
      if (colour === undefined) return [grey, grey, grey];
      return rgb(colour).map((part) => Math.round(grey + (part - grey) * look.opacity));
    });
  }

  test.each([
    ["uint8", 250],
    ["uint16", 40_000],
    ["uint32", 100_000],
    ["int32", 100_000],
  ] as [DType, number][])("of %s labels is what its definition says, in each look", (dtype, most) => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 1, 2, 3, most - 1, most), { minLength: 24, maxLength: 24 }),
        fc.array(fc.constantFrom(0, 1, 2, 3, most), { maxLength: 4 }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (labels, chosen, outline, phased, selecting) => {
          const values = voxelArray(dtype, labels.length);
          values.set(labels);
          const greys = Uint8Array.from(labels, (_, k) => (k * 37) % 256);
          const lit = selecting ? litBy([...new Set(chosen)].sort((a, b) => a - b)) : undefined;
          const phases = phased ? phaseTable(3) : [];
          const look: Look = { window: [0, 255], thresholds: [], phases, opacity: 0.4, outline, lit };
          const over = { values, phases, width: 6 };
          const drawn = drawPlane(greys, "uint8", look, new Uint8ClampedArray(4 * labels.length), over);
          const numbered = (label: number): string | undefined =>
            label === 0 ? undefined : PALETTE[(Math.imul(label, 2654435761) >>> 16) % PALETTE.length];
          const row = (label: number) => (phased ? phases.find((one) => one.label === label)?.colour : numbered(label));
          const wanted = slowly(labels, 6, look, greys, row);
          expect(labels.map((_, k) => [...drawn.subarray(4 * k, 4 * k + 3)])).toEqual(wanted);
        },
      ),
      { seed: 4, numRuns: 60 },
    );
  });
});

test("points that are lit lie above all others, and points without a place are counted and left out", () => {
  const width = 21;
  const picture = { pixels: new Uint8ClampedArray(4 * width * width).fill(255), width, height: width };
  const axis = {
    low: 0,
    high: 10,
    log: false,
    at: (value: number) => value / 10,
    valueAt: (share: number) => 10 * share,
  };
  const places = placesOf([5, 5, 5, 2, Number.NaN], [5, 5, 5, 2, 1], { xAxis: axis, yAxis: axis });
  const points = pointPixels(places, picture);
  drawScatter(picture, points, Uint8Array.of(0, 1, 0, 0, 1), "#000000");
  expect(points.left).toBe(1);
  const at = (x: number, y: number): number[] => [
    ...picture.pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 3),
  ];
  const nearness = (colour: number[], to: number[]): number => Math.hypot(...colour.map((part, k) => part - to[k]!));
  // In the middle one of three is lit: its colour is seen.
  expect(nearness(at(10, 10), rgb(LIT_COLOUR))).toBeLessThan(70);
  // y grows upwards.
  expect(at(4, 16)[0]).toBeLessThan(255);
  expect(at(4, 4)).toEqual([255, 255, 255]);
});
