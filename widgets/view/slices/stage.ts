/** What the parts of a view of planes share: the scene of its volume, what is this view's own, and where it draws. */
import { AXES, type Axis, type Triple } from "../../../src/core/shape.js";
import type { Look } from "../../draw/colours.js";
import { indexIn, type PlacedBox, type PlacedGrid, wholeGrid } from "../../draw/placed-grid.js";
import type { Layer, PlanesState, SlicesDisplay, VolumeFacts } from "../../protocol.js";
import type { ModelHandle } from "../handle.js";
import type { PageScene } from "../scene.js";
import type { Settling } from "../settling.js";
import type { Motion } from "./motion.js";
import type { Camera, PaneCanvas } from "./pane.js";
import type { LoadedPlane, PlaneKey, Planes } from "./planes.js";
import type { Predicted } from "./training/predicted.js";

/** A place in a plane: voxels with fractions along the axes to the right and down; x.0 is a voxel's edge. */
export interface InPlane {
  readonly axis: Axis;
  readonly right: number;
  readonly down: number;
}

/** A picture of a pane, made of one volume: what it shows at the bottom, what lies over that, and its colours. */
export interface PaneImage {
  /** Number of the volume, of a view of several. */
  readonly volume: number;
  readonly grey: Layer;
  readonly over?: Layer | undefined;
  readonly look: Look;
}

/** The planes that a picture is made of, as far as they have come. */
export type LoadedLayers = Partial<Record<Layer, LoadedPlane>>;

/** Grey values shown as black and as white: those of the scene, or a volume's own. */
export interface GreyWindow {
  readonly now: readonly [low: number, high: number];
  /** In the page only. */
  change(window: [low: number, high: number]): void;
  /** Tells the kernel. */
  settle(): void;
}

/** The window that all views of the scene share. */
export const sceneWindow = (scene: PageScene, handle: ModelHandle<PlanesState>): GreyWindow => ({
  get now() {
    return scene.state.window;
  },
  change: (window) => scene.update({ window }),
  settle: () => scene.settle(handle),
});

/** What a kind of view shows, in the frame that they all have. */
export interface Content {
  readonly window: GreyWindow;
  /** The pictures of a pane: one, and behind the curtain another. The looks of two frames are the same where nothing has changed. */
  images(pane: PaneCanvas, look: Look): readonly PaneImage[];
  /** What stands in the corner of a pane. */
  title(pane: PaneCanvas): string | undefined;
  /** Planes that will soon be wanted, the most urgent first. */
  soon(): readonly PlaneKey[];
  /** Where a volume lies in the voxels that cursor and camera go by; undefined: it has the same. */
  grid?(volume: number): PlacedGrid | undefined;
  /** What the curtain opens on; undefined: there is nothing behind it. */
  behind(): string | undefined;
}

export interface Stage {
  readonly root: HTMLElement;
  /** Holds the canvases. */
  readonly area: HTMLElement;
  readonly handle: ModelHandle<PlanesState>;
  readonly volume: VolumeFacts;
  /** What is seen of the space at zoom 1, in voxels of the volume. */
  readonly frame: PlacedBox;
  readonly scene: PageScene;
  readonly planes: Planes;
  /** Empty until the view has a size. */
  panes: PaneCanvas[];
  readonly motion: Motion;
  readonly content: Content;
  /** What was drawn last of each picture of a pane; it stays until what is wanted has come. */
  readonly last: Map<PaneCanvas, readonly LoadedLayers[]>;
  camera: Camera;
  /** The end of what the reader does with the camera. */
  readonly looked: Settling;
  opacity: number;
  display: SlicesDisplay;
  /** Name of the tool that dragging uses. */
  tool: string;
  /** The plane that keys act on. */
  active: Axis;
  /** The pane that was pressed last. */
  touched: PaneCanvas | undefined;
  /** Where the mouse is; the third coordinate is the cursor's. */
  hover: (InPlane & { readonly pane: PaneCanvas }) | undefined;
  /** How values become colours; made at the first drawing after a change. */
  look: Look | undefined;
  /** What a forest predicts; undefined: the labels teach none. */
  predicted: Predicted | undefined;
  /** Drawn over each plane after everything else: the box of interest, the outline of a brush. */
  readonly over: ((pane: PaneCanvas, context: CanvasRenderingContext2D) => void)[];
  /** Draws in the next frame. */
  ask(): void;
  /** Draws at once: what a hand draws must not wait for the frame after the next one. */
  drawNow(): void;
  /** Draws in the next frame, with colours made anew. */
  changed(): void;
}

const wholes = new WeakMap<VolumeFacts, PlacedGrid>();

/** Where a volume lies in the voxels that cursor and camera go by: those of the first one. */
export function gridOf({ content, volume: facts }: Pick<Stage, "content" | "volume">, volume: number): PlacedGrid {
  const known = content.grid?.(volume) ?? wholes.get(facts);
  if (known !== undefined) return known;
  const made = wholeGrid(facts.shape);
  wholes.set(facts, made);
  return made;
}

/** The plane of a pane's volume that the cursor is in; undefined: it lies outside of that volume. */
export const indexOf = (
  stage: Pick<Stage, "content" | "volume" | "scene">,
  { axis, volume }: PaneCanvas,
): number | undefined => indexIn(gridOf(stage, volume), AXES[axis], stage.scene.state.cursor[AXES[axis]]);

/** The nearest voxel index of the volume along axis `k`. */
export const inside = ({ volume }: Pick<Stage, "volume">, value: number, k: number): number =>
  Math.min(volume.shape[k]! - 1, Math.max(0, Math.round(value)));

/** The pane that keys act on; undefined until the view has a size. */
export const activePane = ({ touched, active, panes }: Stage): PaneCanvas | undefined =>
  touched?.axis === active && panes.includes(touched) ? touched : panes.find(({ axis }) => axis === active);

/** The value of a voxel, if its plane has come and it is inside of the pane's volume; not exact where that plane holds means of several. */
export function valueAt(
  stage: Stage,
  pane: PaneCanvas,
  at: Triple,
  layer: Layer,
): { value: number; exact: boolean } | undefined {
  const { axis } = pane;
  const plane = stage.last.get(pane)?.[0]?.[layer];
  const grid = gridOf(stage, pane.volume);
  const own = at.map((n, k) => indexIn(grid, k as 0 | 1 | 2, n));
  if (plane === undefined || plane.index !== own[AXES[axis]]) return undefined;
  const [row, column] = own.filter((_, k) => k !== AXES[axis]);
  if (row === undefined || column === undefined) return undefined;
  const value = plane.values[(row >> plane.level) * plane.width + (column >> plane.level)];
  return value === undefined ? undefined : { value, exact: plane.level === 0 && plane.planes === 1 };
}
