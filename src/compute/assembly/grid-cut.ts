/**
 * Maximal flow on the voxel grid by two search trees (Boykov & Kolmogorov 2004, doi:10.1109/TPAMI.2004.60), whole numbers
 * throughout, over the nodes of cut-nodes.ts. Only the tree of the source grows by itself, for there is less of it; what it
 * cannot reach in the end is on the side of the sink.
 */
import {
  addRoom,
  beyond,
  excess,
  isSinkTree,
  LINK,
  NEXT,
  ORPHAN,
  parentOf,
  ROOT,
  roomAt,
  setParent,
  setSteps,
  TIME,
} from "./cut-nodes";

const FAR: u32 = 0xffffffff;

let firstActive: usize = 0;
let lastActive: usize = 0;
/** Nodes that became active since the queue was last taken up. */
let firstWaiting: usize = 0;
let lastWaiting: usize = 0;
let current: usize = 0;
let time: u32 = 0;
/** Orphans: those whose turn comes later, and those of this turn. */
let laterOrphans: usize = 0;
let firstOrphan: usize = 0;
let lastOrphan: usize = 0;

/** Begins a graph. Rows and planes of nodes are so many bytes apart. */
export function beginCut(row: usize, plane: usize): void {
  setSteps(row, plane);
  firstActive = lastActive = firstWaiting = lastWaiting = current = 0;
  laterOrphans = firstOrphan = lastOrphan = 0;
  time = 0;
}

/** Makes the roots of both trees; those of the source are to grow. */
export function plantTrees(nodes: usize, count: usize): void {
  for (let node = nodes; node < nodes + (count << 5); node += 32) {
    const here = excess(node);
    if (here === 0) continue;
    setParent(node, ROOT);
    store<u8>(node, <u8>(here < 0), 31);
    store<u16>(node, 1, 28);
    if (here > 0) activate(node);
  }
}

function activate(node: usize): void {
  if (load<u32>(node, NEXT) !== 0) return;
  if (lastWaiting !== 0) store<u32>(lastWaiting, <u32>node, NEXT);
  else firstWaiting = node;
  lastWaiting = node;
  store<u32>(node, <u32>node, NEXT);
}

function nextActive(): usize {
  while (true) {
    if (firstActive === 0) {
      firstActive = firstWaiting;
      lastActive = lastWaiting;
      firstWaiting = lastWaiting = 0;
      if (firstActive === 0) return 0;
    }
    const node = firstActive;
    const next = <usize>load<u32>(node, NEXT);
    firstActive = next === node ? 0 : next;
    if (firstActive === 0) lastActive = 0;
    store<u32>(node, 0, NEXT);
    if (parentOf(node) !== 0) return node;
  }
}

/** Grows the trees, and lets flow what they join, for so many nodes; 0 when nothing more can flow. */
export function growTrees(steps: u32): u32 {
  for (let k: u32 = 0; k < steps; k++) {
    let node = current;
    if (node !== 0) {
      store<u32>(node, 0, NEXT);
      if (parentOf(node) === 0) node = 0;
    }
    if (node === 0) {
      node = nextActive();
      if (node === 0) {
        current = 0;
        return 0;
      }
    }
    const d = isSinkTree(node) ? growSink(node) : growSource(node);
    time++;
    if (d === FAR) {
      current = 0;
      continue;
    }
    // It stays in its turn, and is marked active so that nobody queues it.
    store<u32>(node, <u32>node, NEXT);
    current = node;
    if (isSinkTree(node)) augment(beyond(node, d), d ^ 1);
    else augment(node, d);
    adoptOrphans();
  }
  return 1;
}

/** Takes in what the source can reach from a node; the face at which the sink's tree is met. */
function growSource(node: usize): u32 {
  const stamp = load<u32>(node, TIME);
  const distance = <u32>load<u16>(node, 28);
  for (let d: u32 = 0; d < 6; d++) {
    if (roomAt(node, d) === 0) continue;
    const other = beyond(node, d);
    if (parentOf(other) === 0) join(other, d ^ 1, 0, stamp, distance);
    else if (isSinkTree(other)) return d;
    else nearer(other, d ^ 1, stamp, distance);
  }
  return FAR;
}

function growSink(node: usize): u32 {
  const stamp = load<u32>(node, TIME);
  const distance = <u32>load<u16>(node, 28);
  for (let d: u32 = 0; d < 6; d++) {
    const other = beyond(node, d);
    if (roomAt(other, d ^ 1) === 0) continue;
    if (parentOf(other) === 0) join(other, d ^ 1, 1, stamp, distance);
    else if (!isSinkTree(other)) return d;
    else nearer(other, d ^ 1, stamp, distance);
  }
  return FAR;
}

function setMark(node: usize, stamp: u32, distance: u32): void {
  store<u32>(node, stamp, TIME);
  store<u16>(node, <u16>min<u32>(distance, 0xffff), 28);
}

