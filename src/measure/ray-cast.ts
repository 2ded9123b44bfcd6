import type { Shape, Triple } from "../core/shape.js";

/** Labels in memory, C order, and how long a voxel is along each axis, over the shortest. */
export interface Solid {
  readonly labels: ArrayLike<number>;
  readonly shape: Shape;
  readonly edges: Triple;
}

/** From where it is looked at: angles in degrees. */
export interface Viewpoint {
  /** Turn about z. */
  readonly azimuth: number;
  /** Height of the eye above the xy plane. */
  readonly elevation: number;
}

/** Light that reaches a surface which is turned away from the lamp. */
const AMBIENT = 0.55;

/**
 * A picture of the labels whose colour is known, as a solid body in parallel projection; other labels are clear. One ray a
 * pixel walks from voxel to voxel (Amanatides & Woo 1987, doi:10.2312/egtp.19871000) to the first that is opaque, whose
 * surface is shaded by the direction in which its surroundings are filled (sum over 5 × 5 × 5 voxels). z points down, as the
 * planes of a scan lie upon each other.
 * @param colours red, green, blue of each opaque label
 * @param size pixels of each side of the picture; the body's longest diagonal fits into it
 * @returns RGBA, clear where no ray meets the body
 */
export function rayCast(
  solid: Solid,
  colours: ReadonlyMap<number, readonly [number, number, number]>,
  size: number,
  viewpoint: Viewpoint,
): Uint8ClampedArray {
  const { labels, shape, edges } = solid;
  const opaque = Uint8Array.from(labels, (label) => (colours.has(label) ? 1 : 0));
  const [depth, height, width] = shape;
  const plane = height * width;
  const filled = (z: number, y: number, x: number): boolean =>
    z >= 0 && y >= 0 && x >= 0 && z < depth && y < height && x < width && opaque[z * plane + y * width + x] === 1;
  const { forward, right, down } = axesOf(viewpoint);
  // In lengths of the shortest edge, from the middle of the body.
  const half = shape.map((n, k) => (n * edges[k]!) / 2) as unknown as Triple;
  const reach = Math.hypot(...half);
  const pixel = (2 * reach) / size;
  const lamp = unit([
    -0.55 * forward[0] - 0.6 * down[0] - 0.35 * right[0],
    -0.55 * forward[1] - 0.6 * down[1] - 0.35 * right[1],
    -0.55 * forward[2] - 0.6 * down[2] - 0.35 * right[2],
  ]);
  const out = new Uint8ClampedArray(4 * size * size);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const [v, u] = [(row + 0.5) * pixel - reach, (column + 0.5) * pixel - reach];
      const start = [0, 1, 2].map((k) => down[k]! * v + right[k]! * u - forward[k]! * 2 * reach) as unknown as Triple;
      const hit = firstHit(start, forward, half, edges, shape, filled);
      if (hit === undefined) continue;
      const [z, y, x] = hit.voxel;
      const normal = hit.onFace ? hit.normal : (outward(z, y, x, filled, edges) ?? hit.normal);
      const light =
        AMBIENT + (1 - AMBIENT) * Math.max(0, normal[0] * lamp[0] + normal[1] * lamp[1] + normal[2] * lamp[2]);
      const colour = colours.get(labels[z * plane + y * width + x]!)!;
      const at = 4 * (row * size + column);
      for (let k = 0; k < 3; k++) out[at + k] = colour[k]! * light;
      out[at + 3] = 255;
    }
  return out;
}

/** Directions [z, y, x] of the view, and of a picture's columns and rows. */
function axesOf({ azimuth, elevation }: Viewpoint): { forward: Triple; right: Triple; down: Triple } {
  const [turn, rise] = [(azimuth * Math.PI) / 180, (elevation * Math.PI) / 180];
  const forward: Triple = [Math.sin(rise), Math.cos(rise) * Math.cos(turn), Math.cos(rise) * Math.sin(turn)];
  const right: Triple = [0, -Math.sin(turn), Math.cos(turn)];
  const down: Triple = [Math.cos(rise), -Math.sin(rise) * Math.cos(turn), -Math.sin(rise) * Math.sin(turn)];
  return { forward, right, down };
}

function unit([z, y, x]: Triple): Triple {
  const length = Math.hypot(z, y, x) || 1;
  return [z / length, y / length, x / length];
}

interface Hit {
  readonly voxel: Triple;
  /** Normal of the voxel's face that the ray met. */
  readonly normal: Triple;
  /** On a face of the volume itself, where nothing is known of what lies outside. */
  readonly onFace: boolean;
}

/** The first opaque voxel on a ray. */
function firstHit(
  start: Triple,
  forward: Triple,
  half: Triple,
  edges: Triple,
  shape: Shape,
  filled: (z: number, y: number, x: number) => boolean,
): Hit | undefined {
  // Where the ray enters and leaves the box.
  let [enter, leave, axis] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
  for (let k = 0; k < 3; k++) {
    const slope = forward[k]!;
    if (Math.abs(slope) < 1e-12) {
      if (Math.abs(start[k]!) >= half[k]!) return undefined;
      continue;
    }
    const [a, b] = [(-half[k]! - start[k]!) / slope, (half[k]! - start[k]!) / slope];
    if (Math.min(a, b) > enter) [enter, axis] = [Math.min(a, b), k];
    leave = Math.min(leave, Math.max(a, b));
  }
  if (enter >= leave) return undefined;
  const voxel = [0, 0, 0];
  const [step, next, each] = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (let k = 0; k < 3; k++) {
    const place = (start[k]! + forward[k]! * enter + half[k]!) / edges[k]!;
    voxel[k] = Math.max(0, Math.min(shape[k]! - 1, Math.floor(place)));
    const slope = forward[k]!;
    step[k] = Math.sign(slope);
    const wall = (voxel[k]! + (slope > 0 ? 1 : 0)) * edges[k]! - half[k]!;
    next[k] = slope === 0 ? Number.POSITIVE_INFINITY : (wall - start[k]!) / slope;
    each[k] = slope === 0 ? Number.POSITIVE_INFINITY : edges[k]! / Math.abs(slope);
  }
  for (let onFace = true; ; onFace = false) {
    if (filled(voxel[0]!, voxel[1]!, voxel[2]!)) {
      const normal = [0, 1, 2].map((k) => (k === axis ? -step[k]! : 0)) as unknown as Triple;
      return { voxel: voxel as unknown as Triple, normal, onFace };
    }
    axis = next[0]! <= next[1]! && next[0]! <= next[2]! ? 0 : next[1]! <= next[2]! ? 1 : 2;
    voxel[axis]! += step[axis]!;
    next[axis]! += each[axis]!;
    if (voxel[axis]! < 0 || voxel[axis]! >= shape[axis]!) return undefined;
  }
}

/** The direction from filled to empty around a voxel; undefined where there is none. */
function outward(
  z: number,
  y: number,
  x: number,
  filled: (z: number, y: number, x: number) => boolean,
  edges: Triple,
): Triple | undefined {
  const sum: [number, number, number] = [0, 0, 0];
  for (let dz = -2; dz <= 2; dz++)
    for (let dy = -2; dy <= 2; dy++)
      for (let dx = -2; dx <= 2; dx++)
        if (filled(z + dz, y + dy, x + dx)) {
          sum[0] -= dz;
          sum[1] -= dy;
          sum[2] -= dx;
        }
  const normal: Triple = [sum[0] / edges[0], sum[1] / edges[1], sum[2] / edges[2]];
  return Math.hypot(...normal) < 1e-9 ? undefined : unit(normal);
}
