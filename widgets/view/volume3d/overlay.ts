/** What is drawn over the volumes: their boxes with lengths along the edges, the cursor, a scale bar, names and the handles of clip planes. */
import { formatLength } from "../../../src/core/length.js";
import { LabelRoom, type Rectangle, shortened } from "../../draw/label-room.js";
import { roundLength } from "../../draw/layout.js";
import { clipBox, placeOf, type SpaceUnit } from "../../draw/space.js";
import { along, type Box, dot, type Projector, type Vector } from "../../draw/turntable.js";
import { otherFace } from "./moves.js";
import { cameraOf, extentOfMember, type Pane3d, type Stage3d } from "./stage.js";

const INK = "rgba(235, 238, 242, 0.9)";
const FAINT = "rgba(235, 238, 242, 0.35)";
const CLIP = "#56b4e9";
const CURSOR = "#ffdc00";
/** Around letters, for what is behind them may be bright. */
const BEHIND = "rgba(18, 20, 25, 0.85)";
const AXES = ["x", "y", "z"] as const;
/** Height of a text. */
const LINE = 14;
/** Pixels outside of a pane from where texts are brought into it. */
const REACH = 30;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A length in space as text. */
export const lengthIn = ({ unit, known }: SpaceUnit, length: number): string =>
  known ? formatLength(length * unit) : `${Number((length * unit).toPrecision(3))} voxels`;

const corner = ({ from, to }: Box, k: number): Vector => [
  (k & 1 ? to : from)[0],
  (k & 2 ? to : from)[1],
  (k & 4 ? to : from)[2],
];

/** Ends of the twelve edges, with the axis that each goes along. */
const EDGES = [0, 1, 2].flatMap((axis) =>
  [0, 1, 2, 3, 4, 5, 6, 7].filter((k) => (k & (1 << axis)) === 0).map((k) => ({ axis, a: k, b: k | (1 << axis) })),
);

/** Middles of the six faces of what the clip planes leave, with the direction away from it. */
export function clipHandles(box: Box): { face: number; place: Vector; out: Vector }[] {
  const middle = box.from.map((n, k) => (n + box.to[k]!) / 2) as unknown as Vector;
  return [0, 1, 2, 3, 4, 5].map((face) => {
    const axis = face >> 1;
    const place = middle.map((n, k) =>
      k === axis ? (face % 2 === 0 ? box.from : box.to)[k]! : n,
    ) as unknown as Vector;
    const out = [0, 1, 2].map((k) => (k === axis ? (face % 2 === 0 ? -1 : 1) : 0)) as unknown as Vector;
    return { face, place, out };
  });
}

function line(context: CanvasRenderingContext2D, camera: Projector, a: Vector, b: Vector): void {
  const [p, q] = [camera.toScreen(a), camera.toScreen(b)];
  context.beginPath();
  context.moveTo(p.x, p.y);
  context.lineTo(q.x, q.y);
  context.stroke();
}

/** Edges; those behind the volume are fainter. */
function drawBox(context: CanvasRenderingContext2D, camera: Projector, box: Box, near: string, far: string): void {
  const depth = Math.max(...[0, 1, 2, 3, 4, 5, 6, 7].map((k) => dot(corner(box, k), camera.forward)));
  for (const { a, b } of EDGES) {
    const hidden = [a, b].some((k) => dot(corner(box, k), camera.forward) > depth - 1e-9);
    context.strokeStyle = hidden ? far : near;
    line(context, camera, corner(box, a), corner(box, b));
  }
}

/** Names and lengths in a pane: all are inside of it, none over another; what is far outside has none. */
interface Writing {
  readonly context: CanvasRenderingContext2D;
  readonly pane: Pane3d;
  readonly room: LabelRoom;
}

