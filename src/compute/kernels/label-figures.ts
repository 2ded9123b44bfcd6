/** What there is of each label: in a box, and across its faces. */
import type { Voxels } from "../../core/dtype.js";
import { LabelIndex } from "../label-index.js";
import {
  type Contacts,
  type ContactsParameters,
  FIGURE,
  GREY_FIGURES,
  type LabelFigures,
  type LabelFiguresParameters,
  PLAIN_FIGURES,
} from "../operations/labels.js";
import { bytesOf, type ReduceTask } from "./task.js";

/** A table of figures that grows with the labels. */
class Figures {
  readonly width: number;
  values: Float64Array;
  rows = 0;

  constructor(width: number) {
    this.width = width;
    this.values = new Float64Array(64 * width);
  }

  /** Begins the row of a label that was not there. */
  begin(): void {
    const at = this.rows++ * this.width;
    if (at === this.values.length) {
      const more = new Float64Array(2 * at);
      more.set(this.values);
      this.values = more;
    }
    this.values.fill(Number.POSITIVE_INFINITY, at + FIGURE.start, at + FIGURE.stop);
    if (this.width > FIGURE.least) this.values[at + FIGURE.least] = Number.POSITIVE_INFINITY;
    if (this.width > FIGURE.most) this.values[at + FIGURE.most] = Number.NEGATIVE_INFINITY;
  }
}

export function labelFigures(task: ReduceTask, parameters: LabelFiguresParameters): LabelFigures {
  const {
    wasm,
    dtype,
    slab,
    mask,
    besides: [beside],
  } = task;
  const { grey, never, only } = parameters;
  const [planes, rows, columns] = slab.size;
  const count = planes * rows * columns;
  const voxels = wasm.view(dtype, slab.start, count);
  const inside = mask === 0 ? undefined : wasm.view("uint8", mask, count);
  const [out, alsoOut] = [never[0] ?? Number.NaN, never[1] ?? Number.NaN];
  const index = new LabelIndex();
  const figures = new Figures(grey === undefined ? PLAIN_FIGURES : GREY_FIGURES);
  let last = Number.NaN;
  let lastRow = -1;
  /** Row of figures of a label; −1 where it does not count. Of neighbouring runs every second one is often of the same label. */
  const rowOf = (value: number): number => {
    const label = parameters.mask ? Math.min(1, Math.abs(value)) : value;
    if (label === last) return lastRow;
    if (label === out || label === alsoOut || (only !== undefined && label !== only)) return -1;
    last = label;
    lastRow = index.numberOf(label);
    if (lastRow === figures.rows) figures.begin();
    return lastRow;
  };
  const greys = beside && {
    voxels: wasm.view(beside.dtype, beside.start, (beside.plane * planes) / bytesOf(beside.dtype)),
    row: beside.row / bytesOf(beside.dtype),
    plane: beside.plane / bytesOf(beside.dtype),
  };
  for (let z = 0, at = 0; z < planes; z++)
    for (let y = 0; y < rows; y++, at += columns) {
      const line = greys === undefined ? 0 : z * greys.plane + y * greys.row;
      for (let x = 0; x < columns; ) {
        const end = runEnd(voxels, inside, at, x, columns);
        const row = inside !== undefined && inside[at + x] === 0 ? -1 : rowOf(voxels[at + x]!);
        if (row >= 0) {
          addRun(figures.values, row * figures.width, z, y, x, end, at);
          if (greys !== undefined)
            addGreys(figures.values, row * figures.width, greys.voxels, line + x, line + end, grey!);
        }
        x = end;
      }
    }
  const { labels, count: found } = index;
  return {
    size: slab.size,
    labels: labels.slice(0, found),
    figures: figures.values.slice(0, found * figures.width),
  };
}

/** Where the run of equal voxels ends that begins at `x`: all in the mask, or all outside of it. */
function runEnd(voxels: Voxels, inside: Voxels | undefined, at: number, x: number, columns: number): number {
  const value = voxels[at + x]!;
  let end = x + 1;
  while (end < columns && voxels[at + end] === value) end++;
  if (inside === undefined) return end;
  const is = inside[at + x] === 0;
  let same = x + 1;
  while (same < end && (inside[at + same] === 0) === is) same++;
  return same;
}

