/** Cupping and drift of a scan from its classes of grey values, iteratively, out of the joint histogram alone. */
import { type JointHistogram, ringCounts } from "./joint-histogram.js";

/** Factors by ring that grey values (above the zero of attenuation) have been multiplied with. */
export interface Cup {
  readonly factors: Float64Array;
  /** Grey values of the classes after correction. */
  readonly means: readonly number[];
  readonly iterations: number;
}

const MOST_ITERATIONS = 50;
/** Largest change of a factor in one iteration that is none. */
const SETTLED = 1e-4;

/** Number of classes, or the grey values about which they lie. */
type Classes = number | readonly number[];

/** What a fit goes by: bins above zero, means of the classes, and the class of a value of a ring. */
interface Parted {
  readonly grey: Float64Array;
  readonly means: readonly number[];
  readonly classAt: (ring: number, bin: number) => number;
}

/**
 * Alternates two steps until nothing changes: grey values, divided by the cup found so far, are parted into classes of
 * least variance; the cup is the polynomial in r² by which the classes' means, ring by ring, differ from their overall means.
 * @param zero grey value of no attenuation
 * @param order highest power of r²
 */
export function cupOf(joint: JointHistogram, classes: Classes, zero: number, order: number): Cup {
  const { rings, bins, counts } = joint;
  // Beyond the mask nothing is known: the cup goes on as it ended.
  const farthest = ringCounts(joint).findLastIndex((count) => count > 0) + 0.5;
  const power = (ring: number, k: number): number => Math.min(1, (ring + 0.5) / farthest) ** (2 * k);
  return settled(joint, classes, zero, ({ grey, means, classAt }) => {
    // Least squares for v = mean · Σ aₖ·r²ᵏ over all voxels: each ring and class counts by its voxels.
    const normal = Array.from({ length: order + 1 }, () => new Float64Array(order + 2));
    for (let ring = 0; ring < rings; ring++)
      for (let b = 0; b < bins; b++) {
        const n = counts[ring * bins + b]!;
        if (n === 0) continue;
        const mean = means[classAt(ring, b)]!;
        for (let i = 0; i <= order; i++) {
          const weight = n * mean * power(ring, i);
          normal[i]![order + 1]! += weight * grey[b]!;
          for (let j = 0; j <= order; j++) normal[i]![j]! += weight * mean * power(ring, j);
        }
      }
    const fitted = solve(normal);
    return Float64Array.from({ length: rings }, (_, ring) => fitted.reduce((sum, a, k) => sum + a * power(ring, k), 0));
  });
}

/** Slices with fewer voxels of a class than these say nothing about it. */
const LEAST_VOXELS = 100;

/**
 * Drift by the same two steps, each slice having a factor of its own: by how much a class is brighter in the brightest slice
 * than in the darkest, of the class for which that is least. A drift takes all classes along, while a phase whose particles are
 * smaller, or more blurred, in some slices is alone. Unlike medians of slices it stays where only the shares change.
 * @param joint by slice
 * @returns a share of the class's grey value above zero; NaN if no class above zero is in two slices and in most
 */
export function driftOf(joint: JointHistogram, classes: Classes, zero: number): number {
  const { rings, bins, counts } = joint;
  const factorOf = ({ grey, means, classAt }: Parted, slice: number): number => {
    let [both, squares] = [0, 0];
    for (let b = 0; b < bins; b++) {
      const n = counts[slice * bins + b]!;
      if (n === 0) continue;
      const mean = means[classAt(slice, b)]!;
      both += n * mean * grey[b]!;
      squares += n * mean * mean;
    }
    return squares > 0 ? both / squares : 1;
  };
  const { parted } = settled(joint, classes, zero, (now) =>
    Float64Array.from({ length: rings }, (_, slice) => factorOf(now, slice)),
  );
  const drifts = parted.means.map((_, c) => {
    const found: number[] = [];
    for (let slice = 0; slice < rings; slice++) {
      let [sum, voxels] = [0, 0];
      for (let b = 0; b < bins; b++) {
        const n = counts[slice * bins + b]!;
        if (n === 0 || parted.classAt(slice, b) !== c) continue;
        sum += n * parted.grey[b]!;
        voxels += n;
      }
      if (voxels >= LEAST_VOXELS) found.push(sum / voxels);
    }
    const ratio = Math.max(...found) / Math.min(...found) - 1;
    // A class around zero has no ratio.
    return found.length > Math.max(1, rings / 2) && Math.min(...found) > 0 ? ratio : Number.POSITIVE_INFINITY;
  });
  const least = Math.min(...drifts);
  return Number.isFinite(least) ? least : Number.NaN;
}

