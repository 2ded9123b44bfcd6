/**
 * Sets of voxels as runs along one axis: what a brush covers, and what an edit has changed. The page draws them, the kernel changes
 * labels by them, and on the wire they take about two bytes a run.
 */
import { InvalidArgument } from "../../src/core/errors.js";
import type { Region, Shape, Triple } from "../../src/core/shape.js";

/** Voxels as runs, in ascending order and without overlap. */
export interface Runs {
  /** The axis along which they go: 0, 1, 2 for z, y, x. */
  readonly along: 0 | 1 | 2;
  /** Four numbers a run: z, y, x of its first voxel, and how many follow it along the axis, itself included. */
  readonly list: Int32Array;
}

/** The two axes across the runs, the slower one first. */
const ACROSS: readonly (readonly [0 | 1 | 2, 0 | 1 | 2])[] = [
  [1, 2],
  [0, 2],
  [0, 1],
];

/** Collects intervals of rows and joins those that touch. */
class Rows {
  readonly #rows = new Map<number, [from: number, to: number][]>();

  constructor(
    readonly along: 0 | 1 | 2,
    readonly shape: Shape,
  ) {}

  /** Voxels `from` to `to` (both included) of the row at `slow`, `fast`; what is outside the volume is left out. */
  add(slow: number, fast: number, from: number, to: number): void {
    const [a, b] = ACROSS[this.along]!;
    if (slow < 0 || fast < 0 || slow >= this.shape[a] || fast >= this.shape[b]) return;
    const start = Math.max(0, from);
    const end = Math.min(this.shape[this.along] - 1, to);
    if (start > end) return;
    const row = slow * this.shape[b] + fast;
    const known = this.#rows.get(row);
    if (known === undefined) this.#rows.set(row, [[start, end]]);
    else known.push([start, end]);
  }

  runs(): Runs {
    const [a, b] = ACROSS[this.along]!;
    const out: number[] = [];
    for (const row of [...this.#rows.keys()].sort((p, q) => p - q)) {
      const place: [number, number, number] = [0, 0, 0];
      place[a] = Math.floor(row / this.shape[b]);
      place[b] = row % this.shape[b];
      const spans = this.#rows.get(row)!.sort((p, q) => p[0] - q[0]);
      for (let k = 0; k < spans.length; ) {
        const [from] = spans[k]!;
        let [, to] = spans[k]!;
        for (k++; k < spans.length && spans[k]![0] <= to + 1; k++) to = Math.max(to, spans[k]![1]);
        place[this.along] = from;
        out.push(...place, to - from + 1);
      }
    }
    return { along: this.along, list: Int32Array.from(out) };
  }
}

/**
 * What a brush covers on its way through some voxels: all voxels whose centre lies in an ellipsoid around a point of the way. Between
 * points it goes straight, in steps of at most half a voxel or an eighth of the brush.
 * @param way voxels z, y, x, with fractions; x.0 is a voxel's edge
 * @param radii of the brush in voxels along z, y, x; 0 along the axis across which a disc lies
 */
export function strokeRuns(way: readonly Triple[], radii: Triple, shape: Shape): Runs {
  const across = radii.indexOf(0);
  const along = across === 2 ? 1 : 2;
  const rows = new Rows(along, shape);
  const [a, b] = ACROSS[along]!;
  const step = Math.max(0.5, Math.max(...radii) / 8);
  const wide = (k: number): number => Math.max(0.5, radii[k]!);
  const stamp = (at: Triple): void => {
    // A disc lies in the plane of the voxel that it was put on; a brush thinner than a voxel covers the one it points at.
    const centre = at.map((n, k) => (radii[k]! < 0.5 ? Math.floor(n) + 0.5 : n)) as unknown as Triple;
    for (let p = Math.floor(centre[a] - wide(a)); p < centre[a] + wide(a); p++)
      for (let q = Math.floor(centre[b] - wide(b)); q < centre[b] + wide(b); q++) {
        const rest = 1 - ((p + 0.5 - centre[a]) / wide(a)) ** 2 - ((q + 0.5 - centre[b]) / wide(b)) ** 2;
        if (rest < 0) continue;
        const far = wide(along) * Math.sqrt(rest);
        rows.add(p, q, Math.ceil(centre[along] - far - 0.5), Math.floor(centre[along] + far - 0.5));
      }
  };
  for (const [k, to] of way.entries()) {
    const from = way[Math.max(0, k - 1)]!;
    const length = Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]);
    const steps = Math.ceil(length / step);
    for (let n = k === 0 ? 0 : 1; n <= steps; n++) {
      const t = steps === 0 ? 1 : n / steps;
      stamp(from.map((value, axis) => value + (to[axis]! - value) * t) as unknown as Triple);
    }
  }
  return rows.runs();
}

