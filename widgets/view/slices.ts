/** Three linked planes of a volume: what the page shows for `slices(volume)`. */
import { formatLength } from "../../src/core/length.js";
import { phaseTable } from "../../src/core/phases.js";
import { AXES, type Axis, type Triple } from "../../src/core/shape.js";
import { colourTable, type Look, phaseOf } from "../draw/colours.js";
import { extentOf, layoutPanes, SIDES } from "../draw/layout.js";
import type { SlicesState } from "../protocol.js";
import { addStyles, button, element, ownKeys, perFrame } from "./dom.js";
import { gestures, type Tool } from "./gestures.js";
import type { ModelHandle, Mounted } from "./handle.js";
import { type Camera, PaneCanvas } from "./pane.js";
import { type LoadedPlane, type PlaneKey, Planes } from "./planes.js";
import { sceneFor } from "./scene.js";

const HELP: readonly (readonly [keys: string, does: string])[] = [
  ["drag", "cursor (or the tool chosen above)"],
  ["Shift+drag", "move"],
  ["Ctrl+drag", "window and level"],
  ["wheel", "next plane"],
  ["Ctrl+wheel, + −", "zoom"],
  ["arrows", "cursor in the plane"],
  ["PgUp PgDn", "next plane"],
  ["z y x", "plane that keys act on"],
  ["a", "window that fits the plane"],
  ["0", "whole volume"],
  ["o", "overlay on or off"],
];

/** Planes and a histogram below them fit one screen. */
const TALLEST = 440;

