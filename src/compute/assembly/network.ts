/**
 * Regions of a partition and the throats between them, in a slab of labels (32 bits, rows and planes without gaps). What lies
 * beyond the volume has the label 0.
 */

// A table: place of its slots, bits of their number, place of its records, number of records, and how many it has room for.
const SLOTS: usize = 0;
const BITS: usize = 4;
const RECORDS: usize = 8;
const COUNT: usize = 12;
const ROOM: usize = 16;

/** Bytes of the record of a region, of a throat. */
const REGION: usize = 96;
const THROAT: usize = 80;

function slotOf(low: u32, high: u32, bits: u32): u32 {
  const mixed = (low ^ (high * 0x85ebca6b)) * 0x9e3779b1;
  return (mixed ^ (mixed >> 15)) & ((1 << bits) - 1);
}

/** Enters the records of a table into its slots, which are all 0. @param pair 1: a record is known by its first two numbers */
export function spreadRecords(table: usize, size: usize, pair: u32): void {
  const slots = load<u32>(table, SLOTS);
  const bits = load<u32>(table, BITS);
  const records = load<u32>(table, RECORDS);
  const count = load<u32>(table, COUNT);
  const last = (1 << bits) - 1;
  for (let k: u32 = 0; k < count; k++) {
    const record = records + <usize>k * size;
    let slot = slotOf(load<u32>(record), pair ? load<u32>(record, 4) : 0, bits);
    while (load<u32>(slots + ((<usize>slot) << 2)) !== 0) slot = (slot + 1) & last;
    store<u32>(slots + ((<usize>slot) << 2), k + 1);
  }
}

/** The record of a region, made where there is none. */
export function regionOf(label: u32, table: usize): usize {
  const slots = load<u32>(table, SLOTS);
  const bits = load<u32>(table, BITS);
  const records = load<u32>(table, RECORDS);
  const last = (1 << bits) - 1;
  let slot = slotOf(label, 0, bits);
  while (true) {
    const at = slots + ((<usize>slot) << 2);
    const number = load<u32>(at);
    if (number === 0) {
      const count = load<u32>(table, COUNT);
      store<u32>(table, count + 1, COUNT);
      store<u32>(at, count + 1);
      const record = records + <usize>count * REGION;
      memory.fill(record, 0, REGION);
      store<u32>(record, label);
      return record;
    }
    const record = records + <usize>(number - 1) * REGION;
    if (load<u32>(record) === label) return record;
    slot = (slot + 1) & last;
  }
}

/** The record of two labels, made where there is none. */
export function throatOf(low: u32, high: u32, table: usize): usize {
  const slots = load<u32>(table, SLOTS);
  const bits = load<u32>(table, BITS);
  const records = load<u32>(table, RECORDS);
  const last = (1 << bits) - 1;
  let slot = slotOf(low, high, bits);
  while (true) {
    const at = slots + ((<usize>slot) << 2);
    const number = load<u32>(at);
    if (number === 0) {
      const count = load<u32>(table, COUNT);
      store<u32>(table, count + 1, COUNT);
      store<u32>(at, count + 1);
      const record = records + <usize>count * THROAT;
      memory.fill(record, 0, THROAT);
      store<u32>(record, low);
      store<u32>(record, high, 4);
      // Deeper than this is every voxel.
      store<f32>(record, -1, 16);
      return record;
    }
    const record = records + <usize>(number - 1) * THROAT;
    if (load<u32>(record) === low && load<u32>(record, 4) === high) return record;
    slot = (slot + 1) & last;
  }
}

/**
 * Adds a face to a throat: the voxel that it belongs to once, however many of its faces do.
 * @param place of the voxel, counted from 0
 * @param sign which way the face looks along its axis
 */
function addFace(record: usize, place: u32, far: f32, near: f32, axis: usize, sign: i32, z: f64, y: f64, x: f64): void {
  if (load<u32>(record, 72) !== place + 1) {
    store<u32>(record, place + 1, 72);
    store<u32>(record, load<u32>(record, 8) + 1, 8);
    if (far < near) store<u32>(record, load<u32>(record, 12) + 1, 12);
    if (far > load<f32>(record, 16)) {
      store<f32>(record, far, 16);
      store<u32>(record, place, 20);
    }
  }
  const to = record + (axis << 2);
  store<i32>(to, load<i32>(to, 24) + sign, 24);
  store<u32>(to, load<u32>(to, 36) + 1, 36);
  store<f64>(record, load<f64>(record, 48) + z, 48);
  store<f64>(record, load<f64>(record, 56) + y, 56);
  store<f64>(record, load<f64>(record, 64) + x, 64);
}

/** Names of the six faces of the volume, as if they were regions with the last labels: z low, z high, y low, … */
const FACE: u32 = 0xffffff00;

/**
 * Adds the faces of one voxel to its throats, and counts those to the wall and those at the faces of the volume.
 * @param sides a bit for each face of the volume that the voxel lies at
 */
