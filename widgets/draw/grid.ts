/** The same plane of several volumes in panes of one size beside each other, for the page and for the picture alike. */
import type { Axis, Shape, Triple } from "../../src/core/shape.js";
import { extentOf, GAP, type Pane, SIDES } from "./layout.js";

export interface Grid {
  /** With the number of the volume that each shows. */
  readonly panes: readonly (Pane & { readonly volume: number })[];
  readonly width: number;
  readonly height: number;
  /** Pixels per metre, or per voxel where the voxel size is unknown. */
  readonly scale: number;
}

/** As many columns as make the panes largest in the room there is. */
export function layoutGrid(
  count: number,
  axis: Axis,
  shape: Shape,
  spacing: Triple | null,
  most: { width: number; height: number },
  least = 24,
): Grid {
  const extent = extentOf(shape, spacing);
  const [wide, tall] = [extent[SIDES[axis].right], extent[SIDES[axis].down]];
  const scaleOf = (columns: number): number => {
    const rows = Math.ceil(count / columns);
    return Math.min(
      (most.width - GAP * (columns - 1)) / (columns * wide),
      (most.height - GAP * (rows - 1)) / (rows * tall),
    );
  };
  let columns = 1;
  for (let n = 2; n <= count; n++) if (scaleOf(n) > scaleOf(columns)) columns = n;
  const scale = Math.max(scaleOf(columns), 1e-12);
  const rows = Math.ceil(count / columns);
  const width = Math.max(least, Math.floor(wide * scale));
  const height = Math.max(least, Math.floor(tall * scale));
  const panes = Array.from({ length: count }, (_, volume) => ({
    axis,
    volume,
    x: (volume % columns) * (width + GAP),
    y: Math.floor(volume / columns) * (height + GAP),
    width,
    height,
  }));
  return { panes, width: columns * (width + GAP) - GAP, height: rows * (height + GAP) - GAP, scale };
}
