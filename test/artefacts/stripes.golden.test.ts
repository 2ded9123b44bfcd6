/** Stripe removal against algotom and PyWavelets. */
import { expect, test } from "vitest";
import { removeStripes } from "#src/artefacts/remove-stripes.js";
import { removeAll, removeSorted, withoutDead, withoutLarge } from "#src/artefacts/stripe-sorting.js";
import { gaussian } from "../oracle/gaussian.js";
import { expectImage, g8, golden, projectionsOf } from "./golden.js";

const [rows, columns] = [181, 256];
const flat = g8.subarray(0, rows * columns);
// The sum of a smooth part, noise and a ramp without equal values, as the maker has it, float32 at each step.
const smooth = Float32Array.from(gaussian({ shape: [1, rows, columns], values: flat }, [0, 9, 5]));
const striped = new Float32Array(rows * columns);
for (let y = 0; y < rows; y++)
  for (let x = 0; x < columns; x++) {
    const k = y * columns + x;
    let value = Math.fround(Math.fround(smooth[k]! + Math.fround(flat[k]! / 255)) + Math.fround(y / 1024));
    if (x === 40) value = Math.fround(value * 1.25);
    if (x >= 90 && x < 97) value = Math.fround(value + 20);
    if (x === 150) value = Math.fround(70 + Math.fround(y / 4096));
    if (x === 201 && y >= 60) value = Math.fround(value + 15);
    striped[k] = value;
  }

test("the sinogram is the one the golden values were made from", () => {
  expectImage(striped, golden.striped, 1e-6);
});

test("sorting, dead columns, large stripes and all of them are algotom's", () => {
  expectImage(removeSorted({ sinogram: striped, columns, size: 21 }), golden.sorting, 1e-6);
  expectImage(withoutDead(striped, columns, 51, 3), golden.dead, 1e-6);
  expectImage(withoutLarge(striped, columns, 51, 3), golden.large, 1e-5);
  expectImage(removeAll({ sinogram: striped, columns, size: 21, largeSize: 51, ratio: 3 }), golden.all, 1e-5);
});

test("the wavelet-Fourier filter is that of PyWavelets and NumPy", async () => {
  const volume = projectionsOf(
    striped,
    [rows, 1, columns],
    Array.from({ length: rows }, (_, k) => k),
  );
  const clean = await removeStripes(volume, { method: "wavelet", levels: 3 });
  expectImage(await clean.read(), golden.wavelet, 1e-6);
  expect(clean.provenance.parameters).toEqual({ method: "wavelet", levels: 3, sigma: 1 });
});
