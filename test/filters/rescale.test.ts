/** Clip, convert and normalise against their definitions, and what a conversion loses. */
import { expect, test } from "vitest";
import type { ResultTable } from "#src/core/arrow/table.js";
import { DTYPES, type DType } from "#src/core/dtype.js";
import type { Shape } from "#src/core/shape.js";
import { clip, conversionLoss, convert, normalise, pipeline, provenance } from "#src/index.js";
import { memoryVolume } from "../support/memory-volume.js";
import { randomVoxels } from "../support/random-volume.js";

const ALL = Object.keys(DTYPES) as DType[];
const SHAPE = [7, 9, 37] as const;
const count = (shape: Shape): number => shape[0] * shape[1] * shape[2];
const row = (table: ResultTable): Record<string, number> => table.get(0)!.toJSON() as Record<string, number>;

/** The nearest whole number, of two the even one: by its definition. */
function even(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

const held = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

for (const dtype of ALL) {
  const values = randomVoxels(dtype, count(SHAPE), 23).map((value) => (dtype === "float32" ? value % 1000 : value));
  const volume = memoryVolume(values, SHAPE, { brick: [4, 5, 21] });
  const { min, max, integer } = DTYPES[dtype];

  test(`${dtype} is held between two ends`, async () => {
    const [low, high] = integer
      ? [Math.round(min + (max - min) * 0.3), Math.round(min + (max - min) * 0.6)]
      : [-20.5, 300.25];
    const result = await clip(volume, low, high, { workers: 2 });
    expect(result.dtype).toBe(dtype);
    expect(Array.from(await result.read())).toEqual(Array.from(values, (value) => held(value, low, high)));
  });

  test(`${dtype} becomes every other type: values stay, or are refused, or are held`, async () => {
    for (const to of ALL) {
      const { min: least, max: most, integer: whole } = DTYPES[to];
      const numbers = Array.from(values);
      const fits = !whole || (Math.min(...numbers) >= least && Math.max(...numbers) <= most);
      if (fits)
        expect(Array.from(await (await convert(volume, to)).read())).toEqual(
          numbers.map((value) => (whole ? even(value) + 0 : Math.fround(value))),
        );
      else await expect(convert(volume, to)).rejects.toThrow(/^convert: the volume has values from .*from: "range"/);
      const hold = await convert(volume, to, { beyond: "hold", workers: 2 });
      expect(Array.from(await hold.read())).toEqual(
        numbers.map((value) => (whole ? even(held(value, least, most)) + 0 : Math.fround(value))),
      );
    }
  });

  test(`the range of ${dtype} becomes that of the new type, ends on ends`, async () => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const result = await (await convert(volume, "uint8", { from: "range", workers: 2 })).read();
    expect(Array.from(result)).toEqual(Array.from(values, (value) => even(((value - low) / (high - low)) * 255)));
    const unit = await (await convert(volume, "float32", { from: [low, high] })).read();
    expect([Math.min(...unit), Math.max(...unit)]).toEqual([0, 1]);
  });
}

test("halves are rounded to even numbers, and half a step beyond an end is still on it", async () => {
  const values = Float32Array.from([-0.5, 0.5, 1.5, 2.5, 254.5, 255.25]);
  const volume = memoryVolume(values, [1, 1, 6]);
  expect(Array.from(await (await convert(volume, "uint8")).read())).toEqual([0, 0, 2, 2, 254, 255]);
  await expect(convert(memoryVolume(Float32Array.of(255.5), [1, 1, 1]), "uint8")).rejects.toThrow("beyond");
});

test("NaN is refused by name, or becomes the lower end", async () => {
  const volume = memoryVolume(Float32Array.of(1, Number.NaN, 3), [1, 1, 3]);
  await expect(convert(volume, "int16")).rejects.toThrow("values from 1 to 3 and 1 NaN");
  expect(Array.from(await (await convert(volume, "int16", { beyond: "hold" })).read())).toEqual([1, -32768, 3]);
  expect(Array.from(await (await clip(volume, 2, 3)).read())).toEqual([2, Number.NaN, 3]);
});

