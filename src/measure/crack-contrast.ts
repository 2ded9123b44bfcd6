import { release } from "../compute/memory.js";
import { labelMask } from "../compute/operations/labels.js";
import { run } from "../compute/run.js";
import { InvalidArgument, MissingData } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Volume } from "../core/volume.js";
import { histogramFrom } from "../statistics/histogram-from.js";
import { countPhases } from "../statistics/phase-counts.js";
import { IDEAL } from "./crack-features.js";

/** What a voxel of a crack has in a scan. */
export interface CrackGrey {
  /** Least sheetness, in grey values. */
  readonly depth: number;
  /** Brightest grey value. */
  readonly brightest: number;
}

/**
 * How a crack shows in a scan: one that is a third as deep as host and void differ, or as deep as is given; a voxel of it is darker
 * than the host by at least three quarters of that. What lies beside a wider crack bends as much, but is as bright as the host.
 * @param given the least sheetness, in grey values
 * @throws InvalidArgument if the void is not the darker one
 */
export async function greyOfCracks(
  scan: Volume,
  phases: Volume,
  { host, hollow }: { readonly host: number; readonly hollow: number },
  given: number | undefined,
  options: Pick<RunOptions, "signal" | "memoryLimit" | "workers">,
): Promise<CrackGrey> {
  const meanOf = async (label: number): Promise<number> => {
    const facts = { provenance: phases.provenance, role: "mask" } as const;
    const mask = await run(labelMask, phases, { values: [label] }, options, facts);
    try {
      const { counts, centres, total } = await histogramFrom("cracks", scan, { ...options, mask }, 1024);
      return counts.reduce((sum, count, k) => sum + count * centres[k]!, 0) / total;
    } finally {
      release(mask);
    }
  };
  const matter = await meanOf(host);
  const of = (depth: number): CrackGrey => ({ depth, brightest: matter - (0.75 * depth) / IDEAL });
  if (given !== undefined) return of(given);
  const { voxels, phases: table } = await countPhases("cracks", phases, options);
  if (!voxels[table.findIndex(({ label }) => label === hollow)])
    throw new MissingData(
      `cracks: no voxel has the label ${hollow} of the voids, so their grey value is not known; give \`depth\``,
    );
  const empty = await meanOf(hollow);
  if (!(matter > empty))
    throw new InvalidArgument(
      `cracks: in this scan the void (mean grey value ${empty}) is not darker than the phase (${matter}); give the scan that was segmented`,
    );
  return of((IDEAL * (matter - empty)) / 3);
}
