import { InvalidArgument, MissingData } from "./errors.js";
import { isLength, type Length } from "./length.js";
import type { Region, Triple } from "./shape.js";
import type { Volume } from "./volume.js";

/** State of a running computation, as its callback gets it. */
export interface Progress {
  /** What runs: the name of the function. */
  readonly operation: string;
  /** Parts done and parts in all; a part is a brick or a page. */
  readonly done: number;
  readonly total: number;
}

/** Options that every function which works through voxels shares. */
export interface RunOptions {
  /** Only this box of voxels. A filter then returns a volume of the box's shape, with its true neighbours as border. Default: all. */
  region?: Region;
  /** Only voxels where this mask (role `mask`, same shape as the volume) is not 0. A filter keeps the others as they were. Default: all. */
  mask?: Volume;
  /** Stops the computation; it then throws the signal's own reason. */
  signal?: AbortSignal;
  /** Called after each part; must be quick. */
  onProgress?: (progress: Progress) => void;
  /** Bytes that volumes and work buffers may take together. Default: half of the machine's memory. */
  memoryLimit?: number;
  /** Number of worker threads; the result does not depend on it. Default: the number of cores, at most 16. */
  workers?: number;
  /**
   * Path of a volume file (`.arrow`) into which the result is written brick by brick, instead of into memory. A run that was
   * stopped or killed goes on where it ended when it is made again, and one that was finished is not made again. Only for
   * functions whose result is a volume.
   */
  to?: string;
}

/** Options of a run whose result is a table or a number: there is no volume to write. */
export const TABLE_OPTIONS = ["region", "mask", "signal", "onProgress", "memoryLimit", "workers"] as const;

/** Those of {@link RunOptions}. */
export const RUN_OPTIONS = [...TABLE_OPTIONS, "to"] as const;

/** Edit distance of two words (Levenshtein), to suggest the option that was meant. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}

/** The allowed word nearest to `word`, as a suggestion; empty if none is near. */
export function suggestion(word: string, allowed: readonly string[]): string {
  const best = allowed
    .map((name) => [distance(word.toLowerCase(), name.toLowerCase()), name] as const)
    .sort((a, b) => a[0] - b[0] || Math.abs(a[1].length - word.length) - Math.abs(b[1].length - word.length))[0];
  return best !== undefined && best[0] <= Math.max(2, word.length / 3) ? `; did you mean \`${best[1]}\`?` : "";
}

/** Throws if `options` is no plain object or has a name that `caller` does not know; suggests the nearest one. */
export function checkOptions(caller: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new InvalidArgument(`${caller}: options are an object such as { ${known[0]}: … }, got ${String(options)}`);
  for (const name of Object.keys(options))
    if (!known.includes(name))
      throw new InvalidArgument(
        `${caller} has no option \`${name}\`${suggestion(name, known)} (it has ${known.join(", ")})`,
      );
}

/** Throws unless `value` is a finite number from `min` to `max` (a whole one if asked). */
export function checkNumber(
  what: string,
  value: unknown,
  min: number,
  max: number,
  whole = false,
): asserts value is number {
  const ok =
    typeof value === "number" &&
    Number.isFinite(value) &&
    value >= min &&
    value <= max &&
    (!whole || Number.isInteger(value));
  if (!ok)
    throw new InvalidArgument(
      `${what} is ${String(value)}; allowed is a ${whole ? "whole " : ""}number from ${min} to ${max}`,
    );
}

/** Throws unless `value` is one of a few words. */
export function checkChoice<T extends string>(what: string, value: unknown, allowed: readonly T[]): asserts value is T {
  if (allowed.includes(value as T)) return;
  const near = typeof value === "string" ? suggestion(value, allowed) : "";
  const words = allowed.map((word) => JSON.stringify(word));
  const list = `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
  throw new InvalidArgument(`${what} is ${JSON.stringify(value) ?? String(value)}; allowed are ${list}${near}`);
}

/** A distance in voxels along z, y, x: a bare number is voxels, a {@link Length} is divided by the voxel size of each axis. */
export function inVoxels(
  what: string,
  value: number | Length,
  volume: { readonly spacing: Triple | undefined },
): Triple {
  if (typeof value === "number") return [value, value, value];
  if (!isLength(value))
    throw new InvalidArgument(`${what} is ${String(value)}; give a number of voxels or a length such as um(1.5)`);
  const { spacing } = volume;
  if (spacing === undefined)
    throw new MissingData(
      `${what} is a length, but the voxel size of this volume is unknown: give voxels, or set it with volume.with({ spacing: um(…) })`,
    );
  return [value.metres / spacing[0], value.metres / spacing[1], value.metres / spacing[2]];
}
