/** Decision trees over the features of a brick, and the features of scribbled voxels. */

import type { Triple } from "../../core/shape.js";
import {
  DEEPEST,
  EDGES,
  type ForestParameters,
  featuresOf,
  isHeldOut,
  isTaken,
  LEAF,
  type PackedTrees,
  type ScribbledVoxels,
  type ScribbleParameters,
  votesOfTree,
} from "../operations/forest.js";
import { eachFeature, type Surroundings } from "./features.js";
import { bytesOf, type ReduceTask, type TypedSlab, type VolumeTask, type Wasm } from "./task.js";

/** Trees as numbers. */
export interface Trees {
  readonly edges: Float32Array;
  readonly sizes: Uint32Array;
  /** Two words a node: feature and bin, then the right child or the leaf. */
  readonly nodes: Uint32Array;
  readonly leaves: Uint16Array;
}

/** The numbers that stand in base64. */
export function unpacked({ edges, sizes, nodes, leaves }: PackedTrees): Trees {
  const bytes = (text: string): ArrayBuffer => Uint8Array.from(Buffer.from(text, "base64")).buffer;
  return {
    edges: new Float32Array(bytes(edges)),
    sizes: new Uint32Array(bytes(sizes)),
    nodes: new Uint32Array(bytes(nodes)),
    leaves: new Uint16Array(bytes(leaves)),
  };
}

/** Those of a job, which are the same for each of its bricks. */
const known = new WeakMap<PackedTrees, Trees>();

function treesOf(packed: PackedTrees): Trees {
  let trees = known.get(packed);
  if (trees === undefined) {
    trees = unpacked(packed);
    known.set(packed, trees);
  }
  return trees;
}

/** Bins of all features of a box, with rows of whole vectors. */
interface Bins {
  readonly start: number;
  readonly row: number;
  readonly plane: number;
  /** From one feature to the next. */
  readonly bytes: number;
  /** A byte a voxel that is 255 where a feature is NaN. */
  readonly unknown: number;
}

function binsOf(around: Surroundings, parameters: ForestParameters, edges: Float32Array): Bins {
  const { wasm, size } = around;
  const [planes, rows, columns] = size;
  const features = featuresOf(parameters);
  const row = Math.ceil(columns / 16) * 16;
  // Sixty-four voxels go down the trees together, and may be of several rows.
  const plane = Math.ceil((row * rows) / 64) * 64;
  const bytes = plane * planes;
  const bins = { start: wasm.allocate(bytes * features), row, plane, bytes, unknown: wasm.allocate(bytes) };
  // What pads a row goes down the trees, too.
  wasm.view("uint8", bins.start, bytes * features).fill(0);
  wasm.view("uint8", bins.unknown, bytes).fill(0);
  const limits = Array.from({ length: features }, (_, k) => limitsOf(wasm, edges.subarray(k * EDGES, (k + 1) * EDGES)));
  const mark = wasm.mark;
  eachFeature(around, parameters.stack, (feature, z, from, fromRow) => {
    const to = bins.start + feature * bytes + z * plane;
    wasm.call("toBins", from, fromRow, ...limits[feature]!, to, bins.unknown + z * plane, row, rows, columns);
  });
  wasm.rewind(mark);
  return bins;
}

/** Cells of a table that leads to the bins; see assembly/forest.ts. */
const CELLS = 2048;

/** Edges of the bins of a feature and a table that leads to them, as `toBins` wants both. */
function limitsOf(wasm: Wasm, edges: Float32Array): [edges: number, low: number, factor: number, table: number] {
  const start = wasm.allocate(4 * (EDGES + 1));
  const table = wasm.allocate(CELLS);
  const view = wasm.view("float32", start, EDGES + 1);
  view.set(edges);
  view[EDGES] = Number.POSITIVE_INFINITY;
  const finite = edges.filter((edge) => edge < Number.POSITIVE_INFINITY);
  // Features have long tails: their last edges would make all cells wide.
  const tail = Math.floor(finite.length / 64);
  const [low = 0, high = low] = [finite[tail], finite.at(-1 - tail)];
  const factor = high > low ? Math.fround(CELLS / (high - low)) : 0;
  wasm.call("tableOfBins", start, low, factor, table);
  return [start, low, factor, table];
}

/** Words of four classes that the votes of a voxel and of a leaf have. */
const wordsOf = (classes: number): number => Math.ceil(classes / 4);

