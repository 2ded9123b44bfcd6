/** Distances between the surfaces of one phase in two volumes. */
import { setImmediate } from "node:timers/promises";
import { memoryLimitOf } from "../compute/build.js";
import { machine, release } from "../compute/memory.js";
import { surfaceVoxels } from "../compute/operations/labels.js";
import { outlineOf } from "../compute/planned.js";
import { watched } from "../compute/progress.js";
import { run } from "../compute/run.js";
import type { RunOptions } from "../core/options.js";
import type { Triple } from "../core/shape.js";
import { Volume } from "../core/volume.js";
import { distanceTransform } from "../morphology/distance-transform.js";
import type { LabelPair } from "./surface-distances.js";

export interface SurfaceFigures {
  readonly surface: number;
  readonly trueSurface: number;
  readonly hausdorff: number;
  readonly hausdorff95: number;
  readonly mean: number;
  readonly toTruth: number;
  readonly fromTruth: number;
  readonly dice: number;
}

type Options = Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers">;

/** @param tolerance in the unit of the distances */
export async function surfaceFigures(
  caller: string,
  { labels, truth, spacing, step }: LabelPair,
  label: number,
  trueLabel: number,
  tolerance: number,
  options: Options,
): Promise<SurfaceFigures> {
  const { onProgress: _, ...quiet } = options;
  const made: Volume[] = [];
  const kept = (volume: Volume): Volume => {
    made.push(volume);
    return volume;
  };
  try {
    const own = kept(await surfaceOf(labels, label, spacing, quiet));
    const right = kept(await surfaceOf(truth, trueLabel, spacing, quiet));
    const [counts, trueCounts] = [own, right].map(countOf) as [number, number];
    const claim = await machine.claim(caller, 4 * (counts + trueCounts), memoryLimitOf(options, machine));
    try {
      const there = await distancesBetween(caller, own, right, counts, trueCounts, step, options);
      const back = await distancesBetween(caller, right, own, trueCounts, counts, step, options);
      return figuresOf(there, back, tolerance);
    } finally {
      claim.drop();
    }
  } finally {
    for (const volume of made) release(volume);
  }
}

/** Labels of 0 and of 1 where the phase has its surface. */
async function surfaceOf(
  volume: Volume,
  label: number,
  spacing: readonly number[] | undefined,
  options: Options,
): Promise<Volume> {
  const { provenance, role } = volume;
  // Of a mask inside is all but 0.
  const inside = role === "mask" ? { label: 0, except: true } : { label, except: false };
  const parameters = role === "mask" && label === 0 ? { label: 0, except: false } : inside;
  const facts = { provenance, role: "labels", phases: null } as const;
  const surface = await run(surfaceVoxels, volume, parameters, { ...options, border: "nearest" }, facts);
  return new Volume({ ...outlineOf(surface), spacing: spacing as Triple | undefined, store: surface.store });
}

/** The records of the bricks have counted. */
function countOf({ grid, store }: Volume): number {
  let sum = 0;
  for (let k = 0; k < grid.length; k++) sum += store.zone(k).sum;
  return sum;
}

/** From each voxel of one surface to the other one, ascending. */
async function distancesBetween(
  caller: string,
  from: Volume,
  to: Volume,
  count: number,
  others: number,
  step: number,
  options: Options,
): Promise<Float32Array> {
  const out = new Float32Array(count);
  if (count === 0) return out;
  if (others === 0) return out.fill(Number.POSITIVE_INFINITY);
  const { onProgress: _, ...quiet } = options;
  const field = await distanceTransform(to, { phase: 0, ...quiet });
  try {
    let found = 0;
    await watched(caller, from.grid.length, options, async (watch) => {
      for (let index = 0; index < from.grid.length; index++) {
        // Reading from memory never leaves this turn of the event loop: without a pause Stop would not be heard.
        await setImmediate();
        watch.signal.throwIfAborted();
        if (from.store.zone(index).max > 0) {
          const box = from.grid.region(index);
          const [surface, distances] = await Promise.all([from.read(box), field.read(box)]);
          for (let k = 0; k < surface.length; k++) if (surface[k] !== 0) out[found++] = distances[k]! * step;
        }
        watch.step();
      }
    });
  } finally {
    release(field);
  }
  return out.sort();
}

function figuresOf(there: Float32Array, back: Float32Array, tolerance: number): SurfaceFigures {
  const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);
  const all = there.length + back.length;
  // A distance of two voxels of 0.3 µm may come out a hair larger than a tolerance of 0.6 µm.
  const most = tolerance * (1 + 1e-6);
  const near = (values: Float32Array): number => values.reduce((count, value) => count + (value <= most ? 1 : 0), 0);
  const [sums, backSums] = [sum(there), sum(back)];
  const alone = all > 0 && (there.length === 0 || back.length === 0);
  const or = (value: number): number => (alone ? Number.POSITIVE_INFINITY : value);
  return {
    surface: there.length,
    trueSurface: back.length,
    hausdorff: or(Math.max(there.at(-1) ?? Number.NaN, back.at(-1) ?? Number.NaN)),
    hausdorff95: or(Math.max(quantile(there, 0.95), quantile(back, 0.95))),
    mean: or((sums + backSums) / all),
    toTruth: or(sums / there.length),
    fromTruth: or(backSums / back.length),
    dice: (near(there) + near(back)) / all,
  };
}

/** Between the two nearest of the sorted values, as numpy has it. */
function quantile(sorted: Float32Array, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const [a, b] = [sorted[low]!, sorted[Math.min(low + 1, sorted.length - 1)]!];
  return a === b ? a : a + (at - low) * (b - a);
}
