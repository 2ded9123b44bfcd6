/**
 * Balls and rods on the CPU: what a page without WebGL shows, and the picture in the notebook. Each pixel has the true surface of the
 * nearest ball or cylinder under it; nothing is made of triangles.
 */
import type { Projection } from "./orthographic.js";

/** Balls, by their middles and radii in the volume. */
export interface Balls {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  readonly radius: Float64Array;
  /** Little-endian RGBA. */
  readonly colours: Uint32Array;
  /** How strongly each is drawn: see network-look.ts. */
  readonly levels: Uint8Array;
}

/** Cylinders between the middles of balls. */
export interface Rods {
  readonly one: Float64Array;
  readonly other: Float64Array;
  readonly radius: Float64Array;
  readonly colours: Uint32Array;
  readonly levels: Uint8Array;
}

/** What is drawn with one depth: a strong level lies over all weaker ones. */
export interface Body {
  readonly balls: Balls;
  readonly rods?: Rods;
}

/** Pixels with a depth: larger ones are farther away. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Little-endian RGBA; what nothing covers stays as it is. */
  readonly pixels: Uint32Array;
  readonly depth: Float32Array;
}

export const canvasOf = (width: number, height: number, pixels = new Uint32Array(width * height)): Canvas => ({
  ...{ width, height, pixels },
  depth: new Float32Array(width * height),
});

/** Where the light comes from: the left, above, and the reader. The WebGL renderer has the same numbers. */
export const LIGHT = [-0.36, -0.48, 0.8] as const;
/** Brightness in the shade, and how much light adds. */
export const SHADE = [0.36, 0.64] as const;
/** How far the farthest things fade into white. */
export const HAZE = 0.5;
/** How far things fade by their level: see network-look.ts. */
export const PALENESS = [1, 0.78, 0.85, 0] as const;

/** Draws bodies, the weak levels first. */
export function paintBodies(canvas: Canvas, projection: Projection, bodies: readonly Body[]): void {
  for (const level of [1, 2, 3]) {
    if (!bodies.some(({ balls, rods }) => balls.levels.includes(level) || rods?.levels.includes(level))) continue;
    canvas.depth.fill(Number.POSITIVE_INFINITY);
    for (const { balls, rods } of bodies) {
      const places = placesOf(balls, projection);
      paintBalls(canvas, projection, balls, places, level);
      if (rods !== undefined) paintRods(canvas, projection, rods, balls.radius, places, level);
    }
  }
}

/** Where middles are seen: right, down and depth of one after the other. */
function placesOf({ x, y, z }: Balls, { matrix: m }: Projection): Float64Array {
  const out = new Float64Array(3 * x.length);
  for (let k = 0; k < x.length; k++)
    for (let row = 0; row < 3; row++)
      out[3 * k + row] = m[3 * row]! * x[k]! + m[3 * row + 1]! * y[k]! + m[3 * row + 2]! * z[k]! + m[9 + row]!;
  return out;
}

/** How much of the colour is left in the haze and of paleness; the rest is white. */
function strength({ depth: [near, far] }: Projection, depth: number, level: number): number {
  const share = Math.min(1, Math.max(0, (depth - near) / (far - near)));
  return (1 - HAZE * share * share) * (1 - PALENESS[level]!);
}

function paintBalls(canvas: Canvas, projection: Projection, balls: Balls, places: Float64Array, level: number): void {
  const { width, height, pixels, depth } = canvas;
  const { radius, colours, levels } = balls;
  for (let k = 0; k < radius.length; k++) {
    if (levels[k] !== level) continue;
    const [cx, cy, middle] = [places[3 * k]!, places[3 * k + 1]!, places[3 * k + 2]!];
    // Nothing is less than a pixel.
    const r = Math.max(0.6, radius[k]! * projection.scale);
    if (cx + r < 0 || cy + r < 0 || cx - r > width || cy - r > height) continue;
    const left = strength(projection, middle, level);
    const colour = colours[k]!;
    const [red, green, blue] = [(colour & 255) * left, ((colour >> 8) & 255) * left, ((colour >> 16) & 255) * left];
    const white = 255 * (1 - left);
    const top = Math.max(0, Math.ceil(cy - r - 0.5));
    const bottom = Math.min(height - 1, Math.floor(cy + r - 0.5));
    for (let row = top; row <= bottom; row++) {
      const ny = (row + 0.5 - cy) / r;
      const half = r * Math.sqrt(Math.max(0, 1 - ny * ny));
      const end = Math.min(width - 1, Math.floor(cx + half - 0.5));
      for (let column = Math.max(0, Math.ceil(cx - half - 0.5)); column <= end; column++) {
        const nx = (column + 0.5 - cx) / r;
        const nz = Math.sqrt(Math.max(0, 1 - nx * nx - ny * ny));
        const at = row * width + column;
        const here = middle - r * nz;
        if (here >= depth[at]!) continue;
        depth[at] = here;
        const light = Math.max(0, nx * LIGHT[0] + ny * LIGHT[1] + nz * LIGHT[2]);
        const shade = SHADE[0] + SHADE[1] * light;
        pixels[at] =
          -16777216 | ((blue * shade + white) << 16) | ((green * shade + white) << 8) | (red * shade + white);
      }
    }
  }
}

