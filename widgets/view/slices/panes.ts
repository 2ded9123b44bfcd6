/** The canvases of a view, at the places that a layout gives them. */
import { AXES } from "../../../src/core/shape.js";
import type { Pane } from "../../draw/layout.js";
import { PaneCanvas } from "./pane.js";
import type { Stage } from "./stage.js";

/** Panes with the volumes that they show, the size of all, and the scale. */
export interface Placed {
  readonly panes: readonly (Pane & { readonly volume?: number })[];
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

/** Moves the panes to their places; makes them where there are none, or others. @param others elements that lie beside them */
export function placePanes(stage: Stage, placed: Placed, others: readonly HTMLElement[] = []): void {
  const { shape, spacing } = stage.volume;
  const fits =
    stage.panes.length === placed.panes.length && stage.panes.every(({ axis }, k) => axis === placed.panes[k]!.axis);
  if (!fits) {
    stage.panes = placed.panes.map((pane) => new PaneCanvas(pane, shape, spacing, pane.volume));
    stage.last.clear();
    stage.area.replaceChildren(...stage.panes.map(({ canvas }) => canvas), ...others);
  }
  for (const [k, pane] of stage.panes.entries()) pane.place(placed.panes[k]!);
  stage.area.style.width = `${placed.width}px`;
  stage.area.style.height = `${placed.height}px`;
  stage.camera = { ...stage.camera, scale: placed.scale };
}

/** Which plane a pane shows, where there are several. */
export const paneTitle = ({ panes, scene }: Stage, { axis }: PaneCanvas): string | undefined =>
  panes.length > 1 ? `${axis} ${scene.state.cursor[AXES[axis]]}` : undefined;
