/** Numbers of pairs along the axes, of whole lines of voxels. */
import { DTYPES } from "../../core/dtype.js";
import { type Region, regionShape, type Triple } from "../../core/shape.js";
import type { Source } from "../gather.js";
import {
  groupBytes,
  LINES,
  lagCount,
  type PairsParameters,
  planesAtOnce,
  rowBytes,
  slabCounts,
} from "../operations/pairs.js";
import { gatherInto, type Room, roomAt } from "../room.js";
import { table, type Wasm } from "./task.js";

/** Some of the lines of a region. */
export interface LinesTask {
  readonly wasm: Wasm;
  readonly input: Source;
  readonly mask: Source | undefined;
  readonly region: Region;
  readonly part: number;
}

/** The planes of a part, whose lines are looked along y and x at, or its rows along z. */
interface Slab {
  readonly across: "planes" | "rows";
  /** In the volume. */
  readonly start: Triple;
  readonly size: Triple;
}

/** Lines as bits: rows of `groups` times eight lines each, `group` bytes apart, in a byte for each step along them. */
interface Bits {
  readonly start: number;
  readonly row: number;
  readonly rows: number;
  readonly groups: number;
  readonly group: number;
}

/** Rows that are looked along together: so many stay in the cache from one lag to the next. */
const ROWS = 128;

/** Numbers of pairs of each field: at each lag along z, then y, then x. Those that other parts look at are 0. */
export function pairsOfLines(task: LinesTask, parameters: PairsParameters): Float64Array {
  const { wasm, region, part } = task;
  const { fields, shares, lags } = parameters;
  const share = part % shares;
  const slab = slabOf(region, Math.floor(part / shares), parameters.rows);
  const count = lagCount(parameters);
  const pairs = wasm.allocate(8 * fields * count);
  wasm.view("uint8", pairs, 8 * fields * count).fill(0);
  const tables = lags.map((some) => table(wasm, some));
  const placesOf = (axis: 0 | 1 | 2, field: number): number[] => {
    const before = lagCount({ lags }) * field + lags.slice(0, axis).reduce((sum, { length }) => sum + length, 0);
    return [tables[axis]!, share, lags[axis].length, shares, pairs + 8 * before];
  };
  const width = slab.size[2];
  for (const [field, bits] of packed(task, parameters, slab).entries()) {
    const across = placesOf(slab.across === "planes" ? 1 : 0, field);
    for (let group = 0; group < bits.groups; group++)
      for (let x = 0; x < width; x += 16) {
        const column = bits.start + group * bits.group + x;
        wasm.call("addPairs", column, bits.row, bits.rows, 0, ...across);
      }
    if (slab.across === "rows") continue;
    const along = placesOf(2, field);
    for (let y = 0; y < bits.rows; y += ROWS)
      for (let x = 0; x < width; x += 16) {
        const column = bits.start + y * bits.row + x;
        wasm.call("addPairs", column, bits.row, Math.min(ROWS, bits.rows - y), width - x, ...along);
      }
  }
  return new Float64Array(wasm.view("uint8", pairs, 8).buffer, pairs, fields * count).slice();
}

function slabOf(region: Region, number: number, most: number): Slab {
  const [depth, height, width] = regionShape(region);
  const [z, y, x] = region.start;
  const [planeSlabs] = slabCounts([depth, height, width], most);
  if (number < planeSlabs) {
    const first = number * LINES;
    return { across: "planes", start: [z + first, y, x], size: [Math.min(LINES, depth - first), height, width] };
  }
  const first = (number - planeSlabs) * most;
  return { across: "rows", start: [z, y + first, x], size: [depth, Math.min(most, height - first), width] };
}

/** What voxels of a box have to be. */
interface Condition {
  readonly of: Room;
  readonly label: number;
  /** True: all but the label. */
  readonly not: boolean;
}

/** Bits of the phase and, of two fields, of the sample. */
function packed({ wasm, input, mask }: LinesTask, parameters: PairsParameters, { across, start, size }: Slab): Bits[] {
  const { fields, label, outside } = parameters;
  const [planes, height, width] = size;
  const [rows, lines] = across === "planes" ? [height, planes] : [planes, height];
  const shape = { row: rowBytes(lines, width), rows, groups: Math.ceil(lines / LINES), group: groupBytes(width) };
  const sheets = Array.from({ length: fields }, () => {
    const bytes = shape.row * (rows + LINES);
    const start = wasm.allocate(bytes);
    wasm.view("uint8", start, bytes).fill(0);
    return { ...shape, start };
  });
  const once = across === "planes" ? planes : planesAtOnce(size);
  const mark = wasm.mark;
  for (let z = 0; z < planes; z += once) {
    wasm.rewind(mark);
    const gathered = (source: Source): Room => {
      const { dtype } = source.description;
      const row = width * DTYPES[dtype].bytes;
      const some: Triple = [Math.min(once, planes - z), height, width];
      const room = roomAt(wasm, wasm.allocate(some[0] * height * row), dtype, some, row, height * row);
      gatherInto(wasm, source, [start[0] + z, start[1], start[2]], room);
      return room;
    };
    const voxels = gathered(input);
    const conditions: Condition[] = [{ of: voxels, label: label ?? 0, not: label === undefined }];
    if (outside !== undefined) conditions.push({ of: voxels, label: outside, not: true });
    if (mask !== undefined) conditions.push({ of: gathered(mask), label: 0, not: true });
    for (const [field, bits] of sheets.entries()) {
      const into = across === "planes" ? bits : { ...bits, start: bits.start + z * bits.row };
      for (const [k, condition] of conditions.slice(field).entries()) pack(wasm, condition, across, into, k > 0);
    }
  }
  return sheets;
}

/** Sets the bits of voxels that meet a condition, and clears all others. @param keep true: only of bits that are set already */
function pack(wasm: Wasm, { of, label, not }: Condition, across: Slab["across"], into: Bits, keep: boolean): void {
  const { dtype, slab } = of;
  const [planes, height, width] = slab.size;
  const { min, max } = DTYPES[dtype];
  // Of a label that voxels cannot have there are none: the bits are 0 from the beginning.
  if (label < min || label > max) return;
  const [rows, lines] = across === "planes" ? [height, planes] : [planes, height];
  const [row, step] = across === "planes" ? [slab.row, slab.plane] : [slab.plane, slab.row];
  for (let first = 0; first < lines; first += LINES) {
    const from = [slab.start + first * step, row, step, Math.min(LINES, lines - first)] as const;
    const to = [into.start + (first / LINES) * into.group, into.row, rows, width] as const;
    wasm.call(`packLines_${dtype}`, ...from, ...to, label | 0, not ? 1 : 0, keep ? 1 : 0);
  }
}
