/** From the scene to the canvases: which planes are wanted, and how they are coloured. */
import { phaseTable } from "../../../src/core/phases.js";
import { AXES, type Axis } from "../../../src/core/shape.js";
import { colourTable, type LabelPlane, type Look } from "../../draw/colours.js";
import { SIDES } from "../../draw/layout.js";
import type { Layer, SlicesState } from "../../protocol.js";
import type { Painted } from "./pane.js";
import type { LoadedPlane, PlaneKey } from "./planes.js";
import type { Stage } from "./stage.js";

/** Pixels that a plane is shown with at zoom 1, at most. */
const PIXELS = 1200;

/** Half the size while a side has more than twice the voxels that pixels can show. */
function levelOf({ volume: { shape }, camera }: Stage, axis: Axis): number {
  const { right, down } = SIDES[axis];
  const most = PIXELS * Math.max(1, camera.zoom);
  return Math.max(0, Math.ceil(Math.log2(Math.max(shape[right], shape[down]) / most)));
}

/** The plane through the cursor, or so many beyond it; undefined outside the volume. */
function keyOf(stage: Stage, axis: Axis, layer: Layer, step = 0): PlaneKey | undefined {
  const k = AXES[axis];
  const index = stage.scene.state.cursor[k] + step;
  if (index < 0 || index >= stage.volume.shape[k]) return undefined;
  const { planes, mode } = stage.display;
  // A mean of labels means nothing.
  const single = layer === "labels" || layer === "field";
  return { layer, axis, index, level: levelOf(stage, axis), planes: single ? 1 : planes, mode };
}

const layersOf = ({ handle, display }: Stage): readonly Layer[] => [
  "grey",
  ...(handle.get("field") !== null ? (["field"] as const) : handle.get("labels") ? (["labels"] as const) : []),
  ...(display.curtain < 1 ? (["beside"] as const) : []),
];

/** Planes to ask for, the most urgent first: those shown, then the neighbours of the one that keys act on. */
function wishes(stage: Stage): PlaneKey[] {
  const layers = layersOf(stage);
  const { active, panes } = stage;
  const order = [active, ...panes.map(({ axis }) => axis).filter((axis) => axis !== active)];
  const now = order.flatMap((axis) => layers.map((layer) => keyOf(stage, axis, layer)));
  const soon = [1, -1, 2].flatMap((step) => layers.map((layer) => keyOf(stage, active, layer, step)));
  return [...now, ...soon].filter((key) => key !== undefined);
}

function lookOf({ scene, handle, opacity, display: { outline } }: Stage): Look {
  const { window, thresholds } = scene.state;
  const given = handle.get("phases");
  if (handle.get("field") !== null) return { window, thresholds: [], phases: [], opacity };
  if (handle.get("labels")) return { window, thresholds: [], phases: given, opacity, outline };
  const names = given.map(({ name }) => name);
  return { window, thresholds, phases: phaseTable(thresholds.length + 1, names), opacity };
}

/** What lies over a plane: labels, values of a field, or what a forest predicts, with the outlines of the labels that it was taught. */
function overlayOf(
  { handle }: Stage,
  { phases }: Look,
  { labels, field, prediction }: Partial<Record<Layer, LoadedPlane>>,
): Pick<Painted, "over" | "overFrom" | "outlined" | "outlinedFrom"> {
  const facts = handle.get("field");
  const asLabels = ({ values, width }: LoadedPlane): LabelPlane => ({ values, phases, width });
  if (prediction !== undefined) {
    const isField = prediction.dtype === "float32";
    const over = isField ? { values: prediction.values, range: [0, 1] as const } : asLabels(prediction);
    return { over, overFrom: prediction, outlined: labels && asLabels(labels), outlinedFrom: labels };
  }
  if (labels !== undefined) return { over: asLabels(labels), overFrom: labels };
  return field && facts ? { over: { values: field.values, range: facts.range }, overFrom: field } : {};
}

/** Where planes are shown, and those next to the one that keys act on: the most urgent first. */
function placesOf(stage: Stage): { shown: PlaneKey[]; soon: PlaneKey[] } {
  const { active, panes } = stage;
  const order = [active, ...panes.map(({ axis }) => axis).filter((axis) => axis !== active)];
  const there = (key: PlaneKey | undefined): key is PlaneKey => key !== undefined;
  return {
    shown: order.map((axis) => keyOf(stage, axis, "labels")).filter(there),
    soon: [1, -1].map((step) => keyOf(stage, active, "labels", step)).filter(there),
  };
}

/** @returns whether all planes that are shown are there, predicted by the newest forest */
function wantPredictions(stage: Stage): boolean {
  const { predicted } = stage;
  if (predicted === undefined) return false;
  const { shown, soon } = placesOf(stage);
  const missing = shown.some((place) => predicted.isMissing(place));
  // Planes that may be shown next come when those that are shown are there.
  predicted.want(missing ? shown : [...shown, ...soon]);
  return !missing;
}

/**
 * Draws all panes and asks for the planes that are missing.
 * @param newLook is called when the colours have changed
 * @returns whether all that a forest predicts of the planes that are shown is there
 */
export function draw(stage: Stage, newLook: (look: Look) => void): boolean {
  if (stage.panes.length === 0) return false;
  if (stage.look === undefined) {
    stage.look = lookOf(stage);
    newLook(stage.look);
  }
  const { look, panes, planes, last, camera, scene, tool, handle, display, predicted } = stage;
  const table = colourTable(stage.volume.dtype, look);
  const beside = handle.get("beside");
  for (const pane of panes) {
    const { axis } = pane;
    const kept = last.get(axis) ?? {};
    const layers: Partial<Record<Layer, LoadedPlane>> = Object.fromEntries(
      layersOf(stage).map((layer) => [layer, planes.get(keyOf(stage, axis, layer)!) ?? kept[layer]]),
    );
    const prediction = predicted?.at(keyOf(stage, axis, "labels")!);
    if (prediction !== undefined) layers.prediction = prediction;
    last.set(axis, layers);
    const images: Painted[] = [];
    const { grey } = layers;
    if (grey !== undefined) images.push({ plane: grey, ...overlayOf(stage, look, layers), look, table });
    pane.canvas.dataset.model = String(prediction?.prediction?.model ?? "");
    if (layers.beside !== undefined && beside !== null) images.push({ plane: layers.beside, look: besideLook(beside) });
    pane.draw(images, camera, scene.state.cursor, {
      lines: panes.length > 1 || tool === "cursor",
      bar: axis === "z",
      name: panes.length > 1,
      curtain: display.curtain,
      over: stage.over,
    });
  }
  planes.want(wishes(stage));
  return wantPredictions(stage);
}

const looks = new WeakMap<object, Look>();

/** How the volume behind the curtain looks: the same object each time, so that it is not coloured anew. */
function besideLook(beside: NonNullable<SlicesState["beside"]>): Look {
  const known = looks.get(beside);
  if (known !== undefined) return known;
  const look: Look = { window: beside.window, thresholds: [], phases: [], opacity: 0 };
  looks.set(beside, look);
  return look;
}
