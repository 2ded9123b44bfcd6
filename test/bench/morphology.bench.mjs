import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildVolume } from "../../dist/src/compute/build.js";
import { trace } from "../../dist/src/core/provenance.js";
import { maximum } from "../../dist/src/filters/extremes.js";
import { median } from "../../dist/src/filters/median.js";
import { labelStatistics } from "../../dist/src/measure/label-statistics.js";
import { closing } from "../../dist/src/morphology/closing.js";
import { components } from "../../dist/src/morphology/components.js";
import { distanceTransform } from "../../dist/src/morphology/distance-transform.js";
import { erosion } from "../../dist/src/morphology/erosion.js";
import { fillHoles } from "../../dist/src/morphology/fill-holes.js";
import { opening } from "../../dist/src/morphology/opening.js";
import { removeSmall } from "../../dist/src/morphology/remove-small.js";
import { threshold } from "../../dist/src/segment/threshold.js";
import { watershed } from "../../dist/src/segment/watershed.js";

/** @type {typeof import("./rows.js").prepare} */
export const prepare = async ({ size, folder, u8 }) => {
  // The active material of the reference volume, with the specks that noise leaves in it.
  const volume = (await threshold(await median(u8.volume, { shape: "box" }), 142)).with({ role: "mask" });
  const path = join(folder, `mask-${size}.raw`);
  writeFileSync(path, await volume.read());
  const input = { path, shape: u8.shape, dtype: "uint8", volume };
  const distances = await distanceTransform(volume);
  const depths = { path: join(folder, `distances-${size}.raw`), shape: u8.shape, dtype: "float32", volume: distances };
  const deep = await distances.read();
  writeFileSync(depths.path, deep);
  // As the peer makes its own: peaks in boxes of 9, more than 3 voxels deep; those that touch are one.
  const highest = await (await maximum(distances, { radius: 4 })).read();
  const peaks = Uint8Array.from(deep, (value, k) => (value === highest[k] && value > 3 ? 1 : 0));
  const facts = { shape: u8.shape, dtype: "uint8", role: "mask", provenance: trace("bench", {}) };
  const markers = await components(await buildVolume(facts, (writer) => writer.writePlanes(0, peaks)), {
    connectivity: 26,
  });
  const particles = await components(volume);
  const grains = { path: join(folder, `grains-${size}.raw`), shape: u8.shape, dtype: "uint32", volume: particles };
  writeFileSync(grains.path, await particles.read());
  return { volume, input, distances, depths, markers, particles, grains };
};

/** @type {typeof import("./rows.js").rows} */
export const rows = ({ size }, { volume, input, distances, depths, markers, particles, grains }) => {
  const read = (result) => result.read();
  const row = (operation, run, peer, peers) => ({ operation, size, input, run, output: read, peer, peers });
  // SimpleITK's ball of radius r has the voxels up to r + ½: another element, and so no peer.
  const empty = { border: { constant: 0 } };
  return [
    row("erosion, ball of radius 1, mask", (workers) => erosion(volume, { ...empty, workers }), "erosion_1", {
      "scipy.ndimage": {},
      "scikit-image": { margin: 1 },
    }),
    row(
      "opening, ball of radius 3, mask",
      (workers) => opening(volume, { radius: 3, ...empty, workers }),
      "opening_3",
      {
        "scipy.ndimage": {},
        "scikit-image": { margin: 6 },
      },
    ),
    row("closing, ball of radius 3, mask", (workers) => closing(volume, { radius: 3, workers }), "closing_3", {
      "scipy.ndimage": { margin: 6 },
      "scikit-image": { margin: 6 },
    }),
    // Other programs number them in another order: how many voxels each voxel's component has is compared.
    ...[6, 26].map((connectivity) => ({
      operation: `components, ${connectivity} neighbours, uint32`,
      size,
      input,
      run: (workers) => components(volume, { connectivity, workers }),
      output: async (result) => sizesAt(await result.read()),
      peer: `components_${connectivity}`,
      peers: { cc3d: {}, "scipy.ndimage": {} },
    })),
    row("distances inside a mask", (workers) => distanceTransform(volume, { workers }), "distances", {
      edt: { tolerance: 1e-6 },
      "scipy.ndimage": { tolerance: 1e-6 },
    }),
    {
      operation: "watershed of distances by markers",
      size,
      input: depths,
      run: () => watershed(distances, markers, { from: "high", mask: volume }),
      output: read,
      peer: "watershed",
      peers: { "scikit-image": {} },
    },
    {
      operation: "statistics of labels, uint32",
      size,
      input: grains,
      run: (workers) => labelStatistics(particles, { workers }),
      output: (table) =>
        Float64Array.from(
          [
            "voxels",
            "z from",
            "y from",
            "x from",
            "z to",
            "y to",
            "x to",
            "centroid z",
            "centroid y",
            "centroid x",
          ].flatMap((name) => [...table.getChild(name)]),
        ),
      peer: "label_statistics",
      peers: { cc3d: { tolerance: 1e-9 }, "scikit-image": { tolerance: 1e-9 } },
    },
    row("holes filled, mask", (workers) => fillHoles(volume, { workers }), "fill_holes", {
      "scipy.ndimage": {},
      SimpleITK: {},
    }),
    row("small components removed, mask", (workers) => removeSmall(volume, 200, { workers }), "remove_small", {
      "scikit-image": {},
      cc3d: {},
    }),
  ];
};

function sizesAt(labels) {
  const counts = new Map();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Int32Array.from(labels, (label) => (label === 0 ? 0 : counts.get(label)));
}
