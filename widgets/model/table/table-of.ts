import { checkVolume } from "../../../src/compute/run.js";
import type { ResultTable } from "../../../src/core/arrow/table.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkOptions } from "../../../src/core/options.js";
import { sameShape } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import { checkLabelled } from "../../../src/morphology/find-components.js";
import { sceneOf } from "../scene.js";
import { labelsOfLit } from "../selection.js";
import { checkFlag, checkTitle } from "../slices/slices.js";
import { Columns } from "./columns.js";
import { SELECTED_FIRST, TableView } from "./table-view.js";

/** Options of {@link tableOf}. */
export interface TableOptions {
  /** The labels that the rows are of. */
  labels: Volume;
  /** The scan, of the same shape: then the table is linked with its views, such as `slices(scan, { labels })`. Default: with those of the labels. */
  scan?: Volume;
  /** Columns of numbers that are plotted against each other. Default: "equivalent diameter" and "sphericity", else the first two. */
  x?: string;
  y?: string;
  /** Column whose histogram is drawn. Default: that of `x`. */
  bars?: string;
  /** Axes that are logarithmic. Default: none. */
  log?: readonly ("x" | "y" | "bars")[];
  /** Column of the labels. Default: "label". */
  label?: string;
  /** Column that the rows are ordered by. Default: the order of the table. */
  sort?: string;
  /** Whether the largest come first. Default false. */
  descending?: boolean;
  /** Whether what is selected comes first; then `sort` is left out. Default false. */
  selectedFirst?: boolean;
  /** Labels that are selected, or the text that stands for many of them in a copied cell. Default: what is selected already. */
  selected?: Iterable<number> | string;
  /** Labels, or the texts that stand for many of them, that are kept under names: at most 32. They are added to those of other tables of the same volume. Default: none. */
  groups?: Readonly<Record<string, Iterable<number> | string>>;
  /** Name above the view. Default: "table". */
  title?: string;
}

const OPTIONS = [
  "labels",
  "scan",
  "x",
  "y",
  "bars",
  "log",
  "label",
  "sort",
  "descending",
  "selectedFirst",
  "selected",
  "groups",
  "title",
] as const;
const AXES = ["x", "y", "bars"] as const;

/** Labels, as a list or as a text that a cell was copied with. */
function labelsIn(what: string, labels: Iterable<number> | string): Iterable<number> {
  if (typeof labels === "string") return labelsOfLit({ of: null, labels });
  if (typeof Object(labels)[Symbol.iterator] === "function") return labels;
  throw new InvalidArgument(`tableOf: ${what} is ${JSON.stringify(labels)}; give labels such as [1, 2]`);
}

/** The columns that are plotted where nobody chose any. */
function chosen(columns: Columns, { x, y, bars }: TableOptions): { x: number; y: number; bars: number } {
  const numeric = columns.facts.flatMap(({ kind }, k) => (kind === "number" && k !== columns.label ? [k] : []));
  const known = (name: string, else_: number): number => {
    const k = numeric.find((one) => columns.facts[one]!.name === name);
    return k ?? numeric[Math.min(else_, numeric.length - 1)] ?? columns.label;
  };
  const across = x === undefined ? known("equivalent diameter", 0) : columns.numberOf("x", x);
  return {
    x: across,
    y: y === undefined ? known("sphericity", 1) : columns.numberOf("y", y),
    bars: bars === undefined ? across : columns.numberOf("bars", bars),
  };
}

/**
 * Shows a table with a row for each label of a volume: rows that can be sorted, two columns plotted against each other, and the histogram
 * of one. What is selected with a lasso or a box in the plot, a span of the histogram, a click on a row, or on a voxel in slices of the
 * same volume is one selection: in slices its labels keep their colour and get a white edge, all else grows dark. Shift adds to what is
 * selected, Alt takes away. All of it happens in the page; the kernel hears of it when the mouse is released.
 *
 *   const grains = await particles(separated);
 *   const table = await tableOf(grains, { labels: separated, scan, x: "equivalent diameter", y: "sphericity" });
 *   together(await slices(scan, { labels: separated }), table)
 *   // in another cell:
 *   table.selected                                     // labels
 *   table.selectedRows                                 // the same rows as an Arrow table
 *   const broken = await table.labelsOf("broken");     // what the reader has kept under this name, as a volume
 *
 * @param table an Arrow table such as {@link particles} makes, of at most a million rows; units of its fields stand at the axes
 * @returns a view that shows itself in a notebook: live in JupyterLab, as a picture with the first rows everywhere else
 * @throws InvalidArgument if a column is not there, labels are no whole numbers below 2²⁴ or stand in two rows, or the scan has another shape
 */
export async function tableOf(table: ResultTable, options: TableOptions): Promise<TableView> {
  const caller = "tableOf";
  checkOptions(caller, options, OPTIONS);
  const { labels, scan, log = [], label = "label", sort, descending = false, selected, title = "table" } = options;
  const { selectedFirst = false, groups = {} } = options;
  if (labels === undefined)
    throw new InvalidArgument("tableOf: give the volume that the rows are measured of: tableOf(table, { labels })");
  checkVolume(`${caller}: labels`, labels);
  checkLabelled(caller, labels);
  if (scan !== undefined) {
    checkVolume(`${caller}: scan`, scan);
    if (!sameShape(scan.shape, labels.shape))
      throw new InvalidArgument(
        `tableOf: the scan has the shape ${scan.shape.join(" × ")}, the labels ${labels.shape.join(" × ")}; they must be the same`,
      );
  }
  if (!Array.isArray(log) || !log.every((axis) => AXES.includes(axis)))
    throw new InvalidArgument(`tableOf: log is ${JSON.stringify(log)}; give a list of "x", "y" and "bars"`);
  checkFlag("tableOf: descending", descending);
  checkFlag("tableOf: selectedFirst", selectedFirst);
  if (selectedFirst && sort !== undefined)
    throw new InvalidArgument("tableOf: rows are ordered by one thing: give sort or selectedFirst");
  checkTitle(title);
  const columns = new Columns(table, label);
  const display = {
    ...chosen(columns, options),
    logX: log.includes("x"),
    logY: log.includes("y"),
    logBars: log.includes("bars"),
    sort: selectedFirst ? SELECTED_FIRST : sort === undefined ? -1 : columns.numberOf("sort", sort, false),
    descending,
  };
  const view = new TableView(await sceneOf(scan ?? labels), labels, columns, title, display);
  if (selected !== undefined) view.select(labelsIn("selected", selected));
  for (const [name, kept] of Object.entries(groups))
    view.keep(name, labelsIn(`the group ${JSON.stringify(name)}`, kept));
  return view;
}
