import { expect, test } from "vitest";
import { correctZernike } from "#src/artefacts/correct-zernike.js";
import { paganin } from "#src/artefacts/paganin.js";
import { mm, um } from "#src/core/length.js";
import type { Shape } from "#src/core/shape.js";
import type { Volume } from "#src/core/volume.js";
import { propagated, zernike } from "#src/simulate/phase-images.js";
import { memoryVolume } from "../support/memory-volume.js";

const rms = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.sqrt(Array.from(a).reduce((sum, value, k) => sum + (value - b[k]!) ** 2, 0) / a.length);
const planes = (values: Float32Array, shape: Shape): Volume =>
  memoryVolume(values, shape, { role: "projections", brick: [1, 32, 40] });
/** Projected balls of radius `r` and value `peak` at their middle, on a field of n × n. */
function balls(n: number, list: readonly (readonly [y: number, x: number, r: number, peak: number])[]): Float32Array {
  const out = new Float32Array(n * n);
  for (const [cy, cx, r, peak] of list)
    for (let k = 0; k < out.length; k++) {
      const square = r * r - (Math.floor(k / n) - cy) ** 2 - ((k % n) - cx) ** 2;
      if (square > 0) out[k]! += (peak * Math.sqrt(square)) / r;
    }
  return out;
}
const OPTIONS = { distance: mm(1), energy: 20, deltaOverBeta: 500 };

test("the absorbances of one material are retrieved from its fringes", async () => {
  const n = 60;
  const truth = balls(n, [
    [20, 25, 12, 0.6],
    [42, 40, 8, 0.4],
  ]);
  const absorbances = planes(truth, [1, n, n]).with({ spacing: um(1.5) });
  const image = await propagated(absorbances, OPTIONS);
  const seen = await image.read();
  // Fringes: brighter than the beam outside, which absorption never makes.
  expect(Math.max(...seen)).toBeGreaterThan(1.02);
  const retrieved = await paganin(image, OPTIONS);
  expect([retrieved.dtype, retrieved.role, retrieved.spacing]).toEqual(["float32", "projections", absorbances.spacing]);
  expect(rms(await retrieved.read(), truth)).toBeLessThan(1e-5);
  const plain = Float32Array.from(seen, (value) => -Math.log(value));
  expect(rms(plain, truth)).toBeGreaterThan(0.05);
});

test("a wave of known frequency is damped as the formula says", async () => {
  const n = 64;
  // A cosine that its mirror images continue: k + ½ pixels from the edge.
  const wave = Float32Array.from({ length: n * n }, (_, k) => 1 + 0.1 * Math.cos((Math.PI * 8 * ((k % n) + 0.5)) / n));
  const image = planes(wave, [1, n, n]).with({ spacing: um(2) });
  const retrieved = await (await paganin(image, OPTIONS)).read();
  const wavelength = 1.239841984332e-9 / 20;
  const frequency = 8 / (2 * n * 2e-6);
  const damping = 1 + Math.PI * wavelength * 1e-3 * 500 * frequency ** 2;
  expect(damping).toBeGreaterThan(1.05);
  for (let x = 0; x < n; x++) {
    const expected = -Math.log(1 + (0.1 / damping) * Math.cos((Math.PI * 8 * (x + 0.5)) / n));
    expect(Math.abs(retrieved[20 * n + x]! - expected)).toBeLessThan(1e-6);
  }
});

test("phase retrieval takes noise, and no δ/β leaves the logarithm", async () => {
  const n = 50;
  const noisy = planes(
    Float32Array.from({ length: n * n }, (_, k) => 0.8 + 0.1 * (((k * 7919) % 101) / 50 - 1)),
    [1, n, n],
  ).with({ spacing: um(1) });
  const spread = (values: ArrayLike<number>): number =>
    rms(
      values,
      Float32Array.from(values, () => -Math.log(0.8)),
    );
  const [none, some] = [
    await (await paganin(noisy, { ...OPTIONS, deltaOverBeta: 0 })).read(),
    await (await paganin(noisy, { ...OPTIONS, distance: mm(20) })).read(),
  ];
  expect(
    rms(
      none,
      Float32Array.from(await noisy.read(), (value) => -Math.log(value)),
    ),
  ).toBeLessThan(1e-6);
  expect(spread(some)).toBeLessThan(0.2 * spread(none));
});