test("what a conversion loses is counted from its definition", async () => {
  const values = Float32Array.from([-3, 0, 0.25, 1, 1.5, 2, 100, 255, 300, Number.NaN]);
  const volume = memoryVolume(values, [1, 2, 5], { brick: [1, 1, 2] });
  const lost = row(await conversionLoss(volume, "uint8"));
  expect(lost).toMatchObject({
    voxels: 10,
    below: 0.1,
    above: 0.1,
    nan: 0.1,
    rounded: 0.2,
    largest_rounding: 0.5,
    step: 1,
  });
  expect(lost.rms_rounding).toBeCloseTo(Math.sqrt((0.25 ** 2 + 0.5 ** 2) / 7), 12);
  const wide = memoryVolume(
    Uint16Array.from({ length: 1000 }, (_, k) => 60 * k),
    [10, 10, 10],
    { brick: [4, 10, 10] },
  );
  const eight = row(await conversionLoss(wide, "uint8", { from: [0, 59000] }));
  // Rounding is even over each of 256 steps.
  expect(eight.step).toBeCloseTo(59000 / 255, 9);
  // 59040 is less than half a step beyond 59000; from 59160 on, 14 values are more.
  expect(eight.above).toBeCloseTo(0.014, 12);
  expect(eight.rms_rounding).toBeCloseTo(59000 / 255 / Math.sqrt(12), -1);
  expect(row(await conversionLoss(wide, "float32")).rounded).toBe(0);
  const part = { start: [0, 0, 0], stop: [1, 1, 3] } as const;
  expect(row(await conversionLoss(wide, "int8", { region: part })).above).toBeCloseTo(0, 12);
});

test("the scale of a scan comes from its percentiles, its range, its deviation or two grey values", async () => {
  const values = Uint16Array.from({ length: 1000 }, (_, k) => 1000 + k);
  const volume = memoryVolume(values, [10, 10, 10], { brick: [4, 10, 10] });
  const first = async (options: object): Promise<number[]> => {
    const found = await (await normalise(volume, options)).read();
    return [found[0]!, found[999]!];
  };
  expect(await first({ from: "range" })).toEqual([0, 1]);
  expect(await first({ from: [1000, 1500], into: [100, 200] })).toEqual([100, Math.fround(100 + (999 / 500) * 100)]);
  // The 100th and the 900th of a thousand values.
  const [low, high] = await first({ percentiles: [10, 90] });
  expect(low).toBeCloseTo(-99 / 800, 6);
  expect(high).toBeCloseTo(900 / 800, 6);
  const scores = Array.from(await (await normalise(volume, { from: "deviation" })).read());
  const mean = scores.reduce((sum, value) => sum + value, 0) / 1000;
  expect(mean).toBeCloseTo(0, 5);
  expect(scores.reduce((sum, value) => sum + value ** 2, 0) / 1000).toBeCloseTo(1, 5);
  const bytes = await (await normalise(volume, { percentiles: [10, 90], into: [0, 255], dtype: "uint8" })).read();
  expect([bytes[0], bytes[999]]).toEqual([0, 255]);
  const ends = await (await normalise(volume, { percentiles: [10, 90], hold: true })).read();
  expect([ends[0], ends[999]]).toEqual([0, 1]);
});

test("a scale is read off region and mask, and holds for what is far from zero", async () => {
  const values = Float32Array.from({ length: 512 }, (_, k) => 1e6 + (k % 8) / 8);
  const volume = memoryVolume(values, [8, 8, 8], { brick: [3, 8, 8] });
  const scores = await (await normalise(volume, { from: "deviation" })).read();
  expect(Math.sqrt(Array.from(scores).reduce((sum, value) => sum + value ** 2, 0) / 512)).toBeCloseTo(1, 3);
  const mask = memoryVolume(
    Uint8Array.from({ length: 512 }, (_, k) => Number(k % 8 < 4)),
    [8, 8, 8],
    { role: "mask" },
  );
  const inside = await (await normalise(volume, { from: "range", mask })).read();
  expect(inside[3]).toBe(1);
  // Outside the mask values stay.
  expect(inside[7]).toBe(Math.fround(1e6 + 7 / 8));
});

