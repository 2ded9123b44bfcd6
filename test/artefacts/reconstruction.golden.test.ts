/** Projections and slices against scikit-image, centres against algotom. */
import { expect, test } from "vitest";
import { absorbance } from "#src/artefacts/absorbance.js";
import { centreOfRotation } from "#src/artefacts/centre-of-rotation.js";
import { filteredBackProjection } from "#src/artefacts/filtered-back-projection.js";
import { forwardProjection } from "#src/artefacts/forward-projection.js";
import { fromSinograms } from "#src/artefacts/projections.js";
import { open } from "#src/io/open.js";
import { memoryVolume } from "../support/memory-volume.js";
import { data, lacks } from "../support/require.js";
import { expectImage, g8, golden, projectionsOf } from "./golden.js";

test("a slice is projected as by skimage.transform.radon", async () => {
  const slice = Float32Array.from({ length: 63 * 63 }, (_, k) => {
    const [y, x] = [Math.floor(k / 63), k % 63];
    return (y - 31) ** 2 + (x - 31) ** 2 <= 900 ? g8[(32 * 64 + y) * 64 + x]! : 0;
  });
  const angles = Array.from({ length: 40 }, (_, k) => 4.5 * k + 1.25);
  const projected = await forwardProjection(memoryVolume(slice, [1, 63, 63], { brick: [1, 20, 30] }), { angles });
  expectImage(await projected.read(), golden.radon, 1e-5);
});

test("a sinogram is reconstructed as by skimage.transform.iradon", async () => {
  const sinogram = Float32Array.from(g8.subarray(20 * 4096, 20 * 4096 + 40 * 63));
  const angles = Array.from({ length: 40 }, (_, k) => 4.5 * k);
  for (const filter of ["ram-lak", "shepp-logan", "hann"] as const) {
    const slices = await filteredBackProjection(projectionsOf(sinogram, [40, 1, 63], angles), { filter });
    // Windows in the frequencies depend on the padding, which is longer there; its Hann window is not symmetric either.
    const tolerance = { "ram-lak": 1e-5, "shepp-logan": 1e-4, hann: 0.02 }[filter];
    expectImage(await slices.read(), golden.iradon[filter], tolerance);
  }
});

test.skipIf(lacks("data"))("the centre of a real neutron scan is the one that algotom finds", async () => {
  const image = await open(data("projections/sarepy_sinogram_360_neutron_u16.tif"));
  const counts = await fromSinograms(image, {
    // The last projection repeats the first one.
    angles: Array.from({ length: 459 }, (_, k) => (360 * k) / 458),
  });
  const values = Float32Array.from(await counts.read(), (value) => value / counts.range[1]);
  const transmission = memoryVolume(values, counts.shape, { role: "projections", angles: counts.angles! });
  const centre = await centreOfRotation(await absorbance(transmission));
  // Opposite projections mirror each other best about 245.0.
  expect(Math.abs(centre - 245)).toBeLessThan(0.5);
  expect(Math.abs(centre - golden.neutron.centre)).toBeLessThan(1);
});
