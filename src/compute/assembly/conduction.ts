/**
 * Conduction between voxels (finite volumes, a point at the centre of each voxel): sweeps over one colour of a plane of a
 * chessboard.ts grid. What a voxel of conductivity σ passes to a neighbour of conductivity τ is 2/(1/σ + 1/τ) times the difference
 * of their potentials and the weight of the face, and to a fixed potential half a voxel away 2σ times.
 *
 * T is u8 where all that conducts conducts alike and voxels are cubes: then a voxel's MATERIAL is a byte, the number of its
 * conducting faces (a fixed potential counts twice) and in the upper half that of its reacting ones; 0 where nothing conducts. Potentials
 * of voxels that do not conduct are 0, so that neighbours are added up without looking. T is f32 for all else: then a voxel's
 * MATERIAL is its resistivity, infinite where nothing conducts, and its reacting faces stand in WALLS.
 */

import * as board from "./chessboard";
import {
  ends,
  FAR,
  inside,
  lanes,
  MATERIAL,
  REACTION,
  ROW,
  ROWS,
  rowAt,
  seek,
  sideOf,
  WEIGHT_X,
  WEIGHT_Y,
  WEIGHT_Z,
  WIDTH,
  wallsAt,
  wrap,
  ZERO,
} from "./chessboard";

/** First byte of memory that the caller may use. */
export function heapBase(): usize {
  return __heap_base;
}

/** What leaves four voxels at the potential 1 while all around is 0, from their bytes. */
function diagonal(code: usize, reaction: v128): v128 {
  const k = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(code)));
  const faces = f32x4.convert_i32x4_u(v128.and(k, i32x4.splat(15)));
  return f32x4.add(faces, f32x4.mul(reaction, f32x4.convert_i32x4_u(i32x4.shr_u(k, 4))));
}

function six(low: usize, high: usize, front: usize, back: usize, middle: usize, side: usize): v128 {
  return f32x4.add(
    f32x4.add(f32x4.add(v128.load(low), v128.load(high)), f32x4.add(v128.load(front), v128.load(back))),
    f32x4.add(v128.load(middle), v128.load(middle + side)),
  );
}

function through(weight: v128, resistivity: v128, other: usize): v128 {
  return f32x4.div(weight, f32x4.add(resistivity, v128.load(other)));
}

/** What voxels exchange with no other voxel: with a fixed potential, and with their walls. */
function single(atEnds: v128, resistivity: v128, reaction: v128, walls: usize): v128 {
  return f32x4.add(f32x4.div(atEnds, resistivity), f32x4.mul(reaction, v128.load(walls)));
}

const zeros = f32x4.splat(0);

/** Solves each voxel's balance for its own potential, with the right-hand side `b`; returns Σ b·potential. */
export function relax<T>(g: usize, field: usize, b: usize, c: u32, z: u32): f64 {
  const rows = load<u32>(g, ROWS);
  const end = (<usize>load<u32>(g, WIDTH)) << 2;
  const material = <usize>load<u32>(g, MATERIAL);
  const zero = <usize>load<u32>(g, ZERO);
  const reaction = f32x4.splat(load<f32>(g, REACTION));
  let total: f64 = 0;
  for (let y: u32 = 0; y < rows; y++) {
    const at = rowAt(g, c, z, y);
    const side = sideOf(c, z, y);
    let dot = zeros;
    if (isInteger<T>()) {
      seek(g, field, zero, c, z, y);
      const own = board.own;
      const middle = board.middle;
      const low = board.low;
      const high = board.high;
      const front = board.front;
      const back = board.back;
      const code = material + (at >> 2);
      for (let i: usize = 0; i < end; i += 16) {
        const sum = six(low + i, high + i, front + i, back + i, middle + i, side);
        const d = diagonal(code + (i >> 2), reaction);
        const rhs = v128.load(b + at + i);
        const value = v128.and(f32x4.div(f32x4.add(rhs, sum), d), f32x4.gt(d, zeros));
        v128.store(own + i, value);
        dot = f32x4.add(dot, f32x4.mul(rhs, value));
      }
    } else {
      seek(g, material, <usize>load<u32>(g, FAR), c, z, y);
      const ro = board.own;
      const rm = board.middle;
      const rl = board.low;
      const rh = board.high;
      const rf = board.front;
      const rb = board.back;
      seek(g, field, zero, c, z, y);
      const own = board.own;
      const middle = board.middle;
      const low = board.low;
      const high = board.high;
      const front = board.front;
      const back = board.back;
      const alongZ = f32x4.splat(load<f32>(g, WEIGHT_Z));
      const alongY = f32x4.splat(load<f32>(g, WEIGHT_Y));
      const alongX = f32x4.splat(load<f32>(g, WEIGHT_X));
      const atEnds = f32x4.mul(alongZ, f32x4.splat(<f32>ends(g, z)));
      const walls = wallsAt(g, at);
      for (let i: usize = 0; i < end; i += 16) {
        const r = v128.load(ro + i);
        const gl = through(alongZ, r, rl + i);
        const gh = through(alongZ, r, rh + i);
        const gf = through(alongY, r, rf + i);
        const gb = through(alongY, r, rb + i);
        const gm = through(alongX, r, rm + i);
        const gs = through(alongX, r, rm + i + side);
        const d = f32x4.add(
          f32x4.add(f32x4.add(gl, gh), f32x4.add(gf, gb)),
          f32x4.add(f32x4.add(gm, gs), single(atEnds, r, reaction, walls + i)),
        );
        const sum = f32x4.add(
          f32x4.add(
            f32x4.add(f32x4.mul(gl, v128.load(low + i)), f32x4.mul(gh, v128.load(high + i))),
            f32x4.add(f32x4.mul(gf, v128.load(front + i)), f32x4.mul(gb, v128.load(back + i))),
          ),
          f32x4.add(f32x4.mul(gm, v128.load(middle + i)), f32x4.mul(gs, v128.load(middle + i + side))),
        );
        const rhs = v128.load(b + at + i);
        const value = v128.and(f32x4.div(f32x4.add(rhs, sum), d), v128.and(f32x4.gt(d, zeros), inside(i, end)));
        v128.store(own + i, value);
        dot = f32x4.add(dot, f32x4.mul(rhs, value));
      }
    }
    total += lanes(dot);
  }
  wrap(g, field, c, z);
  return total;
}

