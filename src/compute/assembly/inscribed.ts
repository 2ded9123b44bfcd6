/**
 * The largest ball in each region of a partition: how far its voxels lie from what is of another label. Labels (32 bits) in a slab, rows
 * and planes without gaps; what lies beyond the volume has the label 0. Regions are known by their records (network.ts).
 */
import { regionOf } from "./network";

/** Larger than any squared distance. */
const FAR: f32 = 1e30;

/**
 * Squared distances along x to the nearest voxel of another label, for rows of labels; 0 where the label is.
 * @param step voxels' edge along x; 0: the axis does not count
 */
export function labelDistancesAlongX(labels: usize, out: usize, rows: usize, columns: usize, step: f32): void {
  for (let y: usize = 0; y < rows; y++) {
    const line = labels + ((y * columns) << 2);
    const to = out + ((y * columns) << 2);
    for (let x: usize = 0; x < columns; ) {
      const label = load<u32>(line + (x << 2));
      let end = x + 1;
      while (end < columns && load<u32>(line + (end << 2)) === label) end++;
      if (label === 0) memory.fill(to + (x << 2), 0, (end - x) << 2);
      else
        for (let k = x; k < end; k++) {
          // What is beyond the slab is farther than anything that matters.
          const before = x > 0 ? <f32>(k - x + 1) * step : FAR;
          const behind = end < columns ? <f32>(end - k) * step : FAR;
          const least = min<f32>(before, behind);
          store<f32>(to + (k << 2), step === 0 || least >= FAR ? FAR : least * least);
        }
      x = end;
    }
  }
}

/**
 * Squared distances to the nearest voxel of another label, along one more axis.
 * @param labels label of the first voxel that gets one; `distances` those found until now at the same place
 * @param step, distanceStep bytes to the next voxel along the axis
 * @param before, behind how many voxels of the slab lie before and behind the first row along the axis
 * @param square of the voxels' edge along the axis; 0: the axis does not count
 */
export function labelDistancesAcross(
  labels: usize,
  distances: usize,
  out: usize,
  columns: usize,
  step: usize,
  distanceStep: usize,
  before: i32,
  behind: i32,
  square: f32,
): void {
  for (let x: usize = 0; x < columns << 2; x += 4) {
    const at = labels + x;
    const label = load<u32>(at);
    if (label === 0) {
      store<f32>(out + x, 0);
      continue;
    }
    const own = distances + x;
    let best = load<f32>(own);
    if (square > 0) {
      let up = true;
      let down = true;
      for (let d: i32 = 1; up || down; d++) {
        const far = <f32>d * <f32>d * square;
        if (far >= best) break;
        if (up) {
          if (d > before) up = false;
          else if (load<u32>(at - <usize>d * step) !== label) {
            best = far;
            break;
          } else best = min<f32>(best, load<f32>(own - <usize>d * distanceStep) + far);
        }
        if (down) {
          if (d > behind) down = false;
          else if (load<u32>(at + <usize>d * step) !== label) {
            best = min<f32>(best, far);
            break;
          } else best = min<f32>(best, load<f32>(own + <usize>d * distanceStep) + far);
        }
      }
    }
    store<f32>(out + x, best);
  }
}

// Of a table of records, and of a region's record: see network.ts.
const RECORDS: usize = 8;
const COUNT: usize = 12;
const REGION: usize = 96;
/** Distances to the wall are rounded roots: their squares are this much less or more. */
const SLACK: f32 = 1.00001;

/** How often a row was looked at in this call. */
let looks: u32 = 0;

/**
 * Squared distance of a voxel to the nearest one of another label, with the rounding that one axis after the other gives.
 * @param label of the voxel, which lies at `at` @param along bytes from a label to its squared distance along x
 * @param up, down planes of the slab before and behind it; `left`, `right` rows
 * @param least below it, or `later` and equal to it, the answer is -1: it is the largest one that is looked for
 */
function distanceOf(
  label: u32,
  at: usize,
  along: usize,
  row: usize,
  plane: usize,
  up: i32,
  down: i32,
  left: i32,
  right: i32,
  squareZ: f32,
  squareY: f32,
  least: f32,
  later: bool,
): f32 {
  let best = load<f32>(at + along);
  const mostZ = squareZ === 0 ? 0 : max<i32>(up, down);
  const mostY = squareY === 0 ? 0 : max<i32>(left, right);
  for (let z: i32 = 0; z <= mostZ; z++) {
    const zz = <f32>z * <f32>z * squareZ;
    if (zz >= best) break;
    for (let y: i32 = 0; y <= mostY; y++) {
      const yy = <f32>y * <f32>y * squareY;
      if (yy + zz >= best) break;
      for (let turn = 0; turn < 4; turn++) {
        // Both ways along both axes, each place once.
        const back = (turn & 1) === 1;
        const above = (turn & 2) === 2;
        if ((back && y === 0) || (above && z === 0)) continue;
        if (y > (back ? left : right) || z > (above ? up : down)) continue;
        looks++;
        const bytesY = <usize>y * row;
        const bytesZ = <usize>z * plane;
        const to = (back ? at - bytesY : at + bytesY) + (above ? <usize>0 - bytesZ : bytesZ);
        const far = load<u32>(to) === label ? load<f32>(to + along) + yy + zz : yy + zz;
        if (far >= best) continue;
        best = far;
        if (best < least || (later && best === least)) return -1;
      }
    }
  }
  return best < least || (later && best === least) ? -1 : best;
}