test("region, mask, bricks and threads change nothing, and a chain gives the same bytes", async () => {
  const values = randomVoxels("uint16", count(SHAPE), 4);
  const results: Uint8Array[] = [];
  for (const brick of [
    [4, 5, 14],
    [5, 8, 16],
    [64, 128, 128],
  ] as const)
    for (const workers of [1, 2, 4]) {
      const result = await normalise(memoryVolume(values, SHAPE, { brick }), { workers });
      results.push(new Uint8Array((await result.read()).buffer));
    }
  for (const bytes of results.slice(1)) expect(bytes).toEqual(results[0]);
  const volume = memoryVolume(values, SHAPE, { brick: [4, 5, 21] });
  const region = { start: [1, 2, 3], stop: [5, 9, 30] } as const;
  const whole = await convert(volume, "uint8", { from: [100, 50000] });
  const part = await convert(volume, "uint8", { from: [100, 50000], region });
  expect(await part.read()).toEqual(await whole.read(region));
  const chain = pipeline([clip, 300, 40000], [normalise, { from: [300, 40000] }], [convert, "uint8", { from: [0, 1] }]);
  const steps = await convert(await normalise(await clip(volume, 300, 40000), { from: [300, 40000] }), "uint8", {
    from: [0, 1],
  });
  expect(await (await chain.run(volume)).read()).toEqual(await steps.read());
  // Where a step has to look at voxels, those before it are computed first.
  const looking = pipeline([clip, 300, 40000], normalise, [convert, "int16", { beyond: "hold" }]);
  expect((await looking.run(volume)).dtype).toBe("int16");
  expect(`${provenance(steps)}`).toContain('convert(volume = step 3, dtype: "uint8", from: [0,1]');
});

test("bad arguments are named, with what is allowed", async () => {
  const volume = memoryVolume(new Uint8Array(8), [2, 2, 2]);
  await expect(clip(volume, 5, 4)).rejects.toThrow("low is 5, above high, 4");
  await expect(clip(volume, -1, 4)).rejects.toThrow("low (of uint8) is -1");
  await expect(clip(volume, 0.5, 4)).rejects.toThrow("whole number");
  await expect(convert(volume, "float64" as never)).rejects.toThrow("allowed are uint8");
  await expect(convert(volume, "int8", { from: [3, 3] })).rejects.toThrow("two different finite grey values");
  await expect(convert(volume, "int8", { into: [0, 3] })).rejects.toThrow("give `from`, too");
  await expect(convert(volume, "int8", { from: [0, 1], into: [0, 300] })).rejects.toThrow("into (of int8) is 300");
  await expect(convert(volume, "int8", { beyond: "clip" as never })).rejects.toThrow('allowed are "refuse" and "hold"');
  await expect(normalise(volume)).rejects.toThrow("both ends are 0");
  await expect(normalise(volume, { from: "peaks" as never })).rejects.toThrow('allowed are "percentiles"');
  await expect(normalise(volume, { from: "range", percentiles: [1, 2] })).rejects.toThrow("percentiles are for");
  await expect(normalise(volume, { percentiles: [90, 10] })).rejects.toThrow("the first must be below");
  await expect(normalise(volume, { form: "range" } as never)).rejects.toThrow("did you mean `from`");
  const nan = memoryVolume(new Float32Array(8).fill(Number.NaN), [2, 2, 2]);
  await expect(normalise(nan)).rejects.toMatchObject({ code: "MissingData" });
  await expect(convert(nan, "uint8", { from: "range" })).rejects.toThrow("all voxels are NaN");
});
