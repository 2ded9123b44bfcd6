import type { Triple } from "#src/core/shape.js";
import { derivative } from "./derivative.js";
import { gaussian } from "./gaussian.js";
import { type Block, eachVoxel, voxel } from "./neighbourhood.js";

/** Eigenvalues of a symmetric matrix in ascending order, by Jacobi's rotations. */
export function eigenvalues(matrix: readonly (readonly number[])[]): number[] {
  const a = matrix.map((row) => [...row]);
  const n = a.length;
  for (let sweep = 0; sweep < 50; sweep++)
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        if (a[p]![q] === 0) continue;
        const angle = Math.atan2(2 * a[p]![q]!, a[q]![q]! - a[p]![p]!) / 2;
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[p]![k]!, a[q]![k]!];
          a[p]![k] = c * x - s * y;
          a[q]![k] = s * x + c * y;
        }
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[k]![p]!, a[k]![q]!];
          a[k]![p] = c * x - s * y;
          a[k]![q] = s * x + c * y;
        }
      }
  return a.map((row, k) => row[k]!).sort((x, y) => x - y);
}

const axesOf = ({ shape }: Block): number[] => [0, 1, 2].filter((axis) => shape[axis]! > 1);

/** Eigenvalues at each voxel of the matrix whose entries `entry` gives for two axes. */
function everywhere(block: Block, entry: (a: number, b: number) => ArrayLike<number>): number[][] {
  const axes = axesOf(block);
  const entries = axes.map((a) => axes.map((b) => entry(Math.min(a, b), Math.max(a, b))));
  return Array.from(block.values, (_, k) => eigenvalues(entries.map((row) => row.map((values) => values[k]!))));
}

/** Eigenvalues of the second derivatives of the blurred block at each voxel, ascending. */
export function hessian(block: Block, sigma: Triple, scale: Triple = [1, 1, 1]): number[][] {
  return everywhere(block, (a, b) => {
    const orders = [0, 1, 2].map((k) => (k === a ? 1 : 0) + (k === b ? 1 : 0)) as unknown as Triple;
    return derivative(block, sigma, orders).map((value) => value * scale[a]! * scale[b]!);
  });
}

/** The block with `by` more voxels around along each axis of more than one, as its reflecting border shows them. */
function widened(block: Block, by: number): Block {
  const more = block.shape.map((n) => (n > 1 ? by : 0)) as unknown as Triple;
  const shape = block.shape.map((n, k) => n + 2 * more[k]!) as unknown as Triple;
  return { shape, values: eachVoxel(shape, (z, y, x) => voxel(block, z - more[0], y - more[1], x - more[2])) };
}

/** Slope along an axis by Sobel's operator whose weights sum to one over a slope of one. */
function sobel(block: Block, axis: number): number[] {
  const axes = axesOf(block);
  const offsets = (k: number): number[] => (axes.includes(k) ? [-1, 0, 1] : [0]);
  const weight = (k: number, d: number): number =>
    k === axis ? d / 2 : axes.includes(k) ? [0.25, 0.5, 0.25][d + 1]! : 1;
  return eachVoxel(block.shape, (z, y, x) => {
    let sum = 0;
    for (const a of offsets(0))
      for (const b of offsets(1))
        for (const c of offsets(2))
          sum += weight(0, a) * weight(1, b) * weight(2, c) * voxel(block, z + a, y + b, x + c);
    return sum;
  });
}

/** Eigenvalues of the averaged products of first derivatives at each voxel, ascending; grey values go on beyond the borders. */
export function structure(block: Block, sigma: Triple | "sobel", rho: Triple, scale: Triple = [1, 1, 1]): number[][] {
  // As far as derivatives and averages look together.
  const reach = (sigma: number): number => Math.floor(4 * sigma + 0.5);
  const by = reach(Math.max(...rho)) + (sigma === "sobel" ? 1 : reach(Math.max(...sigma)));
  const wide = widened(block, by);
  const slopes = [0, 1, 2].map((axis) => {
    if (block.shape[axis] === 1) return [];
    const orders = [0, 1, 2].map((k) => (k === axis ? 1 : 0)) as unknown as Triple;
    const slope = sigma === "sobel" ? sobel(wide, axis) : derivative(wide, sigma, orders);
    return slope.map((value) => value * scale[axis]!);
  });
  const more = block.shape.map((n) => (n > 1 ? by : 0)) as unknown as Triple;
  return everywhere(block, (a, b) => {
    const product = slopes[a]!.map((value, k) => value * slopes[b]![k]!);
    const mean = { shape: wide.shape, values: gaussian({ shape: wide.shape, values: product }, rho) };
    return eachVoxel(block.shape, (z, y, x) => voxel(mean, z + more[0], y + more[1], x + more[2]));
  });
}

/** How much eigenvalues differ: 0, all the same, to 1, all but one are 0. */
export function anisotropy(values: readonly number[]): number {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b) / n;
  const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const all = values.reduce((sum, value) => sum + value ** 2, 0);
  return all === 0 ? 0 : Math.sqrt(((n / (n - 1)) * spread) / all);
}

/**
 * How flat a sheet is at each voxel, from the eigenvalues `values` of the Hessian there, ascending, of a dark sheet: λ₃·w(λ₂/λ₃)·w(λ₁/λ₃).
 */
export function sheetOf(values: readonly number[]): number {
  const across = values.at(-1)!;
  if (!(across > 0)) return 0;
  const weight = (ratio: number): number => (ratio >= 0 ? 1 - ratio : Math.max(0, 1 + ratio / 4));
  return values.slice(0, -1).reduce((product, along) => product * weight(along / across), across);
}

/** The largest over several σ of σ² times {@link sheetOf}. */
export function sheetness(block: Block, sigmas: readonly number[], of: "dark" | "bright"): number[] {
  const scales = sigmas.map((sigma) =>
    hessian(block, [sigma, sigma, sigma]).map((values) => {
      const signed = of === "dark" ? values : values.map((value) => -value).reverse();
      return sigma ** 2 * sheetOf(signed);
    }),
  );
  return scales[0]!.map((_, k) => Math.max(...scales.map((scale) => scale[k]!)));
}
