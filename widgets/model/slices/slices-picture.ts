/** The picture of slices that a notebook keeps, for where no kernel is. */
import type { Axis } from "../../../src/core/shape.js";
import type { Volume } from "../../../src/core/volume.js";
import { drawPlane, type Look } from "../../draw/colours.js";
import type { FigureText } from "../../draw/figure.js";
import { freePlane } from "../../draw/free-plane.js";
import { extentOf, layoutPanes, SIDES } from "../../draw/layout.js";
import { PICTURE_SIZE, type Picture, type Plane, slicesPicture, stacked } from "../../draw/pictures.js";
import type { Layer, SceneState, SlicesState } from "../../protocol.js";
import { planeOf } from "../kept-bricks.js";
import { obliqueValues } from "../oblique.js";
import type { CaptionPart } from "../own-widget.js";
import { lengthText } from "../picture.js";
import { slab } from "../planes.js";
import { type PlaneValues, reduced } from "../reduced.js";
import type { Scene } from "../scene.js";
import { written } from "../scene-view.js";
import type { Shown } from "../view.js";

/** What is shown: grey values, and what lies over them or beside them. */
export type SlicesSources = Partial<Record<Layer, Volume | undefined>> & {
  readonly grey: Volume;
  /** Lies over the volume beside. */
  readonly besideLabels?: Volume | undefined;
  /** What a forest predicts, instead of the labels, which are outlined over it. */
  readonly predicted?: PredictedPicture | undefined;
};

/** What a forest predicts for a picture. */
export interface PredictedPicture {
  /** What its values are called; undefined: they are labels. */
  readonly name: string | undefined;
  plane(axis: Axis, index: number): Promise<PlaneValues | undefined>;
}

/** What the picture needs of the state of a view. */
export type SlicesLook = Pick<
  SlicesState,
  "phases" | "opacity" | "volume" | "display" | "field" | "beside" | "labelsId"
>;

/** A plane of the picture, reduced by 2^level. */
type Cut = readonly [axis: Axis, index: number, level: number];

/** Side of the free plane in the picture that a notebook keeps. */
const FREE_PIXELS = 320;

/** The free plane, if there is one. */
async function freePicture(
  { grey, labels, field }: SlicesSources,
  { normal, cursor }: SceneState,
  look: Look,
  scale: number,
): Promise<Picture | undefined> {
  if (normal === null) return undefined;
  const spacing = grey.spacing ?? null;
  const side = Math.round(FREE_PIXELS * scale);
  const pixel = Math.max(...extentOf(grey.shape, spacing)) / side;
  const plane = freePlane(cursor, normal, spacing, pixel, { width: side, height: side });
  const { values, inside } = await obliqueValues(grey, plane, false);
  const shown = field === undefined ? labels : undefined;
  const over = shown && (await obliqueValues(shown, plane, true)).values;
  const pixels = drawPlane(
    values,
    grey.dtype,
    look,
    new Uint8ClampedArray(4 * values.length),
    over && { values: over, phases: look.phases, width: plane.width },
  );
  for (let k = 0; k < inside.length; k++) if (inside[k] === 0) pixels.fill(0, 4 * k, 4 * k + 3);
  return { pixels, width: plane.width, height: plane.height };
}

/** What the curtain leaves to see of the other volume. */
async function behindPlane(
  sources: SlicesSources,
  { beside, display, phases }: SlicesLook,
  [axis, index, level]: Cut,
): Promise<Pick<Plane, "behind">> {
  if (sources.beside === undefined || beside === null || display.curtain === 1) return {};
  const { values } = await slab(sources.beside, axis, index, display.planes, display.mode, { level, labels: false });
  const behind = { values, dtype: beside.dtype, window: beside.window, from: display.curtain };
  if (sources.besideLabels === undefined) return { behind };
  const over = reduced(await sources.besideLabels.plane(axis, index), level, true);
  return { behind: { ...behind, over: { values: over.values, phases, width: over.width } } };
}

