/** Counts of grey values. */
import { DTYPES } from "../../core/dtype.js";
import type { HistogramParameters, HistogramPart } from "../operations.js";
import type { ReduceTask } from "./task.js";

export function histogram({ wasm, dtype, slab, mask }: ReduceTask, parameters: HistogramParameters): HistogramPart {
  const { first, step, bins } = parameters;
  const { min, bytes } = DTYPES[dtype];
  const [voxels, count] = [slab.start, slab.size[0] * slab.size[1] * slab.size[2]];
  const exact = bytes <= 2 && first === min && step === 1 && bins === 2 ** (8 * bytes);
  // Four tables for 8 bits, where neighbours are often equal; four of 16 bits would crowd the cache out.
  const tables = bytes === 1 && exact ? 4 : 1;
  const length = exact ? tables * bins : bins + 3;
  const table = wasm.allocate(4 * length);
  const filled = wasm.view("uint32", table, length).fill(0) as Uint32Array;
  if (!exact) {
    wasm.call(`histogramOfWide_${dtype}`, voxels, mask, count, table, first, step, bins);
    const [below, above, nan] = filled.subarray(bins) as unknown as [number, number, number];
    return { ...occupied(filled.subarray(0, bins)), below, above, nan };
  }
  wasm.call(`histogramOf_${dtype}`, voxels, mask, count, table, tables === 1 ? 0 : 4 * bins);
  const counts = filled.subarray(0, bins);
  for (let k = bins; k < length; k++) counts[k % bins]! += filled[k]!;
  return { ...occupied(counts), below: 0, above: 0, nan: 0 };
}

/** The bins from the first to the last that hold any, in an array of their own. */
function occupied(counts: Uint32Array): Pick<HistogramPart, "from" | "counts"> {
  let [from, end] = [0, counts.length];
  while (from < end && counts[from] === 0) from++;
  while (end > from && counts[end - 1] === 0) end--;
  return { from: from === end ? 0 : from, counts: counts.slice(from, end) };
}
