/** Trainable segmentation, as a part of the slices view: a row of controls, keys, and what is known of the newest forest. */
import type { Region } from "../../../../src/core/shape.js";
import type { Look } from "../../../draw/colours.js";
import type { PredictionShown, TrainingReply, TrainingRequest } from "../../../protocol/training.js";
import type { SlicesState } from "../../../protocol.js";
import { addStyles, button, choice, element, group } from "../../dom.js";
import type { ModelHandle } from "../../handle.js";
import { nextNumber } from "../../request-number.js";
import { aim } from "../camera.js";
import { keysOf } from "../drawing.js";
import type { Help } from "../keys.js";
import type { PaneCanvas } from "../pane.js";
import type { PlaneKey } from "../planes.js";
import { fieldLegend } from "../readout.js";
import { activePane, type Stage } from "../stage.js";
import { hatchOver } from "./hatch.js";
import { panelOf, TRAINING_STYLE } from "./panel.js";
import { Predicted } from "./predicted.js";

type Handle = ModelHandle<SlicesState, TrainingRequest, TrainingReply>;

export interface Training {
  readonly row: HTMLElement;
  /** Stands below the planes. */
  readonly panel: HTMLElement;
  readonly keys: Readonly<Record<string, () => void>>;
  readonly help: Help;
  /** The colours of what is shown, if it is no labels. */
  legend(): HTMLElement[];
  /** To be called when the model's state has changed. */
  follow(): void;
  /** To be called at the end of each frame: asks for the planes that are missing, and, once they are there, for the box. */
  drawn(look: Look): void;
  dispose(): void;
}

/** Milliseconds after the last plane until the box is predicted: who goes on scribbling shall not wait for it. */
const BOX_AFTER = 600;

/** Asks for the planes that are shown, then for those beside them. @returns whether all that are shown are there, of the newest forest */
function wantPredictions(stage: Stage, look: Look, predicted: Predicted): boolean {
  const first = activePane(stage);
  if (first === undefined) return false;
  const at = (pane: PaneCanvas, step = 0): PlaneKey[] =>
    stage.content.images(pane, look).flatMap((image) => keysOf(stage, pane.axis, image, step).slice(0, 1));
  const shown = [first, ...stage.panes.filter((pane) => pane !== first)].flatMap((pane) => at(pane));
  const missing = shown.some((place) => predicted.isMissing(place));
  predicted.want(missing ? shown : [...shown, ...at(first, 1), ...at(first, -1)]);
  return !missing;
}

