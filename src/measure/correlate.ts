/** Two-point correlation in all directions, by Fourier transforms in threads. */

import { threadsFor } from "../artefacts/threads.js";
import { memoryLimitOf } from "../compute/build.js";
import { hold } from "../compute/execute.js";
import { fourierBytes, isSmooth, smoothLength } from "../compute/kernels/fourier.js";
import { machine } from "../compute/memory.js";
import { describeRegion } from "../compute/places.js";
import { watched } from "../compute/progress.js";
import type { RunOptions } from "../core/options.js";
import { type Region, regionShape, type Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { type CorrelationTask, type LagPlane, partBytes } from "./correlation-thread.js";
import { stepsOf } from "./pore-distances.js";
import { ThreadTeam } from "./thread-team.js";

/** What is correlated with itself. */
export interface Correlated {
  readonly labels: Volume;
  readonly label: number | undefined;
  /** A label beyond the sample that occurs. */
  readonly outside: number | undefined;
  readonly mask: Volume | undefined;
  readonly region: Region;
  readonly periodic: boolean;
}

/** Which lags are wanted, and in which shells. */
export interface Lags {
  /** The largest one along z, y, x: below the size of the volume; of a periodic one at most half of it. */
  readonly lags: Triple;
  /** Width of a shell, in the shortest edge of a voxel, and their number. */
  readonly width: number;
  readonly shells: number;
}

/**
 * S₂ at all lags of one half of space: a plane for each lag along z, from 0 on.
 * @param map true: planes of S₂, else sums over shells
 */
export async function correlate(
  caller: string,
  { labels, label, outside, mask, region, periodic }: Correlated,
  { lags, width, shells }: Lags,
  map: boolean,
  options: Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers">,
): Promise<LagPlane[]> {
  const shape = regionShape(region);
  const lengths = shape.map((n, k) => {
    if (n === 1) return 1;
    if (!periodic) return smoothLength(n + lags[k]!);
    return isSmooth(n) ? n : smoothLength(2 * n);
  }) as unknown as Triple;
  const periods = shape.map((n, k) => (periodic && n > 1 && lengths[k] !== n ? n : 0)) as unknown as Triple;
  const [fz, fy, fx] = lengths;
  const part = partBytes(fy);
  const fields = mask !== undefined || outside !== undefined ? 2 : 1;
  const spectrum = shape[0] * fx * 2 * part;
  const workers = threadsFor(Math.max(shape[0], fx), options);
  const longest = Math.max(fz, fx, shape[2]) + 64;
  const lagPixels = (2 * lags[1] + 1) * (2 * lags[2] + 1);
  const thread =
    4 * longest * part +
    fourierBytes(fz) +
    fourierBytes(fy) +
    fourierBytes(fx) +
    3 * shape[1] * shape[2] +
    12 * lagPixels;
  const kept = map ? 4 * lagPixels * (lags[0] + 1) : 24 * shells * (lags[0] + 1);
  const claim = await machine.claim(
    caller,
    fields * spectrum + workers * thread + kept,
    memoryLimitOf(options, machine),
  );
  const letGo = [labels, mask].map(hold);
  try {
    const spectra = Array.from({ length: fields }, () => claim.allocate(spectrum));
    const task: CorrelationTask = {
      input: describeRegion(labels, region),
      mask: mask && describeRegion(mask, region),
      region,
      label,
      outside,
      lengths,
      lags,
      periods,
      periodic,
      steps: stepsOf(labels),
      width,
      shells,
      spectra,
    };
    const total = fields * (shape[0] + fx) + lags[0] + 1;
    return await watched(caller, total, options, async (run) => {
      const team = new ThreadTeam(new URL("./correlation-thread.js", import.meta.url), caller, workers, run.signal);
      try {
        await team.all("begin", task);
        for (let which = 0; which < fields; which++) {
          await team.each("transformPlane", shape[0], (z) => ({ z, which }), run);
          await team.each("correlateColumn", fx, (x) => ({ x, which }), run);
        }
        const planes: LagPlane[] = [];
        const take = (plane: LagPlane): void => {
          planes.push(plane);
        };
        await team.each<LagPlane>("lagPlane", lags[0] + 1, (z) => ({ z, map }), run, take);
        return planes;
      } finally {
        await team.end();
      }
    });
  } finally {
    for (const free of letGo) free();
    claim.drop();
  }
}
