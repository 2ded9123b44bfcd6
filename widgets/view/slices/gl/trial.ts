/** Whether the card is worth its while: a card that is a program on the processor may be slower than the processor. */
import { PALETTE } from "../../../../src/core/phases.js";
import type { Look } from "../../../draw/colours.js";
import type { Painted } from "../pane.js";
import type { Renderer } from "./renderer.js";

const SIDE = 512;
const ROUNDS = 4;

/** The same plane under another threshold each time: what dragging does. */
function scene(values: Uint16Array, round: number): Painted {
  const plane = {
    ...({ volume: 0, layer: "grey", axis: "z", index: 0, level: 0, planes: 1, mode: "mean" } as const),
    ...({ dtype: "uint16", values, height: SIDE, width: SIDE } as const),
  };
  const phases = [0, 1].map((label) => ({ label, name: "", colour: PALETTE[label]! }));
  const look: Look = { window: [0, 65535], thresholds: [20000 + 1000 * round], phases, opacity: 0.5 };
  return { plane, look };
}

/** Compares the time from a look to pixels that can be read. */
export function quicker(
  renderer: Renderer,
  byProcessor: (painted: Painted, to: CanvasRenderingContext2D) => void,
): boolean {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d")!;
  const values = Uint16Array.from({ length: SIDE * SIDE }, (_, k) => (k * 40503) & 65535);
  const first = scene(values, 0).plane;
  const timed = (paint: (painted: Painted) => unknown): number => {
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round++) {
      const begin = performance.now();
      paint({ ...scene(values, round), plane: first });
      // A card has only been told what to do until somebody wants to see it.
      context.getImageData(0, 0, 1, 1);
      least = Math.min(least, performance.now() - begin);
    }
    return least;
  };
  const processor = timed((painted) => byProcessor(painted, context));
  let able = true;
  const card = timed((painted) => {
    able &&= renderer.paint(painted, context);
  });
  return able && card < processor;
}
