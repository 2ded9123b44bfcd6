/** Pictures of tables' columns as lines. */
import { expect, test } from "vitest";
import { lines } from "#src/core/arrow/lines.js";
import { resultTable } from "#src/core/arrow/table.js";
import { displaySymbol } from "#src/core/display.js";
import { trace } from "#src/core/provenance.js";

const table = (y: number[], x = y.map((_, k) => k * 10)): ReturnType<typeof resultTable> =>
  resultTable(
    [
      { name: "radius", values: x, unit: "µm" },
      { name: "mean", values: y },
    ],
    trace("test", {}),
  );

/** Points of the drawn lines in pixels, those of the legend and the grid left out. */
const paths = (svg: string): [number, number][][] =>
  Array.from(svg.matchAll(/<path fill="none"[^>]* d="([^"]*)"/g), ([, d]) =>
    Array.from(d!.matchAll(/[ML]([-\d.]+) ([-\d.]+)/g), ([, a, b]) => [Number(a), Number(b)]),
  );

test("each point stands where its numbers are, with axes in units", () => {
  const { svg } = lines(
    { before: table([0, 5, 10]), after: table([10, 10, 0]) },
    { x: "radius", y: "mean", title: "cup" },
  );
  const [before, after] = paths(svg);
  // Both ends of both axes are ends of the data; y grows upwards.
  expect(before![0]![0]).toBe(after![0]![0]);
  expect(before![0]![1]).toBe(after![2]![1]);
  expect(before![2]![1]).toBe(after![0]![1]);
  expect(before![1]![0]).toBeCloseTo((before![0]![0] + before![2]![0]) / 2, 1);
  expect(before![1]![1]).toBeCloseTo((before![0]![1] + before![2]![1]) / 2, 1);
  expect(before![0]![1]).toBeGreaterThan(before![2]![1]);
  for (const text of [">radius (µm)<", ">mean<", ">cup<", ">before<", ">after<", ">10<", ">0<"])
    expect(svg).toContain(text);
});

test("ticks are round numbers inside the range", () => {
  const { svg } = lines({ a: table([0.0123, 0.0456, 0.0311]) }, { x: "radius", y: "mean" });
  for (const tick of ["0.02", "0.03", "0.04"]) expect(svg).toContain(`>${tick}<`);
  expect(lines({ flat: table([7, 7]) }, { x: "radius", y: "mean" }).svg).toContain(">7<");
});

test("names are text, whatever they are, and what is no number is left out", () => {
  const picture = lines({ "<img src=x onerror=alert(1)>": table([1, Number.NaN, 3]) }, { x: "radius", y: "mean" });
  expect(picture.svg).not.toContain("<img");
  expect(paths(picture.svg)[0]!.length).toBe(2);
  const bundle = picture[displaySymbol]();
  expect(Object.keys(bundle)).toEqual(["text/plain", "image/svg+xml"]);
  expect(bundle["text/plain"]).toContain("mean over radius (µm)");
});

test("long tables are drawn with fewer points", () => {
  const long = Array.from({ length: 100_000 }, (_, k) => Math.sin(k / 1000));
  expect(paths(lines({ long: table(long) }, { x: "radius", y: "mean" }).svg)[0]!.length).toBeLessThanOrEqual(2000);
});

test("bad arguments are named, with what is allowed", () => {
  const good = table([1, 2]);
  expect(() => lines({}, { x: "radius", y: "mean" })).toThrow("1 to 8 tables");
  expect(() => lines({ a: good }, { x: "radus", y: "mean" })).toThrow('no column "radus"; did you mean `radius`?');
  expect(() => lines({ a: undefined as never }, { x: "radius", y: "mean" })).toThrow("it has none");
  expect(() => lines({ a: table([Number.NaN]) }, { x: "radius", y: "mean" })).toThrow("finite numbers");
  expect(() => lines({ a: good }, { x: "radius", y: "mean", titel: "x" } as never)).toThrow("did you mean `title`");
});

test("rows are marked where that is asked for, the first by the largest circles", () => {
  const both = { published: table([0, 5, 10]), ours: table([0, 5, 10]), fit: table([0, 10], [0, 20]) };
  const { svg } = lines(both, { x: "radius", y: "mean", marks: ["published", "ours"] });
  const circles = Array.from(
    svg.matchAll(/<circle [^>]* cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"/g),
    ([, ...numbers]) => numbers.map(Number),
  );
  expect(circles.map(([, , r]) => r)).toEqual([4.5, 4.5, 4.5, 2.5, 2.5, 2.5]);
  expect(circles.slice(0, 3).map(([cx, cy]) => [cx, cy])).toEqual(paths(svg)[0]);
  expect(lines(both, { x: "radius", y: "mean" }).svg).not.toContain("<circle");
  expect(() => lines(both, { x: "radius", y: "mean", marks: ["our"] })).toThrow(/no table "our".*did you mean `ours`/);
  expect(() => lines(both, { x: "radius", y: "mean", marks: "ours" as never })).toThrow(/list of names/);
});
