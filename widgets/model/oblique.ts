/** A plane through a volume that goes along none of its axes. */
import { type Voxels, voxelArray } from "../../src/core/dtype.js";
import { InvalidArgument } from "../../src/core/errors.js";
import type { Triple } from "../../src/core/shape.js";
import type { Volume } from "../../src/core/volume.js";
import type { ObliquePlane } from "../protocol.js";

/** Rows that are read at once: a few bricks are held, not all that the plane goes through. */
const ROWS = 16;
/** A page's request for more pixels is refused. */
const MOST_PIXELS = 2 ** 20;

const finite = (triple: unknown): triple is Triple =>
  Array.isArray(triple) && triple.length === 3 && triple.every((n) => typeof n === "number" && Number.isFinite(n));

/** @throws InvalidArgument unless this is a plane that can be drawn: a page may say anything */
export function checkObliquePlane(plane: unknown): ObliquePlane {
  const { origin, right, down, width, height } = Object(plane) as Partial<ObliquePlane>;
  const size = (n: unknown): boolean => Number.isInteger(n) && (n as number) >= 1;
  if (
    !finite(origin) ||
    !finite(right) ||
    !finite(down) ||
    !size(width) ||
    !size(height) ||
    width! * height! > MOST_PIXELS
  )
    throw new InvalidArgument(
      `an oblique plane of ${JSON.stringify(plane)?.slice(0, 200)}; give origin, right and down as [z, y, x], and at most ${MOST_PIXELS} pixels`,
    );
  return { origin, right, down, width: width!, height: height! };
}

/**
 * The values of a volume along a plane: between eight voxels linearly (`nearest`: of the nearest voxel, as labels need it), whole
 * numbers rounded. Cost O(pixels); memory: the bricks that sixteen rows go through.
 * @returns values row by row, and which pixels lie inside the volume (1) and which do not (0)
 */
export async function obliqueValues(
  volume: Volume,
  { origin, right, down, width, height }: ObliquePlane,
  nearest: boolean,
): Promise<{ values: Voxels; inside: Uint8Array }> {
  const { shape, grid, dtype } = volume;
  const values = voxelArray(dtype, width * height);
  const inside = new Uint8Array(width * height);
  const [bz, by, bx] = grid.brick;
  const [, ny, nx] = grid.counts;
  const whole = !(values instanceof Float32Array);
  const last = shape.map((n) => n - 1) as unknown as Triple;
  /** The place of a pixel; undefined outside, where half a voxel around the outermost centres still belongs to the volume. */
  const placeOf = (row: number, column: number): [number, number, number] | undefined => {
    const at: [number, number, number] = [0, 0, 0];
    for (const k of [0, 1, 2] as const) {
      const n = origin[k] + row * down[k] + column * right[k];
      if (!(n >= -0.5 && n <= last[k] + 0.5)) return undefined;
      at[k] = Math.min(last[k], Math.max(0, n));
    }
    return at;
  };
  const brickAt = (z: number, y: number, x: number): number =>
    (Math.floor(z / bz) * ny + Math.floor(y / by)) * nx + Math.floor(x / bx);

  for (let first = 0; first < height; first += ROWS) {
    const stop = Math.min(height, first + ROWS);
    const bricks = new Map<number, Voxels>();
    const wanted = new Set<number>();
    for (let row = first; row < stop; row++)
      for (let column = 0; column < width; column++) {
        const at = placeOf(row, column);
        if (at === undefined) continue;
        const [low, high] = nearest
          ? [at.map(Math.round), at.map(Math.round)]
          : [at.map(Math.floor), at.map(Math.ceil)];
        for (const z of new Set([low[0]!, high[0]!]))
          for (const y of new Set([low[1]!, high[1]!]))
            for (const x of new Set([low[2]!, high[2]!])) wanted.add(brickAt(z, y, x));
      }
    for (const index of wanted) bricks.set(index, await volume.store.read(index));
    const voxel = (z: number, y: number, x: number): number =>
      bricks.get(brickAt(z, y, x))![((z % bz) * by + (y % by)) * bx + (x % bx)]!;
    for (let row = first; row < stop; row++)
      for (let column = 0; column < width; column++) {
        const at = placeOf(row, column);
        if (at === undefined) continue;
        const k = row * width + column;
        inside[k] = 1;
        const value = nearest ? voxel(...(at.map(Math.round) as [number, number, number])) : between(at, voxel);
        values[k] = whole ? Math.round(value) : value;
      }
  }
  return { values, inside };
}

/** Linear in each axis. */
function between(at: Triple, voxel: (z: number, y: number, x: number) => number): number {
  const [z, y, x] = at.map(Math.floor) as [number, number, number];
  const [fz, fy, fx] = [at[0] - z, at[1] - y, at[2] - x];
  const along = (p: number, q: number): number => {
    const from = voxel(p, q, x);
    return fx === 0 ? from : from + (voxel(p, q, x + 1) - from) * fx;
  };
  const flat = (p: number): number => {
    const from = along(p, y);
    return fy === 0 ? from : from + (along(p, y + 1) - from) * fy;
  };
  const from = flat(z);
  return fz === 0 ? from : from + (flat(z + 1) - from) * fz;
}
