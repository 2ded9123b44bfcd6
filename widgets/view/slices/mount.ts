/**
 * Three linked planes of a volume: what the page shows for `slices(volume)`. A mouse move goes from gestures.ts to a tool (tools.ts),
 * which changes scene or camera by a function of moves.ts; drawing.ts draws in the next frame.
 */
import { formatLength } from "../../../src/core/length.js";
import type { Triple } from "../../../src/core/shape.js";
import { extentOf, GAP, type Layout, layoutPanes } from "../../draw/layout.js";
import type { SlicesState } from "../../protocol.js";
import { addStyles, element, ownKeys, perFrame } from "../dom.js";
import type { ModelHandle, Mounted } from "../handle.js";
import { historyButtons } from "../history.js";
import { sceneFor } from "../scene.js";
import { curtainTools, DISPLAY_HELP, displayRow } from "./display.js";
import { draw } from "./drawing.js";
import { FreePane } from "./free/pane.js";
import { freeLine, freeTool } from "./free/tool.js";
import { gestures } from "./gestures.js";
import { keys } from "./keys.js";
import { mountPainting } from "./paint/mount.js";
import { PaneCanvas } from "./pane.js";
import { Planes } from "./planes.js";
import { fieldLegend, legendOf, readoutText } from "./readout.js";
import { regionOutline, regionTool } from "./region.js";
import type { Stage } from "./stage.js";
import { toolbarOf } from "./toolbar.js";
import { basicTools, type DragTool } from "./tools.js";
import { hatchOver } from "./training/hatch.js";
import { mountTraining } from "./training/mount.js";

/** Planes and a histogram below them fit one screen. */
const TALLEST = 440;
const WIDEST = 880;

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

