/** What dragging does: each tool says how a drag begins, moves and ends. */
import { tellCamera } from "./camera.js";
import { cursorTo, panBy } from "./moves.js";
import type { PaneCanvas } from "./pane.js";
import type { Stage } from "./stage.js";

/** Where the mouse is on a pane: pixels of the pane, and voxels with fractions. */
export interface Place {
  readonly pane: PaneCanvas;
  readonly x: number;
  readonly y: number;
  readonly right: number;
  readonly down: number;
}

/** A drag that has begun. */
export interface Drag {
  move(place: Place, event: PointerEvent): void;
  /** The button was released, or the drag was taken away. */
  end(): void;
}

export interface DragTool {
  /** On its button. */
  readonly label: string;
  /** Chooses it. */
  readonly key?: string;
  readonly title: string;
  /** The mouse over the planes, as CSS names it. */
  readonly pointer: string;
  /** Whether Shift means something to it; else Shift moves the picture. */
  readonly takesKeys?: boolean;
  begin(place: Place, event: PointerEvent): Drag;
}

/** One screen height of dragging goes through all grey values in so many pixels. */
const PIXELS_OF_RANGE = 300;

/** The tools that every view has. */
export function basicTools(stage: Stage): Map<string, DragTool> {
  const settle = (): void => stage.scene.settle(stage.handle);
  const goTo = ({ pane, right, down }: Place): void => cursorTo(stage, { axis: pane.axis, right, down });
  const cursor: DragTool = {
    label: "Cursor",
    title: "drag moves the cursor (c)",
    key: "c",
    pointer: "crosshair",
    begin(place) {
      goTo(place);
      return { move: goTo, end: settle };
    },
  };
  const pan: DragTool = {
    label: "Move",
    title: "drag moves the picture",
    pointer: "grab",
    begin({ pane, x: fromX, y: fromY }) {
      let [x, y] = [fromX, fromY];
      return {
        move(place) {
          const { right, down } = pane.pixelsPerVoxel(stage.camera);
          panBy(stage, pane.axis, (place.x - x) / right, (place.y - y) / down);
          [x, y] = [place.x, place.y];
        },
        end: () => tellCamera(stage),
      };
    },
  };
  const greyWindow: DragTool = {
    label: "Window",
    title: "drag changes level (sideways) and window (up and down)",
    pointer: "ns-resize",
    begin({ x, y }) {
      // Of the pane that was pressed, where each has its own.
      const { window } = stage.content;
      const [low, high] = window.now;
      const range = stage.volume.range[1] - stage.volume.range[0];
      const far = range / PIXELS_OF_RANGE;
      return {
        move(place) {
          const level = (low + high) / 2 + (place.x - x) * far;
          const width = Math.max(range / 1000, high - low + (place.y - y) * far);
          window.change([level - width / 2, level + width / 2]);
        },
        end: () => window.settle(),
      };
    },
  };
  return new Map(Object.entries({ cursor, pan, window: greyWindow }));
}