function paintRods(
  canvas: Canvas,
  projection: Projection,
  rods: Rods,
  balls: Float64Array,
  places: Float64Array,
  level: number,
): void {
  const { width, height, pixels, depth } = canvas;
  for (let e = 0; e < rods.radius.length; e++) {
    if (rods.levels[e] !== level) continue;
    const [one, other] = [rods.one[e]!, rods.other[e]!];
    const [a, b] = [3 * one, 3 * other];
    let [x, y, z] = [places[a]!, places[a + 1]!, places[a + 2]!];
    let [dx, dy, dz] = [places[b]! - x, places[b + 1]! - y, places[b + 2]! - z];
    const between = Math.hypot(dx, dy, dz);
    const [begin, stop] = uncovered(balls[one]!, balls[other]!, rods.radius[e]!, between / projection.scale);
    if (begin >= stop) continue;
    [x, y, z] = [x + begin * dx, y + begin * dy, z + begin * dz];
    [dx, dy, dz] = [(stop - begin) * dx, (stop - begin) * dy, (stop - begin) * dz];
    const long = Math.hypot(dx, dy);
    // Seen from its end it lies behind its balls.
    if (long < 0.5) continue;
    const r = Math.max(0.5, rods.radius[e]! * projection.scale);
    if (Math.max(x, x + dx) + r < 0 || Math.min(x, x + dx) - r > width) continue;
    if (Math.max(y, y + dy) + r < 0 || Math.min(y, y + dy) - r > height) continue;
    const left = strength(projection, z + dz / 2, level);
    const colour = rods.colours[e]!;
    const [red, green, blue] = [(colour & 255) * left, ((colour >> 8) & 255) * left, ((colour >> 16) & 255) * left];
    const white = 255 * (1 - left);
    const whole = Math.hypot(long, dz);
    const [sine, cosine] = [long / whole, dz / whole];
    const [ax, ay] = [dx / long, dy / long];
    // Along the axis of the picture in which it is longer, so that no line has gaps.
    const flat = Math.abs(dx) >= Math.abs(dy);
    const [from, by, start, step] = flat ? [x, dx, y, dy] : [y, dy, x, dx];
    const [most, least] = flat ? [width, height] : [height, width];
    const wide = (r * long) / Math.abs(by);
    const first = Math.max(0, Math.ceil(Math.min(from, from + by) - 0.5));
    const last = Math.min(most - 1, Math.floor(Math.max(from, from + by) - 0.5));
    for (let along = first; along <= last; along++) {
      const centre = start + ((along + 0.5 - from) / by) * step;
      const end = Math.min(least - 1, Math.floor(centre + wide - 0.5));
      for (let across = Math.max(0, Math.ceil(centre - wide - 0.5)); across <= end; across++) {
        const px = (flat ? along : across) + 0.5 - x;
        const py = (flat ? across : along) + 0.5 - y;
        const u = Math.max(-1, Math.min(1, (py * ax - px * ay) / r));
        const w = Math.sqrt(1 - u * u);
        const at = flat ? across * width + along : along * width + across;
        const here = z + ((px * ax + py * ay) / long) * dz - (r * w) / sine;
        if (here >= depth[at]!) continue;
        depth[at] = here;
        const tilt = w * cosine;
        const light = (tilt * ax - u * ay) * LIGHT[0] + (tilt * ay + u * ax) * LIGHT[1] + w * sine * LIGHT[2];
        const shade = SHADE[0] + SHADE[1] * Math.max(0, light);
        pixels[at] =
          -16777216 | ((blue * shade + white) << 16) | ((green * shade + white) << 8) | (red * shade + white);
      }
    }
  }
}

/**
 * Of the straight line between two middles the part that lies in neither ball, and as much more as the rod is wide: the ends are cut along
 * the picture's axes, and shall be inside. In shares of the line.
 */
export function uncovered(one: number, other: number, rod: number, length: number): readonly [number, number] {
  const inside = (ball: number): number => Math.max(0, Math.sqrt(Math.max(0, ball * ball - rod * rod)) - rod) / length;
  return [inside(one), 1 - inside(other)];
}

/** The nearest ball under a point of the picture among those of the strongest level that is there; −1: none. */
export function ballAt(balls: Balls, projection: Projection, x: number, y: number): number {
  const { matrix: m, scale } = projection;
  let [found, strongest, nearest] = [-1, 0, Number.POSITIVE_INFINITY];
  for (let k = 0; k < balls.radius.length; k++) {
    const level = balls.levels[k]!;
    if (level === 0 || level < strongest) continue;
    const [bx, by, bz] = [balls.x[k]!, balls.y[k]!, balls.z[k]!];
    // A small ball can be hit, too.
    const r = Math.max(2, balls.radius[k]! * scale);
    const dx = (m[0]! * bx + m[1]! * by + m[2]! * bz + m[9]! - x) / r;
    const dy = (m[3]! * bx + m[4]! * by + m[5]! * bz + m[10]! - y) / r;
    const away = 1 - dx * dx - dy * dy;
    if (away < 0) continue;
    const here = m[6]! * bx + m[7]! * by + m[8]! * bz + m[11]! - r * Math.sqrt(away);
    if (level === strongest && here >= nearest) continue;
    [found, strongest, nearest] = [k, level, here];
  }
  return found;
}
