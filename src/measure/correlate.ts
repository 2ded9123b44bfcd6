/** Two-point correlation in all directions, by Fourier transforms in threads. */

import { threadsFor } from "../artefacts/threads.js";
import { memoryLimitOf } from "../compute/build.js";
import { hold } from "../compute/execute.js";
import { fourierBytes, isSmooth, smoothLength } from "../compute/kernels/fourier.js";
import { machine } from "../compute/memory.js";
import { describeRegion } from "../compute/places.js";
import { watched } from "../compute/progress.js";
import { ThreadTeam } from "../compute/thread-team.js";
import { MissingData } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import { type Region, regionShape, type Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { voxelSteps } from "../morphology/voxel-steps.js";
import { type CorrelationTask, type FieldSums, type LagPlane, partBytes, type Shells } from "./correlation-thread.js";

/** What is correlated with itself. */
export interface Correlated {
  readonly labels: Volume;
  readonly label: number | undefined;
  /** A label beyond the sample that occurs. */
  readonly outside: number | undefined;
  readonly mask: Volume | undefined;
  readonly region: Region;
  readonly periodic: boolean;
  /** Instead of the phase its surface: how much a face across z, y, x counts; see {@link CorrelationInput}. */
  readonly faces?: Triple;
  /** Covariances instead: the mean is taken off the field first. */
  readonly centred?: boolean;
}

/** Which lags are wanted, and in which shells. */
export interface Lags {
  /** The largest one along z, y, x: below the size of the volume; of a periodic one at most half of it. */
  readonly lags: Triple;
  /** Width of a shell, in the shortest edge of a voxel, and their number. */
  readonly width: number;
  readonly shells: number;
}

/** What is found. */
export interface Correlation {
  /** For each lag along z, from 0 on. */
  readonly planes: readonly (Float32Array | undefined)[];
  readonly shells: Shells;
  /** Sums over the field, and how many voxels the sample has; only of covariances. */
  readonly sum: number;
  readonly squares: number;
  readonly voxels: number;
  readonly faces: Triple;
}

/**
 * S₂ at all lags of one half of space: a plane for each lag along z, from 0 on.
 * @param map true: with the planes themselves
 */
export async function correlate(
  caller: string,
  { labels, label, outside, mask, region, periodic, faces, centred = false }: Correlated,
  { lags, width, shells }: Lags,
  map: boolean,
  options: Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers">,
): Promise<Correlation> {
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
  const kept = (map ? 4 * lagPixels * (lags[0] + 1) : 0) + 40 * shells * workers;
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
      faces,
      lengths,
      lags,
      periods,
      periodic,
      steps: voxelSteps(labels),
      width,
      shells,
      spectra,
      less: 0,
    };
    const total = fields * (shape[0] + fx) + lags[0] + 1 + (centred ? shape[0] : 0);
    return await watched(caller, total, options, async (run) => {
      const team = new ThreadTeam(new URL("./correlation-thread.js", import.meta.url), caller, workers, run.signal);
      try {
        await team.all("begin", task);
        const sums = { sum: 0, squares: 0, voxels: 0, faces: [0, 0, 0] as [number, number, number] };
        if (centred) {
          const add = (found: FieldSums): void => {
            for (const name of ["sum", "squares", "voxels"] as const) sums[name] += found[name];
            for (const axis of [0, 1, 2] as const) sums.faces[axis] += found.faces[axis];
          };
          await team.each<FieldSums>("sumsOfPlane", shape[0], (z) => ({ z }), run, add);
          if (sums.voxels === 0) throw new MissingData(`${caller}: no voxel of region and mask is of the sample`);
          await team.all("centre", { less: sums.sum / sums.voxels });
        }
        for (let which = 0; which < fields; which++) {
          await team.each("transformPlane", shape[0], (z) => ({ z, which }), run);
          await team.each("correlateColumn", fx, (x) => ({ x, which }), run);
        }
        const planes: (Float32Array | undefined)[] = [];
        const all: Shells[] = [];
        await team.each<LagPlane>(
          "lagPlane",
          lags[0] + 1,
          (z) => ({ z, map }),
          run,
          ({ plane, shells }) => {
            planes.push(plane);
            all.push(all.length === 0 ? shells : together(all.pop()!, shells));
          },
        );
        return { planes, shells: all[0]!, ...sums };
      } finally {
        await team.end();
      }
    });
  } finally {
    for (const free of letGo) free();
    claim.drop();
  }
}

function together(a: Shells, b: Shells): Shells {
  for (const name of ["values", "lags", "distances", "products", "pairs"] as const)
    for (let k = 0; k < a[name].length; k++) a[name][k]! += b[name][k]!;
  return a;
}
