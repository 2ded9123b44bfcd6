import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { median } from "../../dist/src/filters/median.js";
import { eulerNumber } from "../../dist/src/measure/euler-number.js";
import { labelStatistics } from "../../dist/src/measure/label-statistics.js";
import { particles } from "../../dist/src/measure/particles.js";
import { surfaceArea } from "../../dist/src/measure/surface-area.js";
import { triplePhaseBoundary } from "../../dist/src/measure/triple-phase-boundary.js";
import { separateParticles } from "../../dist/src/segment/separate-particles.js";
import { threshold } from "../../dist/src/segment/threshold.js";
import { tauFactor } from "./inputs.mjs";

const column = (table, name) => Float64Array.from(table.getChild(name), Number);

/** @type {typeof import("./rows.js").prepare} */
export const prepare = async ({ size, folder, u8 }) => {
  const filtered = await median(u8.volume, { shape: "box" });
  const labels = await threshold(filtered, [85, 142], { names: ["pore", "binder", "active material"] });
  const input = { path: join(folder, `phases-${size}.raw`), shape: u8.shape, dtype: "uint8", volume: labels };
  writeFileSync(input.path, await labels.read());
  const parts = await separateParticles(labels, { phase: "active material" });
  const grains = { path: join(folder, `particles-${size}.raw`), shape: u8.shape, dtype: parts.dtype, volume: parts };
  writeFileSync(grains.path, await parts.read());
  return { labels, input, parts, grains };
};

/** @type {typeof import("./rows.js").rows} */
export const rows = ({ size }, { labels, input, parts, grains }) => {
  const row = (operation, from, run, output, peer, peers) => ({
    operation,
    size,
    input: from,
    run,
    output,
    peer,
    peers,
  });
  return [
    // Of one phase, as the peers do: ours has those of all three from one pass.
    row(
      "surface area, marching cubes",
      input,
      (workers) => surfaceArea(labels, { workers }),
      (table) => column(table, "area").slice(0, 1),
      "surface_area",
      { "scikit-image": { tolerance: 1e-6 } },
    ),
    row(
      "surface area, gradient",
      input,
      (workers) => surfaceArea(labels, { method: "gradient", smoothing: 0.8, workers }),
      (table) => column(table, "area"),
      "surface_gradient",
      { "scipy.ndimage": { tolerance: 1e-4 } },
    ),
    row(
      "triple-phase boundary",
      input,
      (workers) => triplePhaseBoundary(labels, { workers }),
      (table) => column(table, "edge fraction"),
      "triple_phase_boundary",
      { TauFactor: { tolerance: 1e-5, ...tauFactor }, numpy: { tolerance: 1e-12 } },
    ),
    row(
      "Euler number, 6 neighbours",
      input,
      (workers) => eulerNumber(labels, { workers, phase: "pore" }),
      (table) => column(table, "Euler number"),
      "euler_number",
      { "scikit-image": {} },
    ),
    row(
      "statistics of particles, uint32",
      grains,
      (workers) => labelStatistics(parts, { workers }),
      (table) => column(table, "voxels"),
      "particle_voxels",
      { cc3d: {} },
    ),
    // PoreSpy's surfaces are those of a mask that was dilated first: voxels are compared.
    row(
      "particles with surface and sphericity",
      grains,
      (workers) => particles(parts, { workers }),
      (table) => column(table, "voxels"),
      "particle_shapes",
      { PoreSpy: {}, "scikit-image": {} },
    ),
  ];
};