/** What lies over a plane in the picture. */
async function overPlane(
  sources: SlicesSources,
  { phases, field }: SlicesLook,
  [axis, index, level]: Cut,
): Promise<Pick<Plane, "over" | "outlined">> {
  if (sources.field !== undefined && field !== null) {
    const { values } = await planeOf(sources.field, axis, index, { level, labels: false });
    return { over: { values, range: field.range } };
  }
  if (sources.labels === undefined) return {};
  const { values, width } = await planeOf(sources.labels, axis, index, { level, labels: true });
  const labels = { values, phases, width };
  const predicted = await sources.predicted?.plane(axis, index);
  if (predicted === undefined) return { over: labels };
  const isLabels = sources.predicted!.name === undefined;
  const { values: shown } = reduced(predicted, level, isLabels);
  return { over: isLabels ? { values: shown, phases, width } : { values: shown, range: [0, 1] }, outlined: labels };
}

/** Draws the planes as the page shows them: three, and the free one below them. */
export async function slicesShown(
  sources: SlicesSources,
  { state: scene, selection }: Pick<Scene, "state"> & Partial<Pick<Scene, "selection">>,
  state: SlicesLook,
  scale = 1,
): Promise<Shown> {
  const { shape, dtype, spacing = null } = sources.grey;
  const { cursor, window, thresholds, region } = scene;
  const { phases, opacity, volume, display, field, labelsId } = state;
  const planes: Plane[] = [];
  const onScreen = layoutPanes(shape, spacing, PICTURE_SIZE).panes;
  const axes = shape[0] === 1 ? (["z"] as const) : (["z", "y", "x"] as const);
  for (const axis of axes) {
    const index = cursor[{ z: 0, y: 1, x: 2 }[axis]];
    const { right, down } = SIDES[axis];
    // As small as it is drawn: the picture is made before anything is seen of the view.
    const pane = onScreen.find((one) => one.axis === axis)!;
    const level = Math.max(
      0,
      Math.floor(Math.log2(Math.min(shape[right] / pane.width, shape[down] / pane.height) / scale)),
    );
    const plane = await slab(sources.grey, axis, index, display.planes, display.mode, { level, labels: false });
    planes.push({
      axis,
      ...plane,
      ...(await overPlane(sources, state, [axis, index, level])),
      ...(await behindPlane(sources, state, [axis, index, level])),
    });
  }
  const look = { window, thresholds, phases, opacity, outline: display.outline, lit: selection?.litOf(labelsId) };
  const parts = { shape, dtype, spacing, cursor, look, region };
  const { picture: planesOnly, bar, layout } = slicesPicture(parts, planes, undefined, scale);
  const at = spacing === null ? cursor.join(", ") : cursor.map((n, k) => lengthText(n * spacing[k]!, true)).join(", ");
  const name = planes.some(({ outlined }) => outlined !== undefined) ? sources.predicted?.name : undefined;
  const caption: CaptionPart[] = [
    ...(name === undefined ? [] : [{ text: `${name} 0 … 1, over it the scribbles of` }]),
    ...(field === null
      ? phases.map(({ name, colour }) => ({ text: name, colour }))
      : [{ text: `${field.name} ${written(field.range[0])} … ${written(field.range[1])}` }]),
    { text: `cursor z, y, x: ${at}` },
    { text: `bar ${lengthText(bar.length, spacing !== null)}` },
  ];
  const free = await freePicture(sources, scene, look, scale);
  const picture = free === undefined ? planesOnly : stacked([planesOnly, free]);
  const texts: FigureText[] = [
    ...(layout.panes.length === 1
      ? []
      : layout.panes.map(({ axis, x, y }) => ({ x: x + 6 * scale, y: y + 16 * scale, text: axis }))),
    {
      x: bar.x + bar.pixels / 2,
      y: bar.y - 6 * scale,
      text: lengthText(bar.length, spacing !== null),
      centred: true,
    },
  ];
  return { picture, alt: `slices of ${volume.title}`, caption, texts };
}
