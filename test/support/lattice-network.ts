/** Networks made of numbers: lattices of pores. */
import { trace } from "#src/core/provenance.js";
import type { Triple } from "#src/core/shape.js";
import { buildNetwork } from "#src/network/build-network.js";
import type { PoreNetwork } from "#src/network/network.js";

/** What a lattice is made of. */
export interface LatticeOptions {
  /** Distance of the middles. */
  pitch?: number;
  pore?: number | ((at: Triple) => number);
  throat?: number | ((a: Triple, b: Triple) => number);
  /** Leaves throats out. */
  without?: (a: Triple, b: Triple) => boolean;
  spacing?: Triple;
}

const chosen = <T extends unknown[]>(value: number | ((...at: T) => number), ...at: T): number =>
  typeof value === "number" ? value : value(...at);

/** A cubic lattice whose outermost pores lie at the faces of its volume, and are their boundary pores. */
export function latticeNetwork(counts: Triple, options: LatticeOptions = {}): PoreNetwork {
  const { pitch = 10, pore = 6, throat = 2, without = () => false, spacing } = options;
  const places: Triple[] = [];
  for (let z = 0; z < counts[0]; z++)
    for (let y = 0; y < counts[1]; y++) for (let x = 0; x < counts[2]; x++) places.push([z, y, x]);
  const rowOf = ([z, y, x]: Triple): number => (z * counts[1] + y) * counts[2] + x;
  const pairs: [Triple, Triple][] = places.flatMap((at) =>
    ([0, 1, 2] as const).flatMap((axis): [Triple, Triple][] => {
      const next = at.map((n, k) => (k === axis ? n + 1 : n)) as unknown as Triple;
      return next[axis]! < counts[axis]! && !without(at, next) ? [[at, next]] : [];
    }),
  );
  const names = ["z", "y", "x"];
  const touches = places.map((at) =>
    at
      .flatMap((n, axis) => [
        ...(n === 0 && counts[axis]! > 1 ? [`${names[axis]} low`] : []),
        ...(n === counts[axis]! - 1 && counts[axis]! > 1 ? [`${names[axis]} high`] : []),
      ])
      .join(", "),
  );
  return buildNetwork(
    {
      z: Float64Array.from(places, ([z]) => z * pitch),
      y: Float64Array.from(places, ([, y]) => y * pitch),
      x: Float64Array.from(places, ([, , x]) => x * pitch),
      volume: new Float64Array(places.length).fill(1),
      diameter: Float64Array.from(places, (at) => chosen(pore, at)),
      face: places.map(() => ""),
      touches,
      one: Int32Array.from(pairs, ([a]) => rowOf(a)),
      other: Int32Array.from(pairs, ([, b]) => rowOf(b)),
      throatDiameter: Float64Array.from(pairs, ([a, b]) => chosen(throat, a, b)),
      pores: [],
      throats: [],
    },
    {
      shape: counts.map((n) => Math.max(1, (n - 1) * pitch)) as unknown as Triple,
      spacing,
      porosity: 0.3,
      provenance: trace("lattice", { counts }),
    },
  );
}
