/** The rows of buttons above the planes: tools, ways of comparing, models. */
import { COMPARISONS, type Comparison, type ComparisonMode, MODELS, type Model } from "../../protocol/alignment.js";
import { button, choice, element, group, isolated } from "../dom.js";
import { nextNumber } from "../request-number.js";
import { showWhole, zoomBy } from "./camera.js";
import { FIXED_COLOUR, MOVING_COLOUR } from "./drawing.js";
import { HELP } from "./keys.js";
import { type AlignmentStage, nextSide, saveView, type Tool } from "./stage.js";

export interface Toolbar {
  readonly rows: readonly HTMLElement[];
  readonly keys: Readonly<Record<string, () => void>>;
  /** Shows what is chosen now. */
  follow(): void;
  /** A refinement goes on, or has ended. */
  progress(done: number | undefined, total?: number): void;
}

const TOOLS: readonly (readonly [tool: Tool, text: string, title: string])[] = [
  ["move", "Grab", "drag the moving picture: inside moves, the rim turns, a corner scales (g)"],
  ["cursor", "Cursor", "the planes meet where you click (c)"],
  ["landmark", "Landmarks", "click the same point in both volumes, pair after pair (l)"],
];

const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

/** The number that a way of comparing has, in percent of its range; undefined: it has none. */
function amountOf({ mode, opacity, square, curtain }: Comparison): { name: string; value: number } | undefined {
  if (mode === "overlay") return { name: "moving", value: opacity };
  if (mode === "curtain") return { name: "curtain", value: curtain };
  if (mode === "checkerboard") return { name: "squares", value: Math.log2(square / 8) / 5 };
  return undefined;
}

function withAmount(comparison: Comparison, value: number): Comparison {
  const share = Math.min(1, Math.max(0, value));
  if (comparison.mode === "overlay") return { ...comparison, opacity: share };
  if (comparison.mode === "curtain") return { ...comparison, curtain: share };
  // From 8 to 256 pixels.
  if (comparison.mode === "checkerboard") return { ...comparison, square: Math.round(8 * 2 ** (5 * share)) };
  return comparison;
}

