/** The watershed's own thread: takes the volumes in, floods a part at a time, gives planes of labels out. */
import { Source } from "../compute/gather.js";
import type { OutputDescription, SourceDescription } from "../compute/job.js";
import {
  BLOCKED,
  byTurns,
  type Flooding,
  type FloodRoom,
  type FloodTask,
  floodFrom,
  LINE,
  takeRows,
} from "../compute/kernels/flood.js";
import type { Wasm } from "../compute/kernels/task.js";
import { ownWasm } from "../compute/own-wasm.js";
import { type DType, type Voxels, voxelArray } from "../core/dtype.js";
import { InvalidArgument } from "../core/errors.js";
import { BrickGrid, regionShape, type Triple } from "../core/shape.js";

/** Places of voxels, ascending, and their labels. */
export interface MarkerList {
  readonly places: Float64Array;
  readonly labels: Uint32Array;
}

export interface WatershedTask extends FloodTask {
  readonly image: SourceDescription;
  readonly markers: SourceDescription | MarkerList;
  readonly mask: SourceDescription | undefined;
  /** True: the lowest level is a wall, flooded only until all else is, whose labels are 0. */
  readonly wall: boolean;
  /** See `FloodEnd`. */
  readonly looks?: number;
}

interface Flood {
  readonly wasm: Wasm;
  /** Voxels along each axis, and with one more on each side. */
  readonly shape: Triple;
  readonly padded: Triple;
  readonly labels: number;
  readonly step: Flooding;
  /** Where it is 0 a label is none. */
  readonly field: SourceDescription | undefined;
}

let flood: Flood | undefined;

/** Takes the volumes in. @returns number of marker voxels */
export function begin(task: WatershedTask): number {
  const wasm = ownWasm();
  wasm.reset();
  const shape = task.image.shape;
  const padded = shape.map((n) => n + 2) as unknown as Triple;
  const count = padded[0] * padded[1] * padded[2];
  const labels = wasm.allocate(4 * count);
  const values = wasm.allocate((byTurns(task) ? 8 : 4) * count);
  wasm.view("uint32", labels, count).fill(BLOCKED);
  const room = { wasm, padded, labels, values };
  const { open, marked } = byTurns(task) ? takeInTurns(task, room) : takeIn(task, room);
  if (marked === 0) return 0;
  const field = task.wall ? task.image : undefined;
  flood = { wasm, shape, padded, labels, field, step: floodFrom(room, task, open, task) };
  return marked;
}

/** Goes on flooding. @returns true when all is flooded */
export function step(most: number): boolean {
  return flood!.step(most);
}

/** The labels of planes, 0 where there is none. */
export function planes({ from, to }: { from: number; to: number }): Uint32Array {
  const [, height, width] = flood!.shape;
  const out = new Uint32Array((to - from) * height * width);
  eachPlane(from, to, (z, plane) => out.set(plane, (z - from) * height * width));
  return out;
}

/** Writes the labels of planes into bricks that lie in shared memory. */
export function writePlanes({ from, to, output }: { from: number; to: number; output: Required<OutputDescription> }) {
  const { shape, brick, blocks, places } = output;
  const grid = new BrickGrid(shape, brick);
  const targets = [...grid.touching({ start: [from, 0, 0], stop: [to, shape[1], shape[2]] })].map((index) => {
    const region = grid.region(index);
    const [number, byteOffset] = places.get(index)!;
    const voxels = voxelArray("uint32", blocks[number] as SharedArrayBuffer, byteOffset, grid.brickVoxels);
    return { voxels, start: region.start, stop: region.stop, size: regionShape(region) };
  });
  eachPlane(from, to, (z, plane) => {
    for (const { voxels, start, stop, size } of targets) {
      if (z < start[0] || z >= stop[0]) continue;
      const first = (z - start[0]) * brick[1] * brick[2];
      // Whole rows follow each other on both sides.
      if (brick[2] === shape[2]) voxels.set(plane.subarray(start[1] * shape[2], stop[1] * shape[2]), first);
      else
        for (let y = 0; y < size[1]; y++) {
          const at = (start[1] + y) * shape[2] + start[2];
          voxels.set(plane.subarray(at, at + size[2]), first + y * brick[2]);
        }
    }
  });
}

/** Lets go of what was flooded. */
export function forget(): void {
  flood = undefined;
}

function eachPlane(from: number, to: number, give: (z: number, plane: Uint32Array) => void): void {
  const { wasm, shape, padded, labels, field } = flood!;
  const [, height, width] = shape;
  const { mark } = wasm;
  const out = wasm.allocate(4 * height * width);
  const mask = field === undefined ? 0 : wasm.allocate(4 * height * width);
  const source = field && new Source(field);
  for (let z = from; z < to; z++) {
    if (source !== undefined) gatherPlane(source, z, wasm.view("float32", mask, height * width), [height, width]);
    const start = labels + 4 * (((z + 1) * padded[1] + 1) * padded[2] + 1);
    wasm.call("giveRows", start, 4 * padded[2], height, width, mask, out);
    give(z, wasm.view("uint32", out, height * width) as Uint32Array);
  }
  source?.close();
  wasm.rewind(mark);
}

function gatherPlane(source: Source, z: number, voxels: Voxels, [height, width]: readonly [number, number]): void {
  source.gather([z, 0, 0], [1, height, width], { voxels, row: width, plane: 0 });
}

