/** Features beside scikit-image, and a forest beside scikit-learn, which gets the features for nothing. */
import { buildVolume } from "../../dist/src/compute/build.js";
import { trace } from "../../dist/src/core/provenance.js";
import { features } from "../../dist/src/segment/features.js";
import { predictForest } from "../../dist/src/segment/predict-forest.js";
import { trainForest } from "../../dist/src/segment/train-forest.js";
import { phasesOf } from "./inputs.mjs";

/** @type {typeof import("./rows.js").prepare} */
export const prepare = async ({ size }) => {
  const phases = phasesOf(size);
  const slices = [Math.floor(size / 4), Math.floor((3 * size) / 4)];
  const painted = phases.map((label, k) => (slices.includes(Math.floor(k / size ** 2)) ? label : 255));
  const scribbles = await buildVolume(
    { shape: [size, size, size], dtype: "uint8", role: "labels", provenance: trace("bench", { size }) },
    (writer) => writer.writePlanes(0, painted),
  );
  return { phases, scribbles };
};

/** @type {typeof import("./rows.js").rows} */
export const rows = ({ size, u8 }, { phases, scribbles }) => {
  const border = "nearest";
  return [
    {
      operation: "15 features, uint8",
      size,
      input: u8,
      run: async (workers) => {
        const made = await features(u8.volume, { border, workers });
        const release = () => {
          for (const volume of Object.values(made)) volume.store.release();
        };
        return { made, store: { release } };
      },
      output: ({ made }) =>
        Float64Array.from(Object.entries(made), ([name, { store, grid, voxels }]) => {
          let sum = 0;
          for (let k = 0; k < grid.length; k++) sum += store.zone(k).sum;
          return ((name.startsWith("gradient") ? 2 / Math.sqrt(3) : 1) * sum) / voxels / 255;
        }),
      peer: "features_15",
      peers: { "scikit-image": { tolerance: 1e-6 } },
    },
    {
      operation: "train on 2 slices and predict, 50 trees, uint8",
      size,
      input: u8,
      run: async (workers) => {
        const forest = await trainForest(u8.volume, scribbles, { trees: 50, depth: 10, samples: 1e6, border, workers });
        return predictForest(u8.volume, forest, { workers });
      },
      output: async (labels) => {
        const found = await labels.read();
        return Float64Array.of(phases.reduce((sum, label, k) => sum + (found[k] === label ? 1 : 0), 0) / phases.length);
      },
      peer: "forest",
      // Other draws, other trees.
      peers: { "scikit-learn": { tolerance: 5e-3 } },
    },
  ];
};
