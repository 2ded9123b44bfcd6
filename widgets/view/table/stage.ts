/** What the parts of a table share: columns, the selection by row, and how it is shown. */
import { type AxisScale, axisFor } from "../../draw/axis.js";
import type { ColumnFacts, TableDisplay } from "../../protocol/table.js";
import type { PageScene } from "../scene.js";
import type { LoadedColumn, PageColumns, TableHandle } from "./columns.js";

/** What a gesture does with what was selected before. */
export type Mode = "replace" | "add" | "remove";

export const modeOf = ({ shiftKey, altKey }: { readonly shiftKey: boolean; readonly altKey: boolean }): Mode =>
  altKey ? "remove" : shiftKey ? "add" : "replace";

export interface TableStage {
  readonly root: HTMLElement;
  readonly handle: TableHandle;
  readonly scene: PageScene;
  readonly columns: PageColumns;
  readonly labelsId: string;
  /** Number of the column of labels. */
  readonly label: number;
  /** Label of each row, once it has come. */
  labels: LoadedColumn["values"] | undefined;
  /** The largest of them; −1: there are none. */
  most: number;
  /** By row, 1: selected; undefined: nothing is. */
  lit: Uint8Array | undefined;
  /** Rows that are selected. */
  count: number;
  display: TableDisplay;
  /** Draws in the next frame. */
  ask(): void;
}

/** Changes how the table is shown, and tells the kernel. */
export function show(stage: TableStage, changes: Partial<TableDisplay>): void {
  stage.display = { ...stage.display, ...changes };
  stage.handle.save({ display: stage.display });
  stage.handle.send({ kind: "settled" });
  stage.ask();
}

/** Ends a gesture that has selected. */
export const settle = ({ scene, handle }: TableStage): void => scene.settle(handle as never);

/** Begins a gesture: what it takes is put to, or taken from, what is selected now. */
export function beginSelecting(stage: TableStage, mode: Mode): (hits: (row: number) => boolean) => void {
  const { scene, labelsId } = stage;
  const before = mode === "replace" ? undefined : scene.litOf(labelsId);
  return (hits) => {
    const { labels, most } = stage;
    if (labels === undefined) return;
    const next = new Uint8Array(Math.max(most + 1, before?.length ?? 0));
    if (before !== undefined) next.set(before);
    const value = mode === "remove" ? 0 : 1;
    for (let row = 0; row < labels.length; row++) if (hits(row)) next[labels[row]!] = value;
    scene.select(next.includes(1) ? next : undefined, labelsId);
  };
}

/** Takes over what is selected, by row. */
export function followSelection(stage: TableStage): void {
  const { labels, scene, labelsId } = stage;
  const lit = scene.litOf(labelsId);
  stage.count = 0;
  stage.lit = undefined;
  if (labels === undefined || lit === undefined) return;
  stage.lit = new Uint8Array(labels.length);
  for (let row = 0; row < labels.length; row++)
    if (lit[labels[row]!] === 1) {
      stage.lit[row] = 1;
      stage.count++;
    }
}

/** A column's name with its unit. */
export const named = ({ name, unit }: ColumnFacts): string => (unit === "" ? name : `${name} (${unit})`);

const axes = new WeakMap<LoadedColumn, Map<boolean, AxisScale>>();

/** The axis of a column, made once. */
export function axisOf(column: LoadedColumn, log: boolean): AxisScale {
  const known = axes.get(column) ?? new Map<boolean, AxisScale>();
  axes.set(column, known);
  const axis = known.get(log) ?? axisFor(column.values, log);
  known.set(log, axis);
  return axis;
}
