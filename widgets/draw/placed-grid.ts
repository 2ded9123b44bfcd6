/** Volumes that lie in the grid of another one: for the page and for the picture alike. */
import type { Axis, Shape, Triple } from "../../src/core/shape.js";
import { type Pane, SIDES } from "./layout.js";

/** A box, in voxels of the grid that a view goes by; x.0 is a voxel's edge, and faces may have fractions. */
export interface PlacedBox {
  readonly start: Triple;
  readonly stop: Triple;
}

/** Voxels of a volume, and where its faces are. */
export interface PlacedGrid extends PlacedBox {
  readonly shape: Shape;
}

/** The volume itself, in its own voxels. */
export const wholeGrid = (shape: Shape): PlacedGrid => ({ shape, start: [0, 0, 0], stop: shape });

const AXIS = [0, 1, 2] as const;
const each = (value: (k: 0 | 1 | 2) => number): Triple => AXIS.map(value) as unknown as Triple;

export const sizeOf = ({ start, stop }: PlacedBox): Triple => each((k) => stop[k] - start[k]);

export const middleOf = ({ start, stop }: PlacedBox): Triple => each((k) => (start[k] + stop[k]) / 2);

/** The box around all. */
export const around = (boxes: readonly PlacedBox[]): PlacedBox => ({
  start: each((k) => Math.min(...boxes.map(({ start }) => start[k]))),
  stop: each((k) => Math.max(...boxes.map(({ stop }) => stop[k]))),
});

/** Of two voxels at whose border a middle lies the one behind is meant, whatever the last digit says. */
const NEAR = 1e-6;

/** The voxel of a volume along an axis where the middle of a voxel of the view's grid is; undefined: it lies outside. */
export function indexIn({ shape, start, stop }: PlacedGrid, k: 0 | 1 | 2, voxel: number): number | undefined {
  const at = Math.floor(((voxel + 0.5 - start[k]) / (stop[k] - start[k])) * shape[k] + NEAR);
  return at >= 0 && at < shape[k] ? at : undefined;
}

/** So many voxels of the view's grid along an axis, in voxels of a volume: at least one. */
export const thicknessIn = ({ shape, start, stop }: PlacedGrid, k: 0 | 1 | 2, voxels: number, most: number): number =>
  voxels === 1 ? 1 : Math.max(1, Math.min(most, Math.round((voxels * shape[k]) / (stop[k] - start[k]))));

/** Where in a pane that shows all of `frame` a box is, in whole pixels, at least one. */
export function paneOf(pane: Pane, frame: PlacedBox, { start, stop }: PlacedBox): Pane {
  const { right, down } = SIDES[pane.axis];
  const side = (k: 0 | 1 | 2, pixels: number): [from: number, length: number] => {
    const scale = pixels / (frame.stop[k] - frame.start[k]);
    const from = Math.min(pixels - 1, Math.round((start[k] - frame.start[k]) * scale));
    return [from, Math.max(1, Math.round((stop[k] - frame.start[k]) * scale) - from)];
  };
  const [x, width] = side(right, pane.width);
  const [y, height] = side(down, pane.height);
  return { axis: pane.axis, x: pane.x + x, y: pane.y + y, width, height };
}

/** Whether a box lies in another one, at least in part. */
export const meets = (a: PlacedBox, b: PlacedBox): boolean =>
  AXIS.every((k) => a.start[k] < b.stop[k] && b.start[k] < a.stop[k]);

/** Axes, in the order of coordinates. */
export const NAMES: readonly Axis[] = ["z", "y", "x"];
