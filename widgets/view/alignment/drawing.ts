/** What is drawn in the next frame: both volumes out of what has come, and wishes for what is missing. */
import { gridMap, inverted, mapped } from "../../../src/core/affine.js";
import { formatLength } from "../../../src/core/length.js";
import { AXES } from "../../../src/core/shape.js";
import { comparePixels, type GreyLayer, type Together } from "../../draw/compare.js";
import { scaleBar } from "../../draw/layout.js";
import { boundsOf, cropped, magnified, meanOver, type Outline, outlineOf, planarMap } from "../../draw/section.js";
import type { ObliquePlane } from "../../protocol.js";
import { allows, knobOf } from "./grips.js";
import type { Raster, Wish } from "./rasters.js";
import { type AlignmentPane, type AlignmentStage, outlineIn, pixelAt, planeOf, thereOf } from "./stage.js";

/** Colours of the two volumes' marks: cyan and magenta can be told apart by all eyes, and their forms differ, too. */
export const FIXED_COLOUR = "#00c8dc";
export const MOVING_COLOUR = "#ff5adc";

/** What has come, where a wanted plane sees it. */
function layerOf(
  raster: Raster | undefined,
  plane: ObliquePlane,
  spacing: readonly [number, number, number],
  window: readonly [number, number],
): GreyLayer | undefined {
  const place = raster && planarMap(raster.wish.plane, plane, spacing);
  if (raster === undefined || place === undefined) return undefined;
  const { width, height } = raster.wish.plane;
  return { grey: raster.grey(window), inside: raster.inside, width, height, place };
}

/** More than is seen, so that a drag does not uncover what has not come. */
const MARGIN = 24;

/** The part of the moving volume's section that is in a pane or near it. */
function wantedPart(there: ObliquePlane, outline: Outline): ObliquePlane | undefined {
  const wide = cropped(there, {
    x: -MARGIN,
    y: -MARGIN,
    width: there.width + 2 * MARGIN,
    height: there.height + 2 * MARGIN,
  });
  const moved = { ...outline, corners: outline.corners.map(([x, y]) => [x + MARGIN, y + MARGIN] as const) };
  const box = boundsOf(moved, wide);
  return box && cropped(wide, box);
}

function wishOf(
  stage: AlignmentStage,
  wish: Pick<Wish, "name" | "side" | "plane"> & Partial<Pick<Wish, "bent" | "version">>,
): Wish {
  const nearest = !stage.comparison.smooth && magnified(wish.plane) && wish.bent !== true;
  return { bent: false, version: 0, ...wish, nearest, fine: nearest ? 1 : meanOver(wish.plane) };
}

const images = new WeakMap<HTMLCanvasElement, ImageData>();

/** The pixels of a canvas, made once for each size. */
function imageFor({ canvas }: AlignmentPane, context: CanvasRenderingContext2D): ImageData {
  const known = images.get(canvas);
  if (known?.width === canvas.width && known.height === canvas.height) return known;
  const made = context.createImageData(canvas.width, canvas.height);
  images.set(canvas, made);
  return made;
}

/** Draws one pane. @returns what it wants */
function drawPane(stage: AlignmentStage, pane: AlignmentPane): Wish[] {
  const { rasters, fixed, moving, windows, comparison, facts } = stage;
  const { axis, side, canvas } = pane;
  const plane = planeOf(stage, pane, pane.ratio);
  const there = thereOf(stage, plane);
  const outline = there && outlineOf(there, moving);
  const wishes: Wish[] = [];
  if (side !== "moving") wishes.push(wishOf(stage, { name: `fixed ${axis}`, side: "fixed", plane }));
  if (side !== "fixed") {
    const name = `moving ${axis}`;
    const part = there && outline?.cut ? wantedPart(there, outline) : undefined;
    if (part !== undefined) wishes.push(wishOf(stage, { name, side: "moving", plane: part }));
    if (facts.transform.map === null)
      wishes.push(wishOf(stage, { name, side: "moving", plane, bent: true, version: stage.version }));
  }
  const has = rasters.get(`moving ${axis}`);
  const front =
    side === "moving" ? undefined : layerOf(rasters.get(`fixed ${axis}`), plane, fixed.spacing, windows.fixed);
  const seen =
    side === "fixed" || (there !== undefined && outline?.cut !== true)
      ? undefined
      : has?.wish.bent
        ? layerOf(has, plane, fixed.spacing, windows.moving)
        : there && layerOf(has, there, moving.spacing, windows.moving);
  const context = canvas.getContext("2d", { alpha: false })!;
  const image = imageFor(pane, context);
  const mode: Together["mode"] = side ?? (comparison.mode === "side by side" ? "overlay" : comparison.mode);
  const together: Together = {
    mode,
    opacity: comparison.opacity,
    square: comparison.square * pane.ratio,
    curtain: comparison.curtain,
    blinked: stage.blinked,
  };
  comparePixels(new Uint32Array(image.data.buffer), image, front, seen, together);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.putImageData(image, 0, 0);
  context.setTransform(pane.ratio, 0, 0, pane.ratio, 0, 0);
  drawMarks(stage, pane, context);
  return wishes;
}

/** Draws all panes and asks for what is missing, the pane that keys act on first. */
export function draw(stage: AlignmentStage): void {
  const wishes = stage.panes.flatMap((pane) => drawPane(stage, pane));
  const first = ({ name }: Wish): number => Number(!name.endsWith(stage.axis));
  stage.rasters.want(wishes.sort((a, b) => first(a) - first(b)));
}

