/** From the scene to the canvases: which planes are wanted, and how they are coloured. */

import type { DType } from "../../../src/core/dtype.js";
import { phaseTable } from "../../../src/core/phases.js";
import { AXES, type Axis } from "../../../src/core/shape.js";
import { type ColourTable, colourTable, type Look } from "../../draw/colours.js";
import { SIDES } from "../../draw/layout.js";
import type { Layer } from "../../protocol.js";
import type { Painted } from "./pane.js";
import type { PlaneKey } from "./planes.js";
import { activePane, type LoadedLayers, type PaneImage, type Stage } from "./stage.js";

/** Pixels that a plane is shown with at zoom 1, at most. */
const PIXELS = 1200;

/** Half the size while a side has more than twice the voxels that pixels can show. */
function levelOf({ volume: { shape }, camera }: Stage, axis: Axis): number {
  const { right, down } = SIDES[axis];
  const most = PIXELS * Math.max(1, camera.zoom);
  return Math.max(0, Math.ceil(Math.log2(Math.max(shape[right], shape[down]) / most)));
}

/** The plane through the cursor, or so many beyond it; undefined outside the volume. */
export function keyOf(stage: Stage, axis: Axis, volume: number, layer: Layer, step = 0): PlaneKey | undefined {
  const k = AXES[axis];
  const index = stage.scene.state.cursor[k] + step;
  if (index < 0 || index >= stage.volume.shape[k]) return undefined;
  const { planes, mode } = stage.display;
  // A mean of labels means nothing.
  const single = layer === "labels" || layer === "field";
  return { volume, layer, axis, index, level: levelOf(stage, axis), planes: single ? 1 : planes, mode };
}

/** What a picture is made of. */
const layersOf = ({ grey, over }: PaneImage): readonly Layer[] => (over === undefined ? [grey] : [grey, over]);

/** Planes of a picture, or so many beyond them. */
export const keysOf = (stage: Stage, axis: Axis, image: PaneImage, step = 0): PlaneKey[] =>
  layersOf(image)
    .map((layer) => keyOf(stage, axis, image.volume, layer, step))
    .filter((key) => key !== undefined);

/** The neighbours of what is shown on some panes. Default: on that which keys act on. */
export function neighbours(
  stage: Stage,
  look: Look,
  panes = [activePane(stage)].filter((pane) => pane !== undefined),
): PlaneKey[] {
  return [1, -1, 2].flatMap((step) =>
    panes.flatMap((pane) => stage.content.images(pane, look).flatMap((image) => keysOf(stage, pane.axis, image, step))),
  );
}

/** Planes to ask for, the most urgent first: those shown, those on the pane that keys act on before all others, then what is wanted soon. */
function wishes(stage: Stage, look: Look): PlaneKey[] {
  const first = activePane(stage);
  const order = [...stage.panes].sort((a, b) => Number(b === first) - Number(a === first));
  const now = order.flatMap((pane) =>
    stage.content.images(pane, look).flatMap((image) => keysOf(stage, pane.axis, image)),
  );
  return [...now, ...stage.content.soon()];
}

/** How values look under the window of the scene. */
function lookOf({ scene, handle, opacity, display: { outline } }: Stage): Look {
  const { window, thresholds } = scene.state;
  const given = handle.get("phases");
  if (handle.get("field") !== null) return { window, thresholds: [], phases: [], opacity };
  if (handle.get("labels")) return { window, thresholds: [], phases: given, opacity, outline };
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
  const changed = stage.look === undefined;
  const look = lookNow(stage);
  if (changed) newLook(look);
  const { panes, last, camera, scene, tool, display, content } = stage;
  for (const pane of panes) {
    const kept = last.get(pane) ?? [];
    const images = content.images(pane, look);
    const loaded = images.map((image, k) => loadedOf(stage, pane.axis, image, kept[k]));
    last.set(pane, loaded);
    pane.draw(
      images.flatMap((image, k) => paintedOf(stage, image, loaded[k]!) ?? []),
      camera,
      scene.state.cursor,
      {
        lines: panes.length > 1 || tool === "cursor",
        bar: pane === panes[0],
        name: content.title(pane),
        curtain: display.curtain,
        over: stage.over,
      },
    );
  }
  stage.planes.want(wishes(stage, look));
}

/** The planes of a picture; in place of one that has not come, the last that was there. */
function loadedOf(stage: Stage, axis: Axis, image: PaneImage, kept: LoadedLayers = {}): LoadedLayers {
  return Object.fromEntries(
    layersOf(image).map((layer) => {
      const key = keyOf(stage, axis, image.volume, layer);
      return [layer, (key && stage.planes.get(key)) ?? kept[layer]];
    }),
  );
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
  return { plane, over: shown, overFrom: from, look, table: tableOf(plane.dtype, look) };
}

const tables = new WeakMap<Look, Map<DType, ColourTable | undefined>>();

/** Colours of a look: one table for all frames and panes that have it. */
function tableOf(dtype: DType, look: Look): ColourTable | undefined {
  const own = tables.get(look) ?? new Map<DType, ColourTable | undefined>();
  tables.set(look, own);
  if (!own.has(dtype)) own.set(dtype, colourTable(dtype, look));
  return own.get(dtype);
}
