/**
 * Coarse grids of the multigrid method: two voxels along each axis become one, whatever they are made of, and a face conducts
 * what all faces in it conduct, less because its voxels are further apart. MATERIAL of a coarse voxel is the sum of its faces.
 * What is wrong at a red voxel goes down to the voxel above it, and what is found there comes back to the red ones alone: a sweep over
 * the black ones follows.
 */
import * as board from "./chessboard";
import {
  ALONG_X,
  ALONG_Y,
  ALONG_Z,
  AROUND_Y,
  COLUMNS,
  countOf,
  FAR,
  FLAGS,
  firstOf,
  MATERIAL,
  PAIRS_X,
  PAIRS_Y,
  PAIRS_Z,
  ROWS,
  rowAt,
  seek,
  sideOf,
  upOf,
  WEIGHT_X,
  WEIGHT_Y,
  WEIGHT_Z,
  WIDTH,
  wrap,
  ZERO,
} from "./chessboard";

const zeros = f32x4.splat(0);

/** Where the conductances of a row of a coarse grid stand. */
let alongLow: usize = 0;
let alongHigh: usize = 0;
let alongFront: usize = 0;
let alongBack: usize = 0;
let alongOwn: usize = 0;
let alongMiddle: usize = 0;

function seekFaces(g: usize, c: u32, z: u32, y: u32): void {
  const here = rowAt(g, c, z, y);
  const rows = load<u32>(g, ROWS);
  const faces = <usize>load<u32>(g, ALONG_Y);
  alongLow = load<u32>(g, ALONG_Z) + here;
  alongHigh = load<u32>(g, ALONG_Z) + rowAt(g, 1 - c, z + 1, y);
  alongFront = faces + here;
  alongBack =
    y + 1 < rows
      ? faces + rowAt(g, 1 - c, z, y + 1)
      : (load<u32>(g, FLAGS) & AROUND_Y) !== 0
        ? faces + rowAt(g, 1 - c, z, 0)
        : <usize>load<u32>(g, ZERO);
  alongOwn = load<u32>(g, ALONG_X) + here;
  alongMiddle = load<u32>(g, ALONG_X) + rowAt(g, 1 - c, z, y);
}

/** What comes in from the six neighbours of four voxels; `before` and `behind` along x. */
function inflow(
  i: usize,
  before: usize,
  behind: usize,
  alongBehind: usize,
  low: usize,
  high: usize,
  front: usize,
  back: usize,
): v128 {
  return f32x4.add(
    f32x4.add(
      f32x4.add(
        f32x4.mul(v128.load(alongLow + i), v128.load(low + i)),
        f32x4.mul(v128.load(alongHigh + i), v128.load(high + i)),
      ),
      f32x4.add(
        f32x4.mul(v128.load(alongFront + i), v128.load(front + i)),
        f32x4.mul(v128.load(alongBack + i), v128.load(back + i)),
      ),
    ),
    f32x4.add(
      f32x4.mul(v128.load(alongOwn + i), v128.load(before + i)),
      f32x4.mul(v128.load(alongBehind + i), v128.load(behind + i)),
    ),
  );
}

/** Solves each voxel's balance for its own potential, on a coarse grid. */
export function relaxCoarse(g: usize, field: usize, b: usize, c: u32, z: u32): void {
  const rows = load<u32>(g, ROWS);
  const end = (<usize>load<u32>(g, WIDTH)) << 2;
  for (let y: u32 = 0; y < rows; y++) {
    const at = rowAt(g, c, z, y);
    const side = sideOf(c, z, y);
    const after = side === 4;
    seek(g, field, <usize>load<u32>(g, ZERO), c, z, y);
    seekFaces(g, c, z, y);
    const own = board.own;
    const before = after ? board.middle : board.middle - 4;
    const behind = after ? board.middle + 4 : board.middle;
    const alongBehind = after ? alongMiddle + 4 : alongMiddle;
    const low = board.low;
    const high = board.high;
    const front = board.front;
    const back = board.back;
    const sums = load<u32>(g, MATERIAL) + at;
    for (let i: usize = 0; i < end; i += 16) {
      const d = v128.load(sums + i);
      const sum = f32x4.add(v128.load(b + at + i), inflow(i, before, behind, alongBehind, low, high, front, back));
      v128.store(own + i, v128.and(f32x4.div(sum, d), f32x4.gt(d, zeros)));
    }
  }
  wrap(g, field, c, z);
}

