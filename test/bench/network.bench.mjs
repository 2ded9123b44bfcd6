/** SNOW and pore networks. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildVolume } from "../../dist/src/compute/build.js";
import { trace } from "../../dist/src/core/provenance.js";
import { numbersOf } from "../../dist/src/network/network.js";
import { networkDiffusion } from "../../dist/src/network/network-diffusion.js";
import { poreNetwork } from "../../dist/src/network/pore-network.js";
import { snowPartition } from "../../dist/src/segment/snow-partition.js";
import { phasesOf } from "./inputs.mjs";

/** @type {typeof import("./rows.js").prepare} */
export const prepare = async ({ size, folder, u8 }) => {
  const pores = phasesOf(size).map((phase) => Number(phase === 0));
  const path = join(folder, `pores-${size}.raw`);
  writeFileSync(path, pores);
  const facts = { shape: u8.shape, dtype: "uint8", role: "mask", provenance: trace("bench", {}) };
  const volume = await buildVolume(facts, (writer) => writer.writePlanes(0, pores));
  const input = { path, shape: u8.shape, dtype: "uint8", volume };
  const network = await poreNetwork(volume);
  return { volume, input, network };
};

/** @type {typeof import("./rows.js").rows} */
export const rows = ({ size }, { volume, input, network }) => {
  return [
    // Which of two equally high markers floods first its heap decides: a few voxels halfway are of the other region.
    {
      operation: "SNOW partitioning of pores",
      size,
      input,
      run: (workers) => snowPartition(volume, { workers }),
      output: async (regions) => volumesOf(await regions.read()),
      peer: "snow_partitioning",
      peers: { PoreSpy: { tolerance: 0.02 } },
    },
    {
      operation: "pore network of SNOW",
      size,
      input,
      run: (workers) => poreNetwork(volume, { boundary: "none", workers }),
      output: ({ pores, throats }) =>
        Float64Array.of(
          pores.numRows,
          throats.numRows,
          mean(numbersOf(pores, "inscribed diameter")),
          mean(numbersOf(throats, "inscribed diameter")),
          mean(numbersOf(throats, "total length")),
        ),
      peer: "snow2",
      peers: { PoreSpy: { tolerance: 0.01 } },
    },
    {
      operation: "diffusion through a pore network",
      size,
      input,
      run: () => networkDiffusion(network, { axis: "z" }),
      output: (table) => Float64Array.from(table.getChild("relative diffusivity")),
      peer: "network_diffusion",
      peers: {},
    },
  ];
};

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

/** Volumes of the regions, ascending. */
function volumesOf(labels) {
  const counts = [];
  for (const label of labels) if (label > 0) counts[label] = (counts[label] ?? 0) + 1;
  return Float64Array.from(counts.slice(1)).sort();
}