/** Builds the view inside an element. */
export function mountSlices(root: HTMLElement, handle: ModelHandle<SlicesState>): Mounted {
  addStyles(root.ownerDocument);
  const volume = handle.get("volume");
  const { shape, spacing, dtype } = volume;
  const hasLabels = handle.get("labels");
  let camera: Camera = { scale: 1, zoom: 1, centre: shape.map((n) => n / 2) as unknown as Triple };
  let opacity = handle.get("opacity");
  let opacityBefore = opacity;
  let tool: Tool = "cursor";
  let active: Axis = "z";
  /** Where the mouse is: two coordinates; the third is the cursor's. */
  let hover: { axis: Axis; right: number; down: number } | undefined;
  let look: Look | undefined;

  const frame = perFrame(draw);
  const changed = (): void => {
    look = undefined;
    frame.ask();
  };
  const scene = sceneFor(handle);
  const leave = scene.join(handle, changed);
  const stopChanges = handle.onChange(() => {
    opacity = handle.get("opacity");
    slider.value = String(opacity);
    changed();
  });

  // --- elements
  const readout = element("div", { class: "voxbook-readout", "aria-live": "polite" });
  const legend = element("div", { class: "voxbook-legend" });
  const area = element("div", { class: "voxbook-panes" });
  const corner = element("div", { class: "voxbook-corner" });
  const trouble = element("div", { class: "voxbook-error", role: "alert" });
  const slider = element("input", { type: "range", min: "0", max: "1", step: "0.05", title: "opacity of the overlay" });
  slider.value = String(opacity);
  slider.addEventListener("input", () => {
    opacity = Number(slider.value);
    changed();
  });
  slider.addEventListener("change", () => {
    handle.save({ opacity });
    handle.send({ kind: "settled" });
  });
  const tools: Record<Tool, HTMLButtonElement> = {
    cursor: button("Cursor", "drag moves the cursor", () => choose("cursor")),
    pan: button("Move", "drag moves the picture", () => choose("pan")),
    window: button("Window", "drag changes level (sideways) and window (up and down)", () => choose("window")),
  };
  const help = element(
    "div",
    { class: "voxbook-help" },
    ...HELP.map(([keys, does]) => element("span", {}, element("kbd", {}, keys), ` ${does}`)),
  );
  help.hidden = true;
  root.classList.add("voxbook");
  const attributes = {
    tabindex: "0",
    role: "application",
    "aria-roledescription": "slices of a volume",
    "aria-label": volume.title,
    "data-jp-suppress-context-menu": "true",
  };
  for (const [name, value] of Object.entries(attributes)) root.setAttribute(name, value);
  root.replaceChildren(
    element(
      "div",
      { class: "voxbook-bar" },
      element("span", { class: "voxbook-title" }, volume.title),
      element("span", { class: "voxbook-group" }, tools.cursor, tools.pan, tools.window),
      element(
        "span",
        { class: "voxbook-group" },
        button("−", "zoom out", () => zoomBy(1 / 1.5)),
        button("+", "zoom in", () => zoomBy(1.5)),
        button("Fit", "whole volume", () => zoomBy(0)),
      ),
      button("Auto", "window that fits the plane", () => autoWindow()),
      element("label", {}, "overlay ", slider),
      button("?", "keys and mouse", () => {
        help.hidden = !help.hidden;
      }),
    ),
    help,
    area,
    readout,
    legend,
  );

  function choose(next: Tool): void {
    tool = next;
    area.dataset.tool = next;
    for (const [name, made] of Object.entries(tools)) made.setAttribute("aria-pressed", String(name === next));
  }
  choose(tool);

  // --- planes
  let panes: PaneCanvas[] = [];
  const last = new Map<Axis, { grey?: LoadedPlane; labels?: LoadedPlane }>();
  const planes = new Planes(
    handle,
    () => frame.ask(),
    (message) => {
      trouble.textContent = message;
      area.append(trouble);
    },
  );

  /** Half the size while a side has more than twice the voxels that pixels can show. */
  function levelOf(axis: Axis): number {
    const { right, down } = SIDES[axis];
    const most = 1200 * Math.max(1, camera.zoom);
    return Math.max(0, Math.ceil(Math.log2(Math.max(shape[right], shape[down]) / most)));
  }

  function keyOf(axis: Axis, layer: PlaneKey["layer"], step = 0): PlaneKey | undefined {
    const index = scene.state.cursor[AXES[axis]] + step;
    return index < 0 || index >= shape[AXES[axis]] ? undefined : { layer, axis, index, level: levelOf(axis) };
  }

  function wishes(): PlaneKey[] {
    const layers = hasLabels ? (["grey", "labels"] as const) : (["grey"] as const);
    const order = [active, ...panes.map(({ axis }) => axis).filter((axis) => axis !== active)];
    const now = order.flatMap((axis) => layers.map((layer) => keyOf(axis, layer)));
    const soon = [1, -1, 2].flatMap((step) => layers.map((layer) => keyOf(active, layer, step)));
    return [...now, ...soon].filter((key) => key !== undefined);
  }

  // --- drawing
  function lookNow(): Look {
    const { window, thresholds } = scene.state;
    const given = handle.get("phases");
    const phases = hasLabels
      ? given
      : phaseTable(
          thresholds.length + 1,
          given.map(({ name }) => name),
        );
    return { window, thresholds: hasLabels ? [] : thresholds, phases, opacity };
  }

  function draw(): void {
    if (panes.length === 0) return;
    if (look === undefined) {
      look = lookNow();
      showLegend(look);
    }
    const table = colourTable(dtype, look);
    for (const pane of panes) {
      const { axis } = pane;
      const kept = last.get(axis) ?? {};
      // Until the plane has come, the one before it stays.
      const grey = planes.get(keyOf(axis, "grey")!) ?? kept.grey;
      const labels = hasLabels ? (planes.get(keyOf(axis, "labels")!) ?? kept.labels) : undefined;
      last.set(axis, { ...(grey && { grey }), ...(labels && { labels }) });
      pane.draw(grey, labels, look, table, camera, scene.state.cursor, {
        lines: panes.length > 1 || tool === "cursor",
        bar: axis === "z",
        name: panes.length > 1,
      });
    }
    planes.want(wishes());
    showReadout();
  }

  function showLegend({ phases, thresholds }: Look): void {
    const shown = (thresholds.length > 0 || hasLabels) && opacity > 0 ? phases : [];
    legend.replaceChildren(
      ...shown.map(({ name, colour }) => {
        const chip = element("span", { class: "voxbook-chip" });
        chip.style.background = colour;
        return element("span", {}, chip, name);
      }),
    );
  }

  /** The value of a voxel, if its plane has come. */
  function valueAt(axis: Axis, at: Triple, layer: "grey" | "labels"): { value: number; exact: boolean } | undefined {
    const plane = last.get(axis)?.[layer];
    if (plane === undefined || plane.index !== at[AXES[axis]]) return undefined;
    const [row, column] = ([0, 1, 2] as const).filter((k) => k !== AXES[axis]).map((k) => at[k] >> plane.level) as [
      number,
      number,
    ];
    const value = plane.values[row * plane.width + column];
    return value === undefined ? undefined : { value, exact: plane.level === 0 };
  }

  function showReadout(): void {
    const axis = hover?.axis ?? active;
    const { right, down } = SIDES[axis];
    const under = (n: number, k: number): number =>
      hover === undefined
        ? n
        : clamp(k === right ? Math.floor(hover.right) : k === down ? Math.floor(hover.down) : n, k);
    const at = scene.state.cursor.map(under) as unknown as Triple;
    const parts = [`z ${at[0]}  y ${at[1]}  x ${at[2]}`];
    if (spacing !== null) parts.push(at.map((n, k) => formatLength(n * spacing[k]!)).join(", "));
    const grey = valueAt(axis, at, "grey");
    if (grey !== undefined) parts.push(`grey ${grey.exact ? "" : "≈ "}${Number(grey.value.toPrecision(6))}`);
    const label = hasLabels ? valueAt(axis, at, "labels")?.value : undefined;
    const phases = look?.phases ?? [];
    const phase = hasLabels
      ? phases.find((one) => one.label === label)
      : scene.state.thresholds.length > 0 && grey !== undefined
        ? phases[phaseOf(grey.value, scene.state.thresholds)]
        : undefined;
    if (phase !== undefined) parts.push(phase.name);
    readout.textContent = parts.join("   ·   ");
  }

  // --- what gestures and keys do
  const clamp = (value: number, k: number): number => Math.min(shape[k]! - 1, Math.max(0, Math.round(value)));

  function moveCursor(changes: Partial<Record<0 | 1 | 2, number>>): void {
    const cursor = scene.state.cursor.map((n, k) => clamp(changes[k as 0 | 1 | 2] ?? n, k)) as unknown as Triple;
    scene.update({ cursor });
  }

  function zoomBy(factor: number, about: { axis: Axis; x: number; y: number } | undefined = undefined): void {
    if (factor === 0) camera = { ...camera, zoom: 1, centre: shape.map((n) => n / 2) as unknown as Triple };
    else {
      const zoom = Math.min(64, Math.max(0.5, camera.zoom * factor));
      const centre: [number, number, number] = [...camera.centre];
      const pane = about && panes.find(({ axis }) => axis === about.axis);
      if (pane !== undefined && about !== undefined) {
        // What is under the mouse stays there.
        const { right, down } = SIDES[pane.axis];
        const at = pane.voxelAt(about.x, about.y, camera);
        centre[right] = at.right + ((centre[right] - at.right) * camera.zoom) / zoom;
        centre[down] = at.down + ((centre[down] - at.down) * camera.zoom) / zoom;
      } else if (about === undefined && factor > 1)
        for (const k of [0, 1, 2] as const) centre[k] = scene.state.cursor[k] + 0.5;
      camera = { ...camera, zoom, centre };
    }
    frame.ask();
  }

  function autoWindow(): void {
    const plane = last.get(active)?.grey;
    if (plane === undefined) return;
    const sorted = Float64Array.from(plane.values).filter(Number.isFinite).sort();
    const low = sorted[Math.floor(0.005 * (sorted.length - 1))] ?? 0;
    const high = sorted[Math.ceil(0.995 * (sorted.length - 1))] ?? 1;
    scene.update({ window: low < high ? [low, high] : [low, low + 1] });
    scene.settle(handle);
  }

  function toggleOverlay(): void {
    if (opacity > 0) {
      opacityBefore = opacity;
      opacity = 0;
    } else opacity = opacityBefore || 0.4;
    slider.value = String(opacity);
    changed();
  }

  const ended = gestures(root, area, {
    tool: () => tool,
    pane: (target) => panes.find(({ canvas }) => canvas === target),
    camera: () => camera,
    window: () => scene.state.window,
    range: volume.range,
    focus: (axis) => {
      active = axis;
    },
    cursorTo: (axis, at) => {
      const { right, down } = SIDES[axis];
      moveCursor({ [right]: Math.floor(at.right), [down]: Math.floor(at.down) });
    },
    step: (axis, by) => moveCursor({ [AXES[axis]]: scene.state.cursor[AXES[axis]] + by }),
    nudge: (axis, right, down) => {
      const sides = SIDES[axis];
      const { cursor } = scene.state;
      moveCursor({ [sides.right]: cursor[sides.right] + right, [sides.down]: cursor[sides.down] + down });
    },
    panBy: (axis, right, down) => {
      const sides = SIDES[axis];
      const centre: [number, number, number] = [...camera.centre];
      centre[sides.right] -= right;
      centre[sides.down] -= down;
      camera = { ...camera, centre };
      frame.ask();
    },
    zoomBy,
    windowTo: (window) => scene.update({ window }),
    hover: (at) => {
      hover = at;
      showReadout();
    },
    autoWindow,
    toggleOverlay,
    active: () => active,
    settle: () => scene.settle(handle),
  });

  // --- size
  let width = 0;
  function resized(): void {
    const room = Math.min(880, root.clientWidth || 0);
    if (room < 40 || room === width) return;
    width = room;
    const layout = layoutPanes(shape, spacing, { width: room, height: TALLEST });
    if (panes.length === 0) {
      panes = layout.panes.map((pane) => new PaneCanvas(pane, shape, spacing));
      area.replaceChildren(...panes.map(({ canvas }) => canvas), corner);
    }
    for (const [k, pane] of panes.entries()) pane.place(layout.panes[k]!);
    area.style.cssText = `width:${layout.width}px;height:${layout.height}px`;
    camera = { ...camera, scale: layout.scale };
    const right = layout.panes.find(({ axis }) => axis === "x");
    const below = layout.panes.find(({ axis }) => axis === "y");
    if (right !== undefined && below !== undefined) {
      corner.style.cssText = `left:${right.x}px;top:${below.y}px;width:${right.width}px;height:${below.height}px`;
      const size =
        spacing === null
          ? "voxel size unknown"
          : extentOf(shape, spacing)
              .map((n) => formatLength(n))
              .join(" × ");
      corner.textContent = right.width > 110 && below.height > 70 ? `${shape.join(" × ")} voxels\n${size}` : "";
    }
    changed();
  }
  const giveKeys = ownKeys(root);
  const observer = new ResizeObserver(resized);
  observer.observe(root);
  resized();

  return {
    resized,
    dispose() {
      observer.disconnect();
      frame.cancel();
      leave();
      stopChanges();
      ended();
      giveKeys();
      planes.dispose();
    },
  };
}