/** @param failed shows why something was refused */
export function mountTraining(
  stage: Stage,
  slices: ModelHandle<SlicesState>,
  failed: (message: string) => void,
): Training {
  const handle = slices as unknown as Handle;
  addStyles(stage.root.ownerDocument, ["training", TRAINING_STYLE]);
  const phases = () => handle.get("phases");
  const predicted = new Predicted(slices, () => stage.ask(), failed);
  stage.predicted = predicted;
  stage.over.push(hatchOver(stage));
  const panel = panelOf(phases);
  const names: (readonly [string, string])[] = [
    ["labels", "prediction"],
    ["uncertainty", "uncertainty"],
    ...phases().map(({ label, name }) => [String(label), `probability of ${name}`] as const),
    ["scribbles", "scribbles alone"],
  ];
  const show = choice("what lies over the grey values (t)", names);
  const live = element("input", { type: "checkbox", title: "train after each stroke (Shift+L)" });
  const status = element("span", { class: "voxbook-status", role: "status" });
  const stop = button("Stop", "end the prediction", () => handle.send({ kind: "stopPredicting" }));
  const update = button("Update", "train with all trees on all scribbles (d)", () =>
    handle.send({ kind: "train", full: true }),
  );
  const doubt = button("Least certain", "go to where the forest is least certain (j)", () => leastCertain());
  const volume = button("Whole volume", "predict the whole volume (Shift+D)", () => predict(null));
  stop.hidden = true;

  /** The prediction of a box or of everything that is under way. */
  let running: { id: number; region: Region | null; text: string } | undefined;
  let doubting = 0;
  let asked = "";
  let later: ReturnType<typeof setTimeout> | undefined;

  const shownOf = (text: string): PredictionShown => (/^\d+$/.test(text) ? Number(text) : (text as PredictionShown));
  function choose(changes: Partial<NonNullable<SlicesState["prediction"]>>): void {
    handle.save({ prediction: { ...handle.get("prediction")!, ...changes } });
    stage.handle.send({ kind: "settled" });
    follow();
    stage.changed();
  }
  show.addEventListener("change", () => choose({ show: shownOf(show.value) }));
  live.addEventListener("change", () => choose({ live: live.checked }));

  function predict(region: Region | null): void {
    const id = nextNumber();
    running = { id, region, text: "" };
    handle.send({ kind: "predict", id, region });
    follow();
  }
  function leastCertain(): void {
    doubting = nextNumber();
    handle.send({ kind: "leastCertain", id: doubting });
    follow();
  }

  function statusText(): string {
    const { model, busy, behind } = handle.get("training")!;
    if (busy) return "training …";
    if (running !== undefined) return `${running.region === null ? "whole volume" : "box"} ${running.text || "…"}`;
    if (doubting !== 0) return "looking for the least certain place …";
    if (behind && model > 0) return "scribbles have changed: Update (d)";
    return "";
  }
  function follow(): void {
    const { model, hint } = handle.get("training")!;
    const prediction = handle.get("prediction")!;
    show.value = String(prediction.show);
    live.checked = prediction.live;
    doubt.disabled = model === 0;
    volume.disabled = model === 0;
    stop.hidden = running === undefined;
    status.textContent = hint || statusText();
    status.classList.toggle("voxbook-hint", hint !== "");
    predicted.follow();
  }

  const stopMessages = handle.onMessage((reply) => {
    if (reply.kind === "report") panel.show(reply);
    if (reply.kind === "predicting" && reply.id === running?.id)
      running.text = `${reply.done} of ${reply.total} bricks`;
    if (reply.kind === "predicted" && reply.id === running?.id) {
      panel.add(reply);
      running = undefined;
    }
    if (reply.kind === "leastCertain" && reply.id === doubting) {
      doubting = 0;
      const { camera, scene } = stage;
      scene.update({ cursor: reply.at });
      if (camera.zoom > 1) aim(stage, { centre: reply.at });
      scene.settle(stage.handle);
    }
    if (reply.kind === "error" && (reply.id === running?.id || reply.id === doubting)) {
      // What is outdated is no failure: the newer forest is on its way.
      if (!reply.message.startsWith("stopped")) failed(reply.message);
      if (reply.id === doubting) doubting = 0;
      else running = undefined;
    }
    if (["predicting", "predicted", "leastCertain", "error"].includes(reply.kind)) follow();
  });
  handle.send({ kind: "report" });
  follow();

  const order = names.map(([value]) => value);
  return {
    row: element(
      "div",
      { class: "voxbook-bar voxbook-palette" },
      element("label", {}, "show ", show),
      element("label", {}, live, "live"),
      group(update, doubt, volume, stop),
      status,
    ),
    panel: panel.root,
    keys: {
      t: () => choose({ show: shownOf(order[(order.indexOf(show.value) + 1) % order.length]!) }),
      d: () => update.click(),
      D: () => volume.click(),
      j: () => doubt.click(),
      L: () => choose({ live: !handle.get("prediction")!.live }),
    },
    help: [
      ["t", "prediction, uncertainty, probabilities, scribbles"],
      ["d, Shift+D", "train with all trees, predict the whole volume"],
      ["j", "go to the least certain place"],
      ["Shift+L", "train after each stroke, or not"],
    ],
    legend() {
      const shown = predicted.show;
      if (shown === "labels" || shown === "scribbles" || handle.get("training")!.model === 0) return [];
      const phase = phases().find(({ label }) => label === shown);
      return fieldLegend({ name: phase === undefined ? "uncertainty" : `probability of ${phase.name}`, range: [0, 1] });
    },
    follow,
    drawn(look) {
      if (!wantPredictions(stage, look, predicted)) return;
      predicted.complete();
      const { region } = stage.scene.state;
      const { model } = handle.get("training")!;
      const wish = JSON.stringify([model, region]);
      if (region === null || running !== undefined || asked === wish) return;
      asked = wish;
      clearTimeout(later);
      later = setTimeout(() => {
        const still = JSON.stringify([handle.get("training")!.model, stage.scene.state.region]) === wish;
        if (still && running === undefined) predict(region);
        else asked = "";
      }, BOX_AFTER);
    },
    dispose() {
      clearTimeout(later);
      stopMessages();
      predicted.dispose();
    },
  };
}
