/** sha256 of input files, as it stands in the provenance. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";

/** sha256 of a file of any size, in hexadecimal digits. */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20, ...(signal && { signal }) }))
    hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

/**
 * sha256 of several files: of the list `name NUL digest newline`, sorted by name. For one file that file's own sha256.
 */
export async function sha256OfFiles(paths: readonly string[], signal?: AbortSignal): Promise<string> {
  if (paths.length === 1) return sha256OfFile(paths[0]!, signal);
  const lines: string[] = [];
  for (const path of paths) lines.push(`${basename(path)}\0${await sha256OfFile(path, signal)}\n`);
  return createHash("sha256").update(lines.sort().join("")).digest("hex");
}
