/** The box of interest: a tool that draws it and pulls its edges, and its outline. */
import { AXES, type Region } from "../../../src/core/shape.js";
import { SIDES } from "../../draw/layout.js";
import { inside, type Stage } from "./stage.js";
import type { Drag, DragTool, Place } from "./tools.js";

/** Pixels around an edge that take hold of it. */
const GRIP = 6;
/** A drag of fewer pixels is a click: it takes the box away. */
const CLICK = 3;

type Side = 0 | 1 | 2;
interface Edge {
  readonly axis: Side;
  readonly end: "start" | "stop";
}

/** A box with one edge or one extent changed, inside the volume and at least one voxel wide. */
function changed(stage: Stage, box: Region, axis: Side, from: number, to: number): Region {
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  const start: [number, number, number] = [...box.start];
  const stop: [number, number, number] = [...box.stop];
  start[axis] = inside(stage, Math.floor(low), axis);
  stop[axis] = Math.max(start[axis] + 1, Math.min(stage.volume.shape[axis], Math.ceil(high)));
  return { start, stop };
}

/** The edges of the box that the mouse is on: none, one, or two at a corner. */
function edgesAt(stage: Stage, { pane, x, y }: Place): Edge[] {
  const box = stage.scene.state.region;
  if (box === null) return [];
  const { right, down } = SIDES[pane.axis];
  const low = pane.pixelAt(box.start[right], box.start[down], stage.camera);
  const high = pane.pixelAt(box.stop[right], box.stop[down], stage.camera);
  if (x < low.x - GRIP || x > high.x + GRIP || y < low.y - GRIP || y > high.y + GRIP) return [];
  const near = (at: number, from: number, to: number, axis: Side): Edge[] =>
    Math.abs(at - from) <= GRIP ? [{ axis, end: "start" }] : Math.abs(at - to) <= GRIP ? [{ axis, end: "stop" }] : [];
  return [...near(x, low.x, high.x, right), ...near(y, low.y, high.y, down)];
}

export function regionTool(stage: Stage): DragTool {
  const { scene, handle } = stage;
  const settle = (): void => scene.settle(handle);

  /** Pulls edges of the box that is there. */
  function pull(edges: readonly Edge[], { pane }: Place): Drag {
    const sides = SIDES[pane.axis];
    return {
      move(place) {
        let box = scene.state.region!;
        for (const { axis, end } of edges) {
          const to = Math.round(axis === sides.right ? place.right : place.down);
          const bounded = end === "start" ? Math.min(to, box.stop[axis] - 1) : Math.max(to, box.start[axis] + 1);
          box = changed(
            stage,
            box,
            axis,
            end === "start" ? bounded : box.start[axis],
            end === "stop" ? bounded : box.stop[axis],
          );
        }
        scene.update({ region: box });
      },
      end: settle,
    };
  }

  /** Draws a new one: across the plane it reaches as far as the one before, at first through the whole volume. */
  function draw(from: Place): Drag {
    const { right, down } = SIDES[from.pane.axis];
    const { shape } = stage.volume;
    const before = scene.state.region ?? { start: [0, 0, 0], stop: shape };
    let far = false;
    return {
      move(place) {
        far ||= Math.hypot(place.x - from.x, place.y - from.y) > CLICK;
        if (!far) return;
        const wide = changed(stage, before, right, from.right, place.right);
        scene.update({ region: changed(stage, wide, down, from.down, place.down) });
      },
      end() {
        if (!far) scene.update({ region: null });
        settle();
      },
    };
  }

  return {
    label: "Box",
    key: "r",
    title: "drag draws a box or pulls its edges, a click takes it away (r)",
    pointer: "crosshair",
    begin(place) {
      const edges = edgesAt(stage, place);
      return edges.length > 0 ? pull(edges, place) : draw(place);
    },
  };
}

/** The box where the plane cuts it; thinner where the plane does not. */
export function regionOutline(stage: Stage): Stage["over"][number] {
  return (pane, context) => {
    const box = stage.scene.state.region;
    if (box === null) return;
    const { right, down } = SIDES[pane.axis];
    const low = pane.pixelAt(box.start[right], box.start[down], stage.camera);
    const high = pane.pixelAt(box.stop[right], box.stop[down], stage.camera);
    const at = stage.scene.state.cursor[AXES[pane.axis]];
    const cut = at >= box.start[AXES[pane.axis]] && at < box.stop[AXES[pane.axis]];
    for (const [colour, width, dash] of [
      ["rgba(0,0,0,0.7)", 3, []],
      ["#fff", 1.5, [6, 4]],
    ] as const) {
      context.strokeStyle = colour;
      context.lineWidth = cut ? width : width / 2;
      context.setLineDash([...dash]);
      context.strokeRect(low.x, low.y, high.x - low.x, high.y - low.y);
    }
    context.setLineDash([]);
  };
}