/** What flows out of the voxels of four lanes, and the potential there times that; the row has been sought. */
function outflow<T>(
  i: usize,
  end: usize,
  at: usize,
  side: usize,
  material: usize,
  walls: usize,
  reaction: v128,
  alongZ: v128,
  alongY: v128,
  alongX: v128,
  atEnds: v128,
  ro: usize,
  rm: usize,
  rl: usize,
  rh: usize,
  rf: usize,
  rb: usize,
  own: usize,
  middle: usize,
  low: usize,
  high: usize,
  front: usize,
  back: usize,
): v128 {
  const x = v128.load(own + i);
  if (isInteger<T>()) {
    const d = diagonal(material + ((at + i) >> 2), reaction);
    const sum = six(low + i, high + i, front + i, back + i, middle + i, side);
    return v128.and(f32x4.sub(f32x4.mul(d, x), sum), f32x4.gt(d, zeros));
  }
  const r = v128.load(ro + i);
  const flow = f32x4.add(
    f32x4.add(
      f32x4.add(
        f32x4.mul(through(alongZ, r, rl + i), f32x4.sub(x, v128.load(low + i))),
        f32x4.mul(through(alongZ, r, rh + i), f32x4.sub(x, v128.load(high + i))),
      ),
      f32x4.add(
        f32x4.mul(through(alongY, r, rf + i), f32x4.sub(x, v128.load(front + i))),
        f32x4.mul(through(alongY, r, rb + i), f32x4.sub(x, v128.load(back + i))),
      ),
    ),
    f32x4.add(
      f32x4.mul(through(alongX, r, rm + i), f32x4.sub(x, v128.load(middle + i))),
      f32x4.add(
        f32x4.mul(through(alongX, r, rm + i + side), f32x4.sub(x, v128.load(middle + i + side))),
        f32x4.mul(single(atEnds, r, reaction, walls + i), x),
      ),
    ),
  );
  return v128.and(flow, inside(i, end));
}

/** Σ p·Ap over the voxels of one colour in a plane. */
export function dissipated<T>(g: usize, p: usize, c: u32, z: u32): f64 {
  return along<T>(g, p, 0, 0, 0, c, z);
}

/** Goes the way `step` along p: x += step·p, r −= step·Ap. Returns the plane's Σ r of this colour. */
export function advance<T>(g: usize, p: usize, x: usize, r: usize, step: f32, c: u32, z: u32): f64 {
  return along<T>(g, p, x, r, step, c, z);
}

