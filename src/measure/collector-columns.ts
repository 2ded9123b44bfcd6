import type { Voxels } from "../core/dtype.js";

/** What a column across a collector has at the collector's surface. */
export const STATES = { none: 0, bonded: 1, thin: 2, pore: 3 } as const;
/** Width of a void whose end is not within reach. */
export const FACING = 0xffffffff;

/** Labels of the phases that matter here. */
export interface CollectorLabels {
  /** Undefined: the collector lies before the first plane. */
  readonly collector: number | undefined;
  readonly hollow: number;
  /** A label that is no phase. */
  readonly none: number | undefined;
}

/** The columns across a collector, which see the planes one by one, away from the collector. */
export class Columns {
  /** State of each column: {@link STATES}; of one whose void has not ended when the planes are over: pore. */
  readonly states: Uint8Array;
  /** Voxels of the void at the collector, or {@link FACING}. */
  readonly gaps: Uint32Array;
  readonly #open: Uint8Array;
  readonly #gap: number;
  readonly #labels: CollectorLabels;

  /** @param gap most voxels of a thin void */
  constructor(count: number, gap: number, labels: CollectorLabels) {
    this.#gap = gap + 1e-9;
    this.#labels = labels;
    this.states = new Uint8Array(count);
    this.gaps = new Uint32Array(count);
    this.#open = new Uint8Array(count);
    if (labels.collector !== undefined) return;
    for (let column = 0; column < count; column++) this.#begin(column);
  }

  /** The surface of the collector is here: what comes next tells. */
  #begin(column: number): void {
    this.#open[column] = 1;
    this.states[column] = STATES.pore;
    this.gaps[column] = 0;
  }

  #end(column: number, state: number): void {
    this.#open[column] = 0;
    this.states[column] = state;
  }

  /** True if no plane to come can change anything. */
  get settled(): boolean {
    return this.#labels.collector === undefined && !this.#open.includes(1);
  }

  /** One plane. @param offsets where the voxel of each column lies from `base` on */
  see(voxels: Voxels, base: number, offsets: Uint32Array): void {
    const { collector, hollow, none } = this.#labels;
    for (let column = 0; column < offsets.length; column++) {
      const value = voxels[base + offsets[column]!]!;
      if (value === collector) this.#begin(column);
      else if (this.#open[column] === 0) continue;
      else if (value === none) {
        // Past the end of the sample nothing is known of a void; at the surface nothing at all.
        const state = this.gaps[column] === 0 ? STATES.none : STATES.pore;
        this.gaps[column] = FACING;
        this.#end(column, state);
      } else if (value !== hollow) this.#end(column, this.gaps[column] === 0 ? STATES.bonded : STATES.thin);
      else if (++this.gaps[column]! > this.#gap) {
        this.gaps[column] = FACING;
        this.#end(column, STATES.pore);
      }
    }
  }

  /** After the last plane: a void that goes on to the end of the volume is open. */
  finish(): void {
    for (let column = 0; column < this.states.length; column++) {
      if (this.#open[column] === 0) continue;
      const bare = this.gaps[column] === 0;
      this.gaps[column] = FACING;
      // Nothing lies beyond a collector that ends the volume.
      this.#end(column, bare ? STATES.none : STATES.pore);
    }
  }
}
