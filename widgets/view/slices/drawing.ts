/** From the scene to the canvases: which planes are wanted, and how they are coloured. */
import type { DType } from "../../../src/core/dtype.js";
import { phaseTable } from "../../../src/core/phases.js";
import { AXES, type Axis } from "../../../src/core/shape.js";
import { type ColourTable, colourTable, type Look } from "../../draw/colours.js";
import { SIDES } from "../../draw/layout.js";
import type { Layer, SlicesState } from "../../protocol.js";
import type { Painted } from "./pane.js";
import type { LoadedPlane, PlaneKey } from "./planes.js";
import type { Stage } from "./stage.js";

/** Pixels that a plane is shown with at zoom 1, at most. */
const PIXELS = 1200;
/** So long at a plane, and all its voxels are asked for. */
export const REST_MS = 120;

/** Half the size while a side has more than twice the voxels that pixels can show. */
function levelOf({ volume: { shape }, camera }: Stage, axis: Axis): number {
  const { right, down } = SIDES[axis];
  const most = PIXELS * Math.max(1, camera.zoom);
  return Math.max(0, Math.ceil(Math.log2(Math.max(shape[right], shape[down]) / most)));
}

/** While planes go by: no smaller than the pixels that show them now. */
function quickLevelOf(stage: Stage, axis: Axis): number {
  const pane = stage.panes.find((one) => one.axis === axis)!;
  const step = pane.pixelsPerVoxel(stage.camera);
  const ratio = window.devicePixelRatio || 1;
  const voxels = 1 / (Math.max(step.right, step.down) * ratio);
  return Math.max(levelOf(stage, axis), Math.floor(Math.log2(Math.max(1, voxels))));
}

/** The plane through the cursor, or so many beyond it; undefined outside the volume. */
function keyOf(stage: Stage, axis: Axis, layer: Layer, level: number, step = 0): PlaneKey | undefined {
  const k = AXES[axis];
  const index = stage.scene.state.cursor[k] + step;
  if (index < 0 || index >= stage.volume.shape[k]) return undefined;
  const { planes, mode } = stage.display;
  // A mean of labels means nothing.
  const single = layer === "labels" || layer === "field";
  return { layer, axis, index, level, planes: single ? 1 : planes, mode };
}

const layersOf = ({ handle, display }: Stage): readonly Layer[] => [
  "grey",
  ...(handle.get("field") !== null ? (["field"] as const) : handle.get("labels") ? (["labels"] as const) : []),
  ...(display.curtain < 1 ? (["beside"] as const) : []),
];

/**
 * Planes to ask for, the most urgent first: those shown, as small as they are shown; at rest all their voxels; the next ones where the
 * reader goes.
 */
function wishes(stage: Stage): PlaneKey[] {
  const layers = layersOf(stage);
  const { active, panes, motion } = stage;
  const order = [active, ...panes.map(({ axis }) => axis).filter((axis) => axis !== active)];
  const rests = motion.rests(stage.scene.state.cursor);
  const now = order.map((axis) => {
    const [exact, quick] = [levelOf(stage, axis), quickLevelOf(stage, axis)];
    if (quick === exact) return { axis, first: [exact], later: [] };
    // Smaller ones are of no use where all voxels have come already.
    const complete = layers.every((layer) => stage.planes.get(keyOf(stage, axis, layer, exact)!) !== undefined);
    return { axis, first: complete ? [] : [quick], later: rests ? [exact] : [] };
  });
  const at = (axis: Axis, levels: readonly number[], step = 0): (PlaneKey | undefined)[] =>
    levels.flatMap((level) => layers.map((layer) => keyOf(stage, axis, layer, level, step)));
  const way = motion.way(active);
  const next = (...steps: number[]): (PlaneKey | undefined)[] =>
    steps.flatMap((n) => at(active, [quickLevelOf(stage, active)], n * way));
  return [
    ...now.flatMap(({ axis, first }) => at(axis, first)),
    ...(rests ? [] : next(1, 2, 3, 4)),
    ...now.flatMap(({ axis, later }) => at(axis, later)),
    ...(rests ? next(1, -1, 2, 3) : []),
  ].filter((key) => key !== undefined);
}

