/**
 * Which voxels are connected with a face, 64 voxels at a time: a bit a voxel, rows of 64-bit words. Also what makes the material of a
 * chessboard.ts grid of the voxels that are left. Voxels are bytes: 1 to 127 conduct, 255 does not but reacts, 0 does neither.
 */
import {
  AROUND_X,
  AROUND_Y,
  AROUND_Z,
  COLUMNS,
  ends,
  FLAGS,
  MATERIAL,
  PLANES,
  ROWS,
  rowAt,
  WALLS,
  WEIGHT_X,
  WEIGHT_Y,
  WEIGHT_Z,
  wrap,
} from "./chessboard";

/** Bits of the voxels of a plane that conduct; rows of voxels are `stride` bytes apart. */
export function packConducting(
  voxels: usize,
  stride: usize,
  rows: usize,
  columns: usize,
  bits: usize,
  words: usize,
): void {
  for (let y: usize = 0; y < rows; y++) {
    const from = voxels + y * stride;
    const to = bits + y * (words << 3);
    for (let w: usize = 0; w < words; w++) {
      let word: u64 = 0;
      for (let k: usize = 0; k < 4; k++) {
        const x = (w << 6) + (k << 4);
        if (x >= columns) break;
        let found = <u64>(<u32>i8x16.bitmask(i8x16.gt_s(v128.load(from + x), i8x16.splat(0))));
        if (columns - x < 16) found &= ((<u64>1) << (<u64>(columns - x))) - 1;
        word |= found << (<u64>(k << 4));
      }
      store<u64>(to + (w << 3), word);
    }
  }
}

/** Spreads marks over the runs of ones that they stand in. */
function spread(marks: u64, free: u64): u64 {
  let up = free;
  let down = free;
  let a = marks;
  for (let k: u64 = 1; k < 64; k <<= 1) {
    a |= up & (a << k);
    a |= down & (a >> k);
    up &= up << k;
    down &= down >> k;
  }
  return a;
}

/**
 * Lets marks flow into row `y` of plane `z` from the rows around it, and along it. `dirty` has a byte a row: 1 where one of its
 * neighbours has changed since. Returns how many rows of the plane changed.
 */
export function floodPlane(
  free: usize,
  marks: usize,
  dirty: usize,
  words: usize,
  rows: u32,
  columns: u32,
  planes: u32,
  flags: u32,
  z: u32,
  backwards: bool,
): u32 {
  const row = words << 3;
  const plane = row * rows;
  let changed: u32 = 0;
  for (let k: u32 = 0; k < rows; k++) {
    const y = backwards ? rows - 1 - k : k;
    const index = z * rows + y;
    if (load<u8>(dirty + index) === 0) continue;
    store<u8>(dirty + index, 0);
    const at = <usize>index * row;
    const low = z > 0 ? z - 1 : (flags & AROUND_Z) !== 0 ? planes - 1 : z;
    const high = z + 1 < planes ? z + 1 : (flags & AROUND_Z) !== 0 ? 0 : z;
    const front = y > 0 ? y - 1 : (flags & AROUND_Y) !== 0 ? rows - 1 : y;
    const back = y + 1 < rows ? y + 1 : (flags & AROUND_Y) !== 0 ? 0 : y;
    const a = marks + <usize>low * plane + <usize>y * row;
    const b = marks + <usize>high * plane + <usize>y * row;
    const c = marks + <usize>z * plane + <usize>front * row;
    const d = marks + <usize>z * plane + <usize>back * row;
    let more = false;
    for (let w: usize = 0; w < row; w += 8) {
      const before = load<u64>(marks + at + w);
      const room = load<u64>(free + at + w);
      const now = (before | load<u64>(a + w) | load<u64>(b + w) | load<u64>(c + w) | load<u64>(d + w)) & room;
      if (now !== before) {
        store<u64>(marks + at + w, spread(now, room));
        more = true;
      }
    }
    if (!more) continue;
    // From word to word, in both directions; and around.
    for (let turn = 0; turn < 2; turn++) {
      for (let w: usize = 8; w < row; w += 8) carry(free + at + w, marks + at + w, load<u64>(marks + at + w - 8) >> 63);
      for (let w = row; w > 8; w -= 8)
        carry(free + at + w - 16, marks + at + w - 16, load<u64>(marks + at + w - 8) << 63);
      if ((flags & AROUND_X) === 0) break;
      const last = columns - 1;
      const end = at + ((<usize>last >> 6) << 3);
      const first = load<u64>(marks + at) & 1;
      const behind = (load<u64>(marks + end) >> <u64>(last & 63)) & 1;
      if (first === behind) break;
      if (first !== 0) carry(free + end, marks + end, first << (<u64>(last & 63)));
      else carry(free + at, marks + at, 1);
    }
    changed++;
    store<u8>(dirty + low * rows + y, 1);
    store<u8>(dirty + high * rows + y, 1);
    store<u8>(dirty + z * rows + front, 1);
    store<u8>(dirty + z * rows + back, 1);
    store<u8>(dirty + index, 0);
  }
  return changed;
}

