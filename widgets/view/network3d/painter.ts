/** Draws bodies on a canvas: by the graphics card, or by the same rules without one. */
import { type Body, type Canvas, canvasOf, paintBodies } from "../../draw/bodies.js";
import type { Projection } from "../../draw/orthographic.js";
import { GlPainter } from "./gl-painter.js";

export interface Painter {
  readonly kind: "webgl" | "canvas";
  readonly canvas: HTMLCanvasElement;
  /** Draws on transparent ground; the canvas gets the size of the picture. */
  draw(bodies: readonly Body[], projection: Projection, width: number, height: number): void;
  dispose(): void;
}

/** The painter for a page without WebGL2, or whose WebGL2 is made of software: that is slower than to draw by ourselves. */
export class CpuPainter implements Painter {
  readonly kind = "canvas";
  readonly canvas = document.createElement("canvas");
  readonly #context = this.canvas.getContext("2d")!;
  #image: ImageData | undefined;
  #target: Canvas | undefined;

  draw(bodies: readonly Body[], projection: Projection, width: number, height: number): void {
    if (this.#image === undefined || this.#image.width !== width || this.#image.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.#image = new ImageData(width, height);
      this.#target = canvasOf(width, height, new Uint32Array(this.#image.data.buffer));
    }
    this.#target!.pixels.fill(0);
    paintBodies(this.#target!, projection, bodies);
    this.#context.putImageData(this.#image, 0, 0);
  }

  dispose(): void {
    this.#image = this.#target = undefined;
  }
}

/** @param lost is called when the graphics card has been taken away */
export const painterFor = (lost: () => void): Painter => GlPainter.make(lost) ?? new CpuPainter();