type Layers = Partial<Record<Layer, LoadedPlane>>;

/** A plane that has come is shown if it is nearer to the cursor than what is shown, and no further away than this. */
const NEAR = 64;

/**
 * What a pane shows: the plane of the cursor if all its layers have come, else of those that have the nearest one behind it. Layers of
 * different planes or sizes would lie beside each other.
 */
function shownOn(stage: Stage, axis: Axis): Layers {
  const { planes, last, motion, scene } = stage;
  const layers = layersOf(stage);
  const kept = last.get(axis) ?? {};
  const far = kept.grey === undefined ? NEAR : Math.abs(scene.state.cursor[AXES[axis]] - kept.grey.index);
  const levels = new Set([levelOf(stage, axis), quickLevelOf(stage, axis)]);
  for (let behind = 0; behind === 0 || behind < Math.min(far, NEAR); behind++)
    for (const level of levels) {
      const found = layers.map((layer) => {
        const key = keyOf(stage, axis, layer, level, -behind * motion.way(axis));
        return [layer, key && planes.get(key)] as const;
      });
      if (found.every(([, plane]) => plane !== undefined)) return Object.fromEntries(found) as Layers;
      // At the beginning grey values do not wait for what lies over them.
      const grey = found.find(([layer]) => layer === "grey")![1];
      if (kept.grey === undefined && grey !== undefined) return { grey };
    }
  return kept;
}

function lookOf({ scene, handle, opacity, display: { outline } }: Stage): Look {
  const { window, thresholds } = scene.state;
  const given = handle.get("phases");
  if (handle.get("field") !== null) return { window, thresholds: [], phases: [], opacity };
  if (handle.get("labels")) return { window, thresholds: [], phases: given, opacity, outline };
  const names = given.map(({ name }) => name);
  return { window, thresholds, phases: phaseTable(thresholds.length + 1, names), opacity };
}

/** Draws all panes and asks for the planes that are missing. @param newLook is called when the colours have changed */
export function draw(stage: Stage, newLook: (look: Look) => void): void {
  if (stage.panes.length === 0) return;
  stage.motion.seen(stage.scene.state.cursor);
  if (stage.look === undefined) {
    stage.look = lookOf(stage);
    newLook(stage.look);
  }
  const { look, panes, planes, last, camera, scene, tool, handle, display } = stage;
  const table = tableOf(look, stage.volume.dtype);
  const [field, beside] = [handle.get("field"), handle.get("beside")];
  for (const pane of panes) {
    const { axis } = pane;
    const layers = shownOn(stage, axis);
    last.set(axis, layers);
    const images: Painted[] = [];
    const { grey, labels, field: values } = layers;
    if (grey !== undefined) {
      const over =
        labels !== undefined
          ? { values: labels.values, phases: look.phases, width: labels.width }
          : values && field
            ? { values: values.values, range: field.range }
            : undefined;
      images.push({ plane: grey, over, overFrom: labels ?? values, look, table });
    }
    if (layers.beside !== undefined && beside !== null) images.push({ plane: layers.beside, look: besideLook(beside) });
    pane.draw(images, camera, scene.state.cursor, {
      lines: panes.length > 1 || tool === "cursor",
      bar: axis === "z",
      name: panes.length > 1,
      shown: grey,
      curtain: display.curtain,
      over: stage.over,
    });
  }
  planes.want(wishes(stage));
}

const tables = new WeakMap<Look, ColourTable | undefined>();

/** Colours by value, made once for each look. */
function tableOf(look: Look, dtype: DType): ColourTable | undefined {
  if (!tables.has(look)) tables.set(look, colourTable(dtype, look));
  return tables.get(look);
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
