/** Flooding from markers in one piece of memory: of a whole volume in a thread of its own, or of a block of it. */
import type { DType } from "../../core/dtype.js";
import type { Triple } from "../../core/shape.js";
import { floodBehindWall } from "./flood-wall.js";
import type { Wasm } from "./task.js";

/** What is never flooded. */
export const BLOCKED = 0xffffffff;
/** Where labels meet; labels are below. */
export const LINE = 0x80000000;
const ITEM = 24;

/** Keys of a table of levels: twice as many places as keys. */
const TABLE_BITS = 17;
const MOST_LEVELS = 2 ** (TABLE_BITS - 1) - 1;
const TABLE_BYTES = 8 * 2 ** TABLE_BITS;
/** Bytes that a flood takes whatever its size. */
export const FLOOD_TABLES = TABLE_BYTES + 2 ** 16;

/** How it is flooded. */
export interface FloodTask {
  readonly connectivity: 6 | 18 | 26;
  /** Bright places are flooded first. */
  readonly fromHigh: boolean;
  readonly lines: boolean;
  readonly compactness: number;
}

/** Arrays with a voxel more on each side: labels (32 bits), and values (float64 if voxels wait by turns, else keys). */
export interface FloodRoom {
  readonly wasm: Wasm;
  readonly padded: Triple;
  readonly labels: number;
  readonly values: number;
}

/** Takes so many steps; true when all is flooded. */
export type Flooding = (most: number) => boolean;

/** True if voxels get their label when their turn comes. */
export const byTurns = ({ lines, compactness }: FloodTask): boolean => lines || compactness > 0;

/** Bytes a voxel that flooding takes at most, but for {@link FLOOD_TABLES}. */
export const floodBytes = (task: FloodTask): number => (byTurns(task) ? 36 : 20);

/** How a flood ends: see {@link floodFrom}. */
export interface FloodEnd {
  /** True: voxels of the last level, a wall, are flooded only until all others are. */
  readonly wall: boolean;
  /** Voxels of the wall that may be looked at for pieces behind it, before all of it is flooded instead. */
  readonly looks?: number;
}

/** Begins a flood. @param open voxels that are not blocked */
export function floodFrom(room: FloodRoom, task: FloodTask, open: number, end: FloodEnd = { wall: false }): Flooding {
  const around = neighbours(room.wasm, room.padded, task.connectivity);
  const how = { ...room, count: room.padded[0] * room.padded[1] * room.padded[2], around };
  return byTurns(task) ? turnByTurn(how, task) : (queueByQueue(how, open, end) ?? levelByLevel(how, open));
}

