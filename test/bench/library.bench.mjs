/** Reading, thresholds by a method, areas of phases. */
import { open } from "../../dist/src/io/open.js";
import { save } from "../../dist/src/io/save.js";
import { interfaceAreas } from "../../dist/src/measure/interface-areas.js";
import { multiOtsu } from "../../dist/src/segment/multi-otsu.js";
import { otsu } from "../../dist/src/segment/otsu.js";
import { threshold } from "../../dist/src/segment/threshold.js";

/** @type {typeof import("./rows.js").prepare} */
export const prepare = async ({ u8 }) => {
  const tiff = u8.path.replace(".raw", ".tif");
  await save(u8.volume, tiff);
  const labels = await threshold(u8.volume, [85, 142]);
  return { tiff, labels };
};

/** @type {typeof import("./rows.js").rows} */
export const rows = ({ size, u8 }, { tiff, labels }) => {
  const list = (values) => Float64Array.from([values].flat());
  return [
    {
      operation: "open a TIFF stack, uint8",
      size,
      input: u8,
      run: () => open(tiff),
      output: (volume) => volume.read(),
      peer: "open_tiff",
      peers: { tifffile: {} },
    },
    {
      operation: "Otsu, uint8",
      size,
      input: u8,
      run: (workers) => otsu(u8.volume, { workers }),
      output: list,
      peer: "otsu",
      // ITK places a threshold at the edge of a bin, not on a grey value.
      peers: { "scikit-image": {}, SimpleITK: { tolerance: 0.01 } },
    },
    {
      operation: "multi-Otsu, 3 classes, uint8",
      size,
      input: u8,
      run: (workers) => multiOtsu(u8.volume, { classes: 3, workers }),
      output: list,
      peer: "multi_otsu_3",
      peers: { "scikit-image": {}, SimpleITK: { tolerance: 0.01 } },
    },
    {
      operation: "areas between 3 phases, uint8",
      size,
      input: { ...u8, volume: labels },
      run: (workers) => interfaceAreas(labels, { workers }),
      output: (table) => Float64Array.from(table.getChild("faces")),
      peer: "faces",
      peers: { numpy: {} },
    },
  ];
};