/** Puts nodes into the memory as `walkTrees` wants them. @returns addresses of the roots */
function plant(wasm: Wasm, { sizes, nodes, leaves }: Trees, { bytes }: Bins, classes: number): number {
  const [count, ends, words] = [nodes.length / 2, leaves.length / classes, wordsOf(classes)];
  const votes = wasm.allocate(8 * words * ends);
  const start = wasm.allocate(12 * count);
  const table = wasm.allocate(4 * sizes.length);
  const ofLeaf = wasm.view("uint16", votes, 4 * words * ends).fill(0);
  for (let leaf = 0, k = 0; leaf < ends; leaf++)
    for (let c = 0; c < classes; c++, k++) ofLeaf[4 * words * leaf + c] = leaves[k]!;
  const ofNode = wasm.view("uint32", start, 3 * count);
  const roots = wasm.view("uint32", table, sizes.length);
  for (let tree = 0, first = 0; tree < sizes.length; first += sizes[tree++]!) {
    const root = start + 12 * first;
    roots[tree] = root;
    for (let k = first; k < first + sizes[tree]!; k++) {
      const [word, right] = [nodes[2 * k]!, nodes[2 * k + 1]!];
      const feature = word & 0xffff;
      ofNode[3 * k] = feature === LEAF ? 0xffffffff : feature * bytes;
      ofNode[3 * k + 1] = feature === LEAF ? votes + 8 * words * right : root + 12 * right;
      ofNode[3 * k + 2] = (word >>> 16) & 0xff;
    }
  }
  return table;
}

/** Of how many trees labels are looked at together, from the half of them on: before none is settled. */
const AT_ONCE = 8;

type Finish = (wasm: Wasm, votes: number, unknown: number, to: number, voxels: number) => void;

/** Brings a brick through all trees, plane by plane. */
function predict(task: VolumeTask, parameters: ForestParameters, voxelBytes: 1 | 4, finish: Finish): void {
  const { wasm, slab, dtype, besides, halo, resultStart, result } = task;
  const { trees: packed, shape } = parameters;
  const labels = voxelBytes === 1;
  const { classes } = packed;
  const trees = treesOf(packed);
  const channels = [{ ...slab, dtype }, ...besides];
  const around = { wasm, channels, halo, start: resultStart, size: result.size, shape };
  const bins = binsOf(around, parameters, trees.edges);
  const roots = plant(wasm, trees, bins, classes);
  const words = wordsOf(classes);
  const votes = wasm.allocate(8 * words * bins.plane);
  const stack = wasm.allocate(16 * (DEEPEST + 1));
  const marks = wasm.allocate(bins.plane / 8);
  const count = trees.sizes.length;
  const out = wasm.allocate(voxelBytes * bins.plane);
  const [planes, rows, columns] = result.size;
  for (let z = 0; z < planes; z++) {
    wasm.view("uint8", votes, 8 * words * bins.plane).fill(0);
    const from = bins.start + z * bins.plane;
    wasm.view("uint8", marks, bins.plane / 8).fill(255);
    // Who asks for labels alone need not know all votes of a voxel whose label is settled.
    for (let tree = 0, next = labels ? Math.ceil(count / 2) : count; tree < count; tree = next, next += AT_ONCE) {
      const some = Math.min(next, count) - tree;
      if (tree > 0) {
        const left = (count - tree) * votesOfTree(count);
        wasm.call("markUndecided", votes, words, classes, left, marks, bins.plane);
      }
      wasm.call("walkTrees", from, bins.plane, roots + 4 * tree, some, words, votes, marks, stack);
    }
    finish(wasm, votes, bins.unknown + z * bins.plane, out, bins.plane);
    const to = result.start + z * result.plane;
    wasm.call("copyBox", out, voxelBytes * bins.row, 0, to, result.row, 0, 1, rows, voxelBytes * columns);
  }
}

export function forestLabels(task: VolumeTask, parameters: ForestParameters): void {
  const { labels, trees } = parameters;
  const names = task.wasm.allocate(labels.length);
  (task.wasm.view("uint8", names, labels.length) as Uint8Array).set(labels);
  predict(task, parameters, 1, (wasm, votes, unknown, to, voxels) => {
    wasm.call("labelsOfVotes", votes, wordsOf(trees.classes), trees.classes, names, unknown, to, voxels);
  });
}

