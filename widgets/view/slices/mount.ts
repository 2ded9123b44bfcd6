/**
 * Three linked planes of a volume: what the page shows for `slices(volume)`. A mouse move goes from gestures.ts to a tool (tools.ts),
 * which changes scene or camera by a function of moves.ts; drawing.ts draws in the next frame.
 */
import { formatLength } from "../../../src/core/length.js";
import type { Look } from "../../draw/colours.js";
import { extentOf, GAP, type Layout, layoutPanes } from "../../draw/layout.js";
import type { SlicesState } from "../../protocol.js";
import { element } from "../dom.js";
import type { ModelHandle, Mounted } from "../handle.js";
import { curtainLine, curtainTools } from "./display.js";
import { lookNow, neighbours } from "./drawing.js";
import { FreePane } from "./free/pane.js";
import { freeLine, freeTool } from "./free/tool.js";
import { mountPainting } from "./paint/mount.js";
import { paneTitle, placePanes } from "./panes.js";
import { PICK_HELP, picking } from "./pick.js";
import { legendOf } from "./readout.js";
import { openShell } from "./shell.js";
import { type Content, type PaneImage, type Stage, sceneWindow } from "./stage.js";
import type { DragTool } from "./tools.js";
import { mountTraining, type Training } from "./training/mount.js";

/** Planes and a histogram below them fit one screen. */
const TALLEST = 440;

/** Shape and size of the volume, in the corner that the three planes leave free. */
function showCorner(corner: HTMLElement, { panes }: Layout, { shape, spacing }: Stage["volume"]): void {
  const right = panes.find(({ axis }) => axis === "x");
  const below = panes.find(({ axis }) => axis === "y");
  if (right === undefined || below === undefined) return;
  corner.style.cssText = `left:${right.x}px;top:${below.y}px;width:${right.width}px;height:${below.height}px`;
  const lengths = spacing && extentOf(shape, spacing).map((n) => formatLength(n));
  const size = lengths?.join(" × ") ?? "voxel size unknown";
  corner.textContent = right.width > 110 && below.height > 70 ? `${shape.join(" × ")} voxels\n${size}` : "";
}

/** One volume, with what lies over it and, behind the curtain, the one beside it. */
function contentOf(stage: Stage, handle: ModelHandle<SlicesState>): Content {
  const over = handle.get("field") !== null ? "field" : handle.get("labels") ? "labels" : undefined;
  const beside = handle.get("beside");
  const behind: PaneImage | undefined = beside === null ? undefined : { ...BEHIND, look: besideLook(beside) };
  return {
    window: sceneWindow(stage.scene, handle),
    images: (_, look) => [
      { volume: 0, grey: "grey", over, look },
      ...(behind !== undefined && stage.display.curtain < 1 ? [behind] : []),
    ],
    title: (pane) => paneTitle(stage, pane),
    soon: () => neighbours(stage, lookNow(stage)),
    behind: () => beside?.title,
  };
}

const BEHIND = { volume: 0, grey: "beside" } as const;
const besideLook = ({ window }: NonNullable<SlicesState["beside"]>): Look => ({
  ...{ window, thresholds: [], phases: [], opacity: 0 },
});

/** Builds the view inside an element. */
export function mountSlices(root: HTMLElement, handle: ModelHandle<SlicesState>): Mounted {
  const { stage, failed, show } = openShell(root, handle, (on) => contentOf(on, handle), {
    arrived: (plane) => painting?.arrived(plane),
    drawn(look) {
      free.draw(look);
      training?.drawn(look);
    },
    ...(handle.get("training") !== null && {
      legend: (look: Look): HTMLElement[] => [...(training?.legend() ?? []), ...legendOf(look, true)],
    }),
  });
  const { shape, spacing } = stage.volume;
  const pick = handle.get("labels") && handle.get("field") === null ? picking(stage, failed) : undefined;
  const training: Training | undefined =
    handle.get("training") === null ? undefined : mountTraining(stage, handle, failed);
  // Who trains came to scribble.
  if (training !== undefined) stage.tool = "brush";
  const painting = handle.get("editable") ? mountPainting(stage, failed) : undefined;
  const beside = handle.get("beside");
  const free = new FreePane(stage, failed);
  stage.over.push(freeLine(stage));
  if (beside !== null) stage.over.push(curtainLine(stage));
  // A picture of one plane has no other plane in it.
  const freeTools: [string, DragTool][] = shape[0] === 1 ? [] : [["free", freeTool(stage)]];
  const corner = element("div", { class: "voxbook-corner" });
  let width = 0;
  let freeShown = false;
  /** Places the planes in the room that there is, beside the free one. */
  function place(room: number): void {
    width = room;
    freeShown = stage.scene.state.normal !== null;
    const side = freeShown ? Math.min(TALLEST, Math.round(0.4 * width)) : 0;
    const taken = freeShown ? GAP + side : 0;
    const layout = layoutPanes(shape, spacing, { width: width - taken, height: TALLEST });
    placePanes(stage, layout, [corner, free.canvas]);
    free.place({ x: layout.width + GAP, y: 0, width: side, height: side });
    stage.area.style.width = `${layout.width + taken}px`;
    stage.area.style.height = `${Math.max(layout.height, side)}px`;
    showCorner(corner, layout, stage.volume);
  }
  return show({
    description: "slices of a volume",
    place,
    tools: [
      ...(beside === null ? [] : curtainTools(stage)),
      ...freeTools,
      ...(pick === undefined ? [] : ([["pick", pick.tool]] as const)),
      ...(painting?.tools ?? []),
    ],
    settings: beside === null ? [] : [element("span", {}, `behind the curtain: ${beside.title}`)],
    rows: [painting, training].flatMap((part) => (part === undefined ? [] : [part.row])),
    below: training === undefined ? [] : [training.panel],
    keys: {
      ...(pick && { " ": pick.toggle }),
      ...painting?.keys,
      ...training?.keys,
      K: () => {
        stage.scene.update({ normal: null });
        stage.scene.settle(handle);
      },
    },
    help: [...(pick === undefined ? [] : PICK_HELP), ...(painting?.help ?? []), ...(training?.help ?? [])],
    modelChanged: () => training?.follow(),
    sceneChanged() {
      if ((stage.scene.state.normal !== null) !== freeShown && width > 0) place(width);
    },
    // The brush is drawn where the mouse is.
    hovered: () => painting !== undefined && stage.ask(),
    endings: [() => painting?.dispose(), () => training?.dispose(), () => free.dispose()],
  });
}
