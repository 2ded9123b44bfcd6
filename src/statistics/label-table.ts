/** What there is of each label of a volume, whatever its size. */
import { memoryLimitOf } from "../compute/build.js";
import { LabelIndex } from "../compute/label-index.js";
import { machine } from "../compute/memory.js";
import {
  FIGURE,
  type LabelFigures,
  type LabelFiguresParameters,
  labelFigures as operation,
} from "../compute/operations/labels.js";
import { reduce } from "../compute/run.js";
import { formatBytes } from "../core/display.js";
import { LimitExceeded } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import { OUTSIDE } from "../core/phases.js";
import { intersect, type Region, type Triple, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";

/** Sums of units and of their squares pass 2⁵³: they are kept as high · 2⁴⁸ + low. */
const WORD = 2 ** 48;
/** Bytes of a label: its place in the index with room for growth, its figures, and those of grey values. */
const PLAIN_BYTES = 28 + 8 * 11;
const GREY_BYTES = 8 * 7;

/** Figures of all labels; the k-th entry of each list belongs to the k-th label. */
export interface LabelTable {
  readonly labels: Float64Array;
  readonly voxels: Float64Array;
  /** Place of the first voxel in the volume, in C order. */
  readonly first: Float64Array;
  /** Box, ends exclusive, and sums of the places of the voxels, along z, y, x. */
  readonly start: readonly [Float64Array, Float64Array, Float64Array];
  readonly stop: readonly [Float64Array, Float64Array, Float64Array];
  readonly places: readonly [Float64Array, Float64Array, Float64Array];
  /** Of grey values that are numbers; NaN where a label has none. */
  readonly grey: GreyTable | undefined;
}

export interface GreyTable {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/** Joins the figures of bricks, which come one after the other. */
class Joined {
  readonly #index = new LabelIndex();
  readonly #limit: number;
  readonly #bytes: number;
  readonly #shape: Triple;
  #room = 1024;
  #columns: Float64Array[];

  constructor(shape: Triple, grey: boolean, limit: number) {
    this.#shape = shape;
    this.#limit = limit;
    this.#bytes = PLAIN_BYTES + (grey ? GREY_BYTES : 0);
    this.#columns = Array.from({ length: grey ? 18 : 11 }, () => new Float64Array(this.#room));
  }

  add({ labels, figures, size }: LabelFigures, start: Triple): void {
    const width = this.#columns.length;
    const known = this.#index.count;
    if (known + labels.length > this.#room) this.#grow(known, labels.length);
    const [voxels, first, z0, y0, x0, z1, y1, x1, sz, sy, sx] = this.#columns as Float64Array[];
    const [, height, wide] = this.#shape;
    for (let n = 0, at = 0; n < labels.length; n++, at += width) {
      const before = this.#index.count;
      const k = this.#index.numberOf(labels[n]!);
      const count = figures[at]!;
      const from = figures[at + FIGURE.first]!;
      const row = Math.floor(from / size[2]);
      const place =
        ((start[0] + Math.floor(row / size[1])) * height + start[1] + (row % size[1])) * wide +
        start[2] +
        (from % size[2]);
      if (k === before) this.#begin(k);
      voxels![k]! += count;
      first![k] = Math.min(first![k]!, place);
      for (const [axis, [low, high, sum]] of [
        [z0!, z1!, sz!],
        [y0!, y1!, sy!],
        [x0!, x1!, sx!],
      ].entries()) {
        const shift = start[axis]!;
        low![k] = Math.min(low![k]!, figures[at + FIGURE.start + axis]! + shift);
        high![k] = Math.max(high![k]!, figures[at + FIGURE.stop + axis]! + shift);
        sum![k]! += figures[at + FIGURE.places + axis]! + shift * count;
      }
      if (width > FIGURE.greys) this.#addGreys(k, figures, at);
    }
  }

  #begin(k: number): void {
    const start = [1, 2, 3, 4];
    for (const column of start) this.#columns[column]![k] = Number.POSITIVE_INFINITY;
    if (this.#columns.length > FIGURE.greys) {
      this.#columns[FIGURE.least]![k] = Number.POSITIVE_INFINITY;
      this.#columns[FIGURE.most]![k] = Number.NEGATIVE_INFINITY;
    }
  }

  #addGreys(k: number, figures: Float64Array, at: number): void {
    const [greys, sumHigh, sumLow, squareHigh, squareLow, least, most] = this.#columns.slice(FIGURE.greys) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    greys[k]! += figures[at + FIGURE.greys]!;
    addTo(sumHigh, sumLow, k, 0, figures[at + FIGURE.sum]!);
    const [high, mixed, low] = [0, 1, 2].map((n) => figures[at + FIGURE.squares + n]!) as [number, number, number];
    // a² counts 2³⁰ times, 2ab 2¹⁵ times; each is split at 2⁴⁸.
    const [aHigh, mHigh] = [Math.floor(high / 2 ** 18), Math.floor(mixed / 2 ** 33)];
    addTo(squareHigh, squareLow, k, aHigh, (high - aHigh * 2 ** 18) * 2 ** 30);
    addTo(squareHigh, squareLow, k, mHigh, (mixed - mHigh * 2 ** 33) * 2 ** 15);
    addTo(squareHigh, squareLow, k, 0, low);
    least[k] = Math.min(least[k]!, figures[at + FIGURE.least]!);
    most[k] = Math.max(most[k]!, figures[at + FIGURE.most]!);
  }

  #grow(known: number, more: number): void {
    const room = Math.max(known + more, 2 * this.#room);
    const bytes = room * this.#bytes;
    if (bytes > this.#limit)
      throw new LimitExceeded(
        `there are ${known} labels or more, whose figures take ${formatBytes(bytes)}, more than ${formatBytes(this.#limit)}; remove noise first (removeSmall), or raise memoryLimit`,
        bytes,
        this.#limit,
      );
    this.#room = room;
    this.#columns = this.#columns.map((column) => {
      const larger = new Float64Array(room);
      larger.set(column);
      return larger;
    });
  }

  /** All labels in ascending order. */
  finish(units: { readonly origin: number; readonly unit: number } | undefined): LabelTable {
    const { labels, count } = this.#index;
    const order = Float64Array.from({ length: count }, (_, k) => k).sort((a, b) => labels[a]! - labels[b]!);
    const sorted = (column: Float64Array): Float64Array => {
      const out = new Float64Array(count);
      for (let k = 0; k < count; k++) out[k] = column[order[k]!]!;
      return out;
    };
    const [voxels, first, z0, y0, x0, z1, y1, x1, sz, sy, sx, ...grey] = this.#columns.map(sorted) as Float64Array[];
    return {
      labels: sorted(labels),
      voxels: voxels!,
      first: first!,
      start: [z0!, y0!, x0!],
      stop: [z1!, y1!, x1!],
      places: [sz!, sy!, sx!],
      grey: units && greyTable(grey, units),
    };
  }
}

