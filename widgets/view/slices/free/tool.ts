/** The line of the free plane in the other planes: drag it to move the plane, its end to turn it. */
import { AXES, type Axis, type Triple } from "../../../../src/core/shape.js";
import { cross, dot, turnedTo, unit } from "../../../draw/free-plane.js";
import { SIDES } from "../../../draw/layout.js";
import type { PaneCanvas } from "../pane.js";
import { inside, type Stage } from "../stage.js";
import type { DragTool, Place } from "../tools.js";

/** A plane that can be told from all three others. */
const FIRST: Triple = unit([1, 0, 0.6]);
/** Where the handles are, as a share of half the smaller side of a pane. */
const REACH = 0.8;
const GRIP = 14;
const COLOUR = "#56b4e9";

const axisVector = (axis: Axis): Triple => [0, 1, 2].map((k) => (k === AXES[axis] ? 1 : 0)) as unknown as Triple;

/** Direction of the line in a pane, of length 1, in space; undefined where the pane is parallel to the plane. */
function lineIn(normal: Triple, axis: Axis): Triple | undefined {
  const line = cross(normal, axisVector(axis));
  return Math.hypot(...line) > 1e-3 ? unit(line) : undefined;
}

/** The cursor and one end of the line, in pixels of a pane. */
function pixelsOf(stage: Stage, pane: PaneCanvas): { x: number; y: number; dx: number; dy: number } | undefined {
  const { normal, cursor } = stage.scene.state;
  const line = normal && lineIn(normal, pane.axis);
  if (!line) return undefined;
  const { right, down } = SIDES[pane.axis];
  const { x, y } = pane.pixelAt(cursor[right] + 0.5, cursor[down] + 0.5, stage.camera);
  const far = (REACH * Math.min(pane.pane.width, pane.pane.height)) / 2;
  return { x, y, dx: line[right] * far, dy: line[down] * far };
}

/** A vector of pixels of a pane, in space. */
function inSpace(stage: Stage, axis: Axis, dx: number, dy: number): Triple {
  const out: [number, number, number] = [0, 0, 0];
  const pixel = 1 / (stage.camera.scale * stage.camera.zoom);
  out[SIDES[axis].right] = dx * pixel;
  out[SIDES[axis].down] = dy * pixel;
  return out;
}

export function freeTool(stage: Stage): DragTool {
  const { scene, handle, volume } = stage;
  const settle = (): void => scene.settle(handle);
  return {
    label: "Tilt",
    key: "k",
    title: "drag moves the free plane, the ends of its line turn it (k)",
    pointer: "move",
    begin(from: Place) {
      if (scene.state.normal === null) scene.update({ normal: FIRST });
      const { axis } = from.pane;
      const line = pixelsOf(stage, from.pane);
      const atEnd =
        line !== undefined &&
        [1, -1].some((side) => Math.hypot(from.x - line.x - side * line.dx, from.y - line.y - side * line.dy) <= GRIP);
      if (atEnd)
        return {
          move({ x, y }) {
            const to = inSpace(stage, axis, x - line.x, y - line.y);
            if (Math.hypot(...to) > 0) scene.update({ normal: turnedTo(scene.state.normal!, unit(to)) });
          },
          end: settle,
        };
      const start = scene.state.cursor;
      return {
        move({ x, y }) {
          const normal = scene.state.normal!;
          const far = dot(inSpace(stage, axis, x - from.x, y - from.y), normal);
          const cursor = start.map((n, k) => inside(stage, n + (far * normal[k]!) / (volume.spacing?.[k] ?? 1), k));
          scene.update({ cursor: cursor as unknown as Triple });
        },
        end: settle,
      };
    },
  };
}

/** The line with its handles. */
export function freeLine(stage: Stage): Stage["over"][number] {
  return (pane, context) => {
    const line = pixelsOf(stage, pane);
    if (line === undefined) return;
    const { x, y, dx, dy } = line;
    const far = (pane.pane.width + pane.pane.height) / Math.hypot(dx, dy);
    context.strokeStyle = COLOUR;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(x - far * dx, y - far * dy);
    context.lineTo(x + far * dx, y + far * dy);
    context.stroke();
    if (stage.tool !== "free") return;
    for (const side of [1, -1]) {
      context.beginPath();
      context.arc(x + side * dx, y + side * dy, 5, 0, 2 * Math.PI);
      context.fillStyle = "#fff";
      context.fill();
      context.stroke();
    }
  };
}
