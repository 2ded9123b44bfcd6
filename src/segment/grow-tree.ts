/** Grows one decision tree of a forest: a thread's work. */

import { LEAF } from "../compute/operations/forest.js";
import { bits } from "../core/random.js";

/** Voxels to learn from, in shared memory, and how a tree grows. */
export interface TreeTask {
  /** Bins of all voxels for one feature after the other. */
  readonly bins: Uint8Array;
  /** Class of each voxel, from 0 on. */
  readonly classes: Uint8Array;
  readonly features: number;
  /** Number of classes. */
  readonly count: number;
  /** Levels below the root, at most. */
  readonly depth: number;
  /** Draws that a leaf has, at least. */
  readonly minimumLeaf: number;
  /** Features that are tried at a node. */
  readonly tried: number;
  /** Draws of each class; undefined: as many as there are voxels, from all together. */
  readonly drawsOfClass: number | undefined;
  /** Votes of a leaf in all. */
  readonly votes: number;
  readonly seed: number;
  /** Number of the tree. */
  readonly tree: number;
}

/** A tree as it stands in a file; see `PackedTrees`. */
export interface GrownTree {
  readonly nodes: Uint32Array;
  readonly leaves: Uint16Array;
  /** How much each feature took from the Gini impurity, of 1 at most. */
  readonly importance: Float64Array;
}

/** Numbers that are drawn for different ends. */
const BOOTSTRAP = 3;
const FEATURE = 4;

const below = (word: number, n: number): number => Math.floor((word * n) / 2 ** 32);

/** How often each voxel is drawn. */
function bootstrap({ classes, count, drawsOfClass, seed, tree }: TreeTask): Uint32Array {
  const draws = new Uint32Array(classes.length);
  if (drawsOfClass === undefined) {
    for (let k = 0; k < classes.length; k++) draws[below(bits(seed + BOOTSTRAP, tree, 0, k), classes.length)]!++;
    return draws;
  }
  const members = Array.from({ length: count }, (): number[] => []);
  for (const [k, one] of classes.entries()) members[one]!.push(k);
  for (const [one, voxels] of members.entries())
    for (let k = 0; k < drawsOfClass; k++)
      draws[voxels[below(bits(seed + BOOTSTRAP, tree, one + 1, k), voxels.length)]!]!++;
  return draws;
}

/** A node that is yet to be made: its voxels, and the node whose right child it is. */
interface Due {
  readonly from: number;
  readonly to: number;
  readonly level: number;
  readonly parent: number;
}

interface Split {
  readonly feature: number;
  readonly bin: number;
  /** Σ over both sides of Σ n²/n of the classes: large where sides are pure. */
  readonly purity: number;
}

/** Grows a tree. Sums are whole numbers and quotients are made in one order: the same tree everywhere. */
export function growTree(task: TreeTask): GrownTree {
  const { bins, classes, features, count, depth, minimumLeaf, votes } = task;
  const draws = bootstrap(task);
  const all = classes.length;
  const voxels = Uint32Array.from({ length: all }, (_, k) => k).filter((k) => draws[k] !== 0);
  const nodes: number[] = [];
  const leaves = new LeafTable(votes);
  const importance = new Float64Array(features);
  const histogram = new Int32Array(256 * count);
  const drawn = voxels.reduce((sum, k) => sum + draws[k]!, 0);
  const due: Due[] = [{ from: 0, to: voxels.length, level: 0, parent: -1 }];
  for (let next = due.pop(); next !== undefined; next = due.pop()) {
    const { from, to, level, parent } = next;
    const node = nodes.length / 2;
    if (parent >= 0) nodes[2 * parent + 1] = node;
    const sums = new Int32Array(count);
    for (let k = from; k < to; k++) sums[classes[voxels[k]!]!]! += draws[voxels[k]!]!;
    const total = sums.reduce((a, b) => a + b, 0);
    const here = sums.reduce((sum, n) => sum + n * n, 0) / total;
    const mixed = here < total && level < depth && total >= 2 * minimumLeaf;
    const split = mixed ? bestSplit(task, voxels.subarray(from, to), draws, sums, node, histogram) : undefined;
    if (split === undefined) {
      nodes.push(LEAF, leaves.numberOf(sums, total));
      continue;
    }
    importance[split.feature]! += (split.purity - here) / drawn;
    nodes.push(split.feature | (split.bin << 16), 0);
    const middle = parted(voxels, from, to, bins.subarray(split.feature * all, (split.feature + 1) * all), split.bin);
    // The left child is the next node.
    due.push({ from: middle, to, level: level + 1, parent: node });
    due.push({ from, to: middle, level: level + 1, parent: -1 });
  }
  return { nodes: Uint32Array.from(nodes), leaves: leaves.table, importance };
}

