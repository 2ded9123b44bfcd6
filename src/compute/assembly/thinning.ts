/**
 * Thinning (Lee, Kashyap & Chu): layer by layer, voxels that are simple and no ends are taken off from one of six sides at a
 * time. A voxel is a bit. Rows are `row` bytes apart, planes `plane` bytes, with a row and a plane of nothing around them and a
 * byte of nothing before each row, so that voxel x is bit x + 8. What becomes of a neighbourhood of 26 bits is kept in a
 * table, two bits for each, once it was worked out: of the 67 million there are, a volume has some ten thousands.
 */

/** Bits of the neighbourhood, in C order: the middle, its 6 neighbours by faces, and its 18 by faces and edges. */
const MIDDLE: u32 = 1 << 13;
const FACES: u32 = (1 << 4) | (1 << 10) | (1 << 12) | (1 << 14) | (1 << 16) | (1 << 22);
const CORNERS: u32 = (1 << 0) | (1 << 2) | (1 << 6) | (1 << 8) | (1 << 18) | (1 << 20) | (1 << 24) | (1 << 26);
const EDGES: u32 = 0x7ffffff & ~CORNERS & ~MIDDLE;

/** Which cells touch each of the 27, by corners and, 108 bytes on, by faces. @param touching 216 bytes */
export function touchingCells(touching: usize): void {
  for (let a: i32 = 0; a < 27; a++) {
    let byCorner: u32 = 0;
    let byFace: u32 = 0;
    for (let b: i32 = 0; b < 27; b++) {
      if (a === b || b === 13) continue;
      const z = abs(a / 9 - b / 9);
      const y = abs(((a / 3) % 3) - ((b / 3) % 3));
      const x = abs((a % 3) - (b % 3));
      if (max(z, max(y, x)) === 1) byCorner |= 1 << b;
      if (z + y + x === 1) byFace |= 1 << b;
    }
    store<u32>(touching + ((<usize>a) << 2), byCorner);
    store<u32>(touching + ((<usize>a) << 2), byFace, 108);
  }
}

/** The piece of `among` that holds its lowest cell of `first`. */
function piece(first: u32, among: u32, touching: usize): u32 {
  let seen = first & -first;
  let open = seen;
  while (open !== 0) {
    const cell = <usize>ctz(open);
    open &= open - 1;
    const more = load<u32>(touching + (cell << 2)) & among & ~seen;
    seen |= more;
    open |= more;
  }
  return seen;
}

/** Whether the topology stays as it is if the middle goes: one piece of object, and one of background at its faces. */
function decides(cells: u32, touching: usize): bool {
  const object = cells & ~MIDDLE;
  if (object === 0 || piece(object, object, touching) !== object) return false;
  const background = ~cells & EDGES;
  const near = background & FACES;
  if (near === 0) return false;
  return (near & ~piece(near, background, touching + 108)) === 0;
}

/** The 27 voxels around a bit of a row. */
function around(at: usize, bit: usize, row: usize, plane: usize): u32 {
  const from = at + ((bit - 1) >> 3);
  const shift = <u32>((bit - 1) & 7);
  let cells: u32 = 0;
  let to: u32 = 0;
  for (let z: usize = 0; z < 3; z++)
    for (let y: usize = 0; y < 3; y++) {
      const three = (<u32>load<u16>(from + z * plane + y * row - plane - row) >> shift) & 7;
      cells |= three << to;
      to += 3;
    }
  return cells;
}

function isSimple(cells: u32, table: usize, touching: usize): bool {
  const key = (cells & 0x1fff) | ((cells >> 1) & 0x3ffe000);
  const place = table + (key >> 2);
  const shift = (key & 3) << 1;
  const known = (<u32>load<u8>(place) >> shift) & 3;
  if (known !== 0) return known === 3;
  const simple = decides(cells, touching);
  store<u8>(place, <u32>load<u8>(place) | ((simple ? 3 : 2) << shift));
  return simple;
}

/** Sets the bits of a row of labels that are inside; see `countSteps` for label, except and known. */
export function setInside<T>(labels: usize, at: usize, columns: usize, label: i32, except: i32, known: i32): u32 {
  let count: u32 = 0;
  for (let x: usize = 0; x < columns; x += 8) {
    let byte: u32 = 0;
    const end = min<usize>(8, columns - x);
    for (let k: usize = 0; k < end; k++) {
      const has = known & i32(load<T>(labels + (x + k) * sizeof<T>()) === <T>label);
      byte |= (has ^ except) << (<i32>k);
    }
    store<u8>(at + (x >> 3), byte, 1);
    count += popcnt(byte);
  }
  return count;
}

