/**
 * Surfaces by marching cubes of regions that were blurred over each voxel's six neighbours, where two of them meet. Of a voxel and its
 * neighbours those of a region are counted, 0 to 7; the surface lies where half of the most that there is of these is passed.
 * Labels (32 bits) lie in a slab, rows and planes without gaps; 0 is no region. Results go into records for pairs of labels (network.ts);
 * a region alone is a pair with 0.
 */
import { throatOf } from "./network";
import { cellArea } from "./value-cells";

// In a record: the most voxels among a voxel and its neighbours, where 0 stands for all 7; and for each number from 1 to 7 the area
// where half of it is passed (64 bits): of a region; of a pair by how much both areas are larger than that of both together.
const MOST: usize = 8;
const AREAS: usize = 24;

/** Bytes of the label in a list of labels with counts at some places, a byte each. */
const LABEL: usize = 4;

/** Puts the labels of a voxel and its neighbours into a list whose labels have `places` counts each. @returns how many it has */
function countInto(list: usize, length: u32, at: usize, steps: usize, place: usize, places: usize): u32 {
  const size = LABEL + places;
  let count = length;
  let entry = list;
  let last: u32 = 0;
  for (let k: usize = 0; k < 28; k += 4) {
    const label = load<u32>(at + load<i32>(steps + k));
    if (label === 0) continue;
    if (label !== last) {
      last = label;
      entry = list;
      const end = list + <usize>count * size;
      while (entry < end && load<u32>(entry) !== label) entry += size;
      if (entry === end) {
        memory.fill(entry, 0, size);
        store<u32>(entry, label);
        count++;
      }
    }
    const to = entry + LABEL + place;
    store<u8>(to, load<u8>(to) + 1);
  }
  return count;
}

/**
 * For each voxel of a plane: 1 if it and its neighbours have one label.
 * @param steps bytes from a voxel to itself and its neighbours, seven numbers of 32 bits
 */
export function innerVoxelsOfPlane(
  labels: usize,
  row: usize,
  steps: usize,
  rows: usize,
  columns: usize,
  out: usize,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x++) {
      const at = labels + y * row + (x << 2);
      const label = load<u32>(at);
      let same = true;
      for (let k: usize = 4; same && k < 28; k += 4) same = load<u32>(at + load<i32>(steps + k)) === label;
      store<u8>(out + y * columns + x, same ? 1 : 0);
    }
}

/**
 * The most voxels of each region, and of each two, among a voxel and its neighbours, for the voxels of a plane.
 * @param inner see {@link innerVoxelsOfPlane} @param list room for seven labels with a count
 * @returns the row to go on with, when the table needs more room first; else `rows`
 */
export function mostOfPlane(
  labels: usize,
  row: usize,
  steps: usize,
  inner: usize,
  rows: usize,
  columns: usize,
  from: usize,
  list: usize,
  table: usize,
): usize {
  for (let y = from; y < rows; y++) {
    // Of seven labels there are 28 pairs with 0 and each other at most.
    if (!hasRoom(table, 28 * <u32>columns)) return y;
    let last: u32 = 0;
    for (let x: usize = 0; x < columns; x++) {
      const at = labels + y * row + (x << 2);
      if (load<u8>(inner + y * columns + x)) {
        const label = load<u32>(at);
        if (label !== 0 && label !== last) raise(0, label, 7, table);
        last = label;
        continue;
      }
      const count = countInto(list, 0, at, steps, 0, 1);
      for (let k: u32 = 0; k < count; k++) {
        const one = list + <usize>k * (LABEL + 1);
        raise(0, load<u32>(one), load<u8>(one, LABEL), table);
        for (let j: u32 = 0; j < k; j++) {
          const other = list + <usize>j * (LABEL + 1);
          const most = load<u8>(one, LABEL) + load<u8>(other, LABEL);
          raise(load<u32>(one), load<u32>(other), most, table);
        }
      }
    }
  }
  return rows;
}

