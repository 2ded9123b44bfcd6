/**
 * The operations themselves, as the threads run them: a slab of voxels with its halo goes into the thread's own wasm
 * memory, a kernel is called plane by plane (V8 never exchanges code that is running, so one long call would stay in its
 * slowest version), the result comes out as a padded brick.
 */
import { DTYPES, type DType, type Voxels, voxelArray } from "../core/dtype.js";
import { ComputeFailed, LimitExceeded } from "../core/errors.js";
import type { Triple } from "../core/shape.js";
import type { Zone } from "../core/volume.js";
import {
  ballOffsets,
  boxOffsets,
  type GaussianParameters,
  gaussianReach,
  type HistogramCounts,
  type HistogramParameters,
  type MedianParameters,
  type ThresholdParameters,
} from "./operations.js";

type Kernel = (...numbers: number[]) => number;

/** Slack after each array: kernels read and write whole vectors, up to 64 bytes past its end. */
const SLACK = 128;

/** A thread's wasm instance with its memory, laid out anew for each task. */
export class Wasm {
  readonly #memory: WebAssembly.Memory;
  readonly #exports: Readonly<Record<string, Kernel>>;
  #next = 0;

  constructor(module: WebAssembly.Module) {
    const { exports } = new WebAssembly.Instance(module, {});
    this.#memory = exports.memory as WebAssembly.Memory;
    this.#exports = exports as unknown as Record<string, Kernel>;
    this.reset();
  }

  /** Bytes of the memory, which never shrinks. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Gives all arrays back. */
  reset(): void {
    this.#next = this.call("heapBase");
  }

  /** Where the next array would go: {@link rewind} to it gives back all that were allocated since. */
  get mark(): number {
    return this.#next;
  }

  rewind(mark: number): void {
    this.#next = mark;
  }

