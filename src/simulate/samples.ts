import { published, publishedProjections } from "../io/published.js";
import { electrode } from "./electrode.js";
import { scan } from "./labels-scan.js";
import { propagated, zernike } from "./phase-images.js";
import { projections } from "./projections.js";

/**
 * Volumes to try things on: `samples.electrode()` simulates a scan whose truth is known, `samples.scan(labels)` that of a
 * structure of yours, `samples.projections()` what a detector sees of a known sample, `samples.propagated()` and
 * `samples.zernike()` what phase contrast makes of it, `samples.published("name")` gets a real volume from where it was
 * published, `samples.publishedProjections("name")` a real scan.
 */
export const samples = { electrode, projections, propagated, published, publishedProjections, scan, zernike } as const;
