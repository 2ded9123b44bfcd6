/** Features, trees and answers of a forest from their definitions: slow and plain. */
import type { Border } from "#src/core/border.js";
import { bits } from "#src/core/random.js";
import type { Triple } from "#src/core/shape.js";
import type { TreeTask } from "#src/segment/grow-tree.js";
import { gaussian } from "./gaussian.js";
import { type Block, eachVoxel, voxel } from "./neighbourhood.js";
import { eigenvalues } from "./tensor.js";

/** Slope along an axis as numpy.gradient has it: half of the difference of the neighbours, at the faces of one and itself. */
function slope({ shape, values }: Block, axis: number): Block {
  const n = shape[axis]!;
  const at = (place: Triple, k: number): number => {
    const moved = place.map((m, other) => (other === axis ? k : m)) as unknown as Triple;
    return values[(moved[0] * shape[1] + moved[1]) * shape[2] + moved[2]]!;
  };
  const found = eachVoxel(shape, (z, y, x) => {
    const place: Triple = [z, y, x];
    const k = place[axis]!;
    if (n === 1) return 0;
    if (k === 0) return at(place, 1) - at(place, 0);
    if (k === n - 1) return at(place, n - 1) - at(place, n - 2);
    return (at(place, k + 1) - at(place, k - 1)) / 2;
  });
  return { shape, values: found };
}

/** Eigenvalues of the slopes of the slopes of the blurred block, the largest first. */
export function bends(block: Block, sigma: Triple, scale: Triple, border: Border): number[][] {
  const blurred = { shape: block.shape, values: gaussian(block, sigma, border) };
  const axes = [0, 1, 2].filter((axis) => scale[axis] !== 0);
  const entries = axes.map((a) => axes.map((b) => slope(slope(blurred, a), b).values));
  return Array.from(blurred.values, (_, k) =>
    eigenvalues(
      entries.map((row, i) => row.map((values, j) => values[k]! * scale[axes[i]!]! * scale[axes[j]!]!)),
    ).reverse(),
  );
}

/** Length of the gradient of the blurred block by Sobel's operator, which sees the outermost voxels twice. */
export function slopes(block: Block, sigma: Triple, scale: Triple, border: Border): number[] {
  const blurred = { shape: block.shape, values: gaussian(block, sigma, border) };
  const axes = [0, 1, 2].filter((axis) => scale[axis] !== 0);
  const offsets = [0, 1, 2].map((axis) => (axes.includes(axis) ? [-1, 0, 1] : [0]));
  return eachVoxel(block.shape, (z, y, x) => {
    const squares = axes.map((axis) => {
      let sum = 0;
      for (const a of offsets[0]!)
        for (const b of offsets[1]!)
          for (const c of offsets[2]!) {
            const by = [a, b, c];
            const weight = axes.reduce((w, k) => w * (k === axis ? by[k]! / 2 : by[k] === 0 ? 0.5 : 0.25), 1);
            sum += weight * voxel(blurred, z + a, y + b, x + c);
          }
      return (sum * scale[axis]!) ** 2;
    });
    return Math.sqrt(squares.reduce((a, b) => a + b, 0));
  });
}

/** A tree as nested nodes. */
export type Node =
  | { readonly votes: readonly number[] }
  | { readonly feature: number; readonly bin: number; readonly left: Node; readonly right: Node };

const below = (word: number, n: number): number => Math.floor((word / 2 ** 32) * n);

/** Voxels drawn, as a list in which they stand as often as they are drawn. */
function drawn({ classes, count, drawsOfClass, seed, tree }: TreeTask): number[] {
  const all = [...classes.keys()];
  if (drawsOfClass === undefined) return all.map((k) => below(bits(seed + 3, tree, 0, k), all.length));
  return [...Array(count).keys()].flatMap((one) => {
    const members = all.filter((k) => classes[k] === one);
    return Array.from(
      { length: drawsOfClass },
      (_, k) => members[below(bits(seed + 3, tree, one + 1, k), members.length)]!,
    );
  });
}

