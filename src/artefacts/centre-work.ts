/** The search of Vo's method for the axis of rotation in one sinogram; runs in a thread. */
import { fft } from "../compute/fft.js";

/** A sinogram over half a turn or more. */
export interface CentreTask {
  /** Its first rows are half a turn. */
  readonly sinogram: Float32Array;
  /** Number of rows of the half turn. */
  readonly half: number;
  /** Rows half a turn apart, two by two. */
  readonly pairs: Uint32Array;
  readonly columns: number;
  /** First and last column that the axis may have. */
  readonly from: number;
  readonly to: number;
  /** Diameter of the sample over the detector's width. */
  readonly ratio: number;
}

/** Where the metric is lowest; `atEnd` if that is at an end of the search. */
export interface CentreFound {
  readonly centre: number;
  readonly atEnd: boolean;
}

/** Sinograms are averaged down to about this many columns and rows for the coarse search. */
const COARSE_COLUMNS = 320;
const COARSE_ROWS = 256;

/** So many pairs of opposite projections say more than the wedge does. */
const ENOUGH_PAIRS = 8;

/** Coarse search over all columns on an averaged sinogram, then in steps of half a column, then between these. */
export function findCentre({ sinogram: whole, half, pairs, columns, from, to, ratio }: CentreTask): CentreFound {
  const sinogram = whole.subarray(0, half * columns);
  const rows = half;
  const [binX, binY] = [Math.max(1, Math.floor(columns / COARSE_COLUMNS)), Math.max(1, Math.floor(rows / COARSE_ROWS))];
  const coarse = new Wedge(...binned(smoothed(sinogram, columns), columns, binX, binY), ratio);
  // Centre c of the averaged sinogram lies at (c + ½)·bin − ½ of the full one.
  const wide = (c: number): number => (c + 0.5) * binX - 0.5;
  const narrow = (c: number): number => (c + 0.5) / binX - 0.5;
  const first = Math.floor(narrow(from));
  const tries = Array.from({ length: Math.ceil(narrow(to)) - first + 1 }, (_, k) => first + k);
  const best = tries[lowest(tries.map((c) => coarse.metric(c)))]!;
  const fine = new Wedge(smoothed(sinogram, columns), rows, columns, ratio);
  const middle = Math.round(2 * wide(best)) / 2;
  const reach = 2 * binX + 2;
  // At multiples of half a column the mirrored sinogram moves by whole ones: nothing is interpolated.
  const near = Array.from({ length: 4 * reach + 1 }, (_, k) => middle - reach + k / 2).filter(
    (c) => c >= from && c <= to,
  );
  const opposite = pairs.length / 2 >= ENOUGH_PAIRS;
  const metrics = near.map((c) => (opposite ? mirrorDifference(whole, pairs, columns, c) : fine.metric(c)));
  const at = lowest(metrics);
  const atEnd = near[at]! - from < 0.25 || to - near[at]! < 0.25;
  if (at === 0 || at === near.length - 1) return { centre: near[at]!, atEnd };
  const [a, b, c] = [metrics[at - 1]!, metrics[at]!, metrics[at + 1]!];
  // The metric rises like the distance from the axis: two lines of equal slope meet at the lowest point.
  const slope = Math.max(a, c) - b;
  return { centre: near[at]! + (slope > 0 ? (0.25 * (a - c)) / slope : 0), atEnd };
}

/** Mean difference between projections and their opposite ones, mirrored at `centre`, a multiple of half a column. */
function mirrorDifference(sinogram: Float32Array, pairs: Uint32Array, columns: number, centre: number): number {
  const sum = Math.round(2 * centre);
  const [first, last] = [Math.max(0, sum - columns + 1), Math.min(columns - 1, sum)];
  let difference = 0;
  for (let k = 0; k < pairs.length; k += 2) {
    const [a, b] = [pairs[k]! * columns, pairs[k + 1]! * columns];
    for (let x = first; x <= last; x++) difference += Math.abs(sinogram[a + x]! - sinogram[b + sum - x]!);
  }
  return difference / (last - first + 1);
}

const lowest = (values: readonly number[]): number => values.reduce((best, v, k) => (v < values[best]! ? k : best), 0);

/** The part of the Fourier plane outside the double wedge of a sinogram of a whole turn; a wrong axis fills it. */
class Wedge {
  readonly #sinogram: Float64Array | Float32Array;
  readonly #rows: number;
  readonly #columns: number;
  /** Half-width of the region in coefficients, for each of the 2·rows frequencies; −1 where nothing counts. */
  readonly #half: Int32Array;
  readonly #widest: number;
  readonly #top: { re: Float64Array; im: Float64Array };