function addRun(out: Float64Array, row: number, z: number, y: number, x: number, end: number, at: number): void {
  const length = end - x;
  if (out[row] === 0) {
    out[row + FIGURE.first] = at + x;
    out[row + FIGURE.start] = z;
  }
  out[row]! += length;
  // Rows come plane after plane: the first plane is the least, the last one the greatest.
  out[row + FIGURE.stop] = z + 1;
  if (y < out[row + FIGURE.start + 1]!) out[row + FIGURE.start + 1] = y;
  if (y >= out[row + FIGURE.stop + 1]!) out[row + FIGURE.stop + 1] = y + 1;
  if (x < out[row + FIGURE.start + 2]!) out[row + FIGURE.start + 2] = x;
  if (end > out[row + FIGURE.stop + 2]!) out[row + FIGURE.stop + 2] = end;
  out[row + FIGURE.places]! += length * z;
  out[row + FIGURE.places + 1]! += length * y;
  out[row + FIGURE.places + 2]! += (length * (x + end - 1)) / 2;
}

/** Adds grey values in whole units, so that every order gives the same sums; what is NaN does not count. */
function addGreys(
  out: Float64Array,
  row: number,
  grey: Voxels,
  from: number,
  to: number,
  { origin, unit }: { readonly origin: number; readonly unit: number },
): void {
  let [count, sum, high, mixed, low] = [0, 0, 0, 0, 0];
  let least = out[row + FIGURE.least]!;
  let most = out[row + FIGURE.most]!;
  for (let k = from; k < to; k++) {
    const value = grey[k]!;
    if (Number.isNaN(value)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
    const units = Math.round((value - origin) / unit);
    const a = Math.floor(units / 32768);
    const b = units - 32768 * a;
    count++;
    sum += units;
    high += a * a;
    mixed += 2 * a * b;
    low += b * b;
  }
  out[row + FIGURE.greys]! += count;
  out[row + FIGURE.sum]! += sum;
  out[row + FIGURE.squares]! += high;
  out[row + FIGURE.squares + 1]! += mixed;
  out[row + FIGURE.squares + 2]! += low;
  out[row + FIGURE.least] = least;
  out[row + FIGURE.most] = most;
}

/** Faces of pieces with other labels: of each voxel of a piece those to the six around it that belong to no piece of its own. */
export function contacts({ wasm, slab, besides: [beside] }: ReduceTask, _: ContactsParameters): Contacts {
  const [planes, rows, columns] = slab.size;
  const pieces = wasm.view("uint32", slab.start, planes * rows * columns);
  const { dtype, start, row, plane } = beside!;
  const bytes = bytesOf(dtype);
  const [labelRow, labelPlane] = [row / bytes, plane / bytes];
  const labels = wasm.view(dtype, start, (plane * planes) / bytes);
  const steps = [
    [-rows * columns, -labelPlane],
    [rows * columns, labelPlane],
    [-columns, -labelRow],
    [columns, labelRow],
    [-1, -1],
    [1, 1],
  ] as const;
  const around = new LabelIndex();
  const found = new Map<number, number>();
  for (let z = 1; z < planes - 1; z++)
    for (let y = 1; y < rows - 1; y++) {
      const at = (z * rows + y) * columns;
      const line = z * labelPlane + y * labelRow;
      for (let x = 1; x < columns - 1; x++) {
        const piece = pieces[at + x]!;
        if (piece === 0) continue;
        for (const [step, far] of steps) {
          if (pieces[at + x + step] === piece) continue;
          const key = piece * 2 ** 20 + around.numberOf(labels[line + x + far]!);
          found.set(key, (found.get(key) ?? 0) + 1);
        }
      }
    }
  const keys = [...found.keys()];
  return {
    pieces: Uint32Array.from(keys, (key) => Math.floor(key / 2 ** 20)),
    labels: Float64Array.from(keys, (key) => around.labels[key % 2 ** 20]!),
    faces: Float64Array.from(found.values()),
  };
}
