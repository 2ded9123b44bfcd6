/** Makes the coarse grids of coarse-grid.ts: their faces, and for each voxel the sum of its faces. */
import {
  ALONG_X,
  ALONG_Y,
  ALONG_Z,
  AROUND_X,
  AROUND_Y,
  AROUND_Z,
  COLUMNS,
  countOf,
  FIXED_FIRST,
  FIXED_LAST,
  FLAGS,
  firstOf,
  MATERIAL,
  PAIRS_X,
  PAIRS_Y,
  PAIRS_Z,
  PLANES,
  REACTION,
  ROWS,
  rowAt,
  WALLS,
  WEIGHT_X,
  WEIGHT_Y,
  WEIGHT_Z,
  wrap,
} from "./chessboard";

/** Where an element stands in a field. */
function cell(g: usize, z: u32, y: u32, x: u32): usize {
  return rowAt(g, (z + y + x) & 1, z, y) + ((<usize>x >> 1) << 2);
}

function between<T>(g: usize, weight: f32, one: usize, other: usize): f32 {
  const material = <usize>load<u32>(g, MATERIAL);
  if (isInteger<T>())
    return load<u8>(material + (one >> 2)) !== 0 && load<u8>(material + (other >> 2)) !== 0 ? <f32>1 : <f32>0;
  return weight / (load<f32>(material + one) + load<f32>(material + other));
}

function toEnd<T>(g: usize, one: usize): f32 {
  const material = <usize>load<u32>(g, MATERIAL);
  if (isInteger<T>()) return load<u8>(material + (one >> 2)) !== 0 ? <f32>2 : <f32>0;
  return load<f32>(g, WEIGHT_Z) / load<f32>(material + one);
}

/** Conductance of the face before voxel (z, y, x) along z. There is one more than planes. */
function acrossZ<T>(g: usize, z: u32, y: u32, x: u32): f32 {
  if (sizeof<T>() === 8) return load<f32>(load<u32>(g, ALONG_Z) + cell(g, z, y, x));
  const planes = load<u32>(g, PLANES);
  const flags = load<u32>(g, FLAGS);
  if (z > 0 && z < planes) return between<T>(g, load<f32>(g, WEIGHT_Z), cell(g, z - 1, y, x), cell(g, z, y, x));
  if ((flags & AROUND_Z) !== 0)
    return between<T>(g, load<f32>(g, WEIGHT_Z), cell(g, planes - 1, y, x), cell(g, 0, y, x));
  if (z === 0) return (flags & FIXED_FIRST) !== 0 ? toEnd<T>(g, cell(g, 0, y, x)) : 0;
  return (flags & FIXED_LAST) !== 0 ? toEnd<T>(g, cell(g, planes - 1, y, x)) : 0;
}

function acrossY<T>(g: usize, z: u32, y: u32, x: u32): f32 {
  if (sizeof<T>() === 8) return load<f32>(load<u32>(g, ALONG_Y) + cell(g, z, y, x));
  if (y === 0 && (load<u32>(g, FLAGS) & AROUND_Y) === 0) return 0;
  const before = y > 0 ? y - 1 : load<u32>(g, ROWS) - 1;
  return between<T>(g, load<f32>(g, WEIGHT_Y), cell(g, z, before, x), cell(g, z, y, x));
}

function acrossX<T>(g: usize, z: u32, y: u32, x: u32): f32 {
  if (sizeof<T>() === 8) return load<f32>(load<u32>(g, ALONG_X) + cell(g, z, y, x));
  if (x === 0 && (load<u32>(g, FLAGS) & AROUND_X) === 0) return 0;
  const before = x > 0 ? x - 1 : load<u32>(g, COLUMNS) - 1;
  return between<T>(g, load<f32>(g, WEIGHT_X), cell(g, z, y, before), cell(g, z, y, x));
}

/** One over the distance of the centres of two coarse voxels, in voxels of the grid; of the last from a fixed potential. */
function closeness(n: u32, count: u32, pairs: u32, around: bool): f32 {
  if (n > 0 && n < count) return <f32>2 / <f32>(countOf(n - 1, pairs) + countOf(n, pairs));
  if (around) return <f32>2 / <f32>(countOf(count - 1, pairs) + countOf(0, pairs));
  return <f32>1 / <f32>countOf(n === 0 ? 0 : count - 1, pairs);
}