  constructor(sinogram: Float32Array, rows: number, columns: number, ratio: number) {
    this.#sinogram = sinogram;
    this.#rows = rows;
    this.#columns = columns;
    const height = 2 * rows;
    const drop = Math.min(20, Math.floor(0.05 * height));
    const radius = 0.5 * ratio * columns;
    const dv = (height - 1) / (height * 2 * Math.PI);
    this.#half = Int32Array.from({ length: height }, (_, v) => {
      const away = Math.min(v, height - v);
      return away <= drop ? -1 : Math.min(Math.floor(columns / 2), Math.ceil(((away * dv) / radius) * columns));
    });
    this.#widest = this.#half.reduce((a, b) => Math.max(a, b), 0);
    this.#top = this.#rowSpectra((row, line) => line.set(sinogram.subarray(row * columns, (row + 1) * columns)));
  }

  /** Coefficients 0 to `widest` of each row. */
  #rowSpectra(fill: (row: number, line: Float64Array) => void): { re: Float64Array; im: Float64Array } {
    const [rows, columns, kept] = [this.#rows, this.#columns, this.#widest + 1];
    const re = new Float64Array(rows * kept);
    const im = new Float64Array(rows * kept);
    const a = new Float64Array(columns);
    const b = new Float64Array(columns);
    // Two real rows are one complex one; their spectra are its even and odd parts.
    for (let row = 0; row < rows; row += 2) {
      const pair = row + 1 < rows;
      fill(row, a);
      if (pair) fill(row + 1, b);
      else b.fill(0);
      fft(a, b);
      for (let u = 0; u < kept; u++) {
        const m = (columns - u) % columns;
        re[row * kept + u] = (a[u]! + a[m]!) / 2;
        im[row * kept + u] = (b[u]! - b[m]!) / 2;
        if (!pair) continue;
        re[(row + 1) * kept + u] = (b[u]! + b[m]!) / 2;
        im[(row + 1) * kept + u] = (a[m]! - a[u]!) / 2;
      }
    }
    return { re, im };
  }

  /** Mean magnitude in the region, if the axis were at `centre`, a multiple of half a column. */
  metric(centre: number): number {
    const [rows, columns, kept] = [this.#rows, this.#columns, this.#widest + 1];
    const sinogram = this.#sinogram;
    const shift = Math.round(2 * centre - (columns - 1));
    const bottom = this.#rowSpectra((row, line) => {
      for (let x = 0; x < columns; x++) {
        const mirrored = columns - 1 - (x - shift);
        // What the mirrored sinogram does not cover is taken from the sinogram turned upside down, whose edges join.
        line[x] =
          mirrored >= 0 && mirrored < columns
            ? sinogram[row * columns + mirrored]!
            : sinogram[(rows - 1 - row) * columns + x]!;
      }
    });
    const re = new Float64Array(2 * rows);
    const im = new Float64Array(2 * rows);
    let sum = 0;
    // Column 0 and its neighbour hold the mean of all projections, whatever the axis.
    for (let u = 2; u < kept; u++) {
      for (let row = 0; row < rows; row++) {
        re[row] = this.#top.re[row * kept + u]!;
        im[row] = this.#top.im[row * kept + u]!;
        re[rows + row] = bottom.re[row * kept + u]!;
        im[rows + row] = bottom.im[row * kept + u]!;
      }
      fft(re, im);
      for (let v = 0; v < 2 * rows; v++) if (u <= this.#half[v]!) sum += Math.hypot(re[v]!, im[v]!);
    }
    return sum / (rows * columns);
  }
}

/** Means of blocks; what is left over at the ends is dropped. */
function binned(
  values: Float32Array,
  columns: number,
  binX: number,
  binY: number,
): [sinogram: Float32Array, rows: number, columns: number] {
  const rows = Math.floor(values.length / columns / binY);
  const width = Math.floor(columns / binX);
  const out = new Float32Array(rows * width);
  for (let y = 0; y < rows * binY; y++)
    for (let x = 0; x < width * binX; x++)
      out[Math.floor(y / binY) * width + Math.floor(x / binX)]! += values[y * columns + x]! / (binX * binY);
  return [out, rows, width];
}

/** Gaussian of 2 rows and columns: noise is white, and fills the region as a wrong axis does. */
function smoothed(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  const weights = Array.from({ length: 9 }, (_, d) => Math.exp((-0.5 * d * d) / 4));
  const sum = weights.reduce((total, weight, d) => total + (d === 0 ? weight : 2 * weight), 0);
  const reflect = (k: number, n: number): number => {
    const folded = ((k % (2 * n)) + 2 * n) % (2 * n);
    return folded < n ? folded : 2 * n - 1 - folded;
  };
  const along = (from: Float32Array, count: number, step: number, lines: number, next: number): Float32Array => {
    const out = new Float32Array(from.length);
    for (let line = 0; line < lines; line++)
      for (let k = 0; k < count; k++) {
        let mean = weights[0]! * from[line * next + k * step]!;
        for (let d = 1; d < 9; d++)
          mean +=
            weights[d]! *
            (from[line * next + reflect(k - d, count) * step]! + from[line * next + reflect(k + d, count) * step]!);
        out[line * next + k * step] = mean / sum;
      }
    return out;
  };
  return along(along(values, rows, columns, columns, 1), columns, 1, rows, columns);
}
