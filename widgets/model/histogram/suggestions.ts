/** Thresholds that methods propose for counts, each with how well it parts them. */
import { isVoxbookError } from "../../../src/core/errors.js";
import { gaussianMixture } from "../../../src/segment/gaussian-mixture.js";
import { kMeans } from "../../../src/segment/k-means.js";
import { kapur } from "../../../src/segment/kapur.js";
import { multiOtsu } from "../../../src/segment/multi-otsu.js";
import { separability } from "../../../src/segment/separability.js";
import type { Histogram } from "../../../src/statistics/histogram.js";
import type { Suggestion } from "../../protocol.js";

const METHODS: readonly (readonly [name: string, thresholds: (counted: Histogram) => Promise<readonly number[]>])[] = [
  ["Otsu", (counted) => multiOtsu(counted, { classes: 2 })],
  ["multi-Otsu 3", (counted) => multiOtsu(counted, { classes: 3 })],
  ["multi-Otsu 4", (counted) => multiOtsu(counted, { classes: 4 })],
  ["multi-Otsu 5", (counted) => multiOtsu(counted, { classes: 5 })],
  ["Kapur", (counted) => kapur(counted)],
  ["k-means 3", async (counted) => (await kMeans(counted, { classes: 3 })).thresholds],
  ["mixture 3", async (counted) => (await gaussianMixture(counted, { classes: 3 })).thresholds],
];

/** As far as the values allow: two values have no three classes, and a mixture may have no edge between two of its classes. */
export async function suggestionsFor(counted: Histogram): Promise<Suggestion[]> {
  const found: Suggestion[] = [];
  for (const [name, method] of METHODS) {
    try {
      const thresholds = [...(await method(counted))];
      if (!thresholds.every((one, k) => Number.isFinite(one) && (k === 0 || one > thresholds[k - 1]!))) continue;
      const sure = Math.round(1000 * (await separability(counted, thresholds))) / 1000;
      found.push({ name, thresholds, separability: sure });
    } catch (error) {
      if (!isVoxbookError(error)) throw error;
    }
  }
  return found;
}
