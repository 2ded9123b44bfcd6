/** Connected components of a brick, by runs. */
import type { DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import type {
  BrickComponents,
  ComponentsParameters,
  EraseParameters,
  JoinedParameters,
} from "../operations/components.js";
import { bytesOf, type ReduceTask, type Slab, type VolumeTask, type Wasm } from "./task.js";

/** Runs of a box in wasm memory, with the number of the component that each belongs to. */
interface Runs {
  readonly starts: number;
  readonly runs: number;
  readonly labels: number;
  readonly count: number;
  readonly components: number;
}

function runsOf(wasm: Wasm, dtype: DType, slab: Slab, parameters: ComponentsParameters): Runs {
  const { connectivity, label, except, never } = parameters;
  const [planes, rows, columns] = slab.size;
  const bitRow = 16 * Math.ceil(columns / 128) + 16;
  const pack = (value: number, any: number): number => {
    const bits = wasm.allocate(bitRow * planes * rows);
    wasm.call(`packBits_${dtype}`, slab.start, slab.row, slab.plane, bits, bitRow, ...slab.size, value, any);
    return bits;
  };
  const bits = pack(label, except ? 1 : 0);
  if (never !== undefined) wasm.call("clearBits", pack(never, 0), bits, bitRow * planes * rows);
  const most = planes * rows * Math.ceil(columns / 2);
  const starts = wasm.allocate(4 * (planes * rows + 1));
  const [runs, parents, labels] = [wasm.allocate(8 * most), wasm.allocate(4 * most), wasm.allocate(4 * most)];
  const count = wasm.call("findRuns", bits, bitRow, planes * rows, columns, starts, runs, parents);
  for (let z = 0; z < planes; z++) wasm.call("joinRuns", starts, runs, parents, z, rows, connectivity);
  return { starts, runs, labels, count, components: wasm.call("numberRuns", parents, count, labels) };
}

/** A copy of 32-bit numbers: wasm memory is laid out anew for the next task. */
const copied = (wasm: Wasm, start: number, length: number): Uint32Array =>
  (wasm.view("uint32", start, length) as Uint32Array).slice();

export function componentsOfBrick(task: ReduceTask, parameters: ComponentsParameters): BrickComponents {
  const { wasm, dtype, slab } = task;
  const [planes, rows, columns] = slab.size;
  const { starts, runs, labels, components } = runsOf(wasm, dtype, slab, parameters);
  const [sizes, firsts] = [wasm.allocate(4 * components), wasm.allocate(4 * components)];
  wasm.view("uint32", sizes, components).fill(0);
  wasm.call("measureRuns", starts, runs, labels, planes * rows, columns, sizes, firsts);
  const marks = wasm.allocate(components);
  wasm.view("uint8", marks, components).fill(0);
  const { mark } = parameters;
  // A brick to reduce has rows without gaps.
  const place = [planes * rows, slab.start, slab.row] as const;
  if (mark !== undefined) wasm.call(`markRuns_${dtype}`, starts, runs, labels, ...place, mark, marks);
  const face = wasm.allocate(4 * Math.max(rows, planes) * columns);
  const drawn = (row: number, step: number, count: number): Uint32Array => {
    wasm.call("drawRuns", starts, runs, labels, row, step, count, columns, face, 4 * columns);
    return copied(wasm, face, count * columns);
  };
  const ends = [wasm.allocate(4 * planes * rows), wasm.allocate(4 * planes * rows)] as const;
  wasm.call("rowEnds", starts, runs, labels, planes * rows, columns, ...ends);
  return {
    size: slab.size,
    count: components,
    sizes: copied(wasm, sizes, components),
    firsts: copied(wasm, firsts, components),
    marked: (wasm.view("uint8", marks, components) as Uint8Array).slice(),
    faces: [
      drawn(0, 1, rows),
      drawn((planes - 1) * rows, 1, rows),
      drawn(0, rows, planes),
      drawn(rows - 1, rows, planes),
      ...ends.map((end) => copied(wasm, end, planes * rows)),
    ],
  };
}

/** The runs of a brick with the final labels of their components. */
function labelledRuns(task: VolumeTask, parameters: JoinedParameters): Runs {
  const { wasm, dtype, slab, resultStart } = task;
  const found = runsOf(wasm, dtype, slab, parameters);
  const { counts, brick, before, labels } = parameters;
  const [z, y, x] = resultStart.map((at, k) => at / brick[k]!) as unknown as Triple;
  const first = new Float64Array(before)[(z * counts[1] + y) * counts[2] + x]!;
  const table = wasm.allocate(4 * found.components);
  const own = new Uint32Array(labels, 4 * first, found.components);
  (wasm.view("uint32", table, found.components) as Uint32Array).set(own);
  wasm.call("mapRuns", found.labels, found.count, table);
  return found;
}

export function labelComponents(task: VolumeTask, parameters: JoinedParameters): void {
  const { wasm, result } = task;
  const [planes, rows, columns] = result.size;
  const { starts, runs, labels } = labelledRuns(task, parameters);
  for (let z = 0; z < planes; z++) {
    const to = result.start + z * result.plane;
    wasm.call("drawRuns", starts, runs, labels, z * rows, 1, rows, columns, to, result.row);
  }
}

export function eraseComponents(task: VolumeTask, parameters: EraseParameters): void {
  const { wasm, dtype, slab, result } = task;
  const { value, keep = -1 } = parameters;
  const [planes, rows, columns] = result.size;
  const { starts, runs, labels } = labelledRuns(task, parameters);
  const { start, row, plane } = result;
  wasm.call("copyBox", slab.start, slab.row, slab.plane, start, row, plane, planes, rows, columns * bytesOf(dtype));
  for (let z = 0; z < planes; z++)
    wasm.call(`eraseRuns_${dtype}`, starts + 4 * z * rows, runs, labels, rows, start + z * plane, row, value, keep);
}
