/** A block of matter with cracks, pores and channels of known size in it. */
import { normal } from "./normal.js";

type Point = readonly [z: number, y: number, x: number];

export interface Disc {
  readonly centre: Point;
  /** Of length 1. */
  readonly normal: Point;
  readonly radius: number;
  readonly opening: number;
}
export interface Ball {
  readonly centre: Point;
  readonly radius: number;
}
/** Along z. */
export interface Channel {
  readonly y: number;
  readonly x: number;
  readonly from: number;
  readonly to: number;
  readonly radius: number;
}

export interface Planted {
  readonly discs: readonly Disc[];
  readonly balls: readonly Ball[];
  readonly channels: readonly Channel[];
}

/** Points of a voxel along each axis. */
const POINTS = 3;

/** Whether a point lies in a disc that is larger by `more` on all sides. */
function inDisc([z, y, x]: Point, { centre, normal, radius, opening }: Disc, more: number): boolean {
  const [dz, dy, dx] = [z - centre[0], y - centre[1], x - centre[2]];
  const height = dz * normal[0] + dy * normal[1] + dx * normal[2];
  const square = dz * dz + dy * dy + dx * dx - height * height;
  return Math.abs(height) <= opening / 2 + more && square <= (radius + more) ** 2;
}

const inBall = ([z, y, x]: Point, { centre, radius }: Ball, more: number): boolean =>
  Math.hypot(z - centre[0], y - centre[1], x - centre[2]) <= radius + more;

const inChannel = ([z, y, x]: Point, one: Channel, more: number): boolean =>
  z >= one.from - more && z <= one.to + more && Math.hypot(y - one.y, x - one.x) <= one.radius + more;

/** For each voxel the share of it that is crack, and the share that is another void. */
export function plantedShares(
  edge: number,
  { discs, balls, channels }: Planted,
): { crack: Float32Array; other: Float32Array } {
  const [crack, other] = [new Float32Array(edge ** 3), new Float32Array(edge ** 3)];
  const offsets = Array.from({ length: POINTS }, (_, k) => (k + 0.5) / POINTS - 0.5);
  for (let z = 0, k = 0; z < edge; z++)
    for (let y = 0; y < edge; y++)
      for (let x = 0; x < edge; x++, k++) {
        // Half of a voxel's diagonal is 0.87.
        const near = {
          discs: discs.filter((one) => inDisc([z, y, x], one, 0.9)),
          balls: balls.filter((one) => inBall([z, y, x], one, 0.9)),
          channels: channels.filter((one) => inChannel([z, y, x], one, 0.9)),
        };
        if (near.discs.length + near.balls.length + near.channels.length === 0) continue;
        for (const a of offsets)
          for (const b of offsets)
            for (const c of offsets) {
              const point: Point = [z + a, y + b, x + c];
              const voids =
                near.balls.some((one) => inBall(point, one, 0)) ||
                near.channels.some((one) => inChannel(point, one, 0));
              if (near.discs.some((one) => inDisc(point, one, 0))) crack[k]! += 1 / POINTS ** 3;
              else if (voids) other[k]! += 1 / POINTS ** 3;
            }
      }
  return { crack, other };
}

/** Grey values: matter 180, void 60, with noise. */
export function plantedScan(shares: { crack: Float32Array; other: Float32Array }, noise: number): Float32Array {
  const white = normal(shares.crack.length, 11);
  return shares.crack.map((crack, k) => 180 - 120 * Math.min(1, crack + shares.other[k]!) + noise * white[k]!);
}
