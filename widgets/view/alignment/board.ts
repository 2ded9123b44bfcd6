/**
 * Two volumes over each other: what the page shows for `alignment(fixed, moving)`. A gesture changes the transform in the page (motions.ts), which
 * draws at once out of the sections that there are (drawing.ts) and asks for the true ones (rasters.ts); the kernel is told at its end.
 */
import { gridMap, inverted, mapped } from "../../../src/core/affine.js";
import { formatLength } from "../../../src/core/length.js";
import type { Triple } from "../../../src/core/shape.js";
import { GAP, layoutPanes, SIDES } from "../../draw/layout.js";
import type { AlignmentFacts, Side } from "../../protocol/alignment.js";
import { element, ownKeys, perFrame } from "../dom.js";
import type { Mounted } from "../handle.js";
import { historyButtons } from "../history.js";
import { nextNumber } from "../request-number.js";
import { showWhole } from "./camera.js";
import { draw } from "./drawing.js";
import { fieldsOf, placementNow } from "./fields.js";
import { gestures } from "./gestures.js";
import { keys } from "./keys.js";
import { landmarkTable } from "./landmarks.js";
import { type AlignmentHandle, Rasters } from "./rasters.js";
import { type AlignmentPane, type AlignmentStage, metresAt, nextSide, voxelAt } from "./stage.js";
import { landmarkHint, toolbarOf } from "./toolbar.js";

const TALLEST = 440;
const WIDEST = 880;
const BLINK_MS = 500;
/** Pixels of a canvas: of float values no more fit one message. */
const MOST_PIXELS = 2 ** 18;

/** Before the kernel has said anything. */
const NOTHING: AlignmentFacts = {
  kind: "alignment",
  transform: { kind: "translation", map: { matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1], offset: [0, 0, 0] } },
  pairs: [],
  rootMeanSquare: null,
  leaveOneOutRootMeanSquare: null,
  missing: {},
};

/** Builds the view inside an element. */
export function alignmentBoard(root: HTMLElement, handle: AlignmentHandle): Mounted {
  const [fixed, moving] = [handle.get("fixed"), handle.get("moving")];
  const area = element("div", { class: "voxbook-panes" });
  const trouble = element("div", { class: "voxbook-error", role: "alert" });
  const readout = element("div", { class: "voxbook-readout" });
  const status = element("div", { class: "voxbook-status", role: "status", "aria-live": "polite" });
  const failed = (message: string): void => {
    trouble.textContent = message;
    area.append(trouble);
  };
  let heard = false;
  const frame = perFrame(() => {
    // Where the moving volume is the kernel says first.
    if (!heard || stage.panes.length === 0) return;
    draw(stage);
    fields.follow();
    table.follow();
  });
  const rasters = new Rasters(handle, frame.ask, failed);
  const stage: AlignmentStage = {
    root,
    area,
    handle,
    fixed,
    moving,
    rasters,
    panes: [],
    cursor: handle.get("cursor"),
    windows: handle.get("windows"),
    comparison: handle.get("comparison"),
    model: handle.get("model"),
    axis: handle.get("axis"),
    camera: { centre: fixed.shape.map((n) => (n - 1) / 2) as unknown as Triple, pixel: 1 },
    tool: "move",
    facts: NOTHING,
    unsettled: false,
    version: 0,
    blinked: true,
    turnAbout: "middle",
    ask: frame.ask,
    say(text) {
      status.textContent = text;
    },
  };
  const history = historyButtons(handle as never, "alignment");
  const toolbar = toolbarOf(stage, history.group, () => place(true));
  const fields = fieldsOf(stage);
  const table = landmarkTable(stage);

  root.classList.add("voxbook");
  const attributes = {
    tabindex: "0",
    role: "application",
    "aria-roledescription": "alignment of two volumes",
    "aria-label": `${moving.title} on ${fixed.title}`,
    "data-jp-suppress-context-menu": "true",
  };
  for (const [name, value] of Object.entries(attributes)) root.setAttribute(name, value);
  root.replaceChildren(...toolbar.rows, fields.row, history.code, area, readout, status, table.root);

  const stopMessages = handle.onMessage((reply) => {
    if (reply.kind === "alignment") {
      const marked = reply.pairs.length + reply.pairs.filter((pair) => pair.fixed && pair.moving).length;
      const before = stage.facts.pairs.length + stage.facts.pairs.filter((pair) => pair.fixed && pair.moving).length;
      const { transform, pairs } = stage.facts;
      stage.facts = stage.unsettled ? { ...reply, transform, pairs } : reply;
      stage.version++;
      heard = true;
      toolbar.follow();
      if (stage.tool === "landmark" && marked !== before) stage.say(landmarkHint(stage));
      frame.ask();
    } else if (reply.kind === "progress") toolbar.progress(reply.done, reply.total);
    else if (reply.kind === "refined") {
      toolbar.progress(undefined);
      stage.say(reply.said);
    } else if (reply.kind === "error" && reply.id > 0) {
      toolbar.progress(undefined);
      stage.say(reply.message);
      // What was shown before the kernel refused it.
      handle.send({ kind: "about", id: nextNumber() });
    }
  });
  const stopChanges = handle.onChange((names) => {
    if (names.includes("model")) stage.model = handle.get("model");
    if (names.includes("cursor")) stage.cursor = handle.get("cursor");
    if (names.includes("windows")) stage.windows = handle.get("windows");
    if (names.includes("comparison")) {
      const laid = (handle.get("comparison").mode === "side by side") !== (stage.comparison.mode === "side by side");
      stage.comparison = handle.get("comparison");
      if (laid) place(true);
    }
    toolbar.follow();
    frame.ask();
  });

  let width = 0;
  /** Places the panes in the room that there is. */
  function place(fit: boolean): void {
    if (width === 0) return;
    const wanted = wantedPanes(stage, width);
    stage.panes = wanted.panes.map(({ axis, side, x, y, ...size }, k) => {
      const canvas = stage.panes[k]?.canvas ?? element("canvas");
      canvas.dataset.axis = axis;
      canvas.dataset.side = side ?? "both";
      const most = Math.sqrt(MOST_PIXELS / (size.width * size.height));
      const ratio = Math.min(window.devicePixelRatio || 1, Math.max(most, 0.1));
      canvas.width = Math.round(size.width * ratio);
      canvas.height = Math.round(size.height * ratio);
      canvas.style.cssText = `left:${x}px;top:${y}px;width:${size.width}px;height:${size.height}px`;
      return { axis, side, canvas, ...size, ratio };
    });
    area.replaceChildren(...stage.panes.map(({ canvas }) => canvas));
    area.style.width = `${wanted.width}px`;
    area.style.height = `${wanted.height}px`;
    if (fit) showWhole(stage, "fixed");
    frame.ask();
  }
  function resized(): void {
    const now = Math.min(WIDEST, root.clientWidth || 0);
    if (now < 40 || now === width) return;
    const first = width === 0;
    width = now;
    place(first);
  }
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const blink = setInterval(() => {
    if (stage.comparison.mode !== "blink" || still.matches || area.offsetParent === null) return;
    stage.blinked = !stage.blinked;
    frame.ask();
  }, BLINK_MS);
  const ending = [
    gestures(stage, (pane, x, y) => {
      readout.textContent = pane === undefined ? "" : readoutText(stage, pane, x, y);
    }),
    keys(stage, () => placementNow(stage)?.middle ?? metresAt(stage, stage.cursor), {
      ...toolbar.keys,
      w: () => table.nextWorst(),
      L: () => {
        const { side } = nextSide(stage);
        handle.send({ kind: "mark", id: nextNumber(), side, at: metresAt(stage, stage.cursor) });
      },
    }),
    ownKeys(root),
    history.dispose,
    stopMessages,
    stopChanges,
    () => clearInterval(blink),
    () => frame.cancel(),
    () => rasters.dispose(),
  ];
  const observer = new ResizeObserver(resized);
  observer.observe(root);
  resized();
  handle.send({ kind: "about", id: nextNumber() });
  return {
    resized,
    dispose() {
      observer.disconnect();
      for (const end of ending) end();
    },
  };
}

