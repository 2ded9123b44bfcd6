/** What the shader compares: values as whole numbers in the same order. */
import { expect, test } from "vitest";
import { greyOf } from "#widgets/draw/colours.js";
import { levelBounds, placeOf, thresholdPlace } from "#widgets/view/slices/gl/levels.js";

const floats = [-Infinity, -3e38, -1.5, -1e-40, 0, 1e-45, 0.1, 1, 3e38, Infinity].map(Math.fround);

test("places are in the order of their values, and both zeros have one", () => {
  for (let k = 1; k < floats.length; k++)
    expect(placeOf(floats[k]!, "float32")).toBeGreaterThan(placeOf(floats[k - 1]!, "float32"));
  expect(placeOf(-0, "float32")).toBe(placeOf(0, "float32"));
  expect([-128, -1, 0, 127].map((value) => placeOf(value, "int8") - placeOf(0, "int8"))).toEqual([-128, -1, 0, 127]);
});

test.each([
  ["uint32", [4294000000.25, 4294900000], 4294000000, 4294967295],
  ["int32", [-77.5, 1234567], -2000, 1300000],
  ["float32", [0.1, 0.1000001], 0.0999999, 0.1000002],
] as const)("a level of %s is the number of bounds that a value has reached", (dtype, window, from, to) => {
  const bounds = levelBounds(dtype, (value) => greyOf(value, window));
  for (let k = 0; k <= 3000; k++) {
    const exact = from + ((to - from) * k) / 3000;
    const value = dtype === "float32" ? Math.fround(exact) : Math.round(exact);
    const place = placeOf(value, dtype);
    expect(bounds.subarray(1).filter((bound) => place >= bound).length, String(value)).toBe(greyOf(value, window));
  }
});

test("a threshold between two values, at one, and beyond all", () => {
  for (const threshold of [0.1, -0.3, 1e300, 7])
    for (const value of floats)
      expect(placeOf(value, "float32") > (thresholdPlace(threshold, "float32") ?? -1)).toBe(value > threshold);
  expect(thresholdPlace(-1.5, "uint16")).toBeUndefined();
  expect(thresholdPlace(-1.5, "int16")).toBe(placeOf(-2, "int16"));
  expect(thresholdPlace(1e9, "uint16")).toBe(65535);
});
