/** From the scene to the canvases: which planes are wanted, and how they are coloured. */
import { phaseTable } from "../../../src/core/phases.js";
import { AXES, type Axis } from "../../../src/core/shape.js";
import { colourTable, type Look } from "../../draw/colours.js";
import { SIDES } from "../../draw/layout.js";
import type { PlaneKey } from "./planes.js";
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
function keyOf(stage: Stage, axis: Axis, layer: PlaneKey["layer"], step = 0): PlaneKey | undefined {
  const k = AXES[axis];
  const index = stage.scene.state.cursor[k] + step;
  return index < 0 || index >= stage.volume.shape[k] ? undefined : { layer, axis, index, level: levelOf(stage, axis) };
}

const layersOf = ({ handle }: Stage): readonly PlaneKey["layer"][] =>
  handle.get("labels") ? ["grey", "labels"] : ["grey"];

/** Planes to ask for, the most urgent first: those shown, then the neighbours of the one that keys act on. */
function wishes(stage: Stage): PlaneKey[] {
  const layers = layersOf(stage);
  const { active, panes } = stage;
  const order = [active, ...panes.map(({ axis }) => axis).filter((axis) => axis !== active)];
  const now = order.flatMap((axis) => layers.map((layer) => keyOf(stage, axis, layer)));
  const soon = [1, -1, 2].flatMap((step) => layers.map((layer) => keyOf(stage, active, layer, step)));
  return [...now, ...soon].filter((key) => key !== undefined);
}

function lookOf({ scene, handle, opacity }: Stage): Look {
  const { window, thresholds } = scene.state;
  const given = handle.get("phases");
  if (handle.get("labels")) return { window, thresholds: [], phases: given, opacity };
  const names = given.map(({ name }) => name);
  return { window, thresholds, phases: phaseTable(thresholds.length + 1, names), opacity };
}

/** Draws all panes and asks for the planes that are missing. @param newLook is called when the colours have changed */
export function draw(stage: Stage, newLook: (look: Look) => void): void {
  if (stage.panes.length === 0) return;
  if (stage.look === undefined) {
    stage.look = lookOf(stage);
    newLook(stage.look);
  }
  const { look, panes, planes, last, camera, scene, tool } = stage;
  const table = colourTable(stage.volume.dtype, look);
  for (const pane of panes) {
    const { axis } = pane;
    const kept = last.get(axis) ?? {};
    const layers = Object.fromEntries(
      layersOf(stage).map((layer) => [layer, planes.get(keyOf(stage, axis, layer)!) ?? kept[layer]]),
    );
    last.set(axis, layers);
    const marks = { lines: panes.length > 1 || tool === "cursor", bar: axis === "z", name: panes.length > 1 };
    pane.draw(layers.grey, layers.labels, look, table, camera, scene.state.cursor, marks, stage.over);
  }
  planes.want(wishes(stage));
}
