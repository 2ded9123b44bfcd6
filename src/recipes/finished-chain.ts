import { isVoxbookError } from "../core/errors.js";
import type { Volume } from "../core/volume.js";
import { arrowFile } from "../io/arrow-file.js";
import { FileBytes } from "../io/bytes.js";
import { openVolumeFile } from "../io/volume-file.js";

/**
 * The result of a chain that is there already; undefined if there is none, or something else. Only chains with
 * intermediate results need it, which would else be computed again just to see that the end is there.
 */
export async function finishedChain(path: string, chain: string): Promise<Volume | undefined> {
  try {
    const bytes = await FileBytes.open(path);
    try {
      if ((await arrowFile(bytes)).metadata.get("chain") !== chain) return undefined;
    } finally {
      bytes.close();
    }
    return await openVolumeFile(path, {});
  } catch (error) {
    // What lies there is replaced, or refused, when the result is written.
    if (isVoxbookError(error)) return undefined;
    throw error;
  }
}
