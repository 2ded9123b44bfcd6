/** Counts of grey value against gradient: phases are blobs near the axis, the edges between them arcs. */
import { release } from "../../../src/compute/memory.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { type Region, regionShape, type Triple, voxelCount, wholeRegion } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import { gradientMagnitude } from "../../../src/filters/gradient-magnitude.js";

/** The gradient takes four bytes a voxel. */
const MOST_VOXELS = 2 ** 27;

export interface JointCounts {
  /** `rows × columns`, a row for each bin of the gradient. */
  readonly counts: Float64Array;
  readonly columns: number;
  readonly rows: number;
  /** Ends of the axis of grey values. */
  readonly low: number;
  readonly high: number;
  /** Far end of the axis of gradients. */
  readonly steepest: number;
}

/**
 * Counts the voxels of a box by grey value and by the size of its gradient (Gaussian derivatives of σ 1 voxel), in bins of equal width.
 * @throws InvalidArgument if the box has more than 2²⁷ voxels
 * @see G. Kindlmann & J. W. Durkin, Semi-automatic generation of transfer functions for direct volume rendering (1998),
 * doi:10.1145/288126.288167
 */
export async function jointCounts(
  volume: Volume,
  region: Region = wholeRegion(volume.shape),
  [columns, rows]: readonly [number, number] = [256, 128],
): Promise<JointCounts> {
  if (voxelCount(regionShape(region)) > MOST_VOXELS)
    throw new InvalidArgument(
      `grey value against gradient is counted of at most ${MOST_VOXELS} voxels; draw a box, or take a plane`,
    );
  const gradient = await gradientMagnitude(volume, { region });
  try {
    const [low, high] = volume.range;
    const steepest = gradient.range[1] || 1;
    const counts = new Float64Array(columns * rows);
    const across = high > low ? columns / (high - low) : 0;
    for (let k = 0; k < gradient.grid.length; k++) {
      const box = gradient.grid.region(k);
      const moved = (at: Triple): Triple => at.map((n, axis) => n + region.start[axis]!) as unknown as Triple;
      const greys = await volume.read({ start: moved(box.start), stop: moved(box.stop) });
      const slopes = await gradient.read(box);
      for (let n = 0; n < greys.length; n++) {
        const column = Math.min(columns - 1, Math.floor((greys[n]! - low) * across));
        const row = Math.min(rows - 1, Math.floor((slopes[n]! / steepest) * rows));
        // NaN is in no bin.
        if (column >= 0 && row >= 0) counts[row * columns + column]!++;
      }
    }
    return { counts, columns, rows, low, high, steepest };
  } finally {
    release(gradient);
  }
}
