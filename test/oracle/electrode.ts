/** The impedance of pores whose walls store charge, from the definition: one complex balance a voxel, solved by elimination. */
import type { Triple } from "#src/core/shape.js";

/** Pore voxels that are connected with the first plane along `axis`, and the neighbours of a voxel with the axis towards each. */
function connectedPores(pores: Uint8Array, shape: Triple, axis: number, periodic: boolean) {
  const [nz, ny, nx] = shape;
  const at = (k: number): number[] => [Math.floor(k / (ny * nx)), Math.floor(k / nx) % ny, k % nx];
  const index = (a: readonly number[]): number => (a[0]! * ny + a[1]!) * nx + a[2]!;
  const around = (k: number): [towards: number, k: number][] =>
    [0, 1, 2].flatMap((n) =>
      [-1, 1].flatMap((way): [number, number][] => {
        const a = at(k);
        a[n]! += way;
        if (a[n]! < 0 || a[n]! >= shape[n]!) {
          if (!periodic || n === axis || shape[n] === 1) return [];
          a[n] = (a[n]! + shape[n]!) % shape[n]!;
        }
        return [[n, index(a)]];
      }),
    );
  const places: number[] = [];
  for (let k = 0; k < nz * ny * nx; k++) if (pores[k] === 1 && at(k)[axis] === 0) places.push(k);
  const seen = new Set(places);
  for (let n = 0; n < places.length; n++)
    for (const [, k] of around(places[n]!)) {
      if (pores[k] !== 1 || seen.has(k)) continue;
      seen.add(k);
      places.push(k);
    }
  return { places, around, isFirst: (k: number) => at(k)[axis] === 0 };
}

/** Areas of the faces across z, y, x of a voxel. */
const areasOf = (edges: Triple): number[] => edges.map((edge) => (edges[0] * edges[1] * edges[2]) / edge);

/** Area of the faces between pores that are connected with the first plane and what is no pore, over the volume of all voxels. */
export function wallsPerVolume(
  pores: Uint8Array,
  shape: Triple,
  axis: number,
  periodic: boolean,
  edges: Triple,
): number {
  const { places, around } = connectedPores(pores, shape, axis, periodic);
  const areas = areasOf(edges);
  let sum = 0;
  for (const k of places) for (const [n, other] of around(k)) if (pores[other] !== 1) sum += areas[n]!;
  return sum / (pores.length * edges[0] * edges[1] * edges[2]);
}

/**
 * Impedance, over the resistivity, seen from a potential half a voxel before the first plane along `axis`: neighbours exchange the area
 * of their face over the distance of their centres, and each face between a pore voxel and another one takes iω times its area times
 * the potential of the pore. For cubes of the edge 1 in units of one over the conductance of a face.
 * @param edges of a voxel along z, y, x
 */
export function poreImpedance(
  pores: Uint8Array,
  shape: Triple,
  axis: number,
  periodic: boolean,
  frequency: number,
  edges: Triple = [1, 1, 1],
): readonly [number, number] {
  const { places, around, isFirst } = connectedPores(pores, shape, axis, periodic);
  const number = new Map(places.map((k, n) => [k, n]));
  const areas = areasOf(edges);
  const n = places.length;
  const first = areas[axis]! / (edges[axis]! / 2);
  const re = places.map(() => new Float64Array(n + 1));
  const im = places.map(() => new Float64Array(n + 1));
  for (const [row, k] of places.entries()) {
    if (isFirst(k)) {
      re[row]![row]! += first;
      re[row]![n]! += first;
    }
    for (const [towards, other] of around(k)) {
      const conductance = areas[towards]! / edges[towards]!;
      if (pores[other] === 1) {
        re[row]![row]! += conductance;
        re[row]![number.get(other)!]! -= conductance;
      } else im[row]![row]! += frequency * areas[towards]!;
    }
  }
  for (let p = 0; p < n; p++) {
    const square = re[p]![p]! ** 2 + im[p]![p]! ** 2;
    for (let row = 0; row < n; row++) {
      if (row === p || (re[row]![p] === 0 && im[row]![p] === 0)) continue;
      const a = (re[row]![p]! * re[p]![p]! + im[row]![p]! * im[p]![p]!) / square;
      const b = (im[row]![p]! * re[p]![p]! - re[row]![p]! * im[p]![p]!) / square;
      for (let c = p; c <= n; c++) {
        re[row]![c]! -= a * re[p]![c]! - b * im[p]![c]!;
        im[row]![c]! -= a * im[p]![c]! + b * re[p]![c]!;
      }
    }
  }
  let [real, imaginary] = [0, 0];
  for (const [row, k] of places.entries()) {
    if (!isFirst(k)) continue;
    const [a, b, c, d] = [re[row]![n]!, im[row]![n]!, re[row]![row]!, im[row]![row]!];
    const square = c * c + d * d;
    real += first * (1 - (a * c + b * d) / square);
    imaginary -= (first * (b * c - a * d)) / square;
  }
  const square = real ** 2 + imaginary ** 2;
  return [real / square, -imaginary / square];
}

/** A ladder of resistances and capacities, as TauFactor evaluates it: each resistance before its capacity. */
export function ladderImpedance(
  resistances: readonly number[],
  capacities: readonly number[],
  frequency: number,
): [number, number] {
  let admittance: [number, number] = [0, 0];
  let z: [number, number] = [0, 0];
  for (let k = resistances.length - 1; k >= 0; k--) {
    const [a, b] = [admittance[0], admittance[1] + frequency * capacities[k]!];
    const square = a * a + b * b;
    // Nothing behind, and no capacity: no current.
    z = square === 0 ? [1e50, 0] : [resistances[k]! + a / square, -b / square];
    const length = z[0] ** 2 + z[1] ** 2;
    admittance = [z[0] / length, -z[1] / length];
  }
  return z;
}
