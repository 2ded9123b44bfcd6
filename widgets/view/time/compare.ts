/** Two states with a curtain between them: their names on the planes. */
import type { Stage } from "../slices/stage.js";
import type { States } from "./states.js";

/** Names of both states at the top of the plane across z, on their sides of the curtain. */
export function stateNames(stage: Stage, states: States, shown: () => readonly number[]): Stage["over"][number] {
  return (pane, context) => {
    const [index, other] = shown();
    if (pane !== stage.panes[0]) return;
    const { width } = pane.pane;
    const { curtain } = stage.display;
    context.font = "600 13px system-ui, sans-serif";
    context.lineWidth = 3;
    context.lineJoin = "round";
    const write = (text: string, x: number, align: CanvasTextAlign): void => {
      context.textAlign = align;
      context.strokeStyle = "rgba(0,0,0,0.75)";
      context.strokeText(text, x, 32);
      context.fillStyle = "#fff";
      context.fillText(text, x, 32);
    };
    if (other === undefined || curtain > 0) write(states.name(index!), 6, "left");
    if (other !== undefined && curtain < 1) write(states.name(other), width - 6, "right");
  };
}
