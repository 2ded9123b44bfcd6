/** Applies one set of runs to labels, and keeps what it takes to undo it. */
import { intersect, type Region, regionShape, wholeRegion } from "../../../src/core/shape.js";
import { Volume } from "../../../src/core/volume.js";
import { boxOf, eachVoxel, type Runs } from "../../draw/runs.js";
import type { Limits } from "../../protocol.js";
import { EditedStore } from "./edited-store.js";

/** What was changed: runs of voxels that had one label before. */
export interface Undo {
  readonly box: Region;
  readonly runs: Runs;
  /** The label of each run before. */
  readonly before: Float64Array;
}

/** Voxels with labels of 8 bits: their numbers in C order. */
export interface Labelled {
  readonly places: Float64Array;
  readonly labels: Uint8Array;
}

/** Labels of 8 bits. */
const LABELS = 256;

/** Labels that are being edited. */
export class Editing {
  readonly #store: EditedStore;
  /** The labels as they are now: it changes, and is for views alone. */
  readonly now: Volume;
  readonly grey: Volume;

  /** @param grey of the same shape; limits of grey values go by it */
  constructor(base: Volume, grey: Volume) {
    this.#store = new EditedStore(base);
    this.now = new Volume({ ...base, brick: base.grid.brick, store: this.#store });
    this.grey = grey;
  }

  /** Gives each run its label, whatever it had. */
  async #write({ along, list }: Runs, labelOf: (run: number) => number): Promise<void> {
    const { grid } = this.now;
    const [, rows, columns] = grid.brick;
    for (let n = 0; 4 * n < list.length; n++) {
      const run = boxOf({ along, list: list.subarray(4 * n, 4 * n + 4) })!;
      for (const index of grid.touching(run)) {
        const voxels = await this.#store.writable(index);
        const brick = grid.region(index);
        const { start, stop } = intersect(brick, run)!;
        for (let z = start[0]; z < stop[0]; z++)
          for (let y = start[1]; y < stop[1]; y++) {
            const row = ((z - brick.start[0]) * rows + y - brick.start[1]) * columns - brick.start[2];
            voxels.fill(labelOf(n), row + start[2], row + stop[2]);
          }
      }
    }
  }

  /** Gives voxels a label, as far as the limits allow. @returns how to undo it; undefined if nothing has changed */
  async set(runs: Runs, label: number, limits: Limits): Promise<Undo | undefined> {
    const all = boxOf(runs);
    const box = all && intersect(all, limits.region ?? wholeRegion(this.now.shape));
    if (box === undefined) return undefined;
    const size = regionShape(box);
    const labels = await this.now.read(box);
    const grey = limits.grey === undefined ? undefined : await this.grey.read(box);
    const [low, high] = limits.grey ?? [0, 0];
    const list: number[] = [];
    const before: number[] = [];
    const { along } = runs;
    eachVoxel(runs, (z, y, x) => {
      const [p, q, r] = [z - box.start[0], y - box.start[1], x - box.start[2]];
      if (p < 0 || q < 0 || r < 0 || p >= size[0] || q >= size[1] || r >= size[2]) return;
      const k = (p * size[1] + q) * size[2] + r;
      const old = labels[k]!;
      if (old === label || (limits.only !== undefined && old !== limits.only)) return;
      if (grey !== undefined && !(grey[k]! >= low && grey[k]! <= high)) return;
      const place = [z, y, x] as const;
      const last = list.length - 4;
      const follows =
        last >= 0 &&
        before.at(-1) === old &&
        place.every((n, axis) => n === list[last + axis]! + (axis === along ? list[last + 3]! : 0));
      if (follows) list[last + 3]!++;
      else {
        list.push(z, y, x, 1);
        before.push(old);
      }
    });
    if (list.length === 0) return undefined;
    const changed: Runs = { along, list: Int32Array.from(list) };
    await this.#write(changed, () => label);
    return { box: boxOf(changed)!, runs: changed, before: Float64Array.from(before) };
  }

  /** All voxels that are not 0, in C order. */
  async labelled(): Promise<Labelled> {
    const { grid, shape } = this.now;
    const [, rows, columns] = grid.brick;
    // Place and label as one number, so that they are sorted together; a place has at most 44 bits.
    const found: number[] = [];
    for (let index = 0; index < grid.length; index++) {
      if (!this.#store.mayHaveLabels(index)) continue;
      const voxels = await this.#store.read(index);
      const { start, stop } = grid.region(index);
      for (let z = start[0]; z < stop[0]; z++)
        for (let y = start[1]; y < stop[1]; y++) {
          const row = ((z - start[0]) * rows + y - start[1]) * columns - start[2];
          const place = (z * shape[1] + y) * shape[2];
          for (let x = start[2]; x < stop[2]; x++) {
            const label = voxels[row + x]!;
            if (label !== 0) found.push((place + x) * LABELS + label);
          }
        }
    }
    const sorted = Float64Array.from(found).sort();
    return {
      places: sorted.map((both) => Math.floor(both / LABELS)),
      labels: Uint8Array.from(sorted, (both) => both % LABELS),
    };
  }

  async undo({ runs, before }: Undo): Promise<void> {
    await this.#write(runs, (run) => before[run]!);
  }
}
