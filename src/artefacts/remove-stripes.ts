import { InvalidArgument } from "../core/errors.js";
import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { PLANE_THREAD_OPTIONS, type PlaneThreadOptions } from "./plane-threads.js";
import { checkProjections } from "./projections.js";
import { mapSinograms, type SinogramWork } from "./sinogram-volume.js";
import { mostLevels } from "./stripe-wavelet.js";

/** Options of {@link removeStripes}; each method takes its own. */
export interface RemoveStripesOptions extends PlaneThreadOptions {
  /**
   * `sorting`: narrow and middling stripes, whole or in parts. `wavelet`: whole stripes of any width, at the price of a
   * ripple near edges. `all`: dead, stuck and wide ones first, then sorting. Default `all`.
   */
  method?: "sorting" | "wavelet" | "all";
  /** For `sorting` and `all`: width of the median in columns, odd, from 3 to 501. Default 21. */
  size?: number;
  /** For `all`: width of the median for wide stripes, odd, from 3 to 501. Default 51. */
  largeSize?: number;
  /** For `all`: how far a column must stand out to be replaced, in noise of the columns, from 1.1 to 100. Default 3. */
  ratio?: number;
  /** For `wavelet`: levels of decomposition, from 1 to 12; at most as many as the sinogram allows. Default 5. */
  levels?: number;
  /** For `wavelet`: standard deviation of the damping in Fourier coefficients along the angles, up to 100. Default 1. */
  sigma?: number;
}

const OWN = {
  sorting: ["size"],
  wavelet: ["levels", "sigma"],
  all: ["size", "largeSize", "ratio"],
} as const;

/** Nanoseconds a pixel. */
const COSTS = { sorting: 25, wavelet: 100, all: 100 } as const;

/**
 * Removes stripes from sinograms: detector columns that answer otherwise than the flats say, which become rings around the
 * axis in the slices. Do it on transmissions, before the logarithm: `all` compares the levels of columns, which near an absorbance of
 * 0 says nothing.
 *
 * - **sorting**: the values of each column are sorted; the sorted columns of good pixels are alike, so a median across
 *   them finds what a column should have; the values go back to where they came from.
 * - **wavelet**: what is constant along the angles in the wavelet details across the columns is damped (db9).
 * - **all**: columns that do not follow the sample or fluctuate are filled from their neighbours, columns on another level
 *   are brought to that of their neighbours, then sorting.
 *
 * Truly round parts on the axis look like stripes: they lose contrast where they are narrower than the median. Equal values
 * keep the order of their angles. NaN sorts last. Same bytes for any number of workers and any brick shape.
 * Cost O(n·(log angles + size)), 10 ns a pixel for sorting; memory per worker about 40 bytes a pixel of a sinogram.
 * @param projections volume of role projections
 * @returns float32 volume of the same shape and angles
 * @throws InvalidArgument if an option is out of bounds or belongs to another method, or a sinogram is too small for it
 * @see N. T. Vo, R. C. Atwood & M. Drakopoulos, Superior techniques for eliminating ring artifacts in X-ray micro-tomography
 * (2018), doi:10.1364/OE.26.028396, algorithms 3 to 6; B. Münch et al., Stripe and ring artifact removal with combined
 * wavelet-Fourier filtering (2009), doi:10.1364/OE.17.008567. Equal to algotom's functions but for ties and, in `wavelet`,
 * its damping, which is off the zero frequency by one where a level has an even number of rows
 */
export async function removeStripes(projections: Volume, options: RemoveStripesOptions = {}): Promise<Volume> {
  checkProjections("removeStripes", projections);
  const { method = "all" } = options;
  if (!Object.hasOwn(OWN, method))
    throw new InvalidArgument(`method is ${JSON.stringify(method)}; allowed are ${Object.keys(OWN).join(", ")}`);
  checkOptions(`removeStripes by ${method}`, options, ["method", ...OWN[method], ...PLANE_THREAD_OPTIONS]);
  const { size = 21, largeSize = 51, ratio = 3, levels = 5, sigma = 1 } = options;
  const [angles, , columns] = projections.shape;
  for (const [name, width] of Object.entries({ size, largeSize })) {
    checkNumber(`${name} (columns)`, width, 3, 501, true);
    if (width % 2 === 0) throw new InvalidArgument(`${name} is ${width}; give an odd number, so that it has a middle`);
  }
  checkNumber("ratio", ratio, 1.1, 100);
  checkNumber("levels", levels, 1, 12, true);
  checkNumber("sigma", sigma, 0.01, 100);
  if (method === "wavelet" && mostLevels(angles, columns) < 1)
    throw new InvalidArgument(
      `removeStripes by wavelet: a sinogram of ${angles} × ${columns} is too small; it takes at least 32 × 32`,
    );
  if (method !== "wavelet" && (angles < 4 || columns < 8))
    throw new InvalidArgument(
      `removeStripes: a sinogram of ${angles} × ${columns} is too small; it takes at least 4 angles and 8 columns`,
    );
  const all = { size, largeSize, ratio, levels, sigma };
  const parameters = Object.fromEntries(OWN[method].map((name) => [name, all[name]]));
  const wavelet = method === "wavelet";
  const work: SinogramWork = {
    module: new URL(wavelet ? "./stripe-wavelet.js" : "./stripe-sorting.js", import.meta.url),
    name: { sorting: "removeSorted", wavelet: "removeWavelet", all: "removeAll" }[method],
    parameters,
    bytesPerPixel: wavelet ? 80 : 40,
    cost: COSTS[method],
  };
  const provenance = trace("removeStripes", { method, ...parameters }, { volume: projections });
  return mapSinograms("removeStripes", projections, work, options, provenance);
}