/** Enters a voxel's distance into its region's record if none is larger, nor as large at a place before. @param frame see {@link inscribeSeeds} */
function enterDistance(
  record: usize,
  place: u32,
  labels: usize,
  along: usize,
  row: usize,
  plane: usize,
  frame: usize,
  squareZ: f32,
  squareY: f32,
): void {
  const rows = load<u32>(frame);
  const columns = load<u32>(frame, 4);
  const line = place / columns;
  const z = <i32>(line / rows);
  const y = <i32>(line % rows);
  const at = labels + <usize>z * plane + <usize>y * row + ((<usize>(place % columns)) << 2);
  const up = load<i32>(frame, 8) + z;
  const left = load<i32>(frame, 16) + y;
  const least = load<f32>(record, 32);
  const later = place > load<u32>(record, 36);
  const far = distanceOf(
    load<u32>(record),
    at,
    along,
    row,
    plane,
    up,
    load<i32>(frame, 12) - 1 - up,
    left,
    load<i32>(frame, 20) - 1 - left,
    squareZ,
    squareY,
    least,
    later,
  );
  if (far < 0) return;
  store<f32>(record, far, 32);
  store<u32>(record, place, 36);
}

/**
 * Gives each region the distance at its voxel that is farthest from the wall: no ball is larger than the wall allows, so that
 * few other voxels have to be looked at after it.
 * @param labels first voxel of the brick @param along bytes from a label to its squared distance along x
 * @param frame rows and columns of the brick; planes of the slab before it, and all; rows of the slab before it, and all
 * @param squareZ, squareY of a voxel's edge; 0: the axis does not count
 * @returns how many rows were looked at
 */
export function inscribeSeeds(
  labels: usize,
  along: usize,
  row: usize,
  plane: usize,
  frame: usize,
  squareZ: f32,
  squareY: f32,
  regions: usize,
): u32 {
  looks = 0;
  const records = load<u32>(regions, RECORDS);
  const end = records + <usize>load<u32>(regions, COUNT) * REGION;
  for (let record = <usize>records; record < end; record += REGION)
    enterDistance(record, load<u32>(record, 44), labels, along, row, plane, frame, squareZ, squareY);
  return looks;
}

/**
 * Looks at the voxels of a plane that may be farther from other labels than any of their region so far.
 * @param z number of the plane in the brick, whose first voxel has its distance to the wall at `wall`
 * @param most rows that may be looked at
 * @returns how many were; more than `most` if the plane was left before its end
 */
export function inscribePlane(
  labels: usize,
  along: usize,
  row: usize,
  plane: usize,
  wall: usize,
  wallRow: usize,
  z: u32,
  frame: usize,
  squareZ: f32,
  squareY: f32,
  regions: usize,
  most: f64,
): u32 {
  looks = 0;
  const rows = load<u32>(frame);
  const columns = <usize>load<u32>(frame, 4);
  for (let y: u32 = 0; y < rows && <f64>looks <= most; y++) {
    const line = labels + <usize>z * plane + <usize>y * row;
    const depths = wall + <usize>y * wallRow;
    for (let x: usize = 0; x < columns; ) {
      const label = load<u32>(line + (x << 2));
      const first = x++;
      while (x < columns && load<u32>(line + (x << 2)) === label) x++;
      if (label === 0) continue;
      const record = regionOf(label, regions);
      for (let k = first; k < x; k++) {
        const least = load<f32>(record, 32);
        if (k + 4 <= x) {
          const four = v128.load(depths + (k << 2));
          const squares = f32x4.mul(f32x4.mul(four, four), f32x4.splat(SLACK));
          if (!v128.any_true(f32x4.ge(squares, f32x4.splat(least)))) {
            k += 3;
            continue;
          }
        }
        const far = load<f32>(depths + (k << 2));
        if (far * far * SLACK < least || load<f32>(line + (k << 2) + along) < least) continue;
        const place = (z * rows + y) * <u32>columns + <u32>k;
        enterDistance(record, place, labels, along, row, plane, frame, squareZ, squareY);
      }
    }
  }
  return looks;
}

/** Keeps the largest of distances that are known of all voxels of a plane, and the first place that has it. */
export function largestDistances(
  labels: usize,
  row: usize,
  distances: usize,
  rows: usize,
  columns: usize,
  z: usize,
  regions: usize,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x++) {
      const label = load<u32>(labels + y * row + (x << 2));
      if (label === 0) continue;
      const record = regionOf(label, regions);
      const far = load<f32>(distances + ((y * columns + x) << 2));
      const place = <u32>((z * rows + y) * columns + x);
      const known = load<f32>(record, 32);
      if (far < known || (far === known && place >= load<u32>(record, 36))) continue;
      store<f32>(record, far, 32);
      store<u32>(record, place, 36);
    }
}
