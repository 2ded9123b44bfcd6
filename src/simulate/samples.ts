import { published } from "../io/published.js";
import { electrode } from "./electrode.js";
import { projections } from "./projections.js";

/**
 * Volumes to try things on: `samples.electrode()` simulates a scan whose truth is known, `samples.projections()` what a
 * detector sees of a known sample, `samples.published("name")` gets a real one from where it was published.
 */
export const samples = { electrode, projections, published } as const;