function carry(free: usize, marks: usize, bit: u64): void {
  const room = load<u64>(free);
  const before = load<u64>(marks);
  if ((bit & room & ~before) !== 0) store<u64>(marks, spread(before | bit, room));
}

/** Makes the voxels of a plane that conduct and have no mark such as do neither conduct nor react. */
export function keepMarked(
  voxels: usize,
  stride: usize,
  rows: usize,
  columns: usize,
  marks: usize,
  words: usize,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x++) {
      const at = voxels + y * stride + x;
      if (load<i8>(at) <= 0) continue;
      if (((load<u64>(marks + ((y * words + (x >> 6)) << 3)) >> <u64>(x & 63)) & 1) === 0) store<u8>(at, 0);
    }
}

/** Adds up how many voxels of a plane have each value. */
export function countBytes(voxels: usize, stride: usize, rows: usize, columns: usize, counts: usize): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x++) {
      const at = counts + ((<usize>load<u8>(voxels + y * stride + x)) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
}

/** Puts the voxels of the other side before and behind the rows of a plane of bytes. */
export function wrapBytes(voxels: usize, stride: usize, rows: usize, columns: usize): void {
  for (let y: usize = 0; y < rows; y++) {
    const at = voxels + y * stride;
    store<u8>(at - 1, load<u8>(at + columns - 1));
    store<u8>(at + columns, load<u8>(at));
  }
}

/** The material of a plane of voxels that conduct alike; `zero` is a row of zeros. */
export function makeBytes(g: usize, voxels: usize, stride: usize, z: u32, zero: usize): void {
  const planes = load<u32>(g, PLANES);
  const rows = load<u32>(g, ROWS);
  const columns = load<u32>(g, COLUMNS);
  const flags = load<u32>(g, FLAGS);
  const material = <usize>load<u32>(g, MATERIAL);
  const plane = stride * rows;
  const none = i8x16.splat(0);
  const touching = i8x16.splat(<i8>(2 * ends(g, z)));
  const here = voxels + z * plane;
  const below = z > 0 ? here - plane : (flags & AROUND_Z) !== 0 ? voxels + (planes - 1) * plane : 0;
  const above = z + 1 < planes ? here + plane : (flags & AROUND_Z) !== 0 ? voxels : 0;
  for (let y: u32 = 0; y < rows; y++) {
    const own = here + y * stride;
    const low = below === 0 ? zero : below + y * stride;
    const high = above === 0 ? zero : above + y * stride;
    const front = y > 0 ? own - stride : (flags & AROUND_Y) !== 0 ? here + (rows - 1) * stride : zero;
    const back = y + 1 < rows ? own + stride : (flags & AROUND_Y) !== 0 ? here : zero;
    const even = material + (rowAt(g, (z + y) & 1, z, y) >> 2);
    const odd = material + (rowAt(g, (z + y + 1) & 1, z, y) >> 2);
    for (let x: u32 = 0; x < columns; x += 16) {
      const a = v128.load(low + x);
      const b = v128.load(high + x);
      const c = v128.load(front + x);
      const d = v128.load(back + x);
      const e = v128.load(own + x - 1);
      const f = v128.load(own + x + 1);
      // A comparison gives −1 where it holds.
      const conducting = i8x16.add(
        i8x16.add(
          i8x16.add(i8x16.gt_s(a, none), i8x16.gt_s(b, none)),
          i8x16.add(i8x16.gt_s(c, none), i8x16.gt_s(d, none)),
        ),
        i8x16.add(i8x16.gt_s(e, none), i8x16.gt_s(f, none)),
      );
      const reacting = i8x16.add(
        i8x16.add(
          i8x16.add(i8x16.lt_s(a, none), i8x16.lt_s(b, none)),
          i8x16.add(i8x16.lt_s(c, none), i8x16.lt_s(d, none)),
        ),
        i8x16.add(i8x16.lt_s(e, none), i8x16.lt_s(f, none)),
      );
      let code = i8x16.sub(i8x16.sub(touching, conducting), i8x16.shl(reacting, 4));
      code = v128.and(code, i8x16.gt_s(v128.load(own + x), none));
      if (columns - x < 16) code = v128.and(code, i8x16.lt_s(NUMBERS, i8x16.splat(<i8>(columns - x))));
      v128.store64_lane(
        even + (x >> 1),
        v128.shuffle<i8>(code, code, 0, 2, 4, 6, 8, 10, 12, 14, 0, 2, 4, 6, 8, 10, 12, 14),
        0,
      );
      v128.store64_lane(
        odd + (x >> 1),
        v128.shuffle<i8>(code, code, 1, 3, 5, 7, 9, 11, 13, 15, 1, 3, 5, 7, 9, 11, 13, 15),
        0,
      );
    }
  }
}

const NUMBERS = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

/** The material of a plane of voxels whose resistivities stand in `table`, a float32 for each value. */
export function makeFloats(g: usize, voxels: usize, stride: usize, z: u32, table: usize): void {
  const rows = load<u32>(g, ROWS);
  const columns = load<u32>(g, COLUMNS);
  const material = <usize>load<u32>(g, MATERIAL);
  const here = voxels + z * stride * rows;
  for (let y: u32 = 0; y < rows; y++) {
    const own = here + y * stride;
    const even = material + rowAt(g, (z + y) & 1, z, y);
    const odd = material + rowAt(g, (z + y + 1) & 1, z, y);
    for (let x: u32 = 0; x < columns; x++) {
      const to = ((x & 1) !== 0 ? odd : even) + ((<usize>(x >> 1)) << 2);
      store<f32>(to, load<f32>(table + ((<usize>load<u8>(own + x)) << 2)));
    }
  }
  wrap(g, material, 0, z);
  wrap(g, material, 1, z);
}

/** 1 where a voxel reacts, by its top bit: comparing with 0 as i8 is optimised away to "never". */
function reacts(voxel: usize): u32 {
  return <u32>load<u8>(voxel) >> 7;
}

/**
 * The walls of a plane of voxels that are not alike: the area of the reacting faces of each voxel that conducts, over that of a face
 * across z, which is the root of what their weights are over that across z. `zero` is a row of zeros.
 */
export function makeWalls(g: usize, voxels: usize, stride: usize, z: u32, zero: usize): void {
  const planes = load<u32>(g, PLANES);
  const rows = load<u32>(g, ROWS);
  const columns = load<u32>(g, COLUMNS);
  const flags = load<u32>(g, FLAGS);
  const walls = <usize>load<u32>(g, WALLS);
  const areaY = sqrt<f32>(load<f32>(g, WEIGHT_Y) / load<f32>(g, WEIGHT_Z));
  const areaX = sqrt<f32>(load<f32>(g, WEIGHT_X) / load<f32>(g, WEIGHT_Z));
  const plane = stride * rows;
  const here = voxels + z * plane;
  const below = z > 0 ? here - plane : (flags & AROUND_Z) !== 0 ? voxels + (planes - 1) * plane : 0;
  const above = z + 1 < planes ? here + plane : (flags & AROUND_Z) !== 0 ? voxels : 0;
  for (let y: u32 = 0; y < rows; y++) {
    const own = here + y * stride;
    const low = below === 0 ? zero : below + y * stride;
    const high = above === 0 ? zero : above + y * stride;
    const front = y > 0 ? own - stride : (flags & AROUND_Y) !== 0 ? here + (rows - 1) * stride : zero;
    const back = y + 1 < rows ? own + stride : (flags & AROUND_Y) !== 0 ? here : zero;
    const even = walls + rowAt(g, (z + y) & 1, z, y);
    const odd = walls + rowAt(g, (z + y + 1) & 1, z, y);
    for (let x: u32 = 0; x < columns; x++) {
      let area: f32 = 0;
      if (load<i8>(own + x) > 0) {
        const alongZ = reacts(low + x) + reacts(high + x);
        const alongY = reacts(front + x) + reacts(back + x);
        const alongX = reacts(own + x - 1) + reacts(own + x + 1);
        area = <f32>alongZ + areaY * <f32>alongY + areaX * <f32>alongX;
      }
      store<f32>(((x & 1) !== 0 ? odd : even) + ((<usize>(x >> 1)) << 2), area);
    }
  }
}
