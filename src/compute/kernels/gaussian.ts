/** What a Gaussian gives: the blurred volume, the difference of two, the sharpened volume. */

import type { DifferenceParameters, UnsharpParameters } from "../operations/derivative.js";
import type { GaussianParameters } from "../operations.js";
import { Convolution, gaussianWeights, type Taps, taps } from "./convolve.js";
import { bytesOf, floatPlane, floatRow, type VolumeTask, type Wasm } from "./task.js";

/** Weights of a Gaussian along z, y, x. */
export function weightsOf(wasm: Wasm, sigma: readonly number[]): [Taps, Taps, Taps] {
  return sigma.map((s) => taps(wasm, gaussianWeights(s))) as [Taps, Taps, Taps];
}

export function gaussian(task: VolumeTask, { sigma }: GaussianParameters): void {
  const { wasm, dtype, slab, halo, result } = task;
  const convolution = new Convolution(wasm, { ...slab, dtype }, halo);
  const weights = weightsOf(wasm, sigma);
  const out = floatPlane(task);
  for (let z = 0; z < result.size[0]; z++) {
    convolution.plane(z, weights, out.at(z), out.row);
    out.done(z);
  }
}

export function differenceOfGaussians(task: VolumeTask, { low, high }: DifferenceParameters): void {
  const { wasm, dtype, slab, halo, result } = task;
  const [planes, rows, columns] = result.size;
  const convolution = new Convolution(wasm, { ...slab, dtype }, halo);
  const [narrow, wide] = [weightsOf(wasm, low), weightsOf(wasm, high)];
  const row = floatRow(columns);
  const blurred = wasm.allocate(row * rows);
  for (let z = 0; z < planes; z++) {
    const out = result.start + z * result.plane;
    convolution.plane(z, narrow, out, result.row);
    convolution.plane(z, wide, blurred, row);
    wasm.call("addScaled", out, blurred, out, columns, rows, result.row, row, result.row, -1);
  }
}

export function unsharpMask(task: VolumeTask, { sigma, amount, threshold }: UnsharpParameters): void {
  const { wasm, dtype, slab, halo, result } = task;
  const [planes, rows, columns] = result.size;
  const convolution = new Convolution(wasm, { ...slab, dtype }, halo);
  const weights = weightsOf(wasm, sigma);
  const out = floatPlane(task);
  const centre = slab.start + halo[0] * slab.plane + halo[1] * slab.row + halo[2] * bytesOf(dtype);
  const float = dtype === "float32";
  const row = float ? slab.row : floatRow(columns);
  const plane = float ? 0 : wasm.allocate(row * rows);
  for (let z = 0; z < planes; z++) {
    const to = out.at(z);
    const from = centre + z * slab.plane;
    if (!float) wasm.call(`toFloats_${dtype}`, from, slab.row, 0, plane, row, 0, 1, rows, columns);
    convolution.plane(z, weights, to, out.row);
    wasm.call("sharpen", float ? from : plane, to, columns, rows, row, out.row, amount, threshold);
    out.done(z);
  }
}
