/** Chords of a brick. */
import { DTYPES } from "../../core/dtype.js";
import type { BrickChords, ChordsParameters, LineEnds } from "../operations/chords.js";
import type { ReduceTask, Wasm } from "./task.js";

/** What voxels are to a line. */
const WALL = 0;
const PHASE = 1;
const BEYOND = 2;
/** Rows that are looked at in one call. */
const ROWS = 256;

export function chordsOfBrick(task: ReduceTask, parameters: ChordsParameters): BrickChords {
  const { wasm } = task;
  const [planes, rows, columns] = task.slab.size;
  const voxels = kindsIn(task, parameters);
  const plane = rows * columns;
  const z = linesFor(wasm, plane, planes);
  for (let k = 0; k < planes; k++) {
    const at = voxels + k * plane;
    wasm.call("chordRow", at, k === 0 ? 0 : at - plane, plane, z.states, z.leads, z.counts, z.most);
  }
  const alongZ = copied(wasm, z);
  const y = linesFor(wasm, planes * columns, rows);
  for (let k = 0; k < planes; k++)
    for (let n = 0; n < rows; n++) {
      const at = voxels + k * plane + n * columns;
      const line = 4 * k * columns;
      const states = [y.states + line, y.leads + line, y.counts, y.most] as const;
      wasm.call("chordRow", at, n === 0 ? 0 : at - columns, columns, ...states);
    }
  const alongY = copied(wasm, y);
  const x = linesFor(wasm, planes * rows, columns);
  for (let k = 0; k < planes * rows; k += ROWS) {
    const some = Math.min(ROWS, planes * rows - k);
    wasm.call("chordLines", voxels + k * columns, some, columns, x.states + 4 * k, x.leads + 4 * k, x.counts, x.most);
  }
  return { size: task.slab.size, axes: [alongZ, alongY, copied(wasm, x)] };
}

/** A byte for each voxel, in C order. */
function kindsIn({ wasm, dtype, slab, mask }: ReduceTask, { label, outside }: ChordsParameters): number {
  const length = slab.size[0] * slab.size[1] * slab.size[2];
  const { bytes, min } = DTYPES[dtype];
  const start = wasm.allocate(length);
  const kind = (value: number): number => {
    if (value === outside) return BEYOND;
    return (label === undefined ? value !== 0 : value === label) ? PHASE : WALL;
  };
  if (bytes === 4) {
    const [from, into] = [wasm.view(dtype, slab.start, length), wasm.view("uint8", start, length)];
    for (let k = 0; k < length; k++) into[k] = kind(from[k]!);
  } else {
    const table = wasm.allocate(2 ** (8 * bytes));
    const entries = wasm.view("uint8", table, 2 ** (8 * bytes));
    for (let k = 0; k < entries.length; k++) entries[k] = kind(min + k);
    const kernel = bytes === 1 ? "lookUpBytes_8" : "lookUpShorts_8";
    const [planes, rows, columns] = slab.size;
    const plane = rows * columns;
    for (let z = 0; z < planes; z++)
      wasm.call(kernel, slab.start + z * plane * bytes, plane * bytes, start + z * plane, plane, 1, plane, table, -min);
  }
  if (mask !== 0) {
    const [inside, into] = [wasm.view("uint8", mask, length), wasm.view("uint8", start, length)];
    for (let k = 0; k < length; k++) if (inside[k] === 0) into[k] = BEYOND;
  }
  return start;
}

interface Lines {
  readonly states: number;
  readonly leads: number;
  readonly counts: number;
  /** One more than the longest run. */
  readonly most: number;
  readonly lines: number;
}

function linesFor(wasm: Wasm, lines: number, length: number): Lines {
  const most = length + 1;
  const counts = wasm.allocate(4 * (2 * most + 1));
  wasm.view("uint32", counts, 2 * most + 1).fill(0);
  const [states, leads] = [wasm.allocate(4 * lines + 64), wasm.allocate(4 * lines)];
  wasm.view("uint32", leads, lines).fill(0);
  return { states, leads, counts, most, lines };
}

const copied = (wasm: Wasm, { states, leads, counts, most, lines }: Lines): LineEnds => {
  const of = (start: number, length: number): Uint32Array =>
    (wasm.view("uint32", start, length) as Uint32Array).slice();
  return { leads: of(leads, lines), states: of(states, lines), counts: of(counts, 2 * most + 1) };
};
