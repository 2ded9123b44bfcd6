/** Volumes beside each other: what the page shows for `sideBySide({ raw, clean })`. One cursor, one zoom and one set of tools for all panes. */
import { formatLength } from "../../../src/core/length.js";
import type { Axis } from "../../../src/core/shape.js";
import { layoutGrid } from "../../draw/grid.js";
import { indexIn, sizeOf } from "../../draw/placed-grid.js";
import { addStyles, choice, element, isolated } from "../dom.js";
import { commonHandle, type Mounted } from "../handle.js";
import { askVolumes } from "../several/volumes.js";
import { placePanes } from "../slices/panes.js";
import { voxelShown } from "../slices/readout.js";
import { openShell } from "../slices/shell.js";
import { gridOf, type Stage, valueAt } from "../slices/stage.js";
import { Panels, type SideBySideHandle } from "./content.js";

const TALLEST = 620;

/** Values of eight volumes are more than a line. */
const STYLE = ".voxbook-several > .voxbook-readout { white-space: pre-wrap; min-height: 40px; }";

const HELP = [
  ["z y x", "plane that is shown"],
  ["w", "one window for all volumes, or one for each"],
] as const;

/** Builds the view inside an element. */
export function mountSideBySide(root: HTMLElement, handle: SideBySideHandle): Mounted {
  const frame = handle.get("frame") ?? undefined;
  const { stage, content, failed, show } = openShell(root, commonHandle(handle), (on) => new Panels(on, handle), {
    readout,
    frame,
  });
  addStyles(root.ownerDocument, ["side-by-side", STYLE]);
  root.classList.add("voxbook-several");
  const { spacing } = stage.volume;

  /** The voxel under the mouse, with the values of all volumes there. */
  function readout(on: Stage): string {
    const at = voxelShown(on);
    const place = spacing === null ? [] : [at.map((n, k) => formatLength(n * spacing[k]!)).join(", ")];
    const values = on.panes.flatMap((pane) => {
      const name = isolated(content.name(pane.volume));
      const grid = gridOf(on, pane.volume);
      if (at.some((n, k) => indexIn(grid, k as 0 | 1 | 2, n) === undefined)) return [`${name} –`];
      const grey = valueAt(on, pane, at, "grey");
      if (grey === undefined) return [];
      const label = valueAt(on, pane, at, "labels")?.value;
      const phase = content.list[pane.volume]?.phases?.find((one) => one.label === label)?.name;
      const number = `${grey.exact ? "" : "≈ "}${Number(grey.value.toPrecision(6))}`;
      return [`${name} ${phase === undefined ? number : isolated(phase)}`];
    });
    return [`z ${at[0]}  y ${at[1]}  x ${at[2]}`, ...place, ...values].join("   ·   ");
  }

  const plane = choice("plane that is shown of each volume (z y x)", [
    ["z", "across z"],
    ["y", "across y"],
    ["x", "across x"],
  ]);
  const locked = element("input", { type: "checkbox", title: "one window of grey values for all volumes (w)" });
  function across(axis: Axis): void {
    handle.save({ axis });
    handle.send({ kind: "settled" });
    follow();
  }
  function lock(one: boolean): void {
    handle.save({ locked: one });
    handle.send({ kind: "settled" });
    follow();
  }
  plane.addEventListener("change", () => across(plane.value as Axis));
  locked.addEventListener("change", () => lock(locked.checked));

  let width = 0;
  function place(room: number): void {
    width = room;
    const axis = handle.get("axis");
    stage.active = axis;
    placePanes(stage, layoutGrid(handle.get("count"), axis, sizeOf(stage.frame), spacing, { width, height: TALLEST }));
    for (const { canvas, volume } of stage.panes) canvas.setAttribute("aria-label", content.name(volume));
  }
  function follow(): void {
    plane.value = handle.get("axis");
    locked.checked = content.windows.locked;
    if (width > 0) place(width);
    stage.changed();
  }
  const stopAsking = askVolumes(
    handle,
    ({ volumes }) => {
      content.list = volumes;
      content.windows.take(volumes);
      follow();
    },
    failed,
  );
  const mounted = show({
    description: "volumes side by side",
    place,
    settings: [plane, element("label", {}, locked, "one window")],
    help: HELP,
    keys: {
      z: () => across("z"),
      y: () => across("y"),
      x: () => across("x"),
      w: () => lock(!handle.get("locked")),
    },
    modelChanged: follow,
    endings: [stopAsking],
  });
  follow();
  return mounted;
}
