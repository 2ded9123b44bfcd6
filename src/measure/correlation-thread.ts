/** Autocorrelation of a phase by Fourier transforms; runs in the threads, which share the coefficients. */
import { Source } from "../compute/gather.js";
import type { SourceDescription } from "../compute/job.js";
import { Fourier } from "../compute/kernels/fourier.js";
import type { Wasm } from "../compute/kernels/task.js";
import { ownWasm } from "../compute/own-wasm.js";
import { type Voxels, voxelArray } from "../core/dtype.js";
import { type Region, regionShape, type Triple } from "../core/shape.js";

/** Which voxels are of the phase, and which of the sample. */
export interface CorrelationInput {
  readonly input: SourceDescription;
  readonly mask: SourceDescription | undefined;
  readonly region: Region;
  readonly label: number | undefined;
  readonly outside: number | undefined;
}

/** How long transforms are, and which lags are wanted of them. */
export interface CorrelationTask extends CorrelationInput {
  /** Along z, y, x. */
  readonly lengths: Triple;
  readonly lags: Triple;
  /** Periods that have to be added up, along z, y, x; 0 where the transform is as long as the volume, or nothing repeats. */
  readonly periods: Triple;
  readonly periodic: boolean;
  /** Distances of voxels and width of the shells. */
  readonly steps: Triple;
  readonly width: number;
  readonly shells: number;
  /** Coefficients of the phase and, if there are voxels beyond the sample, of the sample. */
  readonly spectra: readonly SharedArrayBuffer[];
}

/** Real parts of a row of coefficients, in bytes: of y there are as many as half the transform's length and one. */
export const partBytes = (length: number): number => 64 * Math.ceil(((length >> 1) + 1) / 16);

interface State {
  readonly task: CorrelationTask;
  readonly wasm: Wasm;
  readonly shape: Triple;
  readonly along: readonly [Fourier, Fourier, Fourier];
  readonly part: number;
  /** Bytes of voxels, and room for planes of coefficients. */
  readonly plane: number;
  readonly rows: number;
  readonly out: number;
  readonly sources: readonly (Source | undefined)[];
}

let state: State | undefined;

export function begin(task: CorrelationTask): void {
  const wasm = ownWasm();
  wasm.reset();
  const shape = regionShape(task.region);
  const [fz, fy, fx] = task.lengths;
  const along = task.lengths.map((length) => new Fourier(wasm, length)) as unknown as State["along"];
  const part = partBytes(fy);
  const longest = Math.max(fz, fx, shape[0], shape[2]);
  const plane = wasm.allocate(shape[1] * shape[2] + 64);
  const rows = wasm.allocate((longest + 64) * 2 * part);
  const out = wasm.allocate(Math.max((longest + 64) * 2 * part, 4 * (2 * task.lags[2] + 1) * (2 * task.lags[1] + 1)));
  const sources = [task.input, task.mask].map((one) => one && new Source(one));
  state = { task, wasm, shape, along, part, plane, rows, out, sources };
}

/** A byte for each voxel of a plane: 1 where it is of the phase, or (`which` 1) of the sample. */
export function kindsOfPlane(
  { input, mask, region, label, outside }: CorrelationInput,
  [source, masks]: readonly (Source | undefined)[],
  which: number,
  z: number,
  into: Uint8Array,
): void {
  const [, height, width] = regionShape(region);
  const count = height * width;
  const start = [region.start[0] + z, region.start[1], region.start[2]] as const;
  const read = (from: Source, dtype: SourceDescription["dtype"]): Voxels => {
    const voxels = voxelArray(dtype, count);
    from.gather(start, [1, height, width], { voxels, row: width, plane: 0 });
    return voxels;
  };
  const voxels = read(source!, input.dtype);
  if (which === 1) for (let k = 0; k < count; k++) into[k] = voxels[k] === outside ? 0 : 1;
  else if (label === undefined) for (let k = 0; k < count; k++) into[k] = voxels[k] === 0 ? 0 : 1;
  else for (let k = 0; k < count; k++) into[k] = voxels[k] === label ? 1 : 0;
  if (mask === undefined) return;
  const inside = read(masks!, mask.dtype);
  for (let k = 0; k < count; k++) if (inside[k] === 0) into[k] = 0;
}

/** Coefficients of a plane along y and x. */
export function transformPlane({ z, which }: { z: number; which: number }): void {
  const { task, wasm, shape, along, part, plane, rows, out, sources } = state!;
  const [, height, width] = shape;
  const [, alongY, alongX] = along;
  kindsOfPlane(task, sources, which, z, wasm.view("uint8", plane, height * width) as Uint8Array);
  for (let x = 0; x < width; x += 32) {
    wasm.call("rowsOfBytes", plane + x, width, height, alongY.length, alongY.rows);
    const to = rows + x * 2 * part;
    wasm.call("partColumns", alongY.run(), alongY.length, to, part, Math.min(32, width - x));
  }
  for (let b = 0; b < part; b += 64) {
    wasm.call("rowsOfPlane", rows + b, part, width, alongX.length, alongX.rows);
    wasm.call("planeOfRows", alongX.run(), 0, alongX.length, alongX.length, out + b, part);
  }
  const count = (alongX.length * 2 * part) / 4;
  const spectrum = new Float32Array(task.spectra[which]!, 4 * z * count, count);
  spectrum.set(wasm.view("float32", out, count));
}

