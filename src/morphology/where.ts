import { release } from "../compute/memory.js";
import type { ComponentsParameters } from "../compute/operations/components.js";
import { labelMask } from "../compute/operations/labels.js";
import { run } from "../compute/run.js";
import { DTYPES } from "../core/dtype.js";
import { UnsupportedFeature } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";

/** Voxels whose components are wanted. */
export interface Where {
  readonly volume: Volume;
  /** Which of its voxels count. */
  readonly found: Omit<ComponentsParameters, "connectivity">;
  /** Gives back what was made for it. */
  free(): void;
}

/** What `region` and `mask` leave are options no more: they have been done. */
export function runOnly({ signal, onProgress, memoryLimit, workers, to }: RunOptions): RunOptions {
  const given = { signal, onProgress, memoryLimit, workers, to };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** The voxels of a mask or of one phase, of a region and inside a mask. @param label undefined for a mask */
export async function whereOf(volume: Volume, label: number | undefined, options: RunOptions): Promise<Where> {
  const { region, mask } = options;
  const all = { label: 0, except: true };
  if (region === undefined && mask === undefined)
    return { volume, found: label === undefined ? all : { label, except: false }, free: () => undefined };
  const { to: _, ...rest } = runOnly(options);
  const where = { ...(region && { region }), ...(mask && { mask }) };
  const values = label === undefined ? insideValues(volume) : [label];
  const facts = { provenance: volume.provenance, role: "mask" } as const;
  const inside = await run(labelMask, volume, { values }, { ...rest, ...where }, facts);
  return { volume: inside, found: all, free: () => release(inside) };
}

/** All values that stand for inside in a mask. */
export function insideValues({ dtype }: Volume): number[] {
  if (DTYPES[dtype].bytes > 2)
    throw new UnsupportedFeature(`a mask has voxels of 8 or 16 bits, this one has ${dtype}; labelMask(…) makes one`);
  const { min, max } = DTYPES[dtype];
  return Array.from({ length: max - min + 1 }, (_, k) => min + k).filter((value) => value !== 0);
}