function settled(
  joint: JointHistogram,
  classes: Classes,
  zero: number,
  factorsBy: (parted: Parted) => Float64Array,
): Cup & { readonly parted: Parted } {
  const { rings, bins, low, step } = joint;
  const grey = Float64Array.from({ length: bins }, (_, b) => low + (b + 0.5) * step - zero);
  let factors = new Float64Array(rings).fill(1);
  let means = typeof classes === "number" ? startingMeans(joint, classes, grey) : classes.map((value) => value - zero);
  for (let iteration = 1; ; iteration++) {
    means = classMeans(joint, factors, grey, means);
    const limits = means.slice(1).map((mean, c) => (mean + means[c]!) / 2);
    const now = factors;
    const classAt = (ring: number, bin: number): number => classOf(grey[bin]! / now[ring]!, limits);
    const parted = { grey, means, classAt };
    const next = normalised(joint, factorsBy(parted));
    const change = next.reduce((most, factor, ring) => Math.max(most, Math.abs(factor - now[ring]!)), 0);
    factors = next;
    if (change < SETTLED || iteration === MOST_ITERATIONS)
      return { factors, means: means.map((mean) => mean + zero), iterations: iteration, parted };
  }
}

/** Factors whose mean over all voxels is 1, and which are never so small that noise would grow beyond bounds. */
function normalised({ rings, bins, counts }: JointHistogram, raw: Float64Array): Float64Array<ArrayBuffer> {
  let [sum, total] = [0, 0];
  for (let ring = 0; ring < rings; ring++)
    for (let b = 0; b < bins; b++) {
      sum += counts[ring * bins + b]! * raw[ring]!;
      total += counts[ring * bins + b]!;
    }
  return Float64Array.from(raw, (factor) => Math.min(5, Math.max(0.2, (factor * total) / sum)));
}

/** Means of equal shares of the voxels, from dark to bright: where the classes begin. */
function startingMeans({ rings, bins, counts }: JointHistogram, classes: number, grey: Float64Array): number[] {
  const all = new Float64Array(bins);
  for (let ring = 0; ring < rings; ring++) for (let b = 0; b < bins; b++) all[b]! += counts[ring * bins + b]!;
  const total = all.reduce((a, b) => a + b, 0);
  const sums = new Float64Array(classes);
  const weights = new Float64Array(classes);
  for (let b = 0, before = 0; b < bins; b++) {
    const c = Math.min(classes - 1, Math.floor((classes * (before + all[b]! / 2)) / total));
    sums[c]! += all[b]! * grey[b]!;
    weights[c]! += all[b]!;
    before += all[b]!;
  }
  return Array.from(sums, (sum, c) =>
    weights[c]! > 0 ? sum / weights[c]! : grey[Math.floor(((c + 0.5) * bins) / classes)]!,
  );
}

const classOf = (value: number, limits: readonly number[]): number => {
  let c = 0;
  while (c < limits.length && value > limits[c]!) c++;
  return c;
};

/** Lloyd's iteration: each value to the nearest mean, each mean to its values. */
function classMeans(
  joint: JointHistogram,
  factors: Float64Array,
  grey: Float64Array,
  start: readonly number[],
): number[] {
  const { rings, bins, counts } = joint;
  let means = [...start];
  for (let k = 0; k < MOST_ITERATIONS; k++) {
    const limits = means.slice(1).map((mean, c) => (mean + means[c]!) / 2);
    const sums = new Float64Array(means.length);
    const weights = new Float64Array(means.length);
    for (let ring = 0; ring < rings; ring++)
      for (let b = 0; b < bins; b++) {
        const n = counts[ring * bins + b]!;
        if (n === 0) continue;
        const value = grey[b]! / factors[ring]!;
        const c = classOf(value, limits);
        sums[c]! += n * value;
        weights[c]! += n;
      }
    const next = means.map((mean, c) => (weights[c]! > 0 ? sums[c]! / weights[c]! : mean));
    const moved = next.some((mean, c) => Math.abs(mean - means[c]!) > 1e-6 * joint.step * joint.bins);
    means = next;
    if (!moved) break;
  }
  return means;
}

/** Solves a small symmetric system, right side in the last column, by elimination with pivots. */
export function solve(rows: readonly Float64Array[]): number[] {
  const n = rows.length;
  const m = rows.map((row) => row.slice());
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(m[i]![k]!) > Math.abs(m[pivot]![k]!)) pivot = i;
    [m[k], m[pivot]] = [m[pivot]!, m[k]!];
    const head = m[k]![k]!;
    // A column of zeros: what it belongs to has no part in the answer.
    if (Math.abs(head) < 1e-300) continue;
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = m[i]![k]! / head;
      for (let j = k; j <= n; j++) m[i]![j]! -= factor * m[k]![j]!;
    }
  }
  return m.map((row, k) => (Math.abs(row[k]!) < 1e-300 ? 0 : row[n]! / row[k]!));
}
