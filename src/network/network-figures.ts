/** Figures of all regions of a partition and of the throats between them, whatever the volume's size. */
import { memoryLimitOf } from "../compute/build.js";
import { LabelIndex } from "../compute/label-index.js";
import { machine } from "../compute/memory.js";
import {
  type BrickNetwork,
  FACE,
  type NetworkParameters,
  networkOfBrick,
  REGION,
  REGION_FIGURES,
  THROAT,
  THROAT_FIGURES,
} from "../compute/operations/network.js";
import { reduce } from "../compute/run.js";
import { formatBytes } from "../core/display.js";
import { LimitExceeded } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";

/** Regions there may be: their numbers come in pairs below 2⁵³. */
const MOST_REGIONS = 2 ** 26;

/** Rows of figures: those of regions in ascending order of their labels, those of throats of the regions that they join. */
export interface NetworkFigures {
  readonly regions: readonly Float64Array[];
  /** With `low` and `high` as rows of regions; `high` of a face of the volume is −1 − its number. */
  readonly throats: readonly Float64Array[];
}

/** Joins what bricks have: sums are whole numbers or halves, and of equally large distances the first place counts. */
class Joined {
  readonly #index = new LabelIndex(MOST_REGIONS);
  readonly #regions: Float64Array[] = [];
  readonly #throats = new Map<number, Float64Array>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add({ regions, throats }: BrickNetwork): void {
    for (let at = 0; at < regions.length; at += REGION_FIGURES) {
      const figures = this.#regionOf(regions[at + REGION.label]!);
      keepLarger(figures, regions, at, REGION.inscribed);
      keepLarger(figures, regions, at, REGION.extended);
      for (let k = 1; k < REGION_FIGURES; k++)
        if (k < REGION.inscribed || k > REGION.extendedPlace) figures[k]! += regions[at + k]!;
    }
    for (let at = 0; at < throats.length; at += THROAT_FIGURES) {
      const [low, high] = [throats[at + THROAT.low]!, throats[at + THROAT.high]!];
      const [one, other] = [this.#rowOf(low), high >= FACE ? FACE - 1 - high : this.#rowOf(high)];
      const figures = this.#throatOf(one, other);
      keepLarger(figures, throats, at, THROAT.inscribed);
      for (let k = 2; k < THROAT_FIGURES; k++)
        if (k !== THROAT.inscribed && k !== THROAT.inscribedPlace) figures[k]! += throats[at + k]!;
    }
    const bytes = 8 * (this.#regions.length * (REGION_FIGURES + 12) + this.#throats.size * (THROAT_FIGURES + 12));
    if (bytes > this.#limit)
      throw new LimitExceeded(
        `there are ${this.#regions.length} regions and ${this.#throats.size} throats or more, whose figures take ${formatBytes(bytes)}, more than ${formatBytes(this.#limit)}; remove noise first (removeSmall), or raise memoryLimit`,
        bytes,
        this.#limit,
      );
  }

  #rowOf(label: number): number {
    const before = this.#index.count;
    const row = this.#index.numberOf(label);
    if (row === before) {
      const figures = new Float64Array(REGION_FIGURES);
      figures[REGION.label] = label;
      figures[REGION.inscribed] = figures[REGION.extended] = -1;
      this.#regions.push(figures);
    }
    return row;
  }

  #regionOf(label: number): Float64Array {
    return this.#regions[this.#rowOf(label)]!;
  }

  #throatOf(low: number, high: number): Float64Array {
    const key = high < 0 ? high * MOST_REGIONS - low : low * MOST_REGIONS + high;
    let figures = this.#throats.get(key);
    if (figures === undefined) {
      figures = new Float64Array(THROAT_FIGURES);
      figures[THROAT.low] = low;
      figures[THROAT.high] = high;
      figures[THROAT.inscribed] = -1;
      this.#throats.set(key, figures);
    }
    return figures;
  }

  finish(): NetworkFigures {
    const order = this.#regions
      .map((_, row) => row)
      .sort((a, b) => this.#regions[a]![REGION.label]! - this.#regions[b]![REGION.label]!);
    const rank = new Float64Array(order.length);
    for (const [k, row] of order.entries()) rank[row] = k;
    const throats = [...this.#throats.values()];
    for (const figures of throats) {
      figures[THROAT.low] = rank[figures[THROAT.low]!]!;
      if (figures[THROAT.high]! >= 0) figures[THROAT.high] = rank[figures[THROAT.high]!]!;
    }
    // Those to the faces of the volume come last, face after face.
    const last = (figures: Float64Array): number => (figures[THROAT.high]! < 0 ? -figures[THROAT.high]! : 0);
    throats.sort((a, b) => last(a) - last(b) || a[THROAT.low]! - b[THROAT.low]! || a[THROAT.high]! - b[THROAT.high]!);
    return { regions: order.map((row) => this.#regions[row]!), throats };
  }
}

/** Keeps a value and the place behind it if it is larger, or as large and before. */
function keepLarger(into: Float64Array, from: Float64Array, at: number, k: number): void {
  const value = from[at + k]!;
  const place = from[at + k + 1]!;
  if (value > into[k]! || (value === into[k] && place < into[k + 1]!)) {
    into[k] = value;
    into[k + 1] = place;
  }
}

/**
 * Figures of regions and throats: exact, the same for any brick shape and number of workers.
 * @param labels uint32, 0 in the wall
 * @param distances to the wall, float32, in the shortest edge of a voxel
 * @param looks see {@link NetworkParameters}
 */
export async function networkFigures(
  labels: Volume,
  distances: Volume,
  options: RunOptions,
  looks?: number,
): Promise<NetworkFigures> {
  const { shape, spacing = [1, 1, 1] } = labels;
  const least = Math.min(...spacing);
  const steps = spacing.map((edge) => edge / least) as unknown as Triple;
  const [, deepest] = distances.range;
  // No region holds a larger ball than the wall allows; one voxel more, so that a neighbour is always seen.
  const reach = shape.map((n, k) =>
    n === 1 ? 1 : Math.min(n, Math.ceil(deepest / steps[k]!) + 1),
  ) as unknown as Triple;
  const parameters: NetworkParameters = { shape: shape as Triple, steps, reach, ...(looks !== undefined && { looks }) };
  const joined = new Joined(memoryLimitOf(options, machine));
  let first = true;
  const join = (one: BrickNetwork, next: BrickNetwork): BrickNetwork => {
    if (first) joined.add(one);
    first = false;
    joined.add(next);
    return one;
  };
  // What lies beyond the volume is a wall to a ball inside a region.
  const border = { constant: 0 };
  const one = await reduce({ ...networkOfBrick, join }, labels, parameters, {
    ...options,
    border,
    besides: [distances],
  });
  if (first) joined.add(one);
  return joined.finish();
}
