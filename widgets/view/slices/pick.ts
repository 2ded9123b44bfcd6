/** Voxels that are clicked select their label, in all views that show it. */

import type { Triple } from "../../../src/core/shape.js";
import { MOST_LABELS } from "../../draw/label-set.js";
import { SIDES } from "../../draw/layout.js";
import type { Help } from "./keys.js";
import type { PaneCanvas } from "./pane.js";
import { activePane, type InPlane, inside, type Stage, valueAt } from "./stage.js";
import type { DragTool, Place } from "./tools.js";

type Mode = "replace" | "add" | "remove";

export const PICK_HELP: Help = [
  ["s", "select labels: click or drag, Shift adds, Alt takes away"],
  ["space", "select the label at the cursor, or no longer"],
];

/** The label under a place; undefined: its plane has not come, or there is none. */
function labelUnder(
  stage: Stage,
  pane: PaneCanvas,
  { right, down }: Pick<InPlane, "right" | "down">,
): number | undefined {
  const sides = SIDES[pane.axis];
  const at = stage.scene.state.cursor.map((n, k) =>
    k === sides.right ? inside(stage, Math.floor(right), k) : k === sides.down ? inside(stage, Math.floor(down), k) : n,
  ) as unknown as Triple;
  return valueAt(stage, pane, at, "labels")?.value;
}

/** Whether a label is one of something: 0 is nothing, unless a phase has it. */
const isSomething = ({ handle }: Stage, label: number): boolean =>
  label > 0 || (label === 0 && handle.get("phases").some((phase) => phase.label === 0));

export interface Picking {
  readonly tool: DragTool;
  /** Selects the label at the cursor, or does so no longer. */
  toggle(): void;
}

/** @param failed tells the reader why a label cannot be selected */
export function picking(stage: Stage, failed: (message: string) => void): Picking {
  const { scene, handle } = stage;
  const labelsId = handle.get("labelsId");

  /** @param before what was selected when the gesture began */
  function put(before: Uint8Array | undefined, labels: ReadonlySet<number>, mode: Mode): void {
    const kept = mode === "replace" ? undefined : before;
    const next = new Uint8Array(Math.max(kept?.length ?? 0, ...[...labels].map((label) => label + 1)));
    if (kept !== undefined) next.set(kept);
    for (const label of labels) next[label] = mode === "remove" ? 0 : 1;
    scene.select(next.includes(1) ? next : undefined, labelsId);
  }

  function usable(label: number | undefined): label is number {
    if (label === undefined || !isSomething(stage, label)) return false;
    if (label < MOST_LABELS) return true;
    failed(
      `label ${label} cannot be selected: labels are below ${MOST_LABELS}; give them other numbers with relabel(…)`,
    );
    return false;
  }

  const tool: DragTool = {
    label: "Select",
    key: "s",
    title: "click selects the label of a voxel, drag those it goes over; Shift adds, Alt takes away (s)",
    pointer: "pointer",
    takesKeys: true,
    begin(place, event) {
      const mode: Mode = event.altKey ? "remove" : event.shiftKey ? "add" : "replace";
      const before = scene.litOf(labelsId);
      const labels = new Set<number>();
      const take = ({ pane, right, down }: Place): void => {
        const label = labelUnder(stage, pane, { right, down });
        if (!usable(label) || labels.has(label)) return;
        labels.add(label);
        put(before, labels, mode);
      };
      if (mode === "replace") put(before, labels, mode);
      take(place);
      return { move: take, end: () => scene.settle(handle) };
    },
  };
  return {
    tool,
    toggle() {
      const { cursor } = scene.state;
      const { right, down } = SIDES[stage.active];
      const pane = activePane(stage);
      const label = pane && labelUnder(stage, pane, { right: cursor[right], down: cursor[down] });
      if (!usable(label)) return;
      const before = scene.litOf(labelsId);
      put(before, new Set([label]), before?.[label] === 1 ? "remove" : "add");
      scene.settle(handle);
    },
  };
}
