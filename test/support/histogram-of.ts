/** A histogram of given counts, one bin a value, for tests that need no volume. */
import { trace } from "#src/core/provenance.js";
import { Histogram } from "#src/statistics/histogram.js";

export function histogramOf(counts: ArrayLike<number>, first = 0): Histogram {
  return new Histogram({
    counts: Float64Array.from(counts),
    low: first - 0.5,
    step: 1,
    below: 0,
    above: 0,
    nan: 0,
    exact: true,
    provenance: trace("test", {}),
  });
}
