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

/** Which plane a pane shows, where there are several: "z 12", or "z 11 → 12" while the plane of the cursor has not come. */
export function paneTitle({ panes, scene, last }: Stage, pane: PaneCanvas): string | undefined {
  if (panes.length === 1) return undefined;
  const { axis } = pane;
  const wanted = scene.state.cursor[AXES[axis]];
  const shown = Object.values(last.get(pane)?.[0] ?? {})[0];
  return `${axis} ${shown === undefined || shown.index === wanted ? "" : `${shown.index} → `}${wanted}`;
}