/** @param placed is called when the panes are to be placed anew */
export function toolbarOf(stage: AlignmentStage, history: HTMLElement, placed: () => void): Toolbar {
  const { handle } = stage;
  /** What was compared by before landmarks are set. */
  let before: ComparisonMode | undefined;
  const compare = (comparison: Comparison, save = true): void => {
    const laid = (comparison.mode === "side by side") !== (stage.comparison.mode === "side by side");
    stage.comparison = comparison;
    if (laid) placed();
    follow();
    stage.ask();
    if (save) saveView(stage);
  };
  const setMode = (mode: ComparisonMode): void => {
    stage.blinked = true;
    compare({ ...stage.comparison, mode });
  };
  const mode = choice(
    "way of comparing (m)",
    COMPARISONS.map((name) => [name, name] as const),
  );
  mode.addEventListener("change", () => setMode(mode.value as ComparisonMode));
  const amount = element("input", { type: "range", min: "0", max: "1", step: "0.01" });
  amount.addEventListener("input", () => compare(withAmount(stage.comparison, Number(amount.value)), false));
  amount.addEventListener("change", () => saveView(stage));
  const amountName = element("span");
  const amountLabel = element("label", {}, amountName, " ", amount);
  const smooth = element("input", { type: "checkbox", title: "blend magnified voxels into each other" });
  smooth.addEventListener("change", () => compare({ ...stage.comparison, smooth: smooth.checked }));

  const tools = new Map(TOOLS.map(([tool, text, title]) => [tool, button(text, title, () => choose(tool))] as const));
  function choose(tool: Tool): void {
    if (tool === "landmark" && stage.tool !== "landmark" && stage.comparison.mode !== "side by side") {
      before = stage.comparison.mode;
      setMode("side by side");
    } else if (tool !== "landmark" && before !== undefined) {
      if (stage.comparison.mode === "side by side") setMode(before);
      before = undefined;
    }
    stage.tool = tool;
    follow();
    stage.ask();
    if (tool === "landmark") stage.say(landmarkHint(stage));
  }

  const models = new Map(
    MODELS.map(
      (model) =>
        [model, button(capital(model), `what handles and Solve may change: ${model}`, () => setModel(model))] as const,
    ),
  );
  function setModel(model: Model): void {
    stage.model = model;
    handle.save({ model });
    follow();
    stage.ask();
    const missing = stage.facts.missing[model];
    stage.say(missing === undefined ? `${model}: landmarks are enough to solve it` : `to solve: ${missing}`);
  }
  const solve = button("Solve", "the transform from the landmarks (s)", () => {
    const missing = stage.facts.missing[stage.model];
    if (missing !== undefined) return stage.say(missing);
    handle.send({ kind: "solve", id: nextNumber(), model: stage.model });
  });
  const refine = button("Refine", "makes the transform better by what is in the volumes", () => {
    progress(0);
    handle.send({ kind: "refine", id: nextNumber() });
  });
  const stop = button("Stop", "stops the refinement; the transform stays as it was", () =>
    handle.send({ kind: "stop" }),
  );
  const done = element("div");
  const bar = element("div", { class: "voxbook-track", role: "progressbar", "aria-label": "refinement" }, done);
  bar.style.width = "120px";
  const running = element("span", { class: "voxbook-group" }, bar, stop);
  running.hidden = true;
  function progress(part: number | undefined, total?: number): void {
    running.hidden = part === undefined;
    refine.disabled = part !== undefined;
    done.style.width = `${total ? (100 * (part ?? 0)) / total : 0}%`;
  }

  const help = element(
    "div",
    { class: "voxbook-help" },
    ...HELP.map(([keys, does]) => element("span", {}, element("kbd", {}, keys), ` ${does}`)),
  );
  help.hidden = true;
  const title = (text: string, colour: string): HTMLElement => {
    const chip = element("span", { class: "voxbook-chip" });
    chip.style.background = colour;
    return element("span", { class: "voxbook-title" }, chip, text);
  };
  const first = element(
    "div",
    { class: "voxbook-bar" },
    title(stage.moving.title, MOVING_COLOUR),
    "on",
    title(stage.fixed.title, FIXED_COLOUR),
    group(...tools.values()),
    element("label", {}, mode),
    amountLabel,
    element("label", {}, smooth, " smooth"),
    group(
      button("−", "zoom out", () => zoomBy(stage, 1 / 1.5)),
      button("+", "zoom in", () => zoomBy(stage, 1.5)),
      button("Fit fixed", "whole fixed volume (0)", () => showWhole(stage, "fixed")),
      button("Fit moving", "whole moving volume (9)", () => showWhole(stage, "moving")),
    ),
    history,
    button("?", "keys and mouse", () => {
      help.hidden = !help.hidden;
    }),
  );
  const second = element(
    "div",
    { class: "voxbook-bar" },
    group(...models.values()),
    solve,
    ...(handle.get("refines") ? [refine, running] : []),
  );

  function follow(): void {
    mode.value = stage.comparison.mode;
    const now = amountOf(stage.comparison);
    amountLabel.hidden = now === undefined;
    amountName.textContent = now?.name ?? "";
    amount.title = now?.name ?? "";
    if (now !== undefined) amount.value = String(now.value);
    smooth.checked = stage.comparison.smooth;
    for (const [tool, made] of tools) made.setAttribute("aria-pressed", String(tool === stage.tool));
    for (const [model, made] of models) made.setAttribute("aria-pressed", String(model === stage.model));
    // Not disabled: who presses it hears what is missing.
    solve.classList.toggle("voxbook-faint", stage.facts.missing[stage.model] !== undefined);
  }
  const next = (by: number): void => {
    const at = COMPARISONS.indexOf(stage.comparison.mode);
    setMode(COMPARISONS[(at + by + COMPARISONS.length) % COMPARISONS.length]!);
    stage.say(stage.comparison.mode);
  };
  const change = (by: number): void => {
    const now = amountOf(stage.comparison);
    if (now !== undefined) compare(withAmount(stage.comparison, now.value + by));
  };
  follow();
  return {
    rows: [first, second, help],
    follow,
    progress,
    keys: {
      g: () => choose("move"),
      c: () => choose("cursor"),
      l: () => choose("landmark"),
      m: () => next(1),
      M: () => next(-1),
      ",": () => change(-0.05),
      ".": () => change(0.05),
      s: () => solve.click(),
      b: () => {
        if (stage.comparison.mode !== "blink") setMode("blink");
        stage.blinked = !stage.blinked;
        stage.say(stage.blinked ? "moving" : "fixed");
        stage.ask();
      },
    },
  };
}

/** What is to be clicked next. */
export function landmarkHint(stage: AlignmentStage): string {
  const { side, pair } = nextSide(stage);
  return `landmark ${pair + 1}: click the ${side} volume (${isolated(stage[side].title)})`;
}
