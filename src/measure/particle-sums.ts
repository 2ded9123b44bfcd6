/** Sums over the voxels of each of many labels, over their faces and their surfaces, of a volume of any size. */
import { memoryLimitOf } from "../compute/build.js";
import { LabelIndex } from "../compute/label-index.js";
import { machine } from "../compute/memory.js";
import {
  particleFigures as operation,
  PAIR_COLUMNS,
  PARTICLE,
  type ParticleFigures,
  type ParticlesParameters,
} from "../compute/operations/particles.js";
import { checkMask, reduce } from "../compute/run.js";
import { formatBytes } from "../core/display.js";
import { DTYPES } from "../core/dtype.js";
import { LimitExceeded } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Phase } from "../core/phases.js";
import { checkRegion, type Triple, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { noLabels } from "../statistics/label-table.js";
import { eulerEighths } from "./cell-tables.js";
import { flatAxis, imageEulerEighths } from "./image-tables.js";
import { phaseNumbers } from "./phase-numbers.js";

/** Areas are added up in whole units of 2⁻²⁶ of the largest area of a cell, so that no order shows. */
const PARTS = 2 ** 26;
const COLUMNS = PARTICLE.columns;
const WORD = 2 ** 32;
/** Of a label: its sums, in two words each, its place in the index, and what sorting takes. */
const LABEL_BYTES = 16 * COLUMNS + 64;

/** Two labels that touch, by their places among all. */
export interface ParticlePair {
  readonly one: number;
  readonly other: number;
  /** Across z, y, x. */
  readonly faces: Triple;
  /** In the unit of the areas asked for. */
  readonly area: number;
}

/** Sums of all labels, in ascending order of these. */
export interface ParticleSums {
  readonly labels: Float64Array;
  /** From where places are counted in sums; boxes are given in the volume. */
  readonly origin: Triple;
  /** A column of {@link PARTICLE} of the k-th label, exactly. */
  exact(k: number, column: number): bigint;
  /** The same as a number. */
  sum(k: number, column: number): number;
  /** Area of the k-th label, and that at which it meets others, in the unit of the areas asked for. */
  area(k: number): number;
  contactArea(k: number): number;
  /** Faces of the k-th label with the p-th phase across z, y, x. */
  phaseFaces(k: number, p: number): Triple;
  readonly pairs: readonly ParticlePair[];
}

/** What is wanted beside sums over voxels and faces. */
export interface WantedSums {
  /** Area of each of the 256 sets of corners of a cell, for surfaces; of an image the length that it adds to outlines. */
  readonly areas?: Float64Array | undefined;
  /** Phases of what belongs to no label, and which phases these are. */
  readonly phases?: { readonly labels: Volume; readonly phases: readonly Phase[] } | undefined;
}

/** Joins the figures of bricks. Sums of 64 bits are kept as two words, which are exact in any order. */
class Joined {
  readonly index = new LabelIndex(2 ** 26);
  readonly pairs = new Map<number, Float64Array>();
  readonly #limit: number;
  readonly #phases: number;
  #room = 256;
  high = new Float64Array(256 * COLUMNS);
  low = new Float64Array(256 * COLUMNS);
  phaseFaces: Float64Array;

  constructor(phases: number, limit: number) {
    this.#phases = 3 * phases;
    this.#limit = limit;
    this.phaseFaces = new Float64Array(256 * this.#phases);
  }

  add({ labels, figures, phaseFaces, pairs, pairFigures }: ParticleFigures): void {
    if (this.index.count + labels.length > this.#room) this.#grow(this.index.count + labels.length);
    const words = new Int32Array(figures.buffer, figures.byteOffset, 2 * figures.length);
    const rows = Float64Array.from(labels, (label) => {
      const before = this.index.count;
      const k = this.index.numberOf(label);
      if (k === before) this.#begin(k);
      return k;
    });
    for (let n = 0; n < labels.length; n++) {
      const [from, to] = [2 * n * COLUMNS, rows[n]! * COLUMNS];
      for (let c = 0; c < COLUMNS; c++) {
        const [low, high] = [words[from + 2 * c]! >>> 0, words[from + 2 * c + 1]!];
        if (c >= PARTICLE.box && c < PARTICLE.box + 6) {
          const place = high * WORD + low;
          this.high[to + c] = (c & 1) === 0 ? Math.min(this.high[to + c]!, place) : Math.max(this.high[to + c]!, place);
        } else {
          this.high[to + c]! += high;
          this.low[to + c]! += low;
        }
      }
      for (let c = 0; c < this.#phases; c++)
        this.phaseFaces[rows[n]! * this.#phases + c]! += phaseFaces[n * this.#phases + c]!;
    }
    for (let n = 0; 2 * n < pairs.length; n++) {
      const [a, b] = [rows[pairs[2 * n]!]!, rows[pairs[2 * n + 1]!]!];
      const key = Math.min(a, b) * 2 ** 26 + Math.max(a, b);
      const sums = this.pairs.get(key) ?? new Float64Array(PAIR_COLUMNS);
      for (let c = 0; c < PAIR_COLUMNS; c++) sums[c]! += Number(pairFigures[n * PAIR_COLUMNS + c]!);
      this.pairs.set(key, sums);
    }
  }

  #begin(k: number): void {
    for (let axis = 0; axis < 3; axis++) {
      this.high[k * COLUMNS + PARTICLE.box + 2 * axis] = Number.POSITIVE_INFINITY;
      this.high[k * COLUMNS + PARTICLE.box + 2 * axis + 1] = Number.NEGATIVE_INFINITY;
    }
  }

  #grow(least: number): void {
    const room = Math.max(least, 2 * this.#room);
    const bytes = room * (LABEL_BYTES + 8 * this.#phases);
    if (bytes > this.#limit)
      throw new LimitExceeded(
        `there are ${this.index.count} labels or more, whose figures take ${formatBytes(bytes)}, more than ${formatBytes(this.#limit)}; remove noise first (removeSmall), or raise memoryLimit`,
        bytes,
        this.#limit,
      );
    this.#room = room;
    const larger = (values: Float64Array, columns: number): Float64Array<ArrayBuffer> => {
      const out = new Float64Array(room * columns);
      out.set(values);
      return out;
    };
    this.high = larger(this.high, COLUMNS);
    this.low = larger(this.low, COLUMNS);
    this.phaseFaces = larger(this.phaseFaces, this.#phases);
  }
}

/**
 * Sums of all labels, exact and the same for any brick shape and number of workers.
 * @throws LimitExceeded if there are more labels than the memory limit holds
 */
export async function particleSums(
  volume: Volume,
  { areas, phases }: WantedSums,
  options: Omit<RunOptions, "to">,
): Promise<ParticleSums> {
  const { region = wholeRegion(volume.shape), mask, ...rest } = options;
  checkMask(mask, volume);
  checkRegion(region, volume.shape);
  const never = noLabels(volume);
  const isOutside = never.includes(255) && DTYPES[volume.dtype].bytes === 1 && volume.role === "labels";
  const unit = Math.max(...(areas ?? [1])) / PARTS;
  // From the middle of the region, where powers of places are least.
  const origin = region.start.map((n, k) => Math.floor((n + region.stop[k]!) / 2)) as unknown as Triple;
  const flat = flatAxis(volume.shape, region);
  const parameters: ParticlesParameters = {
    mask: volume.role === "mask",
    none: never.includes(0) ? 0 : Number.NaN,
    outside: isOutside ? 255 : Number.NaN,
    region,
    flat,
    origin,
    cells: areas && {
      areas: BigInt64Array.from(areas, (area) => BigInt(Math.round(area / unit))),
      eighths: flat === undefined ? eulerEighths(6) : imageEulerEighths(flat),
    },
    phases: phases && {
      ...phaseNumbers(phases.labels, phases.phases),
      phases: phases.phases.length,
      dtype: phases.labels.dtype,
    },
    masked: mask !== undefined,
  };
  const joined = new Joined(phases?.phases.length ?? 0, memoryLimitOf(options, machine));
  let begun = false;
  const join = (first: ParticleFigures, part: ParticleFigures): ParticleFigures => {
    if (!begun) joined.add(first);
    begun = true;
    joined.add(part);
    return first;
  };
  const besides = [...(mask === undefined ? [] : [mask]), ...(phases === undefined ? [] : [phases.labels])];
  const one = await reduce({ ...operation, join }, volume, parameters, {
    ...rest,
    region,
    besides,
    border: "nearest",
    besideBorder: "nearest",
  });
  if (!begun) joined.add(one);
  return finished(joined, origin, unit, phases?.phases.length ?? 0);
}

function finished(joined: Joined, origin: Triple, unit: number, phases: number): ParticleSums {
  const { index, high, low, phaseFaces } = joined;
  const order = Float64Array.from({ length: index.count }, (_, k) => k)
    // Beyond the region there are labels that have no voxel inside.
    .filter((k) => high[k * COLUMNS]! > 0 || low[k * COLUMNS]! > 0)
    .sort((a, b) => index.labels[a]! - index.labels[b]!);
  const rank = new Float64Array(index.count);
  for (const [k, row] of order.entries()) rank[row] = k;
  const at = (k: number, column: number): number => order[k]! * COLUMNS + column;
  const exact = (k: number, column: number): bigint =>
    BigInt(high[at(k, column)]!) * 4294967296n + BigInt(low[at(k, column)]!);
  const sum = (k: number, column: number): number => {
    if (column >= PARTICLE.box && column < PARTICLE.box + 6)
      return high[at(k, column)]! + origin[(column - PARTICLE.box) >> 1]!;
    return high[at(k, column)]! * WORD + low[at(k, column)]!;
  };
  const pairs = [...joined.pairs]
    .map(([key, [z, y, x, twice]]) => {
      const [a, b] = [rank[Math.floor(key / 2 ** 26)]!, rank[key % 2 ** 26]!];
      const faces = [z!, y!, x!] as const;
      return { one: Math.min(a, b), other: Math.max(a, b), faces, area: (twice! * unit) / 2 };
    })
    .sort((a, b) => a.one - b.one || a.other - b.other);
  return {
    labels: Float64Array.from(order, (row) => index.labels[row]!),
    origin,
    exact,
    sum,
    area: (k) => sum(k, PARTICLE.area) * unit,
    contactArea: (k) => (sum(k, PARTICLE.contactArea) * unit) / 2,
    phaseFaces: (k, p) => {
      const from = (order[k]! * phases + p) * 3;
      return [phaseFaces[from]!, phaseFaces[from + 1]!, phaseFaces[from + 2]!];
    },
    pairs,
  };
}
