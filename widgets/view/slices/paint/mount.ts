/** Painting on labels, as a part of the slices view: a row of controls, tools, keys. */
import type { Help } from "../keys.js";
import type { LoadedPlane } from "../planes.js";
import type { Stage } from "../stage.js";
import type { DragTool } from "../tools.js";
import { paletteOf } from "./palette.js";
import { Strokes } from "./strokes.js";
import { outlineOf, paintTools } from "./tools.js";

export interface Painting {
  readonly row: HTMLElement;
  readonly tools: ReadonlyMap<string, DragTool>;
  /** Keys besides those that choose a tool. */
  readonly keys: Readonly<Record<string, () => void>>;
  /** What keys do, for the help. */
  readonly help: Help;
  /** To be called with each plane that has come. */
  arrived(plane: LoadedPlane): void;
  dispose(): void;
}

/** @param failed shows why an edit was refused */
export function mountPainting(stage: Stage, failed: (message: string) => void): Painting {
  const strokes = new Strokes(stage, failed);
  const interpolate = (): void => {
    const { label, limits } = palette;
    strokes.edit({ tool: "interpolate", axis: stage.active, at: stage.scene.state.cursor, label, limits });
  };
  const palette = paletteOf(stage, interpolate);
  stage.over.push(outlineOf(stage, palette));
  return {
    row: palette.row,
    tools: paintTools(stage, palette, strokes),
    keys: {
      "[": () => palette.scale(1 / 1.25),
      "]": () => palette.scale(1.25),
      q: () => palette.nextLabel(-1),
      w: () => palette.nextLabel(1),
      i: () => palette.toggleLimit(),
      b: interpolate,
    },
    help: [
      ["c p e f g", "cursor, brush, eraser, fill, grow"],
      ["[ ]", "size of the brush"],
      ["q w", "label"],
      ["i", "limit of grey values on or off"],
      ["b", "fill planes between two that have the label"],
    ],
    arrived: (plane) => strokes.arrived(plane),
    dispose: () => strokes.dispose(),
  };
}
