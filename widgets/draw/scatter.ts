/** Points of two columns as a picture: many points over each other are darker, those that are lit lie above and are larger. */
import { rgb } from "../../src/core/phases.js";
import type { AxisScale } from "./axis.js";
import type { Picture } from "./pictures.js";

/** What is lit in plots: Okabe & Ito's vermilion. */
export const LIT_COLOUR = "#d55e00";

/** Where rows lie, as shares of both axes; NaN: a row has no place (it has no number, or none above 0 on a logarithmic axis). */
export interface PointPlaces {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export function placesOf(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  { xAxis, yAxis }: { readonly xAxis: AxisScale; readonly yAxis: AxisScale },
): PointPlaces {
  const shares = (values: ArrayLike<number>, axis: AxisScale): Float64Array => {
    const out = new Float64Array(values.length);
    for (let row = 0; row < out.length; row++) out[row] = axis.at(values[row]!);
    return out;
  };
  return { x: shares(x, xAxis), y: shares(y, yAxis) };
}

/** What one point covers of the paper. */
const ALPHA = 0.45;
const LIT_ALPHA = 0.8;

/** Offsets of the pixels of a disc in a picture of this width. */
function disc(radius: number, width: number): Int32Array {
  const offsets: number[] = [];
  const reach = Math.ceil(radius);
  for (let y = -reach; y <= reach; y++)
    for (let x = -reach; x <= reach; x++) if (x * x + y * y <= radius * radius) offsets.push(y * width + x);
  return Int32Array.from(offsets);
}

/** Adds to each pixel of a disc. Plain loops: the first selection is drawn before the browser has compiled anything. */
function addDisc(counts: Uint32Array, middle: number, offsets: Int32Array, by: 1 | -1): void {
  for (let n = 0; n < offsets.length; n++) counts[middle + offsets[n]!]! += by;
}

/** Points as pixels of a picture of one size. It takes a walk through all of them, which no selection changes. */
export interface PointPixels {
  /** Pixels of the picture per pixel of the page. */
  readonly scale: number;
  readonly radius: number;
  /** By point, the pixel in its middle; −1: it has no place. */
  readonly at: Int32Array;
  /** By pixel, how many points cover it. */
  readonly counts: Uint32Array;
  /** Points without a place. */
  readonly left: number;
}

/**
 * @param size of the picture
 * @param scale pixels of the picture per pixel of the page
 */
export function pointPixels(
  { x, y }: PointPlaces,
  { width, height }: { readonly width: number; readonly height: number },
  scale = 1,
): PointPixels {
  // Few points are larger.
  const radius = scale * (x.length > 20_000 ? 1 : x.length > 2000 ? 1.5 : 2.5);
  const reach = Math.ceil(radius + scale);
  const plain = disc(radius, width);
  const at = new Int32Array(x.length).fill(-1);
  const counts = new Uint32Array(width * height);
  let left = 0;
  for (let k = 0; k < x.length; k++) {
    const column = Math.round(x[k]! * (width - 1));
    const row = Math.round((1 - y[k]!) * (height - 1));
    if (Number.isNaN(column) || Number.isNaN(row)) {
      left++;
      continue;
    }
    // The axes leave room beside all points: a disc that would leave the picture is moved in.
    const inColumn = Math.min(width - 1 - reach, Math.max(reach, column));
    const inRow = Math.min(height - 1 - reach, Math.max(reach, row));
    at[k] = inRow * width + inColumn;
    addDisc(counts, at[k]!, plain, 1);
  }
  return { scale, radius, at, counts, left };
}

/**
 * Draws points over what is in the picture, which is opaque; y grows upwards. Points without a place are left out. Cost: the pixels, and the
 * points that are lit.
 * @param points for a picture of this size
 * @param lit by row, 1: lit; undefined: nothing is selected
 * @param ink of points that are not lit, `#rrggbb`
 */
export function drawScatter(
  { width, pixels }: Picture,
  { at, counts, radius, scale }: PointPixels,
  lit: Uint8Array | undefined,
  ink: string,
): void {
  if (lit === undefined) {
    cover(pixels, counts, rgb(ink), ALPHA);
    return;
  }
  const [plain, bright] = [disc(radius, width), disc(radius + scale, width)];
  const [others, chosen] = [counts.slice(), new Uint32Array(counts.length)];
  for (let k = 0; k < at.length; k++) {
    const middle = at[k]!;
    if (lit[k] !== 1 || middle < 0) continue;
    addDisc(others, middle, plain, -1);
    addDisc(chosen, middle, bright, 1);
  }
  cover(pixels, others, rgb(ink), ALPHA / 2);
  cover(pixels, chosen, rgb(LIT_COLOUR), LIT_ALPHA);
}

/** So many points over each other, and more do not make a pixel darker. */
const DARKEST = 15;

/** Lays a colour over pixels, the more the more points are there. */
function cover(
  pixels: Uint8ClampedArray,
  counts: Uint32Array,
  colour: readonly [number, number, number],
  alpha: number,
): void {
  /** What each value of a channel becomes under so many points. */
  const mixed = colour.map((part) => {
    const table = new Uint8ClampedArray((DARKEST + 1) * 256);
    for (let k = 0; k < table.length; k++) {
      const open = (1 - alpha) ** (k >> 8);
      table[k] = (k & 255) * open + part * (1 - open);
    }
    return table;
  });
  for (let k = 0; k < counts.length; k++) {
    if (counts[k] === 0) continue;
    const row = Math.min(DARKEST, counts[k]!) << 8;
    for (let c = 0; c < 3; c++) pixels[4 * k + c] = mixed[c]![row | pixels[4 * k + c]!]!;
  }
}
