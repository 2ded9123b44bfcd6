import { release } from "../compute/memory.js";
import { type Connectivity, eraseComponents } from "../compute/operations/components.js";
import { copy } from "../compute/operations.js";
import { run } from "../compute/run.js";
import { InvalidArgument } from "../core/errors.js";
import { RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { labelOf } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import type { AllComponents } from "./component-merge.js";
import { withDrift } from "./drift.js";
import { checkConnectivity, checkLabelled, findComponents, joined, plannedApart } from "./find-components.js";
import { neutralOf, phaseOf } from "./structuring.js";
import { absorb } from "./surroundings.js";
import { runOnly } from "./where.js";

/** Options that {@link removeSmall}, {@link keepLargest} and {@link fillHoles} share. */
export interface EraseOptions extends Omit<RunOptions, "mask"> {
  /** Neighbours of a voxel: 6 (faces), 18 (and edges) or 26 (and corners). Default 6. */
  connectivity?: Connectivity;
  /** The phase that is cleaned, by name or label. Default: of two phases the second; of more it has to be given. */
  phase?: string | number;
}

/** These functions take no mask: components that it cuts would be others than those of the volume. */
export const ERASE_OPTIONS = ["connectivity", "phase", ...RUN_OPTIONS.filter((name) => name !== "mask")] as const;

export interface Erasure {
  readonly caller: string;
  /** What provenance tells beside connectivity, phase and region. */
  readonly parameters: object;
  /** The components of what is not the phase, rather than those of the phase. */
  readonly outside: boolean;
  /** What the voxels of the phase become; undefined: what is left of a mask, the other one of two phases, else what is around. */
  readonly into: string | number | undefined;
  keeps(all: AllComponents): (component: number) => boolean;
}

/** Gives whole components another label. */
export async function erase(volume: Volume, options: EraseOptions, erasure: Erasure): Promise<Volume> {
  const { caller, parameters, outside, keeps } = erasure;
  const { connectivity = 6, phase, region } = options;
  checkConnectivity(caller, connectivity);
  checkLabelled(caller, volume);
  const label = phaseOf(caller, volume, phase);
  const value = erasedValue(volume, label, erasure);
  const told = { ...parameters, connectivity, phase: label, into: value ?? "surrounding", region };
  const provenance = trace(caller, told, { volume });
  const planned = plannedApart(eraseComponents, volume, { provenance }, options);
  if (planned !== undefined) return planned;
  const rest = runOnly(options);
  const { to: _, ...between } = rest;
  const part =
    region === undefined
      ? volume
      : await run(copy, volume, {}, { ...between, region }, { provenance: volume.provenance });
  try {
    // Of a mask inside is all but 0.
    const except = (label === undefined) !== outside;
    const where = { connectivity, label: label ?? 0, except };
    const all = await findComponents(part, where, between);
    const keep = keeps(all);
    if (value === undefined) {
      const absorbed = await absorb(
        { caller, volume: part, where, all, keep, never: neutralOf(volume) },
        rest,
        provenance,
      );
      return await withDrift(part, absorbed, rest);
    }
    const labelled = joined(part, where, all, (component) => (keep(component) ? 1 : 0));
    const erased = { ...labelled, value, keep: neutralOf(volume) };
    return await withDrift(part, await run(eraseComponents, part, erased, rest, { provenance }), rest);
  } finally {
    if (part !== volume) release(part);
  }
}

/** The value that erased voxels get; undefined: that of what is around. */
function erasedValue(
  volume: Volume,
  label: number | undefined,
  { caller, into, outside }: Erasure,
): number | undefined {
  if (outside) return label ?? 1;
  if (label === undefined) {
    if (into === undefined) return 0;
    throw new InvalidArgument(`${caller}: into is ${JSON.stringify(into)}, but a mask has no phases; leave it out`);
  }
  const { phases } = volume;
  if (into !== undefined) {
    const value = labelOf(caller, into, phases);
    if (value !== label) return value;
    throw new InvalidArgument(`${caller}: into is the phase itself (${JSON.stringify(into)}); name another one`);
  }
  const others = phases?.filter((one) => one.label !== label) ?? [];
  return others.length === 1 ? others[0]!.label : undefined;
}
