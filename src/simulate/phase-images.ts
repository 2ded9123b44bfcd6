/** Phase contrast of projections whose truth is known. */
import { dampingOf, type PropagationOptions } from "../artefacts/paganin.js";
import { filtered } from "../artefacts/phase-work.js";
import { mapPlanes } from "../artefacts/plane-wise.js";
import { checkProjections } from "../artefacts/projections.js";
import { fft2, frequency, powerOfTwo } from "../compute/fft.js";
import { checkNumber, checkOptions, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";

type Watched = Pick<RunOptions, "signal" | "onProgress" | "memoryLimit">;
const WATCHED = ["signal", "onProgress", "memoryLimit"] as const;

/** Options of `samples.propagated`. */
export interface PropagatedOptions extends PropagationOptions, Watched {}

/**
 * What a detector some way behind a sample of one material sees: transmission with fringes along its edges, by the transport
 * of intensity, I = (1 − λ·z·(δ/β)/4π · ∇²) exp(−absorbance). The reverse of {@link paganin}.
 * @param absorbances volume of role projections with a voxel size
 * @returns float32 transmissions
 */
export async function propagated(absorbances: Volume, options: PropagatedOptions): Promise<Volume> {
  checkProjections("samples.propagated", absorbances);
  checkOptions("samples.propagated", options, ["distance", "energy", "deltaOverBeta", ...WATCHED]);
  const { distance, energy, deltaOverBeta, ...run } = options;
  const damping = dampingOf("samples.propagated", absorbances, options);
  const [, height, width] = absorbances.shape;
  const map = {
    dtype: "float32",
    trace: () => trace("samples.propagated", { distance, energy, deltaOverBeta }, { volume: absorbances }),
    extraBytes: 80 * height * width,
    cost: 1000,
  } as const;
  return mapPlanes("samples.propagated", absorbances, map, run, async () => ({
    found: {},
    work: (plane) => {
      const passed = Float32Array.from(plane, (value) => Math.exp(-value));
      return filtered({ plane: passed, height, width }, (fy, fx) => 1 + damping[0] * fy * fy + damping[1] * fx * fx);
    },
  }));
}

/** Options of `samples.zernike`. */
export interface ZernikeOptions extends Watched {
  /** Frequency in cycles a pixel below which light passes the phase plate, from 0.001 to 0.2. */
  cutoff: number;
  /** Amplitude that the plate lets pass, from 0.05 to 1. Default 1. */
  plate?: number;
}

/**
 * What a microscope with Zernike's phase plate shows of phases: the field exp(iφ), whose frequencies below the cutoff are
 * turned by a quarter wave and dimmed by the plate, squared and divided by the empty field. Halo and shade-off are in it.
 * @param phases volume of role projections: phase in radians
 * @returns float32 images, 1 where there is nothing
 * @see F. Zernike 1942, doi:10.1016/S0031-8914(42)80035-X
 */
export async function zernike(phases: Volume, options: ZernikeOptions): Promise<Volume> {
  checkProjections("samples.zernike", phases);
  checkOptions("samples.zernike", options, ["cutoff", "plate", ...WATCHED]);
  const { cutoff, plate = 1, ...run } = options;
  checkNumber("cutoff (cycles a pixel)", cutoff, 0.001, 0.2);
  checkNumber("plate", plate, 0.05, 1);
  const [, height, width] = phases.shape;
  const [rows, columns] = [powerOfTwo(height + 16), powerOfTwo(width + 16)];
  const map = {
    dtype: "float32",
    trace: () => trace("samples.zernike", { cutoff, plate }, { volume: phases }),
    extraBytes: 32 * rows * columns,
    cost: 1000,
  } as const;
  return mapPlanes("samples.zernike", phases, map, run, async () => ({
    found: {},
    work: (plane) => {
      const re = new Float64Array(rows * columns).fill(1);
      const im = new Float64Array(rows * columns);
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          re[y * columns + x] = Math.cos(plane[y * width + x]!);
          im[y * columns + x] = Math.sin(plane[y * width + x]!);
        }
      fft2(re, im, rows, columns);
      for (let y = 0, k = 0; y < rows; y++)
        for (let x = 0; x < columns; x++, k++)
          if (Math.hypot(frequency(y, rows), frequency(x, columns)) <= cutoff)
            [re[k], im[k]] = [-plate * im[k]!, plate * re[k]!];
      fft2(re, im, rows, columns, true);
      const out = new Float32Array(height * width);
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const k = y * columns + x;
          out[y * width + x] = (re[k]! ** 2 + im[k]! ** 2) / plate ** 2;
        }
      return out;
    },
  }));
}
