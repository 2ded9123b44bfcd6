/**
 * The largest ball that covers each voxel. Sizes of balls are numbers, ascending from 1 on; 0 is no ball. A size is 8 or 16 bits
 * wide. A ball has the voxels whose centres lie nearer than its radius.
 */

/**
 * Numbers of the largest sizes that are not above distances; what is 0 before stays where there is none.
 * @param guess 32 bits for each sixteenth of a unit: the number of sizes not above it
 * @param bounds float32 of each size, that of number 1 behind one that is never read, and infinity at the end
 * @param last the largest radius
 * @param inside a byte a voxel, 0 where there is no ball; or 0 for none
 */
export function sizesOf<T>(
  src: usize,
  row: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  guess: usize,
  bounds: usize,
  last: f32,
  inside: usize,
  insideRow: usize,
): void {
  const nothing = f32x4.splat(0);
  for (let y: usize = 0; y < rows; y++) {
    const from = src + y * row;
    const to = dst + y * dstRow;
    for (let x: usize = 0; x < columns; x += 4) {
      if (!v128.any_true(f32x4.gt(v128.load(from + (x << 2)), nothing))) continue;
      const end = min<usize>(x + 4, columns);
      for (let at = x; at < end; at++) {
        const far = load<f32>(from + (at << 2));
        if (!(far > 0) || (inside !== 0 && load<u8>(inside + y * insideRow + at) === 0)) continue;
        let size = load<u32>(guess + ((<usize>(min<f32>(far, last) * 16)) << 2));
        while (load<f32>(bounds + ((<usize>size + 1) << 2)) <= far) size++;
        store<T>(to + at * sizeof<T>(), <T>size);
      }
    }
  }
}

/**
 * Lists the voxels of a plane whose ball lies in no ball of a neighbour: the others add nothing.
 * @param sizes first voxel of the plane; there is one more on each side
 * @param around for each of 26 neighbours its distance in bytes and the address of a table: for each size the least one whose
 * ball, there, holds the ball here
 * @param out row, column and size of each, 32 bits each
 * @returns how many
 */
export function outermostBalls<T>(
  sizes: usize,
  row: usize,
  rows: usize,
  columns: usize,
  around: usize,
  out: usize,
): usize {
  let to = out;
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x++) {
      const at = sizes + y * row + x * sizeof<T>();
      const size = <u32>load<T>(at);
      if (size === 0) continue;
      let held = false;
      for (let k: usize = 0; k < 208; k += 8) {
        const other = <u32>load<T>(at + <usize>load<i32>(around + k));
        if (other > size && other >= load<u32>(<usize>load<u32>(around + k, 4) + ((<usize>size) << 2))) {
          held = true;
          break;
        }
      }
      if (held) continue;
      store<u32>(to, <u32>y);
      store<u32>(to, <u32>x, 4);
      store<u32>(to, size, 8);
      to += 12;
    }
  return (to - out) / 12;
}

const LANES = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

function larger<T>(at: usize, value: v128): void {
  const here = v128.load(at);
  v128.store(at, sizeof<T>() === 1 ? i8x16.max_u(here, value) : i16x8.max_u(here, value));
}

/** Raises a run of voxels to a size. Up to 15 bytes behind it are written again as they are. */
function raiseRun<T>(at: usize, bytes: usize, value: v128): void {
  let k: usize = 0;
  for (; k + 16 <= bytes; k += 16) larger<T>(at + k, value);
  if (k < bytes) larger<T>(at + k, v128.and(value, i8x16.lt_u(LANES, i8x16.splat(<i8>(bytes - k)))));
}

/**
 * Paints balls over each other, the larger one on top.
 * @param list as {@link outermostBalls} gives it
 * @param top, left what is taken from row and column, and `z` the plane of the centres, in voxels of `dst`
 * @param balls for each size: square of its radius (f64), reach along z, y, x (i32), address of its rows or 0, their number,
 * and 4 bytes for alignment; a row has four i32: bytes from the centre to its first voxel, bytes, and its place along z and y
 * @param weights squares of the distances of neighbours along z, y, x (f64)
 */
export function paintBalls<T>(
  list: usize,
  count: usize,
  z: i32,
  top: i32,
  left: i32,
  dst: usize,
  row: i32,
  plane: i32,
  planes: i32,
  rows: i32,
  columns: i32,
  balls: usize,
  weights: usize,
): void {
  const wz = load<f64>(weights);
  const wy = load<f64>(weights, 8);
  const wx = load<f64>(weights, 16);
  for (let k: usize = 0; k < count; k++) {
    const y = load<i32>(list + k * 12) - top;
    const x = load<i32>(list + k * 12, 4) - left;
    const size = load<u32>(list + k * 12, 8);
    const ball = balls + <usize>size * 32;
    const rz = load<i32>(ball, 8);
    const ry = load<i32>(ball, 12);
    const rx = load<i32>(ball, 16);
    if (z + rz < 0 || z - rz >= planes || y + ry < 0 || y - ry >= rows || x + rx < 0 || x - rx >= columns) continue;
    const value = sizeof<T>() === 1 ? i8x16.splat(<i8>size) : i16x8.splat(<i16>size);
    const centre = <i32>dst + z * plane + y * row + x * sizeof<T>();
    const table = <usize>load<u32>(ball, 20);
    const inner = z >= rz && z + rz < planes && y >= ry && y + ry < rows && x >= rx && x + rx < columns;
    if (table !== 0 && inner) {
      const end = table + ((<usize>load<u32>(ball, 24)) << 4);
      for (let at = table; at < end; at += 16)
        raiseRun<T>(<usize>(centre + load<i32>(at)), <usize>load<i32>(at, 4), value);
      continue;
    }
    const square = load<f64>(ball);
    for (let dz = max<i32>(-rz, -z); dz <= min<i32>(rz, planes - 1 - z); dz++) {
      const rest = square - wz * <f64>(dz * dz);
      for (let dy = max<i32>(-ry, -y); dy <= min<i32>(ry, rows - 1 - y); dy++) {
        const along = rest - wy * <f64>(dy * dy);
        if (along <= 0) continue;
        const half = <i32>Math.ceil(Math.sqrt(along / wx)) - 1;
        const from = max<i32>(-half, -x);
        const to = min<i32>(half, columns - 1 - x);
        if (from > to) continue;
        const at = centre + dz * plane + dy * row + from * sizeof<T>();
        raiseRun<T>(<usize>at, <usize>((to - from + 1) * sizeof<T>()), value);
      }
    }
  }
}

/** What sizes become. @param table float32 for each size, from 0 on */
export function valuesOfSizes<T>(
  src: usize,
  row: usize,
  dst: usize,
  dstRow: usize,
  rows: usize,
  columns: usize,
  table: usize,
): void {
  for (let y: usize = 0; y < rows; y++) {
    const from = src + y * row;
    const to = dst + y * dstRow;
    for (let x: usize = 0; x < columns; x++)
      store<f32>(to + (x << 2), load<f32>(table + ((<usize>load<T>(from + x * sizeof<T>())) << 2)));
  }
}
