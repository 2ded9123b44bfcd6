/** Skeletons, their branches and shortest paths in the active material of the reference volume. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { median } from "../../dist/src/filters/median.js";
import { geodesicTortuosity } from "../../dist/src/measure/geodesic-tortuosity.js";
import { skeletonBranches } from "../../dist/src/measure/skeleton-branches.js";
import { skeleton } from "../../dist/src/morphology/skeleton.js";
import { threshold } from "../../dist/src/segment/threshold.js";

/** @type {typeof import("./rows.js").prepare} */
export const prepare = async ({ size, folder, u8 }) => {
  const volume = (await threshold(await median(u8.volume, { shape: "box", radius: 2 }), 142)).with({ role: "mask" });
  const path = join(folder, `material-${size}.raw`);
  writeFileSync(path, await volume.read());
  const input = { path, shape: u8.shape, dtype: "uint8", volume };
  const lines = await skeleton(volume);
  return { volume, input, lines };
};

/** @type {typeof import("./rows.js").rows} */
export const rows = ({ size }, { volume, input, lines }) => {
  return [
    {
      operation: "skeleton of a mask",
      size,
      input,
      run: () => skeleton(volume),
      // Where scikit-image loses a whole piece ours keeps a voxel of it; of voxels here and there a share of 2 · 10⁻³ may be others.
      output: async (result) => {
        let count = 0;
        for (const value of await result.read()) count += value;
        return Float64Array.of(count);
      },
      peer: "skeleton",
      peers: { "scikit-image": { tolerance: 2e-3 } },
    },
    {
      operation: "branches of a skeleton",
      size,
      input,
      run: () => skeletonBranches(lines),
      output: (table) => Float64Array.of(table.numRows),
      peer: "skeleton",
      peers: {},
    },
    {
      operation: "shortest paths along three axes",
      size,
      input,
      run: (workers) => geodesicTortuosity(volume, { workers }),
      output: (table) => Float64Array.from(table.getChild("geometric tortuosity")),
      peer: "skeleton",
      peers: {},
    },
  ];
};
