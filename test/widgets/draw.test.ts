/** Pictures of slices and histograms: exact to one grey value, the same for page and notebook. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { phaseTable, rgb } from "#src/core/phases.js";
import { colourTable, drawPlane, fieldColour, type Look, phaseOf } from "#widgets/draw/colours.js";
import { extentOf, layoutPanes, roundLength, scaleBar } from "#widgets/draw/layout.js";
import { coarser, fractionsOf, histogramPicture, slicesPicture, stacked } from "#widgets/draw/pictures.js";

const look = (thresholds: number[], opacity = 1, window: [number, number] = [0, 255]): Look => ({
  window,
  thresholds,
  phases: phaseTable(thresholds.length + 1),
  opacity,
});
const pixel = (pixels: Uint8ClampedArray, k: number): number[] => [...pixels.subarray(4 * k, 4 * k + 4)];

describe("the colour of a value", () => {
  test("changes exactly behind the threshold: it belongs to the phase below", () => {
    expect([99, 100, 101].map((value) => phaseOf(value, [100]))).toEqual([0, 0, 1]);
    const drawn = drawPlane(Uint16Array.of(29119, 29120, 29121), "uint16", look([29120]), new Uint8ClampedArray(12));
    const [below, above] = phaseTable(2).map(({ colour }) => [...rgb(colour), 255]);
    expect([0, 1, 2].map((k) => pixel(drawn, k))).toEqual([below, below, above]);
  });

  test("is the same by table and value by value, for every type", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -128, max: 127 }), { minLength: 1, maxLength: 40 }),
        fc.uniqueArray(fc.integer({ min: -128, max: 127 }), { maxLength: 4 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, thresholds, opacity) => {
          const by = look(
            [...thresholds].sort((a, b) => a - b),
            opacity,
            [-100, 100],
          );
          const length = 4 * values.length;
          const small = drawPlane(Int8Array.from(values), "int8", by, new Uint8ClampedArray(length));
          const float = drawPlane(Float32Array.from(values), "float32", by, new Uint8ClampedArray(length));
          expect([...small]).toEqual([...float]);
        },
      ),
    );
  });

  test("is grey without thresholds, without opacity and for NaN", () => {
    const values = Float32Array.of(0, 127.5, 255, Number.NaN);
    for (const by of [look([]), look([100], 0)])
      expect([0, 1, 2, 3].map((k) => pixel(drawPlane(values, "float32", by, new Uint8ClampedArray(16)), k)[0])).toEqual(
        [0, 128, 255, 0],
      );
    expect(pixel(drawPlane(values, "float32", look([100]), new Uint8ClampedArray(16)), 3)).toEqual([0, 0, 0, 255]);
  });

  test("follows a label plane instead of thresholds where there is one; labels without a phase stay grey", () => {
    const labels = { values: Uint8Array.of(7, 255), phases: [{ label: 7, name: "a", colour: "#ff0000" }], width: 2 };
    const drawn = drawPlane(Uint8Array.of(10, 10), "uint8", look([5]), new Uint8ClampedArray(8), labels);
    expect([pixel(drawn, 0), pixel(drawn, 1)]).toEqual([
      [255, 0, 0, 255],
      [10, 10, 10, 255],
    ]);
  });

  test("numbers that have no phases at all are coloured by number, 0 stays grey", () => {
    const labels = { values: Uint32Array.of(0, 1, 2, 1, 70_000), phases: [], width: 5 };
    const drawn = drawPlane(Uint8Array.of(9, 9, 9, 9, 9), "uint8", look([]), new Uint8ClampedArray(20), labels);
    expect(pixel(drawn, 0)).toEqual([9, 9, 9, 255]);
    expect(pixel(drawn, 1)).toEqual(pixel(drawn, 3));
    for (const k of [1, 2, 4]) expect(pixel(drawn, k)).not.toEqual([9, 9, 9, 255]);
    expect(pixel(drawn, 1)).not.toEqual(pixel(drawn, 2));
  });

  test("outlined, only voxels with another label beside them are coloured", () => {
    // 5 × 5 voxels, a square of 3 × 3 inside: its middle, and what touches it by corners alone, stay grey.
    const inside = (k: number): boolean => k % 5 > 0 && k % 5 < 4 && k > 4 && k < 20;
    const values = Uint8Array.from({ length: 25 }, (_, k) => (inside(k) ? 1 : 0));
    const labels = { values, phases: [{ label: 1, name: "a", colour: "#ff0000" }], width: 5 };
    const drawn = drawPlane(
      new Uint8Array(25),
      "uint8",
      { ...look([]), opacity: 1, outline: true },
      new Uint8ClampedArray(100),
      labels,
    );
    const red = Array.from({ length: 25 }, (_, k) => k).filter((k) => pixel(drawn, k)[0] === 255);
    expect(red).toEqual([6, 7, 8, 11, 13, 16, 17, 18]);
  });

  test("a field goes from the first colour to the last over its range, stays at them beyond it, and NaN stays grey", () => {
    const field = { values: Float32Array.of(-5, 0, 5, 10, 99, Number.NaN), range: [0, 10] as const };
    const drawn = drawPlane(
      new Uint8Array(6).fill(9),
      "uint8",
      { ...look([]), opacity: 1 },
      new Uint8ClampedArray(24),
      field,
    );
    const rgb = (k: number): number[] => pixel(drawn, k).slice(0, 3);
    expect(rgb(0)).toEqual(fieldColour(0));
    expect(rgb(1)).toEqual([0x44, 0x01, 0x54]);
    expect(rgb(2)).toEqual(fieldColour(128 / 255));
    expect(rgb(3)).toEqual([0xfd, 0xe7, 0x25]);
    expect(rgb(4)).toEqual(rgb(3));
    expect(rgb(5)).toEqual([9, 9, 9]);
  });

  test("is known for at most 16 bits by a table", () => {
    expect(colourTable("uint16", look([]))!.colours.length).toBe(65536);
    expect(colourTable("int16", look([]))!.first).toBe(-32768);
    expect(colourTable("float32", look([]))).toBeUndefined();
  });
});

describe("the layout of the planes", () => {
  test("keeps neighbours on a common axis, at one scale, inside the room", () => {
    fc.assert(
      fc.property(
        fc.tuple(
          fc.integer({ min: 2, max: 2000 }),
          fc.integer({ min: 1, max: 2000 }),
          fc.integer({ min: 1, max: 2000 }),
        ),
        fc.tuple(...[1, 2, 3].map(() => fc.double({ min: 1e-8, max: 1e-5, noNaN: true }))),
        (shape, spacing) => {
          const layout = layoutPanes(shape, spacing as never, { width: 880, height: 440 });
          const [z, x, y] = layout.panes as [never, never, never] as unknown as Record<
            "x" | "y" | "width" | "height",
            number
          >[];
          expect([z!.height, z!.width]).toEqual([x!.height, y!.width]);
          expect(x!.x).toBeGreaterThanOrEqual(z!.width);
          expect(y!.y).toBeGreaterThanOrEqual(z!.height);
          expect(extentOf(shape, spacing as never)[2] * layout.scale).toBeLessThanOrEqual(881);
        },
      ),
    );
  });

  test("shows one plane for a 2D image", () => {
    const { panes, width, height } = layoutPanes([1, 853, 846], null, { width: 880, height: 440 });
    expect(panes.map(({ axis }) => axis)).toEqual(["z"]);
    expect([width, height]).toEqual([436, 440]);
  });

  test("has scale bars of 1, 2 or 5 times a power of ten, never longer than asked", () => {
    expect([9.9, 5, 4.99, 2, 1.2, 1].map(roundLength)).toEqual([5, 5, 2, 2, 1, 1]);
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e3, noNaN: true }), (longest) => {
        const bar = roundLength(longest);
        expect(bar).toBeLessThanOrEqual(longest * (1 + 1e-6));
        expect(bar).toBeGreaterThan(longest / 2.6);
      }),
    );
    expect(scaleBar({ scale: 1e6 }, 300).pixels).toBeCloseTo(100);
  });
});

describe("pictures for a notebook without a kernel", () => {
  const counts = { counts: [5, 0, 3, 2], low: 9.5, step: 1, exact: true };

  test("count the voxels of each phase as the thresholds say", () => {
    expect(fractionsOf(counts, [10])).toEqual([0.5, 0.5]);
    expect(fractionsOf(counts, [9, 12])).toEqual([0, 0.8, 0.2]);
    expect(fractionsOf(counts, [])).toEqual([1]);
  });

  test("keep the sum of the counts when bins are joined", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 1, max: 50 }),
        (list, most) => {
          const joined = coarser({ counts: list, low: 0, step: 1, exact: true }, most);
          expect(joined.counts.length).toBeLessThanOrEqual(most);
          const sum = (of: ArrayLike<number>): number => Array.from(of).reduce((a, b) => a + b, 0);
          expect(sum(joined.counts)).toBe(sum(list));
        },
      ),
    );
  });

  test("show the voxel under each pixel, also in the plane across x, whose rows are z", () => {
    const shape = [2, 3, 4] as const;
    const values = (height: number, width: number, at: (row: number, column: number) => number) =>
      Uint8Array.from({ length: height * width }, (_, k) => at(Math.floor(k / width), k % width));
    // Grey value 100·z + 10·y + x at the cursor [1, 1, 2].
    const planes = [
      { axis: "z" as const, height: 3, width: 4, values: values(3, 4, (y, x) => 100 + 10 * y + x) },
      { axis: "y" as const, height: 2, width: 4, values: values(2, 4, (z, x) => 100 * z + 10 + x) },
      { axis: "x" as const, height: 2, width: 3, values: values(2, 3, (z, y) => 100 * z + 10 * y + 2) },
    ];
    const scene = { shape, dtype: "uint8" as const, spacing: null, cursor: [1, 1, 2] as const, look: look([]) };
    const { picture, layout } = slicesPicture(scene, planes, { width: 606, height: 506 });
    const [, x] = layout.panes;
    const at = (column: number, row: number): number => picture.pixels[4 * (row * picture.width + column)]!;
    // Upper left voxel of the plane across x is z 0, y 0; its lower right one z 1, y 2.
    expect(at(x!.x + 3, x!.y + 3)).toBe(2);
    expect(at(x!.x + x!.width - 3, x!.y + x!.height - 3)).toBe(122);
    expect(at(3, 3)).toBe(100);
  });

  test("of a histogram carry its phases' colours and a line at each threshold", () => {
    const by = { thresholds: [11], phases: phaseTable(2) };
    const { pixels, width } = histogramPicture(counts, by, "linear", { width: 40, height: 30 });
    const at = (x: number, y: number): number[] => [...pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
    expect(at(3, 20)).toEqual([...rgb(phaseTable(2)[0]!.colour)]);
    expect(at(25, 25)).toEqual([...rgb(phaseTable(2)[1]!.colour)]);
    expect(at(20, 3)).toEqual([40, 40, 40]);
    expect(stacked([histogramPicture(counts, by, "log"), histogramPicture(counts, by, "log")]).height).toBe(368);
  });
});
