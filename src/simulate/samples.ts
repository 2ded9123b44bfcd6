import { published } from "../io/published.js";
import { electrode } from "./electrode.js";

/**
 * Volumes to try things on: `samples.electrode()` simulates a scan whose truth is known, `samples.published("name")` gets a
 * real one from where it was published.
 */
export const samples = { electrode, published } as const;
