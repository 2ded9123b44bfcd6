/**
 * Fast marching: arrival times of a front that goes one length a time unit through open voxels (Sethian), with differences of
 * second order where two voxels in a row have been reached. Voxels are float32 with two of blocked ones around; reached ones have their
 * time, others that can be reached minus the time known so far (at first minus infinity), blocked ones infinity. Those that
 * have a time and are not yet reached wait in buckets of times, each a chain of nodes of 8 bytes (voxel, next node).
 */

/** What the march keeps between calls: bucket that is emptied, first free node, voxels waiting, voxels reached. */
const BUCKET: usize = 0;
const FREE: usize = 4;
const WAITING: usize = 8;
const REACHED: usize = 16;

/** Adds nodes to those that are free. */
export function addNodes(state: usize, nodes: usize, count: usize): void {
  let free = load<u32>(state, FREE);
  for (let k: usize = count; k > 0; k--) {
    const node = nodes + ((k - 1) << 3);
    store<u32>(node, free, 4);
    free = <u32>node;
  }
  store<u32>(state, free, FREE);
}

function wait(voxel: usize, bucket: i32, state: usize, buckets: usize, most: i32): void {
  const node = <usize>load<u32>(state, FREE);
  store<u32>(state, load<u32>(node, 4), FREE);
  const head = buckets + ((<usize>(bucket & most)) << 2);
  store<u32>(node, <u32>voxel);
  store<u32>(node, load<u32>(head), 4);
  store<u32>(head, <u32>node);
  store<i32>(state, load<i32>(state, WAITING) + 1, WAITING);
}

/** A voxel from which the front begins. */
export function startAt(voxel: usize, time: f32, state: usize, buckets: usize, most: i32, fine: f64): void {
  store<f32>(voxel, -time);
  wait(voxel, <i32>(time * fine), state, buckets, most);
}

/** The time of a voxel that is reached, else infinity. */
function timeAt(at: usize): f64 {
  const time = load<f32>(at);
  return time < 0 ? Infinity : <f64>time;
}

/** Of the two neighbours along an axis the one that was reached first. */
function sooner(at: usize, step: usize): f64 {
  return min(timeAt(at - step), timeAt(at + step));
}

/**
 * A front that took less time from one voxel to the next hardly goes along their axis. More than a bucket holds: so it does not
 * matter which of those in one comes first.
 */
const STILL: f64 = 1 / 32;

/** The time two voxels away, behind the neighbour that was reached first, if that one was reached from there; else infinity. */
function behind(at: usize, step: usize, time: f64): f64 {
  const before = timeAt(at - step) === time ? timeAt(at - 2 * step) : timeAt(at + 2 * step);
  return before < time - STILL ? before : Infinity;
}

/** @param z,y,x one over the squared edge of a voxel */
function arrival(at: usize, plane: usize, row: usize, z: f64, y: f64, x: f64): f64 {
  let a = sooner(at, plane);
  let b = sooner(at, row);
  let c = sooner(at, 4);
  let stepA = plane;
  let stepB = row;
  let stepC: usize = 4;
  // Sorted by time: later ones count only if the front comes from there, too.
  if (b < a) {
    const t = a;
    a = b;
    b = t;
    const s = stepA;
    stepA = stepB;
    stepB = s;
    const w = z;
    z = y;
    y = w;
  }
  if (c < b) {
    const t = b;
    b = c;
    c = t;
    const s = stepB;
    stepB = stepC;
    stepC = s;
    const w = y;
    y = x;
    x = w;
    if (b < a) {
      const t2 = a;
      a = b;
      b = t2;
      const s2 = stepA;
      stepA = stepB;
      stepB = s2;
      const w2 = z;
      z = y;
      y = w2;
    }
  }
  if (a === Infinity) return Infinity;
  let second = behind(at, stepA, a);
  let place = second < Infinity ? (4 * a - second) / 3 : a;
  let weight = second < Infinity ? 2.25 * z : z;
  let time = place + 1 / sqrt(weight);
  if (b >= time) return time;
  let sum = weight;
  let first = weight * place;
  let square = weight * place * place - 1;
  for (let k = 0; k < 2; k++) {
    const known = k === 0 ? b : c;
    if (known >= time) break;
    second = behind(at, k === 0 ? stepB : stepC, known);
    place = (4 * known - second) / 3;
    // Where the front hardly comes from there, what two voxels extrapolate to would lie ahead of it.
    const two = second < Infinity && place < time;
    if (!two) place = known;
    weight = (k === 0 ? y : x) * (two ? 2.25 : 1);
    sum += weight;
    first += weight * place;
    square += weight * place * place;
    time = (first + sqrt(max(0, first * first - sum * square))) / sum;
  }
  return time;
}

/**
 * Lets the front go on until `count` voxels more are reached.
 * @param most number of buckets less 1, a power of two less 1 @param fine buckets for a unit of time
 * @returns 0: nothing waits any more, 1: go on, 2: give nodes
 */
export function march(
  plane: usize,
  row: usize,
  z: f64,
  y: f64,
  x: f64,
  state: usize,
  buckets: usize,
  most: i32,
  fine: f64,
  count: i32,
): i32 {
  let bucket = load<i32>(state, BUCKET);
  let left = count;
  while (load<i32>(state, WAITING) > 0) {
    const head = buckets + ((<usize>(bucket & most)) << 2);
    const node = <usize>load<u32>(head);
    if (node === 0) {
      bucket++;
      continue;
    }
    store<i32>(state, bucket, BUCKET);
    if (left <= 0) return 1;
    // Six neighbours may each need one.
    let free = load<u32>(state, FREE);
    for (let k = 0; k < 6; k++) {
      if (free === 0) return 2;
      free = load<u32>(free, 4);
    }
    const voxel = <usize>load<u32>(node);
    store<u32>(head, load<u32>(node, 4));
    store<u32>(node, load<u32>(state, FREE), 4);
    store<u32>(state, <u32>node, FREE);
    store<i32>(state, load<i32>(state, WAITING) - 1, WAITING);
    const known = load<f32>(voxel);
    // It was reached by a shorter way already.
    if (known >= 0) continue;
    store<f32>(voxel, -known);
    store<i64>(state, load<i64>(state, REACHED) + 1, REACHED);
    left--;
    for (let k = 0; k < 6; k++) {
      const step = k < 2 ? plane : k < 4 ? row : 4;
      const at = (k & 1) === 0 ? voxel - step : voxel + step;
      const before = load<f32>(at);
      if (before >= 0) continue;
      const time = <f32>arrival(at, plane, row, z, y, x);
      if (time >= -before) continue;
      store<f32>(at, -time);
      const into = max(bucket, <i32>(time * fine));
      if (before === -Infinity || into < <i32>(-before * fine)) wait(at, into, state, buckets, most);
    }
  }
  store<i32>(state, bucket, BUCKET);
  return 0;
}
