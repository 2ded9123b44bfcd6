import { type Connectivity, labelComponents } from "../compute/operations/components.js";
import { checkVolume, run } from "../compute/run.js";
import { checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { checkConnectivity, checkLabelled, findComponents, joined, plannedApart } from "./find-components.js";
import { phaseOf } from "./structuring.js";
import { runOnly, whereOf } from "./where.js";

/** Options of {@link components}. */
export interface ComponentsOptions extends RunOptions {
  /** Neighbours of a voxel: 6 (faces), 18 (and edges) or 26 (and corners). Default 6, with which nothing flows through an edge. */
  connectivity?: Connectivity;
  /** The phase whose components are wanted, by name or label. Default: of two phases the second; of more it has to be given. */
  phase?: string | number;
}

/**
 * Connected components: gives the voxels of a mask, or of one phase of labels, that hang together a number, 1, 2, 3, … in
 * the order of their first voxels (z, then y, then x); all others get 0.
 * Each brick is labelled by itself and joined with its neighbours, exactly: same result for any brick shape and number of
 * workers, and for volumes larger than memory. Cost O(n), a few nanoseconds a voxel; memory besides the result one brick a
 * worker and 22 bytes for each component of each brick.
 * @param volume mask or labels of whole numbers, any shape
 * @returns new labels volume (uint32, without a phase table), of the region's shape with `region`; voxels outside the mask get 0
 * @throws InvalidArgument if there is no such phase, or connectivity is none of 6, 18, 26
 * @throws LimitExceeded if noise makes so many components that their numbers do not fit
 * @see A. Rosenfeld & J. L. Pfaltz, Sequential operations in digital picture processing (1966), doi:10.1145/321356.321357;
 * equal to scipy.ndimage.label
 */
export async function components(volume: Volume, options: ComponentsOptions = {}): Promise<Volume> {
  checkVolume("components", volume);
  checkOptions("components", options, ["connectivity", "phase", ...RUN_OPTIONS]);
  const { connectivity = 6, phase, region, mask } = options;
  checkConnectivity("components", connectivity);
  checkLabelled("components", volume);
  const label = phaseOf("components", volume, phase);
  const provenance = trace("components", { connectivity, phase: label, region }, { volume, mask });
  const facts = { provenance, role: "labels", phases: null } as const;
  const planned = plannedApart(labelComponents, volume, facts, options);
  if (planned !== undefined) return planned;
  const where = await whereOf(volume, label, options);
  try {
    const rest = runOnly(options);
    const { to: _, ...between } = rest;
    const parameters = { connectivity, ...where.found };
    const all = await findComponents(where.volume, parameters, between);
    const labelled = joined(where.volume, parameters, all, (component) => component + 1);
    return await run(labelComponents, where.volume, labelled, rest, facts);
  } finally {
    where.free();
  }
}
