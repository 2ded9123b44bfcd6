/**
 * Volumes whose voxels are yet to be computed. A function that gets a planned volume checks its arguments as always, and
 * its `run` makes another planned volume instead of computing: so chains, their cost and their memory are known from the
 * functions themselves, before anything runs.
 */
import type { Border } from "../core/border.js";
import type { DType, Voxels } from "../core/dtype.js";
import { MissingData } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Phase } from "../core/phases.js";
import type { Provenance } from "../core/provenance.js";
import { BrickGrid, type Region, regionShape, type Triple, wholeRegion } from "../core/shape.js";
import { type BrickPlace, type BrickStore, type Role, Volume, type VolumeInit, type Zone } from "../core/volume.js";
import type { ReduceOperation, VolumeOperation } from "./operations.js";
import type { Costed } from "./stage.js";

/** A stage with what the main thread knows of it. */
export interface PlannedStage extends Costed {
  /** Function that the user called. */
  readonly caller: string;
  readonly mask: Volume | undefined;
  /** More volumes on the grid of the input, and what stands beyond their faces. */
  readonly besides: readonly Volume[];
  readonly besideBorder: Border;
  readonly outline: Outline;
}

/** Everything of a result but its voxels. */
export type Outline = Omit<VolumeInit, "store" | "truth" | "drift">;

/** What the result of a volume operation says of itself; shape, voxel type, voxel size and place follow from the input. */
export interface ResultFacts {
  readonly provenance: Provenance;
  /** Default: the input's role. */
  readonly role?: Role;
  /** Phases of a labels result; null: none. Default: the input's, if the role stays. */
  readonly phases?: readonly Phase[] | null;
  /** The grid of a result that is not on the input's. */
  readonly frame?: Frame;
}

/** A grid of voxels in space. */
export type Frame = Pick<Volume, "shape" | "spacing" | "origin" | "direction"> & Pick<VolumeInit, "brick">;

/**
 * Work on whole planes or sinograms, as it is known before it is done. It is a pass of its own, from a volume that is
 * there.
 */
export interface WholePass {
  /** Function that the user called. */
  readonly caller: string;
  /** The result's facts; what its provenance tells of voxels may be missing. */
  readonly outline: Outline;
  readonly mask?: Volume | undefined;
  /** Why no other step goes together with it. */
  readonly why: string;
  /** Number of planes or sinograms. */
  readonly parts: number;
  /** Threads that work on them, if memory has room for all. */
  readonly workers: number;
  /** Bytes of memory that it takes beside the result: in all, and for each thread. */
  readonly sharedBytes: number;
  readonly threadBytes: number;
  /** Seconds on one thread, roughly. */
  readonly seconds: number;
}

/** Work along lines of a volume that is there, as it is known before it is done. */
export type LinesCost = Pick<WholePass, "caller" | "parts" | "workers" | "threadBytes" | "seconds">;

/** Takes note of what runs on planned volumes, and what of the first one may be looked at meanwhile. */
export interface Watch {
  /** One pass over the bricks: a stage, or several that go together. */
  run(stages: readonly PlannedStage[], options: RunOptions): void;
  /** One pass over whole planes or sinograms. */
  whole(pass: WholePass, options: RunOptions): void;
  /** One pass along lines, which gives no volume. */
  lines(pass: LinesCost, options: RunOptions): void;
  /** Answers a reduction from a part of the volume. */
  reduce<P, R, Part>(
    operation: ReduceOperation<P, R, Part>,
    volume: Volume,
    parameters: P,
    options: RunOptions,
  ): Promise<R>;
}

/** Something asked for voxels that are yet to be computed. */
export class NeedsVoxels extends MissingData {
  constructor(what: string) {
    super(`the result of ${what} is only planned; its voxels are not there yet`);
  }
}

/** Something that works on whole planes was given a volume that is planned. */
export class NeedsWhole extends NeedsVoxels {
  readonly pass: WholePass;

  constructor(what: string, pass: WholePass) {
    super(what);
    this.pass = pass;
  }
}

/** The store of a planned volume; that of the volume a plan begins with reads what is there. */
export class PlannedStore implements BrickStore {
  readonly memoryBytes = 0;
  /** What the plan begins with. */
  readonly real: Volume;
  /** All operations between it and this volume. */
  readonly stages: readonly PlannedStage[];
  readonly watch: Watch | undefined;

  constructor(real: Volume, stages: readonly PlannedStage[], watch: Watch | undefined) {
    this.real = real;
    this.stages = stages;
    this.watch = watch;
  }

