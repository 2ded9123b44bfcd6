/** What a Gaussian gives: the blurred volume, the difference of two, the sharpened volume. */

import type { DifferenceParameters, UnsharpParameters } from "../operations/derivative.js";
import type { GaussianParameters } from "../operations.js";
import { Convolution, gaussianWeights, type Taps, taps } from "./convolve.js";
import { floatPlane, floatRow, floatSlab, type VolumeTask, type Wasm } from "./task.js";

function weightsOf(wasm: Wasm, sigma: readonly number[]): [Taps, Taps, Taps] {
  return sigma.map((s) => taps(wasm, gaussianWeights(s))) as [Taps, Taps, Taps];
}

export function gaussian(task: VolumeTask, { sigma }: GaussianParameters): void {
  const { wasm, slab, halo, result } = task;
  const convolution = new Convolution(wasm, { ...floatSlab(task), size: slab.size }, halo);
  const weights = weightsOf(wasm, sigma);
  const out = floatPlane(task);
  for (let z = 0; z < result.size[0]; z++) {
    convolution.plane(z, weights, out.at(z), out.row);
    out.done(z);
  }
}

export function differenceOfGaussians(task: VolumeTask, { low, high }: DifferenceParameters): void {
  const { wasm, slab, halo, result } = task;
  const [planes, rows, columns] = result.size;
  const convolution = new Convolution(wasm, { ...floatSlab(task), size: slab.size }, halo);
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
  const { wasm, slab, halo, result } = task;
  const [planes, rows, columns] = result.size;
  const floats = floatSlab(task);
  const convolution = new Convolution(wasm, { ...floats, size: slab.size }, halo);
  const weights = weightsOf(wasm, sigma);
  const out = floatPlane(task);
  const centre = floats.start + halo[0] * floats.plane + halo[1] * floats.row + halo[2] * 4;
  for (let z = 0; z < planes; z++) {
    const to = out.at(z);
    convolution.plane(z, weights, to, out.row);
    wasm.call("sharpen", centre + z * floats.plane, to, columns, rows, floats.row, out.row, amount, threshold);
    out.done(z);
  }
}
