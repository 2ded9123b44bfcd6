/** Two volumes in one picture: the one place that both the page and the picture in the notebook use. */
import { DTYPES, type DType, type Voxels } from "../../src/core/dtype.js";
import type { Comparison, ComparisonMode } from "../protocol/alignment.js";
import type { PlanarMap } from "./section.js";

/** Values of a volume along a plane as greys. */
export interface GreyLayer {
  /** 0 black to 255 white. */
  readonly grey: Uint8Array;
  /** 1 where the volume is, else 0. */
  readonly inside: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Where a pixel of the picture is in this layer. */
  readonly place: PlanarMap;
}

/** Greys of values: black at `low` and below, white at `high` and above; NaN is black. */
export function greys(values: Voxels, dtype: DType, [low, high]: readonly [number, number]): Uint8Array {
  const grey = (value: number): number => {
    const share = Math.round(((value - low) * 255) / (high - low));
    return share > 0 ? Math.min(255, share) : 0;
  };
  const { bytes, min, max } = DTYPES[dtype];
  const out = new Uint8Array(values.length);
  if (bytes > 2) {
    for (let k = 0; k < out.length; k++) out[k] = grey(values[k]!);
    return out;
  }
  const table = new Uint8Array(max - min + 1);
  for (let k = 0; k < table.length; k++) table[k] = grey(min + k);
  for (let k = 0; k < out.length; k++) out[k] = table[values[k]! - min]!;
  return out;
}

/** How pixels are put together: as a comparison says, or one volume alone. */
export interface Together extends Pick<Comparison, "opacity" | "square" | "curtain"> {
  readonly mode: Exclude<ComparisonMode, "side by side"> | "fixed" | "moving";
  /** Which of the two a blink shows now. */
  readonly blinked: boolean;
}

const NONE = -1;
const rgba = (r: number, g: number, b: number): number => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;

/** The colour of a pixel. @param f grey of the fixed volume, −1: it is not there @param m of the moving one */
type Mixer = (f: number, m: number, x: number, y: number) => number;

const alone = (value: number): number => (value < 0 ? rgba(0, 0, 0) : rgba(value, value, value));
/** Where the one is not, the other is seen: a small volume lies in the large one. */
const front = (first: number, other: number): number => alone(first < 0 ? other : first);

function mixerOf({ mode, opacity, square, curtain, blinked }: Together, width: number): Mixer {
  switch (mode) {
    case "fixed":
      return (f) => alone(f);
    case "moving":
      return (_, m) => alone(m);
    case "overlay":
      return (f, m) =>
        f < 0 ? alone(m < 0 ? m : Math.round(m * opacity)) : alone(m < 0 ? f : Math.round(f + (m - f) * opacity));
    case "cyan–magenta":
      return (f, m) => {
        const [cyan, magenta] = [Math.max(0, f), Math.max(0, m)];
        return rgba(magenta, cyan, Math.max(cyan, magenta));
      };
    case "checkerboard":
      return (f, m, x, y) => ((Math.floor(x / square) + Math.floor(y / square)) % 2 === 0 ? front(f, m) : front(m, f));
    case "curtain":
      return (f, m, x) => (x >= curtain * width ? front(m, f) : front(f, m));
    case "blink":
      return blinked ? (f, m) => front(m, f) : (f, m) => front(f, m);
    case "difference":
      // Where only one is there is nothing to compare: dark blue, which is no difference.
      return (f, m) => (f < 0 || m < 0 ? rgba(0, 0, Math.floor(Math.max(0, f, m) / 3)) : alone(Math.abs(f - m)));
  }
}

/**
 * Puts two layers together, each at the pixel that is nearest: RGBA, row after row. Cost O(pixels), some 10 ns each.
 * @param out is filled
 * @param fixed undefined: it has not come yet
 */
export function comparePixels(
  out: Uint32Array,
  { width, height }: { readonly width: number; readonly height: number },
  fixed: GreyLayer | undefined,
  moving: GreyLayer | undefined,
  together: Together,
): void {
  const mix = mixerOf(together, width);
  const f = rowReader(fixed, width);
  const m = rowReader(moving, width);
  for (let y = 0; y < height; y++) {
    const [fs, ms] = [f(y), m(y)];
    for (let x = 0; x < width; x++) out[y * width + x] = mix(fs[x]!, ms[x]!, x, y);
  }
}

/** Reads a layer along a row of the picture: greys, and −1 where it is not. */
function rowReader(layer: GreyLayer | undefined, width: number): (y: number) => Int16Array {
  const row = new Int16Array(width).fill(NONE);
  if (layer === undefined) return () => row;
  const { grey, inside, place } = layer;
  const { start, right, down } = place;
  return (y) => {
    const [first, top] = [start[0] + y * down[0] + 0.5, start[1] + y * down[1] + 0.5];
    for (let x = 0; x < width; x++) {
      const column = first + x * right[0];
      const line = top + x * right[1];
      const within = column >= 0 && line >= 0 && column < layer.width && line < layer.height;
      // Both are positive: cutting off is rounding down.
      const at = within ? (line | 0) * layer.width + (column | 0) : 0;
      row[x] = within && inside[at] === 1 ? grey[at]! : NONE;
    }
    return row;
  };
}
