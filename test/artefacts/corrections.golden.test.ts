/**
 * Corrections against values of peers, or of their definition put together from the parts of NumPy, SciPy and scikit-image.
 *
 * - Paganin: nabu has the same formula and the same mirror images beyond the borders (tomopy, which pads by edges, could not be
 *   had by pip; algotom has a Fresnel filter).
 * - Rings in slices: algotom's work in the Fourier or wavelet domain of polar images that are then resampled back, nabu's and
 *   neutompy's on sinograms.
 * - Cupping: algotom linearises projections with numbers that the user gives; no peer corrects slices.
 * - Zernike and streaks: no peer on PyPI restores the one or has an empirical correction of the other.
 */
import { test } from "vitest";
import { correctCupping } from "#src/artefacts/correct-cupping.js";
import { correctZernike } from "#src/artefacts/correct-zernike.js";
import { paganin } from "#src/artefacts/paganin.js";
import { streakMap } from "#src/artefacts/reduce-streaks.js";
import { removeRings } from "#src/artefacts/remove-rings.js";
import { mm, um } from "#src/core/length.js";
import type { Shape } from "#src/core/shape.js";
import { memoryVolume } from "../support/memory-volume.js";
import { referencePhases } from "../support/reference-volume.js";
import { expectImage, g8, golden } from "./golden.js";

/** The first voxels of the reference volume from plane `z` on, by a function of their grey values and places. */
function part(shape: Shape, z: number, value: (grey: number, y: number, x: number, k: number) => number): Float32Array {
  const [, height, width] = shape;
  return Float32Array.from({ length: shape[0] * height * width }, (_, k) => {
    const [plane, y, x] = [Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width];
    const at = ((z + plane) * 64 + y) * 64 + x;
    return value(g8[at]!, y, x, at);
  });
}

test("phase retrieval is nabu's", async () => {
  const shape = [1, 48, 50] as const;
  const volume = memoryVolume(
    part(shape, 10, (grey) => (grey + 1) / 256),
    shape,
    { role: "projections" },
  ).with({ spacing: [um(1), um(1.5), um(1)] });
  const retrieved = await paganin(volume, { distance: mm(50), energy: 20, deltaOverBeta: 400 });
  expectImage(await retrieved.read(), golden.paganin, 1e-6);
});

test("rings are what stands out of medians along and around the radius", async () => {
  const shape = [1, 48, 51] as const;
  const ringed = part(shape, 30, (grey, y, x) => grey + (Math.round(Math.hypot(y - 20, x - 27)) === 12 ? 20 : 0));
  for (const sectors of ["1", "3"] as const) {
    const options = { centre: [20, 27], size: 9, arc: 360 / Number(sectors) } as const;
    expectImage(await (await removeRings(memoryVolume(ringed, shape), options)).read(), golden.rings[sectors], 1e-6);
  }
});

test("the low-pass estimate of a cup is SciPy's Gaussian of the voxels in the mask", async () => {
  const shape = [8, 40, 44] as const;
  const inside = Uint8Array.from(part(shape, 0, (_, y, x) => (Math.hypot(y - 19, x - 22) < 18 ? 1 : 0)));
  const mask = memoryVolume(inside, shape, { role: "mask" });
  const volume = memoryVolume(
    part(shape, 0, (grey) => grey),
    shape,
  );
  const clean = await correctCupping(volume, { method: "low-pass", sigma: 4.5, zero: 10, mask });
  expectImage(await clean.read(), golden.cupping["low-pass"], 1e-6);
});

test("the cup by classes is that of the voxels themselves, but for bins of grey values", async () => {
  const shape = [8, 40, 44] as const;
  const phases = referencePhases(64);
  const cupped = part(shape, 0, (grey, y, x, at) =>
    Math.round(
      (1 - 0.2 * (1 - ((y - 19.5) ** 2 + (x - 21.5) ** 2) / 1000)) * (phases[at] === 2 ? 4000 : 2400) + 4 * grey,
    ),
  );
  const clean = await correctCupping(memoryVolume(cupped, shape), { classes: 2, order: 2, zero: 100 });
  // There are 512 bins.
  expectImage(await clean.read(), golden.cupping.classes, 1e-4);
});

test("Zernike's phase is that of the same iteration by NumPy", async () => {
  const shape = [1, 28, 36] as const;
  const volume = memoryVolume(
    part(shape, 7, (grey) => 0.90625 + grey / 1024),
    shape,
    { role: "projections" },
  );
  const options = { cutoff: 0.06, plate: 0.7, sparsity: 0.004, iterations: 60 };
  expectImage(await (await correctZernike(volume, options)).read(), golden.zernike, 1e-6);
});

test("streaks are those of line integrals by SciPy and reconstructions by scikit-image", async () => {
  const shape = [1, 63, 63] as const;
  const volume = memoryVolume(
    part(shape, 32, (grey) => grey),
    shape,
  );
  const map = await streakMap(volume, { dense: 150, zero: 20, angles: 60 });
  // Products of line integrals are of float32 here.
  expectImage(await map.read(), golden.streaks, 5e-5);
});
