/** From the scene to the canvases: which planes are wanted, and how they are coloured. */
import type { DType } from "../../../src/core/dtype.js";
import { phaseTable } from "../../../src/core/phases.js";
import { AXES, type Axis } from "../../../src/core/shape.js";
import { type ColourTable, colourTable, type LabelPlane, type Look } from "../../draw/colours.js";
import { SIDES } from "../../draw/layout.js";
import { indexIn, sizeOf, thicknessIn } from "../../draw/placed-grid.js";
import { type Layer, THICKEST } from "../../protocol.js";
import type { Painted, PaneCanvas } from "./pane.js";
import type { LoadedPlane, PlaneKey } from "./planes.js";
import { activePane, gridOf, indexOf, type LoadedLayers, type PaneImage, type Stage } from "./stage.js";

/** Pixels that a plane is shown with at zoom 1, at most. */
const PIXELS = 1200;
/** So long at a plane, and all its voxels are asked for. */
export const REST_MS = 120;

/** Half the size while a side has more than twice the voxels that pixels can show. */
function levelOf(stage: Stage, axis: Axis, volume: number): number {
  const { right, down } = SIDES[axis];
  const { shape } = gridOf(stage, volume);
  const most = PIXELS * Math.max(1, stage.camera.zoom);
  return Math.max(0, Math.ceil(Math.log2(Math.max(shape[right], shape[down]) / most)));
}

/** While planes go by: no smaller than the pixels that show them now. */
function quickLevelOf(stage: Stage, axis: Axis, volume: number): number {
  const pane = stage.panes.find((one) => one.axis === axis)!;
  const step = pane.pixelsPerVoxel(stage.camera);
  const grid = gridOf(stage, volume);
  const size = sizeOf(grid);
  const { right, down } = SIDES[axis];
  const pixels = Math.max((step.right * size[right]) / grid.shape[right], (step.down * size[down]) / grid.shape[down]);
  const voxels = 1 / (pixels * (window.devicePixelRatio || 1));
  return Math.max(levelOf(stage, axis, volume), Math.floor(Math.log2(Math.max(1, voxels))));
}

/** What a picture is made of. */
const layersOf = ({ grey, over }: PaneImage): readonly Layer[] => (over === undefined ? [grey] : [grey, over]);

/** The plane of a layer through the cursor, or so many beyond it; undefined outside of its volume. */
function keyOf(
  stage: Stage,
  axis: Axis,
  { volume }: PaneImage,
  layer: Layer,
  level: number,
  step: number,
): PlaneKey | undefined {
  const k = AXES[axis];
  const grid = gridOf(stage, volume);
  const index = indexIn(grid, k, stage.scene.state.cursor[k] + step);
  if (index === undefined) return undefined;
  const { mode } = stage.display;
  const planes = thicknessIn(grid, k, stage.display.planes, THICKEST);
  // A mean of labels means nothing.
  const single = layer === "labels" || layer === "field";
  return { volume, layer, axis, index, level, planes: single ? 1 : planes, mode };
}

/** Planes of a picture, or so many beyond them. @param level default: with all voxels that can be told apart */
export const keysOf = (
  stage: Stage,
  axis: Axis,
  image: PaneImage,
  step = 0,
  level: number = levelOf(stage, axis, image.volume),
): PlaneKey[] =>
  layersOf(image)
    .map((layer) => keyOf(stage, axis, image, layer, level, step))
    .filter((key) => key !== undefined);

/** The planes that come next on some panes: where the reader goes; at rest those on both sides. Default: on that which keys act on. */
export function neighbours(
  stage: Stage,
  look: Look,
  panes = [activePane(stage)].filter((pane) => pane !== undefined),
): PlaneKey[] {
  const steps = stage.motion.rests(stage.scene.state.cursor) ? [1, -1, 2, 3] : [1, 2, 3, 4];
  return steps.flatMap((n) =>
    panes.flatMap((pane) => {
      const { axis } = pane;
      const step = n * stage.motion.way(axis);
      return stage.content
        .images(pane, look)
        .flatMap((image) => keysOf(stage, axis, image, step, quickLevelOf(stage, axis, image.volume)));
    }),
  );
}

