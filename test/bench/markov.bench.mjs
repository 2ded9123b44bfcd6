/** Graph cuts beside PyMaxflow: the same energy, so that labels of equal energy count as equal. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { crop } from "../../dist/src/filters/crop.js";
import { markovRandomField } from "../../dist/src/segment/markov-random-field.js";

/** PyMaxflow takes more than 200 bytes a voxel. */
const LARGEST = 128;

/** @type {typeof import("./rows.js").prepare} */
export const prepare = async ({ size, folder, u8 }) => {
  const n = Math.min(size, LARGEST);
  const volume = await crop(u8.volume, { start: [0, 0, 0], stop: [n, n, n] });
  const path = join(folder, `markov-${n}.raw`);
  writeFileSync(path, await volume.read());
  const input = { path, shape: [n, n, n], dtype: "uint8", volume };
  return { volume, input };
};

/** @type {typeof import("./rows.js").rows} */
export const rows = ({ size }, { volume, input }) => {
  const n = Math.min(size, LARGEST);
  const two = { means: [75, 165], deviations: [30, 25] };
  const three = { means: [60, 105, 170], deviations: [20, 20, 20] };
  const cut = { method: "expansion", boundPasses: 0 };
  const energy = (labels) => Float64Array.of(labels.provenance.parameters.energy);
  return [
    {
      operation: "graph cut, 2 classes",
      size: n,
      input,
      run: (workers) => markovRandomField(volume, { ...two, ...cut, workers }),
      output: energy,
      peer: "graph_cut_2",
      peers: { PyMaxflow: {} },
    },
    {
      operation: "graph cuts, 3 classes",
      size: n,
      input,
      run: (workers) => markovRandomField(volume, { ...three, ...cut, workers }),
      output: energy,
      peer: "graph_cuts_3",
      // Moves in another order end in another minimum.
      peers: { PyMaxflow: { tolerance: 1e-5 } },
    },
    {
      operation: "iterated conditional modes, 3 classes",
      size: n,
      input,
      run: (workers) => markovRandomField(volume, { ...three, workers }),
      output: energy,
      peer: "none",
      peers: {},
    },
  ];
};
