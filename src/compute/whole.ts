/**
 * Results that are made plane by plane or sinogram by sinogram, because the work on one of them cannot be cut into
 * bricks: memory, progress and the place of the result, as `execute` has them for bricks.
 */
import { DTYPES } from "../core/dtype.js";
import type { RunOptions } from "../core/options.js";
import type { Provenance } from "../core/provenance.js";
import { BrickGrid, wholeRegion } from "../core/shape.js";
import { Volume, type Zone } from "../core/volume.js";
import { type BrickSink, buildVolume, memoryLimitOf, type VolumeWriter, Writer } from "./build.js";
import { checkNotInput } from "./execute.js";
import { type Claim, machine } from "./memory.js";
import { placesOf } from "./places.js";
import { plannedWhole, type WholePass } from "./planned.js";
import { type Run, watched } from "./progress.js";
import { checkFolder, checkTarget } from "./result-file.js";
import { type FileTarget, fileResults, fileTarget, finishedResult } from "./results.js";

export type WholeOptions = Pick<RunOptions, "signal" | "onProgress" | "memoryLimit" | "workers" | "to">;

/** What is known when the volume has been looked at. */
export interface Prepared {
  /** With all that was found. */
  readonly provenance: Provenance;
  /** Makes the result, from the first plane or row on that is missing; each part counts as one step. */
  fill(writer: VolumeWriter, run: Run, workers: number): Promise<void>;
}

/**
 * Makes a volume from a volume. A planned one is only noted.
 *
 * With `to`, a run that was stopped or killed goes on at the layer of bricks at which it ended; what `prepare` finds is
 * found again.
 * @param prepare looks at the volume before the result is begun
 * @throws LimitExceeded, before anything runs, if the memory limit cannot hold the work of one thread
 */
export async function makeWhole(
  volume: Volume,
  pass: WholePass,
  options: WholeOptions,
  prepare: () => Prepared | Promise<Prepared>,
): Promise<Volume> {
  const { caller, outline, mask } = pass;
  const { to } = options;
  if (to !== undefined) checkTarget(to);
  const planned = plannedWhole(volume, pass, options);
  if (planned !== undefined) return planned;
  if (to !== undefined) await checkResult(to, volume);
  const { claim, workers } = await claimWhole(pass, options);
  try {
    const { provenance, fill } = await prepare();
    const facts = { ...outline, provenance, truth: volume.truth };
    if (to === undefined)
      return await watched(caller, pass.parts, options, (run) =>
        buildVolume(facts, (writer) => fill(writer, run, workers), { ...limitOf(options), signal: run.signal }),
      );
    const step = {
      caller,
      operation: caller,
      parameters: provenance.parameters,
      mask,
      outline: { ...outline, provenance },
    };
    const target = fileTarget(to, { volume, stages: [step] });
    const store =
      (await finishedResult(target)) ??
      (await watched(caller, pass.parts, options, (run) =>
        intoFile(target, run, (writer) => fill(writer, run, workers)),
      ));
    return new Volume({ ...facts, store });
  } finally {
    claim.drop();
  }
}

/** Throws if a result cannot go into the file `to`: before work that comes to its result late. */
export async function checkResult(to: unknown, volume: Volume): Promise<void> {
  checkTarget(to);
  checkNotInput(to, placesOf(volume.store, volume.grid.touching(wholeRegion(volume.shape))).blocks);
  await checkFolder(to);
}

const limitOf = ({ memoryLimit }: WholeOptions): Pick<RunOptions, "memoryLimit"> =>
  memoryLimit === undefined ? {} : { memoryLimit };

/** Bytes that a pass takes whatever the number of threads: for a file also a layer of bricks. */
export function sharedBytesOf({ outline, sharedBytes }: WholePass, { to }: Pick<RunOptions, "to">): number {
  if (to === undefined) return sharedBytes;
  const { counts, brickVoxels } = new BrickGrid(outline.shape, outline.brick);
  return sharedBytes + counts[1] * counts[2] * brickVoxels * DTYPES[outline.dtype].bytes;
}

/** Counts the memory of the work; takes fewer threads where the limit does not hold all. */
async function claimWhole(pass: WholePass, options: WholeOptions): Promise<{ claim: Claim; workers: number }> {
  const { caller, workers, threadBytes } = pass;
  const shared = sharedBytesOf(pass, options);
  const limit = memoryLimitOf(options, machine);
  for (let n = workers; n > 1; n = Math.ceil(n / 2)) {
    const claim = await machine.claimIfRoom(shared + n * threadBytes, limit);
    if (claim !== undefined) return { claim, workers: n };
  }
  return { claim: await machine.claim(caller, shared + threadBytes, limit), workers: 1 };
}

/** Writes the bricks that are missing in a file, and gives it its name when all are there. */
async function intoFile(target: FileTarget, run: Run, fill: (writer: VolumeWriter) => Promise<void>) {
  const results = await fileResults(target);
  try {
    const { grid, dtype } = target.layout;
    const missing = new Set(results.missing());
    const zones = new Map<number, Zone>();
    const sink: BrickSink = {
      target: () => undefined,
      setZone: (index, zone) => zones.set(index, zone),
      write: async (first, bricks) => {
        const bytes = new Uint8Array(bricks.buffer, bricks.byteOffset, bricks.byteLength);
        const size = grid.brickVoxels * DTYPES[dtype].bytes;
        for (let at = 0, index = first; at < bytes.length; at += size, index++)
          // Of the layer at which a run ended some bricks may be there.
          if (missing.has(index)) await results.write(index, zones.get(index)!, bytes.subarray(at, at + size));
      },
    };
    const written = Uint8Array.from({ length: grid.length }, (_, index) => (missing.has(index) ? 0 : 1));
    const writer = new Writer(grid, dtype, sink, run.signal, written);
    await fill(writer);
    run.signal.throwIfAborted();
    writer.finish();
    return await results.finish();
  } catch (error) {
    results.abandon();
    throw error;
  }
}
