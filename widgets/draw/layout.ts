/** Where the three planes of a volume lie beside each other, in pixels: for the page and for the picture alike. */
import type { Axis, Shape, Triple } from "../../src/core/shape.js";

/** One plane on the canvas. `z`: x to the right, y down; `y`: x to the right, z down; `x`: z to the right, y down. */
export interface Pane {
  readonly axis: Axis;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly panes: readonly Pane[];
  readonly width: number;
  readonly height: number;
  /** Pixels per metre, or per voxel where the voxel size is unknown. */
  readonly scale: number;
}

/** Which axes of the volume run to the right and down in the plane across `axis`. */
export const SIDES: Readonly<Record<Axis, { right: 0 | 1 | 2; down: 0 | 1 | 2 }>> = {
  z: { right: 2, down: 1 },
  y: { right: 2, down: 0 },
  x: { right: 0, down: 1 },
};

/** Pixels between panes. */
export const GAP = 6;

/** Sizes of the volume along z, y, x, in metres or in voxels where the voxel size is unknown. */
export const extentOf = (shape: Shape, spacing: Triple | null): Triple => [
  shape[0] * (spacing?.[0] ?? 1),
  shape[1] * (spacing?.[1] ?? 1),
  shape[2] * (spacing?.[2] ?? 1),
];

/**
 * Lays the planes out so that neighbours share an axis: `z` with `x` to its right (same y) and `y` below it (same x), all
 * at one scale. A volume of one plane shows that plane alone. No pane is thinner than `least` pixels, so a thin stack can
 * still be touched.
 */
export function layoutPanes(
  shape: Shape,
  spacing: Triple | null,
  most: { width: number; height: number },
  least = 24,
): Layout {
  const [depth, rows, columns] = extentOf(shape, spacing);
  if (shape[0] === 1) {
    const scale = Math.min(most.width / columns, most.height / rows);
    const width = Math.max(1, Math.round(columns * scale));
    const height = Math.max(1, Math.round(rows * scale));
    return { panes: [{ axis: "z", x: 0, y: 0, width, height }], width, height, scale };
  }
  const scale = Math.min((most.width - GAP) / (columns + depth), (most.height - GAP) / (rows + depth));
  const side = (length: number): number => Math.max(least, Math.round(length * scale));
  const [d, r, c] = [side(depth), side(rows), side(columns)];
  return {
    panes: [
      { axis: "z", x: 0, y: 0, width: c, height: r },
      { axis: "x", x: c + GAP, y: 0, width: d, height: r },
      { axis: "y", x: 0, y: r + GAP, width: c, height: d },
    ],
    width: c + GAP + d,
    height: r + GAP + d,
    scale,
  };
}

/** The longest length of 1, 2 or 5 · 10ⁿ that is at most `longest`: for scale bars. */
export function roundLength(longest: number): number {
  const power = 10 ** Math.floor(Math.log10(longest));
  const factor = [5, 2, 1].find((n) => n * power <= longest * (1 + 1e-9)) ?? 1;
  return factor * power;
}

/** A scale bar of at most `share` of the pane's width: its length in metres (or voxels) and in pixels. */
export function scaleBar(
  layout: Pick<Layout, "scale">,
  width: number,
  share = 0.35,
): { length: number; pixels: number } {
  const length = roundLength((width * share) / layout.scale);
  return { length, pixels: length * layout.scale };
}
