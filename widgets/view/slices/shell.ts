/**
 * What all views of planes are made of: a bar of tools, planes in the room that there is, what is under the mouse, the names of the colours.
 * A view opens a shell, makes its tools on the stage in it, and then shows them.
 */
import type { Look } from "../../draw/colours.js";
import { type PlacedBox, wholeGrid } from "../../draw/placed-grid.js";
import type { PlanesState } from "../../protocol.js";
import { addStyles, element, ownKeys, perFrame } from "../dom.js";
import type { ModelHandle, Mounted } from "../handle.js";
import { historyButtons } from "../history.js";
import { type PageScene, sceneFor } from "../scene.js";
import { settling } from "../settling.js";
import { cameraFrom, followCamera, tellCamera } from "./camera.js";
import { DISPLAY_HELP, displayRow } from "./display.js";
import { draw, isSeen, REST_MS } from "./drawing.js";
import { gestures } from "./gestures.js";
import { type Help, keys } from "./keys.js";
import { Motion } from "./motion.js";
import { tryCard } from "./painter.js";
import { type LoadedPlane, Planes } from "./planes.js";
import { fieldLegend, legendOf, readoutText } from "./readout.js";
import { regionOutline, regionTool } from "./region.js";
import { spokenPlace } from "./spoken.js";
import type { Content, Stage } from "./stage.js";
import { toolbarOf } from "./toolbar.js";
import { basicTools, type DragTool } from "./tools.js";

const WIDEST = 880;

/** What a view does where all of them do something of their own. */
export interface Hooks {
  /** With each plane that has come. */
  arrived?(plane: LoadedPlane): void;
  /** At the end of each frame. */
  drawn?(look: Look): void;
  /** Names of the colours. Default: the phases, or the scale of the field. */
  legend?(look: Look): readonly HTMLElement[];
  /** What stands below the planes, and what is said of the cursor. Default: the voxel under the mouse, its values and its phase. */
  readout?(stage: Stage): string;
  /** What is seen of the space at zoom 1. Default: the volume. */
  readonly frame?: PlacedBox | undefined;
}

/** What a view adds to a shell. */
export interface Parts {
  readonly description: string;
  /** Places the planes in so many pixels: panes, size of their area, and the scale of the camera. */
  place(width: number): void;
  readonly tools?: Iterable<readonly [string, DragTool]>;
  /** Further pieces of the row that says how planes are shown. */
  readonly settings?: readonly HTMLElement[];
  /** Rows of controls below the bar of tools. */
  readonly rows?: readonly HTMLElement[];
  /** What stands below the planes. */
  readonly below?: readonly HTMLElement[];
  readonly keys?: Readonly<Record<string, () => void>>;
  readonly help?: Help;
  /** With each change of the scene, before it is drawn. */
  sceneChanged?(): void;
  /** With each change of the model, before it is drawn. */
  modelChanged?(names: readonly string[]): void;
  /** With each move of the mouse over the planes. */
  hovered?(): void;
  /** Called at the end of the view, before its planes are given up. */
  readonly endings?: readonly (() => void)[];
}

export interface Shell<Shown extends Content> {
  readonly stage: Stage;
  readonly content: Shown;
  /** Tells the reader what went wrong, over the planes. */
  failed(message: string): void;
  /** Puts everything into the element. */
  show(parts: Parts): Mounted;
}

/** What of a scene the colours hang on. */
const colouredBy = ({ state, selection }: PageScene): readonly unknown[] => [state.window, state.thresholds, selection];

