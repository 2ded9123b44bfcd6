/** Figures of single planes: noise and the sharpness of edges. */
import type { Voxels } from "../core/dtype.js";

/**
 * Standard deviation of white noise in a plane, whatever structure is in it: from the median magnitude of the mask
 * 1 −2 1 / −2 4 −2 / 1 −2 1, which neither slopes nor edges along the axes feel.
 * @see J. Immerkær, Fast noise variance estimation (1996), doi:10.1006/cviu.1996.0060, with the median in place of the mean
 * @returns NaN if no voxel has eight neighbours inside
 */
export function noiseOf(plane: Voxels, height: number, width: number, inside?: Voxels): number {
  const found = new Float32Array(Math.max(0, (height - 2) * (width - 2)));
  let n = 0;
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const k = y * width + x;
      if (inside?.[k] === 0) continue;
      const value =
        4 * plane[k]! -
        2 * (plane[k - 1]! + plane[k + 1]! + plane[k - width]! + plane[k + width]!) +
        plane[k - width - 1]! +
        plane[k - width + 1]! +
        plane[k + width - 1]! +
        plane[k + width + 1]!;
      if (!Number.isNaN(value)) found[n++] = Math.abs(value);
    }
  const values = found.subarray(0, n).sort();
  // Three quarters of a normal distribution lie within 0.6745 σ on one side; the mask makes noise six times as large.
  return n === 0 ? Number.NaN : values[n >> 1]! / 0.6744897501960817 / 6;
}

/** A plateau must follow within so many voxels, or it is no edge between two phases. */
const REACH = 12;

/**
 * Distances over which grey values rise from 10 to 90 % between two phases, along rows and columns: of a surface seen
 * obliquely it is too long, so the shortest ones tell the point spread.
 * @param out gets the distances, in voxels
 */
export function edgeWidths(
  plane: Voxels,
  height: number,
  width: number,
  levels: readonly [low: number, high: number],
  inside: Voxels | undefined,
  out: number[],
): void {
  const [low, high] = levels;
  const [tenth, half, ninth] = [0.1, 0.5, 0.9].map((share) => low + share * (high - low)) as [number, number, number];
  const line = (start: number, step: number, count: number): void => {
    const at = (k: number): number => plane[start + k * step]!;
    for (let k = 1; k < count; k++) {
      const rises = at(k - 1) < half && at(k) >= half;
      const falls = at(k - 1) >= half && at(k) < half;
      if (!rises && !falls) continue;
      if (inside !== undefined && (inside[start + k * step] === 0 || inside[start + (k - 1) * step] === 0)) continue;
      // From the crossing to both plateaus; the dark one lies before a rise and behind a fall.
      const dark = crossing(at, rises ? k - 1 : k, rises ? -1 : 1, count, tenth, false);
      const bright = crossing(at, rises ? k : k - 1, rises ? 1 : -1, count, ninth, true);
      if (dark !== undefined && bright !== undefined) out.push(Math.abs(bright - dark));
    }
  };
  for (let y = 0; y < height; y++) line(y * width, 1, width);
  for (let x = 0; x < width; x++) line(x, width, height);
}

/** Where a line first reaches a level, between voxels; undefined if it does not soon, or turns back before. */
function crossing(
  at: (k: number) => number,
  from: number,
  step: 1 | -1,
  count: number,
  level: number,
  above: boolean,
): number | undefined {
  const reached = (value: number): boolean => (above ? value >= level : value <= level);
  for (let k = from, n = 0; k >= 0 && k < count && n < REACH; k += step, n++) {
    const value = at(k);
    if (reached(value)) {
      const before = at(k - step);
      const share = before === value ? 0 : (value - level) / (value - before);
      return k - step * share;
    }
    const next = k + step;
    if (next >= 0 && next < count && (above ? at(next) < value : at(next) > value)) return undefined;
  }
  return undefined;
}
