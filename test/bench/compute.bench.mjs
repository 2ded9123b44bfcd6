import { exactBins, histogram, threshold } from "../../dist/src/compute/operations.js";
import { reduce, run } from "../../dist/src/compute/run.js";
import { trace } from "../../dist/src/core/provenance.js";

/** @type {typeof import("./rows.js").rows} */
export const rows = ({ size, u8, u16 }) => {
  const facts = { provenance: trace("bench", {}) };
  const counted = (operation, input, peer) => ({
    operation,
    size,
    input,
    run: (workers) => reduce(histogram, input.volume, exactBins(input.dtype), { workers }),
    output: ({ counts }) => counts,
    peer,
    peers: { "numpy.bincount": {}, "numpy.histogram": {} },
  });
  return [
    counted("histogram, uint8", u8, "histogram_u8"),
    counted("histogram, uint16", u16, "histogram_u16"),
    {
      operation: "threshold into 3 phases, uint8",
      size,
      input: u8,
      run: (workers) => run(threshold, u8.volume, { thresholds: [85, 142] }, { workers }, facts),
      output: (volume) => volume.read(),
      peer: "threshold",
      peers: { "numpy.digitize": {}, "numpy (compare, add)": {} },
    },
  ];
};
