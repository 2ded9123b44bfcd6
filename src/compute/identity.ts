/** What makes two jobs the same: operations, parameters and input. Only then may one go on where the other was stopped. */
import { createHash } from "node:crypto";
import { type Plain, trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import type { PlannedStage } from "./planned.js";

export interface JobIdentity {
  readonly sha256: string;
  /** The job in words that a person can compare. */
  readonly description: { readonly [name: string]: Plain };
}

/**
 * Which voxels a volume holds, without reading them: its provenance and the record of each brick (minimum, maximum, sum,
 * number of NaN).
 */
function fingerprint(volume: Volume): string {
  const { shape, dtype, grid, provenance, store } = volume;
  const hash = createHash("sha256").update(JSON.stringify([shape, dtype, grid.brick, provenance]));
  const record = new Float64Array(4);
  for (let k = 0; k < grid.length; k++) {
    const { min, max, sum, nan } = store.zone(k);
    record.set([min, max, sum, nan]);
    hash.update(new Uint8Array(record.buffer));
  }
  return hash.digest("hex");
}

/** The identity of what stages make of a volume. */
export function identityOf(volume: Volume, stages: readonly PlannedStage[]): JobIdentity {
  const steps = stages.map(({ caller, operation, parameters, border, region, outside, mask }) => ({
    caller,
    operation,
    parameters,
    border,
    region,
    outside,
    mask: mask && fingerprint(mask),
  }));
  const { brick, ...facts } = stages.at(-1)!.outline;
  const { parameters: description } = trace("job", { steps, input: fingerprint(volume), result: { brick, ...facts } });
  return { sha256: createHash("sha256").update(JSON.stringify(description)).digest("hex"), description };
}