/** Runs of the voxels of a box for which `is` holds. @param is takes the place in the box's C order */
export function runsWhere(box: Region, shape: Shape, is: (index: number) => boolean): Runs {
  const rows = new Rows(2, shape);
  const [z0, y0, x0] = box.start;
  let k = 0;
  for (let z = z0; z < box.stop[0]; z++)
    for (let y = y0; y < box.stop[1]; y++)
      for (let x = x0, from = -1; x <= box.stop[2]; x++) {
        const inside = x < box.stop[2] && is(k++);
        if (inside && from < 0) from = x;
        else if (!inside && from >= 0) {
          rows.add(z, y, from, x - 1);
          from = -1;
        }
      }
  return rows.runs();
}

/** The smallest box around runs; undefined if there are none. */
export function boxOf({ along, list }: Runs): Region | undefined {
  if (list.length === 0) return undefined;
  const start: [number, number, number] = [list[0]!, list[1]!, list[2]!];
  const stop: [number, number, number] = [...start];
  for (let k = 0; k < list.length; k += 4)
    for (const axis of [0, 1, 2] as const) {
      const from = list[k + axis]!;
      start[axis] = Math.min(start[axis], from);
      stop[axis] = Math.max(stop[axis], from + (axis === along ? list[k + 3]! : 1));
    }
  return { start, stop };
}

/** Bytes: the axis, then for each run how far its row is from the one before, its gap in the row, and its length less one. */
export function encodeRuns({ along, list }: Runs, shape: Shape): Uint8Array<ArrayBuffer> {
  const [a, b] = ACROSS[along]!;
  const out: number[] = [along];
  const put = (value: number): void => {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
    out.push(rest);
  };
  let row = 0;
  let end = 0;
  for (let k = 0; k < list.length; k += 4) {
    const own = list[k + a]! * shape[b] + list[k + b]!;
    if (own !== row) end = 0;
    put(own - row);
    put(list[k + along]! - end);
    put(list[k + 3]! - 1);
    row = own;
    end = list[k + along]! + list[k + 3]!;
  }
  return Uint8Array.from(out);
}

/**
 * Runs of bytes that {@link encodeRuns} made, perhaps in a page that says anything.
 * @throws InvalidArgument unless all of them lie inside the shape
 */
export function decodeRuns(bytes: Uint8Array, shape: Shape): Runs {
  const refuse = (why: string): never => {
    throw new InvalidArgument(`these runs of voxels ${why}; they must lie inside ${shape.join(" × ")}`);
  };
  const along = bytes[0] as 0 | 1 | 2;
  if (!(along <= 2)) return refuse("name no axis");
  const [a, b] = ACROSS[along]!;
  let at = 1;
  const take = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || scale > 2 ** 42) return refuse("are cut off");
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const out: number[] = [];
  let row = 0;
  let end = 0;
  while (at < bytes.length) {
    const down = take();
    if (down > 0) end = 0;
    row += down;
    const from = end + take();
    const length = take() + 1;
    end = from + length;
    if (row >= shape[a] * shape[b] || end > shape[along]) return refuse("leave the volume");
    const place: [number, number, number, number] = [0, 0, 0, length];
    place[a] = Math.floor(row / shape[b]);
    place[b] = row % shape[b];
    place[along] = from;
    out.push(...place);
  }
  return { along, list: Int32Array.from(out) };
}

/** Calls `voxel` with z, y, x of each voxel. */
export function eachVoxel({ along, list }: Runs, voxel: (z: number, y: number, x: number) => void): void {
  for (let k = 0; k < list.length; k += 4) {
    const place: [number, number, number] = [list[k]!, list[k + 1]!, list[k + 2]!];
    for (let n = list[k + 3]!; n > 0; n--, place[along]++) voxel(...place);
  }
}
