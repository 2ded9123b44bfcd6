/** Values as whole numbers in the same order, so that the card compares them exactly. */
import { DTYPES, type DType } from "../../../../src/core/dtype.js";

const bits = new DataView(new ArrayBuffer(4));
const SIGN = 0x80000000;
const LAST = 0xffffffff;

/** The place of a value in the order of all values of its type: of floats by their bits. */
export function placeOf(value: number, dtype: DType): number {
  if (dtype !== "float32") return DTYPES[dtype].min < 0 ? value + SIGN : value;
  // Both zeros are one value.
  bits.setFloat32(0, value === 0 ? 0 : value);
  const raw = bits.getUint32(0);
  return raw >= SIGN ? LAST - raw : raw + SIGN;
}

function valueAt(place: number, dtype: DType): number {
  if (dtype !== "float32") return DTYPES[dtype].min < 0 ? place - SIGN : place;
  bits.setUint32(0, place >= SIGN ? place - SIGN : LAST - place);
  return bits.getFloat32(0);
}

/** The first and the last place that a value of the type can have. */
function ends(dtype: DType): readonly [number, number] {
  const { min, max } = DTYPES[dtype];
  return dtype === "float32"
    ? [placeOf(Number.NEGATIVE_INFINITY, dtype), placeOf(Number.POSITIVE_INFINITY, dtype)]
    : [placeOf(min, dtype), placeOf(max, dtype)];
}

/**
 * For each level from 0 to 255 the place of the first value that has it or a higher one; 2³² − 1 where none has.
 * @param levelOf grows with the value
 */
export function levelBounds(dtype: DType, levelOf: (value: number) => number): Uint32Array<ArrayBuffer> {
  const [first, last] = ends(dtype);
  const out = new Uint32Array(256);
  for (let level = 1; level < 256; level++) {
    if (!(levelOf(valueAt(last, dtype)) >= level)) {
      out.fill(LAST, level);
      break;
    }
    let low = Math.max(first, out[level - 1]!);
    let high = last;
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      if (levelOf(valueAt(middle, dtype)) >= level) high = middle;
      else low = middle + 1;
    }
    out[level] = low;
  }
  return out;
}

/** The place of the largest value that is not above a threshold; undefined where all values are above it. */
export function thresholdPlace(threshold: number, dtype: DType): number | undefined {
  const { min, max } = DTYPES[dtype];
  if (dtype !== "float32") {
    const whole = Math.min(max, Math.floor(threshold));
    return whole < min ? undefined : placeOf(whole, dtype);
  }
  const near = Math.fround(threshold);
  return near > threshold ? placeOf(near, dtype) - 1 : placeOf(near, dtype);
}
