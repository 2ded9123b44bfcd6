import { affineTransform } from "../../dist/src/filters/affine-transform.js";
import { clip } from "../../dist/src/filters/clip.js";
import { convert } from "../../dist/src/filters/convert.js";
import { crop } from "../../dist/src/filters/crop.js";
import { downsample } from "../../dist/src/filters/downsample.js";
import { normalise } from "../../dist/src/filters/normalise.js";
import { resample } from "../../dist/src/filters/resample.js";
import { rotate } from "../../dist/src/filters/rotate.js";

const [cos, sin] = [Math.cos(0.05), Math.sin(0.05)];
const TURNED = [
  [1, 0, 0],
  [0, cos, -sin],
  [0, sin, cos],
];

/** @type {typeof import("./rows.js").rows} */
export const rows = ({ size, u8, u16 }) => {
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
    row(
      "resample by 3/4, linear, uint8 to float32",
      u8,
      (workers) => resample(u8.volume, { scale: 0.75, antialias: false, dtype: "float32", workers }),
      "resample",
      { "scikit-image": { tolerance: 1e-5 } },
    ),
    row(
      "rotate by 20°, linear, uint8 to float32",
      u8,
      (workers) => rotate(u8.volume, 20, { border: "reflect", dtype: "float32", workers }),
      "rotate",
      { "scipy.ndimage": { tolerance: 1e-5 } },
    ),
    row(
      "crop by an eighth on each side, uint8",
      u8,
      (workers) =>
        crop(
          u8.volume,
          { start: [size / 8, size / 8, size / 8], stop: [size, size, size].map((n) => n - size / 8) },
          { workers },
        ),
      "crop",
      { numpy: {} },
    ),
    row(
      "normalise, uint16 to float32",
      u16,
      (workers) => normalise(u16.volume, { from: [9000, 40000], workers }),
      "normalise",
      { numpy: { tolerance: 1e-7 } },
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
