import { gaussian } from "../../dist/src/filters/gaussian.js";
import { median } from "../../dist/src/filters/median.js";

/** @type {typeof import("./rows.js").rows} */
export const rows = ({ size, u8 }) => {
  const read = (volume) => volume.read();
  const row = (operation, run, peer, peers) => ({ operation, size, input: u8, run, output: read, peer, peers });
  // At the borders scikit-image's rank filters cut the neighbourhood off and SimpleITK repeats the outermost voxel, where
  // SciPy and we reflect: compared inside only.
  return [
    row(
      "median, box 3×3×3, uint8",
      (workers) => median(u8.volume, { shape: "box", radius: 1, workers }),
      "median_box_1",
      { "scipy.ndimage": {}, SimpleITK: {}, "scikit-image": { margin: 1 } },
    ),
    row(
      "median, box 5×5×5, uint8",
      (workers) => median(u8.volume, { shape: "box", radius: 2, workers }),
      "median_box_2",
      { "scipy.ndimage": {}, SimpleITK: { margin: 2 }, "scikit-image": { margin: 2 } },
    ),
    row("median, ball of radius 2, uint8", (workers) => median(u8.volume, { radius: 2, workers }), "median_ball_2", {
      "scipy.ndimage": {},
      "scikit-image": { margin: 2 },
    }),
    row(
      "Gaussian, σ 2, uint8 to float32",
      (workers) => gaussian(u8.volume, { sigma: 2, dtype: "float32", workers }),
      "gaussian_s2",
      { "scipy.ndimage": { tolerance: 1e-5 }, "scikit-image": { tolerance: 1e-5 }, SimpleITK: { tolerance: 1e-5 } },
    ),
  ];
};
