/** Sizes by number and volume, and of spheres out of sections, against closed forms and TauFactor's own tests. */
import { expect, test } from "vitest";
import { particles, saltykov, sizeDistribution } from "#src/index.js";
import { memoryVolume } from "../support/memory-volume.js";
import { random } from "../support/random-volume.js";

test("particles of 26 and 8 voxels have the diameters that TauFactor's tests state, and one at the border goes", async () => {
  const values = new Uint8Array(512);
  const put = (label: number, z: number[], y: number[], x: number[]): void => {
    for (let a = z[0]!; a < z[1]!; a++)
      for (let b = y[0]!; b < y[1]!; b++) for (let c = x[0]!; c < x[1]!; c++) values[(a * 8 + b) * 8 + c] = label;
  };
  put(5, [0, 1], [1, 3], [1, 3]);
  put(9, [2, 5], [2, 5], [2, 5]);
  values[(3 * 8 + 3) * 8 + 3] = 0;
  put(12, [5, 7], [5, 7], [5, 7]);
  const labels = memoryVolume(values, [8, 8, 8], { role: "labels" });
  expect((await particles(labels)).numRows).toBe(3);
  const kept = await particles(labels, { border: "leave out" });
  expect([...kept.getChild("voxels")!]).toEqual([26, 8]);
  const diameters = [26, 8].map((volume) => Math.cbrt((6 * volume) / Math.PI));
  for (const [k, value] of [...kept.getChild("equivalent diameter")!].entries())
    expect(value).toBeCloseTo(diameters[k]!, 12);
  const { byNumber, byVolume, count } = sizeDistribution(kept);
  expect(count).toBe(2);
  expect(byNumber.mean).toBeCloseTo((diameters[0]! + diameters[1]!) / 2, 12);
  expect(byVolume.mean).toBeCloseTo((26 * diameters[0]! + 8 * diameters[1]!) / 34, 12);
});

test("bins count each particle once, by number and by volume, and sums reach 1", () => {
  const table = sizeDistribution([1, 2, 2, 3], { bins: [0, 1, 2, 3] });
  const of = (name: string): number[] => [...table.getChild(name)!].map(Number);
  expect(of("number")).toEqual([0, 1, 3]);
  expect(of("cumulative number")).toEqual([0, 0.25, 1]);
  expect(of("volume fraction")).toEqual([0, 1 / 44, 43 / 44]);
  expect(of("cumulative volume")[2]).toBe(1);
  const next = random(2);
  const many = Float64Array.from({ length: 5000 }, () => Math.exp(next() + next() + next()));
  const whole = sizeDistribution(many);
  expect([...whole.getChild("number")!].reduce((sum, n) => sum + n, 0)).toBe(5000);
  expect([...whole.getChild("cumulative volume")!].at(-1)).toBeCloseTo(1, 12);
});

test("quantiles are those of an even distribution, and by volume those of its cube", () => {
  const n = 20000;
  const even = Array.from({ length: n }, (_, k) => (10 * (k + 0.5)) / n);
  const { byNumber, byVolume } = sizeDistribution(even);
  expect([byNumber.d10, byNumber.d50, byNumber.d90].map((d) => Math.round(1000 * d) / 1000)).toEqual([1, 5, 9]);
  for (const [name, share] of [
    ["d10", 0.1],
    ["d50", 0.5],
    ["d90", 0.9],
  ] as const)
    expect(byVolume[name]).toBeCloseTo(10 * share ** 0.25, 3);
  expect(byVolume.mean).toBeCloseTo(8, 3);
  expect(byVolume.sauter).toBeCloseTo(7.5, 3);
  expect(byNumber.deviation).toBeCloseTo(10 / Math.sqrt(12), 3);
  const one = sizeDistribution([4]);
  expect([one.byNumber.d10, one.byVolume.d90]).toEqual([4, 4]);
});

test("sections of equal spheres become equal spheres", () => {
  // Planes at even distances from the middle, as TauFactor's own test has them.
  const sections = Array.from({ length: 2000 }, (_, k) => 2 * Math.sqrt(25 - ((5 * 0.999 * k) / 1999) ** 2));
  const table = saltykov(sections, { bins: [0, 2, 4, 6, 8, 10] });
  const fractions = [...table.getChild("sphere fraction")!].map(Number);
  expect(fractions.indexOf(Math.max(...fractions))).toBe(4);
  expect(fractions.reduce((sum, n) => sum + n, 0)).toBeCloseTo(1, 12);
  expect([...table.getChild("sections")!].reduce((sum, n) => sum + n, 0)).toBe(2000);
});

test("sections of a mixture of spheres become the mixture", () => {
  const next = random(4);
  // Of spheres of 4.5 and 9.5, as many of each, planes cut the larger ones more often.
  const sections: number[] = [];
  while (sections.length < 40000) {
    const d = next() < 0.5 ? 4.5 : 9.5;
    const off = 5 * next();
    if (off < d / 2) sections.push(2 * Math.sqrt((d / 2) ** 2 - off ** 2));
  }
  const table = saltykov(sections, { bins: Array.from({ length: 11 }, (_, k) => k) });
  const edges = [...table.getChild("to")!].map(Number);
  const fractions = [...table.getChild("sphere fraction")!].map(Number);
  const near = (d: number): number =>
    fractions.filter((_, k) => Math.abs(edges[k]! - d) < 1.1).reduce((a, b) => a + b, 0);
  expect(near(5) / near(9.5)).toBeCloseTo(1, 1);
});

test("what is no size is refused", () => {
  expect(() => sizeDistribution([])).toThrow("there are no diameters");
  expect(() => sizeDistribution([1, Number.NaN])).toThrow("diameter 1 is NaN");
  expect(() => sizeDistribution([1, 0])).toThrow("allowed are finite numbers above 0");
  expect(() => sizeDistribution([1], { bins: [1, 1] })).toThrow("ascending");
  expect(() => sizeDistribution([1], { bins: 0 })).toThrow("bins is 0");
  expect(() => sizeDistribution("1" as never)).toThrow("takes a table of particles or a list");
  expect(() => saltykov([1], { bin: 3 } as never)).toThrow("did you mean `bins`");
  expect(() => sizeDistribution(sizeDistribution([1, 2]), { column: "size" })).toThrow('no column "size"');
});
