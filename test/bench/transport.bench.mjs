import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromVoxels } from "../../dist/src/io/from-voxels.js";
import { tortuosity } from "../../dist/src/transport/tortuosity.js";
import { phasesOf, tauFactor } from "./inputs.mjs";

/** @type {typeof import("./rows.js").prepare} */
export const prepare = async ({ size, folder, u8 }) => {
  const phases = phasesOf(size);
  const path = join(folder, `conducting-phases-${size}.raw`);
  writeFileSync(path, phases);
  const volume = await fromVoxels(phases, u8.shape, { role: "labels" });
  const input = { path, shape: u8.shape, dtype: "uint8", volume };
  return { volume, input };
};

/** @type {typeof import("./rows.js").rows} */
export const rows = ({ size }, { volume, input }) => {
  const row = (criterion, peers) => ({
    operation: `tortuosity factor, flux difference ${criterion}`,
    size,
    input,
    run: (workers) => tortuosity(volume, { phase: 0, axis: "z", tolerance: Number(criterion), workers }),
    output: (table) => Float64Array.from(table.getChild("tortuosityFactor")),
    peer: `tortuosity_${criterion}`,
    peers,
  });
  return [
    // Its own default. It stops where the fluxes of planes are alike, and is then up to 0.2 % from where it is going.
    row("1e-2", { TauFactor: { tolerance: 3e-3, ...tauFactor } }),
    row("1e-3", { TauFactor: { tolerance: 3e-3, ...tauFactor }, PoreSpy: { tolerance: 5e-3 } }),
  ];
};
