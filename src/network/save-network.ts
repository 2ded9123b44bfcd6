import { extname } from "node:path";
import { disk, writeAtomically } from "../compute/atomic.js";
import { InvalidArgument } from "../core/errors.js";
import { checkNetwork, type PoreNetwork } from "./network.js";
import { PARTS, partBytes, partPaths } from "./network-arrow.js";
import { jsonLines } from "./network-json.js";

/** Letters that are joined to a piece. */
const PIECE = 2 ** 16;

/**
 * Saves a pore network; the ending of the name says as what.
 * - `.arrow`: two Arrow files with units and provenance, `NAME.pores.arrow` and `NAME.throats.arrow`, which pyarrow and others read.
 * - `.json`: one file in the JSON Graph Format, which OpenPNM reads: `openpnm.io.network_from_jsongraph("NAME.json")`. Lengths of
 *   nodes and edges are in metres where the voxel size is known, `z` being the first axis of the volume; OpenPNM takes coordinates,
 *   and lengths and diameters of throats. All columns stand in the graph's metadata, under `voxbook`.
 *
 * {@link openNetwork} reads either back, equal in every number. A file is complete or not there.
 * @throws InvalidArgument for other endings; MissingData if the folder is not there; LimitExceeded if the disk is full
 */
export async function saveNetwork(network: PoreNetwork, path: string): Promise<void> {
  checkNetwork("saveNetwork", network);
  const suffix = typeof path === "string" ? extname(path).toLowerCase() : "";
  if (suffix === ".arrow") {
    for (const [k, part] of PARTS.entries())
      await writeAtomically(partPaths(path)[k]!, disk, (append) => append(partBytes(network, part)));
    return;
  }
  if (suffix !== ".json")
    throw new InvalidArgument(`saveNetwork: the name ends in "${suffix}"; a network is saved as .arrow, .json`);
  await writeAtomically(path, disk, async (append) => {
    let piece = "";
    for (const line of jsonLines(network)) {
      piece += line;
      if (piece.length < PIECE) continue;
      await append(new TextEncoder().encode(piece));
      piece = "";
    }
    await append(new TextEncoder().encode(piece));
  });
}
