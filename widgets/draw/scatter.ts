/** Points of two columns as a picture: many points over each other are darker, those that are lit lie above and are larger. */
import { rgb } from "../../src/core/phases.js";
import type { AxisScale } from "./axis.js";
import type { Picture } from "./pictures.js";

/** What is lit in plots: Okabe & Ito's vermilion. */
export const LIT_COLOUR = "#d55e00";

export interface ScatterPoints {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly xAxis: AxisScale;
  readonly yAxis: AxisScale;
  /** By row, 1: lit; undefined: nothing is selected. */
  readonly lit: Uint8Array | undefined;
}

/** What one point covers of the paper. */
const ALPHA = 0.45;
const LIT_ALPHA = 0.8;

/** Offsets of the pixels of a disc in a picture of this width. */
function disc(radius: number, width: number): number[] {
  const offsets: number[] = [];
  const reach = Math.ceil(radius);
  for (let y = -reach; y <= reach; y++)
    for (let x = -reach; x <= reach; x++) if (x * x + y * y <= radius * radius) offsets.push(y * width + x);
  return offsets;
}

/**
 * Draws points over what is in the picture, which is opaque; y grows upwards. Points without a place on both axes (NaN, or below 0 on a logarithmic one)
 * are left out.
 * @param ink of points that are not lit, `#rrggbb`
 * @param scale pixels of the picture per pixel of the page
 * @returns how many points were left out
 */
export function drawScatter(picture: Picture, points: ScatterPoints, ink: string, scale = 1): number {
  const { width, height, pixels } = picture;
  const { x, y, xAxis, yAxis, lit } = points;
  // Few points are larger.
  const radius = scale * (x.length > 20_000 ? 1 : x.length > 2000 ? 1.5 : 2.5);
  const reach = Math.ceil(radius + scale);
  const [plain, bright] = [disc(radius, width), disc(radius + scale, width)];
  const counts = [new Uint32Array(width * height), new Uint32Array(width * height)] as const;
  let left = 0;
  for (let k = 0; k < x.length; k++) {
    const column = Math.round(xAxis.at(x[k]!) * (width - 1));
    const row = Math.round((1 - yAxis.at(y[k]!)) * (height - 1));
    if (Number.isNaN(column) || Number.isNaN(row)) {
      left++;
      continue;
    }
    // The axes leave room beside all points: a disc that would leave the picture is moved in.
    const inColumn = Math.min(width - 1 - reach, Math.max(reach, column));
    const inRow = Math.min(height - 1 - reach, Math.max(reach, row));
    const at = inRow * width + inColumn;
    const on = lit !== undefined && lit[k] === 1;
    const into = counts[on ? 1 : 0];
    for (const offset of on ? bright : plain) into[at + offset]!++;
  }
  cover(pixels, counts[0], rgb(ink), lit === undefined ? ALPHA : ALPHA / 2);
  cover(pixels, counts[1], rgb(LIT_COLOUR), LIT_ALPHA);
  return left;
}

/** Lays a colour over pixels, the more the more points are there. */
function cover(
  pixels: Uint8ClampedArray,
  counts: Uint32Array,
  colour: readonly [number, number, number],
  alpha: number,
): void {
  const opacity = Float64Array.from({ length: 16 }, (_, n) => 1 - (1 - alpha) ** n);
  for (let k = 0; k < counts.length; k++) {
    if (counts[k] === 0) continue;
    const over = opacity[Math.min(15, counts[k]!)]!;
    for (let c = 0; c < 3; c++) pixels[4 * k + c] = pixels[4 * k + c]! * (1 - over) + colour[c]! * over;
  }
}
