import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { median } from "../../dist/src/filters/median.js";
import { closing } from "../../dist/src/morphology/closing.js";
import { components } from "../../dist/src/morphology/components.js";
import { erosion } from "../../dist/src/morphology/erosion.js";
import { fillHoles } from "../../dist/src/morphology/fill-holes.js";
import { opening } from "../../dist/src/morphology/opening.js";
import { removeSmall } from "../../dist/src/morphology/remove-small.js";
import { threshold } from "../../dist/src/segment/threshold.js";

/** @type {typeof import("./rows.js").rows} */
export const rows = async ({ size, folder, u8 }) => {
  // The active material of the reference volume, with the specks that noise leaves in it.
  const volume = (await threshold(await median(u8.volume, { shape: "box" }), 142)).with({ role: "mask" });
  const path = join(folder, `mask-${size}.raw`);
  writeFileSync(path, await volume.read());
  const input = { path, shape: u8.shape, dtype: "uint8", volume };
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
        SimpleITK: { margin: 6 },
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
