/** The whole field in the wasm memory of a thread: moves by graph cuts, and messages for the lower bound. */
import { modelTable, sumsOfBox } from "../compute/kernels/markov.js";
import type { Strides, Wasm } from "../compute/kernels/task.js";
import type { FieldSumsParameters } from "../compute/operations/markov.js";
import { ownWasm } from "../compute/own-wasm.js";
import { OUTSIDE } from "../core/phases.js";
import type { Shape, Triple } from "../core/shape.js";
import type { PottsModel } from "./potts-model.js";

/** Bytes of a node of the graph; see assembly/grid-cut.ts. */
const NODE_BYTES = 32;

/** Nodes that the trees grow in one call: a call cannot go over to faster code while it runs. */
const STEPS = 2 ** 20;

/** Voxels with those beyond the faces: one more a row, a row more a plane, a plane before and one behind. */
export function paddedVoxels([planes, rows, columns]: Shape): number {
  return (planes + 2) * (rows + 1) * (columns + 1);
}

/** Messages come in fours. Of two classes the cut is the best there is, and no bound is needed. */
const lanesOf = (classes: number): number => 4 * Math.ceil(classes / 4);
const messageBytes = (classes: number): number => (classes > 2 ? 6 * lanesOf(classes) : 0);

/** Bytes of memory that the field takes: labels, grey values, and nodes or messages, which are not there together. */
export const fieldBytes = (shape: Shape, classes: number): number =>
  paddedVoxels(shape) * (5 + Math.max(NODE_BYTES, messageBytes(classes))) + 64 * classes + 2 ** 20;

interface Field {
  readonly wasm: Wasm;
  readonly size: Shape;
  readonly row: number;
  readonly plane: number;
  readonly count: number;
  /** First bytes of the arrays, and of the first voxel in those that begin before it. */
  readonly labels: number;
  readonly grey: number;
  readonly shared: number;
  /** What comes behind the arrays. */
  readonly mark: number;
}

let field: Field;

const planesOf = ({ size, plane }: Field, start: number, bytes: number): number[] =>
  Array.from({ length: size[0] }, (_, z) => start + (z + 1) * plane * bytes);

/** Makes room. */
export function begin({ shape, classes }: { shape: Shape; classes: number }): void {
  const wasm = ownWasm();
  wasm.reset();
  const count = paddedVoxels(shape);
  const row = shape[2] + 1;
  const plane = row * (shape[1] + 1);
  // Labels first: the voxel before the first row is looked at, too, and the slack before an array is another one's.
  const labels = wasm.allocate(count + 64) + 64;
  const grey = wasm.allocate(4 * count);
  const shared = wasm.allocate(Math.max(NODE_BYTES, messageBytes(classes)) * count);
  wasm.view("uint8", labels - 64, count + 64).fill(OUTSIDE);
  field = { wasm, size: shape, row, plane, count, labels, grey, shared, mark: wasm.mark };
}

/** Takes whole planes, from `z` on. */
export function put({ z, labels, grey }: { z: number; labels: Uint8Array; grey: Float32Array }): void {
  const { wasm, size, row, plane, mark } = field;
  const [, rows, columns] = size;
  const planes = labels.length / (rows * columns);
  wasm.rewind(mark);
  const staged = wasm.allocate(4 * labels.length);
  const move = (to: number, bytes: number): void => {
    const place = to + bytes * (z + 1) * plane;
    const from = [staged, bytes * columns, bytes * columns * rows] as const;
    wasm.call("copyBox", ...from, place, bytes * row, bytes * plane, planes, rows, bytes * columns);
  };
  (wasm.view("uint8", staged, labels.length) as Uint8Array).set(labels);
  move(field.labels, 1);
  wasm.view("float32", staged, grey.length).set(grey);
  move(field.grey, 4);
}

