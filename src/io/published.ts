import { createHash } from "node:crypto";
import { basename } from "node:path";
import { bytesOf } from "../compute/brick-table.js";
import { InvalidArgument, MalformedFile } from "../core/errors.js";
import { checkOptions, suggestion } from "../core/options.js";
import { PALETTE, type Phase } from "../core/phases.js";
import type { ProjectionScan } from "../core/projection-scan.js";
import { trace } from "../core/provenance.js";
import { sameShape } from "../core/shape.js";
import { Volume } from "../core/volume.js";
import { sha256OfFile } from "./checksum.js";
import { openProjections } from "./data-exchange.js";
import { type Means, obtain, type PublishedOptions, usualMeans } from "./obtain.js";
import { open } from "./open.js";
import { PUBLISHED, PUBLISHED_SCANS, type PublishedScan, type PublishedVolume } from "./published-volumes.js";

export type { PublishedOptions } from "./obtain.js";

/** Where volumes are looked for; tests pass their own. */
export interface PublishedMeans extends Means {
  readonly volumes: Readonly<Record<string, PublishedVolume>>;
  readonly scans: Readonly<Record<string, PublishedScan>>;
}

/**
 * A real, published volume by its name: `nmc-electrode` (256³ labels: pore, NMC, CBD), `nmc-two-phase` (128³ labels: pore, NMC),
 * `nmc-slice` (853 × 846 grey),
 * `fiberform` (100³ grey), `cell-can` (100 × 728 × 728 grey), `jellyroll-a` and `jellyroll-b` (576 × 576, 16 bits),
 * `sphere-pack` (100³ mask), `neutron-sinogram` (459 × 503, 16 bits: a whole turn with stripes; see `fromSinograms`).
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
  checkOptions("published", options, OPTIONS);
  const all = { ...usualMeans(), volumes: PUBLISHED, ...means };
  const volume = known("volume", name, all.volumes);
  return obtain(name, volume, options, all, {
    open: (files, quiet) => verified(name, volume, files, quiet),
    close: (opened) => opened.store.release(),
  });
}

const OPTIONS = ["signal", "onProgress", "memoryLimit"] as const;

/** The entry of a registry. */
function known<T>(what: string, name: string, registry: Readonly<Record<string, T>>): T {
  if (Object.hasOwn(registry, String(name))) return registry[name]!;
  const names = Object.keys(registry);
  throw new InvalidArgument(
    `there is no published ${what} ${JSON.stringify(name)}${suggestion(String(name), names)} (known are ${names.join(", ")})`,
  );
}

/**
 * The projections of a real, published scan with their flats and darks, as {@link openProjections} gives them: `tooth` (181
 * projections of 2 × 640 pixels, synchrotron; TomoPy's example). Found as by {@link published}; the sha256 of its file must
 * be the one in the registry.
 * @throws as {@link published}
 */
export async function publishedProjections(
  name: string,
  options: PublishedOptions = {},
  means: Partial<PublishedMeans> = {},
): Promise<ProjectionScan> {
  checkOptions("publishedProjections", options, OPTIONS);
  const all = { ...usualMeans(), scans: PUBLISHED_SCANS, ...means };
  const scan = known("scan", name, all.scans);
  return obtain(name, scan, options, all, {
    open: async (files, quiet) => {
      const sha256 = await sha256OfFile(files[0]!, quiet.signal);
      if (sha256 !== scan.sha256) throw changed(files[0]!, name, `its sha256 is ${sha256} instead of ${scan.sha256}`);
      return openProjections(files[0]!, quiet);
    },
    close: ({ projections, flats, darks }) => {
      for (const part of [projections, flats, darks]) part?.store.release();
    },
  });
}

const changed = (file: string, name: string, what: string): MalformedFile =>
  new MalformedFile(
    `${basename(file)} is not the published ${name}: ${what}. It was changed or is damaged; remove it, then it is downloaded anew`,
  );

/** Opens the files and compares the voxels with the registry. */
async function verified(
  name: string,
  volume: PublishedVolume,
  files: readonly string[],
  options: PublishedOptions,
): Promise<Volume> {
  const opened = await open(files.length === 1 ? files[0]! : files, options);
  try {
    const wrong = (what: string): MalformedFile => changed(files[0]!, name, what);
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