function join(node: usize, face: u32, sink: u32, stamp: u32, distance: u32): void {
  store<u8>(node, <u8>sink, 31);
  setParent(node, face + 1);
  setMark(node, stamp, distance + 1);
  activate(node);
}

/** Changes to a parent that is nearer to the root. */
function nearer(node: usize, face: u32, stamp: u32, distance: u32): void {
  if (load<u32>(node, TIME) > stamp || <u32>load<u16>(node, 28) <= distance) return;
  setParent(node, face + 1);
  setMark(node, stamp, distance + 1);
}

/** Lets as much flow as fits from the source through a node's face `d` to the sink. */
function augment(node: usize, d: u32): void {
  const other = beyond(node, d);
  let flow = <i32>roomAt(node, d);
  let at = node;
  for (let p = parentOf(at); p !== ROOT; p = parentOf(at)) {
    at = beyond(at, p - 1);
    flow = min(flow, <i32>roomAt(at, (p - 1) ^ 1));
  }
  flow = min(flow, excess(at));
  at = other;
  for (let p = parentOf(at); p !== ROOT; p = parentOf(at)) {
    flow = min(flow, <i32>roomAt(at, p - 1));
    at = beyond(at, p - 1);
  }
  flow = min(flow, -excess(at));

  addRoom(node, d, -flow);
  addRoom(other, d ^ 1, flow);
  at = node;
  for (let p = parentOf(at); p !== ROOT; ) {
    const above = beyond(at, p - 1);
    addRoom(at, p - 1, flow);
    addRoom(above, (p - 1) ^ 1, -flow);
    const full = roomAt(above, (p - 1) ^ 1) === 0;
    p = parentOf(above);
    if (full) orphanLater(at);
    at = above;
  }
  store<i32>(at, excess(at) - flow, 12);
  if (excess(at) === 0) orphanLater(at);
  at = other;
  for (let p = parentOf(at); p !== ROOT; ) {
    const above = beyond(at, p - 1);
    addRoom(above, (p - 1) ^ 1, flow);
    addRoom(at, p - 1, -flow);
    const full = roomAt(at, p - 1) === 0;
    p = parentOf(above);
    if (full) orphanLater(at);
    at = above;
  }
  store<i32>(at, excess(at) + flow, 12);
  if (excess(at) === 0) orphanLater(at);
}

function orphanLater(node: usize): void {
  setParent(node, ORPHAN);
  store<u32>(node, <u32>laterOrphans, LINK);
  laterOrphans = node;
}

function orphanNow(node: usize): void {
  setParent(node, ORPHAN);
  store<u32>(node, 0, LINK);
  if (lastOrphan !== 0) store<u32>(lastOrphan, <u32>node, LINK);
  else firstOrphan = node;
  lastOrphan = node;
}

function adoptOrphans(): void {
  while (laterOrphans !== 0) {
    const node = laterOrphans;
    laterOrphans = <usize>load<u32>(node, LINK);
    orphanNow(node);
    while (firstOrphan !== 0) {
      const orphan = firstOrphan;
      firstOrphan = <usize>load<u32>(orphan, LINK);
      if (firstOrphan === 0) lastOrphan = 0;
      adopt(orphan);
    }
  }
}

/** Distance of a node to its root; FAR if its path ends at an orphan. */
function distanceToRoot(node: usize): u32 {
  let steps: u32 = 0;
  let at = node;
  while (true) {
    if (load<u32>(at, TIME) === time) return steps + <u32>load<u16>(at, 28);
    const p = parentOf(at);
    steps++;
    if (p === ROOT) {
      setMark(at, time, 1);
      return steps;
    }
    if (p === ORPHAN) return FAR;
    at = beyond(at, p - 1);
  }
}

/** Finds an orphan the parent that is nearest to the root, or sets it and its children free. */
function adopt(node: usize): void {
  const sink = isSinkTree(node);
  let least = FAR;
  let parent: u32 = 0;
  for (let d: u32 = 0; d < 6; d++) {
    const other = beyond(node, d);
    if ((sink ? roomAt(node, d) : roomAt(other, d ^ 1)) === 0) continue;
    if (isSinkTree(other) !== sink || parentOf(other) === 0) continue;
    let distance = distanceToRoot(other);
    if (distance === FAR) continue;
    if (distance < least) {
      least = distance;
      parent = d + 1;
    }
    for (let at = other; load<u32>(at, TIME) !== time; at = beyond(at, parentOf(at) - 1)) setMark(at, time, distance--);
  }
  setParent(node, parent);
  if (parent !== 0) {
    setMark(node, time, least + 1);
    return;
  }
  for (let d: u32 = 0; d < 6; d++) {
    const other = beyond(node, d);
    const p = parentOf(other);
    if (p === 0 || isSinkTree(other) !== sink) continue;
    if ((sink ? roomAt(node, d) : roomAt(other, d ^ 1)) !== 0) activate(other);
    if (p === (d ^ 1) + 1) orphanNow(other);
  }
}
