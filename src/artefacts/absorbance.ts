import { checkNumber, checkOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { PLANE_THREAD_OPTIONS, type PlaneThreadOptions } from "./plane-threads.js";
import { mapPlanes } from "./plane-wise.js";
import { checkProjections } from "./projections.js";

/** Options of {@link absorbance}. One thread works, whatever `workers` says. */
export interface AbsorbanceOptions extends PlaneThreadOptions {
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
  checkOptions("absorbance", options, ["least", ...PLANE_THREAD_OPTIONS]);
  const { least = 1e-4 } = options;
  checkNumber("least", least, Number.MIN_VALUE, 1);
  const map = {
    dtype: "float32",
    trace: (found: object) => trace("absorbance", { least, ...found }, { volume: transmission }),
    cost: 10,
  } as const;
  return mapPlanes("absorbance", transmission, map, options, async () => ({
    found: {},
    work: (plane) => Float32Array.from(plane, (value) => -Math.log(Math.max(value, least))),
  }));
}
