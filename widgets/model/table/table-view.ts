/** The table of the labels of a volume on the kernel's side: columns for the page, and what is selected for cells. */
import type { Json } from "../../../kernel/comm.js";
import { labelTable, mapLabels } from "../../../src/compute/operations/labels.js";
import { run } from "../../../src/compute/run.js";
import type { ResultTable } from "../../../src/core/arrow/table.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { suggestion } from "../../../src/core/options.js";
import { trace } from "../../../src/core/provenance.js";
import type { Volume } from "../../../src/core/volume.js";
import type { TableDisplay, TableReply, TableState } from "../../protocol/table.js";
import type { Lit } from "../../protocol.js";
import { Called, cellOf, unless } from "../code.js";
import { OwnWidget } from "../own-widget.js";
import { errorReply } from "../planes.js";
import { type Scene, sceneAccepts } from "../scene.js";
import { SceneView } from "../scene-view.js";
import { checkGroupName, labellingOf, labelsOfLit, litText } from "../selection.js";
import type { Shown } from "../view.js";
import type { Columns } from "./columns.js";
import { tableShown } from "./table-picture.js";

/** Stands for a column to order by: what is selected. */
export const SELECTED_FIRST = -2;

type State = Omit<TableState, `_${string}`>;

/** A table linked with the volume whose labels its rows are of; made by {@link tableOf}. */
export class TableView extends SceneView<State> {
  readonly #columns: Columns;
  readonly #labels: Volume;
  readonly #labelling: string;

  /** @internal */
  constructor(scene: Scene, labels: Volume, columns: Columns, title: string, display: TableDisplay) {
    const labelsId = labellingOf(labels);
    const rows = columns.labels.length;
    super(
      new OwnWidget<State>(
        { model: "TableModel", view: "TableView" },
        { ...scene.state, history: scene.log.lengths, scene: scene.id, title, labelsId, rows, display },
        { ...sceneAccepts(scene), display: (value) => displayIn(value, columns) },
      ),
      scene,
    );
    this.#columns = columns;
    this.#labels = labels;
    this.#labelling = labelsId;
    this.#serve();
    this.join();
  }

  /** @internal */
  readonly followsThresholds = false;

  /** Labels of the rows that are selected, ascending, as they were after the last gesture; empty: none is. */
  get selected(): Int32Array {
    return this.#inTable(this.scene.selection.labelsOf(this.#labelling));
  }

  /** The rows that are selected, in the order of the table, with all columns. */
  get selectedRows(): ResultTable {
    const { selected } = this;
    const wanted = new Set(selected);
    const { table, labels } = this.#columns;
    const rows = Int32Array.from(labels.keys()).filter((row) => wanted.has(labels[row]!));
    // The labels as a short text: a provenance with 100 000 numbers in it could not be read.
    const text = litText(null, selected)?.labels ?? "";
    return this.#columns.rows(rows, trace("selectedRows", { count: rows.length, labels: text }, { table }));
  }

