/** Colours of labels for all eyes. */
import { describe, expect, test } from "vitest";
import { PALETTE, rgb } from "#src/core/phases.js";
import { fieldColour } from "#widgets/draw/colours.js";
import { type Colour, DICHROMACY, difference, seenBy, seenByAll } from "../support/colour-vision.js";

const colours = PALETTE.map((colour) => rgb(colour) as Colour);

/** The least difference of any two. */
function closest(list: readonly Colour[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const [k, a] of list.entries()) for (const b of list.slice(k + 1)) least = Math.min(least, difference(a, b));
  return least;
}

test("red and green of the same brightness are told to be the same for eyes without the red or the green cone", () => {
  const [red, green]: [Colour, Colour] = [
    [214, 94, 0],
    [128, 133, 0],
  ];
  const all = difference(seenByAll(red), seenByAll(green));
  expect(difference(seenBy("deuteranopia", red), seenBy("deuteranopia", green))).toBeLessThan(all / 3);
});

describe.each(Object.keys(DICHROMACY))("with %s", (kind) => {
  test("the colours of the first four phases are told apart at a glance, and those of eight differ visibly", () => {
    expect(closest(colours.slice(0, 4).map((colour) => seenBy(kind, colour)))).toBeGreaterThan(15);
    expect(closest(colours.map((colour) => seenBy(kind, colour)))).toBeGreaterThan(7);
  });

  test("the colours of a field grow brighter from its least to its largest value", () => {
    const brightness = Array.from({ length: 33 }, (_, k) => {
      const [r, g, b] = seenBy(kind, fieldColour(k / 32));
      return 0.2126729 * r + 0.7151522 * g + 0.072175 * b;
    });
    for (const [k, value] of brightness.entries()) if (k > 0) expect(value).toBeGreaterThan(brightness[k - 1]!);
  });
});