/** Grows a tree by trying every bin of every feature that is due. */
export function grow(task: TreeTask): Node {
  const { bins, classes, features, count, depth, minimumLeaf, tried, votes, seed, tree } = task;
  const bin = (feature: number, k: number): number => bins[feature * classes.length + k]!;
  const sums = (voxels: readonly number[]): number[] =>
    [...Array(count).keys()].map((one) => voxels.filter((k) => classes[k] === one).length);
  const purity = (voxels: readonly number[]): number => sums(voxels).reduce((sum, n) => sum + n * n, 0) / voxels.length;
  let nodes = 0;
  const leaf = (voxels: readonly number[]): Node => {
    const exact = sums(voxels).map((n) => n * votes);
    const whole = exact.map((n) => Math.floor(n / voxels.length));
    const rest = exact.map((n) => n % voxels.length);
    const order = [...whole.keys()].sort((a, b) => rest[b]! - rest[a]! || a - b);
    const missing = votes - whole.reduce((a, b) => a + b, 0);
    for (const k of order.slice(0, missing)) whole[k]!++;
    return { votes: whole };
  };
  const nodeOf = (voxels: readonly number[], level: number): Node => {
    const number = nodes++;
    const pure = sums(voxels).some((n) => n === voxels.length);
    if (pure || level === depth || voxels.length < 2 * minimumLeaf) return leaf(voxels);
    const order = [...Array(features).keys()];
    for (let k = features - 1; k > 0; k--) {
      const other = below(bits(seed + 4, tree, number, k), k + 1);
      [order[k], order[other]] = [order[other]!, order[k]!];
    }
    let best: { feature: number; last: number; next: number; purity: number } | undefined;
    for (const [turn, feature] of order.entries()) {
      if (turn >= tried && best !== undefined) break;
      const present = [...new Set(voxels.map((k) => bin(feature, k)))].sort((a, b) => a - b);
      for (const [n, last] of present.slice(0, -1).entries()) {
        const left = voxels.filter((k) => bin(feature, k) <= last);
        const right = voxels.filter((k) => bin(feature, k) > last);
        if (left.length < minimumLeaf || right.length < minimumLeaf) continue;
        const both = purity(left) + purity(right);
        if (best === undefined || both > best.purity) best = { feature, last, next: present[n + 1]!, purity: both };
      }
    }
    if (best === undefined) return leaf(voxels);
    const { feature, last, next } = best;
    const middle = Math.floor((last + next - 1) / 2);
    const left = nodeOf(
      voxels.filter((k) => bin(feature, k) <= middle),
      level + 1,
    );
    const right = nodeOf(
      voxels.filter((k) => bin(feature, k) > middle),
      level + 1,
    );
    return { feature, bin: middle, left, right };
  };
  return nodeOf(drawn(task), 0);
}

/** Nodes as they stand in a file, as nested ones. */
export function nested(nodes: Uint32Array, leaves: Uint16Array, count: number, at = 0): Node {
  const [word, right] = [nodes[2 * at]!, nodes[2 * at + 1]!];
  const feature = word % 65536;
  if (feature === 65535) return { votes: [...leaves.slice(right * count, (right + 1) * count)] };
  return {
    feature,
    bin: Math.floor(word / 65536) % 256,
    left: nested(nodes, leaves, count, at + 1),
    right: nested(nodes, leaves, count, right),
  };
}

/** Votes of a voxel with these features; NaN is in no bin. */
export function votesOf(node: Node, edges: Float32Array, values: readonly number[]): readonly number[] {
  if ("votes" in node) return node.votes;
  const own = edges.slice(255 * node.feature, 255 * (node.feature + 1));
  const bin = own.filter((edge) => values[node.feature]! > edge).length;
  return votesOf(bin > node.bin ? node.right : node.left, edges, values);
}
