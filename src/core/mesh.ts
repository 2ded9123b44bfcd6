/** Surfaces made of triangles. */

/** A surface of triangles that share their corners; seen from outside, the corners of each go round against the clock. */
export interface Mesh {
  /** Name of what it bounds. */
  readonly name: string;
  /** `#rrggbb`. */
  readonly colour: string;
  /** x, y, z of each vertex. */
  readonly positions: Float32Array;
  /** Three vertices a triangle. */
  readonly corners: Uint32Array;
}

/** Directions away from the surface at each vertex: the mean of its triangles', by their areas. */
export function vertexNormals({ positions, corners }: Pick<Mesh, "positions" | "corners">): Float32Array {
  const normals = new Float32Array(positions.length);
  for (let k = 0; k < corners.length; k += 3) {
    const [a, b, c] = [3 * corners[k]!, 3 * corners[k + 1]!, 3 * corners[k + 2]!];
    const [ux, uy, uz] = [0, 1, 2].map((n) => positions[b + n]! - positions[a + n]!) as [number, number, number];
    const [vx, vy, vz] = [0, 1, 2].map((n) => positions[c + n]! - positions[a + n]!) as [number, number, number];
    const across = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    for (const vertex of [a, b, c]) for (let n = 0; n < 3; n++) normals[vertex + n]! += across[n]!;
  }
  for (let k = 0; k < normals.length; k += 3) {
    const length = Math.hypot(normals[k]!, normals[k + 1]!, normals[k + 2]!);
    // A vertex whose triangles are folded onto each other has no direction; any will do.
    if (length === 0) normals[k + 2] = 1;
    else for (let n = 0; n < 3; n++) normals[k + n]! /= length;
  }
  return normals;
}
