/** Puts the parts of a table together: plot, histogram and rows follow one selection. */
import type { TableReply } from "../../protocol/table.js";
import { behindFrames, element, ownKeys, perFrame } from "../dom.js";
import type { Mounted } from "../handle.js";
import { historyButtons } from "../history.js";
import { sceneFor } from "../scene.js";
import { barsOf } from "./bars.js";
import { PageColumns, type TableHandle } from "./columns.js";
import { controlsOf } from "./controls.js";
import { figuresText } from "./figures.js";
import { gridOf } from "./grid.js";
import { themeOf } from "./plot.js";
import { scatterOf } from "./scatter.js";
import { followSelection, type TableStage } from "./stage.js";

const WIDEST = 880;
const TALL = 290;
/** Narrower than this the histogram stands below the plot. */
const NARROW = 560;

/** Builds the whole table, once it is known what columns there are. */
export function tableView(
  root: HTMLElement,
  handle: TableHandle,
  facts: Extract<TableReply, { kind: "facts" }>,
): Mounted {
  const trouble = element("div", { class: "voxbook-table-trouble", role: "alert" });
  const note = element("div", { class: "voxbook-readout", role: "status" });
  const failed = (message: string): void => {
    trouble.textContent = message;
  };
  const frame = perFrame(draw);
  // A selection is to be seen in the slices first, and where the hand is.
  const others = behindFrames(drawOthers);
  const columns = new PageColumns(
    handle,
    facts.columns,
    (column) => {
      if (column === facts.label) {
        stage.labels = columns.get(column)!.values;
        stage.most = -1;
        for (const label of stage.labels) stage.most = Math.max(stage.most, label);
        follow();
      }
      frame.ask();
    },
    failed,
  );
  const stage: TableStage = {
    root,
    handle,
    scene: sceneFor(handle as never),
    columns,
    labelsId: handle.get("labelsId"),
    label: facts.label,
    labels: undefined,
    most: -1,
    lit: undefined,
    count: 0,
    display: handle.get("display"),
    ask: frame.ask,
  };
  columns.get(facts.label);
  const scatter = scatterOf(stage);
  const bars = barsOf(stage, (low, high) => controls.setSpan(low, high));
  const grid = gridOf(stage);
  const history = historyButtons(handle as never, "table");
  const controls = controlsOf(stage, scatter, bars, history.group);
  controls.setGroups(facts.groups);
  let known: Uint8Array | undefined;
  function follow(): void {
    followSelection(stage);
    trouble.textContent = "";
    grid.reveal();
    frame.ask();
  }
  const leave = stage.scene.join(handle as never, () => {
    const now = stage.scene.litOf(stage.labelsId);
    if (now === known) return;
    known = now;
    follow();
  });
  const stopMessages = handle.onMessage((reply) => {
    if (reply.kind === "groups") controls.setGroups(reply.groups);
    else if (reply.kind === "error") failed(reply.message);
  });
  const stopChanges = handle.onChange((names) => {
    if (!names.includes("display")) return;
    stage.display = handle.get("display");
    frame.ask();
  });

  function draw(): void {
    scatter.draw(themeOf(root));
    others.ask();
  }

  function drawOthers(): void {
    bars.draw(themeOf(root));
    grid.draw();
    controls.follow();
    note.textContent = figuresText(stage, scatter.left);
  }

  const plots = element("div", { class: "voxbook-table-plots" }, scatter.plot.element, bars.plot.element);
  root.replaceChildren(controls.row, history.code, plots, note, trouble, grid.element);
  root.addEventListener("keydown", keyed);
  function keyed(event: KeyboardEvent): void {
    const { target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || target instanceof HTMLInputElement) return;
    if (event.key !== "u" && event.key !== "U") return;
    event.preventDefault();
    event.stopPropagation();
    handle.send({ kind: event.key === "u" ? "undo" : "redo" });
  }

  let width = 0;
  function resized(): void {
    const room = Math.min(WIDEST, root.clientWidth || 0);
    if (room < 40 || room === width) return;
    width = room;
    const beside = room >= NARROW;
    scatter.plot.resize(beside ? Math.round(0.58 * room) : room, TALL);
    bars.plot.resize(beside ? room - Math.round(0.58 * room) - 6 : room, beside ? TALL : 180);
    grid.element.style.width = `${room}px`;
    frame.ask();
  }
  // The colours of a canvas do not follow the theme by themselves.
  const themes = new MutationObserver(() => frame.ask());
  themes.observe(root.ownerDocument.body, { attributes: true, attributeFilter: ["data-jp-theme-name"] });
  const observer = new ResizeObserver(resized);
  observer.observe(root);
  const giveKeys = ownKeys(root);
  follow();
  resized();
  return {
    resized,
    dispose() {
      observer.disconnect();
      themes.disconnect();
      root.removeEventListener("keydown", keyed);
      for (const part of [scatter, bars, grid, columns, history]) part.dispose();
      for (const end of [leave, stopMessages, stopChanges, giveKeys]) end();
      frame.cancel();
      others.cancel();
    },
  };
}
