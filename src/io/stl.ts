/** Binary STL: 80 bytes of header, the number of triangles, then for each a normal, three corners and two unused bytes. */
import { InvalidArgument } from "../core/errors.js";
import type { Mesh } from "../core/mesh.js";

const HEADER = 84;
const TRIANGLE = 50;

/** @param unit is named in the header, for the format itself has no units */
export function stlBytes(meshes: readonly Mesh[], unit: string): Uint8Array {
  const triangles = meshes.reduce((sum, { corners }) => sum + corners.length / 3, 0);
  if (HEADER + TRIANGLE * triangles > 2 ** 31)
    throw new InvalidArgument(`${triangles} triangles are too many for one STL file; give a larger step`);
  const bytes = new Uint8Array(HEADER + TRIANGLE * triangles);
  const view = new DataView(bytes.buffer);
  // A header that begins with "solid" would be read as the text form.
  new TextEncoder().encodeInto(`binary STL by voxbook, lengths in ${unit}`, bytes.subarray(0, 80));
  view.setUint32(80, triangles, true);
  let at = HEADER;
  for (const { positions, corners } of meshes)
    for (let k = 0; k < corners.length; k += 3) {
      const [a, b, c] = [0, 1, 2].map((n) => 3 * corners[k + n]!) as [number, number, number];
      const side = (to: number, n: number): number => positions[to + n]! - positions[a + n]!;
      const across = [0, 1, 2].map((n) => {
        const [p, q] = [(n + 1) % 3, (n + 2) % 3];
        return side(b, p) * side(c, q) - side(b, q) * side(c, p);
      });
      const length = Math.hypot(...across) || 1;
      for (let n = 0; n < 3; n++) view.setFloat32(at + 4 * n, across[n]! / length, true);
      for (const [n, vertex] of [a, b, c].entries())
        for (let m = 0; m < 3; m++) view.setFloat32(at + 12 + 12 * n + 4 * m, positions[vertex + m]!, true);
      at += TRIANGLE;
    }
  return bytes;
}
