type Point = readonly [z: number, y: number, x: number];

/**
 * One number for three whole numbers. They are taken modulo 2¹⁷, so that cells very far from each other may share one: who looks
 * for points compares distances anyway.
 */
export const cellOf = (z: number, y: number, x: number): number =>
  (z & 0x1ffff) * 2 ** 34 + (y & 0x1ffff) * 2 ** 17 + (x & 0x1ffff);

/** Points in space, to be found by their neighbourhood. */
export class PointGrid {
  readonly #cells = new Map<number, number[]>();
  readonly #points: readonly Point[];
  readonly #edge: number;

  /** @param edge of a cell; about the distance that is asked for */
  constructor(points: readonly Point[], edge: number) {
    this.#points = points;
    this.#edge = edge;
    for (const [k, point] of points.entries()) {
      const key = cellOf(...this.#place(point));
      const cell = this.#cells.get(key);
      if (cell === undefined) this.#cells.set(key, [k]);
      else cell.push(k);
    }
  }

  #place(point: Point): [number, number, number] {
    return point.map((value) => Math.floor(value / this.#edge)) as [number, number, number];
  }

  /** The points within a distance with the square of theirs, in ascending order of their numbers. */
  within(centre: Point, radius: number): { point: number; square: number }[] {
    const reach = Math.ceil(radius / this.#edge);
    const [z, y, x] = this.#place(centre);
    const found: { point: number; square: number }[] = [];
    for (let a = z - reach; a <= z + reach; a++)
      for (let b = y - reach; b <= y + reach; b++)
        for (let c = x - reach; c <= x + reach; c++)
          for (const point of this.#cells.get(cellOf(a, b, c)) ?? []) {
            const square = squareOf(this.#points[point]!, centre);
            if (square <= radius * radius) found.push({ point, square });
          }
    return found.sort((one, other) => one.point - other.point);
  }

  /** The nearest one within a distance; undefined if there is none. */
  nearest(centre: Point, radius: number): number | undefined {
    let best: { point: number; square: number } | undefined;
    for (const one of this.within(centre, radius)) if (best === undefined || one.square < best.square) best = one;
    return best?.point;
  }
}

const squareOf = (a: Point, b: Point): number => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