/** @param contentOf what the view shows; called once, with the stage that it shows it on */
export function openShell<Shown extends Content>(
  root: HTMLElement,
  handle: ModelHandle<PlanesState>,
  contentOf: (stage: Stage) => Shown,
  hooks: Hooks = {},
): Shell<Shown> {
  addStyles(root.ownerDocument);
  const volume = handle.get("volume");
  const seen: PlacedBox = hooks.frame ?? wholeGrid(volume.shape);
  const area = element("div", { class: "voxbook-panes" });
  const trouble = element("div", { class: "voxbook-error", role: "alert" });
  const readout = element("div", { class: "voxbook-readout" });
  const legend = element("div", { class: "voxbook-legend" });
  const failed = (message: string): void => {
    trouble.textContent = message;
    area.append(trouble);
  };
  const planes = new Planes(
    handle,
    (plane) => {
      hooks.arrived?.(plane);
      if (isSeen(stage, plane)) stage.ask();
    },
    failed,
  );
  const told = (on: Stage): string => hooks.readout?.(on) ?? readoutText(on);
  const showReadout = (): void => {
    readout.textContent = told(stage);
  };
  const frame = perFrame(() => {
    const field = handle.get("field");
    const names = (look: Look): readonly HTMLElement[] =>
      field === null ? legendOf(look, handle.get("labels")) : fieldLegend(field);
    draw(stage, (look) => legend.replaceChildren(...(hooks.legend ?? names)(look)));
    if (stage.look !== undefined) hooks.drawn?.(stage.look);
    if (stage.panes.length > 0) showReadout();
  });
  const stage: Stage = {
    root,
    area,
    handle,
    volume,
    frame: seen,
    scene: sceneFor(handle),
    planes,
    panes: [],
    motion: new Motion(REST_MS, () => stage.ask()),
    last: new Map(),
    camera: { scale: 1, ...cameraFrom(handle.get("camera"), seen) },
    looked: settling(root, () => tellCamera(stage)),
    opacity: handle.get("opacity"),
    display: handle.get("display"),
    tool: "cursor",
    active: "z",
    touched: undefined,
    hover: undefined,
    look: undefined,
    predicted: undefined,
    over: [],
    get content() {
      return content;
    },
    ask: frame.ask,
    drawNow: frame.now,
    changed() {
      stage.look = undefined;
      frame.ask();
    },
  };
  const content = contentOf(stage);

  function show(parts: Parts): Mounted {
    stage.over.push(regionOutline(stage));
    const tools = new Map([...basicTools(stage), ["region", regionTool(stage)] as const, ...(parts.tools ?? [])]);
    const history = historyButtons(handle, "slices");
    const toolbar = toolbarOf(stage, tools, history.group, [...DISPLAY_HELP, ...(parts.help ?? [])]);
    toolbar.choose(stage.tool);
    const shown = displayRow(stage);
    shown.row.append(...(parts.settings ?? []));
    const spoken = spokenPlace(stage, told);
    let coloured = colouredBy(stage.scene);
    const leave = stage.scene.join(handle, () => {
      spoken.soon();
      parts.sceneChanged?.();
      const now = colouredBy(stage.scene);
      // Where only the cursor has moved the colours stay.
      if (now.every((value, k) => value === coloured[k])) stage.ask();
      else stage.changed();
      coloured = now;
    });
    const stopChanges = handle.onChange((names) => {
      if (names.includes("camera")) followCamera(stage);
      // Where only that has changed the colours stay.
      if (names.every((name) => name === "camera")) return;
      stage.opacity = handle.get("opacity");
      stage.display = handle.get("display");
      parts.modelChanged?.(names);
      toolbar.follow();
      shown.follow();
    });
    root.classList.add("voxbook");
    const attributes = {
      tabindex: "0",
      role: "application",
      "aria-roledescription": parts.description,
      "aria-label": volume.title,
      "data-jp-suppress-context-menu": "true",
    };
    for (const [name, value] of Object.entries(attributes)) root.setAttribute(name, value);
    root.replaceChildren(
      ...[toolbar.bar, shown.row, ...(parts.rows ?? []), toolbar.help, history.code],
      ...[area, readout, spoken.element, legend, ...(parts.below ?? [])],
    );
    let width = 0;
    function resized(): void {
      const room = Math.min(WIDEST, root.clientWidth || 0);
      if (room < 40 || room === width) return;
      width = room;
      parts.place(width);
      stage.changed();
    }
    const ending = [
      gestures(stage, tools, () => {
        showReadout();
        parts.hovered?.();
      }),
      keys(stage, {
        ...Object.fromEntries([...tools].map(([name, { key }]) => [key, () => toolbar.choose(name)])),
        ...shown.keys,
        o: toolbar.toggleOverlay,
        ...parts.keys,
      }),
      ownKeys(root),
      leave,
      spoken.dispose,
      history.dispose,
      ...(parts.endings ?? []),
      () => stage.looked.cancel(),
      () => stage.motion.dispose(),
      stopChanges,
      () => frame.cancel(),
      () => planes.dispose(),
    ];
    const observer = new ResizeObserver(resized);
    observer.observe(root);
    resized();
    // Both draw the same: what is seen already stays.
    void tryCard();
    return {
      resized,
      dispose() {
        observer.disconnect();
        for (const end of ending) end();
      },
    };
  }
  return { stage, content, failed, show };
}