function along<T>(g: usize, p: usize, x: usize, r: usize, step: f32, c: u32, z: u32): f64 {
  const rows = load<u32>(g, ROWS);
  const end = (<usize>load<u32>(g, WIDTH)) << 2;
  const material = <usize>load<u32>(g, MATERIAL);
  const reaction = f32x4.splat(load<f32>(g, REACTION));
  const alongZ = f32x4.splat(load<f32>(g, WEIGHT_Z));
  const alongY = f32x4.splat(load<f32>(g, WEIGHT_Y));
  const alongX = f32x4.splat(load<f32>(g, WEIGHT_X));
  const atEnds = f32x4.mul(alongZ, f32x4.splat(<f32>ends(g, z)));
  const way = f32x4.splat(step);
  let total: f64 = 0;
  for (let y: u32 = 0; y < rows; y++) {
    const at = rowAt(g, c, z, y);
    const side = sideOf(c, z, y);
    if (!isInteger<T>()) seek(g, material, <usize>load<u32>(g, FAR), c, z, y);
    const ro = board.own;
    const rm = board.middle;
    const rl = board.low;
    const rh = board.high;
    const rf = board.front;
    const rb = board.back;
    seek(g, p, <usize>load<u32>(g, ZERO), c, z, y);
    const own = board.own;
    const middle = board.middle;
    const low = board.low;
    const high = board.high;
    const front = board.front;
    const back = board.back;
    const walls = wallsAt(g, at);
    let sum = zeros;
    for (let i: usize = 0; i < end; i += 16) {
      // biome-ignore format: the rows of the material, then those of the field
      const q = outflow<T>(i, end, at, side, material, walls, reaction, alongZ, alongY, alongX, atEnds,
        ro, rm, rl, rh, rf, rb, own, middle, low, high, front, back);
      const here = v128.load(own + i);
      if (r === 0) {
        sum = f32x4.add(sum, f32x4.mul(q, here));
        continue;
      }
      const left = f32x4.sub(v128.load(r + at + i), f32x4.mul(way, q));
      v128.store(r + at + i, left);
      sum = f32x4.add(sum, left);
      v128.store(x + at + i, f32x4.add(v128.load(x + at + i), f32x4.mul(way, here)));
    }
    total += lanes(sum);
  }
  return total;
}

/** b over the diagonal, as the first half of a sweep from nothing. */
export function divide<T>(g: usize, field: usize, b: usize, c: u32, z: u32): void {
  const rows = load<u32>(g, ROWS);
  const end = (<usize>load<u32>(g, WIDTH)) << 2;
  const material = <usize>load<u32>(g, MATERIAL);
  const reaction = f32x4.splat(load<f32>(g, REACTION));
  const alongZ = f32x4.splat(load<f32>(g, WEIGHT_Z));
  const alongY = f32x4.splat(load<f32>(g, WEIGHT_Y));
  const alongX = f32x4.splat(load<f32>(g, WEIGHT_X));
  const atEnds = f32x4.mul(alongZ, f32x4.splat(<f32>ends(g, z)));
  for (let y: u32 = 0; y < rows; y++) {
    const at = rowAt(g, c, z, y);
    const side = sideOf(c, z, y);
    if (!isInteger<T>()) seek(g, material, <usize>load<u32>(g, FAR), c, z, y);
    const rm = board.middle;
    const rl = board.low;
    const rh = board.high;
    const rf = board.front;
    const rb = board.back;
    const walls = wallsAt(g, at);
    for (let i: usize = 0; i < end; i += 16) {
      let d = zeros;
      let valid = zeros;
      if (isInteger<T>()) {
        d = diagonal(material + ((at + i) >> 2), reaction);
        valid = f32x4.gt(d, zeros);
      } else {
        const r = v128.load(material + at + i);
        d = f32x4.add(
          f32x4.add(
            f32x4.add(through(alongZ, r, rl + i), through(alongZ, r, rh + i)),
            f32x4.add(through(alongY, r, rf + i), through(alongY, r, rb + i)),
          ),
          f32x4.add(
            f32x4.add(through(alongX, r, rm + i), through(alongX, r, rm + i + side)),
            single(atEnds, r, reaction, walls + i),
          ),
        );
        valid = v128.and(f32x4.gt(d, zeros), inside(i, end));
      }
      v128.store(field + at + i, v128.and(f32x4.div(v128.load(b + at + i), d), valid));
    }
  }
  wrap(g, field, c, z);
}

/** p = z + β·p. */
export function turn(g: usize, p: usize, z: usize, beta: f32, c: u32, plane: u32): void {
  const from = rowAt(g, c, plane, 0);
  const bytes = <usize>load<u32>(g, ROWS) * <usize>load<u32>(g, ROW);
  const times = f32x4.splat(beta);
  for (let i = from; i < from + bytes; i += 16)
    v128.store(p + i, f32x4.add(v128.load(z + i), f32x4.mul(times, v128.load(p + i))));
  wrap(g, p, c, plane);
}

/** A potential for all voxels of a plane that conduct. */
export function begin<T>(g: usize, field: usize, value: f32, c: u32, z: u32): void {
  const rows = load<u32>(g, ROWS);
  const end = (<usize>load<u32>(g, WIDTH)) << 2;
  const material = <usize>load<u32>(g, MATERIAL);
  const level = f32x4.splat(value);
  for (let y: u32 = 0; y < rows; y++) {
    const at = rowAt(g, c, z, y);
    for (let i: usize = 0; i < end; i += 16) {
      let here = zeros;
      if (isInteger<T>()) here = f32x4.gt(diagonal(material + ((at + i) >> 2), f32x4.splat(1)), zeros);
      else here = v128.and(f32x4.lt(v128.load(material + at + i), f32x4.splat(f32.MAX_VALUE)), inside(i, end));
      v128.store(field + at + i, v128.and(level, here));
    }
  }
  wrap(g, field, c, z);
}
