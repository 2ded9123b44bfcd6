import { affineTransform } from "../../dist/src/filters/affine-transform.js";
import { clip } from "../../dist/src/filters/clip.js";
import { convert } from "../../dist/src/filters/convert.js";
import { downsample } from "../../dist/src/filters/downsample.js";

const [cos, sin] = [Math.cos(0.05), Math.sin(0.05)];
const TURNED = [
  [1, 0, 0],
  [0, cos, -sin],
  [0, sin, cos],
];

/** @type {typeof import("./rows.js").rows} */
export const rows = async ({ size, u8, u16 }) => {
  const read = (volume) => volume.read();
  const row = (operation, input, run, peer, peers) => ({ operation, size, input, run, output: read, peer, peers });
  return [
    row(
      "downsample by 2, uint8 to float32",
      u8,
      (workers) => downsample(u8.volume, 2, { dtype: "float32", workers }),
      "downsample_2",
      { "scikit-image": { tolerance: 1e-6 } },
    ),
    row(
      "affine transform, linear, uint8 to float32",
      u8,
      (workers) => affineTransform(u8.volume, TURNED, { offset: [1.4, 3, -2], dtype: "float32", workers }),
      "affine_linear",
      { "scipy.ndimage": { tolerance: 1e-5 } },
    ),
    row("clip, uint16", u16, (workers) => clip(u16.volume, 9000, 40000, { workers }), "clip", { numpy: {} }),
    row(
      "convert, uint16 to uint8",
      u16,
      (workers) => convert(u16.volume, "uint8", { from: [9000, 40000], workers }),
      "convert",
      { numpy: {} },
    ),
  ];
};
