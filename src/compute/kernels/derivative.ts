/** Operations on derivatives: gradient magnitude and Laplacian. */
import type { EdgeStoppingParameters, GradientParameters, LaplacianParameters } from "../operations/derivative.js";
import { Convolution, gaussianWeights, type Taps, taps } from "./convolve.js";
import { bytesOf, floatRow, floatSlab, type VolumeTask } from "./task.js";

export function gradientMagnitude(task: VolumeTask, { method, sigma, scale }: GradientParameters): void {
  const { wasm, dtype, slab, halo, result } = task;
  const [planes, rows, columns] = result.size;
  if (method === "sobel") {
    // Differences over two voxels, and sums of 1 2 1 along two axes.
    const factors = scale.map((s) => s / 32);
    const short = bytesOf(dtype) === 1;
    const { start, row, plane } = short ? slab : floatSlab(task);
    for (let z = 0; z < planes; z++) {
      const to = result.start + z * result.plane;
      const place = [start + z * plane, row, plane, to, result.row, rows, columns] as const;
      wasm.call(short ? `sobelOfBytes_${dtype}` : "sobel", ...place, ...factors);
    }
    return;
  }
  const convolution = new Convolution(wasm, { ...slab, dtype }, halo);
  const [smooth, slope] = axes((k) => [
    taps(wasm, gaussianWeights(sigma[k])),
    taps(wasm, gaussianWeights(sigma[k], 1, scale[k]), true),
  ]);
  const row = floatRow(columns);
  const [gz, gy, gx] = axes(() => [wasm.allocate(row * rows)])[0];
  for (let z = 0; z < planes; z++) {
    convolution.plane(z, [slope[0], smooth[1], smooth[2]], gz, row);
    convolution.plane(z, [smooth[0], slope[1], smooth[2]], gy, row);
    convolution.plane(z, [smooth[0], smooth[1], slope[2]], gx, row);
    wasm.call("magnitude", gz, gy, gx, result.start + z * result.plane, columns, rows, row, result.row);
  }
}

export function edgeStopping(task: VolumeTask, { alpha, ...gradient }: EdgeStoppingParameters): void {
  gradientMagnitude(task, { ...gradient, method: "gaussian" });
  const { wasm, result } = task;
  wasm.call("inverseRoots", result.start, result.plane * result.size[0], alpha);
}

export function laplacian(task: VolumeTask, { sigma, scale }: LaplacianParameters): void {
  const { wasm, dtype, slab, halo, result } = task;
  const [planes, rows, columns] = result.size;
  const convolution = new Convolution(wasm, { ...slab, dtype }, halo);
  const [smooth, bend] = axes((k) => [
    taps(wasm, gaussianWeights(sigma[k])),
    taps(wasm, gaussianWeights(sigma[k], 2, scale[k] ** 2)),
  ]);
  const row = floatRow(columns);
  const part = wasm.allocate(row * rows);
  for (let z = 0; z < planes; z++) {
    const out = result.start + z * result.plane;
    convolution.plane(z, [bend[0], smooth[1], smooth[2]], out, result.row);
    for (const weights of [
      [smooth[0], bend[1], smooth[2]],
      [smooth[0], smooth[1], bend[2]],
    ] as [Taps, Taps, Taps][]) {
      convolution.plane(z, weights, part, row);
      wasm.call("addScaled", out, part, out, columns, rows, result.row, row, result.row, 1);
    }
  }
}

/** For the axes z, y, x what `of` gives, by its place in the list that `of` gives. */
function axes<T extends readonly unknown[]>(
  of: (axis: 0 | 1 | 2) => readonly [...T],
): { [K in keyof T]: readonly [T[K], T[K], T[K]] } {
  const [z, y, x] = [of(0), of(1), of(2)];
  return z.map((_, k) => [z[k], y[k], x[k]]) as unknown as { [K in keyof T]: readonly [T[K], T[K], T[K]] };
}
