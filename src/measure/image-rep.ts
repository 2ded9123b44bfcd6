/**
 * The uncertainty of a phase fraction as the program ImageRep tells it, from the two-point correlation of one periodic image: A. Dahari,
 * R. Docherty, S. Kench & S. J. Cooper, Prediction of microstructural representativity from a single image (2025),
 * doi:10.1002/advs.202414149. Written anew from the paper and from what its program does.
 */
import type { Triple } from "../core/shape.js";
import { dimensionsOf } from "./integral-range.js";

export interface ImageRepEstimate {
  /** Edge of a square or cube that is as good as one independent sample, in voxels. */
  readonly range: number;
  /** Standard deviation of the fraction. */
  readonly deviation: number;
  /** Half of the width of the interval over the deviation. */
  readonly factor: number;
}

/** Width of the rings of lags that are asked whether there is still correlation. */
const RING = 100;
/** Relative error of the deviation, a ⁄ V^b, fitted by the authors to the structures of MicroLib in 2D and 3D. */
const ERRORS = { 2: [48.20175315, 0.4297919], 3: [444.803518, 0.436974444] } as const;
/** Up to so many voxels in 2D and 3D ranges are compared with those of lines. */
export const SMALL = { 2: 1000 ** 2, 3: 250 ** 3 } as const;
/** Ends what would never end. */
const MOST_STEPS = 1000;
/** Points of the authors' grid of integration. */
const POINTS = 301;

/**
 * @param lines range by lines, of volumes of at most {@link SMALL} voxels
 * @param planes S₂ of the periodic image, one for each lag along z from 0 on
 * @param lags largest ones along z, y, x
 */
export function imageRep(
  planes: readonly Float32Array[],
  lags: Triple,
  shape: Triple,
  fraction: number,
  confidence: number,
  lines: number | undefined,
): ImageRepEstimate {
  const dimensions = dimensionsOf(shape) >= 3 ? 3 : 2;
  const volume = shape[0] * shape[1] * shape[2];
  const each = (see: (value: number, distance: number, weight: number, overlap: number) => void): void => {
    for (const [z, plane] of planes.entries())
      for (let y = -lags[1], k = 0; y <= lags[1]; y++)
        for (let x = -lags[2]; x <= lags[2]; x++, k++) {
          const overlap = ((shape[0] - z) * (shape[1] - Math.abs(y)) * (shape[2] - Math.abs(x))) / volume;
          see(plane[k]!, Math.sqrt(z * z + y * y + x * x), z === 0 ? 1 : 2, overlap);
        }
  };
  const end = endOfCorrelation(each, lags, fraction, dimensions);
  let [sum, rim, lagsOfRim, count, overlaps, below] = [0, 0, 0, 0, 0, 0];
  each((value, distance, weight, overlap) => {
    if (distance >= end - 10 && distance <= end) {
      rim += weight * value;
      lagsOfRim += weight;
    }
    if (distance >= end) return;
    sum += weight * value;
    count += weight;
    overlaps += weight * overlap;
  });
  const square = (rim / lagsOfRim + fraction ** 2) / 2;
  each((value, distance, weight) => {
    if (distance < end && value < square) below += weight * (value - square);
  });
  const first = volume / (volume - overlaps);
  let product = (first * (count - overlaps)) / volume;
  while (product > 1) product /= 1.1;
  const scale = first / (1 - product) / (fraction - square);
  let above = sum - count * square - below;
  const edge = (): number => {
    const content = scale * (above + below);
    return content > 0 ? content ** (1 / dimensions) : content;
  };
  let range = edge();
  // Where the range is far from that of lines, what lies on one side of φ² is taken back by a tenth, again and again.
  for (let k = 0; k < MOST_STEPS && lines !== undefined; k++, range = edge()) {
    if (range < 1 || (lines > 1 && range / lines < 1 / 3)) below *= 0.9;
    else if (lines > 1 && range / lines > 3) above *= 0.9;
    else break;
  }
  const deviation = Math.sqrt((fraction * (1 - fraction) * range ** dimensions) / volume);
  const [a, b] = ERRORS[dimensions];
  return { range, deviation, factor: widthOverDeviation(a / volume ** b, confidence) };
}

/** The distance from which less than 3 % of the lags of a ring are clearly above φ². */
function endOfCorrelation(
  each: (see: (value: number, distance: number, weight: number) => void) => void,
  lags: Triple,
  fraction: number,
  dimensions: number,
): number {
  const most = Math.floor(Math.hypot(...lags));
  const width = Math.hypot(...lags) < Math.floor(RING * Math.sqrt(dimensions)) ? most / 99 : RING;
  const rings = Math.ceil(most / width - 1e-9);
  const [all, high] = [new Float64Array(rings + 2), new Float64Array(rings + 2)];
  const limit = fraction ** 2 + 0.05 * (fraction - fraction ** 2);
  each((value, distance, weight) => {
    const ring = Math.floor(distance / width);
    if (ring >= all.length) return;
    all[ring]! += weight;
    if (value > limit) high[ring]! += weight;
  });
  for (let k = 1; k < rings - 1; k++) if (high[k]! / all[k]! < 0.03) return k * width;
  return width;
}

/** Within how many deviations a value stays, if the deviation is itself normal with a relative error: on the authors' grid. */
function widthOverDeviation(error: number, confidence: number): number {
  const reach = Math.min(0.9 / error, 6);
  const normal = (x: number, deviation: number): number => Math.exp(-0.5 * (x / deviation) ** 2) / deviation;
  const at = (k: number, most: number): number => -most + (2 * most * k) / (POINTS - 1);
  const densities = Array.from({ length: POINTS }, (_, k) => {
    let density = 0;
    for (let n = 0; n < POINTS; n++) {
      const off = at(n, reach * error);
      density += normal(at(k, reach), 1 + off) * normal(off, error);
    }
    return density;
  });
  const total = densities.reduce((sum, value) => sum + value, 0) - (densities[0]! + densities.at(-1)!) / 2;
  const tail = (1 - confidence) / 2;
  let below = 0;
  const k = densities.findIndex((value) => {
    below += value / total;
    return below > tail;
  });
  return -at(k, reach);
}
