/** What all functions on projections share: the checks, and sinograms read row by row. */
import { buildVolume, memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import { watched } from "../compute/progress.js";
import { checkVolume } from "../compute/run.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import { checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Shape, Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";

/** Options of functions that work through projections: a part of them makes no sense. */
export type ProjectionRunOptions = Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers">;
export const PROJECTION_RUN_OPTIONS = ["signal", "onProgress", "memoryLimit", "workers"] as const;

/** Throws unless `volume` has the role projections. */
export function checkProjections(caller: string, volume: unknown): asserts volume is Volume {
  checkVolume(caller, volume);
  if (volume.role !== "projections")
    throw new InvalidArgument(
      `${caller} takes projections ([angle, detector row, detector column]), got a volume of role ${volume.role}; mark them by with({ role: "projections", angles: […] }), or turn a stack of sinograms by fromSinograms`,
    );
}

/** The angles of projections in radians. @throws MissingData if they are unknown */
export function radiansOf(caller: string, volume: Volume): Float64Array {
  if (volume.angles === undefined)
    throw new MissingData(
      `${caller}: the angles of these ${volume.shape[0]} projections are unknown; set them with volume.with({ angles: […] }), in degrees`,
    );
  return Float64Array.from(volume.angles, (degrees) => (degrees * Math.PI) / 180);
}

/** Rows of the detector are read together up to this many bytes: a brick holds many, and is read as a whole. */
const BATCH_BYTES = 64 * 2 ** 20;

/** Sinograms (angle × column) of all detector rows as float32, the rows of a brick read together. */
export class Sinograms {
  readonly volume: Volume;
  readonly #perBatch: number;
  #first = -1;
  #batch: Float32Array | undefined;

  constructor(volume: Volume) {
    this.volume = volume;
    const [angles, rows, columns] = volume.shape;
    const most = Math.max(1, Math.floor(BATCH_BYTES / (4 * angles * columns)));
    this.#perBatch = Math.min(rows, volume.grid.brick[1], most);
  }

  /** Bytes that a batch takes. */
  get bytes(): number {
    return 4 * this.volume.shape[0] * this.volume.shape[2] * this.#perBatch;
  }

  /** The sinogram of a detector row. */
  async row(y: number): Promise<Float32Array> {
    const [angles, rows, columns] = this.volume.shape;
    const first = y - (y % this.#perBatch);
    const count = Math.min(this.#perBatch, rows - first);
    if (first !== this.#first || this.#batch === undefined) {
      const voxels = await this.volume.read({ start: [0, first, 0], stop: [angles, first + count, columns] });
      this.#batch = voxels instanceof Float32Array ? voxels : Float32Array.from(voxels);
      this.#first = first;
    }
    const batch = this.#batch;
    const out = new Float32Array(angles * columns);
    for (let a = 0; a < angles; a++) {
      const start = (a * count + (y - first)) * columns;
      out.set(batch.subarray(start, start + columns), a * columns);
    }
    return out;
  }
}

/** Writes sinograms, given in order, as a volume of projections. */
export class SinogramRows {
  readonly #shape: Shape;
  readonly #rows: Float32Array[] = [];

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  add(sinogram: Float32Array): void {
    this.#rows.push(sinogram);
  }

  /** The projections of the rows added since the last call, [angle, row, column], and forgets them. */
  take(): Float32Array {
    const [angles, , columns] = this.#shape;
    const rows = this.#rows.splice(0);
    const out = new Float32Array(angles * rows.length * columns);
    for (const [y, sinogram] of rows.entries())
      for (let a = 0; a < angles; a++)
        out.set(sinogram.subarray(a * columns, (a + 1) * columns), (a * rows.length + y) * columns);
    return out;
  }
}

/** Options of {@link fromSinograms}. */
export interface FromSinogramsOptions extends Omit<ProjectionRunOptions, "workers"> {
  /** Angles in degrees, one for each row of a sinogram; or the arc (180 or 360) that they fill evenly, its end left out. */
  angles: readonly number[] | number;
}

/**
 * Projections out of sinograms: a stack [detector row, angle, detector column], or one sinogram as an image, becomes
 * projections [angle, detector row, detector column].
 * @param volume any voxel type; it is kept
 * @returns volume of role projections with the angles
 * @throws InvalidArgument if the number of angles is not that of the sinogram's rows
 * @example const projections = await fromSinograms(await open("sinogram.tif"), { angles: 360 });
 */
export async function fromSinograms(volume: Volume, options: FromSinogramsOptions): Promise<Volume> {
  checkVolume("fromSinograms", volume);
  checkOptions("fromSinograms", options, ["angles", "signal", "onProgress", "memoryLimit"]);
  const [rows, count, columns] = volume.shape;
  const { angles: given } = options;
  const angles = typeof given === "number" ? Array.from({ length: count }, (_, k) => (k * given) / count) : given;
  if (!Array.isArray(angles) || angles.length !== count || !angles.every(Number.isFinite))
    throw new InvalidArgument(
      `angles: got ${Array.isArray(angles) ? `${angles.length} of them` : String(given)} for sinograms of ${count} rows; give one number of degrees a row, or the arc, 180 or 360`,
    );
  const { spacing, dtype } = volume;
  const provenance = trace("fromSinograms", { angles: given }, { volume });
  const size: Triple | undefined = spacing && [spacing[0], spacing[0], spacing[2]];
  const planes = Math.max(1, Math.min(count, volume.grid.brick[1], Math.floor(BATCH_BYTES / (8 * rows * columns))));
  const claim = await machine.claim("fromSinograms", 16 * planes * rows * columns, memoryLimitOf(options, machine));
  try {
    return await watched("fromSinograms", count, options, ({ signal, step }) =>
      buildVolume(
        { shape: [count, rows, columns], dtype, role: "projections", angles, spacing: size, provenance },
        async (writer) => {
          for (let a = 0; a < count; a += planes) {
            const n = Math.min(planes, count - a);
            const part = await volume.read({ start: [0, a, 0], stop: [rows, a + n, columns] });
            const turned = part.slice();
            for (let y = 0; y < rows; y++)
              for (let k = 0; k < n; k++) {
                const from = (y * n + k) * columns;
                turned.set(part.subarray(from, from + columns), (k * rows + y) * columns);
              }
            await writer.writePlanes(a, turned);
            for (let k = 0; k < n; k++) step();
          }
        },
        { ...limits(options), signal },
      ),
    );
  } finally {
    claim.drop();
  }
}

/** The memory limit of a call, for functions that take options of their own. */
export const limits = (options: Pick<RunOptions, "memoryLimit">): Pick<RunOptions, "memoryLimit"> =>
  options.memoryLimit === undefined ? {} : { memoryLimit: options.memoryLimit };
