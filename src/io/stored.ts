/** From the numbers of a file to voxels of the library's own types. */
import { DTYPES, type DType, type Voxels, voxelArray } from "../core/dtype.js";
import { UnsupportedFeature } from "../core/errors.js";
import type { Stored } from "./tiff-chunk.js";

/** The voxel type for numbers of a kind and number of bits, and what is lost on the way, if anything. */
export function voxelType(kind: "unsigned" | "signed" | "float", bits: number): { dtype: DType; readAs?: string } {
  if (kind === "float") return bits === 64 ? { dtype: "float32", readAs: "float64 → float32" } : { dtype: "float32" };
  const prefix = kind === "unsigned" ? "uint" : "int";
  if (bits === 64) return { dtype: `${prefix}32`, readAs: `${prefix}64 → ${prefix}32` } as const;
  return { dtype: `${prefix}${Math.max(bits, 8)}` as DType };
}

/**
 * The same numbers as voxels: 64-bit numbers become 32-bit ones, others stay as they are.
 * @throws UnsupportedFeature if a value does not fit
 */
export function asVoxels(values: Stored, dtype: DType, what: string): Voxels {
  const wide = values instanceof BigUint64Array || values instanceof BigInt64Array || values instanceof Float64Array;
  if (!wide) return values;
  const { min, max } = DTYPES[dtype];
  const out = voxelArray(dtype, values.length);
  for (let k = 0; k < values.length; k++) {
    const value = Number(values[k]);
    out[k] = value;
    // Infinities and NaN of a float stay what they are.
    const lost =
      Number.isFinite(value) && (dtype === "float32" ? !Number.isFinite(out[k]!) : value < min || value > max);
    if (lost)
      throw new UnsupportedFeature(`${what}: the value ${values[k]} does not fit ${dtype}, as which it would be read`);
  }
  return out;
}
