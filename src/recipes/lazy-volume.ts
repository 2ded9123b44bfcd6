import { outlineOf, PlannedStore } from "../compute/planned.js";
import type { Voxels } from "../core/dtype.js";
import { type Region, wholeRegion } from "../core/shape.js";
import { Volume, type VolumeChanges } from "../core/volume.js";

/**
 * The result of a chain that is computed where it is looked at: `plane` and `read` compute just what they return, with its true
 * neighbours. For looking at a filter before the whole volume goes through it.
 */
export class LazyVolume extends Volume {
  readonly #compute: (region: Region) => Promise<Volume>;
  readonly #range: [min: number, max: number];

  /** @param plan the planned result @param range grey values that are to be expected @param compute gives a region of the result */
  constructor(plan: Volume, range: [min: number, max: number], compute: (region: Region) => Promise<Volume>) {
    super({ ...outlineOf(plan), store: plan.store });
    if (!(plan.store instanceof PlannedStore)) throw new TypeError("a lazy volume is made from a planned one");
    this.#compute = compute;
    this.#range = range;
  }

  /** That of the volume before: the result's own is known only when all of it is there. */
  override get range(): [min: number, max: number] {
    return this.#range;
  }

  /** The same under another voxel size, role or names of phases; lazy, too. */
  override with(changes: VolumeChanges): Volume {
    return new LazyVolume(super.with(changes), this.#range, this.#compute);
  }

  override async read(region: Region = wholeRegion(this.shape)): Promise<Voxels> {
    const part = await this.#compute(region);
    try {
      return await part.read();
    } finally {
      part.store.release();
    }
  }
}
