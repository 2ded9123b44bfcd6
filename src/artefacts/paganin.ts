import { InvalidArgument, MissingData } from "../core/errors.js";
import { isLength, type Length } from "../core/length.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { mapPlanesInThreads, PLANE_THREAD_OPTIONS, type PlaneThreadOptions } from "./plane-threads.js";
import { checkProjections } from "./projections.js";

/** How an in-line phase contrast image was taken, of what. */
export interface PropagationOptions {
  /** From the sample to the detector: `mm(50)`. */
  distance: Length;
  /** Energy of the photons in keV, from 0.1 to 1000. */
  energy: number;
  /** Refraction over absorption of the material, δ/β, from 0 to 10⁶: 10 for metals to 1000 for light matter. */
  deltaOverBeta: number;
}

/** Options of {@link paganin}. */
export interface PaganinOptions extends PropagationOptions, PlaneThreadOptions {
  /** Transmissions below it count as it. Default 1e-4. */
  least?: number;
}

/** Planck's constant times the speed of light, in metres · keV (CODATA 2018, exact). */
const PLANCK_LIGHT = 1.239841984332e-9;

/**
 * Single-distance phase retrieval: turns in-line phase contrast, whose bright and dark fringes are no grey values to
 * segment by, into absorbances of a sample of one material. It is a low-pass filter matched to the fringes, so it also
 * takes noise; with a δ/β too large it blurs, with one too small fringes stay.
 *
 * −ln of F⁻¹{ F(T) / (1 + π·λ·z·(δ/β)·f²) }, T the transmission. Right for one material (with air), a distance short enough
 * for single fringes, and a beam of one energy. Borders are mirrored.
 * Each projection is computed in one thread. Cost O(n·log n), 1 µs a pixel; memory per worker 80 bytes a pixel of a projection.
 * @param transmission volume of role projections with a voxel size, such as {@link flatField} gives
 * @returns float32 volume of role projections: absorbances, for {@link filteredBackProjection}
 * @throws MissingData if the size of the detector's pixels is unknown; InvalidArgument if an option is out of bounds
 * @see D. Paganin et al., Simultaneous phase and amplitude extraction from a single defocused image of a homogeneous object
 * (2002), doi:10.1046/j.1365-2818.2002.01010.x
 */
export async function paganin(transmission: Volume, options: PaganinOptions): Promise<Volume> {
  checkProjections("paganin", transmission);
  checkOptions("paganin", options, ["distance", "energy", "deltaOverBeta", "least", ...PLANE_THREAD_OPTIONS]);
  const { distance, energy, deltaOverBeta, least = 1e-4 } = options;
  checkNumber("least", least, Number.MIN_VALUE, 1);
  const damping = dampingOf("paganin", transmission, options);
  const work = {
    module: new URL("./phase-work.js", import.meta.url),
    name: "retrieve",
    parameters: { damping, least },
    bytesPerPixel: 80,
    cost: 1000,
  };
  const provenance = trace("paganin", { distance, energy, deltaOverBeta, least }, { volume: transmission });
  return mapPlanesInThreads("paganin", transmission, { dtype: "float32", provenance }, work, options);
}

/** π·λ·z·(δ/β) over the squared pixel size along y and x: what f² in cycles a pixel is multiplied by. */
export function dampingOf(caller: string, volume: Volume, options: PropagationOptions): [y: number, x: number] {
  const { distance, energy, deltaOverBeta } = options;
  if (!isLength(distance) || !(distance.metres >= 0))
    throw new InvalidArgument(`distance is ${String(distance)}; give a length of at least 0 such as mm(50)`);
  checkNumber("energy (keV)", energy, 0.1, 1000);
  checkNumber("deltaOverBeta", deltaOverBeta, 0, 1e6);
  const { spacing } = volume;
  if (spacing === undefined)
    throw new MissingData(
      `${caller}: the size of the detector's pixels is unknown; set it with volume.with({ spacing: um(…) })`,
    );
  const area = (Math.PI * PLANCK_LIGHT * distance.metres * deltaOverBeta) / energy;
  return [area / spacing[1] ** 2, area / spacing[2] ** 2];
}
