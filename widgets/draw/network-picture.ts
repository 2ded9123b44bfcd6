/** The picture of a network that stands in a notebook where no kernel runs. */
import { rgb } from "../../src/core/phases.js";
import { type Body, canvasOf, paintBodies } from "./bodies.js";
import { roundLength } from "./layout.js";
import { packed } from "./network-look.js";
import { type Box, type Camera, type Projection, projectionOf, seen } from "./orthographic.js";
import type { Picture } from "./pictures.js";

/** Colours of the edges along an axis, in the picture and in the page. */
export const AXIS_COLOURS = { z: "#0072b2", y: "#009e73", x: "#d55e00" } as const;
const INK = packed([40, 40, 40]);
const LINE = packed([190, 193, 198]);

/** The four edges along each axis, as corners in shares of the box; the first begins at the first voxel. */
export const EDGES: readonly {
  axis: "z" | "y" | "x";
  from: readonly number[];
  to: readonly number[];
  first: boolean;
}[] = (["z", "y", "x"] as const).flatMap((axis, k) =>
  [0, 1, 2, 3].map((n) => {
    const at = (end: number): number[] => {
      const corner = [n & 1, n >> 1];
      return [0, 1, 2].map((one) => (one === k ? end : corner.shift()!));
    };
    return { axis, from: at(0), to: at(1), first: n === 0 };
  }),
);

/** Where a corner of the box is seen, by its shares of the edges along z, y, x. */
export function cornerAt(
  projection: Projection,
  { low, size }: Box,
  share: readonly number[],
): [number, number, number] {
  const [z, y, x] = share.map((n, k) => low[k]! + n * size[k]!) as [number, number, number];
  return seen(projection, x, y, z);
}

/** Each pixel of the picture has this many along each side, of which it is the mean. */
const FINER = 2;

type Drawing = Pick<Picture, "width" | "height"> & { readonly pixels: Uint32Array };

function square({ pixels, width, height }: Drawing, x: number, y: number, side: number, colour: number): void {
  for (let row = Math.max(0, Math.round(y - side / 2)); row < Math.min(height, Math.round(y + side / 2)); row++)
    for (let at = Math.max(0, Math.round(x - side / 2)); at < Math.min(width, Math.round(x + side / 2)); at++)
      pixels[row * width + at] = colour;
}

function line(into: Drawing, from: readonly number[], to: readonly number[], side: number, colour: number): void {
  const [dx, dy] = [to[0]! - from[0]!, to[1]! - from[1]!];
  const steps = Math.max(1, Math.ceil(Math.max(Math.abs(dx), Math.abs(dy))));
  for (let k = 0; k <= steps; k++) square(into, from[0]! + (k / steps) * dx, from[1]! + (k / steps) * dy, side, colour);
}

function ring(into: Drawing, [x, y]: readonly number[], radius: number, side: number, colour: number): void {
  const steps = Math.ceil(8 * radius);
  for (let k = 0; k < steps; k++) {
    const angle = (2 * Math.PI * k) / steps;
    square(into, x! + radius * Math.cos(angle), y! + radius * Math.sin(angle), side, colour);
  }
}

/** What a picture of a network shows. */
export interface NetworkScene {
  readonly camera: Camera;
  readonly box: Box;
  readonly bodies: readonly Body[];
  /** A ball that is ringed, by its place and radius. */
  readonly marked?: { readonly x: number; readonly y: number; readonly z: number; readonly radius: number } | undefined;
}

/**
 * Draws a network in its box with a scale bar; the same pixels each time.
 * @returns the picture, and the length of the bar in the unit of the box
 */
export function networkPicture(
  { camera, box, bodies, marked }: NetworkScene,
  size = { width: 640, height: 460 },
): { picture: Picture; bar: number } {
  const [width, height] = [size.width * FINER, size.height * FINER];
  const canvas = canvasOf(width, height);
  canvas.pixels.fill(0xffffffff);
  const projection = projectionOf(camera, box, width, height);
  for (const { axis, from, to, first } of EDGES) {
    const ends = [from, to].map((corner) => cornerAt(projection, box, corner));
    line(canvas, ends[0]!, ends[1]!, first ? 4 : 2, first ? packed(rgb(AXIS_COLOURS[axis])) : LINE);
  }
  paintBodies(canvas, projection, bodies);
  if (marked !== undefined) {
    const radius = marked.radius * projection.scale + 4;
    ring(canvas, seen(projection, marked.x, marked.y, marked.z), Math.max(8, radius), 4, INK);
  }
  const bar = roundLength((0.25 * width) / projection.scale);
  line(canvas, [width - 24 - bar * projection.scale, height - 20], [width - 24, height - 20], 6, INK);
  return { picture: { pixels: means(canvas), ...size }, bar };
}

/** Means of squares of pixels. */
function means({ pixels, width }: Drawing): Uint8ClampedArray {
  const fine = new Uint8Array(pixels.buffer);
  const out = new Uint8ClampedArray(fine.length / FINER ** 2);
  const line = 4 * width;
  for (let k = 0, at = 0; at < fine.length; at += FINER * line)
    for (let column = 0; column < line; column += 4 * FINER)
      for (let c = 0; c < 4; c++, k++) {
        let sum = 0;
        for (let row = 0; row < FINER; row++)
          for (let next = 0; next < FINER; next++) sum += fine[at + row * line + column + 4 * next + c]!;
        out[k] = sum / FINER ** 2;
      }
  return out;
}
