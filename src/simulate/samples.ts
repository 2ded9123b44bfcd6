import { published } from "../io/published.js";
import { electrode } from "./electrode.js";
import { propagated, zernike } from "./phase-images.js";
import { projections } from "./projections.js";

/**
 * Volumes to try things on: `samples.electrode()` simulates a scan whose truth is known, `samples.projections()` what a
 * detector sees of a known sample, `samples.propagated()` and `samples.zernike()` what phase contrast makes of it,
 * `samples.published("name")` gets a real one from where it was published.
 */
export const samples = { electrode, projections, propagated, published, zernike } as const;