/** Builds the view inside an element. */
export function mountSlices(root: HTMLElement, handle: ModelHandle<SlicesState>): Mounted {
  addStyles(root.ownerDocument);
  const volume = handle.get("volume");
  const { shape, spacing } = volume;
  const area = element("div", { class: "voxbook-panes" });
  const corner = element("div", { class: "voxbook-corner" });
  const trouble = element("div", { class: "voxbook-error", role: "alert" });
  const readout = element("div", { class: "voxbook-readout", "aria-live": "polite" });
  const legend = element("div", { class: "voxbook-legend" });
  const failed = (message: string): void => {
    trouble.textContent = message;
    area.append(trouble);
  };
  const planes = new Planes(
    handle,
    (plane) => {
      painting?.arrived(plane);
      stage.ask();
    },
    failed,
  );
  const showReadout = (): void => {
    readout.textContent = readoutText(stage);
  };
  const frame = perFrame(() => {
    const field = handle.get("field");
    const complete = draw(stage, (look) =>
      legend.replaceChildren(
        ...(training?.legend() ?? []),
        ...(field === null ? legendOf(look, handle.get("labels")) : fieldLegend(field)),
      ),
    );
    if (complete) training?.complete();
    if (stage.look !== undefined) free.draw(stage.look);
    if (stage.panes.length > 0) showReadout();
  });
  const stage: Stage = {
    root,
    area,
    handle,
    volume,
    scene: sceneFor(handle),
    planes,
    panes: [],
    last: new Map(),
    camera: { scale: 1, zoom: 1, centre: shape.map((n) => n / 2) as unknown as Triple },
    opacity: handle.get("opacity"),
    display: handle.get("display"),
    tool: "cursor",
    active: "z",
    hover: undefined,
    look: undefined,
    get predicted() {
      return training?.predicted;
    },
    over: [],
    ask: frame.ask,
    changed() {
      stage.look = undefined;
      frame.ask();
    },
  };
  const painting = handle.get("editable") ? mountPainting(stage, failed) : undefined;
  const training = handle.get("training") === null ? undefined : mountTraining(stage, failed);
  stage.over.push(hatchOver(stage), regionOutline(stage), freeLine(stage));
  // A picture of one plane has no other plane in it.
  const freeTools: [string, DragTool][] = shape[0] === 1 ? [] : [["free", freeTool(stage)]];
  const free = new FreePane(stage);
  const tools = new Map([
    ...basicTools(stage),
    ["region", regionTool(stage)],
    ...curtainTools(stage),
    ...freeTools,
    ...(painting?.tools ?? []),
  ]);
  const history = historyButtons(handle);
  const toolbar = toolbarOf(stage, tools, history.group, [
    ...DISPLAY_HELP,
    ...(painting?.help ?? []),
    ...(training?.help ?? []),
  ]);
  toolbar.choose(training === undefined ? stage.tool : "brush");
  const leave = stage.scene.join(handle, () => {
    if ((stage.scene.state.normal !== null) !== freeShown) place();
    stage.changed();
  });
  const stopChanges = handle.onChange(() => {
    stage.opacity = handle.get("opacity");
    stage.display = handle.get("display");
    toolbar.follow();
    shown.follow();
    training?.follow();
  });

  root.classList.add("voxbook");
  const attributes = {
    tabindex: "0",
    role: "application",
    "aria-roledescription": "slices of a volume",
    "aria-label": volume.title,
    "data-jp-suppress-context-menu": "true",
  };
  for (const [name, value] of Object.entries(attributes)) root.setAttribute(name, value);
  const shown = displayRow(stage);
  const rows = [shown, painting, training].flatMap((part) => (part === undefined ? [] : [part.row]));
  const below = training === undefined ? [] : [training.panel];
  root.replaceChildren(toolbar.bar, ...rows, toolbar.help, history.code, area, readout, legend, ...below);

  let width = 0;
  let freeShown = false;
  /** Places the planes in the room that there is. */
  function place(): void {
    if (width === 0) return;
    freeShown = stage.scene.state.normal !== null;
    const side = freeShown ? Math.min(TALLEST, Math.round(0.4 * width)) : 0;
    const room = { width: width - side - (freeShown ? GAP : 0), height: TALLEST };
    const layout = layoutPanes(shape, spacing, room);
    if (stage.panes.length === 0) {
      stage.panes = layout.panes.map((pane) => new PaneCanvas(pane, shape, spacing));
      area.replaceChildren(...stage.panes.map(({ canvas }) => canvas), corner, free.canvas);
    }
    for (const [k, pane] of stage.panes.entries()) pane.place(layout.panes[k]!);
    free.place({ x: layout.width + GAP, y: 0, width: side, height: side });
    area.style.width = `${layout.width + (freeShown ? GAP + side : 0)}px`;
    area.style.height = `${Math.max(layout.height, side)}px`;
    stage.camera = { ...stage.camera, scale: layout.scale };
    showCorner(corner, layout, volume);
    stage.changed();
  }
  function resized(): void {
    const room = Math.min(WIDEST, root.clientWidth || 0);
    if (room < 40 || room === width) return;
    width = room;
    place();
  }
  const ending = [
    gestures(stage, tools, () => {
      showReadout();
      // The brush is drawn where the mouse is.
      if (painting !== undefined) stage.ask();
    }),
    keys(stage, {
      ...Object.fromEntries([...tools].map(([name, { key }]) => [key, () => toolbar.choose(name)])),
      ...painting?.keys,
      ...training?.keys,
      ...shown.keys,
      K: () => {
        stage.scene.update({ normal: null });
        stage.scene.settle(handle);
      },
      o: toolbar.toggleOverlay,
    }),
    ownKeys(root),
    leave,
    history.dispose,
    () => painting?.dispose(),
    () => training?.dispose(),
    () => free.dispose(),
    stopChanges,
    () => frame.cancel(),
    () => planes.dispose(),
  ];
  const observer = new ResizeObserver(resized);
  observer.observe(root);
  resized();

  return {
    resized,
    dispose() {
      observer.disconnect();
      for (const end of ending) end();
    },
  };
}
