import type { Shape, Triple } from "#src/core/shape.js";

/** A region of a partition, from its definition. */
export interface SlowPore {
  label: number;
  voxels: number;
  centroid: Triple;
  /** Radius of the largest ball, to which the faces of the volume are walls. */
  inscribed: number;
  /** Largest distance to the wall. */
  extended: number;
  /** Faces to the wall across z, y, x. */
  walls: Triple;
  touches: boolean[];
}

/** Where two regions touch; `high` of a face of the volume is −1 − its number. */
export interface SlowThroat {
  low: number;
  high: number;
  voxels: number;
  rim: number;
  inscribed: number;
  place: number;
  /** Faces across z, y, x: forward less back. */
  signed: Triple;
}

/** Pores and throats of labels, each voxel looked at for itself. @param wall distances to the nearest voxel of label 0 */
export function slowNetwork(
  labels: ArrayLike<number>,
  wall: ArrayLike<number>,
  shape: Shape,
  steps: Triple,
): { pores: SlowPore[]; throats: SlowThroat[] } {
  const [depth, height, width] = shape;
  const at = ([z, y, x]: readonly number[]): number =>
    z! < 0 || y! < 0 || x! < 0 || z! >= depth || y! >= height || x! >= width ? -1 : (z! * height + y!) * width + x!;
  const placeOf = (k: number): Triple => [Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width];
  const all = Array.from(labels, (_, k) => k);
  const pores: SlowPore[] = [];
  const throats: SlowThroat[] = [];
  const used = [...new Set(Array.from(labels))].filter((label) => label > 0).sort((a, b) => a - b);
  // Voxels of the volume, and a layer around it along the axes that count.
  const around: Triple[] = [];
  const margin = shape.map((n) => (n > 1 ? 1 : 0));
  for (let z = -margin[0]!; z < depth + margin[0]!; z++)
    for (let y = -margin[1]!; y < height + margin[1]!; y++)
      for (let x = -margin[2]!; x < width + margin[2]!; x++) around.push([z, y, x]);
  for (const label of used) {
    const own = all.filter((k) => labels[k] === label);
    const others = around.filter((place) => at(place) < 0 || labels[at(place)] !== label);
    const far = (k: number): number => {
      const from = placeOf(k);
      return Math.min(...others.map((to) => Math.hypot(...to.map((n, axis) => (n - from[axis]!) * steps[axis]!))));
    };
    const pore: SlowPore = {
      label,
      voxels: own.length,
      centroid: [0, 1, 2].map(
        (axis) => own.reduce((sum, k) => sum + placeOf(k)[axis]!, 0) / own.length,
      ) as unknown as Triple,
      inscribed: Math.max(...own.map(far)),
      extended: Math.max(...own.map((k) => wall[k]!)),
      walls: [0, 0, 0],
      touches: Array.from({ length: 6 }, () => false),
    };
    const found = new Map<number, SlowThroat & { seen: Set<number> }>();
    const walls: number[] = [0, 0, 0];
    for (const k of own)
      for (let side = 0; side < 6; side++) {
        const axis = side >> 1;
        if (shape[axis] === 1) continue;
        const step = side & 1 ? 1 : -1;
        const next = [...placeOf(k)];
        next[axis]! += step;
        const other = at(next) < 0 ? -1 - side : labels[at(next)]!;
        if (other < 0) pore.touches[side] = true;
        if (other === 0) walls[axis]!++;
        if (other === 0 || other >= label) continue;
        const throat = found.get(other) ?? {
          low: other < 0 ? label : other,
          high: other < 0 ? other : label,
          voxels: 0,
          rim: 0,
          inscribed: -1,
          place: -1,
          signed: [0, 0, 0] as Triple,
          seen: new Set<number>(),
        };
        found.set(other, throat);
        throat.signed = throat.signed.map((n, a) => (a === axis ? n + step : n)) as unknown as Triple;
        throat.seen.add(k);
      }
    pore.walls = walls as unknown as Triple;
    for (const { seen, ...throat } of found.values()) {
      const voxels = [...seen].sort((a, b) => a - b);
      const deepest = Math.max(...voxels.map((k) => wall[k]!));
      throats.push({
        ...throat,
        voxels: voxels.length,
        rim: voxels.filter((k) => wall[k]! < 2 * Math.min(...steps)).length,
        inscribed: deepest,
        place: voxels.find((k) => wall[k] === deepest)!,
      });
    }
    pores.push(pore);
  }
  const last = ({ high }: SlowThroat): number => (high < 0 ? -high : 0);
  throats.sort((a, b) => last(a) - last(b) || a.low - b.low || a.high - b.high);
  return { pores, throats };
}
