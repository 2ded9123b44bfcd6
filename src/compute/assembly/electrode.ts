/**
 * Electrodes whose pores charge their walls: what reacting faces take of a field, and sums of fields. T is u8 where voxels are alike, else
 * f32, as in conduction.ts; faces count by their area, over that of a face across z.
 */
import { lanes, MATERIAL, ROW, ROWS, rowAt, WALLS, WIDTH, wrap } from "./chessboard";

const zeros = f32x4.splat(0);

/** Reacting faces of four voxels of float32 index `i` (in bytes) from the begin of a field. */
function reacting<T>(faces: usize, i: usize): v128 {
  if (!isInteger<T>()) return v128.load(faces + i);
  const code = faces + (i >> 2);
  const k = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(code)));
  return f32x4.convert_i32x4_u(i32x4.shr_u(k, 4));
}

/** Where reacting faces stand. */
function facesIn<T>(g: usize): usize {
  return isInteger<T>() ? <usize>load<u32>(g, MATERIAL) : <usize>load<u32>(g, WALLS);
}

/** `to` = reacting faces times the field, for one colour of a plane; Σ faces·field². */
export function react<T>(g: usize, field: usize, to: usize, c: u32, z: u32): f64 {
  const rows = load<u32>(g, ROWS);
  const end = (<usize>load<u32>(g, WIDTH)) << 2;
  const faces = facesIn<T>(g);
  let total: f64 = 0;
  for (let y: u32 = 0; y < rows; y++) {
    const at = rowAt(g, c, z, y);
    let sum = zeros;
    for (let i: usize = 0; i < end; i += 16) {
      const value = v128.load(field + at + i);
      const taken = f32x4.mul(reacting<T>(faces, at + i), value);
      v128.store(to + at + i, taken);
      sum = f32x4.add(sum, f32x4.mul(taken, value));
    }
    total += lanes(sum);
  }
  return total;
}

/** to = a·one + b·two + d·three, for one colour of a plane. */
export function combine(
  g: usize,
  to: usize,
  a: f32,
  one: usize,
  b: f32,
  two: usize,
  d: f32,
  three: usize,
  c: u32,
  z: u32,
): void {
  const from = rowAt(g, c, z, 0);
  const bytes = <usize>load<u32>(g, ROWS) * <usize>load<u32>(g, ROW);
  for (let i = from; i < from + bytes; i += 16) {
    const sum = f32x4.add(
      f32x4.mul(f32x4.splat(a), v128.load(one + i)),
      f32x4.add(f32x4.mul(f32x4.splat(b), v128.load(two + i)), f32x4.mul(f32x4.splat(d), v128.load(three + i))),
    );
    v128.store(to + i, sum);
  }
  wrap(g, to, c, z);
}

/** Adds to four float64 at `sums`: conducting voxels of a plane, their reacting faces, their potentials, and potentials times faces. */
export function profilePlane<T>(g: usize, field: usize, c: u32, z: u32, sums: usize): void {
  const rows = load<u32>(g, ROWS);
  const width = load<u32>(g, WIDTH);
  const material = <usize>load<u32>(g, MATERIAL);
  const walls = facesIn<T>(g);
  let voxels: u32 = 0;
  let faces: f64 = 0;
  let potential: f64 = 0;
  let taken: f64 = 0;
  for (let y: u32 = 0; y < rows; y++) {
    const at = rowAt(g, c, z, y);
    for (let n: usize = 0; n < width; n++) {
      const i = at + (n << 2);
      let reacts: f64 = 0;
      if (isInteger<T>()) {
        const code = <u32>load<u8>(material + (i >> 2));
        if (code === 0) continue;
        reacts = <f64>(code >> 4);
      } else {
        if (!(load<f32>(material + i) < f32.MAX_VALUE)) continue;
        reacts = <f64>load<f32>(walls + i);
      }
      voxels++;
      faces += reacts;
      const value = <f64>load<f32>(field + i);
      potential += value;
      taken += value * reacts;
    }
  }
  store<f64>(sums, load<f64>(sums) + <f64>voxels);
  store<f64>(sums, load<f64>(sums, 8) + faces, 8);
  store<f64>(sums, load<f64>(sums, 16) + potential, 16);
  store<f64>(sums, load<f64>(sums, 24) + taken, 24);
}
