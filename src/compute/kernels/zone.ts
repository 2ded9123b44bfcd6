import type { DType } from "../../core/dtype.js";
import type { Zone } from "../../core/volume.js";
import type { Slab, Wasm } from "./task.js";

/** Minimum, maximum, sum and NaN count of a result. */
export function zoneIn(wasm: Wasm, dtype: DType, result: Slab): Zone {
  const out = wasm.allocate(32);
  const kernel = dtype === "float32" ? "zoneOfFloats" : `zoneOfIntegers_${dtype}`;
  wasm.call(kernel, result.start, result.row, result.plane, out, ...result.size);
  const bytes = wasm.view("uint8", out, 32);
  const [min, max, sum, nan] = new Float64Array(bytes.buffer, out, 4) as unknown as [number, number, number, number];
  return { min, max, sum, nan };
}
