/** Balls that move, grow, split and merge from state to state. */
import type { Shape } from "#src/core/shape.js";
import type { Volume, VolumeInit } from "#src/core/volume.js";
import { memoryVolume } from "./memory-volume.js";
import { random } from "./random-volume.js";

export type Point = readonly [z: number, y: number, x: number];

export interface PlantedBall {
  /** In voxels. */
  readonly centre: Point;
  readonly radius: number;
  readonly label: number;
}

/** Centres on a lattice, each jittered, far enough from each other and from the faces. */
export function lattice(shape: Shape, pitch: number, jitter: number, seed: number): Point[] {
  const next = random(seed);
  const found: Point[] = [];
  for (let z = pitch * 0.75; z < shape[0] - pitch * 0.6; z += pitch)
    for (let y = pitch * 0.75; y < shape[1] - pitch * 0.6; y += pitch)
      for (let x = pitch * 0.75; x < shape[2] - pitch * 0.6; x += pitch)
        found.push([z, y, x].map((value) => value + jitter * (2 * next() - 1)) as unknown as Point);
  return found;
}

/** Labels of balls; where two overlap the later one is seen. Radii and centres are voxels along x; `scale` voxels along z are as long. */
export function ballLabels(
  shape: Shape,
  balls: readonly PlantedBall[],
  changes: Partial<Omit<VolumeInit, "store" | "shape">> = {},
  scale: readonly [number, number, number] = [1, 1, 1],
): Volume {
  const values = new Uint32Array(shape[0] * shape[1] * shape[2]);
  for (const { centre, radius, label } of balls) {
    const [from, to] = [-1, 1].map((sign) =>
      shape.map((n, k) => {
        const at = (centre[k]! + sign * radius) / scale[k]!;
        return sign < 0 ? Math.max(0, Math.floor(at)) : Math.min(n - 1, Math.ceil(at));
      }),
    ) as [number[], number[]];
    for (let z = from[0]!; z <= to[0]!; z++)
      for (let y = from[1]!; y <= to[1]!; y++)
        for (let x = from[2]!; x <= to[2]!; x++) {
          const away = Math.hypot(z * scale[0] - centre[0], y * scale[1] - centre[1], x * scale[2] - centre[2]);
          if (away <= radius) values[(z * shape[1] + y) * shape[2] + x] = label;
        }
  }
  return memoryVolume(values, shape, { role: "labels", brick: [32, 48, 64], ...changes });
}

/** A turn about an axis through the middle, stretched, then shifted. */
export function planted(matrix: readonly number[], shift: Point, middle: Point): (point: Point) => Point {
  return (point) => {
    const away = point.map((value, k) => value - middle[k]!);
    return [0, 1, 2].map(
      (a) => middle[a]! + shift[a]! + [0, 1, 2].reduce((sum, b) => sum + matrix[3 * a + b]! * away[b]!, 0),
    ) as unknown as Point;
  };
}

/** Row-major matrix of a turn by degrees about z. */
export function turn(degrees: number): number[] {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return [1, 0, 0, 0, c, -s, 0, s, c];
}
