/** What there is of each label: in a box, and across its faces. */
import type { DType } from "../../core/dtype.js";
import { LabelIndex } from "../label-index.js";
import {
  type Contacts,
  type ContactsParameters,
  GREY_FIGURES,
  type LabelFigures,
  type LabelFiguresParameters,
  PLAIN_FIGURES,
} from "../operations/labels.js";
import { bytesOf, type ReduceTask, type Wasm } from "./task.js";

/** Slots of a table of labels to begin with. */
const SLOTS = 1024;
/** Bytes of a run in a list, and how many there are in one unless a row has more; see assembly/label-runs.ts. */
const RUN_BYTES = 16;
const RUNS = 4096;
/** What no label of 32 bits is. */
const NO_LABEL = 2 ** 40;

/** A table of labels and of their figures in wasm memory, which grows with the labels. */
class FigureTable {
  readonly #wasm: Wasm;
  /** Bytes of the figures of a label. */
  readonly #width: number;
  /** 32 bits each: how many labels there are, and how many runs are in the list. */
  readonly #state: number;
  /** Slots are twice as many as there may be labels. */
  #slotCount = SLOTS;
  #slots: number;
  #labels: number;
  #figures: number;

  constructor(wasm: Wasm, columns: number) {
    this.#wasm = wasm;
    this.#width = 8 * columns;
    this.#state = wasm.allocate(8);
    wasm.view("uint32", this.#state, 2).fill(0);
    [this.#slots, this.#labels, this.#figures] = this.#allocate();
  }

  get count(): number {
    return this.#wasm.view("uint32", this.#state, 1)[0]!;
  }

  /** What `addLabelRuns` is told of the table. */
  get places(): readonly number[] {
    return [this.#slots, this.#slotCount - 1, this.#labels, this.#state, this.#figures, this.#width];
  }

  get runs(): number {
    return this.#wasm.view("uint32", this.#state + 4, 1)[0]!;
  }

  #allocate(): [slots: number, labels: number, figures: number] {
    const wasm = this.#wasm;
    const most = this.#slotCount / 2;
    const places = [8 * this.#slotCount, 4 * most, this.#width * most].map((bytes) => wasm.allocate(bytes));
    wasm.view("uint32", places[0]!, 2 * this.#slotCount).fill(0);
    return places as [number, number, number];
  }

  /** Makes room for `more` labels, if there is none. */
  ensure(more: number): void {
    const { count } = this;
    if (count + more <= this.#slotCount / 2) return;
    const [labels, figures] = [this.#labels, this.#figures];
    while (count + more > this.#slotCount / 2) this.#slotCount *= 2;
    [this.#slots, this.#labels, this.#figures] = this.#allocate();
    this.#wasm.call("placeLabels", labels, count, this.#slots, this.#slotCount - 1, this.#labels, this.#state);
    this.#wasm.call("copyBytes", figures, this.#figures, this.#width * count);
  }

  read(dtype: DType): Pick<LabelFigures, "labels" | "figures"> {
    const { count } = this;
    const labels = this.#wasm.view(dtype.startsWith("int") ? "int32" : "uint32", this.#labels, count);
    const numbers = new Float64Array(labels.buffer, this.#figures, (count * this.#width) / 8);
    return { labels: Float64Array.from(labels), figures: numbers.slice() };
  }
}

export function labelFigures(task: ReduceTask, parameters: LabelFiguresParameters): LabelFigures {
  const { wasm, dtype, slab, mask } = task;
  const { grey, never, only } = parameters;
  const [beside] = task.besides;
  const [planes, rows, columns] = slab.size;
  const listRuns = Math.max(RUNS, columns);
  const list = grey === undefined ? 0 : wasm.allocate(RUN_BYTES * listRuns);
  // The last one: it grows.
  const table = new FigureTable(wasm, grey === undefined ? PLAIN_FIGURES : GREY_FIGURES);
  const which = [parameters.mask ? 1 : 0, never[0] ?? NO_LABEL, never[1] ?? NO_LABEL, only ?? NO_LABEL] as const;
  for (let z = 0; z < planes; z++)
    for (let y = 0; y < rows; ) {
      table.ensure(columns);
      const before = (z * rows + y) * columns;
      const done = wasm.call(
        `addLabelRuns_${dtype}`,
        slab.start + z * slab.plane + y * slab.row,
        slab.row,
        rows - y,
        columns,
        mask === 0 ? 0 : mask + before,
        ...which,
        z,
        y,
        before,
        ...table.places,
        list,
        listRuns,
      );
      if (grey !== undefined && beside !== undefined) {
        const greys = beside.start + z * beside.plane + y * beside.row;
        wasm.call(`addRunGreys_${grey.dtype}`, list, table.runs, greys, beside.row, grey.origin, 1 / grey.unit);
      }
      y += done;
    }
  return { size: slab.size, ...table.read(dtype) };
}

/** Faces of pieces with other labels: of each voxel of a piece those to the six around it that belong to no piece of its own. */
export function contacts({ wasm, slab, besides: [beside] }: ReduceTask, _: ContactsParameters): Contacts {
  const [planes, rows, columns] = slab.size;
  const pieces = wasm.view("uint32", slab.start, planes * rows * columns);
  const { dtype, start, row, plane } = beside!;
  const bytes = bytesOf(dtype);
  const [labelRow, labelPlane] = [row / bytes, plane / bytes];
  const labels = wasm.view(dtype, start, (plane * planes) / bytes);
  const steps = [
    [-rows * columns, -labelPlane],
    [rows * columns, labelPlane],
    [-columns, -labelRow],
    [columns, labelRow],
    [-1, -1],
    [1, 1],
  ] as const;
  const around = new LabelIndex();
  const found = new Map<number, number>();
  for (let z = 1; z < planes - 1; z++)
    for (let y = 1; y < rows - 1; y++) {
      const at = (z * rows + y) * columns;
      const line = z * labelPlane + y * labelRow;
      for (let x = 1; x < columns - 1; x++) {
        const piece = pieces[at + x]!;
        if (piece === 0) continue;
        for (const [step, far] of steps) {
          if (pieces[at + x + step] === piece) continue;
          const key = piece * 2 ** 20 + around.numberOf(labels[line + x + far]!);
          found.set(key, (found.get(key) ?? 0) + 1);
        }
      }
    }
  const keys = [...found.keys()];
  return {
    pieces: Uint32Array.from(keys, (key) => Math.floor(key / 2 ** 20)),
    labels: Float64Array.from(keys, (key) => around.labels[key % 2 ** 20]!),
    faces: Float64Array.from(found.values()),
  };
}
