/** What there is of each of many labels in a box. */
import { PAIR_COLUMNS, PARTICLE, type ParticleFigures, type ParticlesParameters } from "../operations/particles.js";
import { cellsOf, numberedSlab } from "./cells.js";
import type { ReduceTask, Slab, Wasm } from "./task.js";

/** What does not count, in place of a number of a label. */
export const OUT = 0xffffffff;
const ROW_BYTES = 8 * PARTICLE.columns;
const PAIR_BYTES = 8 * (PAIR_COLUMNS + 1);

/** What numbering labels needs to know. */
export type Numbering = Pick<ParticlesParameters, "mask" | "none" | "outside" | "region" | "masked" | "flat">;

interface Numbered extends Slab {
  readonly labels: Float64Array;
}

/** Numbers of the labels of the slab, from 1 on; tables grow until all labels have a place. */
export function numbered(task: ReduceTask, parameters: Numbering): Numbered {
  const { wasm, dtype, slab } = task;
  const [planes, rows, columns] = slab.size;
  const mask = parameters.masked ? task.besides[0] : undefined;
  const row = Math.ceil((4 * columns) / 64) * 64;
  const plane = row * rows + ((row * rows) % 4096 < 64 ? 64 : 0);
  const start = wasm.allocate(plane * planes);
  const mark = wasm.mark;
  for (let slots = 4096; ; slots *= 4) {
    wasm.rewind(mark);
    const table = wasm.allocate(8 * slots);
    const list = wasm.allocate(2 * slots + 64);
    const state = wasm.allocate(16);
    wasm.view("uint8", table, 8 * slots).fill(0);
    wasm.view("uint32", state, 4).fill(0);
    let full = 0;
    for (let z = 0; z < planes && full === 0; z++) {
      const from = [slab.start + z * slab.plane, slab.row, rows, columns] as const;
      const inside = mask === undefined ? ([0, 0] as const) : ([mask.start + z * mask.plane, mask.row] as const);
      const which = [parameters.mask ? 1 : 0, parameters.none, parameters.outside] as const;
      full = wasm.call(
        `numberLabels_${dtype}`,
        ...from,
        ...inside,
        ...which,
        table,
        slots - 1,
        list,
        state,
        start + z * plane,
        row,
      );
    }
    if (full !== 0) continue;
    const count = wasm.view("uint32", state, 1)[0]!;
    const raw = wasm.view(dtype.startsWith("int") ? "int32" : "uint32", list, count);
    const labels = parameters.mask ? Float64Array.of(1) : Float64Array.from(raw);
    return { start, row, plane, size: slab.size, labels };
  }
}

/** Lets voxels of a slab that lie outside of the region not count; of an image those before and behind it are its own again. */
export function clearOutside(
  wasm: Wasm,
  { start, row, plane, size }: Slab,
  { region, flat }: Numbering,
  slabStart: readonly number[],
): void {
  const [planes, rows, columns] = size;
  const from = region.start.map((n, k) => Math.max(0, n - slabStart[k]!));
  const to = region.stop.map((n, k) => Math.min(size[k]!, n - slabStart[k]!));
  const all = wasm.view("uint32", start, (plane * planes) / 4);
  for (let z = 0; z < planes; z++)
    for (let y = 0; y < rows; y++) {
      const line = (z * plane + y * row) / 4;
      const beyond = z < from[0]! || z >= to[0]! || y < from[1]! || y >= to[1]!;
      if (beyond) all.fill(OUT, line, line + columns);
      else {
        all.fill(OUT, line, line + from[2]!);
        all.fill(OUT, line + to[2]!, line + columns);
      }
    }
  if (flat === undefined) return;
  const strides = [plane / 4, row / 4, 1];
  const step = strides[flat]!;
  const [one, other] = [0, 1, 2].filter((axis) => axis !== flat) as [number, number];
  for (let a = 0; a < size[one]!; a++)
    for (let b = 0; b < size[other]!; b++) {
      const at = a * strides[one]! + b * strides[other]!;
      all[at] = all[at + step]!;
      all[at + 2 * step] = all[at + step]!;
    }
}

