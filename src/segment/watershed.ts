import { type FloodTask, floodBytes } from "../compute/kernels/flood.js";
import { outlineOf, plannedWhole, type WholePass } from "../compute/planned.js";
import { checkMask, checkVolume } from "../compute/run.js";
import { checkResult } from "../compute/whole.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, UnsupportedFeature } from "../core/errors.js";
import { checkChoice, checkNumber, checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import { sameShape } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkConnectivity } from "../morphology/find-components.js";
import { floodWhole } from "./flood-whole.js";
import { watershedByBlocks } from "./watershed-blocks.js";

/** Options of {@link watershed}. */
export interface WatershedOptions extends Omit<RunOptions, "region"> {
  /** Only voxels where this mask is not 0 are flooded; the others get 0, and markers on them do not count. Default: all. */
  mask?: Volume;
  /** `low`: flooding begins with the lowest values, as of a gradient. `high`: with the highest, as of distances. Default `low`. */
  from?: "low" | "high";
  /** Neighbours of a voxel: 6, 18 or 26. Default 6. */
  connectivity?: 6 | 18 | 26;
  /** Regions are parted by voxels of label 0, over which no flood goes. Default false. */
  lines?: boolean;
  /** Grey values that a voxel of distance from the marker costs: the larger, the rounder are regions. Default 0. */
  compactness?: number;
  /**
   * Floods block by block, for volumes that do not fit into memory: near the seams of blocks labels may be others than the
   * exact ones. Default false.
   */
  approximate?: boolean;
  /** Voxels along the edge of a block, from 16 to 512; only with `approximate`. Default 192. */
  block?: number;
  /** Voxels by which the flood of a block begins outside of it, from 0 to 128; only with `approximate`. Default 32. */
  overlap?: number;
}

const OPTIONS = [
  "mask",
  "from",
  "connectivity",
  "lines",
  "compactness",
  "approximate",
  "block",
  "overlap",
  "signal",
  "onProgress",
  "memoryLimit",
  "workers",
  "to",
] as const;

/**
 * Watershed by markers: an image is flooded from labelled places, and where floods meet is the border of two regions. On a
 * gradient borders come to lie on edges, on a distance transform (`from: "high"`) on the necks between touching particles.
 * The order is exact: lower values first, of equal ones who was reached first (Meyer's), of markers those of lower index; a
 * voxel lower than what lies before it is flooded with that. NaN is not flooded.
 * Same result for any brick shape. Cost O(n), with `lines` or `compactness` O(n log n), on one thread; memory up to 20 bytes a
 * voxel, then 36, besides the result: the whole volume has to fit, up to about 590 voxels along each edge.
 *
 * `approximate` floods each block by itself, `overlap` voxels farther than it reaches, by all threads and for volumes of any
 * size. Labels are exact where no region, and no way of its flood, leaves the block with its overlap; where no marker is in
 * there they are 0. The same is done with blocks of ¾ the edge, whose seams lie elsewhere and whose overlap is wider by an
 * eighth of it: the share of voxels that get another label is `seamError` in the provenance of the result. Take the overlap as
 * wide as the largest region. Cost about eight times that of the exact one, on all threads; memory per worker 25 bytes (with
 * lines or compactness 41) for each voxel of a block with its overlap, and three labels volumes. Same result for any brick shape
 * and number of workers.
 * @param image any voxel type, any shape
 * @param markers whole numbers of the same shape: 0 where there is no marker, else the label that its region gets
 * @returns new labels volume (uint32, without a phase table) of the same shape and voxel size: 0 where nothing flooded, on
 * lines and outside the mask
 * @throws InvalidArgument if markers are negative or have another shape
 * @throws MissingData if no marker lies in the mask
 * @throws LimitExceeded if the volume (a block with its overlap) does not fit into memory, or into the 4 GiB that a thread can
 * address
 * @see F. Meyer, Color image segmentation (1992); P. Neubert & P. Protzel (2014), doi:10.1109/ICPR.2014.181 (compactness);
 * equal to skimage.segmentation.watershed, but for `lines`, behind which its floods go on, and the order of markers of
 * equal value, which its heap decides
 */
export async function watershed(image: Volume, markers: Volume, options: WatershedOptions = {}): Promise<Volume> {
  checkVolume("watershed", image);
  checkVolume("watershed", markers);
  checkOptions("watershed", options, OPTIONS);
  const {
    mask,
    from = "low",
    connectivity = 6,
    lines = false,
    compactness = 0,
    approximate = false,
    ...given
  } = options;
  const { block, overlap, ...rest } = given;
  checkChoice("from", from, ["low", "high"]);
  checkConnectivity("watershed", connectivity);
  checkChoiceOfFlag("lines", lines);
  checkNumber("compactness (grey values per voxel)", compactness, 0, Number.MAX_VALUE);
  checkChoiceOfFlag("approximate", approximate);
  if (rest.workers !== undefined) checkNumber("workers", rest.workers, 1, 64, true);
  for (const [name, value] of Object.entries({ block, overlap }))
    if (value !== undefined && !approximate)
      throw new InvalidArgument(
        `watershed: ${name} is ${value}, but without approximate there are no blocks; leave it out`,
      );
  if (!DTYPES[markers.dtype].integer)
    throw new UnsupportedFeature(`watershed: markers are whole numbers, these voxels are ${markers.dtype}`);
  if (!sameShape(markers.shape, image.shape))
    throw new InvalidArgument(
      `watershed: markers has the shape ${markers.shape.join(" × ")}, the image ${image.shape.join(" × ")}; they must be the same`,
    );
  checkMask(mask, image);
  const flood = { connectivity, fromHigh: from === "high", lines, compactness };
  if (approximate) return inBlocks(image, markers, mask, { from, ...flood }, options);
  const provenance = trace("watershed", { from, connectivity, lines, compactness }, { image, markers, mask });
  return floodWhole({ image, markers, mask }, { ...flood, wall: false }, provenance, rest);
}

/** @param how with the word that was given for the order */
async function inBlocks(
  image: Volume,
  markers: Volume,
  mask: Volume | undefined,
  { from, ...flood }: FloodTask & { readonly from: string },
  options: WatershedOptions,
): Promise<Volume> {
  const { block = 192, overlap = 32, to, signal, onProgress, memoryLimit, workers } = options;
  checkNumber("block (voxels)", block, 16, 512, true);
  checkNumber("overlap (voxels)", overlap, 0, 128, true);
  const { connectivity, lines, compactness } = flood;
  const named = { from, connectivity, lines, compactness, approximate: true, block, overlap };
  const provenance = trace("watershed", named, { image, markers, mask });
  const blockVoxels = image.shape.reduce((product, n) => product * (Math.min(n, block) + 2 * overlap), 1);
  const pass: WholePass = {
    caller: "watershed",
    outline: { ...outlineOf(image), dtype: "uint32", role: "labels", phases: undefined, provenance },
    why: "it floods block by block",
    parts: 1,
    workers: 1,
    sharedBytes: 0,
    threadBytes: blockVoxels * floodBytes(flood),
    seconds: 5e-7 * image.voxels,
  };
  const planned = plannedWhole(image, pass, options);
  if (planned !== undefined) return planned;
  if (to !== undefined) await checkResult(to, image);
  const given = Object.entries({ to, signal, onProgress, memoryLimit, workers });
  const rest = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  return watershedByBlocks({ image, markers, mask, block, overlap, flood, named }, rest);
}

function checkChoiceOfFlag(name: string, value: unknown): void {
  if (typeof value !== "boolean")
    throw new InvalidArgument(`${name} is ${JSON.stringify(value)}; allowed are true and false`);
}
