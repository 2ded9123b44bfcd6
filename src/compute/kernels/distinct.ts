/** Counts the different values of a brick. */
import type { Distinct, DistinctParameters } from "../operations/distinct.js";
import type { ReduceTask } from "./task.js";

export function distinctValues({ wasm, dtype, slab, mask }: ReduceTask, { except }: DistinctParameters): Distinct {
  const length = slab.size[0] * slab.size[1] * slab.size[2];
  const voxels = wasm.view(dtype, slab.start, length);
  const inside = mask === 0 ? undefined : wasm.view("uint8", mask, length);
  const found = new Map<number, number>();
  // Equal values stand together: the table is asked once a run.
  let [last, run] = [Number.NaN, 0];
  const count = (): void => {
    if (run > 0) found.set(last, (found.get(last) ?? 0) + run);
  };
  for (let k = 0; k < length; k++) {
    const value = voxels[k]!;
    if (value === except || Number.isNaN(value) || (inside !== undefined && inside[k] === 0)) continue;
    if (value !== last) {
      count();
      [last, run] = [value, 0];
    }
    run++;
  }
  count();
  const values = Float64Array.from(found.keys()).sort();
  return { values, counts: values.map((value) => found.get(value)!) };
}
