import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { mapPlanes } from "./plane-wise.js";
import { checkProjections, type ProjectionRunOptions } from "./projections.js";

/** Options of {@link absorbance}. */
export interface AbsorbanceOptions extends Omit<ProjectionRunOptions, "workers"> {
  /** Transmissions below it, where no photon or less than none was left after the dark correction, count as it. Default 1e-4. */
  least?: number;
}

/**
 * Absorbance −ln T of transmissions: the line integral of the attenuation coefficient (Beer and Lambert), if the beam has
 * one energy. With several it grows less than the thickness: beam hardening.
 * NaN stays. Cost O(n); memory some planes.
 * @param transmission volume of role projections, such as {@link flatField} gives
 * @returns float32 volume of role projections
 * @throws InvalidArgument if `least` is not above 0 and at most 1
 */
export async function absorbance(transmission: Volume, options: AbsorbanceOptions = {}): Promise<Volume> {
  checkProjections("absorbance", transmission);
  checkOptions("absorbance", options, ["least", "signal", "onProgress", "memoryLimit"]);
  const { least = 1e-4, ...run } = options;
  checkNumber("least", least, Number.MIN_VALUE, 1);
  const provenance = trace("absorbance", { least }, { volume: transmission });
  return mapPlanes(
    "absorbance",
    transmission,
    "float32",
    (plane) => Float32Array.from(plane, (value) => -Math.log(Math.max(value, least))),
    run,
    provenance,
  );
}
