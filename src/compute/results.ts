/** Where the bricks of a result go: into memory, a scratch file, or a volume file that the caller named. */
import type { BrickGrid } from "../core/shape.js";
import type { BrickStore, Volume, Zone } from "../core/volume.js";
import { type CheckpointFiles, checkpointDisk } from "./checkpoint-files.js";
import { chainOf, identityOf, type JobIdentity, type JobStep } from "./identity.js";
import type { OutputDescription } from "./job.js";
import type { Memory } from "./memory.js";
import { placesOf } from "./places.js";
import type { PlannedStage } from "./planned.js";
import { checkTarget, ResultFile } from "./result-file.js";
import { ScratchStore } from "./store.js";
import type { VolumeLayout } from "./volume-layout.js";

export interface Results {
  /** Where threads write by themselves; without, voxels come back to `write`. */
  readonly places: Partial<Pick<OutputDescription, "places" | "blocks">>;
  /** Bricks that are there already, from an earlier run. */
  readonly done: number;
  /** Bricks to compute. */
  missing(): Iterable<number>;
  write(brick: number, zone: Zone, voxels: Uint8Array | undefined): Promise<void>;
  /** All bricks are written: the store of the result. */
  finish(): Promise<BrickStore>;
  /** The run ended before. */
  abandon(): void;
}

/** Results in memory or, where that has no room, in a scratch file. */
export async function scratchResults(
  what: string,
  grid: BrickGrid,
  stage: PlannedStage,
  memory: Memory,
  limit: number,
): Promise<Results> {
  const store = await ScratchStore.create(what, grid, stage.resultType, memory, limit);
  // What is being filled stays where it is.
  const letGo = store.hold();
  const all = function* (): Iterable<number> {
    for (let index = 0; index < grid.length; index++) yield index;
  };
  return {
    places: store.target(0) === undefined ? {} : placesOf(store, all()),
    done: 0,
    missing: all,
    async write(brick, zone, voxels) {
      if (voxels !== undefined) await store.write(brick, voxels);
      store.setZone(brick, zone);
    },
    async finish() {
      letGo();
      return store;
    },
    abandon() {
      letGo();
      store.release();
    },
  };
}

/** What a result was made from, all the way: a result of several passes is that of all of them. */
export interface Lineage {
  readonly volume: Volume;
  readonly stages: readonly JobStep[];
  /** For an intermediate result: the sha256 of the whole job. */
  readonly whole?: string;
}

/** A volume file that is to hold the result of a job. */
export interface FileTarget {
  readonly to: string;
  readonly job: JobIdentity;
  readonly layout: VolumeLayout;
}

export function fileTarget(to: string, { volume, stages, whole }: Lineage): FileTarget {
  checkTarget(to);
  const job = identityOf(volume, stages, whole);
  return { to, job, layout: ResultFile.layoutOf(stages.at(-1)!.outline, job, chainOf(volume)) };
}

/** The finished result of the same job, if there is one under that name. */
export function finishedResult(
  { to, layout }: FileTarget,
  files: CheckpointFiles = checkpointDisk,
): Promise<BrickStore | undefined> {
  return ResultFile.finished(to, layout, files);
}

/** Results in a volume file. */
export async function fileResults(
  { to, job, layout }: FileTarget,
  files: CheckpointFiles = checkpointDisk,
): Promise<Results> {
  const file = await ResultFile.begin(to, layout, job, files);
  return {
    places: {},
    done: file.done.reduce((sum, done) => sum + done, 0),
    missing: () => file.missing(),
    write: (brick, zone, voxels) => file.write(brick, voxels!, zone),
    finish: () => file.finish(),
    abandon: () => file.leave(),
  };
}
