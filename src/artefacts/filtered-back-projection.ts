import { buildVolume, memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import { watched } from "../compute/progress.js";
import { InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import {
  checkProjections,
  limits,
  PROJECTION_RUN_OPTIONS,
  type ProjectionRunOptions,
  radiansOf,
  Sinograms,
} from "./projections.js";
import { RAMP_WINDOWS, type RampWindow } from "./ramp-filter.js";
import type { BackProjectionTask } from "./slice-work.js";
import { spread, threadsFor } from "./threads.js";

/** Options of {@link filteredBackProjection}. */
export interface FilteredBackProjectionOptions extends ProjectionRunOptions {
  /** Detector column of the axis of rotation, such as {@link centreOfRotation} finds. Default: the middle, (columns − 1)/2. */
  centre?: number;
  /**
   * Window over the ramp filter: `ram-lak` (none: sharpest, noisiest), `shepp-logan` or `hann` (smoothest).
   * Default `shepp-logan`.
   */
  filter?: RampWindow;
  /** First and last detector row to reconstruct, the last one exclusive. Default: all. */
  rows?: readonly [first: number, stop: number];
  /** Sets what not all projections see, outside the circle that fits between axis and edge, to 0. Default true. */
  circle?: boolean;
}

/**
 * Filtered back projection of parallel beams: slices from absorbances. The axis of rotation becomes the middle of each
 * slice. A pixel at (y, x) from the middle is seen at column `centre + x·cos θ − y·sin θ`.
 *
 * Angles may cover half a turn or a whole one, evenly or not: each projection counts by the angle to its neighbours (modulo
 * 180°); a gap of more than four usual ones is taken for a missing wedge, not for a wide step.
 * Each slice is computed in one thread: the same bytes for any number of workers and any brick shape. Cost O(angles · n²) a
 * slice, 3 ns each; memory per worker four times a sinogram and a slice. NaN spreads along its row.
 * @param absorbances volume of role projections with angles, −ln of the transmission ({@link absorbance})
 * @returns float32 volume [detector rows, columns, columns] of role intensity: absorbance of one voxel (attenuation
 * coefficient times voxel size); divide by the voxel size in cm for 1/cm
 * @throws InvalidArgument if the centre is outside the detector, or rows are none of it
 * @throws MissingData if the angles are unknown
 * @throws LimitExceeded if the memory limit cannot hold the work of one thread
 * @see A. C. Kak & M. Slaney, Principles of Computerized Tomographic Imaging (1988, again 2001), chapter 3,
 * doi:10.1137/1.9780898719277. Equal to skimage.transform.iradon within 1e-5 of the largest value for ram-lak and 1e-4
 * for shepp-logan, whose window depends on the padding
 * @example const slices = await filteredBackProjection(await absorbance(transmission), { centre: 295.5 });
 */
export async function filteredBackProjection(
  absorbances: Volume,
  options: FilteredBackProjectionOptions = {},
): Promise<Volume> {
  const caller = "filteredBackProjection";
  checkProjections(caller, absorbances);
  checkOptions(caller, options, ["centre", "filter", "rows", "circle", ...PROJECTION_RUN_OPTIONS]);
  const [count, height, columns] = absorbances.shape;
  const { centre = (columns - 1) / 2, filter = "shepp-logan", rows = [0, height], circle = true } = options;
  checkNumber("centre (columns)", centre, 0, columns - 1);
  if (!RAMP_WINDOWS.includes(filter))
    throw new InvalidArgument(`filter is ${JSON.stringify(filter)}; allowed are ${RAMP_WINDOWS.join(", ")}`);
  if (typeof circle !== "boolean") throw new InvalidArgument(`circle is ${String(circle)}; give true or false`);
  const [first, stop] = checkRows(rows, height);
  const angles = radiansOf(caller, absorbances);
  const weights = angleWeights(angles);
  const sinograms = new Sinograms(absorbances);
  const workers = threadsFor(stop - first, options);
  const work = sinograms.bytes + workers * (16 * count * columns + 8 * columns * columns);
  const claim = await machine.claim(caller, work, memoryLimitOf(options, machine));
  const { spacing, origin } = absorbances;
  try {
    return await watched(caller, stop - first, options, (run) =>
      buildVolume(
        {
          shape: [stop - first, columns, columns],
          dtype: "float32",
          role: "intensity",
          spacing: spacing && [spacing[1], spacing[2], spacing[2]],
          origin: spacing && [origin[1] + first * spacing[1], origin[2], origin[2]],
          provenance: trace(caller, { centre, filter, rows: [first, stop], circle }, { volume: absorbances }),
        },
        (writer) =>
          spread<Float32Array>(
            {
              what: caller,
              module: new URL("./slice-work.js", import.meta.url),
              name: "reconstructSlice",
              count: stop - first,
              workers,
              argument: async (k): Promise<BackProjectionTask> => {
                const sinogram = await sinograms.row(first + k);
                return { sinogram, columns, angles, weights, centre, window: filter, size: columns, circle };
              },
              store: (k, slice) => writer.writePlanes(k, slice),
            },
            run,
          ),
        { ...limits(options), signal: run.signal },
      ),
    );
  } finally {
    claim.drop();
  }
}

export function checkRows(rows: readonly [number, number], height: number): readonly [first: number, stop: number] {
  const whole = Array.isArray(rows) && rows.length === 2 && rows.every((row) => Number.isInteger(row));
  if (!whole || !(0 <= rows[0] && rows[0] < rows[1] && rows[1] <= height))
    throw new InvalidArgument(
      `rows is ${JSON.stringify(rows)}; give [first, stop] of the detector's rows, at most [0, ${height}]`,
    );
  return rows;
}

/** Shares of the half turn: half the angle to the neighbours on both sides, modulo 180°. They sum to 1. */
export function angleWeights(angles: Float64Array): Float64Array {
  const n = angles.length;
  const turned = angles.map((angle) => ((angle % Math.PI) + Math.PI) % Math.PI);
  const order = Array.from(turned.keys()).sort((a, b) => turned[a]! - turned[b]!);
  const gaps = Float64Array.from(order, (at, k) =>
    k + 1 < n ? turned[order[k + 1]!]! - turned[at]! : turned[order[0]!]! + Math.PI - turned[at]!,
  );
  // Of a whole turn every second gap is 0: the upper quartile is the usual step.
  const usual = gaps.slice().sort()[Math.floor(0.75 * (n - 1))]!;
  const bounded = gaps.map((gap) => (gap > 4 * usual ? usual : gap));
  const weights = new Float64Array(n);
  for (const [k, at] of order.entries()) weights[at] = (bounded[k]! + bounded[(k + n - 1) % n]!) / 2;
  const sum = weights.reduce((a, b) => a + b, 0);
  return sum === 0 ? weights.fill(1 / n) : weights.map((weight) => weight / sum);
}
