/** Makes a volume of the planes that a reader delivers. */
import { buildVolume, memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import { type Run, watched } from "../compute/progress.js";
import { DTYPES, type DType, type Voxels } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { PALETTE, type Phase } from "../core/phases.js";
import type { Provenance } from "../core/provenance.js";
import { type Role, Volume, type VolumeInit } from "../core/volume.js";
import type { OpenOptions } from "./open-options.js";

/** What a reader knows before it has read voxels. */
export interface Header extends Omit<VolumeInit, "store" | "truth" | "brick" | "provenance"> {
  /** File name without folder. */
  readonly name: string;
  /** Colours of labels, where the file has some. */
  readonly colours?: readonly string[] | undefined;
  /** Bytes that reading takes beside the volume itself. */
  readonly workBytes: number;
}

/** Delivers the planes from front to back, one or more at a time; calls `step` after each plane. */
export type Planes = (run: Run) => AsyncIterable<Voxels>;

/** More values than this are the numbers of particles, say, rather than phases. */
const MOST_PHASES = 256;

/** Collects the distinct values of a labels volume. */
class Values {
  readonly #found = new Set<number>();

  add(voxels: Voxels): void {
    if (this.#found.size > MOST_PHASES) return;
    let last = Number.NaN;
    for (let k = 0; k < voxels.length; k++) {
      const value = voxels[k]!;
      if (value === last) continue;
      last = value;
      this.#found.add(value);
      if (this.#found.size > MOST_PHASES) return;
    }
  }

  phases(colours: readonly string[] | undefined): Phase[] | undefined {
    if (this.#found.size > MOST_PHASES) return undefined;
    const labels = [...this.#found].sort((a, b) => a - b);
    const own = (label: number, k: number): string => colours?.[label] ?? PALETTE[k % PALETTE.length]!;
    return labels.map((label, k) => ({ label, name: `phase ${k}`, colour: own(label, k) }));
  }
}

function checkRoleFits(role: Role, dtype: DType, name: string): void {
  if (role === "labels" && !DTYPES[dtype].integer)
    throw new InvalidArgument(`role is labels, but ${name} holds ${dtype}; labels are whole numbers`);
  if (role === "mask" && DTYPES[dtype].bytes !== 1)
    throw new InvalidArgument(`role is mask, but ${name} holds ${dtype}; a mask has 8 bits`);
}

/**
 * Builds the volume. Everything is claimed before it is allocated; progress counts planes.
 * @throws LimitExceeded if neither memory nor the scratch disk has room
 */
export async function assemble(
  header: Header,
  options: OpenOptions,
  provenance: (signal: AbortSignal) => Promise<Provenance>,
  planes: Planes,
): Promise<Volume> {
  const { name, shape, dtype, workBytes, colours, ...facts } = header;
  checkRoleFits(facts.role, dtype, name);
  const claim = await machine.claim(`reading ${name}`, workBytes, memoryLimitOf(options, machine));
  const values = facts.role === "labels" && facts.phases === undefined ? new Values() : undefined;
  try {
    const volume = await watched("open", shape[0], options, async (run) => {
      const from = await provenance(run.signal);
      return buildVolume(
        { shape, dtype, ...facts, provenance: from },
        async (writer) => {
          let z = 0;
          for await (const voxels of planes(run)) {
            run.signal.throwIfAborted();
            values?.add(voxels);
            await writer.writePlanes(z, voxels);
            const count = voxels.length / (shape[1] * shape[2]);
            for (let k = 0; k < count; k++) run.step();
            z += count;
          }
        },
        { ...(options.memoryLimit !== undefined && { memoryLimit: options.memoryLimit }), signal: run.signal },
      );
    });
    const phases = values?.phases(colours);
    return phases === undefined ? volume : new Volume({ ...volume, brick: volume.grid.brick, phases });
  } finally {
    claim.drop();
  }
}
