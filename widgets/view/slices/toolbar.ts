/** The row of buttons above the planes. */
import { button, element, group } from "../dom.js";
import { HELP, type Help } from "./keys.js";
import { autoWindow, fit, zoomBy } from "./moves.js";
import type { Stage } from "./stage.js";
import type { DragTool } from "./tools.js";

export interface Toolbar {
  readonly bar: HTMLElement;
  /** Opens below the bar. */
  readonly help: HTMLElement;
  choose(tool: string): void;
  toggleOverlay(): void;
  /** Shows the opacity that the model has. */
  follow(): void;
}

function helpOf(more: Help): HTMLElement {
  const lines = [...HELP, ...more].map(([keys, does]) => element("span", {}, element("kbd", {}, keys), ` ${does}`));
  const help = element("div", { class: "voxbook-help" }, ...lines);
  help.hidden = true;
  return help;
}

/** A slider from grey to colour; the kernel is told when it is released. */
function opacitySlider(stage: Stage): HTMLInputElement {
  const { handle } = stage;
  const slider = element("input", { type: "range", min: "0", max: "1", step: "0.05", title: "opacity of the overlay" });
  slider.addEventListener("input", () => {
    stage.opacity = Number(slider.value);
    stage.changed();
  });
  slider.addEventListener("change", () => {
    handle.save({ opacity: stage.opacity });
    handle.send({ kind: "settled" });
  });
  return slider;
}

export function toolbarOf(
  stage: Stage,
  tools: ReadonlyMap<string, DragTool>,
  history: HTMLElement,
  moreHelp: Help,
): Toolbar {
  const slider = opacitySlider(stage);
  const help = helpOf(moreHelp);
  let before = stage.opacity;
  const chosen = new Map(
    [...tools].map(([name, { label, title }]) => [name, button(label, title, () => choose(name))] as const),
  );
  function choose(name: string): void {
    stage.tool = name;
    stage.area.style.setProperty("--voxbook-pointer", tools.get(name)!.pointer);
    for (const [other, made] of chosen) made.setAttribute("aria-pressed", String(other === name));
    stage.ask();
  }
  const follow = (): void => {
    slider.value = String(stage.opacity);
    stage.changed();
  };
  follow();
  const bar = element(
    "div",
    { class: "voxbook-bar" },
    element("span", { class: "voxbook-title" }, stage.volume.title),
    group(...chosen.values()),
    group(
      button("−", "zoom out", () => zoomBy(stage, 1 / 1.5)),
      button("+", "zoom in", () => zoomBy(stage, 1.5)),
      button("Fit", "whole volume", () => fit(stage)),
    ),
    button("Auto", "window that fits the plane", () => autoWindow(stage)),
    element("label", {}, "overlay ", slider),
    history,
    button("?", "keys and mouse", () => {
      help.hidden = !help.hidden;
    }),
  );
  return {
    bar,
    help,
    choose,
    follow,
    toggleOverlay() {
      if (stage.opacity > 0) before = stage.opacity;
      stage.opacity = stage.opacity > 0 ? 0 : before || 0.4;
      follow();
    },
  };
}
