/** Reproducible voxels for tests. */
import { DTYPES, type DType, type Voxels, voxelArray } from "#src/core/dtype.js";

/** A generator of numbers in [0, 1) (xorshift, 32 bits). */
export function random(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Voxels over the whole range of a type, with runs of equal values and both ends of the range among them. */
export function randomVoxels(dtype: DType, length: number, seed: number): Voxels {
  const next = random(seed);
  const out = voxelArray(dtype, length);
  const { min, max, integer } = DTYPES[dtype];
  const value = (): number =>
    integer ? min + Math.floor(next() * (max - min + 1)) : (next() - 0.5) * 10 ** (next() * 6);
  const few = [min, max, value(), value(), 0];
  for (let k = 0; k < length; k++) out[k] = next() < 0.4 ? few[Math.floor(next() * few.length)]! : value();
  return out;
}
