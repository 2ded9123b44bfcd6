/** Active contours, reconstruction and maxima, and SNOW. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildVolume } from "../../dist/src/compute/build.js";
import { trace } from "../../dist/src/core/provenance.js";
import { inverseGaussianGradient } from "../../dist/src/filters/inverse-gaussian-gradient.js";
import { median } from "../../dist/src/filters/median.js";
import { distanceTransform } from "../../dist/src/morphology/distance-transform.js";
import { hMaxima } from "../../dist/src/morphology/h-maxima.js";
import { reconstruction } from "../../dist/src/morphology/reconstruction.js";
import { regionalMaxima } from "../../dist/src/morphology/regional-maxima.js";
import { chanVese } from "../../dist/src/segment/chan-vese.js";
import { geodesicContour } from "../../dist/src/segment/geodesic-contour.js";
import { separateParticles } from "../../dist/src/segment/separate-particles.js";
import { snowPartition } from "../../dist/src/segment/snow-partition.js";
import { threshold } from "../../dist/src/segment/threshold.js";

/** @type {typeof import("./rows.js").prepare} */
export const prepare = async ({ size, folder, u8 }) => {
  const mask = (await threshold(await median(u8.volume, { shape: "box" }), 142)).with({ role: "mask" });
  const written = async (name, dtype, volume) => {
    const path = join(folder, `${name}-${size}.raw`);
    writeFileSync(path, await volume.read());
    return { path, shape: u8.shape, dtype, volume };
  };
  const distances = await written("contour-distances", "float32", await distanceTransform(mask));
  const edges = await written(
    "contour-edges",
    "float32",
    await inverseGaussianGradient(u8.volume, { sigma: 2, alpha: 10 }),
  );
  const above = (await threshold(u8.volume, 120)).with({ role: "mask" });
  const lower = Uint8Array.from(await u8.volume.read(), (value) => Math.max(0, value - 40));
  const facts = { shape: u8.shape, dtype: "uint8", role: "intensity", provenance: trace("bench", {}) };
  const seed = await buildVolume(facts, (writer) => writer.writePlanes(0, lower));
  return { mask, distances, edges, above, seed };
};

/** @type {typeof import("./rows.js").rows} */
export const rows = ({ size, u8 }, { mask, distances, edges, above, seed }) => {
  const read = (result) => result.read();
  const row = (operation, input, run, peer, peers) => ({ operation, size, input, run, output: read, peer, peers });
  const closed = { border: "closed", iterations: 10 };
  const peers = { "scikit-image": {} };
  return [
    row(
      "Chan–Vese, 10 iterations, uint8",
      u8,
      (workers) => chanVese(u8.volume, { start: 120, ...closed, workers }),
      "chan_vese",
      peers,
    ),
    row(
      "Chan–Vese, 10 iterations, 3 classes, uint8",
      u8,
      (workers) => chanVese(u8.volume, { start: [85, 142], iterations: 10, workers }),
      "none",
      {},
    ),
    row(
      "geodesic contour, 10 iterations",
      edges,
      (workers) => geodesicContour(edges.volume, above, { ...closed, balloon: 1, threshold: 0.3, workers }),
      "geodesic_contour",
      peers,
    ),
    row(
      "reconstruction by dilation, uint8",
      u8,
      (workers) => reconstruction(seed, u8.volume, { connectivity: 26, workers }),
      "reconstruction",
      peers,
    ),
    row("h-maxima of distances", distances, (workers) => hMaxima(distances.volume, 1, { workers }), "h_maxima", peers),
    row(
      "regional maxima of distances",
      distances,
      (workers) => regionalMaxima(distances.volume, { workers }),
      "local_maxima",
      peers,
    ),
    row("touching particles apart", distances, (workers) => separateParticles(mask, { workers }), "none", {}),
    row("regions by SNOW", distances, (workers) => snowPartition(mask, { workers }), "none", {}),
  ];
};
