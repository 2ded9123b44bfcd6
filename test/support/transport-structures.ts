/** Structures whose conductivity is known, as voxels. */

/** Voxels of a function of place. */
export function structure(
  shape: readonly [number, number, number],
  at: (z: number, y: number, x: number) => number,
): Uint8Array {
  const out = new Uint8Array(shape[0] * shape[1] * shape[2]);
  let k = 0;
  for (let z = 0; z < shape[0]; z++)
    for (let y = 0; y < shape[1]; y++) for (let x = 0; x < shape[2]; x++) out[k++] = at(z, y, x);
  return out;
}

/** Spheres in a face-centred cubic cell that overlap by a twentieth of their distance: 1 between them, 0 inside. */
export function faceCentredPores(n: number): Uint8Array {
  const radius = (0.25 * Math.SQRT2 * n) / (1 - 0.5 * 0.05);
  const centres: number[][] = [];
  for (const a of [0, 1]) for (const b of [0, 1]) for (const c of [0, 1]) centres.push([a * n, b * n, c * n]);
  for (const k of [0, 1, 2])
    for (const side of [0, n]) centres.push([0, 1, 2].map((axis) => (axis === k ? side : n / 2)));
  return structure([n, n, n], (z, y, x) =>
    centres.some(([a, b, c]) => (z - a! + 0.5) ** 2 + (y - b! + 0.5) ** 2 + (x - c! + 0.5) ** 2 <= radius ** 2) ? 0 : 1,
  );
}

/** Stripes of half of an edge's length, at 45° in the plane of z and y: 1 and 0. `features` times over. */
export const diagonals = (n: number, features = 1): Uint8Array =>
  structure([n, n, n], (z, y) => Math.floor((z + y) / (n / (2 * features))) % 2);

/** Diagonals up to the middle, and back. */
export function zigzag(n: number): Uint8Array {
  return structure([n, n, n], (z, y) => Math.floor(((z < n / 2 ? z : n - 1 - z) + y) / (n / 2)) % 2);
}
