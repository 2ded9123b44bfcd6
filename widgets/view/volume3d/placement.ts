/** Where a volume is in the room of a headset: turned, moved and scaled by hands. */
import { along, type Vector } from "../../draw/turntable.js";

/** A turn as a quaternion of length 1. */
export type Turn = readonly [x: number, y: number, z: number, w: number];

/** From space to the room, in metres: `scale · turn(p − middle) + at`. */
export interface Placement {
  readonly turn: Turn;
  readonly at: Vector;
  readonly scale: number;
}

/** A hand: where it is in the room and how it is turned. */
export interface Hand {
  readonly at: Vector;
  readonly turn: Turn;
}

/** First `b`, then `a`. */
export const turnedBy = ([ax, ay, az, aw]: Turn, [bx, by, bz, bw]: Turn): Turn => [
  aw * bx + ax * bw + ay * bz - az * by,
  aw * by - ax * bz + ay * bw + az * bx,
  aw * bz + ax * by - ay * bx + az * bw,
  aw * bw - ax * bx - ay * by - az * bz,
];
export const back = ([x, y, z, w]: Turn): Turn => [-x, -y, -z, w];

export function turned([x, y, z, w]: Turn, [a, b, c]: Vector): Vector {
  const [u, v, t] = [2 * (y * c - z * b), 2 * (z * a - x * c), 2 * (x * b - y * a)];
  return [a + w * u + y * t - z * v, b + w * v + z * u - x * t, c + w * t + x * v - y * u];
}

/** The turn that takes three directions at right angles to the axes of the room. */
export function turnOf(right: Vector, up: Vector, towards: Vector): Turn {
  const trace = right[0] + up[1] + towards[2];
  if (trace > 0) {
    const s = 2 * Math.sqrt(1 + trace);
    return [(towards[1] - up[2]) / s, (right[2] - towards[0]) / s, (up[0] - right[1]) / s, s / 4];
  }
  if (right[0] > up[1] && right[0] > towards[2]) {
    const s = 2 * Math.sqrt(1 + right[0] - up[1] - towards[2]);
    return [s / 4, (right[1] + up[0]) / s, (right[2] + towards[0]) / s, (towards[1] - up[2]) / s];
  }
  if (up[1] > towards[2]) {
    const s = 2 * Math.sqrt(1 + up[1] - right[0] - towards[2]);
    return [(right[1] + up[0]) / s, s / 4, (up[2] + towards[1]) / s, (right[2] - towards[0]) / s];
  }
  const s = 2 * Math.sqrt(1 + towards[2] - right[0] - up[1]);
  return [(right[2] + towards[0]) / s, (up[2] + towards[1]) / s, s / 4, (up[0] - right[1]) / s];
}

/** At arm's length before the reader, turned as in the page. */
export const firstPlacement = (right: Vector, up: Vector, forward: Vector): Placement => ({
  turn: turnOf(right, up, [-forward[0], -forward[1], -forward[2]]),
  at: [0, -0.1, -0.8],
  scale: 0.6,
});

/** A hand that holds the volume takes it along. */
export function held(start: Placement, from: Hand, to: Hand): Placement {
  const change = turnedBy(to.turn, back(from.turn));
  const at = along(to.at, turned(change, along(start.at, from.at, -1)), 1);
  return { turn: turnedBy(change, start.turn), at, scale: start.scale };
}

/** Two hands that hold it pull it larger or smaller, around the place between them. */
export function pulled(start: Placement, from: readonly [Hand, Hand], to: readonly [Hand, Hand]): Placement {
  const between = ([a, b]: readonly [Hand, Hand]): Vector =>
    a.at.map((n, k) => (n + b.at[k]!) / 2) as unknown as Vector;
  const apart = ([a, b]: readonly [Hand, Hand]): number => Math.hypot(...a.at.map((n, k) => n - b.at[k]!));
  const scale = Math.min(20, Math.max(0.05, (start.scale * apart(to)) / Math.max(0.01, apart(from))));
  const offset = along(start.at, between(from), -1);
  return { ...start, scale, at: along(between(to), offset, scale / start.scale) };
}

/** The place in space that a place in the room is at. */
export function inSpace({ turn, at, scale }: Placement, middle: Vector, room: Vector): Vector {
  return along(middle, turned(back(turn), along(room, at, -1)), 1 / scale);
}

/** The numbers by which vtk.js' camera knows the room. */
export function physical(
  { turn, at, scale }: Placement,
  middle: Vector,
): { scale: number; translation: Vector; up: Vector; north: Vector } {
  const toSpace = back(turn);
  const translation = along(turned(toSpace, at).map((n) => n / scale) as unknown as Vector, middle, -1);
  return { scale: 1 / scale, translation, up: turned(toSpace, [0, 1, 0]), north: turned(toSpace, [0, 0, -1]) };
}