export function particleFigures(task: ReduceTask, parameters: ParticlesParameters): ParticleFigures {
  const { wasm, slab, slabStart } = task;
  const { region, origin, cells, phases } = parameters;
  const numbers = numbered(task, parameters);
  clearOutside(wasm, numbers, parameters, slabStart);
  const { start, row, plane, labels } = numbers;
  const beside = task.besides[parameters.masked ? 1 : 0];
  const kinds =
    phases === undefined || beside === undefined
      ? undefined
      : numberedSlab({ wasm, dtype: phases.dtype, slab: beside, besides: [] }, phases);
  const figures = wasm.allocate(ROW_BYTES * labels.length);
  const phaseCount = phases?.phases ?? 0;
  const phaseFaces = wasm.allocate(12 * phaseCount * labels.length);
  const tables = wasm.allocate(8 * 256 + 4 * 256);
  if (cells !== undefined) {
    wasm.view("uint8", tables, 2048).set(new Uint8Array(cells.areas.buffer, cells.areas.byteOffset, 2048));
    wasm.view("int32", tables + 2048, 256).set(cells.eighths);
  }
  const mark = wasm.mark;
  for (let slots = 4096; ; slots *= 4) {
    wasm.rewind(mark);
    const pairs = wasm.allocate(PAIR_BYTES * slots);
    const state = wasm.allocate(16);
    wasm.view("uint8", pairs, PAIR_BYTES * slots).fill(0);
    wasm.view("uint32", state, 4).fill(0);
    wasm.view("uint8", phaseFaces, 12 * phaseCount * labels.length).fill(0);
    begin(wasm, figures, labels.length);
    if (!sum(pairs, slots, state)) continue;
    return read(pairs, slots);
  }

  /** False if the table of pairs is full. */
  function sum(pairs: number, slots: number, state: number): boolean {
    const [planes, rows, columns] = slab.size.map((n) => n - 2) as [number, number, number];
    const at = [slabStart[0] + 1 - origin[0], slabStart[1] + 1 - origin[1], slabStart[2] + 1 - origin[2]] as const;
    const inner = start + plane + row + 4;
    for (let z = 0; z < planes; z++) {
      const place = [BigInt(at[0] + z), BigInt(at[1]), BigInt(at[2])] as unknown as number[];
      wasm.call("addRuns", inner + z * plane, row, rows, columns, ...place, figures);
    }
    // A face belongs to the second of its voxels; behind the last one of the region there is one more.
    const count = cellsOf(slab.size, slabStart, region);
    const table = [pairs, slots - 1, state] as const;
    for (const [axis, step] of [plane, row, 4].entries()) {
      const size = [planes, rows, columns];
      size[axis] = count[axis]!;
      const first = inner - step;
      const kindStep = kinds === undefined ? 0 : [kinds.plane, kinds.row, 1][axis]!;
      const kindFirst = kinds === undefined ? 0 : kinds.start + kinds.plane + kinds.row + 1 - kindStep;
      for (let z = 0; z < size[0]!; z++) {
        const place = [first + z * plane, row, step, size[1]!, size[2]!, axis, figures] as const;
        const beside = kinds === undefined ? [0, 0] : [kindFirst + z * kinds.plane, kinds.row];
        if (wasm.call("addFaces", ...place, ...table, ...beside, kindStep, phaseCount, phaseFaces) !== 0) return false;
      }
    }
    if (cells === undefined) return true;
    for (let z = 0; z < count[0]; z++) {
      const place = [start + z * plane, start + (z + 1) * plane, row, count[1], count[2]] as const;
      if (wasm.call("addCells", ...place, tables, tables + 2048, figures, ...table) !== 0) return false;
    }
    return true;
  }

  function read(pairs: number, slots: number): ParticleFigures {
    const bytes = wasm.view("uint8", 0, wasm.bytes) as Uint8Array;
    const table = new BigUint64Array(bytes.buffer, pairs, (PAIR_BYTES / 8) * slots);
    const [keys, values]: [number[], bigint[]] = [[], []];
    for (let slot = 0; slot < slots; slot++) {
      const at = (slot * PAIR_BYTES) / 8;
      const key = table[at]!;
      if (key === 0n) continue;
      keys.push(Number(key >> 32n) - 1, Number(key & 0xffffffffn) - 1);
      for (let k = 1; k <= PAIR_COLUMNS; k++) values.push(BigInt.asIntN(64, table[at + k]!));
    }
    return {
      labels,
      figures: new BigInt64Array(bytes.slice(figures, figures + ROW_BYTES * labels.length).buffer),
      phaseFaces: Float64Array.from(wasm.view("uint32", phaseFaces, 3 * phaseCount * labels.length)),
      pairs: Uint32Array.from(keys),
      pairFigures: BigInt64Array.from(values),
    };
  }
}

/** Empty sums, and boxes that any voxel widens. */
function begin(wasm: Wasm, figures: number, count: number): void {
  const bytes = wasm.view("uint8", figures, ROW_BYTES * count) as Uint8Array;
  bytes.fill(0);
  const numbers = new BigInt64Array(bytes.buffer, figures, PARTICLE.columns * count);
  for (let k = 0; k < count; k++)
    for (let axis = 0; axis < 3; axis++) {
      numbers[k * PARTICLE.columns + PARTICLE.box + 2 * axis] = 2n ** 62n;
      numbers[k * PARTICLE.columns + PARTICLE.box + 2 * axis + 1] = -(2n ** 62n);
    }
}
