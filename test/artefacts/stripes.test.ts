import fc from "fast-check";
import { expect, test } from "vitest";
import { absorbance } from "#src/artefacts/absorbance.js";
import { medianOfRows } from "#src/artefacts/column-ranks.js";
import { filteredBackProjection } from "#src/artefacts/filtered-back-projection.js";
import { flatField } from "#src/artefacts/flat-field.js";
import { removeStripes } from "#src/artefacts/remove-stripes.js";
import { removeSorted, stripesIn } from "#src/artefacts/stripe-sorting.js";
import { decompose, recompose } from "#src/artefacts/wavelets.js";
import type { Volume } from "#src/core/volume.js";
import { open } from "#src/io/open.js";
import { save } from "#src/io/save.js";
import { projections as simulate } from "#src/simulate/projections.js";
import { testFolder } from "../support/folder.js";
import { memoryVolume } from "../support/memory-volume.js";

const file = testFolder();

const random = (count: number, seed = 1): Float32Array => {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
};
const rms = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.sqrt(Array.from(a).reduce((sum, value, k) => sum + (value - b[k]!) ** 2, 0) / a.length);

/** Transmissions of a scan whose columns answer otherwise than the flats say, what they should be, and the slice. */
async function scanned(options: object): Promise<{ striped: Volume; known: Float32Array; truth: Float32Array }> {
  const scan = await simulate({ columns: 321, rows: 1, angles: 385, photons: 50_000, ...options });
  const known = Float32Array.from(await scan.absorbances.read(), (value) => Math.exp(-value));
  return { striped: await flatField(scan), known, truth: (await scan.truth.read()) as Float32Array };
}

const sliceOf = async (transmission: Volume): Promise<ArrayLike<number>> =>
  (await filteredBackProjection(await absorbance(transmission))).read();

test("each method brings a sinogram with stripes nearer to the truth, and the slice too", async () => {
  const { striped, known, truth } = await scanned({ stripes: 0.04 });
  const before = rms(await striped.read(), known);
  const sliceBefore = rms(await sliceOf(striped), truth);
  for (const method of ["sorting", "wavelet", "all"] as const) {
    const clean = await removeStripes(striped, method === "wavelet" ? { method } : { method, size: 11 });
    expect([clean.shape, clean.angles, clean.role, clean.dtype]).toEqual([
      striped.shape,
      striped.angles,
      "projections",
      "float32",
    ]);
    expect(rms(await clean.read(), known) / before).toBeLessThan(0.7);
    expect(rms(await sliceOf(clean), truth) / sliceBefore).toBeLessThan(0.5);
  }
});

test("columns that are dead are filled, and their rings are gone from the slice", async () => {
  const { striped, known, truth } = await scanned({ dead: 4 });
  const clean = await removeStripes(striped, { size: 11 });
  expect(rms(await clean.read(), known) / rms(await striped.read(), known)).toBeLessThan(0.2);
  expect(rms(await sliceOf(clean), truth) / rms(await sliceOf(striped), truth)).toBeLessThan(0.2);
});

test("a sinogram without stripes is left nearly as it is", async () => {
  const { striped, known } = await scanned({});
  const clean = await removeStripes(striped, { method: "sorting", size: 11 });
  expect(rms(await clean.read(), known)).toBeLessThan(1.2 * rms(await striped.read(), known));
});

test("sorting does what its definition says", () => {
  const [rows, columns, size] = [9, 14, 5];
  const sinogram = random(rows * columns, 4);
  const ours = removeSorted({ sinogram, columns, size });
  const ranked = Array.from({ length: columns }, (_, x) =>
    Array.from({ length: rows }, (_, y) => ({ y, value: sinogram[y * columns + x]! })).sort(
      (a, b) => a.value - b.value,
    ),
  );
  const reflect = (x: number): number => (x < 0 ? -1 - x : x >= columns ? 2 * columns - 1 - x : x);
  for (let x = 0; x < columns; x++)
    for (let rank = 0; rank < rows; rank++) {
      const around = [-2, -1, 0, 1, 2].map((d) => ranked[reflect(x + d)]![rank]!.value).sort((a, b) => a - b);
      expect(ours[ranked[x]![rank]!.y * columns + x]).toBe(around[2]);
    }
});

/** By sorting pairs and windows; NaN last, −0 before 0, equal values in their order. */
function sortedSlowly(sinogram: Float32Array, columns: number, size: number): Float32Array {
  const rows = sinogram.length / columns;
  const compare = (a: number, b: number): number => {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return a === b ? Number(Object.is(b, -0)) - Number(Object.is(a, -0)) : a - b;
  };
  const ranked = Array.from({ length: columns }, (_, x) =>
    Array.from({ length: rows }, (_, y) => ({ y, value: sinogram[y * columns + x]! })).sort((a, b) =>
      compare(a.value, b.value),
    ),
  );
  const out = new Float32Array(sinogram.length);
  for (let x = 0; x < columns; x++)
    for (let rank = 0; rank < rows; rank++) {
      const window = Array.from({ length: size }, (_, d) => {
        const at = (((x + d - (size >> 1)) % (2 * columns)) + 2 * columns) % (2 * columns);
        return ranked[at < columns ? at : 2 * columns - 1 - at]![rank]!.value;
      });
      out[ranked[x]![rank]!.y * columns + x] = window.sort(compare)[size >> 1]!;
    }
  return out;
}

