/**
 * The graph of a cut on the voxel grid. A node of 32 bytes stands for each voxel, at the place of the voxel; its neighbours are
 * implied. Rows and planes have a voxel more than the volume, of label 255 and without capacities, so that no path leaves
 * a face.
 *
 *  0  u16 × 6  what still fits through the faces towards +x, −x, +y, −y, +z, −z
 * 12  i32      what the source can still give (above 0), or the sink take (below)
 * 16  u32      next active node; itself at the end of the queue; 0: not active
 * 20  u32      time at which `distance` was right
 * 24  u32      next orphan
 * 28  u16      distance to the root
 * 30  u8       parent: 0 none, 1–6 the face, ROOT, ORPHAN
 * 31  u8       tree: 0 source, 1 sink
 */
import { costOf } from "./markov-field";

/** Parents that are no face. */
export const ROOT: u32 = 7;
export const ORPHAN: u32 = 8;
/** Where a node has its links and its time. */
export const NEXT: usize = 16;
export const TIME: usize = 20;
export const LINK: usize = 24;

let stepY: usize = 0;
let stepZ: usize = 0;

/** Rows and planes of nodes are so many bytes apart. */
export function setSteps(row: usize, plane: usize): void {
  stepY = row;
  stepZ = plane;
}

/** The neighbour of a node through face `d`. */
export function beyond(node: usize, d: u32): usize {
  const step: usize = d < 2 ? 32 : d < 4 ? stepY : stepZ;
  return d & 1 ? node - step : node + step;
}

export function roomAt(node: usize, d: u32): u32 {
  return load<u16>(node + (d << 1));
}

export function addRoom(node: usize, d: u32, amount: i32): void {
  const at = node + (d << 1);
  store<u16>(at, <u16>(<i32>load<u16>(at) + amount));
}

export function excess(node: usize): i32 {
  return load<i32>(node, 12);
}

export function parentOf(node: usize): u32 {
  return load<u8>(node, 30);
}

export function setParent(node: usize, parent: u32): void {
  store<u8>(node, <u8>parent, 30);
}

export function isSinkTree(node: usize): u32 {
  return load<u8>(node, 31);
}

/**
 * Makes the nodes of one plane for the move in which voxels keep their label or take `label`. The side of the source is that
 * of the new label: what comes from the source is the cost of the present label, what goes to the sink that of the new one.
 * A voxel with that label, or with 255, has no capacities.
 * @param most what a voxel's costs may differ by: more than all its pairs together cost changes nothing
 * @param weights cost of a pair of unlike neighbours
 */
export function makeNodes(
  labels: usize,
  row: usize,
  plane: usize,
  grey: usize,
  nodes: usize,
  rows: usize,
  columns: usize,
  label: i32,
  table: usize,
  most: i32,
  weightZ: i32,
  weightY: i32,
  weightX: i32,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x++) {
      const k = y * row + x;
      const at = labels + k;
      const node = nodes + (k << 5);
      memory.fill(node, 0, 32);
      const now = <i32>load<u8>(at);
      if (now === 255 || now === label) continue;
      const value = <f64>load<f32>(grey + (k << 2));
      const limit = <f64>most;
      store<i32>(node, <i32>max(-limit, min(limit, costOf(value, table, now) - costOf(value, table, label))), 12);
      faces(node, 0, now, label, <i32>load<u8>(at + 1), <i32>load<u8>(at - 1), weightX);
      faces(node, 2, now, label, <i32>load<u8>(at + row), <i32>load<u8>(at - row), weightY);
      faces(node, 4, now, label, <i32>load<u8>(at + plane), <i32>load<u8>(at - plane), weightZ);
    }
}

/**
 * Capacities of a node towards the next voxel and the one before along an axis. Two voxels that both keep unlike labels
 * cost as much as if one of them alone took the new label: the first one pays for keeping, and nothing flows back.
 */
function faces(node: usize, d: u32, now: i32, label: i32, next: i32, before: i32, weight: i32): void {
  let pays = 0;
  if (next === label) pays = weight;
  else if (next !== 255) {
    store<u16>(node + (d << 1), <u16>weight);
    if (next !== now) pays = weight;
  }
  if (before === label) pays += weight;
  else if (before === now) store<u16>(node + (d << 1) + 2, <u16>weight);
  store<i32>(node, excess(node) + pays, 12);
}

/** Lets flow what can go straight from a node to its neighbour: most of it, in the order of the memory. */
export function flowToNeighbours(nodes: usize, count: usize): void {
  for (let node = nodes; node < nodes + (count << 5); node += 32)
    for (let d: u32 = 0; d < 6; d += 2) {
      const here = excess(node);
      if (here === 0) break;
      const other = beyond(node, d);
      const there = excess(other);
      if (here > 0 && there < 0) {
        const flow = min(min(here, -there), <i32>roomAt(node, d));
        push(node, other, d, flow);
      } else if (here < 0 && there > 0) {
        const flow = min(min(-here, there), <i32>roomAt(other, d ^ 1));
        push(other, node, d ^ 1, flow);
      }
    }
}

function push(from: usize, to: usize, d: u32, flow: i32): void {
  store<i32>(from, excess(from) - flow, 12);
  store<i32>(to, excess(to) + flow, 12);
  addRoom(from, d, -flow);
  addRoom(to, d ^ 1, flow);
}

/** Gives the voxels on the source's side the new label; how many there are. */
export function relabel(nodes: usize, labels: usize, count: usize, label: u32): usize {
  let changed: usize = 0;
  for (let k: usize = 0; k < count; k++) {
    const node = nodes + (k << 5);
    if (parentOf(node) === 0 || isSinkTree(node)) continue;
    store<u8>(labels + k, <u8>label);
    changed++;
  }
  return changed;
}