interface WantedPane extends Pick<AlignmentPane, "axis" | "side" | "width" | "height"> {
  readonly x: number;
  readonly y: number;
}

/** All three planes, or one plane of each volume. */
function wantedPanes(stage: AlignmentStage, width: number): { panes: WantedPane[]; width: number; height: number } {
  const { fixed, axis, comparison } = stage;
  if (comparison.mode !== "side by side") {
    const layout = layoutPanes(fixed.shape, fixed.spacing, { width, height: TALLEST });
    return { ...layout, panes: layout.panes.map((pane) => ({ ...pane, side: undefined })) };
  }
  const { right, down } = SIDES[axis];
  const half = Math.floor((width - GAP) / 2);
  const aspect = (fixed.shape[down] * fixed.spacing[down]) / (fixed.shape[right] * fixed.spacing[right]);
  const height = Math.round(Math.min(TALLEST, Math.max(120, half * aspect)));
  const panes = (["fixed", "moving"] as const).map((side: Side, k) => ({
    axis,
    side,
    x: k * (half + GAP),
    y: 0,
    width: half,
    height,
  }));
  return { panes, width: 2 * half + GAP, height };
}

/** Where the mouse is, in both volumes. */
function readoutText(stage: AlignmentStage, pane: AlignmentPane, x: number, y: number): string {
  const voxel = voxelAt(stage, pane, x, y);
  const metres = metresAt(stage, voxel);
  const { map } = stage.facts.transform;
  const place = (point: Triple): string => point.map((n) => formatLength(n, 4)).join(", ");
  const parts = [
    `${stage.fixed.title}: z ${Math.round(voxel[0])}  y ${Math.round(voxel[1])}  x ${Math.round(voxel[2])}  (${place(metres)})`,
  ];
  if (map !== null) {
    const there = mapped(map, metres);
    const at = mapped(inverted(gridMap(stage.moving)), there).map(Math.round);
    parts.push(`${stage.moving.title}: z ${at[0]}  y ${at[1]}  x ${at[2]}  (${place(there)})`);
  }
  return parts.join("   ·   ");
}
