/**
 * What a cell of an image adds to the length of an outline and to the Euler number. An image goes on unchanged along the axis along which it
 * has one voxel: its cells of 2 × 2 pixels are cells of 2 × 2 × 2 voxels whose corners are held in twos, and there are two for each. So all
 * tables are those of {@link marchingCubesAreas} and {@link eulerEighths}, by the same 256 sets of corners, with half the worth.
 */
import { type Region, regionShape, type Shape, type Triple } from "../core/shape.js";

/** The axis along which an image has one voxel. */
export type FlatAxis = 0 | 1 | 2;

/** The axis along which a volume, or its region, has one voxel: then it is an image. Of several such axes the first one. */
export function flatAxis(shape: Shape, region?: Region): FlatAxis | undefined {
  const axis = (region === undefined ? shape : regionShape(region)).indexOf(1);
  return axis < 0 ? undefined : (axis as FlatAxis);
}

/** Both axes of an image, or all three. */
export const inPlane = (flat: FlatAxis | undefined): number[] => [0, 1, 2].filter((axis) => axis !== flat);

/** Areas of the faces of a voxel across z, y, x; of an image lengths of the sides of a pixel. */
export function sidesOf(size: Triple, flat: FlatAxis | undefined): number[] {
  const product = (axis: number): number =>
    inPlane(flat).reduce((all, other) => (other === axis ? all : all * size[other]!), 1);
  return [0, 1, 2].map((axis) => (axis === flat ? 0 : product(axis)));
}

/** For sets of corners that are held in twos what `worth` says of the 2 × 2 pixels: which are held, by rows and columns. */
function tableOf(flat: FlatAxis, worth: (held: readonly boolean[]) => number): Float64Array {
  const bits = [4, 2, 1];
  const [row, column] = inPlane(flat).map((axis) => bits[axis]!) as [number, number];
  const pixels = [0, column, row, row + column];
  const table = new Float64Array(256);
  for (let pattern = 0; pattern < 16; pattern++) {
    const held = pixels.map((_, k) => ((pattern >> k) & 1) === 1);
    const set = pixels.reduce(
      (sum, corner, k) => sum | (held[k] ? (1 << corner) | (1 << (corner + bits[flat]!)) : 0),
      0,
    );
    table[set] = worth(held) / 2;
  }
  return table;
}

const countOf = (held: readonly boolean[]): number => held.filter(Boolean).length;

/** Length of the outline through the middles of the sides between pixels (marching squares). */
export function outlineLengths(size: Triple, flat: FlatAxis): Float64Array {
  const [height, width] = inPlane(flat).map((axis) => size[axis]!) as [number, number];
  const corner = Math.hypot(height, width) / 2;
  return tableOf(flat, (held) => {
    const count = countOf(held);
    if (count !== 2) return count === 1 || count === 3 ? corner : 0;
    if (held[0] === held[1]) return width;
    return held[0] === held[2] ? height : 2 * corner;
  });
}

/**
 * Length of the outline by Crofton's formula: half the sum, over the lines through neighbouring pixels in 4 directions, of how often they
 * cross it, times how far they lie apart, times the share of all directions (of π) that is nearer to theirs than to the others.
 */
export function croftonLengths(size: Triple, flat: FlatAxis): Float64Array {
  const [height, width] = inPlane(flat).map((axis) => size[axis]!) as [number, number];
  const diagonal = Math.hypot(height, width);
  const slope = Math.atan2(height, width);
  // Along rows, along columns, along each diagonal: halfway to the directions beside.
  const along = (slope * height) / 2;
  const across = ((Math.PI / 2 - slope) * width) / 2;
  const slanted = (Math.PI / 4) * ((height * width) / diagonal / 2);
  return tableOf(flat, (held) => {
    const crossed = (one: number, other: number): number => (held[one] === held[other] ? 0 : 1);
    // A pair of pixels beside each other is in two cells.
    return (
      (along * (crossed(0, 1) + crossed(2, 3))) / 2 +
      (across * (crossed(0, 2) + crossed(1, 3))) / 2 +
      slanted * (crossed(0, 3) + crossed(1, 2))
    );
  });
}

/** Eighths of the Euler number of pixels that hang together at their sides: centres − sides between centres + squares between them. */
export function imageEulerEighths(flat: FlatAxis): Int32Array {
  return Int32Array.from(
    tableOf(flat, (held) => {
      const sides = [
        [0, 1],
        [2, 3],
        [0, 2],
        [1, 3],
      ].filter(([one, other]) => held[one!] && held[other!]).length;
      // A pixel is in 4 cells, a side in 2; and eighths are twice quarters.
      return 2 * (countOf(held) - 2 * sides + (countOf(held) === 4 ? 4 : 0));
    }),
  );
}