/**
 * Marks the voxels of a plane that can go from one side. A voxel that cannot is not looked at again until one beside it goes.
 * @param at first row of the plane @param step bytes to the row beyond the side; of the sides along x 0
 * @param side 1: what lies at x + 1 is outside, -1: what lies at x - 1 is
 * @param fresh,marks as `at`: voxels to look at, and those that are marked
 * @param active,listed for each row: whether there are fresh voxels, and whether there are marked ones
 */
export function markSimple(
  at: usize,
  fresh: usize,
  marks: usize,
  active: usize,
  listed: usize,
  rows: usize,
  row: usize,
  plane: usize,
  step: isize,
  side: i32,
  table: usize,
  touching: usize,
): u32 {
  let count: u32 = 0;
  for (let y: usize = 0; y < rows; y++) {
    if (load<u8>(active + y) === 0) continue;
    const line = y * row;
    let left: u64 = 0;
    let found: u64 = 0;
    for (let k: usize = 0; k < row; k += 8) {
      const here = load<u64>(at + line + k);
      const look = here & load<u64>(fresh + line + k);
      if (look === 0) continue;
      let beyond: u64;
      if (side === 0) beyond = load<u64>(<usize>(<isize>(at + line + k) + step));
      else if (side > 0) beyond = (here >> 1) | (load<u64>(at + line + k, 8) << 63);
      else beyond = (here << 1) | (load<u64>(at + line + k - 8) >> 63);
      let open = look & ~beyond;
      let marked: u64 = 0;
      let stays: u64 = 0;
      while (open !== 0) {
        const bit = <usize>ctz(open);
        const one = open & -open;
        open ^= one;
        const cells = around(at + line, (k << 3) + bit, row, plane);
        if (popcnt(cells) > 2 && isSimple(cells, table, touching)) {
          marked |= one;
          count++;
        } else stays |= one;
      }
      if (marked !== 0) store<u64>(marks + line + k, marked);
      if (stays !== 0) store<u64>(fresh + line + k, load<u64>(fresh + line + k) & ~stays);
      left |= look & ~stays;
      found |= marked;
    }
    if (left === 0) store<u8>(active + y, 0);
    if (found !== 0) store<u8>(listed + y, 1);
  }
  return count;
}

/** Takes off the marked voxels of a plane, one after the other, that still are simple. */
export function takeOff(
  at: usize,
  fresh: usize,
  marks: usize,
  active: usize,
  listed: usize,
  rows: usize,
  row: usize,
  plane: usize,
  activeRows: usize,
  table: usize,
  touching: usize,
): u32 {
  let count: u32 = 0;
  for (let y: usize = 0; y < rows; y++) {
    if (load<u8>(listed + y) === 0) continue;
    store<u8>(listed + y, 0);
    const line = y * row;
    for (let k: usize = 0; k < row; k += 8) {
      let marked = load<u64>(marks + line + k);
      if (marked === 0) continue;
      store<u64>(marks + line + k, 0);
      while (marked !== 0) {
        const bit = (k << 3) + <usize>ctz(marked);
        marked &= marked - 1;
        if (!isSimple(around(at + line, bit, row, plane), table, touching)) continue;
        const byte = at + line + (bit >> 3);
        store<u8>(byte, <u32>load<u8>(byte) & ~(1 << (<u32>(bit & 7))));
        count++;
        const from = fresh + line + ((bit - 1) >> 3) - plane - row;
        const three = (<u32>7) << (<u32>((bit - 1) & 7));
        for (let dz: usize = 0; dz < 3; dz++)
          for (let dy: usize = 0; dy < 3; dy++) {
            const to = from + dz * plane + dy * row;
            store<u16>(to, <u32>load<u16>(to) | three);
            store<u8>(active + y + dz * activeRows + dy - activeRows - 1, 1);
          }
      }
    }
  }
  return count;
}

/** Bits of a row as bytes of 0 and 1. */
export function unpackRow(at: usize, dst: usize, columns: usize): void {
  for (let x: usize = 0; x < columns; x++) store<u8>(dst + x, (<u32>load<u8>(at + (x >> 3), 1) >> <u32>(x & 7)) & 1);
}