/** Writes a text beside the first of some points where there is room. @param out away from the volume @param far pixels */
function write(
  { context, pane, room }: Writing,
  text: string,
  points: readonly Point[],
  { out, far, always = false }: { out: Point; far: number; always?: boolean },
): void {
  const near = points.filter(
    ({ x, y }) => x > -REACH && y > -REACH && x < pane.width + REACH && y < pane.height + REACH,
  );
  const width = context.measureText(text).width;
  // The text begins or ends at the point, or is above or below it.
  const sideways = (Math.sign(out.x) * Math.min(1, Math.abs(out.x) / 0.35) * width) / 2;
  const middles = near.map(({ x, y }) => ({ x: x + out.x * far + sideways, y: y + out.y * far }));
  const box = room.place({ width, height: LINE }, middles, always);
  if (box === undefined) return;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = BEHIND;
  context.strokeText(text, box.x, box.y + LINE / 2);
  context.fillText(text, box.x, box.y + LINE / 2);
  context.lineWidth = 1;
}

/** Lengths along the edge of each axis that is lowest on the screen; an axis that is seen end on has none. */
function drawAxes(writing: Writing, camera: Projector, box: Box, unit: SpaceUnit): void {
  const { context } = writing;
  const middle = camera.toScreen(box.from.map((n, k) => (n + box.to[k]!) / 2) as unknown as Vector);
  const axes = AXES.map((name, axis) => {
    const edges = EDGES.filter((edge) => edge.axis === axis).map(({ a, b }) => {
      const [p, q] = [camera.toScreen(corner(box, a)), camera.toScreen(corner(box, b))];
      return { p, q, x: (p.x + q.x) / 2, y: (p.y + q.y) / 2, pixels: Math.hypot(q.x - p.x, q.y - p.y) };
    });
    const outermost = (place: Point): number => (axis === 2 ? -place.x + 0.01 * place.y : place.y + 0.01 * place.x);
    const edge = edges.reduce((best, one) => (outermost(one) > outermost(best) ? one : best));
    const away = Math.hypot(edge.x - middle.x, edge.y - middle.y) || 1;
    const out = { x: (edge.x - middle.x) / away, y: (edge.y - middle.y) / away };
    const along = (share: number): Point => ({
      x: edge.p.x + (edge.q.x - edge.p.x) * share,
      y: edge.p.y + (edge.q.y - edge.p.y) * share,
    });
    return { name, axis, pixels: edge.pixels, out, along };
  }).filter(({ pixels }) => pixels >= 46);
  context.strokeStyle = INK;
  context.fillStyle = INK;
  context.font = "600 12px system-ui, sans-serif";
  // Whole lengths before the steps between.
  for (const { name, axis, out, along } of axes)
    write(writing, `${name} ${lengthIn(unit, box.to[axis]!)}`, [1, 0.85, 0.7].map(along), {
      out,
      far: 10,
      always: true,
    });
  context.font = "11px system-ui, sans-serif";
  for (const { axis, pixels, out, along } of axes) {
    const side = box.to[axis]! - box.from[axis]!;
    const step = roundLength((side * unit.unit) / Math.max(1, Math.min(4, pixels / 70))) / unit.unit;
    for (let at = step; at < side - 0.3 * step; at += step) {
      const { x, y } = along(at / side);
      context.strokeStyle = INK;
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(x + 5 * out.x, y + 5 * out.y);
      context.stroke();
      write(writing, lengthIn(unit, box.from[axis]! + at), [{ x, y }], { out, far: 9 });
    }
  }
}

function drawCursor(context: CanvasRenderingContext2D, camera: Projector, place: Vector, box: Box): void {
  context.strokeStyle = CURSOR;
  context.lineWidth = 1;
  context.globalAlpha = 0.75;
  for (const k of [0, 1, 2]) {
    const end = (to: Vector): Vector => place.map((n, m) => (m === k ? to[m]! : n)) as unknown as Vector;
    line(context, camera, end(box.from), end(box.to));
  }
  context.globalAlpha = 1;
  const { x, y } = camera.toScreen(place);
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(x, y, 5, 0, 2 * Math.PI);
  context.stroke();
  context.lineWidth = 1;
}

/** Lengths across the view are the same everywhere, for its rays are parallel. */
/** @returns where it is */
function drawScaleBar(
  context: CanvasRenderingContext2D,
  camera: Projector,
  unit: SpaceUnit,
  { width, height }: Pane3d,
): Rectangle {
  const length = roundLength(((width * 0.22) / camera.scale) * unit.unit) / unit.unit;
  const pixels = length * camera.scale;
  const [x, y] = [width - 14 - pixels, height - 14];
  const box = { x: x - 6, y: y - 20, width: pixels + 12, height: 30 };
  context.fillStyle = "rgba(0,0,0,0.55)";
  context.fillRect(box.x, box.y, box.width, box.height);
  context.fillStyle = "#fff";
  context.fillRect(x, y, pixels, 4);
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  context.fillText(lengthIn(unit, length), x + pixels / 2, y - 5);
  return box;
}

