/**
 * Work along whole lines of a region, which no brick has: memory, threads, progress and Stop, as `reduce` has them for bricks. Threads read
 * the lines wherever they lie and answer numbers.
 */
import type { RunOptions } from "../core/options.js";
import type { Region } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { memoryLimitOf } from "./build.js";
import { claimWork, hold } from "./execute.js";
import type { LinesJob } from "./job.js";
import { type Claim, machine } from "./memory.js";
import { describeRegion } from "./places.js";
import { type LinesCost, NeedsVoxels, PlannedStore } from "./planned.js";
import { pool } from "./pool.js";
import { watched } from "./progress.js";

/** What is to be done, and what it takes. */
export interface LinesPass extends LinesCost {
  /** Name of the operation, and its parameters: plain values. */
  readonly operation: string;
  readonly parameters: unknown;
  readonly region: Region;
  readonly mask: Volume | undefined;
}

/**
 * Does all parts; each counts as one step. For an estimate only the cost is noted, and nothing is done.
 * @param take gets the answers, in no order
 * @throws LimitExceeded, before anything runs, if the memory limit cannot hold the work of one thread
 */
export async function alongLines<R>(
  volume: Volume,
  pass: LinesPass,
  options: Pick<RunOptions, "signal" | "onProgress" | "memoryLimit">,
  take: (answer: R) => void,
): Promise<void> {
  if (volume.store instanceof PlannedStore) {
    const { real, stages, watch } = volume.store;
    const last = stages.at(-1);
    if (last !== undefined) throw new NeedsVoxels(last.caller);
    return watch === undefined ? alongLines(real, pass, options, take) : watch.lines(pass, options);
  }
  const { caller, operation, parameters, region, mask, parts, threadBytes } = pass;
  const limit = memoryLimitOf(options, machine);
  const letGo = [volume, mask].map(hold);
  let claim: Claim | undefined;
  try {
    const claimed = await claimWork(caller, threadBytes, pass.workers, machine, limit);
    claim = claimed.claim;
    const job: LinesJob = {
      kind: "lines",
      caller,
      operation,
      parameters,
      input: describeRegion(volume, region),
      mask: mask && describeRegion(mask, region),
      region,
    };
    await watched(caller, parts, options, ({ signal, step }) =>
      pool.run<R>(job, Array(parts).keys(), claimed.workers, signal, async (_, answer) => {
        take(answer);
        step();
      }),
    );
  } finally {
    claim?.drop();
    for (const free of letGo) free();
  }
}
