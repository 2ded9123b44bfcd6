/** Entry of a thread: keeps the jobs it was told of, works through bricks, answers each with its result or its error. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { DTYPES, type DType, type Voxels, voxelArray } from "../core/dtype.js";
import { flatten } from "../core/errors.js";
import { BrickGrid, intersect, type Region, regionShape, type Shape, type Triple } from "../core/shape.js";
import type { Zone } from "../core/volume.js";
import { Source } from "./gather.js";
import type { FromThread, JobDescription, ToThread } from "./job.js";
import { reduceKernels, type Slab, volumeKernels, Wasm, zoneIn } from "./kernels.js";

const port = parentPort!;
const { module } = workerData as { module: WebAssembly.Module };
/** A memory that one large task has made is not kept for the small ones after it. */
const KEPT_BYTES = 64 * 2 ** 20;

let wasm = new Wasm(module);

interface Job {
  readonly description: JobDescription;
  readonly input: Source;
  readonly mask: Source | undefined;
  readonly grid: BrickGrid;
}

const jobs = new Map<number, Job>();

function answer(message: FromThread, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

/** Room in wasm memory for a box, and a view of it; strides in voxels. Rows end on 64 bytes, as kernels want them. */
function roomFor(dtype: DType, size: Triple): { slab: Slab; voxels: Voxels; row: number; plane: number } {
  const { bytes } = DTYPES[dtype];
  const row = (Math.ceil((size[2] * bytes) / 64) * 64) / bytes;
  let plane = row * size[1];
  // Planes a multiple of 4 KiB apart would share few lines of the cache.
  if ((plane * bytes) % 4096 < 64) plane += 64 / bytes;
  const start = wasm.allocate(plane * size[0] * bytes);
  const voxels = wasm.view(dtype, start, plane * size[0]);
  return { slab: { start, row: row * bytes, plane: plane * bytes, size }, voxels, row, plane };
}

/** The mask's voxels in a box, and how many are set; undefined if the whole box is. */
function maskOf(job: Job, box: Region): { inside: Uint8Array; set: number } | undefined {
  if (job.mask === undefined) return undefined;
  const size = regionShape(box);
  const inside = new Uint8Array(size[0] * size[1] * size[2]);
  const { dtype } = job.mask.description;
  job.mask.gather(
    box.start,
    size,
    dtype === "int8" ? new Int8Array(inside.buffer) : inside,
    size[2],
    size[1] * size[2],
  );
  let set = 0;
  for (let k = 0; k < inside.length; k++) if (inside[k] !== 0) set++;
  return set === inside.length ? undefined : { inside, set };
}

/** Gives the voxels outside the mask the operation's label, or their input values again. */
function keepOutside(job: Job, box: Region, inside: Uint8Array, out: Voxels, padded: Shape, dtype: DType): void {
  const { outside, input } = job.description;
  const size = regionShape(box);
  const [planes, rows, columns] = size;
  let before: Voxels | undefined;
  if (outside === undefined) {
    before = voxelArray(input.dtype, inside.length);
    job.input.gather(box.start, size, before, columns, rows * columns);
  }
  const { integer, min, max } = DTYPES[dtype];
  const fitted = (value: number): number => (integer ? Math.min(max, Math.max(min, Math.round(value))) : value);
  for (let z = 0, k = 0; z < planes; z++)
    for (let y = 0; y < rows; y++) {
      const start = (z * padded[1] + y) * padded[2];
      for (let x = 0; x < columns; x++, k++)
        if (inside[k] === 0) out[start + x] = before === undefined ? outside! : fitted(before[k]!);
    }
}

/** Kernels write whole vectors; what they left in the padding is not part of the result. */
function clearPadding(voxels: Voxels, padded: Shape, size: Triple): void {
  const [planes, rows, columns] = size;
  const plane = padded[1] * padded[2];
  for (let z = 0; z < planes; z++) {
    if (columns < padded[2])
      for (let y = 0; y < rows; y++) {
        const start = z * plane + y * padded[2];
        voxels.fill(0, start + columns, start + padded[2]);
      }
    voxels.fill(0, z * plane + rows * padded[2], (z + 1) * plane);
  }
  voxels.fill(0, planes * plane);
}

/** Moves a result out of rows of 64 bytes into the brick's own. */
function packRows(from: Slab, to: Slab, size: Triple, bytes: number): void {
  for (let z = 0; z < size[0]; z++)
    for (let y = 0; y < size[1]; y++)
      wasm.call(
        "copyBytes",
        from.start + z * from.plane + y * from.row,
        to.start + z * to.plane + y * to.row,
        size[2] * bytes,
      );
}

function computeBrick(job: Job, brick: number): { zone: Zone; voxels?: Uint8Array<ArrayBuffer> } {
  const { operation, parameters, halo, border, input, region, output, outside } = job.description;
  const { dtype, brick: padded, places, blocks } = output!;
  const target = job.grid.region(brick);
  const size = regionShape(target);
  const box: Region = { start: moved(target.start, region.start), stop: moved(target.stop, region.start) };
  const { bytes } = DTYPES[dtype];
  const count = padded[0] * padded[1] * padded[2];
  const start = wasm.allocate(count * bytes);
  const result: Slab = { start, row: padded[2] * bytes, plane: padded[1] * padded[2] * bytes, size };
  // The memory may grow, and views of it with it, until the last array has its place.
  const resultVoxels = (): Voxels => wasm.view(dtype, start, count);
  const masked = maskOf(job, box);
  if (masked?.set === 0 && outside !== undefined) resultVoxels().fill(outside);
  else if (operation === "copy" || (masked?.set === 0 && dtype === input.dtype))
    job.input.gather(box.start, size, resultVoxels(), padded[2], padded[1] * padded[2]);
  else {
    const around = size.map((n, k) => n + 2 * halo[k]!) as unknown as Triple;
    const { slab, voxels, row, plane } = roomFor(input.dtype, around);
    job.input.gather(moved(box.start, halo, -1), around, voxels, row, plane, border);
    const written = result.row % 64 === 0 ? result : roomFor(dtype, size).slab;
    const task = { wasm, dtype: input.dtype, resultType: dtype, slab, halo, result: written };
    volumeKernels[operation]!(task, parameters as never);
    if (written !== result) packRows(written, result, size, bytes);
    if (masked !== undefined) keepOutside(job, box, masked.inside, resultVoxels(), padded, dtype);
  }
  clearPadding(resultVoxels(), padded, size);
  const zone = zoneIn(wasm, dtype, result);
  const filled = wasm.view("uint8", start, count * bytes) as Uint8Array;
  if (places === undefined || blocks === undefined) return { zone, voxels: new Uint8Array(filled) };
  const [block, byteOffset] = places.get(brick)!;
  new Uint8Array(blocks[block] as SharedArrayBuffer, byteOffset, filled.length).set(filled);
  return { zone };
}

function reduceBrick(job: Job, brick: number): unknown {
  const { operation, parameters, input, region } = job.description;
  const box = intersect(job.grid.region(brick), region)!;
  const size = regionShape(box);
  const count = size[0] * size[1] * size[2];
  const voxels = wasm.allocate(count * DTYPES[input.dtype].bytes);
  job.input.gather(box.start, size, wasm.view(input.dtype, voxels, count), size[2], size[1] * size[2]);
  const masked = maskOf(job, box);
  let mask = 0;
  if (masked !== undefined) {
    mask = wasm.allocate(count);
    (wasm.view("uint8", mask, count) as Uint8Array).set(masked.inside);
  }
  return reduceKernels[operation]!(wasm, input.dtype, voxels, mask, count, parameters as never);
}

const moved = (at: Triple, by: Triple, sign: 1 | -1 = 1): Triple => [
  at[0] + sign * by[0],
  at[1] + sign * by[1],
  at[2] + sign * by[2],
];

function accept(id: number, description: JobDescription): void {
  const { input, mask, output, region } = description;
  jobs.set(id, {
    description,
    input: new Source(input),
    mask: mask && new Source(mask),
    grid:
      output === undefined ? new BrickGrid(input.shape, input.brick) : new BrickGrid(regionShape(region), output.brick),
  });
}

function work(id: number, brick: number): void {
  try {
    const job = jobs.get(id)!;
    wasm.reset();
    if (job.description.output === undefined) answer({ kind: "done", job: id, brick, result: reduceBrick(job, brick) });
    else {
      const result = computeBrick(job, brick);
      answer({ kind: "done", job: id, brick, result }, result.voxels === undefined ? [] : [result.voxels.buffer]);
    }
  } catch (error) {
    answer({ kind: "failed", job: id, brick, error: flatten(error) });
  }
}

function forget(id: number): void {
  const job = jobs.get(id);
  job?.input.close();
  job?.mask?.close();
  jobs.delete(id);
  if (wasm.bytes > KEPT_BYTES) wasm = new Wasm(module);
}

let collect: (() => void) | undefined;

port.on("message", (message: ToThread) => {
  if (message.kind === "job") accept(message.job, message.description);
  else if (message.kind === "task") work(message.job, message.brick);
  else if (message.kind === "drop") forget(message.job);
  else {
    if (collect === undefined) {
      setFlagsFromString("--expose-gc");
      collect = runInNewContext("gc") as () => void;
    }
    collect();
    answer({ kind: "collected", ticket: message.ticket });
  }
});
