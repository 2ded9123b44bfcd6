/** Corrections of projections, and slices made of them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { filteredBackProjection } from "../../dist/src/artefacts/filtered-back-projection.js";
import { removeStripes } from "../../dist/src/artefacts/remove-stripes.js";
import { buildVolume } from "../../dist/src/compute/build.js";
import { trace } from "../../dist/src/core/provenance.js";

/** Projections cut out of the reference volume, as float32; the angle makes all values of a column different. */
async function projections(values, shape, path) {
  const part = Float32Array.from(
    { length: shape[0] * shape[1] * shape[2] },
    (_, k) => values[k] + Math.floor(k / (shape[1] * shape[2])) / 4096,
  );
  writeFileSync(path, part);
  const angles = Array.from({ length: shape[0] }, (_, k) => (180 * k) / shape[0]);
  const volume = await buildVolume(
    { shape, dtype: "float32", role: "projections", angles, provenance: trace("bench", {}) },
    (writer) => writer.writePlanes(0, part),
  );
  return { path, shape, dtype: "float32", volume };
}

/** @type {typeof import("./rows.js").prepare} */
export const prepare = async ({ size, folder, u8 }) => {
  const values = await u8.volume.read();
  const whole = await projections(values, [size, size, size], join(folder, `projections-${size}.raw`));
  // The axis of scikit-image is a pixel: an odd number of columns has one in the middle.
  const odd = await projections(values, [size, 8, size - 1], join(folder, `sinograms-${size}.raw`));
  return { whole, odd };
};

/** @type {typeof import("./rows.js").rows} */
export const rows = ({ size }, { whole, odd }) => {
  const read = (volume) => volume.read();
  return [
    {
      operation: "stripes by sorting, float32",
      size,
      input: whole,
      run: (workers) => removeStripes(whole.volume, { method: "sorting", workers }),
      output: read,
      peer: "stripe_sorting",
      peers: { algotom: { tolerance: 1e-6 } },
    },
    {
      operation: "filtered back projection, 8 slices",
      size,
      input: odd,
      run: (workers) => filteredBackProjection(odd.volume, { filter: "ram-lak", workers }),
      output: read,
      peer: "back_projection",
      peers: { "scikit-image": { tolerance: 1e-4 } },
    },
  ];
};