/** b over the diagonal, as the first half of a sweep from nothing. */
export function divideCoarse(g: usize, field: usize, b: usize, c: u32, z: u32): void {
  const rows = load<u32>(g, ROWS);
  const end = (<usize>load<u32>(g, WIDTH)) << 2;
  for (let y: u32 = 0; y < rows; y++) {
    const at = rowAt(g, c, z, y);
    for (let i: usize = 0; i < end; i += 16) {
      const d = v128.load(<usize>load<u32>(g, MATERIAL) + at + i);
      v128.store(field + at + i, v128.and(f32x4.div(v128.load(b + at + i), d), f32x4.gt(d, zeros)));
    }
  }
  wrap(g, field, c, z);
}

/** True where the last two voxels of rows stay single: then one of them stands at the index of both. */
function hasTwoSingles(g: usize): bool {
  return load<u32>(g, COLUMNS) - 2 * load<u32>(g, PAIRS_X) === 2;
}

/**
 * What is wrong at the red voxels, added up for a plane of the next grid. After a sweep nothing is wrong at the black ones.
 * @param b of the grid; that of the next is written
 * @param scratch two rows of the grid and 128 bytes
 */
export function restrict<T>(g: usize, field: usize, b: usize, next: usize, nextB: usize, z: u32, scratch: usize): void {
  const rows = load<u32>(next, ROWS);
  const end = (<usize>load<u32>(g, WIDTH)) << 2;
  const room = end + 64;
  const material = <usize>load<u32>(g, MATERIAL);
  const pairsY = load<u32>(g, PAIRS_Y);
  const pairsZ = load<u32>(g, PAIRS_Z);
  const pairsX = (<usize>load<u32>(g, PAIRS_X)) << 2;
  const alongZ = f32x4.splat(load<f32>(g, WEIGHT_Z));
  const alongY = f32x4.splat(load<f32>(g, WEIGHT_Y));
  const alongX = f32x4.splat(load<f32>(g, WEIGHT_X));
  const nextEnd = (<usize>load<u32>(next, WIDTH)) << 2;
  for (let y: u32 = 0; y < rows; y++) {
    memory.fill(scratch, 0, 2 * room);
    for (let dz: u32 = 0; dz < countOf(z, pairsZ); dz++)
      for (let dy: u32 = 0; dy < countOf(y, pairsY); dy++) {
        const fz = firstOf(z, pairsZ) + dz;
        const fy = firstOf(y, pairsY) + dy;
        const at = rowAt(g, 0, fz, fy);
        const side = sideOf(0, fz, fy);
        const after = side === 4;
        const sum = scratch + (after ? room : 0);
        if (isInteger<T>()) {
          seek(g, field, <usize>load<u32>(g, ZERO), 0, fz, fy);
          const middle = board.middle;
          const low = board.low;
          const high = board.high;
          const front = board.front;
          const back = board.back;
          const code = material + (at >> 2);
          for (let i: usize = 0; i < end; i += 16) {
            const in4 = f32x4.add(
              f32x4.add(
                f32x4.add(v128.load(low + i), v128.load(high + i)),
                f32x4.add(v128.load(front + i), v128.load(back + i)),
              ),
              f32x4.add(v128.load(middle + i), v128.load(middle + i + side)),
            );
            const k = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(code + (i >> 2))));
            const left = v128.and(in4, i32x4.ne(k, i32x4.splat(0)));
            v128.store(sum + i, f32x4.add(v128.load(sum + i), left));
          }
        } else if (sizeof<T>() === 4) {
          // What black voxels send, whose own red neighbours were there before them, is all that is wrong.
          seek(g, material, <usize>load<u32>(g, FAR), 0, fz, fy);
          const ro = board.own;
          const rm = board.middle;
          const rl = board.low;
          const rh = board.high;
          const rf = board.front;
          const rb = board.back;
          seek(g, field, <usize>load<u32>(g, ZERO), 0, fz, fy);
          const middle = board.middle;
          const low = board.low;
          const high = board.high;
          const front = board.front;
          const back = board.back;
          for (let i: usize = 0; i < end; i += 16) {
            const r = v128.load(ro + i);
            const in4 = f32x4.add(
              f32x4.add(
                f32x4.add(
                  f32x4.mul(f32x4.div(alongZ, f32x4.add(r, v128.load(rl + i))), v128.load(low + i)),
                  f32x4.mul(f32x4.div(alongZ, f32x4.add(r, v128.load(rh + i))), v128.load(high + i)),
                ),
                f32x4.add(
                  f32x4.mul(f32x4.div(alongY, f32x4.add(r, v128.load(rf + i))), v128.load(front + i)),
                  f32x4.mul(f32x4.div(alongY, f32x4.add(r, v128.load(rb + i))), v128.load(back + i)),
                ),
              ),
              f32x4.add(
                f32x4.mul(f32x4.div(alongX, f32x4.add(r, v128.load(rm + i))), v128.load(middle + i)),
                f32x4.mul(f32x4.div(alongX, f32x4.add(r, v128.load(rm + i + side))), v128.load(middle + i + side)),
              ),
            );
            v128.store(sum + i, f32x4.add(v128.load(sum + i), v128.and(in4, board.inside(i, end))));
          }
        } else {
          seek(g, field, <usize>load<u32>(g, ZERO), 0, fz, fy);
          seekFaces(g, 0, fz, fy);
          const own = board.own;
          const before = after ? board.middle : board.middle - 4;
          const behind = after ? board.middle + 4 : board.middle;
          const alongBehind = after ? alongMiddle + 4 : alongMiddle;
          const low = board.low;
          const high = board.high;
          const front = board.front;
          const back = board.back;
          for (let i: usize = 0; i < end; i += 16) {
            const d = v128.load(material + at + i);
            const kept = f32x4.sub(v128.load(b + at + i), f32x4.mul(d, v128.load(own + i)));
            const left = f32x4.add(kept, inflow(i, before, behind, alongBehind, low, high, front, back));
            v128.store(sum + i, f32x4.add(v128.load(sum + i), v128.and(left, f32x4.gt(d, zeros))));
          }
        }
      }
    const last = load<f32>(scratch + pairsX);
    const lastAfter = load<f32>(scratch + room + pairsX);
    for (let i: usize = 0; i < end; i += 16)
      v128.store(scratch + i, f32x4.add(v128.load(scratch + i), v128.load(scratch + room + i)));
    memory.fill(scratch + end, 0, 64);
    if (hasTwoSingles(g)) {
      store<f32>(scratch + pairsX, last);
      store<f32>(scratch + pairsX + 4, lastAfter);
    }
    const even = nextB + rowAt(next, (z + y) & 1, z, y);
    const odd = nextB + rowAt(next, (z + y + 1) & 1, z, y);
    for (let i: usize = 0; i < nextEnd; i += 16) {
      const one = v128.load(scratch + 2 * i);
      const two = v128.load(scratch + 2 * i + 16);
      v128.store(even + i, v128.shuffle<f32>(one, two, 0, 2, 4, 6));
      v128.store(odd + i, v128.shuffle<f32>(one, two, 1, 3, 5, 7));
    }
  }
}