/** Labels of markers, BLOCKED elsewhere than in the mask and where the image is no number; the image as keys. */
function takeIn(task: WatershedTask, room: FloodRoom): { open: number; marked: number } {
  const { wasm, padded } = room;
  const [depth, height, width] = task.image.shape;
  const plane = height * width;
  const { mark } = wasm;
  const found = wasm.allocate(8);
  wasm.view("uint32", found, 2).fill(0);
  const { dtype } = task.image;
  const at = [wasm.allocate(4 * plane), wasm.allocate(4 * plane), wasm.allocate(plane)] as const;
  const image = new Source(task.image);
  const markers = "labels" in task.markers ? undefined : new Planes(task.markers, "uint32");
  const listed = "labels" in task.markers ? task.markers : undefined;
  const mask = task.mask && new Planes(task.mask, "uint8");
  const rows = { dtype, imageRow: width * voxelArray(dtype, 0).BYTES_PER_ELEMENT, markersRow: 4 * width };
  const given = { ...rows, image: at[0], markers: at[1], mask: mask ? at[2] : 0, maskRow: width, rows: height };
  let next = 0;
  for (let z = 0; z < depth; z++) {
    gatherPlane(image, z, wasm.view(dtype, at[0], plane), [height, width]);
    mask?.read(z, wasm.view("uint8", at[2], plane));
    const marks = wasm.view("uint32", at[1], plane);
    if (listed !== undefined) next = listIn(listed, next, z * plane, marks);
    else checkMarkers(markers!.read(z, marks), mask && wasm.view("uint8", at[2], plane));
    const first = ((z + 1) * padded[1] + 1) * padded[2] + 1;
    takeRows(room, task, { ...given, columns: width }, first, found);
  }
  for (const source of [image, markers, mask]) source?.close();
  const [open, marked] = wasm.view("uint32", found, 2) as unknown as [number, number];
  wasm.rewind(mark);
  return { open, marked };
}

/** Puts the markers of a plane in. @returns number of the next one */
function listIn({ places, labels }: MarkerList, from: number, first: number, plane: Voxels): number {
  plane.fill(0);
  let k = from;
  for (; k < places.length && places[k]! < first + plane.length; k++) plane[places[k]! - first] = labels[k]!;
  return k;
}

function checkMarker(marker: number): void {
  if (marker < 0 || marker >= LINE - 1)
    throw new InvalidArgument(`watershed: a marker is ${marker}; allowed are whole numbers from 0 to ${LINE - 2}`);
}

function checkMarkers(markers: Voxels, mask: Voxels | undefined): void {
  for (let k = 0; k < markers.length; k++)
    if (!(markers[k]! >= 0 && markers[k]! < LINE - 1) && (mask === undefined || mask[k] !== 0))
      checkMarker(markers[k]!);
}

/** Planes of a volume as another type of whole numbers; of 8 bits 0 and 1. */
class Planes {
  readonly #source: Source;
  readonly #own: Voxels | undefined;
  readonly #size: readonly [number, number];

  constructor(description: SourceDescription, dtype: DType) {
    const [, height, width] = description.shape;
    this.#source = new Source(description);
    this.#size = [height, width];
    this.#own = description.dtype === dtype ? undefined : voxelArray(description.dtype, height * width);
  }

  /** Reads a plane. @returns it as its own type */
  read(z: number, into: Voxels): Voxels {
    const own = this.#own ?? into;
    gatherPlane(this.#source, z, own, this.#size);
    if (own === into) return own;
    if (into instanceof Uint8Array) for (let k = 0; k < own.length; k++) into[k] = own[k] === 0 ? 0 : 1;
    else into.set(own);
    return own;
  }

  close(): void {
    this.#source.close();
  }
}

/** The same with values as float64. */
function takeInTurns(
  task: WatershedTask,
  { wasm, padded, labels, values }: FloodRoom,
): { open: number; marked: number } {
  const { fromHigh } = task;
  const [depth, height, width] = task.image.shape;
  const count = padded[0] * padded[1] * padded[2];
  const given = [task.image, task.markers as SourceDescription, task.mask];
  const sources = given.map((one) => one && new Source(one));
  const [image, markers, mask] = given.map((one) => one && voxelArray(one.dtype, height * width));
  const label = wasm.view("uint32", labels, count);
  const cost = new Float64Array(label.buffer, values, count);
  let open = 0;
  let marked = 0;
  for (let z = 0; z < depth; z++) {
    for (const [k, voxels] of [image, markers, mask].entries())
      if (voxels !== undefined) gatherPlane(sources[k]!, z, voxels, [height, width]);
    for (let y = 0, k = 0; y < height; y++) {
      const start = ((z + 1) * padded[1] + y + 1) * padded[2] + 1;
      for (let x = 0; x < width; x++, k++) {
        const value = image![k]!;
        if ((mask !== undefined && mask[k] === 0) || Number.isNaN(value)) continue;
        const marker = markers![k]!;
        checkMarker(marker);
        label[start + x] = marker;
        open++;
        if (marker > 0) marked++;
        cost[start + x] = fromHigh ? -value : value;
      }
    }
  }
  for (const source of sources) source?.close();
  return { open, marked };
}
