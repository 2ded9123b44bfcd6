import { checkVolume } from "../compute/run.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, LimitExceeded, MissingData } from "../core/errors.js";
import type { Mesh } from "../core/mesh.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { labelOf, PALETTE } from "../core/phases.js";
import type { Shape, Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { soften, surfaceNets } from "./surface-nets.js";

/** Options of {@link labelSurface}. */
export interface LabelSurfaceOptions {
  /** Which label, by its name or number. */
  label: string | number;
  /** Voxels along the edge of a block that is taken as one; a block counts by its share of the label. Default: the least for which at most 2²⁵ blocks remain. */
  step?: number;
  /** How often the steps of voxels are softened, 0 to 8; each time what is thin or small grows smaller. Default 1 of single voxels, 0 of larger blocks, whose shares are smooth already. */
  smoothing?: number;
  signal?: AbortSignal;
}

/** The surface of a label; lengths are voxels along x, y, z, 0 at the outer face of the first one. */
export interface LabelSurface extends Mesh {
  readonly label: number;
  readonly step: number;
}

/** Blocks of a field in memory, four bytes each. */
const MOST_BLOCKS = 2 ** 25;
/** Blocks around the volume, so that the surface closes at its faces. */
const MARGIN = 2;
/** Voxels that are read at once. */
const READ = 2 ** 24;

const blocksOf = (shape: Shape, step: number): Shape =>
  shape.map((n) => Math.ceil(n / step) + 2 * MARGIN) as unknown as Shape;

/** The share of each block that has the label. */
async function shares(
  labels: Volume,
  label: number,
  step: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const [depth, rows, columns] = labels.shape;
  const [, high, wide] = blocksOf(labels.shape, step);
  const field = new Float32Array(blocksOf(labels.shape, step).reduce((a, b) => a * b));
  // Whole bricks at a time: each is read once.
  const brick = labels.grid.brick[0];
  const planes = Math.max(1, Math.floor(READ / (rows * columns) / brick)) * brick;
  const worth = 1 / step ** 3;
  const column = Uint32Array.from({ length: columns }, (_, x) => Math.floor(x / step) + MARGIN);
  for (let from = 0; from < depth; from += planes) {
    signal?.throwIfAborted();
    const to = Math.min(depth, from + planes);
    const voxels = await labels.read({ start: [from, 0, 0], stop: [to, rows, columns] });
    for (let z = from, at = 0; z < to; z++)
      for (let y = 0; y < rows; y++) {
        const line = ((Math.floor(z / step) + MARGIN) * high + Math.floor(y / step) + MARGIN) * wide;
        for (let x = 0; x < columns; x++, at++) if (voxels[at] === label) field[line + column[x]!]! += worth;
      }
  }
  return field;
}

/**
 * The closed surface around all voxels of a label, as triangles that share their corners: for pictures, for printing and for other
 * programs (see {@link saveSurface}). Where the label reaches a face of the volume the surface closes there. It is drawn where a block
 * is half full, by surface nets; of a ball of 20 voxels' radius area and volume are right to 2 %. For areas to be reported take
 * `surfaceArea`, which has no such softening.
 * Cost O(n); memory four bytes a block, and the voxels of some planes.
 * @param labels a labels or mask volume of whole numbers
 * @throws InvalidArgument if there is no such label, or an option is out of range; MissingData if no voxel has it;
 * LimitExceeded if the blocks do not fit
 * @see Gibson 1998, doi:10.1007/BFb0056277
 */
export async function labelSurface(labels: Volume, options: LabelSurfaceOptions): Promise<LabelSurface> {
  checkVolume("labelSurface", labels);
  checkOptions("labelSurface", options, ["label", "step", "smoothing", "signal"]);
  if (!DTYPES[labels.dtype].integer)
    throw new InvalidArgument(`labelSurface takes whole labels, these are ${labels.dtype}`);
  const label = labelOf("labelSurface", options.label, labels.phases);
  const { step = leastStep(labels.shape), smoothing = step === 1 ? 1 : 0, signal } = options;
  checkNumber("step", step, 1, 256, true);
  checkNumber("smoothing", smoothing, 0, 8, true);
  const blocks = blocksOf(labels.shape, step);
  const count = blocks.reduce((a, b) => a * b);
  if (count > 4 * MOST_BLOCKS)
    throw new LimitExceeded(
      `labelSurface: ${blocks.join(" × ")} blocks need ${Math.round((4 * count) / 2 ** 20)} MiB; allowed are 512. Give a step of at least ${leastStep(labels.shape)}`,
      4 * count,
      16 * MOST_BLOCKS,
    );
  const field = await shares(labels, label, step, signal);
  for (let k = 0; k < smoothing; k++) soften(field, blocks);
  const { positions, corners } = surfaceNets(field, blocks as Triple);
  if (corners.length === 0)
    throw new MissingData(
      `labelSurface: label ${label} has no surface: no voxel has it, or it is nowhere thicker than ${step === 1 ? "a voxel" : `${step} voxels`}; with less smoothing or a smaller step more of it is left`,
    );
  for (let k = 0; k < positions.length; k++) positions[k] = (positions[k]! - MARGIN + 0.5) * step;
  const phase = labels.phases?.find((one) => one.label === label);
  const { name = `label ${label}`, colour = PALETTE[Math.abs(label - 1) % PALETTE.length]! } = phase ?? {};
  return { label, name, colour, step, positions, corners };
}

/** The least step for which the blocks are few enough. */
export function leastStep(shape: Shape, most = MOST_BLOCKS): number {
  let step = 1;
  while (blocksOf(shape, step).reduce((a, b) => a * b) > most) step++;
  return step;
}