/** Adds what was found on the next grid to the red voxels of a plane. */
export function prolong<T>(g: usize, field: usize, next: usize, found: usize, z: u32): void {
  const rows = load<u32>(g, ROWS);
  const end = (<usize>load<u32>(g, WIDTH)) << 2;
  const material = <usize>load<u32>(g, MATERIAL);
  const up = upOf(z, load<u32>(g, PAIRS_Z));
  const pairsX = (<usize>load<u32>(g, PAIRS_X)) << 2;
  for (let y: u32 = 0; y < rows; y++) {
    const upY = upOf(y, load<u32>(g, PAIRS_Y));
    const at = rowAt(g, 0, z, y);
    const even = found + rowAt(next, (up + upY) & 1, up, upY);
    const odd = found + rowAt(next, (up + upY + 1) & 1, up, upY);
    const own = field + at;
    const single = hasTwoSingles(g) && sideOf(0, z, y) === 4;
    const last = load<f32>(own + pairsX);
    for (let i: usize = 0; i < end; i += 16) {
      const more = v128.shuffle<f32>(v128.load64_zero(even + (i >> 1)), v128.load64_zero(odd + (i >> 1)), 0, 4, 1, 5);
      let here = zeros;
      if (isInteger<T>()) {
        const k = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(material + ((at + i) >> 2))));
        here = i32x4.ne(k, i32x4.splat(0));
      } else if (sizeof<T>() === 4)
        here = v128.and(f32x4.lt(v128.load(material + at + i), f32x4.splat(f32.MAX_VALUE)), board.inside(i, end));
      else here = f32x4.gt(v128.load(material + at + i), zeros);
      v128.store(own + i, f32x4.add(v128.load(own + i), v128.and(more, here)));
    }
    if (single) {
      // Its index is that of its pair; its own voxel of the next grid is one further.
      const n = (pairsX >> 2) + 1;
      const where = ((n & 1) === 1 ? odd : even) + ((n >> 1) << 2);
      store<f32>(own + pairsX, isThere<T>(material, at + pairsX) ? last + load<f32>(where) : last);
    }
  }
  wrap(g, field, 0, z);
}

function isThere<T>(material: usize, at: usize): bool {
  if (isInteger<T>()) return load<u8>(material + (at >> 2)) !== 0;
  if (sizeof<T>() === 4) return load<f32>(material + at) < f32.MAX_VALUE;
  return load<f32>(material + at) > 0;
}
