import { extname } from "node:path";
import { formatBytes } from "../core/display.js";
import { InvalidArgument, LimitExceeded } from "../core/errors.js";
import { FileBytes } from "../io/bytes.js";
import type { PoreNetwork } from "./network.js";
import { networkOfArrow } from "./network-arrow.js";
import { networkOfJson } from "./network-json.js";

/** JSON is held in memory as one text. */
const MOST_BYTES = 2 ** 28;

/**
 * Opens a pore network that {@link saveNetwork} wrote: a `.json` file, or the two `.arrow` files of a name, by the name that they were
 * saved under or that of either of them.
 * @throws MissingData if there is no such file; UnsupportedFeature if it is no network, or one of another version; MalformedFile if its
 * numbers contradict each other; LimitExceeded for JSON of more than 256 MiB
 */
export async function openNetwork(path: string): Promise<PoreNetwork> {
  const suffix = typeof path === "string" ? extname(path).toLowerCase() : "";
  if (suffix === ".arrow") return networkOfArrow(path);
  if (suffix !== ".json")
    throw new InvalidArgument(
      `openNetwork takes the path of a .json file or of .arrow files, as saveNetwork(…) writes them, got ${String(path)}`,
    );
  const bytes = await FileBytes.open(path);
  try {
    const { name, size } = bytes;
    if (size > MOST_BYTES)
      throw new LimitExceeded(
        `${name} has ${formatBytes(size)}; networks of up to ${formatBytes(MOST_BYTES)} are read from JSON. Save it as .arrow`,
        size,
        MOST_BYTES,
      );
    return networkOfJson(new TextDecoder().decode(await bytes.read(0, size)), name);
  } finally {
    bytes.close();
  }
}
