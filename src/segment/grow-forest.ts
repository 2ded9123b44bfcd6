/** Trees in threads, and how right they are together. */
import { spread, threadsFor } from "../artefacts/threads.js";
import type { Trees } from "../compute/kernels/forest.js";
import { LEAF, votesOfTree } from "../compute/operations/forest.js";
import { watched } from "../compute/progress.js";
import type { RunOptions } from "../core/options.js";
import { binned, edgesOf } from "./feature-bins.js";
import type { GrownTree, TreeTask } from "./grow-tree.js";
import type { Known } from "./scribbles.js";
import type { ForestSettings } from "./train-forest-options.js";

/** A forest in numbers. */
export interface Grown extends Trees {
  /** Of each feature; sums to 1, or is 0 where no tree has a split. */
  readonly importance: readonly number[];
}

/** Grows all trees, each from its own chance numbers, whatever thread does it. */
export async function growForest(
  { classes, values }: Known,
  count: number,
  features: number,
  settings: ForestSettings,
  options: RunOptions,
): Promise<Grown> {
  const { trees, depth, minimumLeaf, featuresPerSplit, balance, seed } = settings;
  const edges = edgesOf(values, features);
  const shared = new Uint8Array(new SharedArrayBuffer(classes.length));
  shared.set(classes);
  const task: Omit<TreeTask, "tree"> = {
    bins: binned(values, features, edges),
    classes: shared,
    features,
    count,
    depth,
    minimumLeaf,
    tried: featuresPerSplit,
    drawsOfClass: balance ? Math.max(1, Math.round(classes.length / count)) : undefined,
    votes: votesOfTree(trees),
    seed,
  };
  const grown: GrownTree[] = [];
  await watched("trainForest", trees, options, (run) =>
    spread<GrownTree>(
      {
        what: "trainForest",
        module: new URL("./grow-tree.js", import.meta.url),
        name: "growTree",
        count: trees,
        workers: threadsFor(trees, options),
        // Who scribbles trains again and again, on few voxels.
        keep: true,
        argument: async (tree) => ({ ...task, tree }),
        store: async (_, tree) => {
          grown.push(tree);
        },
      },
      run,
    ),
  );
  return { edges, ...joined(grown, count) };
}

/** Trees one after the other, with one table of leaves. */
function joined(grown: readonly GrownTree[], count: number): Omit<Grown, "edges"> {
  const sizes = Uint32Array.from(grown, ({ nodes }) => nodes.length / 2);
  const nodes = new Uint32Array(grown.reduce((sum, tree) => sum + tree.nodes.length, 0));
  const leaves = new Uint16Array(grown.reduce((sum, tree) => sum + tree.leaves.length, 0));
  const importance = grown[0]!.importance.map(() => 0);
  let [at, leaf] = [0, 0];
  for (const tree of grown) {
    nodes.set(tree.nodes, at);
    for (let k = at; k < at + tree.nodes.length; k += 2)
      if ((nodes[k]! & 0xffff) === LEAF) nodes[k + 1]! += leaf / count;
    leaves.set(tree.leaves, leaf);
    at += tree.nodes.length;
    leaf += tree.leaves.length;
    for (const [k, part] of tree.importance.entries()) importance[k]! += part;
  }
  const total = importance.reduce((a, b) => a + b, 0);
  return { sizes, nodes, leaves, importance: Array.from(importance, (part) => (total > 0 ? part / total : 0)) };
}

/** How many voxels of each phase, a row each, get which label. */
export function confusionOf(
  { edges, sizes, nodes, leaves }: Grown,
  { classes, values }: Known,
  count: number,
  features: number,
): number[][] {
  const bins = binned(values, features, edges);
  const table = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  const votes = new Float64Array(count);
  for (let voxel = 0; voxel < classes.length; voxel++) {
    votes.fill(0);
    for (let tree = 0, first = 0; tree < sizes.length; first += sizes[tree++]!) {
      let node = first;
      for (let word = nodes[2 * node]!; (word & 0xffff) !== LEAF; word = nodes[2 * node]!) {
        const above = bins[(word & 0xffff) * classes.length + voxel]! > ((word >>> 16) & 0xff);
        node = above ? first + nodes[2 * node + 1]! : node + 1;
      }
      const leaf = nodes[2 * node + 1]! * count;
      for (let k = 0; k < count; k++) votes[k]! += leaves[leaf + k]!;
    }
    let best = 0;
    for (let k = 1; k < count; k++) if (votes[k]! > votes[best]!) best = k;
    table[classes[voxel]!]![best]!++;
  }
  return table;
}