/** Squares of all coefficients, and back along z, of all planes at one coefficient of x. */
export function correlateColumn({ x, which }: { x: number; which: number }): void {
  const { task, wasm, shape, along, part, rows, out } = state!;
  const [alongZ, , alongX] = along;
  const [depth] = shape;
  const [lags] = task.lags;
  const row = (2 * part) / 4;
  const plane = alongX.length * row;
  const spectrum = new Float32Array(task.spectra[which]!);
  const slab = wasm.view("float32", rows, depth * row);
  for (let z = 0; z < depth; z++) {
    const from = z * plane + x * row;
    slab.set(spectrum.subarray(from, from + row), z * row);
  }
  for (let b = 0; b < part; b += 64) {
    wasm.call("rowsOfPlane", rows + b, part, depth, alongZ.length, alongZ.rows);
    const coefficients = alongZ.run();
    wasm.call("powers", coefficients, alongZ.length);
    const found = alongZ.run(true, coefficients);
    if (task.periods[0] > 0) wasm.call("foldRows", found, alongZ.length, task.periods[0], lags);
    wasm.call("planeOfRows", found, 0, alongZ.length, lags + 1, out + b, part);
  }
  const back = wasm.view("float32", out, (lags + 1) * row);
  for (let z = 0; z <= lags; z++) spectrum.set(back.subarray(z * row, (z + 1) * row), z * plane + x * row);
}

/** Numbers of pairs at one lag along z: a row for each lag of x, in it all of y, both from the most negative on. */
function pairsOfPlane(z: number, which: number): Float32Array {
  const { task, wasm, along, part, rows, out } = state!;
  const [alongZ, alongY, alongX] = along;
  const [, ly, lx] = task.lags;
  const [, periodY, periodX] = task.periods;
  const count = (alongX.length * 2 * part) / 4;
  wasm.view("float32", rows, count).set(new Float32Array(task.spectra[which]!, 4 * z * count, count));
  for (let b = 0; b < part; b += 64) {
    wasm.call("rowsOfPlane", rows + b, part, alongX.length, alongX.length, alongX.rows);
    const found = alongX.run(true);
    if (periodX > 0) wasm.call("foldRows", found, alongX.length, periodX, lx);
    wasm.call("planeOfRows", found, (alongX.length - lx) % alongX.length, alongX.length, 2 * lx + 1, out + b, part);
  }
  const scale = 1 / (alongZ.length * alongY.length * alongX.length);
  const [width, height] = [2 * lx + 1, 2 * ly + 1];
  for (let x = 0; x < width; x += 32) {
    const some = Math.min(32, width - x);
    wasm.call("joinColumns", out + x * 2 * part, part, some, alongY.length, alongY.rows);
    const found = alongY.run(true);
    if (periodY > 0) wasm.call("foldRows", found, alongY.length, periodY, ly);
    for (const half of [0, 1]) {
      const columns = Math.min(16, some - 16 * half);
      if (columns <= 0) continue;
      const first = (alongY.length - ly) % alongY.length;
      const to = rows + 4 * (x + 16 * half) * height;
      wasm.call("columnsOut", found + 64 * half, first, alongY.length, height, to, 4 * height, columns, scale);
    }
  }
  return wasm.view("float32", rows, width * height) as Float32Array;
}

/** What a plane of lags gives: the correlation itself, or its sums over shells. */
export interface LagPlane {
  /** S₂, rows of y with columns of x, both from the most negative lag on. */
  readonly plane?: Float32Array<ArrayBuffer>;
  readonly sums?: Float64Array;
  readonly counts?: Float64Array;
  readonly distances?: Float64Array;
}

/** S₂ at one lag along z. @param map true: the plane itself, else sums over shells */
export function lagPlane({ z, map }: { z: number; map: boolean }): LagPlane {
  const { task, shape } = state!;
  const { lags, periodic, steps, width, shells } = task;
  const [, ly, lx] = lags;
  const valid = task.spectra.length > 1 ? pairsOfPlane(z, 1).slice() : undefined;
  const pairs = pairsOfPlane(z, 0);
  const plane = new Float32Array(pairs.length);
  const columns = 2 * lx + 1;
  const sums = new Float64Array(shells);
  const counts = new Float64Array(shells);
  const distances = new Float64Array(shells);
  // Each lag counts with the opposite one.
  const weight = z === 0 ? 1 : 2;
  for (let x = -lx, k = 0; x <= lx; x++)
    for (let y = -ly; y <= ly; y++, k++) {
      const overlap = periodic
        ? shape[0] * shape[1] * shape[2]
        : (shape[0] - z) * (shape[1] - Math.abs(y)) * (shape[2] - Math.abs(x));
      // Numbers of pairs are whole; half a pair is what rounding makes of none.
      const all = valid === undefined ? overlap : Math.round(valid[k]!);
      const value = all > 0 ? pairs[k]! / all : Number.NaN;
      if (map) {
        plane[(y + ly) * columns + x + lx] = value;
        continue;
      }
      const distance = Math.sqrt((z * steps[0]) ** 2 + (y * steps[1]) ** 2 + (x * steps[2]) ** 2);
      const shell = Math.floor(distance / width);
      if (shell >= shells || Number.isNaN(value)) continue;
      sums[shell]! += weight * value;
      counts[shell]! += weight;
      distances[shell]! += weight * distance;
    }
  return map ? { plane } : { sums, counts, distances };
}
