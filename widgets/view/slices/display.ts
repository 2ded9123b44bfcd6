/** How slices are shown: how many planes as one, labels filled or outlined, and the curtain before another volume. */
import type { SlabMode, SlicesDisplay } from "../../protocol.js";
import { choice, element } from "../dom.js";
import type { Help } from "./keys.js";
import type { Stage } from "./stage.js";
import type { DragTool } from "./tools.js";

const PLANES = [1, 3, 5, 9, 17, 33, 65];
const MODES: readonly (readonly [SlabMode, string])[] = [
  ["mean", "mean"],
  ["max", "maximum"],
  ["min", "minimum"],
];

export const DISPLAY_HELP: Help = [
  ["m", "one plane, or several as one"],
  ["l", "labels filled or outlined"],
  ["n", "the other volume, or the first one"],
];

/** Changes what is shown at once. */
function show(stage: Stage, changes: Partial<SlicesDisplay>): void {
  stage.display = { ...stage.display, ...changes };
  stage.changed();
}

/** Tells the kernel, whose picture follows. */
function settle({ handle, display }: Stage): void {
  handle.save({ display });
  handle.send({ kind: "settled" });
}

/** Drags the edge behind which the other volume is seen. */
export function curtainTools(stage: Stage): Map<string, DragTool> {
  const tool: DragTool = {
    label: "Curtain",
    key: "v",
    title: "drag moves the edge of the curtain (v)",
    pointer: "col-resize",
    begin(from) {
      const move = ({ pane, x }: typeof from): void =>
        show(stage, { curtain: Math.min(1, Math.max(0, x / pane.pane.width)) });
      move(from);
      return { move, end: () => settle(stage) };
    },
  };
  return new Map([["curtain", tool]]);
}

/** The edge of the curtain. */
export function curtainLine(stage: Stage): Stage["over"][number] {
  return (pane, context) => {
    const { curtain } = stage.display;
    if (stage.content.behind() === undefined || curtain <= 0 || curtain >= 1) return;
    const x = Math.round(curtain * pane.pane.width);
    context.fillStyle = "rgba(0,0,0,0.6)";
    context.fillRect(x - 2, 0, 4, pane.pane.height);
    context.fillStyle = "#fff";
    context.fillRect(x - 1, 0, 2, pane.pane.height);
  };
}

export interface DisplayRow {
  readonly row: HTMLElement;
  readonly keys: Readonly<Record<string, () => void>>;
  /** Shows what the model has. */
  follow(): void;
}

export function displayRow(stage: Stage): DisplayRow {
  const { handle, volume } = stage;
  const few = PLANES.filter((n) => n <= Math.max(...volume.shape));
  const planes = choice(
    "planes shown as one (m)",
    few.map((n) => [String(n), n === 1 ? "1 plane" : `${n} planes`] as const),
  );
  const mode = choice("how several planes become one", MODES);
  const outline = element("input", { type: "checkbox", title: "outline labels (l)" });
  const change = (changes: Partial<SlicesDisplay>): void => {
    show(stage, changes);
    follow();
    settle(stage);
  };
  planes.addEventListener("change", () => change({ planes: Number(planes.value) }));
  mode.addEventListener("change", () => change({ mode: mode.value as SlabMode }));
  outline.addEventListener("change", () => change({ outline: outline.checked }));
  function follow(): void {
    const { display } = stage;
    // A number that a cell has given may be none of the list.
    if (!few.includes(display.planes)) {
      few.push(display.planes);
      planes.append(element("option", { value: String(display.planes) }, `${display.planes} planes`));
    }
    planes.value = String(display.planes);
    mode.value = display.mode;
    mode.hidden = display.planes === 1;
    outline.checked = display.outline;
  }
  follow();
  const labels = handle.get("labels") && handle.get("field") === null;
  const row = element(
    "div",
    { class: "voxbook-bar" },
    planes,
    mode,
    ...(labels ? [element("label", {}, outline, "outline")] : []),
  );
  let thick = stage.display.planes > 1 ? stage.display.planes : Math.min(5, few.at(-1)!);
  return {
    row,
    follow,
    keys: {
      m() {
        if (stage.display.planes > 1) thick = stage.display.planes;
        change({ planes: stage.display.planes > 1 ? 1 : thick });
      },
      l: () => change({ outline: !stage.display.outline }),
      n() {
        if (stage.content.behind() === undefined) return;
        // All of one, then all of the other: what differs blinks.
        change({ curtain: stage.display.curtain === 0 ? 1 : 0 });
      },
    },
  };
}
