import type { Shape } from "#src/core/shape.js";

/** The order of the six directions from which a layer is taken off, as [z, y, x] to the neighbour that must be outside. */
const DIRECTIONS = [
  [0, -1, 0],
  [0, 1, 0],
  [0, 0, 1],
  [0, 0, -1],
  [1, 0, 0],
  [-1, 0, 0],
] as const;

/** The 27 voxels of a neighbourhood, in C order; 13 is the middle. */
const CELLS = Array.from({ length: 27 }, (_, k) => [Math.floor(k / 9) - 1, (Math.floor(k / 3) % 3) - 1, (k % 3) - 1]);

/** Number of pieces of the cells that are set, by corners. */
function pieces(cells: readonly number[], set: (cell: number) => boolean, touch: (a: number, b: number) => boolean) {
  const left = new Set(cells.filter(set));
  const found: number[][] = [];
  for (const first of left) {
    const piece = [first];
    left.delete(first);
    for (const a of piece)
      for (const b of [...left])
        if (touch(a, b)) {
          left.delete(b);
          piece.push(b);
        }
    found.push(piece);
  }
  return found;
}

const apart = (a: number, b: number): number[] => CELLS[a]!.map((at, k) => Math.abs(at - CELLS[b]![k]!));
const byCorners = (a: number, b: number): boolean => Math.max(...apart(a, b)) === 1;
const byFaces = (a: number, b: number): boolean => apart(a, b).reduce((sum, n) => sum + n, 0) === 1;
const around = [...CELLS.keys()].filter((k) => k !== 13);
const byEdges = around.filter((k) => CELLS[k]!.filter((n) => n !== 0).length <= 2);

/**
 * A voxel is simple if its removal changes no topology (G. Bertrand & G. Malandain): one piece of object by corners around
 * it, and one piece of background by faces among its 18 neighbours that touches its face.
 */
export function isSimple(neighbours: readonly number[]): boolean {
  if (pieces(around, (k) => neighbours[k] === 1, byCorners).length !== 1) return false;
  const background = pieces(byEdges, (k) => neighbours[k] === 0, byFaces);
  return background.filter((piece) => piece.some((k) => byFaces(k, 13))).length === 1;
}

/**
 * The skeleton by taking off simple voxels that are no ends, from six sides by turns, until none is left.
 * @param along the axes along which there are sides
 */
export function thinned(
  shape: Shape,
  inside: readonly boolean[],
  along: readonly boolean[] = [true, true, true],
): boolean[] {
  const [depth, height, width] = shape;
  if (!along.includes(true)) return [...inside];
  const at = (z: number, y: number, x: number): number =>
    z < 0 || y < 0 || x < 0 || z >= depth || y >= height || x >= width ? -1 : (z * height + y) * width + x;
  const now = [...inside];
  const neighbours = (k: number): number[] => {
    const [z, y, x] = [Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width];
    return CELLS.map(([dz, dy, dx]) => {
      const other = at(z + dz!, y + dy!, x + dx!);
      return other >= 0 && now[other]! ? 1 : 0;
    });
  };
  const sides = DIRECTIONS.filter((side) => side.some((n, axis) => n !== 0 && along[axis]));
  for (let quiet = 0; quiet < sides.length; ) {
    quiet = 0;
    for (const [dz, dy, dx] of sides) {
      const listed = [...now.keys()].filter((k) => {
        if (!now[k]) return false;
        const cells = neighbours(k);
        if (cells[13 + 9 * dz + 3 * dy + dx] !== 0) return false;
        return cells.reduce((sum, n) => sum + n, 0) > 2 && isSimple(cells);
      });
      let removed = 0;
      for (const k of listed)
        if (isSimple(neighbours(k))) {
          now[k] = false;
          removed++;
        }
      if (removed === 0) quiet++;
    }
  }
  return now;
}