  /** Room for an array: its first byte. What stood there before still stands there. */
  allocate(bytes: number): number {
    const start = Math.ceil(this.#next / 64) * 64;
    this.#next = start + bytes + SLACK;
    const missing = this.#next - this.#memory.buffer.byteLength;
    if (this.#next > 2 ** 32 - 2 ** 16)
      throw new LimitExceeded(
        `one brick with its surroundings needs more than the 4 GiB that a thread can address; choose a smaller radius or smaller bricks`,
        this.#next,
        2 ** 32,
      );
    if (missing > 0) {
      try {
        this.#memory.grow(Math.ceil(missing / 65536));
      } catch {
        throw new LimitExceeded(`a thread got no ${missing} more bytes of memory from the system`, missing, 0);
      }
    }
    return start;
  }

  view(dtype: DType, start: number, length: number): Voxels {
    return voxelArray(dtype, this.#memory.buffer, start, length);
  }

  call(name: string, ...numbers: number[]): number {
    const kernel = this.#exports[name];
    if (kernel === undefined) throw new ComputeFailed(`there is no kernel ${name}: build the kernels again`);
    return kernel(...numbers);
  }
}

/** A box of voxels in wasm memory; strides in bytes. */
export interface Slab {
  readonly start: number;
  readonly row: number;
  readonly plane: number;
  readonly size: Triple;
}

/** One brick to compute. */
export interface VolumeTask {
  readonly wasm: Wasm;
  readonly dtype: DType;
  readonly resultType: DType;
  /** Input voxels of the brick with the halo around. */
  readonly slab: Slab;
  readonly halo: Triple;
  /** Where the brick goes, without padding; rows are multiples of 64 bytes, so that whole vectors can be written. */
  readonly result: Slab;
}

/** Kernels of volume operations: from slab to result. */
export const volumeKernels: Readonly<Record<string, (task: VolumeTask, parameters: never) => void>> = {
  medianBall: (task, { radius }: MedianParameters) =>
    median(task, ballOffsets(radius), within(radius, Math.SQRT2) ? "medianOf7" : ""),
  medianBox: (task, { radius }: MedianParameters) =>
    median(task, boxOffsets(radius), within(radius, 2) ? "medianOf27" : ""),
  gaussian: blur,
  threshold: label,
};

/** True for radii of one voxel, which reach no further up to `less`: these neighbourhoods have networks of their own. */
const within = (radius: Triple, less: number): boolean => radius.every((r) => r >= 1 && r < less);

/** Neighbourhoods up to this size are searched bit by bit, larger ones by a sliding histogram; measured. */
const BY_BITS = { 1: 255, 2: 160, 4: 60 } as const;

function median(task: VolumeTask, offsets: readonly Triple[], network: string): void {
  const { wasm, dtype, slab, halo, result } = task;
  const bytes = DTYPES[dtype].bytes as 1 | 2 | 4;
  const bits = 8 * bytes;
  const slabBytes = slab.plane * slab.size[0];
  toKeys(wasm, dtype, slab.start, slabBytes);
  const [planes, rows, columns] = result.size;
  // First voxel of the result as the slab has it.
  const centre = slab.start + halo[0] * slab.plane + halo[1] * slab.row + halo[2] * bytes;
  const plane = (z: number): [number, number, number, number, number, number] => [
    centre + z * slab.plane,
    slab.row,
    result.start + z * result.plane,
    result.row,
    rows,
    columns,
  ];
  const rank = Math.floor(offsets.length / 2);
  const distance = ([dz, dy, dx]: Triple): number => dz * slab.plane + dy * slab.row + dx * bytes;
  if (network !== "") {
    for (let z = 0; z < planes; z++)
      wasm.call(
        `${network}_${bits}`,
        slab.start + z * slab.plane,
        slab.row,
        slab.plane,
        result.start + z * result.plane,
        result.row,
        rows,
        columns,
      );
  } else if (offsets.length <= BY_BITS[bytes]) {
    const table = wasm.allocate(4 * offsets.length);
    (wasm.view("int32", table, offsets.length) as Int32Array).set(offsets.map(distance));
    const range = wasm.allocate(16);
    wasm.call(`keyRange_${bits}`, slab.start, slab.row, slab.plane, range, ...slab.size);
    const bias = 2 ** (bits - 1);
    const [low, high] = Array.from(wasm.view("int32", range, 2), (key) => key + bias) as [number, number];
    // Bits above the highest in which two keys differ are known.
    const open = 32 - Math.clz32((low ^ high) >>> 0);
    const prefix = open === 32 ? 0 : (low >>> open) << open;
    for (let z = 0; z < planes; z++)
      wasm.call(`select_${bits}`, ...plane(z), table, offsets.length, open, prefix, rank);
  } else slide(task, offsets, rank, plane, distance);
  fromKeys(wasm, dtype, result.start, result.plane * planes);
}

/** The median of a large neighbourhood, by a histogram that slides along the rows. */
function slide(
  task: VolumeTask,
  offsets: readonly Triple[],
  rank: number,
  plane: (z: number) => number[],
  distance: (offset: Triple) => number,
): void {
  const { wasm, dtype, slab, result } = task;
  const bytes = DTYPES[dtype].bytes;
  const runs: number[] = [];
  for (const [k, offset] of offsets.entries()) {
    const before = offsets[k - 1];
    if (before === undefined || before[0] !== offset[0] || before[1] !== offset[1])
      runs.push(distance(offset), distance(offset));
    else runs[runs.length - 1] = distance(offset);
  }
  const table = wasm.allocate(4 * runs.length);
  (wasm.view("int32", table, runs.length) as Int32Array).set(runs);
  let bins = 2 ** (8 * bytes);
  let keys = 0;
  if (bytes === 4) {
    const count = (slab.plane * slab.size[0]) / 4;
    const order = wasm.allocate(4 * count);
    keys = wasm.allocate(4 * count);
    bins = wasm.call("rankKeys", slab.start, count, order, keys, wasm.allocate(4 * 2048)) >>> 0;
  }
  const shift = Math.ceil(Math.log2(bins) / 2);
  const coarse = 4 * (bins + 1);
  const total = coarse + 4 * ((bins >>> shift) + 2);
  const histogram = wasm.allocate(total);
  wasm.view("uint8", histogram, total).fill(0);
  for (let z = 0; z < result.size[0]; z++)
    wasm.call(`slide_${8 * bytes}`, ...plane(z), table, runs.length / 2, rank, histogram, coarse, shift);
  if (bytes !== 4) return;
  // The padding holds whatever was there, so ranks are looked up only where voxels are.
  const keyOf = wasm.view("int32", keys, bins);
  const out = wasm.view("int32", result.start, (result.plane * result.size[0]) / 4);
  for (let z = 0; z < result.size[0]; z++)
    for (let y = 0; y < result.size[1]; y++) {
      const start = (z * result.plane + y * result.row) / 4;
      for (let x = start; x < start + result.size[2]; x++) out[x] = keyOf[out[x]!]!;
    }
}

const SIGNS: Partial<Record<DType, number>> = { uint8: 0x80808080, uint16: 0x80008000, uint32: 0x80000000 };

/** Voxels to signed integers of the same order, in place. */
function toKeys(wasm: Wasm, dtype: DType, start: number, bytes: number): void {
  if (dtype === "float32") wasm.call("floatKeys", start, bytes);
  else if (SIGNS[dtype] !== undefined) wasm.call("flipSigns", start, bytes, SIGNS[dtype]);
}

function fromKeys(wasm: Wasm, dtype: DType, start: number, bytes: number): void {
  if (dtype === "float32") wasm.call("restoreKeys", start, bytes);
  else if (SIGNS[dtype] !== undefined) wasm.call("flipSigns", start, bytes, SIGNS[dtype]);
}

/** Half of a Gaussian's weights, centre first, float32; they sum to 1 with the other half. */
export function gaussianWeights(sigma: number): Float32Array {
  const half = gaussianReach(sigma);
  const weights = Float64Array.from({ length: half + 1 }, (_, k) =>
    k === 0 ? 1 : Math.exp((-0.5 * k * k) / sigma ** 2),
  );
  const sum = weights.reduce((total, weight, k) => total + (k === 0 ? weight : 2 * weight), 0);
  return Float32Array.from(weights, (weight) => weight / sum);
}

function blur(task: VolumeTask, { sigma }: GaussianParameters): void {
  const { wasm, dtype, resultType, slab, halo, result } = task;
  const [depth, height, width] = slab.size;
  const [planes, rows, columns] = result.size;
  // Rows in steps of 64 bytes; a plane is never a multiple of 4 KiB, at which lines push each other out of the cache.
  const row = Math.ceil((4 * width) / 64) * 64;
  const plane = row * height + ((row * height) % 4096 < 64 ? 64 : 0);
  const floats = dtype === "float32" ? slab.start : wasm.allocate(plane * depth);
  const stridesOf = dtype === "float32" ? { row: slab.row, plane: slab.plane } : { row, plane };
  if (dtype !== "float32")
    for (let z = 0; z < depth; z++)
      for (let y = 0; y < height; y++)
        wasm.call(
          `toFloats_${dtype}`,
          slab.start + z * slab.plane + y * slab.row,
          floats + z * plane + y * row,
          Math.ceil(width / 8) * 8,
        );
  const line = stridesOf.row;
  const page = stridesOf.plane;
  const weights = sigma.map((s) => {
    const values = gaussianWeights(s);
    const start = wasm.allocate(values.byteLength);
    (wasm.view("float32", start, values.length) as Float32Array).set(values);
    return { start, half: values.length - 1 };
  }) as [{ start: number; half: number }, { start: number; half: number }, { start: number; half: number }];
  const [wz, wy, wx] = weights;
  // Along z for all rows and columns of the slab, then along y for the rows of the brick, then along x.
  const afterZ = wasm.allocate(page * planes + 64);
  for (let y = 0; y < height; y++)
    wasm.call(
      "blur",
      floats + halo[0] * page + y * line,
      afterZ + y * line,
      line,
      page,
      planes,
      page,
      page,
      wz.half,
      wz.start,
    );
  const afterY = wasm.allocate(line * rows + 64);
  const length = Math.ceil((4 * columns) / 64) * 64;
  const whole = resultType === "float32";
  const afterX = whole ? 0 : wasm.allocate(length * rows + 64);
  for (let z = 0; z < planes; z++) {
    const to = result.start + z * result.plane;
    const [target, step] = whole ? [to, result.row] : [afterX, length];
    wasm.call("blur", afterZ + z * page + halo[1] * line, afterY, line, line, rows, line, line, wy.half, wy.start);
    wasm.call("blur", afterY + 4 * halo[2], target, length, 4, rows, line, step, wx.half, wx.start);
    for (let y = 0; y < rows && !whole; y++)
      wasm.call(`toIntegers_${resultType}`, afterX + y * length, to + y * result.row, columns);
  }
}

/** Key of float infinity: only NaN has a larger one. */
const LARGEST_NUMBER = 0x7f800000;

function label(task: VolumeTask, { thresholds }: ThresholdParameters): void {
  const { wasm, dtype, slab, result } = task;
  const keys = thresholds.map((threshold) => thresholdKey(dtype, threshold)).filter((key) => key !== undefined);
  // A threshold below all values of the type still counts as one step.
  const passed = thresholds.filter((threshold) => threshold < DTYPES[dtype].min && dtype !== "float32").length;
  const table = wasm.allocate(4 * keys.length);
  (wasm.view("int32", table, keys.length) as Int32Array).set(keys);
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
      wasm.call(`labels_${8 * bytes}`, from, to, count, table, keys.length, most);
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

/** Minimum, maximum, sum and NaN count of a result. */
export function zoneIn(wasm: Wasm, dtype: DType, result: Slab): Zone {
  const out = wasm.allocate(32);
  wasm.call(`zone_${dtype}`, result.start, result.row, result.plane, out, ...result.size);
  const bytes = wasm.view("uint8", out, 32);
  const [min, max, sum, nan] = new Float64Array(bytes.buffer, out, 4) as unknown as [number, number, number, number];
  return { min, max, sum, nan };
}

/** Kernels of reductions: `voxels` are the brick's valid ones inside the region, `mask` one byte each, if there is one. */
export const reduceKernels: Readonly<
  Record<string, (wasm: Wasm, dtype: DType, voxels: number, mask: number, count: number, parameters: never) => unknown>
> = {
  histogram: (wasm, dtype, voxels, mask, count, { first, step, bins }: HistogramParameters): HistogramCounts => {
    const { min, bytes } = DTYPES[dtype];
    const exact = bytes <= 2 && first === min && step === 1 && bins === 2 ** (8 * bytes);
    // Four tables for 8 bits, where neighbours are often equal; four of 16 bits would crowd the cache out.
    const tables = bytes === 1 ? 4 : 1;
    const length = exact ? tables * bins : bins + 3;
    const table = wasm.allocate(4 * length);
    const filled = wasm.view("uint32", table, length).fill(0);
    if (exact) {
      wasm.call(`histogram_${dtype}`, voxels, mask, count, table, tables === 1 ? 0 : 4 * bins);
      const counts = new Float64Array(bins);
      for (let k = 0; k < length; k++) counts[k % bins]! += filled[k]!;
      return { counts, below: 0, above: 0, nan: 0 };
    }
    wasm.call(`wideHistogram_${dtype}`, voxels, mask, count, table, first, step, bins);
    const [below, above, nan] = filled.subarray(bins) as unknown as [number, number, number];
    return { counts: Float64Array.from(filled.subarray(0, bins)), below, above, nan };
  },
};
