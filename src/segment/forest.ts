import { readFile, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import { disk, writeAtomically } from "../compute/atomic.js";
import { type ResultTable, resultTable } from "../core/arrow/table.js";
import { displaySymbol, type MimeBundle } from "../core/display.js";
import { InvalidArgument, MalformedFile, MissingData } from "../core/errors.js";
import type { Phase } from "../core/phases.js";
import type { Provenance, Traced } from "../core/provenance.js";
import { featureNames } from "./feature-options.js";
import { checkedModel, type ForestModel } from "./forest-model.js";

/** How right a forest is on scribbles that it was not trained with. */
export interface ForestScore {
  /** Share of these voxels that got their own label. */
  readonly accuracy: number;
  /** Row by row for the phases that were scribbled, in their order: how many of its voxels got which label. */
  readonly confusion: readonly (readonly number[])[];
  /** One row a phase: `label`, `phase`, `voxels`, `precision`, `recall`, `IoU`; NaN where there are none to divide by. */
  readonly table: ResultTable;
}

/** A file of more bytes is no forest that could be read: text is at most that long. */
const MOST_BYTES = 2 ** 29 - 24;

/**
 * A trained forest: what {@link trainForest} gives and {@link predictForest} takes. It never changes, and holds everything that
 * its answer needs: features, σ, border, bins, trees, phases.
 */
export class Forest implements Traced {
  readonly #model: ForestModel;

  /** @internal see {@link trainForest} and {@link openForest} */
  constructor(model: ForestModel) {
    this.#model = model;
  }

  /** The phases that were scribbled, in the order of their labels. */
  get phases(): readonly Phase[] {
    return this.#model.phases;
  }

  /** Names of the features, in their order. */
  get features(): readonly string[] {
    const { channels, stack } = this.#model;
    return featureNames(
      channels.map(({ name }) => name),
      stack,
    );
  }

  /** Number of trees. */
  get trees(): number {
    return this.#model.treeCount;
  }

  get provenance(): Provenance {
    return this.#model.provenance;
  }

  /**
   * How much each feature tells: its share of what all splits of all trees take from the Gini impurity. Columns `feature`
   * and `importance`, which sums to 1; the most important one first. Of features that tell the same, each gets a part.
   */
  get importance(): ResultTable {
    const { importance, provenance } = this.#model;
    const rows = this.features.map((feature, k) => ({ feature, importance: importance[k]! }));
    rows.sort((a, b) => b.importance - a.importance);
    return resultTable(
      [
        { name: "feature", values: rows.map(({ feature }) => feature) },
        { name: "importance", values: rows.map((row) => row.importance), unit: "1" },
      ],
      provenance,
    );
  }

  /** How right it is on scribbles that were held out; undefined if none were. */
  get score(): ForestScore | undefined {
    const { confusion, phases, provenance } = this.#model;
    if (confusion === null) return undefined;
    const each = [...phases.keys()];
    const rows = confusion.map((row) => row.reduce((a, b) => a + b, 0));
    const columns = each.map((c) => confusion.reduce((sum, row) => sum + row[c]!, 0));
    const right = each.map((k) => confusion[k]![k]!);
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    const table = resultTable(
      [
        { name: "label", values: phases.map(({ label }) => label), whole: true },
        { name: "phase", values: phases.map(({ name }) => name) },
        { name: "voxels", values: rows, whole: true },
        { name: "precision", values: each.map((k) => right[k]! / columns[k]!), unit: "1" },
        { name: "recall", values: each.map((k) => right[k]! / rows[k]!), unit: "1" },
        { name: "IoU", values: each.map((k) => right[k]! / (rows[k]! + columns[k]! - right[k]!)), unit: "1" },
      ],
      provenance,
    );
    return { accuracy: sum(right) / sum(rows), confusion, table };
  }

  /** The forest as plain JSON, which {@link openForest} and {@link predictForest} take. */
  toJSON(): ForestModel {
    return this.#model;
  }

  /** The facts in one line. */
  toString(): string {
    const { score, phases, features, trees } = this;
    const names = phases.map(({ name }) => name).join(", ");
    const right = score === undefined ? "" : `, ${(100 * score.accuracy).toFixed(1)} % of held-out voxels right`;
    return `Forest of ${trees} trees over ${features.length} features: ${names}${right}`;
  }

  /** What a notebook shows. */
  [displaySymbol](): MimeBundle {
    return { "text/plain": this.toString() };
  }

  /** Saves the forest as a JSON file, which {@link openForest} reads. @param path must end in `.json` */
  async save(path: string): Promise<void> {
    if (typeof path !== "string" || extname(path).toLowerCase() !== ".json")
      throw new InvalidArgument(`a forest is saved as a .json file, got ${String(path)}`);
    const text = `${JSON.stringify(this.#model, null, 1)}\n`;
    await writeAtomically(path, disk, (append) => append(new TextEncoder().encode(text)));
  }
}

/**
 * Reads a forest: what `forest.save(path)` wrote, or the object that stands in such a file. It gives the same labels as the one
 * that was saved, byte for byte.
 * @throws MissingData if there is no such file; UnsupportedFeature if it is no forest, or one of another version;
 * MalformedFile if its numbers contradict each other: nothing of a file is believed
 */
export async function openForest(source: string | ForestModel): Promise<Forest> {
  if (typeof source === "object" && source !== null) return new Forest(checkedModel(source, "the forest"));
  if (typeof source !== "string" || source === "")
    throw new InvalidArgument(
      `openForest takes the path of a .json file or a forest as plain JSON, got ${String(source)}`,
    );
  const name = basename(source);
  let text: string;
  try {
    const { size } = await stat(source);
    if (size > MOST_BYTES) throw new MalformedFile(`${name} is no forest: it has ${size} bytes`);
    text = await readFile(source, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EISDIR" && code !== "EACCES" && code !== "ENOTDIR") throw error;
    throw new MissingData(`the forest ${source} could not be read: ${(error as Error).message}`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new MalformedFile(`${name} is no forest: ${(error as Error).message}`);
  }
  return new Forest(checkedModel(parsed, name));
}
