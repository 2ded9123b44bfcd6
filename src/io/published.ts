import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import { basename, join } from "node:path";
import { disk, writeAtomically } from "../compute/atomic.js";
import { bytesOf } from "../compute/brick-table.js";
import { watched } from "../compute/progress.js";
import { formatBytes } from "../core/display.js";
import { InvalidArgument, isVoxbookError, MalformedFile, MissingData } from "../core/errors.js";
import { checkOptions, type RunOptions, suggestion } from "../core/options.js";
import { PALETTE, type Phase } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import { sameShape } from "../core/shape.js";
import { Volume } from "../core/volume.js";
import { download } from "./download.js";
import { open } from "./open.js";
import { PUBLISHED, type PublishedVolume } from "./published-volumes.js";

/** Options of {@link published}. */
export type PublishedOptions = Pick<RunOptions, "signal" | "onProgress" | "memoryLimit">;

/** Where volumes are looked for; tests pass their own. */
export interface PublishedMeans {
  readonly volumes: Readonly<Record<string, PublishedVolume>>;
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

const usual = (): PublishedMeans => ({
  volumes: PUBLISHED,
  base: "https://raw.githubusercontent.com",
  data: process.env.VOXBOOK_DATA,
  cache: cacheFolder(),
  deadline: 30_000,
});

/**
 * A real, published volume by its name: `nmc-electrode` (256³ labels: pore, NMC, CBD), `nmc-slice` (853 × 846 grey),
 * `fiberform` (100³ grey), `cell-can` (100 × 728 × 728 grey), `jellyroll-a` and `jellyroll-b` (576 × 576, 16 bits),
 * `sphere-pack` (100³ mask).
 *
 * It is looked for in the folder that `VOXBOOK_DATA` names, then among earlier downloads (in `VOXBOOK_CACHE`, else
 * `~/.cache/voxbook`), then downloaded from the commit of the GitHub repository that published it; the progress bar shows
 * size and licence. Wherever it comes from, the sha256 of its voxels must be the one in the registry. Voxel size, role and
 * phases are set; repository, commit and licence stand in the provenance.
 * @throws InvalidArgument for an unknown name; MissingData if it is nowhere and cannot be downloaded; MalformedFile if the
 * checksum is wrong (a download is then not kept)
 */
export async function published(
  name: string,
  options: PublishedOptions = {},
  means: Partial<PublishedMeans> = {},
): Promise<Volume> {
  checkOptions("published", options, ["signal", "onProgress", "memoryLimit"]);
  const all = { ...usual(), ...means };
  const names = Object.keys(all.volumes);
  const volume = Object.hasOwn(all.volumes, String(name)) ? all.volumes[name] : undefined;
  if (volume === undefined)
    throw new InvalidArgument(
      `there is no published volume ${JSON.stringify(name)}${suggestion(String(name), names)} (known are ${names.join(", ")})`,
    );
  options.signal?.throwIfAborted();
  const { memoryLimit, signal } = options;
  const quiet = { ...(memoryLimit !== undefined && { memoryLimit }), ...(signal && { signal }) };
  const local = all.data === undefined ? undefined : join(all.data, volume.local);
  if (local !== undefined && fs.existsSync(local)) return verified(name, volume, [local], quiet);

  const cached = join(all.cache, `${name}-${volume.commit.slice(0, 12)}`);
  const files = filesIn(cached, volume);
  if (files.every((file) => fs.existsSync(file))) {
    try {
      return await verified(name, volume, files, quiet);
    } catch (error) {
      // A download that was damaged since is made again.
      if (!isVoxbookError(error, "MalformedFile", "UnsupportedFeature")) throw error;
    }
  }
  const partial = `${cached}.partial-${randomBytes(6).toString("hex")}`;
  try {
    fs.mkdirSync(partial, { recursive: true });
    await fetchAll(name, volume, partial, all, options);
    // Checked before it gets its name: nothing wrong is ever kept.
    (await verified(name, volume, filesIn(partial, volume), quiet)).store.release();
    fs.rmSync(cached, { recursive: true, force: true });
    fs.renameSync(partial, cached);
  } catch (error) {
    throw explained(error, name, volume, all, local);
  } finally {
    fs.rmSync(partial, { recursive: true, force: true });
  }
  return verified(name, volume, files, quiet);
}

/** Names of the downloaded files: numbered, for names in a repository may repeat in its folders. */
const filesIn = (folder: string, volume: PublishedVolume): string[] =>
  volume.paths.map((path, k) => join(folder, `${String(k + 1).padStart(4, "0")}-${basename(path)}`));

const MEBIBYTE = 2 ** 20;

async function fetchAll(
  name: string,
  volume: PublishedVolume,
  folder: string,
  means: PublishedMeans,
  options: PublishedOptions,
): Promise<void> {
  const total = volume.fileBytes * volume.paths.length;
  const parts = Math.max(1, Math.floor(total / MEBIBYTE));
  const files = filesIn(folder, volume);
  const operation = `download of ${name} (${formatBytes(total)}, licence ${volume.licence})`;
  await watched(operation, parts, options, async ({ signal, step }) => {
    let bytes = 0;
    let told = 0;
    const received = (more: number): void => {
      bytes += more;
      for (; told < parts && bytes >= Math.min(total, (told + 1) * MEBIBYTE); told++) step();
    };
    for (const [k, path] of volume.paths.entries()) {
      const encoded = path.split("/").map(encodeURIComponent).join("/");
      const address = `${means.base}/${volume.repository}/${volume.commit}/${encoded}`;
      await writeAtomically(files[k]!, disk, (append) =>
        download(address, { most: volume.fileBytes, signal, deadline: means.deadline, received }, append),
      );
    }
  });
}

/** Opens the files and compares the voxels with the registry. */
async function verified(
  name: string,
  volume: PublishedVolume,
  files: readonly string[],
  options: PublishedOptions,
): Promise<Volume> {
  const opened = await open(files.length === 1 ? files[0]! : files, options);
  try {
    const wrong = (what: string): MalformedFile =>
      new MalformedFile(
        `${basename(files[0]!)} is not the published volume ${name}: ${what}. It was changed or is damaged; remove it, then it is downloaded anew`,
      );
    if (!sameShape(opened.shape, volume.shape) || opened.dtype !== volume.dtype)
      throw wrong(
        `it has ${opened.shape.join(" × ")} ${opened.dtype} voxels instead of ${volume.shape.join(" × ")} ${volume.dtype}`,
      );
    const sha256 = await sha256OfVoxels(opened, options.signal);
    if (sha256 !== volume.sha256) throw wrong(`the sha256 of its voxels is ${sha256} instead of ${volume.sha256}`);
    const { repository, commit, licence, paths } = volume;
    const source = { name, title: volume.title, repository, commit, licence, files: paths.length };
    return new Volume({
      ...opened,
      brick: opened.grid.brick,
      role: volume.role,
      spacing: volume.spacing,
      phases: phasesOf(volume),
      provenance: trace("samples.published", source, {}, sha256),
    });
  } catch (error) {
    opened.store.release();
    throw error;
  }
}

function phasesOf(volume: PublishedVolume): Phase[] | undefined {
  if (volume.phases === undefined) return undefined;
  return Object.entries(volume.phases).map(([label, name], k) => ({ label: Number(label), name, colour: PALETTE[k]! }));
}

/** sha256 of the voxels in C order. */
async function sha256OfVoxels(volume: Volume, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash("sha256");
  const [depth, height, width] = volume.shape;
  const together = volume.grid.brick[0];
  for (let z = 0; z < depth; z += together) {
    signal?.throwIfAborted();
    const stop = Math.min(depth, z + together);
    hash.update(bytesOf(await volume.read({ start: [z, 0, 0], stop: [stop, height, width] })));
  }
  return hash.digest("hex");
}

/** Tells where the volume was looked for and what to do. */
function explained(
  error: unknown,
  name: string,
  volume: PublishedVolume,
  means: PublishedMeans,
  local: string | undefined,
): unknown {
  if (!isVoxbookError(error, "MissingData")) return error;
  const looked = [
    local === undefined ? "VOXBOOK_DATA names no folder" : `there is no ${local}`,
    `it is not among the downloads in ${means.cache}`,
    error.message,
  ];
  const told = new MissingData(
    `the published volume ${name} was not found: ${looked.join("; ")}. Connect to the network, or download ${volume.paths.length === 1 ? volume.paths[0] : `${volume.paths.length} files`} of https://github.com/${volume.repository} elsewhere and open that`,
  );
  told.cause = error;
  return told;
}
