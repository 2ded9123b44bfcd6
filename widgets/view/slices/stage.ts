/** What the parts of a slices view share: the scene of its volume, what is this view's own, and where it draws. */
import { AXES, type Axis, type Triple } from "../../../src/core/shape.js";
import type { Look } from "../../draw/colours.js";
import type { Layer, SlicesDisplay, SlicesState, VolumeFacts } from "../../protocol.js";
import type { ModelHandle } from "../handle.js";
import type { PageScene } from "../scene.js";
import type { Camera, PaneCanvas } from "./pane.js";
import type { LoadedPlane, Planes } from "./planes.js";
import type { Predicted } from "./training/predicted.js";

/** A place in a plane: voxels with fractions along the axes to the right and down; x.0 is a voxel's edge. */
export interface InPlane {
  readonly axis: Axis;
  readonly right: number;
  readonly down: number;
}

export interface Stage {
  readonly root: HTMLElement;
  /** Holds the canvases. */
  readonly area: HTMLElement;
  readonly handle: ModelHandle<SlicesState>;
  readonly volume: VolumeFacts;
  readonly scene: PageScene;
  readonly planes: Planes;
  /** Empty until the view has a size. */
  panes: PaneCanvas[];
  /** What was drawn last on each plane; it stays until what is wanted has come. */
  readonly last: Map<Axis, Partial<Record<Layer, LoadedPlane>>>;
  camera: Camera;
  opacity: number;
  display: SlicesDisplay;
  /** Name of the tool that dragging uses. */
  tool: string;
  /** The plane that keys act on. */
  active: Axis;
  /** Where the mouse is; the third coordinate is the cursor's. */
  hover: InPlane | undefined;
  /** How values become colours; made at the first drawing after a change. */
  look: Look | undefined;
  /** What a forest predicts; undefined: the labels teach none. */
  readonly predicted: Predicted | undefined;
  /** Drawn over each plane after everything else: the box of interest, the outline of a brush. */
  readonly over: ((pane: PaneCanvas, context: CanvasRenderingContext2D) => void)[];
  /** Draws in the next frame. */
  ask(): void;
  /** Draws in the next frame, with colours made anew. */
  changed(): void;
}

/** The nearest voxel index of the volume along axis `k`. */
export const inside = ({ volume }: Pick<Stage, "volume">, value: number, k: number): number =>
  Math.min(volume.shape[k]! - 1, Math.max(0, Math.round(value)));

/** The value of a voxel, if its plane has come; not exact where that plane holds means of several. */
export function valueAt(
  { last }: Stage,
  axis: Axis,
  at: Triple,
  layer: Layer,
): { value: number; exact: boolean } | undefined {
  const plane = last.get(axis)?.[layer];
  if (plane === undefined || plane.index !== at[AXES[axis]]) return undefined;
  const [row, column] = ([0, 1, 2] as const).filter((k) => k !== AXES[axis]).map((k) => at[k] >> plane.level) as [
    number,
    number,
  ];
  const value = plane.values[row * plane.width + column];
  return value === undefined ? undefined : { value, exact: plane.level === 0 && plane.planes === 1 };
}
