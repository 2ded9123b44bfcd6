/** Lines in a picture that is drawn on the CPU. */
import type { Picture } from "./pictures.js";

export type Colour = readonly [r: number, g: number, b: number];

function dot({ pixels, width, height }: Picture, x: number, y: number, [r, g, b]: Colour): void {
  if (!(x >= 0 && y >= 0 && x < width && y < height)) return;
  const at = 4 * (Math.floor(y) * width + Math.floor(x));
  pixels[at] = r;
  pixels[at + 1] = g;
  pixels[at + 2] = b;
}

/** A line of one pixel; what lies outside the picture is left out. @param dash pixels on and off; 0: none */
export function drawLine(
  picture: Picture,
  [x0, y0]: readonly [x: number, y: number],
  [x1, y1]: readonly [x: number, y: number],
  colour: Colour,
  dash = 0,
): void {
  const room = 2 * (picture.width + picture.height);
  const steps = Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0)));
  // A line that leads far out is not gone along pixel by pixel.
  if (!(steps <= 50 * room)) return;
  for (let k = 0; k <= steps; k++) {
    if (dash > 0 && Math.floor(k / dash) % 2 === 1) continue;
    const share = steps === 0 ? 0 : k / steps;
    dot(picture, x0 + (x1 - x0) * share, y0 + (y1 - y0) * share, colour);
  }
}

/** A cross, upright or lying (×). */
export function drawCross(
  picture: Picture,
  [x, y]: readonly [x: number, y: number],
  arm: number,
  colour: Colour,
  lying: boolean,
): void {
  const [a, b] = lying ? [arm, arm] : [arm, 0];
  drawLine(picture, [x - a, y - b], [x + a, y + b], colour);
  drawLine(picture, [x - (lying ? arm : 0), y + arm], [x + (lying ? arm : 0), y - arm], colour);
}