/** Makes the faces before the voxels of plane `z` of the next grid (one more along z than there are planes). */
export function coarsenFaces<T>(g: usize, next: usize, z: u32): void {
  const flags = load<u32>(g, FLAGS);
  const planes = load<u32>(next, PLANES);
  const rows = load<u32>(next, ROWS);
  const columns = load<u32>(next, COLUMNS);
  const pairsZ = load<u32>(g, PAIRS_Z);
  const pairsY = load<u32>(g, PAIRS_Y);
  const pairsX = load<u32>(g, PAIRS_X);
  const toLow = closeness(z, planes, pairsZ, (flags & AROUND_Z) !== 0);
  for (let y: u32 = 0; y < rows; y++) {
    const toFront = closeness(y, rows, pairsY, (flags & AROUND_Y) !== 0);
    for (let x: u32 = 0; x < columns; x++) {
      const toBefore = closeness(x, columns, pairsX, (flags & AROUND_X) !== 0);
      const fz = firstOf(z, pairsZ);
      const fy = firstOf(y, pairsY);
      const fx = firstOf(x, pairsX);
      const nz = z < planes ? countOf(z, pairsZ) : 0;
      const ny = countOf(y, pairsY);
      const nx = countOf(x, pairsX);
      let low: f32 = 0;
      let front: f32 = 0;
      let before: f32 = 0;
      for (let a: u32 = 0; a < ny; a++) for (let b: u32 = 0; b < nx; b++) low += acrossZ<T>(g, fz, fy + a, fx + b);
      for (let a: u32 = 0; a < nz; a++) for (let b: u32 = 0; b < nx; b++) front += acrossY<T>(g, fz + a, fy, fx + b);
      for (let a: u32 = 0; a < nz; a++) for (let b: u32 = 0; b < ny; b++) before += acrossX<T>(g, fz + a, fy + b, fx);
      const at = cell(next, z, y, x);
      store<f32>(load<u32>(next, ALONG_Z) + at, low * toLow);
      if (z === planes) continue;
      store<f32>(load<u32>(next, ALONG_Y) + at, front * toFront);
      store<f32>(load<u32>(next, ALONG_X) + at, before * toBefore);
    }
  }
  if (z === planes) return;
  wrap(next, <usize>load<u32>(next, ALONG_X), 0, z);
  wrap(next, <usize>load<u32>(next, ALONG_X), 1, z);
}

/** What a voxel takes out by itself. */
function sinkOf<T>(g: usize, z: u32, y: u32, x: u32): f32 {
  const at = cell(g, z, y, x);
  const material = <usize>load<u32>(g, MATERIAL);
  if (isInteger<T>()) return load<f32>(g, REACTION) * <f32>(load<u8>(material + (at >> 2)) >> 4);
  if (sizeof<T>() === 4) {
    const walls = <usize>load<u32>(g, WALLS);
    return walls === 0 ? 0 : load<f32>(g, REACTION) * load<f32>(walls + at);
  }
  const rest = load<f32>(material + at) - facesOf(g, z, y, x);
  return max<f32>(rest, 0);
}

/** Sum of the faces of a coarse voxel. */
function facesOf(g: usize, z: u32, y: u32, x: u32): f32 {
  const rows = load<u32>(g, ROWS);
  const columns = load<u32>(g, COLUMNS);
  const flags = load<u32>(g, FLAGS);
  let sum =
    acrossZ<f64>(g, z, y, x) + acrossZ<f64>(g, z + 1, y, x) + acrossY<f64>(g, z, y, x) + acrossX<f64>(g, z, y, x);
  if (y + 1 < rows) sum += acrossY<f64>(g, z, y + 1, x);
  else if ((flags & AROUND_Y) !== 0) sum += acrossY<f64>(g, z, 0, x);
  if (x + 1 < columns) sum += acrossX<f64>(g, z, y, x + 1);
  else if ((flags & AROUND_X) !== 0) sum += acrossX<f64>(g, z, y, 0);
  return sum;
}

/** Adds up the faces of the voxels of a plane of the next grid, when all faces are there. */
export function coarsenSums<T>(g: usize, next: usize, z: u32): void {
  const rows = load<u32>(next, ROWS);
  const columns = load<u32>(next, COLUMNS);
  const reacts = load<f32>(g, REACTION) > 0;
  for (let y: u32 = 0; y < rows; y++)
    for (let x: u32 = 0; x < columns; x++) {
      let sum = facesOf(next, z, y, x);
      if (reacts) {
        const fz = firstOf(z, load<u32>(g, PAIRS_Z));
        const fy = firstOf(y, load<u32>(g, PAIRS_Y));
        const fx = firstOf(x, load<u32>(g, PAIRS_X));
        for (let a: u32 = 0; a < countOf(z, load<u32>(g, PAIRS_Z)); a++)
          for (let b: u32 = 0; b < countOf(y, load<u32>(g, PAIRS_Y)); b++)
            for (let d: u32 = 0; d < countOf(x, load<u32>(g, PAIRS_X)); d++)
              sum += sinkOf<T>(g, fz + a, fy + b, fx + d);
      }
      store<f32>(load<u32>(next, MATERIAL) + cell(next, z, y, x), sum);
    }
}