function addTo(high: Float64Array, low: Float64Array, k: number, words: number, rest: number): void {
  const sum = low[k]! + rest;
  const carry = Math.floor(sum / WORD);
  high[k]! += words + carry;
  low[k] = sum - carry * WORD;
}

/** Mean and deviation from whole sums: n·Σu² − (Σu)² is exact, and rounded once. */
function greyTable(
  [counts, sumHigh, sumLow, squareHigh, squareLow, least, most]: readonly Float64Array[],
  { origin, unit }: { readonly origin: number; readonly unit: number },
): GreyTable {
  const n = counts!.length;
  const [mean, deviation] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < n; k++) {
    const count = counts![k]!;
    if (count === 0) {
      mean[k] = deviation[k] = least![k] = most![k] = Number.NaN;
      continue;
    }
    const sum = wide(sumHigh![k]!, sumLow![k]!);
    const spread = BigInt(count) * wide(squareHigh![k]!, squareLow![k]!) - sum * sum;
    mean[k] = origin + unit * (Number(sum) / count);
    deviation[k] = (unit * Math.sqrt(Number(spread))) / count;
  }
  return { mean, deviation, least: least!, most: most! };
}

const wide = (high: number, low: number): bigint => BigInt(high) * 281474976710656n + BigInt(low);

/** Labels that are none: 255 where no phase has it, and 0 where there is no phase table, as components and floods leave it. */
export function noLabels({ role, dtype, phases }: Volume): number[] {
  if (role === "mask") return [0];
  const outside = dtype === "uint8" && !phases?.some(({ label }) => label === OUTSIDE) ? [OUTSIDE] : [];
  return phases === undefined ? [0, ...outside] : outside;
}

/** What {@link tableOfLabels} may be asked for beside the labels. */
export interface Wanted {
  /** Only this label. */
  readonly only?: number;
  readonly scan?: Volume | undefined;
  readonly units?: { readonly origin: number; readonly unit: number } | undefined;
}

/**
 * The figures of all labels, exact and the same for any brick shape and number of workers.
 * @throws LimitExceeded if there are more labels than the memory limit holds
 */
export async function tableOfLabels(
  volume: Volume,
  { only, scan, units }: Wanted,
  options: RunOptions,
): Promise<LabelTable> {
  const { region = wholeRegion(volume.shape) } = options;
  const parameters: LabelFiguresParameters = {
    mask: volume.role === "mask",
    never: noLabels(volume),
    ...(only !== undefined && { only }),
    ...(scan && { grey: { dtype: scan.dtype, ...units! } }),
  };
  const boxes = volume.grid.touching(region).map((index) => intersect(volume.grid.region(index), region)!);
  const joined = new Joined(volume.shape, scan !== undefined, memoryLimitOf(options, machine));
  let next = 0;
  const take = (part: LabelFigures): void => joined.add(part, boxes[next++]!.start);
  const join = (first: LabelFigures, part: LabelFigures): LabelFigures => {
    if (next === 0) take(first);
    take(part);
    return first;
  };
  const besides = scan === undefined ? [] : [scan];
  const one = await reduce({ ...operation, join }, volume, parameters, { ...options, besides });
  if (next === 0) take(one);
  return joined.finish(units);
}

/** The box of the k-th label. */
export const boxOf = ({ start, stop }: LabelTable, k: number): Region => ({
  start: start.map((column) => column[k]!) as unknown as Triple,
  stop: stop.map((column) => column[k]!) as unknown as Triple,
});

/** A box with a margin, as far as the volume reaches. */
export function widened({ start, stop }: Region, margin: Triple, shape: Triple): Region {
  return {
    start: start.map((n, k) => Math.max(0, n - Math.ceil(margin[k]! - 1e-9))) as unknown as Triple,
    stop: stop.map((n, k) => Math.min(shape[k]!, n + Math.ceil(margin[k]! - 1e-9))) as unknown as Triple,
  };
}
