/** What makes two jobs the same: operations, parameters and input. Only then may one go on where the other was stopped. */
import { createHash } from "node:crypto";
import { type Plain, trace } from "../core/provenance.js";
import type { BrickStore, Volume } from "../core/volume.js";
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

/** A step of a job. What works on whole planes has no border, region and value outside a mask. */
export type JobStep = Pick<PlannedStage, "caller" | "operation" | "parameters" | "mask" | "outline"> &
  Partial<Pick<PlannedStage, "border" | "region" | "outside" | "besides" | "besideBorder">>;

/** The identity of what steps make of a volume. @param whole for an intermediate result, the sha256 of the whole job */
export function identityOf(volume: Volume, stages: readonly JobStep[], whole?: string): JobIdentity {
  const steps = stages.map((step) => {
    const { caller, operation, parameters, border, region, outside, mask, besides = [], besideBorder } = step;
    return {
      caller,
      operation,
      parameters,
      border,
      region,
      outside,
      mask: mask && fingerprint(mask),
      besides: besides.map(fingerprint),
      besideBorder: besides.length === 0 ? undefined : besideBorder,
    };
  });
  const { brick, ...facts } = stages.at(-1)!.outline;
  const result = { brick, ...facts };
  const { parameters: description } = trace("job", { steps, input: fingerprint(volume), result, whole });
  return { sha256: createHash("sha256").update(JSON.stringify(description)).digest("hex"), description };
}

/** The chain in which an intermediate volume was computed. */
const chains = new WeakMap<BrickStore, string>();

/** What makes two chains the same: their steps and what they begin with. */
export function chainIdentity(volume: Volume, steps: object, mask: Volume | undefined): string {
  const { parameters } = trace("chain", { steps, input: fingerprint(volume), mask: mask && fingerprint(mask) });
  return createHash("sha256").update(JSON.stringify(parameters)).digest("hex");
}

/** Notes of which chain a volume is an intermediate result: a file with its end result will name that chain. */
export function noteChain(volume: Volume, chain: string): void {
  chains.set(volume.store, chain);
}

export const chainOf = (volume: Volume): string | undefined => chains.get(volume.store);
