/** Thresholds from histograms, classes of grey values, local thresholds. */
import { gaussianMixture } from "../../dist/src/segment/gaussian-mixture.js";
import { isodata } from "../../dist/src/segment/isodata.js";
import { kMeans } from "../../dist/src/segment/k-means.js";
import { kapur } from "../../dist/src/segment/kapur.js";
import { li } from "../../dist/src/segment/li.js";
import { localThreshold } from "../../dist/src/segment/local-threshold.js";
import { minimumThreshold } from "../../dist/src/segment/minimum-threshold.js";
import { triangle } from "../../dist/src/segment/triangle.js";
import { yen } from "../../dist/src/segment/yen.js";

/** @type {typeof import("./rows.js").rows} */
export const rows = ({ size, u8 }) => {
  const list = (values) => Float64Array.from([values].flat());
  const row = (operation, run, peer, peers, output = list) => ({
    operation,
    size,
    input: u8,
    run: (workers) => run(u8.volume, { workers }),
    output,
    peer,
    peers,
  });
  const read = (volume) => volume.read();
  const local = (options) => (volume, run) => localThreshold(volume, { ...options, ...run });
  const means = (found) => Float64Array.from(found.means);
  return [
    row("Li's threshold, uint8", li, "li", { "scikit-image": { tolerance: 1e-9 } }),
    row("Yen's threshold, uint8", yen, "yen", { "scikit-image": {} }),
    row("isodata threshold, uint8", isodata, "isodata", { "scikit-image": {} }),
    row("triangle threshold, uint8", triangle, "triangle", { "scikit-image": {} }),
    row("minimum threshold, uint8", minimumThreshold, "minimum_threshold", { "scikit-image": {} }),
    // SimpleITK's bins are not the grey values.
    row("threshold of maximum entropy, uint8", kapur, "kapur", { SimpleITK: { tolerance: 0.01 } }),
    // Lloyd's iteration ends where no voxel changes its class any more, which need not be the optimum that ours is.
    row("k-means, 3 classes, uint8", kMeans, "k_means_3", { "scikit-learn": { tolerance: 1e-2 } }, means),
    // It starts from k-means of its own, and ends as early as we are asked to.
    row(
      "mixture of 3 Gaussians, uint8",
      (volume, run) => gaussianMixture(volume, { tolerance: 1e-3, ...run }),
      "gaussian_mixture_3",
      { "scikit-learn": { tolerance: 1e-2 } },
      means,
    ),
    row(
      "local threshold by Sauvola, window 25, uint8",
      local({ radius: 12, border: "mirror" }),
      "sauvola_25",
      { "scikit-image": {} },
      read,
    ),
    row(
      "local threshold by Niblack, window 25, uint8",
      local({ method: "niblack", radius: 12, border: "mirror" }),
      "niblack_25",
      { "scikit-image": {} },
      read,
    ),
    // Its mean is rounded after each axis: a voxel that equals the mean of its window may go either way.
    row(
      "local threshold by the mean, window 35, uint8",
      local({ method: "mean", radius: 17 }),
      "local_mean_35",
      { "scikit-image": {} },
      read,
    ),
  ];
};