  /**
   * Selects rows; table, slices and all other views of the volume follow. It is not among the {@link actions}.
   * @param labels of the rows, in any order; none: nothing is selected
   * @throws InvalidArgument if the table has no row of a label
   */
  select(labels: Iterable<number>): void {
    this.scene.selection.set(litText(this.#labelling, this.#checked(labels)));
    void this.scene.renew();
  }

  /** What is kept under names, as labels: by the reader with the button of the view, or by {@link keep}. */
  get groups(): Readonly<Record<string, Int32Array>> {
    const groups: [string, Int32Array][] = [];
    for (const [name, lit] of this.scene.selection.groups)
      if (lit.of === null || lit.of === this.#labelling) groups.push([name, this.#inTable(labelsOfLit(lit))]);
    return Object.fromEntries(groups);
  }

  /**
   * Keeps labels under a name, which the view then shows. It is not among the {@link actions}.
   * @param labels Default: what is selected
   * @throws InvalidArgument if the name is empty or longer than 40 characters, there are 32 groups already, or no labels
   */
  keep(name: string, labels: Iterable<number> = this.selected): void {
    checkGroupName(name);
    const lit = litText(this.#labelling, this.#checked(labels));
    if (lit === null) throw new InvalidArgument(`there are no labels to keep as ${JSON.stringify(name)}; select some`);
    this.scene.selection.setGroup(name, lit);
  }

  /**
   * The labels of a group as a volume of their own, for further analysis: they keep their numbers, all others become 0. Cost O(n);
   * memory that of the labels.
   * @param group its name. Default: what is selected
   * @throws InvalidArgument if nothing is kept under the name
   */
  async labelsOf(group?: string): Promise<Volume> {
    const labels = group === undefined ? this.selected : this.#group(group);
    const volume = this.#labels;
    const text = litText(null, labels)?.labels ?? "";
    const provenance = trace("labelsOf", { count: labels.length, labels: text }, { labels: volume });
    const kept = new Set(labels);
    const phases = volume.phases?.filter(({ label }) => kept.has(label)) ?? null;
    const parameters = { ...labelTable(labels, labels), rest: 0, dtype: volume.dtype };
    return run(mapLabels, volume, parameters, {}, { provenance, phases });
  }

  get code(): string {
    const { title, display } = this.widget.state;
    const { x, y, bars, sort, descending } = display;
    const { label, table } = this.#columns;
    const name = (k: number): string | undefined => table.schema.fields[k]?.name;
    const logs = [display.logX && "x", display.logY && "y", display.logBars && "bars"].filter(Boolean);
    const { selected } = this;
    const groups = Object.entries(this.groups);
    return cellOf("tableOf", "table", {
      labels: new Called("labels"),
      scan: this.scene.volume === this.#labels ? undefined : new Called("scan"),
      ...{ x: name(x), y: name(y), bars: name(bars) },
      log: logs.length > 0 ? logs : undefined,
      label: unless("label", name(label)),
      sort: name(sort),
      descending: unless(false, descending),
      selectedFirst: unless(false, sort === SELECTED_FIRST),
      title: unless("table", title),
      selected: selected.length > 0 ? labelsCode(selected) : undefined,
      groups:
        groups.length > 0 ? Object.fromEntries(groups.map(([group, kept]) => [group, labelsCode(kept)])) : undefined,
    });
  }

  /** @internal */
  async shown(): Promise<Shown> {
    return tableShown(this.#columns, this.widget.state, this.selected);
  }

  #inTable(labels: Int32Array): Int32Array {
    const known = new Set(this.#columns.labels);
    return labels.filter((label) => known.has(label));
  }

  #checked(labels: Iterable<number>): number[] {
    const wanted = [...new Set(labels)].sort((a, b) => a - b);
    const known = new Set(this.#columns.labels);
    const wrong = wanted.find((label) => !known.has(label));
    if (wrong !== undefined) throw new InvalidArgument(`no row of this table has the label ${String(wrong)}`);
    return wanted;
  }

  #group(name: string): Int32Array {
    const { groups } = this;
    if (Object.hasOwn(groups, name)) return groups[name]!;
    const names = Object.keys(groups);
    const known =
      names.length === 0
        ? "nothing is kept yet"
        : `the groups are ${names.map((one) => JSON.stringify(one)).join(", ")}`;
    throw new InvalidArgument(`nothing is kept as ${JSON.stringify(name)}${suggestion(String(name), names)}; ${known}`);
  }

  /** Answers the page; what it asks wrongly it is told. */
  #serve(): void {
    const reply = (message: TableReply, buffers: readonly ArrayBufferView[] = []): void =>
      this.widget.send(message as unknown as Record<string, Json>, buffers);
    this.widget.onMessage(async (content) => {
      const id = Number(content.id);
      try {
        if (content.kind === "facts") {
          const { facts, label } = this.#columns;
          reply({ kind: "facts", id, columns: [...facts], label, groups: this.scene.selection.groupFacts() });
        } else if (content.kind === "column") {
          const column = content.column as number;
          if (!Object.hasOwn(this.#columns.facts, String(column)) || !Number.isInteger(column))
            throw new InvalidArgument(`the table has no column ${JSON.stringify(column)}`);
          for (const { buffers, ...part } of this.#columns.parts(column))
            reply({ kind: "column", id, column, ...part }, buffers);
        } else if (content.kind === "keep") await this.#setGroup(content.name, this.scene.selection.now);
        else if (content.kind === "forget") await this.#setGroup(content.name, null);
        else if (content.kind === "recall") await this.#recall(content.name);
      } catch (error) {
        reply(errorReply(id, error));
      }
    });
  }

  /** Keeps what the page has selected, as an action. */
  async #setGroup(given: unknown, to: Lit | null): Promise<void> {
    const name = checkGroupName(given);
    const from = this.scene.selection.groups.get(name) ?? null;
    if (from === null && to === null) throw new InvalidArgument("nothing is selected, and nothing can be kept");
    await this.scene.log.perform({ kind: "group", name, from, to });
  }

  async #recall(given: unknown): Promise<void> {
    const name = checkGroupName(given);
    this.#group(name);
    const { now, groups } = this.scene.selection;
    await this.scene.log.perform({ kind: "selection", from: now, to: groups.get(name)! });
  }
}

/** A few labels are read, many are copied. */
const labelsCode = (labels: Int32Array): readonly number[] | string =>
  labels.length <= 20 ? [...labels] : litText(null, labels)!.labels;

/** What a page may set. */
function displayIn(value: unknown, { facts }: Columns): TableDisplay | undefined {
  const { x, y, bars, logX, logY, logBars, sort, descending } = Object(value) as Partial<TableDisplay>;
  const numeric = [x, y, bars].every((k) => Number.isInteger(k) && facts[k!]?.kind === "number");
  const flags = [logX, logY, logBars, descending].every((flag) => typeof flag === "boolean");
  const sorted = Number.isInteger(sort) && sort! >= SELECTED_FIRST && sort! < facts.length;
  if (!numeric || !flags || !sorted) return undefined;
  return { x, y, bars, logX, logY, logBars, sort, descending } as TableDisplay;
}
