/** Labels by thresholds. */
import { DTYPES, type DType } from "../../core/dtype.js";
import type { ThresholdParameters } from "../operations.js";
import { table, toKeys, type VolumeTask } from "./task.js";

/** Key of float infinity: only NaN has a larger one. */
const LARGEST_NUMBER = 0x7f800000;

/** Labels 0 to n by n thresholds. */
export function threshold(task: VolumeTask, { thresholds }: ThresholdParameters): void {
  const { wasm, dtype, slab, result } = task;
  const keys = thresholds.map((threshold) => thresholdKey(dtype, threshold)).filter((key) => key !== undefined);
  // A threshold below all values of the type still counts as one step.
  const passed = thresholds.filter((threshold) => threshold < DTYPES[dtype].min && dtype !== "float32").length;
  const limits = table(wasm, keys);
  toKeys(wasm, dtype, slab.start, slab.plane * slab.size[0]);
  const [planes, rows, columns] = result.size;
  const { bytes } = DTYPES[dtype];
  const most = dtype === "float32" ? LARGEST_NUMBER : 2 ** 31 - 1;
  // A plane at a time where its rows lie on both sides as far apart.
  const [calls, count] = slab.row === result.row * bytes ? [1, rows * result.row] : [rows, columns];
  for (let z = 0; z < planes; z++)
    for (let y = 0; y < calls; y++) {
      const from = slab.start + z * slab.plane + y * slab.row;
      const to = result.start + z * result.plane + y * result.row;
      wasm.call(`labels_${8 * bytes}`, from, to, count, limits, keys.length, most);
    }
  if (passed === 0) return;
  const out = wasm.view("uint8", result.start, result.plane * planes);
  for (let k = 0; k < out.length; k++) out[k] = out[k]! + passed;
}

/** The key of the largest value that is not above a threshold; undefined if the type has none, or none above it. */
function thresholdKey(dtype: DType, threshold: number): number | undefined {
  const { min, max, bytes, integer } = DTYPES[dtype];
  if (integer) {
    const whole = Math.floor(threshold);
    if (whole < min || whole >= max) return undefined;
    return min === 0 ? whole - 2 ** (8 * bytes - 1) : whole;
  }
  const bits = new Int32Array(1);
  const value = new Float32Array(bits.buffer);
  value[0] = threshold;
  const key = (): number => bits[0]! ^ ((bits[0]! >> 31) & 0x7fffffff);
  // Zero has two keys, and both are not above a threshold of zero.
  if (value[0] === 0 && threshold >= 0) return 0;
  return value[0]! > threshold ? key() - 1 : key();
}
