/** Numbers of pairs of voxels that lie some way apart along an axis. */
import { workersOf } from "../compute/execute.js";
import { alongLines, type LinesPass } from "../compute/lines.js";
import { lagCount, type PairsParameters, pairsBytes, slabCounts } from "../compute/operations/pairs.js";
import { DTYPES } from "../core/dtype.js";
import type { RunOptions } from "../core/options.js";
import { regionShape, voxelCount } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import type { Correlated } from "./correlate.js";

/** Rows that a part looks along z at: of fewer, what is read of each plane is short. */
const ROWS = 16;
/** Parts for each thread, where there are few lines: so that none waits long for the last one. */
const PARTS = 4;

/** Numbers of pairs of the phase, and of the sample if voxels lie beyond it. */
export interface AxisPairs {
  /** True if voxels lie beyond the sample, so that its own pairs were counted. */
  readonly holes: boolean;
  /** @param lag one of those that were asked for */
  pairs(of: "phase" | "sample", axis: 0 | 1 | 2, lag: number): number;
}

/** Counts them at the given lags along z, y and x: whole numbers from 0 on, ascending, below the size of the region. */
export async function countAxisPairs(
  caller: string,
  { labels, label, outside, mask, region }: Correlated,
  lags: PairsParameters["lags"],
  options: Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers">,
): Promise<AxisPairs> {
  const shape = regionShape(region);
  // A file is read by whole bricks: of a few rows each brick would be read as often as it has such.
  const inFile = isInFile(labels) || (mask !== undefined && isInFile(mask));
  const rows = Math.min(shape[1], inFile ? Math.max(ROWS, labels.grid.brick[1]) : ROWS);
  const slabs = slabCounts(shape, rows).reduce((sum, n) => sum + n, 0);
  const longest = Math.max(...lags.map(({ length }) => length));
  const workers = workersOf(options, Number.POSITIVE_INFINITY);
  const shares = Math.min(longest, Math.ceil((PARTS * workers) / slabs));
  const fields = mask !== undefined || outside !== undefined ? 2 : 1;
  const parameters: PairsParameters = { label, outside, fields, lags, rows, shares };
  const parts = slabs * shares;
  const count = lagCount(parameters);
  const pass: LinesPass = {
    caller,
    operation: "pairsOfLines",
    parameters,
    region,
    mask,
    parts,
    workers: Math.min(workers, parts),
    threadBytes: pairsBytes(shape, parameters, DTYPES[labels.dtype].bytes + (mask === undefined ? 0 : 1)),
    seconds: voxelCount(shape) * fields * (1e-9 + 6e-12 * count),
  };
  const total = new Float64Array(fields * count);
  await alongLines<Float64Array>(labels, pass, options, (found) => {
    for (let k = 0; k < total.length; k++) total[k]! += found[k]!;
  });
  const places = lags.map((some) => new Map(some.map((lag, k) => [lag, k])));
  const before = [0, lags[0].length, lags[0].length + lags[1].length];
  return {
    holes: fields === 2,
    pairs: (of, axis, lag) => total[(of === "phase" ? 0 : count) + before[axis]! + places[axis]!.get(lag)!]!,
  };
}

const isInFile = ({ store }: Volume): boolean => store.place(0).kind === "file";