function text(context: CanvasRenderingContext2D, words: string, x: number, y: number, colour = "#fff"): void {
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "left";
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = "rgba(0,0,0,0.75)";
  context.strokeText(words, x, y);
  context.fillStyle = colour;
  context.fillText(words, x, y);
}

function drawMarks(stage: AlignmentStage, pane: AlignmentPane, context: CanvasRenderingContext2D): void {
  const { cursor, fixed, axis } = stage;
  const [x, y] = pixelAt(stage, pane, cursor);
  if (fixed.shape[0] > 1 || stage.tool !== "move") {
    context.strokeStyle = "rgba(255,220,0,0.55)";
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(Math.floor(x) + 0.5, 0);
    context.lineTo(Math.floor(x) + 0.5, pane.height);
    context.moveTo(0, Math.floor(y) + 0.5);
    context.lineTo(pane.width, Math.floor(y) + 0.5);
    context.stroke();
  }
  if (pane.side !== "fixed") drawOutline(stage, pane, context);
  drawLandmarks(stage, pane, context);
  const named = pane.side === undefined ? pane.axis : `${pane.axis}   ${stage[pane.side].title}`;
  const active = pane.axis === axis && stage.panes.length > 1 && pane.side === undefined;
  if (pane.width > 60)
    text(context, `${active ? "▸ " : ""}${named} ${pane.side === undefined ? cursor[AXES[pane.axis]] : ""}`, 6, 15);
  if (pane !== stage.panes[0]) return;
  const { length, pixels } = scaleBar({ scale: 1 / stage.camera.pixel }, pane.width);
  const [left, top] = [pane.width - pixels - 12, pane.height - 12];
  context.fillStyle = "rgba(0,0,0,0.55)";
  context.fillRect(left - 8, top - 20, pixels + 16, 28);
  context.fillStyle = "#fff";
  context.fillRect(left, top, pixels, 4);
  text(context, formatLength(length), left, top - 6);
}

/** The edge of the moving volume, with what can be taken hold of; broken where the plane does not go through it. */
function drawOutline(stage: AlignmentStage, pane: AlignmentPane, context: CanvasRenderingContext2D): void {
  const outline = outlineIn(stage, pane);
  if (outline === undefined) return;
  context.strokeStyle = MOVING_COLOUR;
  context.lineWidth = 1.5;
  context.setLineDash(outline.cut ? [] : [6, 5]);
  context.beginPath();
  for (const [k, [x, y]] of outline.corners.entries()) context[k === 0 ? "moveTo" : "lineTo"](x, y);
  context.closePath();
  context.stroke();
  context.setLineDash([]);
  if (stage.tool !== "move") return;
  context.fillStyle = "#fff";
  context.lineWidth = 2;
  if (allows(stage.model, "turn")) {
    const [[ax, ay], [bx, by]] = outline.corners as unknown as [[number, number], [number, number]];
    const [x, y] = knobOf(outline, pane);
    context.beginPath();
    context.moveTo((ax + bx) / 2, (ay + by) / 2);
    context.lineTo(x, y);
    context.stroke();
    context.beginPath();
    context.arc(x, y, 6, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
  if (allows(stage.model, "scale"))
    for (const [x, y] of outline.corners) {
      context.fillRect(x - 5, y - 5, 10, 10);
      context.strokeRect(x - 5, y - 5, 10, 10);
    }
}

/** Fixed landmarks as upright crosses, moving ones as lying ones, with a line between the two of a pair. */
function drawLandmarks(stage: AlignmentStage, pane: AlignmentPane, context: CanvasRenderingContext2D): void {
  const toVoxels = inverted(gridMap(stage.fixed));
  const across = AXES[pane.axis];
  context.lineWidth = 2;
  for (const [k, pair] of stage.facts.pairs.entries()) {
    const ends = (["fixed", "moving"] as const).map((side) => {
      const point = pair[side];
      if (point === null || (pane.side !== undefined && pane.side !== side)) return undefined;
      const voxel = mapped(toVoxels, point);
      const [x, y] = pixelAt(stage, pane, voxel);
      // What lies far from the plane is pale.
      const far = Math.abs(voxel[across] - stage.cursor[across]) * stage.fixed.spacing[across];
      return { side, x, y, alpha: far <= Math.max(stage.fixed.spacing[across], 4 * stage.camera.pixel) ? 1 : 0.35 };
    });
    const [a, b] = ends;
    if (a !== undefined && b !== undefined) {
      context.globalAlpha = Math.min(a.alpha, b.alpha);
      context.strokeStyle = "#ffdc00";
      context.beginPath();
      context.moveTo(a.x, a.y);
      context.lineTo(b.x, b.y);
      context.stroke();
    }
    for (const end of ends) {
      if (end === undefined) continue;
      const { x, y } = end;
      context.globalAlpha = end.alpha;
      context.strokeStyle = end.side === "fixed" ? FIXED_COLOUR : MOVING_COLOUR;
      const [p, q] = end.side === "fixed" ? [7, 0] : [5, 5];
      context.beginPath();
      context.moveTo(x - p, y - q);
      context.lineTo(x + p, y + q);
      context.moveTo(x - q, y + p);
      context.lineTo(x + q, y - p);
      context.stroke();
      text(context, String(k + 1), x + 8, y - 5, end.side === "fixed" ? FIXED_COLOUR : MOVING_COLOUR);
    }
    context.globalAlpha = 1;
  }
}
