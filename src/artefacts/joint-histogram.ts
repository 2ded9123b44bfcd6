/** How grey values are spread over the distance from the axis, or over the slices: one pass, from which all else follows. */
import { watched } from "../compute/progress.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import { eachPlane } from "./plane-wise.js";

/** Counts, and sums of the grey values and of their squares, by distance (or slice) and grey value. */
export interface JointHistogram {
  /** Number of rings; ring k reaches from k·width to (k + 1)·width voxels from the axis. Or number of slices. */
  readonly rings: number;
  readonly width: number;
  /** Bins of grey values: bin b reaches from low + b·step on. */
  readonly bins: number;
  readonly low: number;
  readonly step: number;
  /** `rings × bins` counts. */
  readonly counts: Float64Array;
  /** Of each ring: sum and sum of squares, exact. */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

export interface JointOptions extends Pick<RunOptions, "signal" | "onProgress" | "mask"> {
  readonly centre: readonly [y: number, x: number];
  /** Rings are this wide, in voxels. */
  readonly width: number;
  readonly bins: number;
}

/** Throws unless `mask` fits the volume. */
export function checkMask(mask: Volume | undefined, volume: Volume): void {
  if (mask === undefined) return;
  if (mask?.role !== "mask" || mask.shape.join() !== volume.shape.join())
    throw new InvalidArgument(
      `mask: give a volume with the role mask and the shape ${volume.shape.join(" × ")}, got ${String(mask)}`,
    );
}

/** Counts all voxels of the mask that are numbers. @throws MissingData if there is none */
export async function jointHistogram(caller: string, volume: Volume, options: JointOptions): Promise<JointHistogram> {
  const { centre, width } = options;
  const [, height, columns] = volume.shape;
  const ringOf = new Uint16Array(height * columns);
  let rings = 0;
  for (let y = 0, k = 0; y < height; y++)
    for (let x = 0; x < columns; x++, k++) {
      ringOf[k] = Math.floor(Math.hypot(y - centre[0], x - centre[1]) / width);
      rings = Math.max(rings, ringOf[k]! + 1);
    }
  return counted(caller, volume, options, { rings, width }, (k) => ringOf[k]!);
}

/** The same by slice. */
export const sliceHistogram = (
  caller: string,
  volume: Volume,
  options: Omit<JointOptions, "centre" | "width">,
): Promise<JointHistogram> => counted(caller, volume, options, { rings: volume.shape[0], width: 1 }, (_, z) => z);

async function counted(
  caller: string,
  volume: Volume,
  options: Omit<JointOptions, "centre" | "width">,
  rows: Pick<JointHistogram, "rings" | "width">,
  rowOf: (k: number, z: number) => number,
): Promise<JointHistogram> {
  const { bins, mask } = options;
  const [low, high] = volume.range;
  const step = high > low ? (high - low) / bins : 1;
  const counts = new Float64Array(rows.rings * bins);
  const sums = new Float64Array(rows.rings);
  const squares = new Float64Array(rows.rings);
  let seen = 0;
  await watched(caller, volume.shape[0], options, ({ signal, step: advance }) =>
    eachPlane(volume, signal, async (plane, z) => {
      const inside = mask && (await mask.plane("z", z)).values;
      for (let k = 0; k < plane.length; k++) {
        const value = plane[k]!;
        if (Number.isNaN(value) || inside?.[k] === 0) continue;
        const row = rowOf(k, z);
        counts[row * bins + Math.min(bins - 1, Math.floor((value - low) / step))]!++;
        sums[row]! += value;
        squares[row]! += value * value;
        seen++;
      }
      advance();
    }),
  );
  if (seen === 0) throw new MissingData(`${caller}: no voxel lies inside the mask, or all of them are NaN`);
  return { ...rows, bins, low, step, counts, sums, squares };
}

/** Number of voxels of each ring. */
export function ringCounts({ rings, bins, counts }: JointHistogram): Float64Array {
  return Float64Array.from({ length: rings }, (_, ring) =>
    counts.subarray(ring * bins, (ring + 1) * bins).reduce((a, b) => a + b, 0),
  );
}
