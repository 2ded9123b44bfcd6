/** What both halves of a table say to each other: its columns come on request, in parts of at most 1 MiB. */
import type { HistoryState, Reply, Request, SceneState } from "../protocol.js";

/** A column, without its values. */
export interface ColumnFacts {
  readonly name: string;
  /** Unit as text; empty for names, labels and plain numbers. */
  readonly unit: string;
  readonly kind: "number" | "text";
}

/** Labels that are kept under a name. */
export interface GroupFacts {
  readonly name: string;
  readonly count: number;
}

/** How a table is shown, columns by their number. */
export interface TableDisplay {
  /** Columns of the plot. */
  readonly x: number;
  readonly y: number;
  /** Column of the histogram. */
  readonly bars: number;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly logBars: boolean;
  /** Column that the rows are ordered by; −1: as in the table; −2: what is selected first. */
  readonly sort: number;
  readonly descending: boolean;
}

export interface TableState extends SceneState, HistoryState {
  _model_name: "TableModel";
  _view_name: "TableView";
  scene: string;
  title: string;
  /** Names the labelling that the rows are of. */
  labelsId: string;
  rows: number;
  display: TableDisplay;
}

/** Page → kernel. */
export type TableRequest =
  | Request
  /** What columns and groups there are. */
  | { kind: "facts"; id: number }
  | { kind: "column"; id: number; column: number }
  /** Keeps what is selected under a name. */
  | { kind: "keep"; id: number; name: string }
  /** Selects what is kept under a name. */
  | { kind: "recall"; id: number; name: string }
  /** Does not keep it any more. */
  | { kind: "forget"; id: number; name: string };

/** How the numbers of a buffer are to be read; text: int32 places in the texts of the same part. */
export type ColumnType = "float64" | "int32" | "uint32" | "text";

/** Kernel → page. */
export type TableReply =
  | Reply
  /** @param label number of the column of labels */
  | { kind: "facts"; id: number; columns: ColumnFacts[]; label: number; groups: GroupFacts[] }
  /**
   * Rows from `row` on. Buffers: the numbers; of text also where each of the part's different texts ends (int32), and the texts, UTF-8 one
   * after the other.
   */
  | { kind: "column"; id: number; column: number; type: ColumnType; row: number }
  | { kind: "groups"; id: number; groups: GroupFacts[] };
