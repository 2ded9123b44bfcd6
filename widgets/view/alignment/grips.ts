/** Where the edge of the moving picture can be taken hold of. */
import type { Outline } from "../../draw/section.js";
import type { Model } from "../../protocol/alignment.js";

export type Grip = "move" | "turn" | "scale";
type Point = readonly [x: number, y: number];

const CORNER = 10;
const RIM = 7;

export const middleOf = ({ corners }: Pick<Outline, "corners">): Point => [
  corners.reduce((sum, [x]) => sum + x, 0) / 4,
  corners.reduce((sum, [, y]) => sum + y, 0) / 4,
];

function distanceTo([ax, ay]: Point, [bx, by]: Point, [x, y]: Point): number {
  const [ux, uy] = [bx - ax, by - ay];
  const length = ux * ux + uy * uy;
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * ux + (y - ay) * uy) / length));
  return Math.hypot(x - ax - share * ux, y - ay - share * uy);
}

interface Room {
  readonly width: number;
  readonly height: number;
}

/** Where the round knob of the rim is: outside of the middle of the first edge, or inside where that is out of sight. */
export function knobOf(outline: Pick<Outline, "corners">, { width, height }: Room): Point {
  const [[ax, ay], [bx, by]] = outline.corners as readonly [Point, Point];
  const [mx, my] = middleOf(outline);
  const [ex, ey] = [(ax + bx) / 2, (ay + by) / 2];
  const length = Math.hypot(ex - mx, ey - my) || 1;
  const [ux, uy] = [(18 * (ex - mx)) / length, (18 * (ey - my)) / length];
  const seen = ex + ux > 6 && ey + uy > 6 && ex + ux < width - 6 && ey + uy < height - 6;
  return seen ? [ex + ux, ey + uy] : [ex - ux, ey - uy];
}

/** What each model lets handles do. */
export const allows = (model: Model, grip: Grip): boolean =>
  grip === "move" || (grip === "turn" ? model !== "translation" : model !== "translation" && model !== "rigid");

/** What a place takes hold of: corners before the rim, the rim before what is inside; undefined: nothing. */
export function gripAt(
  { corners }: Pick<Outline, "corners">,
  at: Point,
  model: Model,
  room: Room,
): { grip: Grip; corner: number } | undefined {
  const [x, y] = at;
  const corner = corners.findIndex(([cx, cy]) => Math.hypot(x - cx, y - cy) <= CORNER);
  if (corner >= 0 && allows(model, "scale")) return { grip: "scale", corner };
  const [kx, ky] = knobOf({ corners }, room);
  const rim = corners.some((from, k) => distanceTo(from, corners[(k + 1) % 4]!, at) <= RIM);
  if ((rim || Math.hypot(x - kx, y - ky) <= CORNER) && allows(model, "turn")) return { grip: "turn", corner: -1 };
  const sides = corners.map(([ax, ay], k) => {
    const [bx, by] = corners[(k + 1) % 4]!;
    return (bx - ax) * (y - ay) - (by - ay) * (x - ax);
  });
  const inside = sides.every((n) => n >= 0) || sides.every((n) => n <= 0);
  return inside || rim ? { grip: "move", corner: -1 } : undefined;
}

/** Of a point, how far it is from the middle along the edges that meet in the first corner; each −0.5 to 0.5 inside. */
export function alongEdges({ corners }: Pick<Outline, "corners">, [x, y]: Point): Point {
  const [[ax, ay], [bx, by], , [dx, dy]] = corners as readonly [Point, Point, Point, Point];
  const [mx, my] = middleOf({ corners });
  const [ux, uy, vx, vy] = [bx - ax, by - ay, dx - ax, dy - ay];
  const size = ux * vy - uy * vx;
  return [((x - mx) * vy - (y - my) * vx) / size, (ux * (y - my) - uy * (x - mx)) / size];
}