test("sorting does so for any values, shape and width", () => {
  const kinds: readonly ((share: number) => number)[] = [
    (share) => 4 * share - 2,
    (share) => Math.round(9 * share),
    (share) => Math.exp(60 * share - 30) * (share < 0.5 ? -1 : 1),
    (share) => [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, share][Math.floor(6 * share)]!,
    () => 5,
  ];
  fc.assert(
    fc.property(
      fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(1030)),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 30 }),
      fc.constantFrom(...kinds),
      fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      (rows, columns, half, kind, seed) => {
        const sinogram = random(rows * columns, seed).map((share) => kind(share));
        const size = 2 * half + 1;
        expect(removeSorted({ sinogram, columns, size })).toEqual(sortedSlowly(sinogram, columns, size));
      },
    ),
    { seed: 7, numRuns: 60 },
  );
});

test("a sliding median is the median of each window, NaN last", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.float({ noNaN: true, min: -9, max: 9 }), fc.constant(Number.NaN)), {
        minLength: 7,
        maxLength: 30,
      }),
      fc.constantFrom(3, 5, 7),
      (list, size) => {
        const values = Float32Array.from(list);
        const half = size >> 1;
        const n = values.length;
        const expected = Float32Array.from(values, (_, x) => {
          const window = Float32Array.from({ length: size }, (_, d) => {
            const at = x + d - half;
            return values[at < 0 ? -1 - at : at >= n ? 2 * n - 1 - at : at]!;
          });
          return window.sort()[half]!;
        });
        // Zero has two signs that are equal.
        expect(Array.from(medianOfRows(values, n, size), (v) => v + 0)).toEqual(Array.from(expected, (v) => v + 0));
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});

test("values that stand out of a rising list are found, on either side", () => {
  const values = Float64Array.from({ length: 101 }, (_, k) => 1 + 0.001 * ((k * 37) % 101));
  expect(stripesIn(values, 3).some((found) => found === 1)).toBe(false);
  values[30] = 2;
  values[70] = 0.2;
  expect(Array.from(stripesIn(values, 3).keys()).filter((k) => stripesIn(values, 3)[k] === 1)).toEqual([30, 70]);
  // Without any noise there is nothing to stand out of.
  expect(stripesIn(new Float64Array(50).fill(1), 3).every((found) => found === 0)).toBe(true);
});

test("an image taken apart into wavelets is put together again", () => {
  for (const [height, width] of [
    [33, 40],
    [64, 51],
    [18, 19],
  ] as const) {
    const values = Float64Array.from(random(height * width, 9));
    const whole = recompose(decompose({ values, height, width }), height, width);
    for (let k = 0; k < values.length; k++) expect(Math.abs(whole.values[k]! - values[k]!)).toBeLessThan(1e-9);
  }
});

test("the result does not depend on bricks and workers", async () => {
  const [angles, rows, columns] = [40, 5, 37];
  const values = random(angles * rows * columns, 11);
  const volume = (brick: readonly [number, number, number]): Volume =>
    memoryVolume(values, [angles, rows, columns], { role: "projections", brick });
  for (const method of ["sorting", "wavelet", "all"] as const) {
    const expected = await (await removeStripes(volume([40, 5, 37]), { method, workers: 1 })).read();
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 40 })),
        fc.integer({ min: 1, max: 3 }),
        async (brick, workers) => {
          expect(await (await removeStripes(volume(brick), { method, workers })).read()).toEqual(expected);
        },
      ),
      { numRuns: 3, seed: 6 },
    );
  }
});

test("a scan in a file gives the bytes of one in memory", async () => {
  const [angles, rows, columns] = [40, 5, 37];
  const values = Uint16Array.from(random(angles * rows * columns, 12), (share) => 1000 * share);
  const inMemory = memoryVolume(values, [angles, rows, columns], { role: "projections", brick: [16, 2, 16] });
  await save(inMemory, file("scan.arrow"));
  const inFile = await open(file("scan.arrow"));
  for (const method of ["sorting", "wavelet"] as const) {
    const [one, other] = [await removeStripes(inMemory, { method }), await removeStripes(inFile, { method })];
    expect(await other.read()).toEqual(await one.read());
    expect(other.range).toEqual(one.range);
  }
});

test("options of another method, and sinograms that are too small, are refused", async () => {
  const volume = memoryVolume(new Float32Array(20 * 2 * 20), [20, 2, 20], { role: "projections" });
  await expect(removeStripes(volume, { method: "median" as never })).rejects.toThrow("sorting, wavelet, all");
  await expect(removeStripes(volume, { method: "sorting", levels: 3 })).rejects.toThrow("no option `levels`");
  await expect(removeStripes(volume, { size: 20 })).rejects.toThrow("give an odd number");
  await expect(removeStripes(volume, { ratio: 0 })).rejects.toThrow("ratio is 0");
  await expect(removeStripes(volume, { method: "wavelet" })).rejects.toThrow("at least 32 × 32");
  await expect(removeStripes(volume.with({ role: "intensity" }))).rejects.toMatchObject({ code: "InvalidArgument" });
});
