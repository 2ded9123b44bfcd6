/** Connected components of a brick, by runs. */
import type { DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import type {
  BrickComponents,
  ComponentsParameters,
  EraseParameters,
  Face,
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
  for (let z = 0; z < planes; z++) wasm.call("joinRuns", bits, bitRow, starts, parents, z, rows, columns, connectivity);
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
  const most = Math.max(rows, planes) * Math.ceil(Math.max(rows, columns) / 2);
  const [toStarts, toRuns, toLabels] = [
    wasm.allocate(4 * (Math.max(rows, planes) + 1)),
    wasm.allocate(8 * most),
    wasm.allocate(4 * most),
  ];
  const face = (kernel: string, count: number, ...which: number[]): Face => {
    const found = wasm.call(kernel, starts, runs, labels, ...which, toStarts, toRuns, toLabels);
    return {
      starts: copied(wasm, toStarts, count + 1),
      runs: copied(wasm, toRuns, 2 * found),
      labels: copied(wasm, toLabels, found),
    };
  };
  return {
    size: slab.size,
    count: components,
    sizes: copied(wasm, sizes, components),
    firsts: copied(wasm, firsts, components),
    marked: (wasm.view("uint8", marks, components) as Uint8Array).slice(),
    faces: [
      face("pickRuns", rows, 0, 1, rows),
      face("pickRuns", rows, (planes - 1) * rows, 1, rows),
      face("pickRuns", planes, 0, rows, planes),
      face("pickRuns", planes, rows - 1, rows, planes),
      face("sideRuns", planes, planes, rows, 0),
      face("sideRuns", planes, planes, rows, columns - 1),
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
    wasm.call("drawRuns", starts + 4 * z * rows, runs, labels, rows, columns, to, result.row);
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
