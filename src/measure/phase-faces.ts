import { release } from "../compute/memory.js";
import { countFaces } from "../compute/operations/faces.js";
import { copy } from "../compute/operations.js";
import { checkMask, reduce, run } from "../compute/run.js";
import type { RunOptions } from "../core/options.js";
import type { Phase } from "../core/phases.js";
import type { Volume } from "../core/volume.js";
import { phaseNumbers } from "./phase-numbers.js";

/** Numbers of faces between unlike phases. */
export interface PhaseFaces {
  /** Across z, y and x: those between the a-th and the b-th phase. */
  between(a: number, b: number): readonly [z: number, y: number, x: number];
}

/** Counts the faces at which phases meet. Faces of the volume itself, and of region and mask, are none. */
export async function facesOfPhases(
  labels: Volume,
  phases: readonly Phase[],
  options: Omit<RunOptions, "to">,
): Promise<PhaseFaces> {
  const { region, mask, onProgress, ...rest } = options;
  checkMask(mask, labels);
  // A face between a voxel of the region and one beside it is none: the region is looked at as a volume of its own.
  const made: Volume[] = [];
  const cut = async (volume: Volume | undefined): Promise<Volume | undefined> => {
    if (volume === undefined || region === undefined) return volume;
    made.push(await run(copy, volume, {}, { ...rest, region }, { provenance: volume.provenance }));
    return made.at(-1);
  };
  try {
    const [part, beside] = [(await cut(labels))!, await cut(mask)];
    const { table, low } = phaseNumbers(labels, phases);
    const parameters = { table: Uint16Array.from(table), low, phases: phases.length };
    const watch = { ...rest, ...(onProgress && { onProgress }), besides: beside === undefined ? [] : [beside] };
    const faces = await reduce(countFaces, part, parameters, watch);
    const n = phases.length;
    const across = (axis: number, a: number, b: number): number =>
      faces[axis]![a * n + b]! + (a === b ? 0 : faces[axis]![b * n + a]!);
    return { between: (a, b) => [across(0, a, b), across(1, a, b), across(2, a, b)] };
  } finally {
    for (const one of made) release(one);
  }
}