export function forestShares(task: VolumeTask, parameters: ForestParameters): void {
  const { of, trees } = parameters;
  const count = treesOf(trees).sizes.length;
  const total = count * votesOfTree(count);
  const words = wordsOf(trees.classes);
  predict(task, parameters, 4, (wasm, votes, unknown, to, voxels) => {
    if (of < 0) wasm.call("doubtsOfVotes", votes, words, trees.classes, total, unknown, to, voxels);
    else wasm.call("sharesOfVotes", votes, words, of, total, unknown, to, voxels);
  });
}

/** Scribbled voxels that are taken: where they lie in their brick, and what is known of them but their features. */
interface Chosen extends Omit<ScribbledVoxels, "values"> {
  readonly taken: readonly { readonly at: Triple; readonly k: number }[];
}

/** Chooses by numbers that belong to the places of the voxels in the volume, so that no brick shows. */
function choose(
  { wasm, halo, mask }: ReduceTask,
  scribbles: TypedSlab,
  first: Triple,
  [planes, rows, columns]: Triple,
  { shape, shares, seed, heldOut }: ScribbleParameters,
): Chosen {
  const painted = wasm.view("uint8", scribbles.start, scribbles.plane * scribbles.size[0]);
  const inside = mask === 0 ? undefined : wasm.view("uint8", mask, planes * rows * columns);
  const taken: { at: Triple; k: number }[] = [];
  const [places, labels, held]: [number[], number[], number[]] = [[], [], []];
  for (let z = 0, n = 0; z < planes; z++)
    for (let y = 0; y < rows; y++) {
      const line = (z + halo[0]) * scribbles.plane + (y + halo[1]) * scribbles.row + halo[2];
      for (let x = 0; x < columns; x++, n++) {
        const label = painted[line + x]!;
        const share = shares[label]!;
        if (share === 0 || inside?.[n] === 0) continue;
        const at = [z + first[0], y + first[1], x + first[2]] as const;
        if (!isTaken(seed, share, at)) continue;
        taken.push({ at: [z, y, x], k: labels.length });
        places.push((at[0] * shape[1] + at[1]) * shape[2] + at[2]);
        labels.push(label);
        held.push(isHeldOut(seed, heldOut, at) ? 1 : 0);
      }
    }
  return { taken, places: Float64Array.from(places), labels: Uint8Array.from(labels), held: Uint8Array.from(held) };
}

export function scribbledVoxels(task: ReduceTask, parameters: ScribbleParameters): ScribbledVoxels[] {
  const { wasm, dtype, slab, besides, halo, slabStart } = task;
  const [scribbles, ...channels] = besides as readonly [TypedSlab, ...TypedSlab[]];
  const first = slabStart.map((n, k) => n + halo[k]!) as unknown as Triple;
  const size = slab.size.map((n, k) => n - 2 * halo[k]!) as unknown as Triple;
  const chosen = choose(task, scribbles, first, size, parameters);
  const { taken, labels } = chosen;
  if (taken.length === 0) return [];
  // Only the box around the scribbles of this brick is computed.
  const low = [0, 1, 2].map((k) => taken.reduce((least, { at }) => Math.min(least, at[k]!), size[k]!));
  const high = [0, 1, 2].map((k) => taken.reduce((most, { at }) => Math.max(most, at[k]!), 0));
  const box = high.map((n, k) => n - low[k]! + 1) as unknown as Triple;
  const inBox = (whole: TypedSlab): TypedSlab => ({
    ...whole,
    start: whole.start + low[0]! * whole.plane + low[1]! * whole.row + low[2]! * bytesOf(whole.dtype),
  });
  const around: Surroundings = {
    wasm,
    channels: [{ ...slab, dtype }, ...channels].map(inBox),
    halo,
    start: first.map((n, k) => n + low[k]!) as unknown as Triple,
    size: box,
    shape: parameters.shape,
  };
  const features = featuresOf(parameters);
  const values = new Float32Array(taken.length * features);
  const planes = Array.from({ length: box[0] }, (_, z) => taken.filter(({ at }) => at[0] - low[0]! === z));
  eachFeature(around, parameters.stack, (feature, z, start, row) => {
    const plane = wasm.view("float32", start, (row / 4) * box[1]);
    for (const { at, k } of planes[z]!)
      values[k * features + feature] = plane[((at[1] - low[1]!) * row) / 4 + at[2] - low[2]!]!;
  });
  return [{ places: chosen.places, labels, held: chosen.held, values }];
}
