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
  /**
   * Instead of the phase its surface: how much a face across z, y, x counts, whole numbers whose sum is at most 254. The region has
   * the voxels with a neighbour behind them along all axes of more than one voxel.
   */
  readonly faces?: Triple | undefined;
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
  /** What is taken off the field: its mean, where covariances are wanted. */
  readonly less: number;
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

const WALL = 0;
const PHASE = 1;
const BEYOND = 2;

/** What stands for no voxel of the sample. */
const NONE = 255;

/** What each voxel of a plane of the region is: wall, phase, or beyond the sample. @param more rows and columns beyond the region */
function kindsAt(
  { input, mask, region, label, outside }: CorrelationInput,
  [source, masks]: readonly (Source | undefined)[],
  z: number,
  more: readonly [y: number, x: number],
): Uint8Array {
  const shape = regionShape(region);
  const [height, width] = [shape[1] + more[0], shape[2] + more[1]];
  const count = height * width;
  const start = [region.start[0] + z, region.start[1], region.start[2]] as const;
  const read = (from: Source, dtype: SourceDescription["dtype"]): Voxels => {
    const voxels = voxelArray(dtype, count);
    from.gather(start, [1, height, width], { voxels, row: width, plane: 0 });
    return voxels;
  };
  const voxels = read(source!, input.dtype);
  const kinds = new Uint8Array(count);
  if (label === undefined) for (let k = 0; k < count; k++) kinds[k] = voxels[k] === 0 ? WALL : PHASE;
  else for (let k = 0; k < count; k++) kinds[k] = voxels[k] === label ? PHASE : WALL;
  if (outside !== undefined) for (let k = 0; k < count; k++) if (voxels[k] === outside) kinds[k] = BEYOND;
  if (mask === undefined) return kinds;
  const inside = read(masks!, mask.dtype);
  for (let k = 0; k < count; k++) if (inside[k] === 0) kinds[k] = BEYOND;
  return kinds;
}

/**
 * A byte for each voxel of a plane: 1 where it is of the phase, or the surface that it has with those behind it; NONE beyond the sample.
 * @param counts gets the numbers of faces across z, y, x
 */
function valuesOfPlane(
  input: CorrelationInput,
  sources: readonly (Source | undefined)[],
  z: number,
  counts: number[] = [0, 0, 0],
): Uint8Array {
  const { faces, region } = input;
  if (faces === undefined) {
    const kinds = kindsAt(input, sources, z, [0, 0]);
    for (let k = 0; k < kinds.length; k++) if (kinds[k] === BEYOND) kinds[k] = NONE;
    return kinds;
  }
  const [, height, width] = regionShape(region);
  // Where a face counts nothing there is no neighbour.
  const [dz, dy, dx] = faces.map((face) => (face > 0 ? 1 : 0)) as unknown as Triple;
  const here = kindsAt(input, sources, z, [dy, dx]);
  const behind = dz === 1 ? kindsAt(input, sources, z + 1, [dy, dx]) : here;
  const row = width + dx;
  const out = new Uint8Array(height * width);
  for (let y = 0, k = 0; y < height; y++)
    for (let x = 0; x < width; x++, k++) {
      const at = y * row + x;
      const own = here[at]!;
      const [a, b, c] = [behind[at]!, here[at + dy * row]!, here[at + dx]!];
      if (own === BEYOND || a === BEYOND || b === BEYOND || c === BEYOND) out[k] = NONE;
      else {
        for (const [axis, other] of [a, b, c].entries())
          if (other !== own) {
            counts[axis]!++;
            out[k]! += faces[axis]!;
          }
      }
    }
  return out;
}

/** The field (`which` 0), or 1 where there is a voxel of the sample (`which` 1). @param none what stands beyond the sample */
function fieldOfPlane(
  input: CorrelationInput,
  sources: readonly (Source | undefined)[],
  which: number,
  z: number,
  none: number,
): Uint8Array {
  const values = valuesOfPlane(input, sources, z);
  if (which === 1) for (let k = 0; k < values.length; k++) values[k] = values[k] === NONE ? 0 : 1;
  else if (none !== NONE) for (let k = 0; k < values.length; k++) if (values[k] === NONE) values[k] = none;
  return values;
}

