/** What a thread does with one brick of a job: read it with what lies around, compute, keep what is outside the mask. */
import type { Border } from "../core/border.js";
import { DTYPES, type Voxels, voxelArray } from "../core/dtype.js";
import { BrickGrid, intersect, type Region, regionShape, type Shape, type Triple } from "../core/shape.js";
import type { Zone } from "../core/volume.js";
import { Block, type Reader, Source, type Target } from "./gather.js";
import type { JobDescription, LinesJob, PartJob, ReduceJob, VolumeJob } from "./job.js";
import {
  lineKernels,
  type PartResult,
  partKernels,
  reduceKernels,
  type TypedSlab,
  volumeKernels,
  type Wasm,
  zoneIn,
} from "./kernels.js";
import { gatherInto, type Room, roomAt, roomFor } from "./room.js";
import { type Boxes, boxesOf, moved, type StageDescription, stridesOf } from "./stage.js";

/** A job in a thread, with the sources that it reads. */
export interface OpenJob<D extends JobDescription = JobDescription> {
  readonly description: D;
  readonly input: Source;
  readonly masks: readonly (Source | undefined)[];
  /** Of each stage. */
  readonly besides: readonly (readonly Source[])[];
  readonly grid: BrickGrid;
}

export function openJob(description: JobDescription): OpenJob {
  const { masks, besides } = sightOf(description);
  const { shape, brick } = "output" in description ? description.output : description.input;
  return {
    description,
    input: new Source(description.input),
    masks: masks.map((mask) => mask && new Source(mask)),
    besides: besides.map((all) => all.map((beside) => new Source(beside))),
    grid: new BrickGrid(shape, brick),
  };
}

function sightOf(description: JobDescription) {
  if (description.kind === "volume") {
    const { stages } = description;
    return { masks: stages.map(({ mask }) => mask), besides: stages.map(({ besides }) => besides) };
  }
  if (description.kind === "part") return { masks: [], besides: [] };
  return { masks: [description.mask], besides: description.kind === "lines" ? [] : [description.besides] };
}

export function closeJob(job: OpenJob): void {
  for (const source of [job.input, ...job.masks, ...job.besides.flat()]) source?.close();
}

/** The voxels of an array in C order. */
const packed = (voxels: Voxels, [, rows, columns]: Triple): Target => ({
  voxels,
  row: columns,
  plane: rows * columns,
});

/** The mask's voxels in a box, and how many are set; undefined if the whole box is. */
function maskOf(mask: Source | undefined, box: Region): { inside: Uint8Array; set: number } | undefined {
  if (mask === undefined) return undefined;
  const size = regionShape(box);
  const inside = new Uint8Array(size[0] * size[1] * size[2]);
  const { dtype } = mask.description;
  mask.gather(box.start, size, packed(dtype === "int8" ? new Int8Array(inside.buffer) : inside, size));
  let set = 0;
  for (let k = 0; k < inside.length; k++) if (inside[k] !== 0) set++;
  return set === inside.length ? undefined : { inside, set };
}

