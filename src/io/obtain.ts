/** Where published files are: in a folder of data, among earlier downloads, or where they were published. */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import { basename, join } from "node:path";
import { disk, writeAtomically } from "../compute/atomic.js";
import { watched } from "../compute/progress.js";
import { formatBytes } from "../core/display.js";
import { isVoxbookError, MissingData } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import { download } from "./download.js";
import type { PublishedFiles } from "./published-volumes.js";

/** Options of `published` and `publishedProjections`. */
export type PublishedOptions = Pick<RunOptions, "signal" | "onProgress" | "memoryLimit">;

/** Where files are looked for; tests pass their own. */
export interface Means {
  /** Address before `/owner/name/commit/path`. */
  readonly base: string;
  /** Folder of data, if there is one. */
  readonly data: string | undefined;
  readonly cache: string;
  /** Milliseconds without a byte after which a download is given up. */
  readonly deadline: number;
}

/** The folder for downloads: `VOXBOOK_CACHE`, else `voxbook` in the user's folder for caches. */
function cacheFolder(): string {
  const home = process.env.XDG_CACHE_HOME ?? join(os.homedir(), ".cache");
  return process.env.VOXBOOK_CACHE ?? join(home, "voxbook");
}

export const usualMeans = (): Means => ({
  base: "https://raw.githubusercontent.com",
  data: process.env.VOXBOOK_DATA,
  cache: cacheFolder(),
  deadline: 30_000,
});

/** How files become what was asked for. */
export interface Opening<T> {
  /** Opens the files and throws MalformedFile if they are not those that were published. */
  open(files: readonly string[], options: Omit<PublishedOptions, "onProgress">): Promise<T>;
  close(opened: T): void;
}

/** Opens published files, wherever they are; downloads what is nowhere. */
export async function obtain<T>(
  name: string,
  entry: PublishedFiles,
  options: PublishedOptions,
  means: Means,
  opening: Opening<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  const { memoryLimit, signal } = options;
  const quiet = { ...(memoryLimit !== undefined && { memoryLimit }), ...(signal && { signal }) };
  const local = means.data === undefined ? undefined : join(means.data, entry.local);
  if (local !== undefined && fs.existsSync(local)) return opening.open([local], quiet);

  const cached = join(means.cache, `${name}-${entry.commit.slice(0, 12)}`);
  const files = filesIn(cached, entry);
  if (files.every((file) => fs.existsSync(file))) {
    try {
      return await opening.open(files, quiet);
    } catch (error) {
      // A download that was damaged since is made again.
      if (!isVoxbookError(error, "MalformedFile", "UnsupportedFeature")) throw error;
    }
  }
  const partial = `${cached}.partial-${randomBytes(6).toString("hex")}`;
  try {
    fs.mkdirSync(partial, { recursive: true });
    await fetchAll(name, entry, partial, means, options);
    // Checked before it gets its name: nothing wrong is ever kept.
    opening.close(await opening.open(filesIn(partial, entry), quiet));
    fs.rmSync(cached, { recursive: true, force: true });
    fs.renameSync(partial, cached);
  } catch (error) {
    throw explained(error, name, entry, means, local);
  } finally {
    fs.rmSync(partial, { recursive: true, force: true });
  }
  return opening.open(files, quiet);
}

/** Names of the downloaded files: numbered, for names in a repository may repeat in its folders. */
const filesIn = (folder: string, entry: PublishedFiles): string[] =>
  entry.paths.map((path, k) => join(folder, `${String(k + 1).padStart(4, "0")}-${basename(path)}`));

const MEBIBYTE = 2 ** 20;

async function fetchAll(
  name: string,
  entry: PublishedFiles,
  folder: string,
  means: Means,
  options: PublishedOptions,
): Promise<void> {
  const total = entry.fileBytes * entry.paths.length;
  const parts = Math.max(1, Math.floor(total / MEBIBYTE));
  const files = filesIn(folder, entry);
  const operation = `download of ${name} (${formatBytes(total)}, licence ${entry.licence})`;
  await watched(operation, parts, options, async ({ signal, step }) => {
    let bytes = 0;
    let told = 0;
    const received = (more: number): void => {
      bytes += more;
      for (; told < parts && bytes >= Math.min(total, (told + 1) * MEBIBYTE); told++) step();
    };
    for (const [k, path] of entry.paths.entries()) {
      const encoded = path.split("/").map(encodeURIComponent).join("/");
      const address = `${means.base}/${entry.repository}/${entry.commit}/${encoded}`;
      await writeAtomically(files[k]!, disk, (append) =>
        download(address, { most: entry.fileBytes, signal, deadline: means.deadline, received }, append),
      );
    }
  });
}

/** Tells where the files were looked for and what to do. */
function explained(
  error: unknown,
  name: string,
  entry: PublishedFiles,
  means: Means,
  local: string | undefined,
): unknown {
  if (!isVoxbookError(error, "MissingData")) return error;
  const looked = [
    local === undefined ? "VOXBOOK_DATA names no folder" : `there is no ${local}`,
    `it is not among the downloads in ${means.cache}`,
    error.message,
  ];
  const told = new MissingData(
    `the published ${name} was not found: ${looked.join("; ")}. Connect to the network, or download ${entry.paths.length === 1 ? entry.paths[0] : `${entry.paths.length} files`} of https://github.com/${entry.repository} elsewhere and open that`,
  );
  told.cause = error;
  return told;
}