/** Rows of a volume, and where they lie. */
export interface FloodRows {
  readonly dtype: DType;
  /** First byte, and bytes from row to row. */
  readonly image: number;
  readonly imageRow: number;
  /** uint32; {@link BLOCKED} ones are not flooded. */
  readonly markers: number;
  readonly markersRow: number;
  /** A byte a voxel; 0 for none. */
  readonly mask: number;
  readonly maskRow: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Takes rows in, as labels and as keys: whole numbers without a sign in the order in which values are flooded.
 * @param at number of the first voxel in the padded arrays
 * @param found where the numbers of open voxels and of markers are added up, 32 bits each
 */
export function takeRows(room: FloodRoom, task: FloodTask, rows: FloodRows, at: number, found: number): void {
  const { wasm, padded, labels, values } = room;
  const { dtype, image, imageRow, markers, markersRow, mask, maskRow } = rows;
  const lift = dtype.startsWith("int") ? 2 ** 31 : 0;
  const flip = task.fromHigh ? 0xffffffff : 0;
  const given = [image, imageRow, markers, markersRow, mask, maskRow, rows.rows, rows.columns, lift, flip] as const;
  wasm.call(`takeRows_${dtype}`, ...given, labels + 4 * at, values + 4 * at, 4 * padded[2], found);
}

/** Distances to the neighbours in voxels: the nearer ones first, then in C order. */
function neighbours(wasm: Wasm, [, rows, columns]: Triple, connectivity: number): { start: number; count: number } {
  const most = { 6: 1, 18: 2, 26: 3 }[connectivity]!;
  const found: { at: number; steps: number }[] = [];
  for (let z = -1; z <= 1; z++)
    for (let y = -1; y <= 1; y++)
      for (let x = -1; x <= 1; x++) {
        const steps = Math.abs(z) + Math.abs(y) + Math.abs(x);
        if (steps > 0 && steps <= most) found.push({ at: (z * rows + y) * columns + x, steps });
      }
  found.sort((a, b) => a.steps - b.steps);
  const start = wasm.allocate(4 * found.length);
  (wasm.view("int32", start, found.length) as Int32Array).set(found.map(({ at }) => at));
  return { start, count: found.length };
}

interface How extends FloodRoom {
  readonly count: number;
  readonly around: { readonly start: number; readonly count: number };
}

/** Least and most bytes of a chunk of a queue. */
const CHUNKS = [32, 4096] as const;
/** Key of the distance 0, flooded from the highest. */
const WALL_KEY = 0x7fffffff;
/** A quarter of a second's work. */
const MOST_LOOKS = 2 ** 22;
/** Voxels for which a kernel is called once: V8 does not exchange code that is running. */
const PART = 2 ** 22;

/**
 * Level by level, where levels are few: each voxel waits once, in the queue of its level.
 * @returns undefined if there are too many
 */
function queueByQueue(
  { wasm, labels, values, count, around }: How,
  open: number,
  { wall, looks = MOST_LOOKS }: FloodEnd,
): Flooding | undefined {
  const { mark } = wasm;
  const state = wasm.allocate(16);
  const table = wasm.allocate(TABLE_BYTES);
  wasm.view("uint32", table, TABLE_BYTES / 4).fill(BLOCKED);
  let levels = 0;
  for (let from = 0; from < count && levels <= MOST_LEVELS; from += PART) {
    const to = Math.min(count, from + PART);
    levels = wasm.call("enterKeys", labels, values, from, to, table, TABLE_BITS, levels, MOST_LEVELS);
  }
  const room = levels === 0 ? CHUNKS[1] : 2 ** Math.floor(Math.log2((4 * open) / levels));
  const chunk = Math.min(CHUNKS[1], room);
  if (levels > MOST_LEVELS || chunk < CHUNKS[0]) {
    wasm.rewind(mark);
    return undefined;
  }
  const entries = wasm.view("uint32", table, TABLE_BYTES / 4);
  const places: number[] = [];
  for (let k = 0; k < entries.length; k += 2) if (entries[k + 1] !== BLOCKED) places.push(k);
  places.sort((a, b) => entries[a]! - entries[b]!);
  for (const [level, place] of places.entries()) entries[place + 1] = level;
  // Where there is no wall, as in a block of nothing but the phase, the lowest level is one as any other.
  const hasWall = wall && places.length > 0 && entries[places.at(-1)!] === WALL_KEY;
  const last = hasWall ? levels - 1 : BLOCKED;
  const queues = wasm.allocate(8 * levels);
  wasm.view("uint32", queues, 2 * levels).fill(0);
  // Each voxel is put in once; the last chunk of a level may be all but empty.
  const chunks = Math.ceil(open / (chunk / 4 - 1)) + levels;
  const first = Math.ceil(wasm.allocate((chunks + 1) * chunk) / chunk) * chunk;
  (wasm.view("uint32", state, 3) as Uint32Array).set([0, first, 0]);
  for (let from = 0; from < count; from += PART) {
    const to = Math.min(count, from + PART);
    wasm.call("placeLevels", labels, values, from, to, table, TABLE_BITS, queues, state, chunk, last);
  }
  const flood = (upTo: number, most: number): boolean =>
    wasm.call("floodQueues", labels, queues, upTo, around.start, around.count, state, chunk, last, most) < most;
  if (!hasWall) return (most) => flood(levels, most);
  let atWall = false;
  return (most) => {
    if (atWall) return flood(levels, most);
    if (!flood(last, most)) return false;
    const left = wasm.view("uint32", state, 3)[2]!;
    const queue = queues + 8 * last;
    const at = { wasm, labels, spare: values, count, around, wall: last, open: left, queue, chunk, looks };
    atWall = left > 0 && !floodBehindWall(at);
    return !atWall;
  };
}

/** Level by level, whatever their number; queues are lists. */
function levelByLevel({ wasm, labels, values, count, around }: How, open: number): Flooding {
  const next = wasm.allocate(4 * count);
  const state = wasm.allocate(4);
  // The keys are sorted where the queues will be.
  const mark = wasm.mark;
  let [keys, other] = [next, wasm.allocate(4 * open)];
  const digits = wasm.allocate(8192);
  wasm.call("collectKeys", values, labels, count, keys);
  for (const shift of [0, 11, 22]) {
    wasm.call("sortByDigit", keys, other, open, shift, digits);
    [keys, other] = [other, keys];
  }
  const levels = wasm.call("distinctKeys", keys, open);
  const table = wasm.allocate(4 * 65537);
  const distinct = wasm.view("uint32", keys, levels);
  const firsts = wasm.view("uint32", table, 65537);
  for (let upper = 0, k = 0; upper <= 65536; upper++) {
    while (k < levels && distinct[k]! / 65536 < upper) k++;
    firsts[upper] = k;
  }
  wasm.call("placeKeys", values, labels, count, keys, table);
  wasm.rewind(mark);
  const queues = wasm.allocate(8 * levels);
  wasm.view("uint32", queues, 2 * levels).fill(BLOCKED);
  for (let from = 0; from < count; from += 2 ** 22)
    wasm.call("enqueueMarkers", labels, values, from, Math.min(count, from + 2 ** 22), next, queues);
  wasm.view("uint32", state, 1)[0] = 0;
  return (most) =>
    wasm.call("floodLevels", labels, values, next, queues, levels, around.start, around.count, state, most) < most;
}

/** One at a time from a heap: with lines or compactness a voxel may wait several times. */
function turnByTurn({ wasm, padded, labels, values, count, around }: How, { lines, compactness }: FloodTask): Flooding {
  const state = wasm.allocate(8);
  const heap = wasm.mark;
  const start = wasm.allocate(0);
  const room = (items: number): void => {
    wasm.rewind(heap);
    wasm.allocate(ITEM * items);
  };
  // Markers wait in the order of their places: nothing is taken out yet, so that the length is an age.
  let length = 0;
  const cost = (k: number): number => new Float64Array(wasm.view("uint8", values, 8).buffer, values, count)[k]!;
  let allowed = 0;
  for (let k = 0; k < count; k++) {
    const label = wasm.view("uint32", labels + 4 * k, 1)[0]!;
    if (label === 0 || label === BLOCKED) continue;
    if (length === allowed) {
      allowed += 65536;
      room(allowed);
    }
    length = wasm.call("pushItem", start, length, cost(k), length, k, k);
  }
  (wasm.view("uint32", state, 2) as Uint32Array).set([length, length]);
  return (most) => {
    room(wasm.view("uint32", state, 1)[0]! + most * around.count);
    const [row, plane] = [padded[2], padded[1] * padded[2]];
    const rest = [lines ? 1 : 0, compactness, row, plane, state, most] as const;
    return wasm.call("floodByTurns", labels, values, start, around.start, around.count, ...rest) < most;
  };
}
