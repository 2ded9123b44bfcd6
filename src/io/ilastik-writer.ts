/** Writes HDF5 files as ilastik exports and opens them: `exported_data` [z, y, x, channel] with its axes. */
import { type SaveFileSystem, writeAtomically } from "../compute/atomic.js";
import { startIsolated } from "../compute/isolated.js";
import { machine } from "../compute/memory.js";
import { watched } from "../compute/progress.js";
import { savedLine } from "../compute/volume-schema.js";
import { formatBytes } from "../core/display.js";
import type { DType } from "../core/dtype.js";
import { LimitExceeded } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import { EXPORTED, SAVED_ATTRIBUTE } from "./ilastik.js";

const TYPES: Readonly<Record<DType, string>> = {
  uint8: "<B",
  int8: "<b",
  uint16: "<H",
  int16: "<h",
  uint32: "<I",
  int32: "<i",
  float32: "<f",
};
/** The library holds array and file in a memory of at most 4 GiB. */
const MOST_BYTES = 2 ** 30;
/** vigra's flags: 1 channels, 2 space. */
const AXES = JSON.stringify({
  axes: [..."zyxc"].map((key) => ({ key, typeFlags: key === "c" ? 1 : 2, resolution: 0, description: "" })),
});

/** @throws LimitExceeded if it is larger than the library can hold */
export async function writeHdf5(
  volume: Volume,
  path: string,
  options: Pick<RunOptions, "signal" | "onProgress">,
  files: SaveFileSystem,
): Promise<void> {
  const { bytes, shape, role, dtype } = volume;
  if (bytes > MOST_BYTES)
    throw new LimitExceeded(
      `save: HDF5 files are written up to ${formatBytes(MOST_BYTES)}, these voxels are ${formatBytes(bytes)}; save them as .arrow or .tif`,
      bytes,
      MOST_BYTES,
    );
  const shown = role === "labels" ? "random-colortable" : role === "mask" ? "binary-mask" : "grayscale";
  const attributes = { axistags: AXES, display_mode: shown, [SAVED_ATTRIBUTE]: savedLine(volume) };
  const claim = await machine.claim("save", 4 * bytes);
  try {
    await watched("save", 1, options, async ({ signal, step }) => {
      const thread = startIsolated(new URL("./ilastik-write.js", import.meta.url), { what: `writing ${path}`, signal });
      try {
        const voxels = await volume.read();
        const request = { voxels, shape: [...shape, 1], name: EXPORTED, type: TYPES[dtype], attributes };
        const file = await thread.call<Uint8Array>("hdfBytes", request);
        signal.throwIfAborted();
        await writeAtomically(path, files, (append) => append(file));
      } finally {
        await thread.end();
      }
      step();
    });
  } finally {
    claim.drop();
  }
}
