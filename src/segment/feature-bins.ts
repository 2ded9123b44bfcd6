/** Bins of features: up to 256 of them, so that a byte holds one. */
import { EDGES } from "../compute/operations/forest.js";

/**
 * Edges for each feature, filled up with infinities: between all different values if these are few, else at quantiles. They lie
 * in the middle between two values that occur.
 */
export function edgesOf(values: Float32Array, features: number): Float32Array {
  const count = values.length / features;
  const edges = new Float32Array(EDGES * features).fill(Number.POSITIVE_INFINITY);
  const column = new Float32Array(count);
  for (let feature = 0; feature < features; feature++) {
    for (let k = 0; k < count; k++) column[k] = values[k * features + feature]!;
    column.sort();
    edges.set(edgesBetween(column), feature * EDGES);
  }
  return edges;
}

function edgesBetween(sorted: Float32Array): number[] {
  let steps: number[] = [];
  for (let k = 1; k < sorted.length; k++) if (sorted[k]! > sorted[k - 1]!) steps.push(k);
  if (steps.length > EDGES) {
    // Of each quantile the next step upwards.
    const chosen = new Set<number>();
    let next = 0;
    for (let q = 1; q <= EDGES; q++) {
      const at = Math.round((q * sorted.length) / (EDGES + 1));
      while (next < steps.length && steps[next]! < at) next++;
      if (next < steps.length) chosen.add(steps[next]!);
    }
    steps = [...chosen];
  }
  return steps.map((k) => {
    const [low, high] = [sorted[k - 1]!, sorted[k]!];
    const middle = Math.fround(low / 2 + high / 2);
    // Between neighbouring float32 there is nothing.
    return middle < high ? middle : low;
  });
}

/** How many edges a value is above. */
function binOf(value: number, edges: Float32Array, first: number): number {
  let [low, high] = [0, EDGES];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value > edges[first + middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The bins of all values, one feature after the other, in shared memory. */
export function binned(values: Float32Array, features: number, edges: Float32Array): Uint8Array {
  const count = values.length / features;
  const bins = new Uint8Array(new SharedArrayBuffer(values.length));
  for (let k = 0, n = 0; k < count; k++)
    for (let feature = 0; feature < features; feature++, n++)
      bins[feature * count + k] = binOf(values[n]!, edges, feature * EDGES);
  return bins;
}