  get #store(): BrickStore {
    const last = this.stages.at(-1);
    if (last !== undefined) throw new NeedsVoxels(last.caller);
    return this.real.store;
  }

  async read(index: number): Promise<Voxels> {
    return this.#store.read(index);
  }

  zone(index: number): Zone {
    return this.#store.zone(index);
  }

  place(index: number): BrickPlace {
    return this.#store.place(index);
  }

  release(): void {}
}

/** Everything of a volume but its voxels. */
export function outlineOf(volume: Volume): Outline {
  const { store: _, truth: __, drift: ___, grid, ...facts } = volume;
  return { ...facts, brick: grid.brick };
}

/** A volume of which only the facts are known: for planning what comes after it. */
export function unknownVolume(outline: Outline): Volume {
  const absent = (): never => {
    throw new NeedsVoxels(outline.provenance.operation);
  };
  const store: BrickStore = { read: absent, zone: absent, place: absent, memoryBytes: 0, release: () => {} };
  return new Volume({ ...outline, store });
}

/** A volume to plan on: the same voxels, but what functions make of it is only planned. */
export const planOn = (volume: Volume, watch?: Watch): Volume =>
  new Volume({ ...outlineOf(volume), truth: volume.truth, store: new PlannedStore(volume, [], watch) });

/** What a stage makes of a planned volume. */
export function planned(before: PlannedStore, stage: PlannedStage, options: RunOptions): Volume {
  before.watch?.run([stage], options);
  const store = new PlannedStore(before.real, [...before.stages, stage], before.watch);
  return new Volume({ ...stage.outline, store });
}

/**
 * What becomes of a pass over whole planes on a planned volume, if it is one: who watches is told, and gets a result of
 * which only the facts are known.
 * @throws NeedsWhole if nobody watches
 */
export function plannedWhole(volume: Volume, pass: WholePass, options: RunOptions): Volume | undefined {
  if (!(volume.store instanceof PlannedStore)) return undefined;
  const { watch, stages } = volume.store;
  if (watch === undefined) throw new NeedsWhole(stages.at(-1)?.caller ?? volume.provenance.operation, pass);
  watch.whole(pass, options);
  return planOn(unknownVolume(pass.outline), watch);
}

/** An operation with its parameters on a volume, as a stage. */
export function stageOf<P>(
  operation: VolumeOperation<P>,
  volume: Volume,
  parameters: P,
  facts: ResultFacts,
  sight: {
    region: Region;
    border?: Border;
    mask?: Volume | undefined;
    besides?: readonly Volume[];
    besideBorder?: Border;
  },
): PlannedStage {
  const { dtype, shape } = volume;
  const { region, border = "reflect", mask, besides = [], besideBorder = "reflect" } = sight;
  const resultType = operation.result(dtype, parameters);
  const box = facts.frame === undefined ? region : wholeRegion(facts.frame.shape);
  return {
    caller: facts.provenance.operation,
    operation: operation.name,
    parameters,
    halo: operation.halo(parameters),
    border,
    outside: operation.outside,
    shape,
    dtype,
    region: box,
    resultType,
    placement: operation.placement?.(parameters),
    mask,
    besides,
    besideBorder,
    outline: outlineAfter(volume, box, resultType, facts),
    workBytes: (size) => operation.workBytes(size, dtype, parameters),
    cost: operation.cost(dtype, parameters),
  };
}

/** Facts of a result, with those that follow from its input. */
function outlineAfter(volume: Volume, region: Region, dtype: DType, facts: ResultFacts): Outline {
  const shape = regionShape(region);
  const { role = volume.role, provenance, phases = role === volume.role ? volume.phases : undefined } = facts;
  return {
    ...outlineOf(volume),
    shape,
    dtype,
    role,
    origin: shifted(volume, region.start),
    phases: phases ?? undefined,
    angles: facts.frame === undefined ? volume.angles?.slice(region.start[0], region.stop[0]) : undefined,
    provenance,
    brick: new BrickGrid(shape, volume.grid.brick).brick,
    ...facts.frame,
  };
}

/** Position of the region's first voxel, in metres. */
export function shifted(volume: Volume, start: Triple): Triple {
  const { spacing, direction, origin } = volume;
  if (spacing === undefined) return origin;
  return origin.map(
    (at, row) => at + start.reduce((sum, n, k) => sum + direction[3 * row + k]! * n * spacing[k]!, 0),
  ) as unknown as Triple;
}
