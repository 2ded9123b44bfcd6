/** What lies behind and over the network: the box of the volume, its axes, the ring of the selected pore, the scale bar. */
import { formatLength } from "../../../src/core/length.js";
import { roundLength } from "../../draw/layout.js";
import { AXIS_COLOURS, cornerAt, EDGES } from "../../draw/network-picture.js";
import { type Projection, seen } from "../../draw/orthographic.js";
import type { Stage } from "./stage.js";

const INK = "#222";
const LINE = "#bfc2c7";

function begin(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d")!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** The edges of the volume; the first along each axis has its colour. */
export function drawBox(
  { box }: Stage,
  canvas: HTMLCanvasElement,
  projection: Projection,
  width: number,
  height: number,
): void {
  const context = begin(canvas, width, height);
  for (const { axis, from, to, first } of EDGES) {
    const [a, b] = [cornerAt(projection, box, from), cornerAt(projection, box, to)];
    context.strokeStyle = first ? AXIS_COLOURS[axis] : LINE;
    context.lineWidth = first ? 2 : 1;
    context.beginPath();
    context.moveTo(a[0], a[1]);
    context.lineTo(b[0], b[1]);
    context.stroke();
  }
}

/** Text that can be read on anything. */
function label(context: CanvasRenderingContext2D, text: string, x: number, y: number, colour: string): void {
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = "rgba(255, 255, 255, 0.9)";
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

/** Names of the axes, ring, scale bar. */
export function drawFront(
  stage: Stage,
  canvas: HTMLCanvasElement,
  projection: Projection,
  width: number,
  height: number,
): void {
  const { box, shape, handle } = stage;
  const context = begin(canvas, width, height);
  context.font = "13px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  const origin = cornerAt(projection, box, [0, 0, 0]);
  for (const { axis, to, first } of EDGES) {
    if (!first) continue;
    const end = cornerAt(projection, box, to);
    const [dx, dy] = [end[0] - origin[0], end[1] - origin[1]];
    const far = Math.hypot(dx, dy);
    // An axis that points at the reader has no place for its name.
    if (far > 20) label(context, axis, end[0] + (14 * dx) / far, end[1] + (14 * dy) / far, AXIS_COLOURS[axis]);
  }
  const selected = handle.get("selected");
  if (selected !== null && shape !== undefined && selected < shape.x.length) {
    const [x, y] = seen(projection, shape.x[selected]!, shape.y[selected]!, shape.z[selected]!);
    const radius = Math.max(5, (shape.poreDiameter[selected]! / 2) * projection.scale + 3);
    for (const [colour, wide] of [
      ["#fff", 5],
      [INK, 2.5],
    ] as const) {
      context.strokeStyle = colour;
      context.lineWidth = wide;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.stroke();
    }
  }
  const known = handle.get("unit") === "µm";
  const bar = roundLength((0.25 * width) / projection.scale);
  const long = bar * projection.scale;
  context.fillStyle = INK;
  context.fillRect(width - 14 - long, height - 14, long, 4);
  const text = known ? formatLength(bar * 1e-6) : `${bar} voxels`;
  label(context, text, width - 14 - long / 2, height - 25, INK);
}
