/**
 * The surface in a cell of 2 × 2 × 2 voxels where values pass the half of something, by marching cubes as scikit-image has it:
 * src/measure/value-triangles.ts. The corner z, y, x has the number 4z + 2y + x.
 */
import { along, triangleArea } from "./smooth-cells";

// Of `surfaces` (value-triangles.ts): edges of a voxel along z, y, x (64 bits); shares of 0 to 7 voxels (64 bits); corners around the six
// faces; both ends of the edge of each of 13 points; faces that are crossed, of each set of corners; numbers of its first surface and of
// that with a tunnel, and of that of values all as far from the half (16 bits); surfaces of 40 bytes.
const SHARES: usize = 24;
const FACES: usize = 88;
const ENDS: usize = 112;
const CROSSED: usize = 144;
const FIRST: usize = 400;
const TUNNEL: usize = 912;
const EVEN: usize = 1424;
const SURFACES: usize = 1936;

const values: usize = memory.data(64, 8);
const points: usize = memory.data(13 * 24, 8);

/** Area where half of `most` voxels is passed in a cell, at whose corners a byte each counts voxels. */
export function cellArea(counts: u64, most: u32, surfaces: usize): f64 {
  const half = load<f64>(surfaces + ((<usize>most) << 3), SHARES) / 2;
  let set: u32 = 0;
  for (let k: usize = 0; k < 8; k++) {
    const count = <usize>((counts >> ((<u64>k) << 3)) & 255);
    const value = load<f64>(surfaces + (count << 3), SHARES) - half;
    store<f64>(values + (k << 3), value);
    if (value > 0) set |= 1 << (<u32>k);
  }
  if (set === 0 || set === 255) return 0;
  const number = surfaceOf(set, surfaces);
  placePoints(set, surfaces);
  const surface = surfaces + SURFACES + <usize>number * 40;
  const length = <usize>load<u8>(surface);
  let area: f64 = 0;
  for (let k: usize = 1; k < length; k += 3)
    area += triangleArea(
      points + 24 * <usize>load<u8>(surface + k),
      points + 24 * <usize>load<u8>(surface + k, 1),
      points + 24 * <usize>load<u8>(surface + k, 2),
    );
  return area;
}

/** Number of the surface of the values. */
function surfaceOf(set: u32, surfaces: usize): u32 {
  const at = surfaces + ((<usize>set) << 1);
  let even = true;
  for (let k: usize = 1; k < 8; k++) even = even && abs<f64>(valueAt(k)) === abs<f64>(valueAt(0));
  if (even) return load<u16>(at, EVEN);
  const inside = popcnt(set);
  const crossed = <u32>load<u8>(surfaces + set, CROSSED);
  let joins: u32 = 0;
  for (let face: u32 = 0; face < 6; face++) {
    if (((crossed >> face) & 1) === 0) continue;
    const corners = surfaces + FACES + ((<usize>face) << 2);
    // So scikit-image has it where the first corner that it looks at has the value 0.
    const zero = valueAt(load<u8>(corners + (face === 3 || face === 4 ? 1 : 0))) === 0;
    joins = (joins << 1) | ((zero ? inside <= 4 : isJoined(corners)) ? 1 : 0);
  }
  const tunnel = load<u16>(at, TUNNEL);
  if (joins === 0 && tunnel !== 0xffff && hasTunnel(inside === 6)) return tunnel;
  return load<u16>(at, FIRST) + joins;
}

function valueAt(corner: usize): f64 {
  return load<f64>(values + (corner << 3));
}

/** Whether the two corners inside hang together across a face. */
function isJoined(face: usize): bool {
  const a = valueAt(load<u8>(face));
  const one = a * valueAt(load<u8>(face, 2));
  const other = valueAt(load<u8>(face, 1)) * valueAt(load<u8>(face, 3));
  return a > 0 ? one >= other : other >= one;
}

/**
 * Whether two corners that lie opposite hang together in the middle of the cell: where a section of it has its extreme. Where they are
 * outside, topology would ask for more; but so scikit-image has it.
 */
function hasTunnel(outside: bool): bool {
  const a = valueAt(4) - valueAt(0);
  const b = valueAt(6) - valueAt(2);
  const c = valueAt(7) - valueAt(3);
  const d = valueAt(5) - valueAt(1);
  const slope = valueAt(3) * a + valueAt(0) * c - valueAt(1) * b - valueAt(2) * d;
  const at = -slope / (2 * (a * c - b * d));
  if (!(at >= 0 && at <= 1)) return outside;
  const one = valueAt(0) + a * at;
  const two = valueAt(2) + b * at;
  const three = valueAt(3) + c * at;
  const four = valueAt(1) + d * at;
  const inside = (one >= 0 ? 1 : 0) + (two >= 0 ? 1 : 0) + (three >= 0 ? 1 : 0) + (four >= 0 ? 1 : 0);
  const across = inside === 2 && one >= 0 === three >= 0;
  if (outside) return across;
  if (inside > 2) return true;
  return across && (one >= 0 ? one * three > two * four : one * three < two * four);
}

function placePoints(set: u32, surfaces: usize): void {
  const dz = load<f64>(surfaces);
  const dy = load<f64>(surfaces, 8);
  const dx = load<f64>(surfaces, 16);
  for (let point: usize = 0; point < 13; point++) {
    const one = load<u8>(surfaces + (point << 1), ENDS);
    const other = load<u8>(surfaces + (point << 1), ENDS + 1);
    if (((set >> one) & 1) === ((set >> other) & 1)) continue;
    const from = valueAt(one);
    const part = from / (from - valueAt(other));
    place(
      point,
      dz * along(<f64>(one >> 2), <f64>(other >> 2), part),
      dy * along(<f64>((one >> 1) & 1), <f64>((other >> 1) & 1), part),
      dx * along(<f64>(one & 1), <f64>(other & 1), part),
    );
  }
  // The middle: corners count the more the nearer their values are to 0.
  let all: f64 = 0;
  let z: f64 = 0;
  let y: f64 = 0;
  let x: f64 = 0;
  for (let corner: usize = 0; corner < 8; corner++) {
    const weight = 1 / max<f64>(1e-12, abs<f64>(valueAt(corner)));
    all += weight;
    if (corner & 4) z += weight;
    if (corner & 2) y += weight;
    if (corner & 1) x += weight;
  }
  place(6, (dz * z) / all, (dy * y) / all, (dx * x) / all);
}

function place(point: usize, z: f64, y: f64, x: f64): void {
  const to = points + 24 * point;
  store<f64>(to, z);
  store<f64>(to, y, 8);
  store<f64>(to, x, 16);
}
