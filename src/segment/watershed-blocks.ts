/** The watershed by blocks: for volumes that do not fit into memory, with the error of its seams. */
import { unequal } from "../compute/operations/contour.js";
import { blockBytes, blockedMarkers, type FloodBlockParameters, floodBlock } from "../compute/operations/flood.js";
import { copy } from "../compute/operations.js";
import { outlineOf } from "../compute/planned.js";
import { reduce, run } from "../compute/run.js";
import { formatBytes } from "../core/display.js";
import { InvalidArgument, LimitExceeded, MissingData } from "../core/errors.js";
import { trace } from "../core/provenance.js";
import type { Triple } from "../core/shape.js";
import { Volume } from "../core/volume.js";
import type { Between } from "./field-start.js";

/** What wasm can address, and labels below those that mean something else. */
const MOST_BYTES = 2 ** 32 - 2 ** 24;
const MOST_LABEL = 2 ** 31 - 2;

export interface BlockedWatershed {
  readonly image: Volume;
  readonly markers: Volume;
  readonly mask: Volume | undefined;
  /** Voxels along the edge of a block, and by which the flood begins outside of it. */
  readonly block: number;
  readonly overlap: number;
  readonly flood: Omit<FloodBlockParameters, "shape" | "overlap">;
  /** What provenance tells beside. */
  readonly named: object;
}

/** Floods each block by itself, and a second time with seams at other places: the share of voxels whose label differs is told. */
export async function watershedByBlocks(
  { image, markers, mask, block, overlap, flood, named }: BlockedWatershed,
  { to, ...between }: Between & { to?: string },
): Promise<Volume> {
  const caller = "watershed";
  const [low, high] = markers.range;
  if (low < 0 || high > MOST_LABEL)
    throw new InvalidArgument(
      `${caller}: a marker is ${low < 0 ? low : high}; allowed are whole numbers from 0 to ${MOST_LABEL}`,
    );
  if (!(high > 0))
    throw new MissingData(`${caller}: no marker lies in the mask and on a number; nothing would be flooded`);
  const inputs = { image, markers, mask };
  const parameters = { ...flood, shape: image.shape as Triple, overlap };
  const blockOf = (edge: number): Triple => image.shape.map((n) => Math.min(n, edge)) as unknown as Triple;
  const bytes = blockBytes(blockOf(block), image.dtype, parameters);
  if (bytes > MOST_BYTES)
    throw new LimitExceeded(
      `${caller}: a block of ${block} voxels with an overlap of ${overlap} needs ${formatBytes(bytes)}, more than a thread can address (${formatBytes(MOST_BYTES)}); take smaller ones`,
      bytes,
      MOST_BYTES,
    );
  const facts = { provenance: trace(caller, named, inputs), role: "labels", phases: null } as const;
  const { shape, spacing, origin, direction, grid } = image;
  const frame = { shape, spacing, origin, direction };
  const within = mask === undefined ? between : { ...between, mask };
  const blocked = await run(blockedMarkers, markers, {}, within, facts);
  const made: Volume[] = [blocked];
  const flooded = async (edge: number, overlap: number): Promise<Volume> => {
    const placed = { ...facts, frame: { ...frame, brick: blockOf(edge) } };
    made.push(await run(floodBlock, image, { ...parameters, overlap }, { ...between, besides: [blocked] }, placed));
    return made.at(-1)!;
  };
  try {
    const labels = await flooded(block, overlap);
    // Back on the image's bricks: records of another grid cannot be compared.
    const usual = { ...facts, frame: { ...frame, brick: grid.brick } };
    // Smaller blocks that look farther beyond, in the same memory: their seams lie elsewhere, and err less.
    const farther = Math.floor(block / 8);
    const other = await flooded(block - 2 * farther, overlap + farther);
    const differing = await reduce(unequal, labels, {}, { ...between, besides: [other] });
    if (labels.range[1] === 0)
      throw new MissingData(`${caller}: no marker lies in the mask and on a number; nothing would be flooded`);
    const provenance = trace(caller, { ...named, seamError: differing / image.voxels }, inputs);
    const result = await run(
      copy,
      labels,
      {},
      { ...between, ...(to !== undefined && { to }) },
      { ...usual, provenance },
    );
    return new Volume({ ...outlineOf(result), store: result.store, truth: image.truth });
  } finally {
    for (const one of made) one.store.release();
  }
}