/** Gives the voxels outside the mask the operation's label, or their input values again. */
function keepOutside(stage: StageDescription, input: Reader, box: Region, inside: Uint8Array, into: Room): void {
  const { outside, dtype } = stage;
  const size = regionShape(box);
  const [planes, rows, columns] = size;
  let before: Voxels | undefined;
  if (outside === undefined) {
    before = voxelArray(dtype, inside.length);
    input.gather(box.start, size, packed(before, size));
  }
  const { integer, min, max } = DTYPES[into.dtype];
  const fitted = (value: number): number => (integer ? Math.min(max, Math.max(min, Math.round(value))) : value);
  const out = into.voxels();
  for (let z = 0, k = 0; z < planes; z++)
    for (let y = 0; y < rows; y++) {
      const start = z * into.plane + y * into.row;
      if (before === undefined) {
        for (let x = 0; x < columns; x++, k++) if (inside[k] === 0) out[start + x] = outside!;
        continue;
      }
      for (let x = 0; x < columns; x++, k++) if (inside[k] === 0) out[start + x] = fitted(before[k]!);
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

/** The box of each volume beside: what an operation of several volumes sees of the others. */
function slabsBeside(wasm: Wasm, besides: readonly Source[], around: Region, border: Border): TypedSlab[] {
  return besides.map((beside) => {
    const { dtype } = beside.description;
    const room = roomFor(wasm, dtype, regionShape(around));
    gatherInto(wasm, beside, around.start, room, border);
    return { ...room.slab, dtype };
  });
}

/** Computes one stage of one brick. */
function compute(
  wasm: Wasm,
  stage: StageDescription,
  input: Reader,
  mask: Source | undefined,
  others: readonly Source[],
  { box, around }: Boxes,
  into: Room,
): void {
  const { operation, parameters, halo, border, besideBorder, outside, dtype, resultType } = stage;
  const { size } = into.slab;
  const masked = maskOf(mask, box);
  if (masked?.set === 0 && outside !== undefined) {
    into.voxels().fill(outside);
    return;
  }
  if (operation === "copy" || (masked?.set === 0 && dtype === resultType)) {
    gatherInto(wasm, input, box.start, into);
    if (masked !== undefined && outside !== undefined) keepOutside(stage, input, box, masked.inside, into);
    return;
  }
  const slab = roomFor(wasm, dtype, regionShape(around));
  gatherInto(wasm, input, around.start, slab, border);
  const besides = slabsBeside(wasm, others, around, besideBorder);
  const written = into.slab.row % 64 === 0 ? into.slab : roomFor(wasm, resultType, size).slab;
  const [slabStart, resultStart] = [around.start, box.start];
  const task = { wasm, dtype, resultType, slab: slab.slab, besides, halo, slabStart, resultStart, result: written };
  volumeKernels[operation]!(task, parameters as never);
  if (written !== into.slab) {
    // Out of rows of 64 bytes into the brick's own.
    const [planes, rows, columns] = size;
    const { start, row, plane } = into.slab;
    const bytes = columns * DTYPES[resultType].bytes;
    wasm.call("copyBox", written.start, written.row, written.plane, start, row, plane, planes, rows, bytes);
  }
  if (masked !== undefined) keepOutside(stage, input, box, masked.inside, into);
}

/** Brings one brick through all stages; its voxels come back where they do not go into shared memory. */
export function computeBrick(
  wasm: Wasm,
  job: OpenJob<VolumeJob>,
  brick: number,
): { zone: Zone; voxels?: Uint8Array<ArrayBuffer> } {
  const { stages, output } = job.description;
  const { brick: padded, places, blocks } = output;
  const target = job.grid.region(brick);
  const boxes = boxesOf(stages, target);
  const last = stages.length - 1;
  const { resultType } = stages[last]!;
  const { bytes } = DTYPES[resultType];
  const count = padded[0] * padded[1] * padded[2];
  const start = wasm.allocate(count * bytes);
  const size = regionShape(target);
  const result = roomAt(wasm, start, resultType, size, padded[2] * bytes, padded[1] * padded[2] * bytes);
  const between = betweenStages(wasm, stages, boxes);
  let input: Reader = job.input;
  const base = wasm.mark;
  for (const [k, stage] of stages.entries()) {
    const into = k === last ? result : between[k]!;
    compute(wasm, stage, input, job.masks[k], job.besides[k]!, boxes[k]!, into);
    wasm.rewind(base);
    if (k < last) input = new Block(stages[k + 1]!.shape, boxes[k]!.result, into);
  }
  clearPadding(wasm.view(resultType, start, count), padded, size);
  const zone = zoneIn(wasm, resultType, result.slab);
  const filled = wasm.view("uint8", start, count * bytes) as Uint8Array;
  if (places === undefined || blocks === undefined) return { zone, voxels: new Uint8Array(filled) };
  const [block, byteOffset] = places.get(brick)!;
  new Uint8Array(blocks[block] as SharedArrayBuffer, byteOffset, filled.length).set(filled);
  return { zone };
}

/** Room for what goes from one stage to the next: two places by turns. */
function betweenStages(wasm: Wasm, stages: readonly StageDescription[], boxes: readonly Boxes[]): Room[] {
  const sizes = stages.slice(0, -1).map((_, k) => regionShape(boxes[k]!.result));
  const strides = sizes.map((size, k) => stridesOf(stages[k]!.resultType, size));
  const starts = [0, 1].map((turn) => {
    const bytes = Math.max(0, ...strides.filter((_, k) => k % 2 === turn).map(({ bytes }) => bytes));
    return bytes === 0 ? 0 : wasm.allocate(bytes);
  });
  return strides.map(({ row, plane }, k) => roomAt(wasm, starts[k % 2]!, stages[k]!.resultType, sizes[k]!, row, plane));
}

export function reduceBrick(wasm: Wasm, job: OpenJob<ReduceJob>, brick: number): unknown {
  const { operation, parameters, input, region, halo, border, besideBorder } = job.description;
  const { dtype } = input;
  const { bytes } = DTYPES[dtype];
  const box = intersect(job.grid.region(brick), region)!;
  const size = regionShape({ start: moved(box.start, halo, -1), stop: moved(box.stop, halo) });
  const row = size[2] * bytes;
  const plane = row * size[1];
  const room = roomAt(wasm, wasm.allocate(plane * size[0]), dtype, size, row, plane);
  const around = { start: moved(box.start, halo, -1), stop: moved(box.stop, halo) };
  gatherInto(wasm, job.input, around.start, room, border);
  const besides = slabsBeside(wasm, job.besides[0]!, around, besideBorder);
  const masked = maskOf(job.masks[0], box);
  let mask = 0;
  if (masked !== undefined) {
    mask = wasm.allocate(masked.inside.length);
    (wasm.view("uint8", mask, masked.inside.length) as Uint8Array).set(masked.inside);
  }
  return reduceKernels[operation]!(
    {
      wasm,
      dtype,
      slab: room.slab,
      besides,
      halo,
      slabStart: around.start,
      mask,
    },
    parameters as never,
  );
}

export function computePart(wasm: Wasm, { description, input, grid }: OpenJob<PartJob>, part: number): PartResult {
  const { operation, parameters, output } = description;
  return partKernels[operation]!({ wasm, input, output, grid, part }, parameters as never);
}

export function lookAlong(wasm: Wasm, { description, input, masks }: OpenJob<LinesJob>, part: number): unknown {
  const { operation, parameters, region } = description;
  return lineKernels[operation]!({ wasm, input, mask: masks[0], region, part }, parameters as never);
}