/**
 * Planes to ask for, the most urgent first: those shown, as small as they are shown, those of the pane that keys act on before all others;
 * at rest all their voxels; and what is wanted soon.
 */
function wishes(stage: Stage, look: Look): PlaneKey[] {
  const first = activePane(stage);
  const order = [...stage.panes].sort((a, b) => Number(b === first) - Number(a === first));
  const rests = stage.motion.rests(stage.scene.state.cursor);
  const now = order.flatMap((pane) =>
    stage.content.images(pane, look).map((image) => {
      const { axis } = pane;
      const exact = keysOf(stage, axis, image);
      // Smaller ones are of no use where all voxels have come already.
      const complete = exact.every((key) => stage.planes.has(key));
      return { quick: complete ? [] : keysOf(stage, axis, image, 0, quickLevelOf(stage, axis, image.volume)), exact };
    }),
  );
  return [
    ...now.flatMap(({ quick }) => quick),
    ...(rests ? now.flatMap(({ exact }) => exact) : []),
    ...stage.content.soon(),
  ];
}

/** A plane that has come is shown if it is nearer to the cursor than what is shown, and no further away than this. */
const NEAR = 64;

/** Whether a plane may be shown now: one that the reader comes to later is not worth a frame. */
export function isSeen(stage: Stage, { axis, index, volume }: PlaneKey): boolean {
  const here = indexIn(gridOf(stage, volume), AXES[axis], stage.scene.state.cursor[AXES[axis]]);
  return here !== undefined && (index - here) * stage.motion.way(axis) <= 0;
}

/**
 * The planes of a picture: those of the cursor if all layers have come, else of those that have the nearest ones behind it, else what was
 * shown. Layers of different planes or sizes would lie beside each other.
 */
function loadedOf(stage: Stage, { axis }: PaneCanvas, image: PaneImage, kept: LoadedLayers = {}): LoadedLayers {
  const { planes, motion, scene } = stage;
  const layers = layersOf(image);
  const shown = kept[image.grey];
  const k = AXES[axis];
  const grid = gridOf(stage, image.volume);
  const here = indexIn(grid, k, scene.state.cursor[k]);
  // Nothing is there: what was shown is somewhere else.
  if (here === undefined) return {};
  const far = shown === undefined ? NEAR : Math.ceil((Math.abs(here - shown.index) * sizeOf(grid)[k]) / grid.shape[k]);
  const levels = new Set([levelOf(stage, axis, image.volume), quickLevelOf(stage, axis, image.volume)]);
  for (let behind = 0; behind === 0 || behind < Math.min(far, NEAR); behind++)
    for (const level of levels) {
      const found = layers.map((layer) => {
        const key = keyOf(stage, axis, image, layer, level, -behind * motion.way(axis));
        return [layer, key && planes.get(key)] as const;
      });
      if (found.every(([, plane]) => plane !== undefined)) return Object.fromEntries(found) as LoadedLayers;
      // At the beginning grey values do not wait for what lies over them.
      const grey = found[0]![1];
      if (shown === undefined && grey !== undefined) return { [image.grey]: grey };
    }
  return kept;
}

/** How values look under the window of the scene. */
function lookOf({ scene, handle, opacity, display: { outline } }: Stage): Look {
  const { window, thresholds } = scene.state;
  const given = handle.get("phases");
  if (handle.get("field") !== null) return { window, thresholds: [], phases: [], opacity };
  const lit = scene.litOf(handle.get("labelsId"));
  if (handle.get("labels")) return { window, thresholds: [], phases: given, opacity, outline, lit };
  const names = given.map(({ name }) => name);
  return { window, thresholds, phases: phaseTable(thresholds.length + 1, names), opacity };
}

