/**
 * Widgets for notebooks of the voxbook kernel.
 *
 *   import { histogramOf, slices, together } from "voxbook/widgets";
 *
 *   const thresholds = await histogramOf(clean, { classes: 3 });
 *   together(await slices(clean), thresholds)
 *   // drag; then, in another cell:
 *   thresholds.value            // [29120, 41873]
 */
import type { KernelApi } from "../../kernel/comm.js";
import { attachProgress } from "./progress.js";

export { type HistogramOptions, type HistogramView, histogramOf } from "./histogram.js";
export { type Slices, type SlicesOptions, slices } from "./slices.js";
export { type Together, together } from "./together.js";

/** Called by the kernel once, after a cell has imported the library. */
export function attach(kernel: KernelApi): void {
  attachProgress(kernel);
}