/** The name of a volume at the top of its pane. @returns where it is */
function drawName(context: CanvasRenderingContext2D, name: string, { width }: Pane3d): Rectangle {
  context.font = "600 13px system-ui, sans-serif";
  context.textAlign = "left";
  context.textBaseline = "top";
  context.fillStyle = "#fff";
  const text = shortened(name, width - 20, (part) => context.measureText(part).width);
  context.fillText(text, 10, 8);
  return { x: 8, y: 4, width: context.measureText(text).width + 4, height: 20 };
}

/** A handle of a clip plane as it is seen: from the middle of its face to its tip. */
export interface HandleOnScreen {
  /** Of the box, x first. */
  readonly face: number;
  readonly place: Vector;
  readonly at: { readonly x: number; readonly y: number };
  readonly tip: { readonly x: number; readonly y: number };
  /** Pixels for one unit away from the volume. */
  readonly pull: { readonly x: number; readonly y: number };
}

/** Handles that can be pulled: not those of planes that are seen from the front, which move towards the reader. */
export const handlesOnScreen = (camera: Projector, box: Box): HandleOnScreen[] =>
  clipHandles(box)
    .filter(({ out }) => Math.abs(dot(out, camera.forward)) < 0.985)
    .map(({ face, place, out }) => {
      const at = camera.toScreen(place);
      const one = camera.toScreen(along(place, out, 1));
      return {
        ...{ face, place, at },
        tip: camera.toScreen(along(place, out, 14 / camera.scale)),
        pull: { x: one.x - at.x, y: one.y - at.y },
      };
    });

/** @param chosen the face that keys move */
function drawHandles(context: CanvasRenderingContext2D, camera: Projector, box: Box, chosen?: number): void {
  for (const { face, at, tip } of handlesOnScreen(camera, box)) {
    const { x, y } = at;
    context.strokeStyle = CLIP;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(tip.x, tip.y);
    context.stroke();
    context.lineWidth = 1;
    context.fillStyle = CLIP;
    context.beginPath();
    context.arc(x, y, face === chosen ? 8 : 6, 0, 2 * Math.PI);
    context.fill();
    context.strokeStyle = "#fff";
    context.lineWidth = face === chosen ? 3 : 1;
    context.stroke();
    context.lineWidth = 1;
  }
}

/** @param ratio pixels of the canvas for one of the page */
export function drawOverlay(stage: Stage3d, canvas: HTMLCanvasElement, ratio: number): void {
  const context = canvas.getContext("2d")!;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  const { unit, members, display, scene } = stage;
  for (const [k, pane] of stage.panes.entries()) {
    const camera = cameraOf(stage, pane);
    const whole: Box = { from: [0, 0, 0], to: extentOfMember(stage, k) };
    const left = clipBox(unit, members[0]!, members[k]!, display.clip);
    context.setTransform(ratio, 0, 0, ratio, ratio * pane.x, ratio * pane.y);
    context.save();
    context.beginPath();
    context.rect(0, 0, pane.width, pane.height);
    context.clip();
    context.lineWidth = 1;
    drawBox(context, camera, whole, FAINT, "rgba(235, 238, 242, 0.14)");
    if (display.clip !== null || stage.clipping) drawBox(context, camera, left, CLIP, "rgba(86, 180, 233, 0.35)");
    drawCursor(context, camera, placeOf(unit, members[0]!, scene.state.cursor), whole);
    if (stage.clipping)
      drawHandles(context, camera, left, stage.chosen === undefined ? undefined : otherFace(stage.chosen));
    const room = new LabelRoom(pane);
    room.keep(drawScaleBar(context, camera, unit, pane));
    if (members.length > 1) room.keep(drawName(context, members[k]!.name, pane));
    drawAxes({ context, pane, room }, camera, whole, unit);
    context.restore();
  }
}
