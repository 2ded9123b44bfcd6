/** The bricks of labels that are being edited: those that were changed in copies, all others where they always were. */
import { zoneOf } from "../../../src/compute/zone.js";
import { DTYPES, type Voxels } from "../../../src/core/dtype.js";
import { MissingData } from "../../../src/core/errors.js";
import { regionShape } from "../../../src/core/shape.js";
import type { BrickPlace, BrickStore, Volume, Zone } from "../../../src/core/volume.js";

export class EditedStore implements BrickStore {
  readonly #base: Volume;
  readonly #changed = new Map<number, Voxels>();

  constructor(base: Volume) {
    this.#base = base;
  }

  get memoryBytes(): number {
    return this.#changed.size * this.#base.grid.brickVoxels * DTYPES[this.#base.dtype].bytes;
  }

  async read(index: number): Promise<Voxels> {
    return this.#changed.get(index) ?? this.#base.store.read(index);
  }

  /** A copy that may be written to; from now on it is what is read. */
  async writable(index: number): Promise<Voxels> {
    const known = this.#changed.get(index);
    if (known !== undefined) return known;
    const copy = (await this.#base.store.read(index)).slice();
    this.#changed.set(index, copy);
    return copy;
  }

  /** Whether a brick has voxels that are not 0, as far as its record tells: one that was written to may have. */
  mayHaveLabels(index: number): boolean {
    if (this.#changed.has(index)) return true;
    const { min, max } = this.#base.store.zone(index);
    return min !== 0 || max !== 0;
  }

  zone(index: number): Zone {
    const brick = this.#changed.get(index);
    if (brick === undefined) return this.#base.store.zone(index);
    const size = regionShape(this.#base.grid.region(index));
    return zoneOf(brick, this.#base.grid.brick, size);
  }

  place(): BrickPlace {
    throw new MissingData("labels that are being edited have no place in memory; take them with labels()");
  }

  release(): void {
    this.#changed.clear();
  }
}