function addVoxel(
  at: usize,
  label: u32,
  region: usize,
  sides: u32,
  far: f32,
  near: f32,
  place: u32,
  z: i32,
  y: i32,
  x: i32,
  stepZ: usize,
  stepY: usize,
  stepX: usize,
  throats: usize,
): void {
  for (let side: u32 = 0; side < 6; side++) {
    const axis = <usize>(side >> 1);
    const step = axis === 0 ? stepZ : axis === 1 ? stepY : stepX;
    if (step === 0) continue;
    const forward = (side & 1) === 1;
    let low: u32 = label;
    let high: u32 = FACE + side;
    if ((sides >> side) & 1) {
      const count = region + ((<usize>side) << 2);
      store<u32>(count, load<u32>(count, 60) + 1, 60);
    } else {
      const other = load<u32>(forward ? at + step : at - step);
      if (other >= label) continue;
      if (other === 0) {
        const count = region + (axis << 2);
        store<u32>(count, load<u32>(count, 48) + 1, 48);
        continue;
      }
      low = other;
      high = label;
    }
    const half = forward ? 0.5 : -0.5;
    addFace(
      throatOf(low, high, throats),
      place,
      far,
      near,
      axis,
      forward ? 1 : -1,
      <f64>z + (axis === 0 ? half : 0),
      <f64>y + (axis === 1 ? half : 0),
      <f64>x + (axis === 2 ? half : 0),
    );
  }
}

/** Four bits: which of four voxels have a neighbour of another label along z or y. */
function besideOthers(at: usize, label: v128, stepZ: usize, stepY: usize): i32 {
  const alongZ = v128.and(i32x4.eq(v128.load(at - stepZ), label), i32x4.eq(v128.load(at + stepZ), label));
  const alongY = v128.and(i32x4.eq(v128.load(at - stepY), label), i32x4.eq(v128.load(at + stepY), label));
  return i32x4.bitmask(v128.and(alongZ, alongY)) ^ 15;
}

/**
 * Adds a plane of a brick to the records of its regions and throats.
 *
 * A region: label, voxels; sums of their places along z, y, x (float64); largest distance to another label squared, and its place
 * (see inscribed.ts); largest distance to the wall, and its place; faces to the wall across z, y, x; voxels at the six faces of the
 * volume.
 * A throat belongs to two labels: its voxels are those of the higher one that touch the lower one. Labels; number of voxels, and
 * of those nearer to the wall than `near`; largest distance to the wall, and its place; faces across z, y, x, those that look
 * forward less those that look back, and all; sums of the places of their middles; the last voxel.
 * @param labels, wall first voxel of the plane: labels and distances to the wall of the slab
 * @param stepZ, stepY, stepX bytes to the next label along an axis; 0: the axis does not count
 * @param edges first and last plane, row and column of the volume in places of the brick, or -1 each
 * @returns the row to go on with, when a table needs more room first; else `rows`
 */
export function addPlane(
  labels: usize,
  labelRow: usize,
  wall: usize,
  wallRow: usize,
  rows: usize,
  columns: usize,
  z: i32,
  from: usize,
  stepZ: usize,
  stepY: usize,
  stepX: usize,
  edges: usize,
  near: f32,
  regions: usize,
  throats: usize,
): usize {
  const sidesZ: u32 = stepZ === 0 ? 0 : (z === load<i32>(edges) ? 1 : 0) | (z === load<i32>(edges, 4) ? 2 : 0);
  const yFirst = load<i32>(edges, 8);
  const yLast = load<i32>(edges, 12);
  const xFirst = load<i32>(edges, 16);
  const xLast = load<i32>(edges, 20);
  for (let y = from; y < rows; y++) {
    // A voxel is in one region, and in six throats at most.
    if (load<u32>(regions, COUNT) + <u32>columns > load<u32>(regions, ROOM)) return y;
    if (load<u32>(throats, COUNT) + 6 * <u32>columns > load<u32>(throats, ROOM)) return y;
    const sidesY: u32 = stepY === 0 ? 0 : (<i32>y === yFirst ? 4 : 0) | (<i32>y === yLast ? 8 : 0);
    const line = labels + y * labelRow;
    const depths = wall + y * wallRow;
    for (let x: usize = 0; x < columns; ) {
      const label = load<u32>(line + (x << 2));
      const first = x++;
      while (x < columns && load<u32>(line + (x << 2)) === label) x++;
      if (label === 0) continue;
      const region = regionOf(label, regions);
      const count = <f64>(x - first);
      store<u32>(region, load<u32>(region, 4) + <u32>(x - first), 4);
      store<f64>(region, load<f64>(region, 8) + count * <f64>z, 8);
      store<f64>(region, load<f64>(region, 16) + count * <f64>y, 16);
      store<f64>(region, load<f64>(region, 24) + (count * <f64>(first + x - 1)) / 2, 24);
      const four = i32x4.splat(label);
      for (let k = first; k < x; ) {
        const at = line + (k << 2);
        // Most voxels lie inside of their region, and are not its deepest: four at a time.
        if (k > first && k + 4 < x && (sidesZ | sidesY) === 0) {
          const deep = f32x4.gt(v128.load(depths + (k << 2)), f32x4.splat(load<f32>(region, 40)));
          if (!v128.any_true(deep) && besideOthers(at, four, stepZ, stepY) === 0) {
            k += 4;
            continue;
          }
        }
        const far = load<f32>(depths + (k << 2));
        const place = <u32>((<usize>z * rows + y) * columns + k);
        if (far > load<f32>(region, 40)) {
          store<f32>(region, far, 40);
          store<u32>(region, place, 44);
        }
        const sides = sidesZ | sidesY | (<i32>k === xFirst ? 16 : 0) | (<i32>k === xLast ? 32 : 0);
        addVoxel(at, label, region, sides, far, near, place, z, <i32>y, <i32>k, stepZ, stepY, stepX, throats);
        k++;
      }
    }
  }
  return rows;
}