/** Features in the order in which a node tries them. */
function order({ features, seed, tree }: TreeTask, node: number): number[] {
  const all = Array.from({ length: features }, (_, k) => k);
  for (let k = features - 1; k > 0; k--) {
    const other = below(bits(seed + FEATURE, tree, node, k), k + 1);
    [all[k], all[other]] = [all[other]!, all[k]!];
  }
  return all;
}

/**
 * The split that leaves the least Gini impurity, of those by some features; by more of them where none of these can part the
 * voxels. Between two bins that hold voxels it lies in the middle.
 */
function bestSplit(
  task: TreeTask,
  voxels: Uint32Array,
  draws: Uint32Array,
  sums: Int32Array,
  node: number,
  histogram: Int32Array,
): Split | undefined {
  const { bins, classes, count, minimumLeaf, tried } = task;
  const all = classes.length;
  const total = sums.reduce((a, b) => a + b, 0);
  const left = new Int32Array(count);
  let best: Split | undefined;
  for (const [turn, feature] of order(task, node).entries()) {
    if (turn >= tried && best !== undefined) break;
    const column = bins.subarray(feature * all, (feature + 1) * all);
    let [low, high] = [255, 0];
    for (let k = 0; k < voxels.length; k++) {
      const voxel = voxels[k]!;
      const bin = column[voxel]!;
      histogram[bin * count + classes[voxel]!]! += draws[voxel]!;
      if (bin < low) low = bin;
      if (bin > high) high = bin;
    }
    left.fill(0);
    let onLeft = 0;
    let last = low;
    for (let bin = low; bin <= high; bin++) {
      let here = 0;
      for (let c = 0; c < count; c++) here += histogram[bin * count + c]!;
      if (here > 0) {
        if (onLeft >= minimumLeaf && total - onLeft >= minimumLeaf) {
          let [a, b] = [0, 0];
          for (let c = 0; c < count; c++) {
            a += left[c]! * left[c]!;
            b += (sums[c]! - left[c]!) * (sums[c]! - left[c]!);
          }
          const purity = a / onLeft + b / (total - onLeft);
          if (best === undefined || purity > best.purity) best = { feature, bin: (last + bin - 1) >> 1, purity };
        }
        for (let c = 0; c < count; c++) left[c]! += histogram[bin * count + c]!;
        onLeft += here;
        last = bin;
      }
    }
    histogram.fill(0, low * count, (high + 1) * count);
  }
  return best;
}

/** Puts the voxels up to a bin before the others. @returns where the others begin */
function parted(voxels: Uint32Array, from: number, to: number, column: Uint8Array, bin: number): number {
  let [low, high] = [from, to - 1];
  for (;;) {
    while (low <= high && column[voxels[low]!]! <= bin) low++;
    while (low <= high && column[voxels[high]!]! > bin) high--;
    if (low > high) return low;
    const voxel = voxels[low]!;
    voxels[low++] = voxels[high]!;
    voxels[high--] = voxel;
  }
}

/** Votes of leaves; many leaves have the same. */
class LeafTable {
  readonly #votes: number;
  readonly #numbers = new Map<string, number>();
  readonly #table: number[] = [];

  constructor(votes: number) {
    this.#votes = votes;
  }

  get table(): Uint16Array {
    return Uint16Array.from(this.#table);
  }

  /** Whole votes in the ratio of the draws; what is left goes to those that lost most by rounding down, the first ones first. */
  numberOf(sums: Int32Array, total: number): number {
    const exact = Array.from(sums, (n) => n * this.#votes);
    const votes = exact.map((n) => Math.floor(n / total));
    const missing = this.#votes - votes.reduce((a, b) => a + b, 0);
    const losers = exact.map((n, k) => [n % total, k] as const).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    for (const [, k] of losers.slice(0, missing)) votes[k]!++;
    const key = votes.join();
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(key, number);
      this.#table.push(...votes);
    }
    return number;
  }
}
