/** Where the grids and fields of a conduction problem lie in the memory that its threads share; see assembly/chessboard.ts. */
import type { Triple } from "../core/shape.js";

/** Flags of assembly/chessboard.ts: axes that go around, and faces at a fixed potential. */
export const FLAGS = { aroundZ: 1, aroundY: 2, aroundX: 4, fixedFirst: 8, fixedLast: 16 } as const;

/** What tells grids apart. */
export interface ConductionShape {
  /** Planes along the flux, rows, columns. */
  readonly size: Triple;
  readonly flags: number;
  /** True where all that conducts conducts alike, and voxels are cubes. */
  readonly alike: boolean;
  /** (step along z / step)² for z, y, x. */
  readonly weights: Triple;
  readonly members: number;
  /** True for electrodes whose walls take charge: they need two fields more and, where voxels are not alike, one of their walls. */
  readonly reacting?: boolean;
}

/** One grid: the finest or a coarse one. */
export interface Grid {
  readonly size: Triple;
  readonly width: number;
  /** Bytes of a row, a plane, a colour. */
  readonly row: number;
  readonly plane: number;
  readonly colour: number;
  /** Pairs of voxels along each axis that become one of the next grid. */
  readonly pairs: Triple;
  /** Addresses: of the description, of the material. */
  readonly at: number;
  readonly material: number;
  /**
   * Addresses of fields: of the finest grid x, r, p, z and, of electrodes, two of Lanczos' vectors; of a coarse one what is sought and
   * the right-hand side.
   */
  readonly fields: readonly number[];
  /** Addresses of the faces of a coarse grid along z, y, x. */
  readonly faces: readonly number[];
}

export interface ConductionPlan extends ConductionShape {
  readonly grids: readonly Grid[];
  /** The field of walls, 0 where there is none. */
  readonly walls: number;
  readonly zero: number;
  readonly far: number;
  /** Bytes of each of both rows. */
  readonly rowBytes: number;
  /** Five float64 for each plane and colour of the finest grid; then two times one for each plane. */
  readonly sums: number;
  /** A table of 256 words. */
  readonly table: number;
  /** Room of each member. */
  readonly scratch: readonly number[];
  /** Voxels as bytes, with rows so many bytes apart; they lie where p will be. */
  readonly voxels: number;
  readonly stride: number;
  /** Bits of voxels that conduct, those that are marked, and a byte a row; where z will be. */
  readonly words: number;
  readonly free: number;
  readonly marks: number;
  readonly dirty: number;
  readonly bytes: number;
}

/** Static data of the module lies before. */
const BASE = 65536;
const DESCRIPTION_BYTES = 128;
const SLACK = 128;

const upTo = (n: number, step: number): number => Math.ceil(n / step) * step;

/** The size of the next grid: half, rounded up; along an axis that goes around even, so that colours alternate there, too. */
export function coarser(n: number, around: boolean): number {
  return around && n > 1 ? 2 * Math.ceil(n / 4) : Math.ceil(n / 2);
}

export function planConduction(shape: ConductionShape): ConductionPlan {
  const { size, flags, alike, members, reacting = false } = shape;
  let next = BASE;
  const allocate = (bytes: number): number => {
    const at = upTo(next, 64) + 64;
    next = at + bytes + SLACK;
    return at;
  };
  const around = [flags & FLAGS.aroundZ, flags & FLAGS.aroundY, flags & FLAGS.aroundX].map((flag) => flag !== 0);
  const sizes: Triple[] = [size];
  for (;;) {
    const last = sizes.at(-1)!;
    const half = last.map((n, k) => coarser(n, around[k]!)) as unknown as Triple;
    if (half.every((n, k) => n === last[k])) break;
    sizes.push(half);
  }
  const longest = upTo(Math.ceil(size[2] / 2) + 2, 4) * 4;
  const zero = allocate(longest + 64);
  const far = allocate(longest + 64);
  const sums = allocate(size[0] * 12 * 8 + 64);
  const table = allocate(1024);
  const scratch = Array.from({ length: members }, () => allocate(2 * longest + 512));
  const grids = sizes.map((one, k): Grid => {
    const width = Math.ceil(one[2] / 2);
    const row = 4 * upTo(width + 2, 4);
    const packed = one[1] * row + 16;
    // Planes that are a multiple of 4 KiB apart push each other out of the cache.
    const plane = packed + (packed % 4096 < 64 ? 64 : 0);
    const colour = upTo((k === 0 ? one[0] : one[0] + 1) * plane + 64, 64);
    const at = allocate(DESCRIPTION_BYTES);
    const material = allocate(k === 0 && alike ? colour / 2 : 2 * colour);
    const fields = Array.from({ length: k === 0 ? (reacting ? 6 : 4) : 2 }, () => allocate(2 * colour));
    const faces = k === 0 ? [] : Array.from({ length: 3 }, () => allocate(2 * colour));
    const after = sizes[k + 1] ?? one;
    const pairs = one.map((n, axis) => n - after[axis]!) as unknown as Triple;
    return { size: one, width, row, plane, colour, pairs, at, material, fields, faces };
  });
  const walls = reacting && !alike ? allocate(2 * grids[0]!.colour) : 0;
  const [, , p, z] = grids[0]!.fields as [number, number, number, number];
  const stride = upTo(size[2] + 2, 16);
  const words = Math.ceil(size[2] / 64);
  const bits = upTo(size[0] * size[1] * words * 8, 64);
  return {
    ...shape,
    grids,
    walls,
    zero,
    far,
    rowBytes: longest + 64,
    sums,
    table,
    scratch,
    voxels: p,
    stride,
    words,
    free: z,
    marks: z + bits,
    dirty: z + 2 * bits,
    bytes: next,
  };
}