function hasRoom(table: usize, more: u32): bool {
  return load<u32>(table, 12) + more <= load<u32>(table, 16);
}

function pairOf(one: u32, other: u32, table: usize): usize {
  return throatOf(min<u32>(one, other), max<u32>(one, other), table);
}

function raise(one: u32, other: u32, most: u32, table: usize): void {
  const record = pairOf(one, other, table);
  if (load<u32>(record, MOST) < most) store<u32>(record, most, MOST);
}

/** Enters what is the most of a region (with 0) or of two. */
export function enterMost(one: u32, other: u32, most: u32, table: usize): void {
  raise(one, other, most, table);
}

/**
 * Adds the areas in the cells between two planes: of each two regions, and of regions of which nowhere a voxel and all of its neighbours
 * are.
 * @param inner those of the lower plane, `innerPlane` before the upper one
 * @param list room for 32 labels with eight counts
 * @param surfaces see value-cells.ts @param perUnit whole units of an area
 * @returns the row to go on with, when the table needs more room first; else `rows`
 */
export function areasOfPlane(
  labels: usize,
  row: usize,
  plane: usize,
  steps: usize,
  inner: usize,
  innerPlane: usize,
  rows: usize,
  columns: usize,
  from: usize,
  list: usize,
  surfaces: usize,
  perUnit: f64,
  table: usize,
): usize {
  const innerRow = columns + 1;
  for (let y = from; y < rows; y++) {
    // Of 32 labels there are 528 pairs with 0 and each other; so many in all cells of a row would be noise.
    if (!hasRoom(table, 528 * <u32>columns)) return y;
    for (let x: usize = 0; x < columns; x++) {
      const flags = inner + y * innerRow + x;
      const below = load<u16>(flags) & load<u16>(flags + innerRow);
      if ((below & load<u16>(flags + innerPlane) & load<u16>(flags + innerPlane + innerRow)) === 0x0101) continue;
      const at = labels + y * row + (x << 2);
      let count: u32 = 0;
      for (let corner: usize = 0; corner < 8; corner++) {
        const voxel = at + (corner >> 2) * plane + ((corner >> 1) & 1) * row + ((corner & 1) << 2);
        count = countInto(list, count, voxel, steps, corner, 8);
      }
      for (let k: u32 = 0; k < count; k++) {
        const one = list + <usize>k * (LABEL + 8);
        addAlone(one, surfaces, perUnit, table);
        for (let j: u32 = 0; j < k; j++) addPair(one, list + <usize>j * (LABEL + 8), surfaces, perUnit, table);
      }
    }
  }
  return rows;
}

function addAlone(entry: usize, surfaces: usize, perUnit: f64, table: usize): void {
  const record = pairOf(0, load<u32>(entry), table);
  const most = load<u32>(record, MOST);
  // Of all others it is the same for itself as for it and another one.
  if (most === 0 || most === 7) return;
  for (let level = most; level <= 7; level++)
    add(record, level, units(load<u64>(entry, LABEL), level, surfaces, perUnit));
}

function addPair(one: usize, other: usize, surfaces: usize, perUnit: f64, table: usize): void {
  const record = pairOf(load<u32>(one), load<u32>(other), table);
  const most = load<u32>(record, MOST);
  const level = most === 0 ? 7 : most;
  const first = load<u64>(one, LABEL);
  const second = load<u64>(other, LABEL);
  const both = units(first + second, level, surfaces, perUnit);
  add(record, level, units(first, level, surfaces, perUnit) + units(second, level, surfaces, perUnit) - both);
}

function add(record: usize, level: u32, area: i64): void {
  const to = record + ((<usize>level - 1) << 3);
  store<i64>(to, load<i64>(to, AREAS) + area, AREAS);
}

function units(counts: u64, level: u32, surfaces: usize, perUnit: f64): i64 {
  return <i64>nearest(cellArea(counts, level, surfaces) * perUnit);
}