/** Whole planes of labels. */
export function take({ z, planes }: { z: number; planes: number }): Uint8Array {
  const { wasm, size, row, plane, labels } = field;
  const [, rows, columns] = size;
  const all = wasm.view("uint8", labels, field.count);
  const out = new Uint8Array(planes * rows * columns);
  for (let k = 0; k < planes * rows; k++) {
    const start = (z + 1 + Math.floor(k / rows)) * plane + (k % rows) * row;
    out.set(all.subarray(start, start + columns) as Uint8Array, k * columns);
  }
  return out;
}

/** Gives all voxels that belong to a class the label 0: where the best of two is sought, any start will do. */
export function clear(): void {
  const labels = field.wasm.view("uint8", field.labels, field.count);
  for (let k = 0; k < labels.length; k++) if (labels[k] !== OUTSIDE) labels[k] = 0;
}

/** The best move in which voxels keep their label or take `label`; how many take it. */
export function move({ label, model }: { label: number; model: PottsModel }): number {
  const { wasm, size, row, plane, count, labels, grey, shared, mark } = field;
  wasm.rewind(mark);
  const table = modelTable(wasm, model.table);
  for (const start of [0, size[0] + 1])
    wasm.view("uint8", shared + start * plane * NODE_BYTES, plane * NODE_BYTES).fill(0);
  const nodes = planesOf(field, shared, NODE_BYTES);
  const greys = planesOf(field, grey, 4);
  wasm.call("beginCut", row * NODE_BYTES, plane * NODE_BYTES);
  for (const [z, from] of planesOf(field, labels, 1).entries()) {
    const rest = [table, model.most, ...model.weights] as const;
    wasm.call("makeNodes", from, row, plane, greys[z]!, nodes[z]!, size[1] + 1, size[2] + 1, label, ...rest);
  }
  for (const start of nodes) wasm.call("flowToNeighbours", start, plane);
  for (const start of nodes) wasm.call("plantTrees", start, plane);
  while (wasm.call("growTrees", STEPS) !== 0);
  return wasm.call("relabel", shared, labels, count, label);
}

/** Sums of the field; see `fieldSumsOf`. */
export function sums(parameters: FieldSumsParameters): readonly bigint[] {
  const { wasm, size, row, plane, labels, grey, mark } = field;
  wasm.rewind(mark);
  const place = (start: number, bytes: number): Strides => ({
    start: start + bytes * plane,
    row: bytes * row,
    plane: bytes * plane,
  });
  return sumsOfBox(wasm, place(labels, 1), place(grey, 4), size as Triple, parameters);
}

/** Messages from the first voxel to the last or backwards; a lower bound of the energy, in units of the model. */
export function pass({ backward, first, model }: { backward: boolean; first: boolean; model: PottsModel }): number {
  const { wasm, size, row, plane, count, labels, grey, shared, mark } = field;
  wasm.rewind(mark);
  const classes = model.table.length / 3;
  const lanes = lanesOf(classes);
  // What fills up the last four classes costs more than anything.
  const filling = [0, 0, 2 ** 38];
  const columns = filling.flatMap((none, n) =>
    Array.from({ length: lanes }, (_, k) => (k < classes ? model.table[3 * k + n]! : none)),
  );
  const numbers = modelTable(wasm, columns);
  const costs = wasm.allocate(12 * lanes);
  if (first) wasm.view("uint8", shared, messageBytes(classes) * count).fill(0);
  const messages = planesOf(field, shared, messageBytes(classes));
  const greys = planesOf(field, grey, 4);
  let bound = 0;
  const planes = [...planesOf(field, labels, 1).entries()];
  for (const [z, from] of backward ? planes.reverse() : planes) {
    const place = [from, row, plane, greys[z]!, messages[z]!, size[1] + 1, size[2] + 1] as const;
    const way = backward ? 1 : 0;
    const rest = [numbers, model.most, ...model.weights] as const;
    bound +=
      lanes === 4
        ? wasm.call("passMessagesOfFour", ...place, way, ...rest)
        : wasm.call("passMessages", ...place, way, lanes, ...rest, costs);
  }
  return bound;
}