/** Sums of a field and of its squares, and how many voxels it has. */
export interface FieldSums {
  readonly sum: number;
  readonly squares: number;
  readonly voxels: number;
  /** Of a surface, numbers of faces across z, y, x. */
  readonly faces: Triple;
}

export function sumsOfPlane({ z }: { z: number }): FieldSums {
  const { task, sources } = state!;
  let [sum, squares, voxels] = [0, 0, 0];
  const faces: [number, number, number] = [0, 0, 0];
  for (const value of valuesOfPlane(task, sources, z, faces)) {
    if (value === NONE) continue;
    sum += value;
    squares += value * value;
    voxels++;
  }
  return { sum, squares, voxels, faces };
}

/** Tells the thread what is taken off the field. */
export function centre({ less }: { less: number }): void {
  state = { ...state!, task: { ...state!.task, less } };
}

/** Coefficients of a plane along y and x. */
export function transformPlane({ z, which }: { z: number; which: number }): void {
  const { task, wasm, shape, along, part, plane, rows, out, sources } = state!;
  const [, height, width] = shape;
  const [, alongY, alongX] = along;
  (wasm.view("uint8", plane, height * width) as Uint8Array).set(fieldOfPlane(task, sources, which, z, NONE));
  const less = which === 0 ? task.less : 0;
  for (let x = 0; x < width; x += 32) {
    wasm.call("rowsOfBytes", plane + x, width, height, alongY.length, alongY.rows, less);
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

/** Sums over the lags of each shell. */
export interface Shells {
  /** Of S₂, of one, and of the distance. */
  readonly values: Float64Array;
  readonly lags: Float64Array;
  readonly distances: Float64Array;
  /** Of products of the field over all pairs, and of the pairs. */
  readonly products: Float64Array;
  readonly pairs: Float64Array;
}

/** What a plane of lags gives. */
export interface LagPlane {
  /** S₂, rows of y with columns of x, both from the most negative lag on; only where asked for. */
  readonly plane: Float32Array<ArrayBuffer> | undefined;
  readonly shells: Shells;
}

/** S₂ at one lag along z. @param map true: the plane itself, too */
export function lagPlane({ z, map }: { z: number; map: boolean }): LagPlane {
  const { task, shape } = state!;
  const { lags, periodic, steps, width, shells: count } = task;
  const [, ly, lx] = lags;
  const valid = task.spectra.length > 1 ? pairsOfPlane(z, 1).slice() : undefined;
  const found = pairsOfPlane(z, 0);
  const plane = map ? new Float32Array(found.length) : undefined;
  const columns = 2 * lx + 1;
  const none = (): Float64Array => new Float64Array(count);
  const shells = { values: none(), lags: none(), distances: none(), products: none(), pairs: none() };
  // Each lag counts with the opposite one.
  const weight = z === 0 ? 1 : 2;
  for (let x = -lx, k = 0; x <= lx; x++)
    for (let y = -ly; y <= ly; y++, k++) {
      const overlap = periodic
        ? shape[0] * shape[1] * shape[2]
        : (shape[0] - z) * (shape[1] - Math.abs(y)) * (shape[2] - Math.abs(x));
      // Numbers of pairs are whole: half a pair is what rounding makes of none.
      const pairs = valid === undefined ? overlap : Math.round(valid[k]!);
      const value = pairs > 0 ? found[k]! / pairs : Number.NaN;
      if (plane !== undefined) plane[(y + ly) * columns + x + lx] = value;
      const distance = Math.sqrt((z * steps[0]) ** 2 + (y * steps[1]) ** 2 + (x * steps[2]) ** 2);
      const shell = Math.floor(distance / width);
      if (shell >= count || pairs <= 0) continue;
      shells.values[shell]! += weight * value;
      shells.lags[shell]! += weight;
      shells.distances[shell]! += weight * distance;
      shells.products[shell]! += weight * found[k]!;
      shells.pairs[shell]! += weight * pairs;
    }
  return { plane, shells };
}
