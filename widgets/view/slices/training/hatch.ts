/** Lines over a prediction that is outdated: colour alone would not tell. */
import type { PaneCanvas } from "../pane.js";
import type { Stage } from "../stage.js";

/** Pixels between lines. */
const STEP = 18;

/** Over panes whose prediction is outdated. */
export function hatchOver(stage: Stage): Stage["over"][number] {
  return (pane, context) => {
    const plane = stage.last.get(pane)?.[0]?.prediction;
    const outdated = plane !== undefined && stage.predicted?.isOutdated(plane) === true;
    pane.canvas.dataset.outdated = String(outdated);
    if (outdated) hatch(pane, context);
  };
}

function hatch({ pane: { width, height } }: PaneCanvas, context: CanvasRenderingContext2D): void {
  for (const [colour, line] of [
    ["rgba(0,0,0,0.4)", 2.5],
    ["rgba(255,255,255,0.55)", 1],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.beginPath();
    for (let x = -height; x < width; x += STEP) {
      context.moveTo(x, height);
      context.lineTo(x + height, 0);
    }
    context.stroke();
  }
}
