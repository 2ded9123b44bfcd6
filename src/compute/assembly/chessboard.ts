/**
 * Where things lie in a grid of voxels that is cut into two colours like a chessboard: voxel (z, y, x) has the colour
 * (z + y + x) & 1, and each row keeps every second voxel, of index x >> 1. All neighbours of a voxel have the other colour: those
 * along z and y the same index in their rows, those along x the same index and the one before or after it. So a sweep over
 * one colour is over whole vectors, and what it reads nobody writes.
 *
 * A grid is described by 32-bit numbers at an address; threads that share the memory share the description. A field is an
 * array of float32 with both colours, one behind the other. Rows have room for an element before and one behind: voxels
 * beyond the faces, 0 or, where x is periodic, those of the other side.
 */
export const PLANES: usize = 0;
export const ROWS: usize = 4;
export const COLUMNS: usize = 8;
/** Voxels of one colour in a row; bytes of a row, a plane, a colour. */
export const WIDTH: usize = 12;
export const ROW: usize = 16;
export const PLANE: usize = 20;
export const COLOUR: usize = 24;
export const FLAGS: usize = 28;
/** A row of zeros, and one of infinities. */
export const ZERO: usize = 32;
export const FAR: usize = 36;
/** What the voxels are: see conduction.ts. */
export const MATERIAL: usize = 40;
/** Conductances of the faces before each voxel, of a coarse grid. */
export const ALONG_Z: usize = 44;
export const ALONG_Y: usize = 48;
export const ALONG_X: usize = 52;
/** Twice the weights of faces across z, y, x: (step along z / step)². */
export const WEIGHT_Z: usize = 56;
export const WEIGHT_Y: usize = 60;
export const WEIGHT_X: usize = 64;
/** What a reacting face takes out of its voxel, in units of the potential there; where voxels are no cubes, a face across z. */
export const REACTION: usize = 68;
/** The potential at the first face; what each reacting face puts into its voxel. */
export const DRIVE: usize = 72;
export const SOURCE: usize = 76;
/** Pairs of voxels along each axis that become one of the next grid; the others stay single. */
export const PAIRS_Z: usize = 80;
export const PAIRS_Y: usize = 84;
export const PAIRS_X: usize = 88;
/** Of voxels that are not alike, a field of the walls of each: the area of its reacting faces over that of a face across z. 0: none. */
export const WALLS: usize = 92;

/** Flags. */
export const AROUND_Z: u32 = 1;
export const AROUND_Y: u32 = 2;
export const AROUND_X: u32 = 4;
/** A fixed potential half a voxel before the first plane, and behind the last one. */
export const FIXED_FIRST: u32 = 8;
export const FIXED_LAST: u32 = 16;

/** Bytes from the begin of a field to a row. */
export function rowAt(g: usize, c: u32, z: u32, y: u32): usize {
  return <usize>c * load<u32>(g, COLOUR) + <usize>z * load<u32>(g, PLANE) + <usize>y * load<u32>(g, ROW);
}

/** The walls of a row that begins `at` bytes from the begin of a field; zeros where there are none. */
export function wallsAt(g: usize, at: usize): usize {
  const walls = <usize>load<u32>(g, WALLS);
  return walls === 0 ? <usize>load<u32>(g, ZERO) : walls + at;
}

/** Where the other neighbour along x stands, in bytes from that of the same index. */
export function sideOf(c: u32, z: u32, y: u32): usize {
  return ((z + y + c) & 1) === 1 ? 4 : <usize>-4;
}

export let own: usize = 0;
export let middle: usize = 0;
export let low: usize = 0;
export let high: usize = 0;
export let front: usize = 0;
export let back: usize = 0;

/** Finds the rows of a field around one of colour `c`; beyond the faces that at `beyond`. */
export function seek(g: usize, field: usize, beyond: usize, c: u32, z: u32, y: u32): void {
  const flags = load<u32>(g, FLAGS);
  const planes = load<u32>(g, PLANES);
  const rows = load<u32>(g, ROWS);
  const row = <usize>load<u32>(g, ROW);
  const plane = <usize>load<u32>(g, PLANE);
  own = field + rowAt(g, c, z, y);
  middle = field + rowAt(g, 1 - c, z, y);
  low = z > 0 ? middle - plane : (flags & AROUND_Z) !== 0 ? middle + (planes - 1) * plane : beyond;
  high = z + 1 < planes ? middle + plane : (flags & AROUND_Z) !== 0 ? middle - z * plane : beyond;
  front = y > 0 ? middle - row : (flags & AROUND_Y) !== 0 ? middle + (rows - 1) * row : beyond;
  back = y + 1 < rows ? middle + row : (flags & AROUND_Y) !== 0 ? middle - y * row : beyond;
}

/** Puts the voxels of the other side before and behind the rows of a plane, where x is periodic. */
export function wrap(g: usize, field: usize, c: u32, z: u32): void {
  if ((load<u32>(g, FLAGS) & AROUND_X) === 0) return;
  const rows = load<u32>(g, ROWS);
  const end = (<usize>load<u32>(g, WIDTH)) << 2;
  for (let y: u32 = 0; y < rows; y++) {
    const at = field + rowAt(g, c, z, y);
    store<u32>(at - 4, load<u32>(at + end - 4));
    store<u32>(at + end, load<u32>(at));
  }
}

/** Ones in the lanes from index `i` (in bytes) that are still in a row of `end` bytes. */
export function inside(i: usize, end: usize): v128 {
  return i32x4.lt_s(i32x4.add(i32x4.splat(<i32>i), i32x4(0, 4, 8, 12)), i32x4.splat(<i32>end));
}

export function lanes(v: v128): f64 {
  return (
    <f64>f32x4.extract_lane(v, 0) +
    <f64>f32x4.extract_lane(v, 1) +
    (<f64>f32x4.extract_lane(v, 2) + <f64>f32x4.extract_lane(v, 3))
  );
}

/** Times that a voxel of the plane touches a fixed potential. */
export function ends(g: usize, z: u32): u32 {
  const flags = load<u32>(g, FLAGS);
  return (
    <u32>(z === 0 && (flags & FIXED_FIRST) !== 0) + <u32>(z + 1 === load<u32>(g, PLANES) && (flags & FIXED_LAST) !== 0)
  );
}

/** Voxels of a grid that become voxel `n` of the next: from the first on, one or two. */
export function firstOf(n: u32, pairs: u32): u32 {
  return n < pairs ? 2 * n : n + pairs;
}

export function countOf(n: u32, pairs: u32): u32 {
  return n < pairs ? 2 : 1;
}

export function upOf(n: u32, pairs: u32): u32 {
  return n < 2 * pairs ? n >> 1 : n - pairs;
}
