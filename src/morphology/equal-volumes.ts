/** Gives voxels to phases by their shares, so that each phase gets as many as it is due. */
import { setImmediate } from "node:timers/promises";
import type { VolumeWriter } from "../compute/build.js";
import { type Run, watched } from "../compute/progress.js";
import { type Voxels, voxelArray } from "../core/dtype.js";
import type { RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";

/** A whole share. */
export const FULL = 65535;
/** Rounds after which offsets are taken as they are. */
const MOST_ROUNDS = 16;

/** What decides whether a voxel is of a phase rather than of one of those behind it. */
interface Stage {
  /** Offsets of all phases as they were when the stage was found. */
  readonly offsets: Int32Array;
  /** A voxel is of the phase if it lacks less than this, and of those that lack just this the first `ties`. */
  readonly lack: number;
  readonly ties: number;
}

interface Due {
  readonly label: number;
  readonly voxels: number;
}

/**
 * Phase after phase takes the voxels that lack least: by how much the best of the phases behind it, with its offset, is better
 * than its own share. The last one takes what is left. What the last of those taken lacked is the phase's offset in the next
 * round, or less of the way there, as offsets answer each other to and fro. Once none is off by more than a step, each voxel has
 * the phase of the largest share plus offset, to within such steps.
 */
export class PhaseShares {
  readonly #volume: Volume;
  readonly #shares: readonly Volume[];
  readonly #due: readonly Due[];
  readonly #never: number | undefined;
  #offsets: Int32Array;
  #stages: Stage[] = [];

  /** @param shares of each phase, uint16, on the grid of the volume; @param never label of voxels that stay as they are */
  constructor(volume: Volume, shares: readonly Volume[], due: readonly Due[], never: number | undefined) {
    this.#volume = volume;
    this.#shares = shares;
    this.#due = due;
    this.#never = never;
    this.#offsets = new Int32Array(due.length);
  }

  get offsets(): number[] {
    return [...this.#offsets];
  }

  /** Finds the offsets. */
  async find(caller: string, options: RunOptions): Promise<void> {
    const stages = this.#due.length - 1;
    const steps = Array.from({ length: stages }, (): Step | undefined => undefined);
    const slabs = Math.ceil(this.#volume.shape[0] / this.#depth);
    for (let round = 0; round < MOST_ROUNDS && stages > 0; round++) {
      let change = 0;
      await watched(caller, stages * slabs, options, async (run) => {
        const found: Stage[] = [];
        for (let k = 0; k < stages; k++) {
          const offsets = this.#offsets.slice();
          found.push({ offsets, ...(await this.#select(found, offsets, run)) });
          const { lack } = found[k]!;
          change = Math.max(change, Math.abs(lack - offsets[k]!));
          const step = stepTo(lack - offsets[k]!, steps[k]);
          steps[k] = step;
          // No phase needs more, and what is lacked then fits the counts.
          this.#offsets[k] = Math.max(-FULL * stages, Math.min(FULL * stages, offsets[k]! + step.taken));
        }
        this.#stages = found;
      });
      // Of two phases the first offset is the only one.
      if (stages === 1 || change <= 1) break;
    }
    for (const [k, { lack }] of this.#stages.entries()) this.#offsets[k] = lack;
  }

  /** Writes the labels. */
  async fill(writer: VolumeWriter, { signal, step }: Run): Promise<void> {
    const from = writer.missingFrom(0);
    const taken = new Taken(this.#stages);
    const labels = this.#due.map(({ label }) => label);
    await this.#slabs(signal, async (z, planes, own, shares) => {
      const out = voxelArray(this.#volume.dtype, own.length);
      for (let k = 0; k < own.length; k++)
        out[k] = own[k] === this.#never ? own[k]! : labels[taken.phaseOf(shares, k)]!;
      // Where a run is gone on with, the first planes are there; ties are counted from the first voxel on all the same.
      if (z >= from) await writer.writePlanes(z, out);
      for (let n = 0; n < planes; n++) step();
    });
  }

  get #depth(): number {
    return Math.min(this.#volume.shape[0], this.#volume.grid.brick[0]);
  }

  /** Which voxels the next phase takes of those that the phases before it have left. */
  async #select(
    before: readonly Stage[],
    offsets: Int32Array,
    { signal, step }: Run,
  ): Promise<{ lack: number; ties: number }> {
    const k = before.length;
    // A whole share more than offsets may have.
    const reach = FULL * this.#due.length;
    const counts = new Float64Array(2 * reach + 1);
    const taken = new Taken(before);
    await this.#slabs(signal, async (_, __, own, shares) => {
      taken.countLacks(own, this.#never, shares, offsets, counts, reach);
      step();
    });
    let left = this.#due[k]!.voxels;
    let at = 0;
    while (left > 0 && left >= counts[at]!) left -= counts[at++]!;
    return { lack: at - reach, ties: left };
  }

  async #slabs(
    signal: AbortSignal,
    work: (z: number, planes: number, own: Voxels, shares: readonly Uint16Array[]) => Promise<void>,
  ): Promise<void> {
    const [depth, height, width] = this.#volume.shape;
    for (let z = 0; z < depth; z += this.#depth) {
      // Reading from memory never leaves this turn of the event loop: without a pause Stop would not be heard.
      await setImmediate();
      signal.throwIfAborted();
      const stop = Math.min(depth, z + this.#depth);
      const box = { start: [z, 0, 0], stop: [stop, height, width] } as const;
      const [own, ...shares] = await Promise.all([this.#volume, ...this.#shares].map((volume) => volume.read(box)));
      await work(z, stop - z, own!, shares as Uint16Array[]);
    }
  }
}

/** How far an offset was from what came out, and by how much it was then moved. */
interface Step {
  readonly off: number;
  readonly taken: number;
}

/** The next step: such that the distance would be none if it went on as from the step before, but no wild one. */
function stepTo(off: number, before: Step | undefined): Step {
  if (before === undefined || before.off === off) return { off, taken: off };
  const share = before.taken / (before.off - off);
  return { off, taken: Math.round(off * Math.min(1.5, Math.max(0.25, share))) };
}

/** By how much phase `k` is worse at a voxel than the best of those behind it. */
function lackOf(shares: readonly Uint16Array[], voxel: number, k: number, offsets: Int32Array): number {
  let best = -(2 ** 30);
  for (let j = k + 1; j < shares.length; j++) {
    const share = shares[j]![voxel]! + offsets[j]!;
    if (share > best) best = share;
  }
  return best - shares[k]![voxel]!;
}

/** Tells of voxels, asked for in their order, which phase takes them. */
class Taken {
  readonly #stages: readonly Stage[];
  readonly #ties: Float64Array;

  constructor(stages: readonly Stage[]) {
    this.#stages = stages;
    this.#ties = Float64Array.from(stages, ({ ties }) => ties);
  }

  /** The first phase that takes it; the one after all stages if none does. */
  phaseOf(shares: readonly Uint16Array[], voxel: number): number {
    return firstOf(this.#stages, this.#ties, shares, voxel);
  }

  /** Counts what the phase after all stages lacks at the voxels that these leave. */
  countLacks(
    own: Voxels,
    never: number | undefined,
    shares: readonly Uint16Array[],
    offsets: Int32Array,
    counts: Float64Array,
    reach: number,
  ): void {
    const stages = this.#stages;
    const ties = this.#ties;
    const k = stages.length;
    for (let v = 0; v < own.length; v++)
      if (own[v] !== never && firstOf(stages, ties, shares, v) === k) counts[lackOf(shares, v, k, offsets) + reach]!++;
  }
}

function firstOf(stages: readonly Stage[], ties: Float64Array, shares: readonly Uint16Array[], voxel: number): number {
  for (let k = 0; k < stages.length; k++) {
    const stage = stages[k]!;
    const lacks = lackOf(shares, voxel, k, stage.offsets);
    if (lacks < stage.lack || (lacks === stage.lack && --ties[k]! >= 0)) return k;
  }
  return stages.length;
}