/** The look that the scene gives, made at the first drawing after a change. */
export function lookNow(stage: Stage): Look {
  stage.look ??= lookOf(stage);
  return stage.look;
}

/** Draws all panes and asks for the planes that are missing. @param newLook is called when the colours have changed */
export function draw(stage: Stage, newLook: (look: Look) => void): void {
  if (stage.panes.length === 0) return;
  stage.motion.seen(stage.scene.state.cursor);
  const changed = stage.look === undefined;
  const look = lookNow(stage);
  if (changed) newLook(look);
  const { panes, last, camera, scene, tool, display, content } = stage;
  for (const pane of panes) {
    const kept = last.get(pane) ?? [];
    const images = content.images(pane, look);
    const loaded = images.map((image, k) => loadedOf(stage, pane, image, kept[k]));
    addPrediction(stage, pane, loaded[0], images[0]?.grey);
    last.set(pane, loaded);
    pane.draw(
      images.flatMap((image, k) => paintedOf(stage, image, loaded[k]!) ?? []),
      camera,
      scene.state.cursor,
      {
        lines: panes.length > 1 || tool === "cursor",
        bar: pane === panes[0],
        name: content.title(pane),
        shown: loaded[0]?.[images[0]!.grey],
        index: indexOf(stage, pane),
        placed: content.grid?.(pane.volume),
        curtain: display.curtain,
        over: stage.over,
      },
    );
  }
  stage.planes.want(wishes(stage, look));
}

/** What a forest predicts of the plane at the bottom of a picture, as far as it has come; never of another plane. */
function addPrediction({ predicted }: Stage, { canvas }: PaneCanvas, planes?: LoadedLayers, grey?: Layer): void {
  if (predicted === undefined || planes === undefined || grey === undefined) return;
  delete planes.prediction;
  const plane = planes[grey];
  const prediction = plane && predicted.at(plane);
  if (prediction !== undefined) planes.prediction = prediction;
  canvas.dataset.model = String(prediction?.prediction?.model ?? "");
}

/** What lies over a plane where a forest predicts it, with the outlines of the labels that it was taught. */
function predictedOver(
  { labels, prediction }: LoadedLayers,
  { phases }: Look,
): Pick<Painted, "over" | "overFrom" | "outlined" | "outlinedFrom"> | undefined {
  if (prediction === undefined) return undefined;
  const asLabels = ({ values, width }: LoadedPlane): LabelPlane => ({ values, phases, width });
  const isField = prediction.dtype === "float32";
  const over = isField ? { values: prediction.values, range: [0, 1] as const } : asLabels(prediction);
  return { over, overFrom: prediction, outlined: labels && asLabels(labels), outlinedFrom: labels };
}

/** A picture for its canvas, if the plane at its bottom has come. */
function paintedOf({ handle }: Stage, { grey, over, look }: PaneImage, planes: LoadedLayers): Painted | undefined {
  const plane = planes[grey];
  if (plane === undefined) return undefined;
  const from = over && planes[over];
  const field = handle.get("field");
  const shown =
    from === undefined
      ? undefined
      : over === "field" && field !== null
        ? { values: from.values, range: field.range }
        : { values: from.values, phases: look.phases, width: from.width };
  const top = predictedOver(planes, look) ?? { over: shown, overFrom: from };
  return { plane, ...top, look, table: tableOf(plane.dtype, look) };
}

const tables = new WeakMap<Look, Map<DType, ColourTable | undefined>>();

/** Colours of a look: one table for all frames and panes that have it. */
function tableOf(dtype: DType, look: Look): ColourTable | undefined {
  const own = tables.get(look) ?? new Map<DType, ColourTable | undefined>();
  tables.set(look, own);
  if (!own.has(dtype)) own.set(dtype, colourTable(dtype, look));
  return own.get(dtype);
}