test("Zernike's image of a weak phase is what weak-phase theory says, with halo and shade-off", async () => {
  const n = 100;
  const phases = balls(n, [[50, 50, 30, 0.1]]);
  const image = await (await zernike(planes(phases, [1, n, n]), { cutoff: 0.02 })).read();
  // Bright rims around, a middle that fades: darker than the empty field next to the ball, weaker inside than 2φ.
  expect(image[50 * n + 12]).toBeLessThan(0.995);
  expect(image[50 * n + 50]! - 1).toBeLessThan(0.5 * 2 * 0.1);
  // A phase of nothing but frequencies that the plate does not touch is shown whole: 1 + 2φ.
  const [rows, columns] = [128, 128];
  const wave = Float32Array.from(
    { length: 112 * 112 },
    (_, k) => 0.01 * Math.cos((2 * Math.PI * 16 * (k % 112)) / columns),
  );
  const shown = await (await zernike(planes(wave, [1, 112, 112]), { cutoff: 0.02 })).read();
  expect(rows).toBe(128);
  for (let x = 30; x < 80; x++) expect(Math.abs(shown[56 * 112 + x]! - 1 - 2 * wave[56 * 112 + x]!)).toBeLessThan(4e-3);
});

test("halo and shade-off are taken away, for any plate", async () => {
  const n = 110;
  const phases = balls(n, [
    [40, 35, 14, 0.12],
    [70, 72, 20, 0.15],
    [30, 80, 7, 0.08],
  ]);
  const truth = planes(Float32Array.from([...phases, ...phases]), [2, n, n]);
  for (const plate of [1, 0.5]) {
    const image = await zernike(truth, { cutoff: 0.02, plate });
    const plain = Float32Array.from(await image.read(), (value) => (plate / 2) * (value - 1));
    const restored = await correctZernike(image, { cutoff: 0.02, plate });
    expect([restored.shape, restored.dtype, restored.role]).toEqual([truth.shape, "float32", "projections"]);
    const values = await restored.read();
    const known = await truth.read();
    expect(rms(values, known) / rms(plain, known)).toBeLessThan(0.05);
    // The middle of the largest ball, which had faded.
    expect(Math.abs(values[70 * n + 72]! / 0.15 - 1)).toBeLessThan(0.03);
    expect(Math.min(...values)).toBe(0);
  }
});

test("planes are worked on alike by any number of workers", async () => {
  const values = Float32Array.from({ length: 5 * 20 * 30 }, (_, k) => 1 + 0.2 * Math.sin(k));
  const image = planes(values, [5, 20, 30]).with({ spacing: um(1) });
  const one = await (await paganin(image, { ...OPTIONS, workers: 1 })).read();
  expect(await (await paganin(image, { ...OPTIONS, workers: 3 })).read()).toEqual(one);
});

test("what is missing or makes no sense is refused", async () => {
  const image = planes(new Float32Array(400).fill(1), [1, 20, 20]);
  await expect(paganin(image, OPTIONS)).rejects.toMatchObject({ code: "MissingData" });
  const sized = image.with({ spacing: um(1) });
  await expect(paganin(sized, { ...OPTIONS, distance: 5 as never })).rejects.toThrow("give a length of at least 0");
  await expect(paganin(sized, { ...OPTIONS, energy: 0 })).rejects.toThrow("energy (keV) is 0");
  await expect(paganin(sized.with({ role: "intensity" }), OPTIONS)).rejects.toMatchObject({ code: "InvalidArgument" });
  await expect(correctZernike(image, { cutoff: 0.5 })).rejects.toThrow("cutoff (cycles a pixel) is 0.5");
  await expect(correctZernike(image, { cutoff: 0.02, sparsity: 1 })).rejects.toThrow("sparsity is 1");
  await expect(correctZernike(image, {} as never)).rejects.toThrow("cutoff (cycles a pixel) is undefined");
  await expect(zernike(image, { cutoff: 0.02, plate: 0 })).rejects.toThrow("plate is 0");
});
