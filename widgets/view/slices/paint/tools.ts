/** Brush, eraser, fill and grow, as tools of the slices view. */
import { AXES, type Triple } from "../../../../src/core/shape.js";
import { SIDES } from "../../../draw/layout.js";
import { strokeRuns } from "../../../draw/runs.js";
import { inside, type Stage } from "../stage.js";
import type { DragTool, Place } from "../tools.js";
import type { Palette } from "./palette.js";
import type { Strokes } from "./strokes.js";

/** Where a place of a pane lies in the volume, in voxels with fractions; across the plane in the middle of its voxel. */
function pointOf(stage: Stage, { pane, right, down }: Place): Triple {
  const sides = SIDES[pane.axis];
  const at: [number, number, number] = [...stage.scene.state.cursor];
  at[AXES[pane.axis]] += 0.5;
  at[sides.right] = right;
  at[sides.down] = down;
  return at;
}

const voxelOf = (stage: Stage, place: Place): Triple =>
  pointOf(stage, place).map((n, k) => inside(stage, Math.floor(n), k)) as unknown as Triple;

/** Radii of the brush along z, y, x in voxels: round in space, not in voxels. */
export function radiiOf({ volume: { spacing } }: Stage, { radius, shape }: Palette, across: number): Triple {
  const short = Math.min(...(spacing ?? [1]));
  return [0, 1, 2].map((k) =>
    shape === "disc" && k === across ? 0 : (radius * short) / (spacing?.[k] ?? 1),
  ) as unknown as Triple;
}

function brush(stage: Stage, palette: Palette, strokes: Strokes, erase: boolean): DragTool {
  return {
    label: erase ? "Erase" : "Brush",
    key: erase ? "e" : "p",
    title: erase ? "drag gives voxels back to label 0 (e)" : "drag paints the label (p)",
    pointer: "none",
    begin(place) {
      const label = erase ? 0 : palette.label;
      const { limits } = palette;
      const radii = radiiOf(stage, palette, AXES[place.pane.axis]);
      const way: Triple[] = [pointOf(stage, place)];
      const { shape } = stage.volume;
      const paint = (from: number): void =>
        strokes.draw({ runs: strokeRuns(way.slice(from), radii, shape), label, limits });
      paint(0);
      return {
        move(next) {
          way.push(pointOf(stage, next));
          paint(way.length - 2);
        },
        end: () => strokes.send({ runs: strokeRuns(way, radii, shape), label, limits }),
      };
    },
  };
}

/** Tools that paint, by their names. */
export function paintTools(stage: Stage, palette: Palette, strokes: Strokes): Map<string, DragTool> {
  const click = (label: string, key: string, title: string, clicked: (at: Triple, place: Place) => void): DragTool => ({
    label,
    key,
    title,
    pointer: "cell",
    begin(place) {
      clicked(voxelOf(stage, place), place);
      return { move: () => undefined, end: () => undefined };
    },
  });
  const common = (): { label: number; limits: Palette["limits"] } => ({ label: palette.label, limits: palette.limits });
  return new Map([
    ["brush", brush(stage, palette, strokes, false)],
    ["erase", brush(stage, palette, strokes, true)],
    [
      "fill",
      click("Fill", "f", "click fills what hangs together in the plane with one label (f)", (at, { pane }) =>
        strokes.edit({ tool: "fill", axis: pane.axis, at, ...common() }),
      ),
    ],
    [
      "grow",
      click("Grow", "g", "click fills, in all planes, what hangs together within the grey values (g)", (at) =>
        strokes.edit({ tool: "grow", at, ...common() }),
      ),
    ],
  ]);
}

/** The outline of the brush under the mouse. */
export function outlineOf(stage: Stage, palette: Palette): Stage["over"][number] {
  return (pane, context) => {
    const { hover, tool, camera } = stage;
    if (hover?.axis !== pane.axis || (tool !== "brush" && tool !== "erase")) return;
    const step = pane.pixelsPerVoxel(camera);
    const sides = SIDES[pane.axis];
    const radii = radiiOf(stage, palette, AXES[pane.axis]);
    const { x, y } = pane.pixelAt(hover.right, hover.down, camera);
    context.beginPath();
    const [wide, tall] = [radii[sides.right] * step.right, radii[sides.down] * step.down];
    context.ellipse(x, y, Math.max(2, wide), Math.max(2, tall), 0, 0, 2 * Math.PI);
    context.lineWidth = 3;
    context.strokeStyle = "rgba(0,0,0,0.6)";
    context.stroke();
    context.lineWidth = 1.5;
    context.strokeStyle = "#fff";
    context.stroke();
  };
}
