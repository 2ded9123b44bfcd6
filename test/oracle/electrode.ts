/** The impedance of pores whose walls store charge, from the definition: one complex balance a voxel, solved by elimination. */
import type { Triple } from "#src/core/shape.js";

/**
 * Impedance, in units of one over the conductance of a face, seen from a potential half a voxel before the first plane along `axis`.
 * Each face between a pore voxel and another one takes iω times the potential of the pore.
 */
export function poreImpedance(
  pores: Uint8Array,
  shape: Triple,
  axis: number,
  periodic: boolean,
  frequency: number,
): readonly [number, number] {
  const [nz, ny, nx] = shape;
  const places: number[] = [];
  const number = new Map<number, number>();
  // Only what is connected with the first face.
  const at = (k: number): number[] => [Math.floor(k / (ny * nx)), Math.floor(k / nx) % ny, k % nx];
  const index = (a: readonly number[]): number => (a[0]! * ny + a[1]!) * nx + a[2]!;
  const around = (k: number): (number | undefined)[] =>
    [0, 1, 2].flatMap((n) =>
      [-1, 1].map((way) => {
        const a = at(k);
        a[n]! += way;
        if (a[n]! < 0 || a[n]! >= shape[n]!) {
          if (!periodic || n === axis || shape[n] === 1) return undefined;
          a[n] = (a[n]! + shape[n]!) % shape[n]!;
        }
        return index(a);
      }),
    );
  for (let k = 0; k < nz * ny * nx; k++) if (pores[k] === 1 && at(k)[axis] === 0) places.push(k);
  for (let n = 0; n < places.length; n++) {
    number.set(places[n]!, n);
    for (const k of around(places[n]!)) if (k !== undefined && pores[k] === 1 && !places.includes(k)) places.push(k);
  }
  const n = places.length;
  const re = places.map(() => new Float64Array(n + 1));
  const im = places.map(() => new Float64Array(n + 1));
  for (const [row, k] of places.entries()) {
    if (at(k)[axis] === 0) {
      re[row]![row]! += 2;
      re[row]![n]! += 2;
    }
    for (const other of around(k)) {
      if (other === undefined) continue;
      if (pores[other] === 1) {
        re[row]![row]! += 1;
        re[row]![number.get(other)!]! -= 1;
      } else im[row]![row]! += frequency;
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
    if (at(k)[axis] !== 0) continue;
    const [a, b, c, d] = [re[row]![n]!, im[row]![n]!, re[row]![row]!, im[row]![row]!];
    const square = c * c + d * d;
    real += 2 * (1 - (a * c + b * d) / square);
    imaginary -= (2 * (b * c - a * d)) / square;
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
