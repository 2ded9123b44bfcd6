/** The end of a flood that goes through a wall only to reach what lies behind it. */
import type { Wasm } from "./task.js";

/** Labels are below; an open voxel has this and its level. */
const UNFLOODED = 0x80000000;
const BLOCKED = 0xffffffff;

/** A flood that has come to the wall: its voxels next to flooded ones are flooded, and wait in the wall's queue. */
export interface AtWall {
  readonly wasm: Wasm;
  readonly labels: number;
  /** Room for a number for each voxel (32 bits), whose content is not needed any more. */
  readonly spare: number;
  readonly count: number;
  readonly around: { readonly start: number; readonly count: number };
  /** Number of the wall's level. */
  readonly wall: number;
  /** Voxels beside the wall that are not flooded. */
  readonly open: number;
  /** The wall's queue, and bytes of its chunks. */
  readonly queue: number;
  readonly chunk: number;
  /** Voxels that may be looked at. */
  readonly looks: number;
}

/**
 * Gives the pieces behind the wall the labels that they would get if all of the wall was flooded: of each of their voxels only the
 * shortest ways through the wall are looked at, and on these voxels are flooded in the order of the queue.
 * @returns false, and nothing is done, if too many voxels would have to be looked at
 */
export function floodBehindWall(at: AtWall): boolean {
  const { wasm, labels, count, around, wall, open, queue, chunk, looks } = at;
  const { mark } = wasm;
  const found = wasm.allocate(4 * open);
  wasm.call("openVoxels", labels, count, wall, found);
  const pieces = Uint32Array.from(wasm.view("uint32", found, open));
  wasm.rewind(mark);
  const steps = Int32Array.from(wasm.view("int32", around.start, around.count));
  const all = (): Uint32Array => wasm.view("uint32", labels, count) as Uint32Array;
  const far = wasm.view("uint32", at.spare, count).fill(0) as Uint32Array;
  const layers = shortestWays(pieces, all(), far, steps, looks);
  if (layers === undefined) return false;
  const first = firstOnes(wasm, layers, { labels, count, queue, chunk });
  // Looked at anew: memory may have grown, and what was seen of it before is not there any more.
  inOrder(layers, steps, first, all(), pieces);
  return true;
}

/**
 * Voxels on shortest ways from the pieces to flooded ones: on the first layer those that are flooded, then those that are next to them
 * and so on.
 * @param far 0 for each voxel
 */
function shortestWays(
  pieces: Uint32Array,
  labels: Uint32Array,
  far: Uint32Array,
  steps: Int32Array,
  most: number,
): Map<number, number> | undefined {
  const layers = new Map<number, number>();
  let looks = 0;
  // Distances from a piece are above those of the pieces before it, which so count as none.
  let base = 1;
  for (const piece of pieces) {
    const voxels = [piece];
    const reached: number[] = [];
    far[piece] = base;
    let distance = 0;
    for (let from = 0; reached.length === 0 && from < voxels.length; ) {
      const end = voxels.length;
      distance++;
      looks += end - from;
      for (; from < end; from++)
        for (let k = 0; k < steps.length; k++) {
          const other = voxels[from]! + steps[k]!;
          const label = labels[other]!;
          if (label === BLOCKED || far[other]! >= base) continue;
          far[other] = base + distance;
          (label < UNFLOODED ? reached : voxels).push(other);
        }
      if (looks > most) return undefined;
    }
    // Back from where it is flooded, a shell at a time.
    let on = reached;
    for (const voxel of on) layers.set(voxel, 1);
    for (let layer = 2; layer <= distance + 1; layer++) {
      const shell = base + distance + 1 - layer;
      const back: number[] = [];
      for (const voxel of on)
        for (let k = 0; k < steps.length; k++) {
          const other = voxel - steps[k]!;
          if (far[other] !== shell) continue;
          far[other] = 0;
          back.push(other);
        }
      for (const voxel of back) layers.set(voxel, layer);
      on = back;
    }
    base += distance + 1;
  }
  return layers;
}

/** The voxels of the first layer in the order in which they wait. */
function firstOnes(
  wasm: Wasm,
  layers: ReadonlyMap<number, number>,
  { labels, count, queue, chunk }: Pick<AtWall, "labels" | "count" | "queue" | "chunk">,
): Uint32Array {
  const first = [...layers].filter(([, layer]) => layer === 1).map(([voxel]) => voxel);
  const { mark } = wasm;
  const out = wasm.allocate(4 * first.length);
  const all = wasm.view("uint32", labels, count);
  const before = first.map((voxel) => all[voxel]!);
  // What no label is marks them while the queue is gone through.
  for (const voxel of first) all[voxel] = BLOCKED;
  wasm.call("markedInQueue", labels, queue, chunk, out);
  for (const [k, voxel] of first.entries()) all[voxel] = before[k]!;
  const ordered = Uint32Array.from(wasm.view("uint32", out, first.length));
  wasm.rewind(mark);
  return ordered;
}

/** Floods layer after layer: who was reached first floods first, its neighbours in their order. */
function inOrder(
  layers: ReadonlyMap<number, number>,
  steps: Int32Array,
  first: Uint32Array,
  labels: Uint32Array,
  pieces: Uint32Array,
): void {
  const given = new Map<number, number>();
  for (const voxel of first) given.set(voxel, labels[voxel]!);
  let now: ArrayLike<number> = first;
  for (let layer = 2; now.length > 0; layer++) {
    const next: number[] = [];
    for (let k = 0; k < now.length; k++)
      for (const step of steps) {
        const other = now[k]! + step;
        if (layers.get(other) !== layer || given.has(other)) continue;
        given.set(other, given.get(now[k]!)!);
        next.push(other);
      }
    now = next;
  }
  for (const voxel of pieces) {
    const label = given.get(voxel);
    if (label !== undefined) labels[voxel] = label;
  }
}
