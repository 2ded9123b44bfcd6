/** How a page gets a view as a figure: every view answers this, whatever else it says. */

/** Page → kernel. */
export interface FigureRequest {
  readonly kind: "figure";
  readonly id: number;
  /** Width in print. */
  readonly millimetres: number;
  readonly caption: string;
}

/** Kernel → page: the buffer holds a part of the SVG's bytes. */
export interface FigureReply {
  readonly kind: "figure";
  readonly id: number;
  readonly part: number;
  readonly parts: number;
}

/** Dots an inch of the pictures in a figure. */
export const FIGURE_DPI = 300;
/** Widths that a figure may have in print, in millimetres. */
export const FIGURE_WIDTHS = { least: 20, most: 300, usual: 170 } as const;
/** Letters of a caption, at most. */
export const LONGEST_CAPTION = 2000;
