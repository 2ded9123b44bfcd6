/** A number of 32 bits whose bits all depend on all of `x`. */
function mixed(x: number): number {
  let bits = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Numbers from 0 to below 1 of a stream of a seed, always the same ones. */
function randomOf(seed: number, stream: number): () => number {
  const key = mixed(mixed(seed) + Math.imul(stream + 1, 0x9e3779b9));
  let k = 0;
  return () => mixed(key + Math.imul(++k, 0x9e3779b9)) / 2 ** 32;
}

/**
 * A Latin hypercube: points that fill a cube evenly along each of its axes, however many of these there are. The range of each
 * axis is cut into as many equal parts as there are points, and each part holds one point, somewhere inside; which parts of the axes come
 * together is drawn.
 * @returns for each axis the coordinates of the points, from 0 to below 1
 * @see M. D. McKay, R. J. Beckman & W. J. Conover, A comparison of three methods for selecting values of input variables in
 * the analysis of output from a computer code (1979), doi:10.2307/1268522
 */
export function latinHypercube(points: number, axes: number, seed: number): Float64Array[] {
  return Array.from({ length: axes }, (_, axis) => {
    const random = randomOf(seed, axis);
    const parts = Array.from({ length: points }, (_, k) => k);
    for (let k = points - 1; k > 0; k--) {
      const other = Math.floor(random() * (k + 1));
      [parts[k], parts[other]] = [parts[other]!, parts[k]!];
    }
    return Float64Array.from(parts, (part) => Math.min(1 - 2 ** -53, (part + random()) / points));
  });
}
