/** Counts of parts of a volume, as a page asks for them: the whole, a box, a plane, one label. */

import { release } from "../../../src/compute/memory.js";
import { DTYPES } from "../../../src/core/dtype.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkNumber } from "../../../src/core/options.js";
import { AXES, type Axis, checkRegion, type Region, type Triple } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import { labelMask } from "../../../src/segment/label-mask.js";
import { type Histogram, histogram } from "../../../src/statistics/histogram.js";
import type { Part } from "../../protocol.js";

/** Counts of so many parts are kept. */
const KEPT = 8;

/** The box of a part that is one; undefined: it is not, or the whole. @throws InvalidArgument where a page says what is no part */
export function boxOfPart(part: Part, { shape }: Volume): Region | undefined {
  if (part.of === "region") {
    checkRegion(part.region, shape);
    return part.region;
  }
  if (part.of !== "plane") return undefined;
  const axis: Axis = part.axis;
  if (!Object.hasOwn(AXES, axis)) throw new InvalidArgument(`axis ${String(axis)}; allowed are z, y, x`);
  const across = AXES[axis];
  checkNumber("index", part.index, 0, shape[across] - 1, true);
  const start = shape.map((_, k) => (k === across ? part.index : 0)) as unknown as Triple;
  const stop = shape.map((n, k) => (k === across ? part.index + 1 : n)) as unknown as Triple;
  return { start, stop };
}

export class CountedParts {
  readonly #volume: Volume;
  readonly #labels: Volume | undefined;
  readonly #mask: Volume | undefined;
  readonly #kept = new Map<string, Histogram>();

  /** @param whole counts of the whole, inside the mask */
  constructor(volume: Volume, whole: Histogram, mask: Volume | undefined, labels: Volume | undefined) {
    this.#volume = volume;
    this.#mask = mask;
    this.#labels = labels;
    this.#kept.set(JSON.stringify({ of: "whole" }), whole);
  }

  async of(part: Part): Promise<Histogram> {
    const key = JSON.stringify(part);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const counted = part.of === "label" ? await this.#ofLabel(part.label) : await this.#ofBox(part);
    this.#kept.set(key, counted);
    // The first is the whole, and stays.
    if (this.#kept.size > KEPT) this.#kept.delete([...this.#kept.keys()][1]!);
    return counted;
  }

  #ofBox(part: Part): Promise<Histogram> {
    const region = boxOfPart(part, this.#volume);
    if (region === undefined)
      throw new InvalidArgument(`a part of ${JSON.stringify(part.of)}; allowed are whole, region, plane, label`);
    return histogram(this.#volume, { region, ...(this.#mask && { mask: this.#mask }) });
  }

  async #ofLabel(label: number): Promise<Histogram> {
    if (this.#labels === undefined)
      throw new InvalidArgument("this histogram was given no labels: histogramOf(scan, { labels })");
    checkNumber("label", label, 0, DTYPES[this.#labels.dtype].max, true);
    const mask = await labelMask(this.#labels, label);
    try {
      return await histogram(this.#volume, { mask });
    } finally {
      release(mask);
    }
  }
}
