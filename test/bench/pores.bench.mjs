import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildVolume } from "../../dist/src/compute/build.js";
import { trace } from "../../dist/src/core/provenance.js";
import { chordLengths } from "../../dist/src/measure/chord-lengths.js";
import { localThickness } from "../../dist/src/measure/local-thickness.js";
import { percolation } from "../../dist/src/measure/percolation.js";
import { porosimetry } from "../../dist/src/measure/porosimetry.js";
import { twoPointCorrelation } from "../../dist/src/measure/two-point-correlation.js";
import { phasesOf } from "./inputs.mjs";

/** @type {typeof import("./rows.js").prepare} */
export const prepare = async ({ size, folder, u8 }) => {
  const pores = Uint8Array.from(phasesOf(size), (phase) => (phase === 0 ? 1 : 0));
  const facts = { shape: u8.shape, dtype: "uint8", role: "mask", provenance: trace("bench", {}) };
  const volume = await buildVolume(facts, (writer) => writer.writePlanes(0, pores));
  const input = { path: join(folder, `pores-${size}.raw`), shape: u8.shape, dtype: "uint8", volume };
  writeFileSync(input.path, pores);
  return { volume, input };
};

/** @type {typeof import("./rows.js").rows} */
export const rows = ({ size }, { volume, input }) => {
  const row = (operation, run, output, peer, peers) => ({ operation, size, input, run, output, peer, peers });
  const column = (name) => (table) => Float64Array.from(table.getChild(name));
  // Theirs are radii.
  const radii = async (sizes) => (await sizes.read()).map((diameter) => diameter / 2);
  /** @type {import("../../dist/src/core/volume.js").Volume | undefined} */
  let last;
  const entered = async (workers) => {
    last?.store.release();
    const found = await porosimetry(volume, { radii: "whole", workers });
    last = found.sizes;
    return found;
  };
  return [
    row(
      "local thickness, whole radii",
      (workers) => localThickness(volume, { radii: "whole", workers }),
      radii,
      "local_thickness",
      {
        "PoreSpy bf": {},
        "PoreSpy dt": {},
      },
    ),
    row("local thickness, all radii", (workers) => localThickness(volume, { workers }), radii, "local_thickness", {}),
    row("porosimetry, whole radii", entered, ({ sizes }) => radii(sizes), "porosimetry", { PoreSpy: {} }),
    row(
      "chord lengths along z, y, x",
      (workers) => chordLengths(volume, { cut: "count", workers }),
      ({ histogram }) => Float64Array.from(["z", "y", "x"].flatMap((axis) => [...histogram.getChild(axis)])),
      "chords",
      { NumPy: {}, "PoreSpy, a quarter of the lines along z": {} },
    ),
    row(
      "two-point correlation along the axes",
      (workers) => twoPointCorrelation(volume, { directions: "axes", workers }),
      (table) => Float64Array.from(["z", "y", "x"].flatMap((axis) => [...table.getChild(axis)])),
      "pairs",
      { NumPy: { tolerance: 1e-12 } },
    ),
    row(
      "two-point correlation in all directions",
      (workers) => twoPointCorrelation(volume, { workers }),
      column("S2"),
      "correlation",
      {
        PoreSpy: { tolerance: 1e-5 },
      },
    ),
    row(
      "percolation",
      (workers) => percolation(volume, { workers }).then(({ classes }) => classes),
      (classes) => classes.read(),
      "percolation",
      { "scipy.ndimage": {} },
    ),
  ];
};
