import { DTYPES, type DType } from "./dtype.js";
import { InvalidArgument } from "./errors.js";
import { checkNumber, RUN_OPTIONS, type RunOptions, suggestion } from "./options.js";

/**
 * What a filter sees beyond the faces of a volume:
 *
 * - `"reflect"`: the voxels again, mirrored at the face, the outermost ones twice: `d c b a | a b c d | d c b a`
 * - `"mirror"`: the same with the outermost ones once: `d c b | a b c d | c b a`
 * - `"nearest"`: the outermost voxel again and again: `a a a a | a b c d | d d d d`
 * - `"wrap"`: the voxels of the opposite side, for periodic volumes: `a b c d | a b c d | a b c d`
 * - `{ constant: 0 }`: one grey value: `k k k k | a b c d | k k k k`
 *
 * SciPy calls them reflect, mirror, nearest, wrap (grid-wrap) and constant; NumPy's `pad` calls mirror reflect and reflect symmetric.
 */
export type Border = "reflect" | "mirror" | "nearest" | "wrap" | { readonly constant: number };

/** Options of functions that look beyond a voxel. */
export interface BorderOptions extends RunOptions {
  /** What lies beyond the faces of the volume. With `region`, its true neighbours lie there. Default `"reflect"`. */
  border?: Border;
}

export const BORDER_OPTIONS = ["border", ...RUN_OPTIONS] as const;

const NAMED = ["reflect", "mirror", "nearest", "wrap"];

/** Throws unless `border` is one; a constant must be a value of the voxel type, for it stands among the voxels. */
export function checkBorder(border: unknown, dtype: DType): asserts border is Border {
  if (typeof border === "string" && NAMED.includes(border)) return;
  if (typeof border === "object" && border !== null && "constant" in border && Object.keys(border).length === 1) {
    const { min, max, integer } = DTYPES[dtype];
    checkNumber(`border: the constant (among voxels of ${dtype})`, border.constant, min, max, integer);
    return;
  }
  const near = typeof border === "string" ? suggestion(border, NAMED) : "";
  throw new InvalidArgument(
    `border is ${JSON.stringify(border)}; allowed are "reflect", "mirror", "nearest", "wrap" and a grey value as { constant: 0 }${near}`,
  );
}

/** Index inside `0 … length − 1` that an index beyond the faces stands for; −1 for a constant. */
export function inside(index: number, length: number, border: Border): number {
  if (index >= 0 && index < length) return index;
  if (border === "reflect") return reflected(index, length);
  if (border === "mirror") return mirrored(index, length);
  if (border === "nearest") return index < 0 ? 0 : length - 1;
  if (border === "wrap") return ((index % length) + length) % length;
  return -1;
}

function reflected(index: number, length: number): number {
  const period = 2 * length;
  const folded = ((index % period) + period) % period;
  return folded < length ? folded : period - 1 - folded;
}

function mirrored(index: number, length: number): number {
  const period = Math.max(1, 2 * length - 2);
  const folded = ((index % period) + period) % period;
  return folded < length ? folded : period - folded;
}
