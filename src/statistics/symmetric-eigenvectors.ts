/**
 * Eigenvalues of a small symmetric matrix with their vectors, the largest first, by Jacobi's cyclic rotations: exact to rounding also
 * where values are equal. Cost O(n³) a sweep, some eight sweeps.
 * @param matrix rows; it is not changed
 * @see G. H. Golub & C. F. Van Loan, Matrix Computations (2013), §8.5
 */
export function symmetricEigenvectors(
  matrix: readonly (readonly number[])[],
): { readonly value: number; readonly vector: readonly number[] }[] {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v = a.map((_, row) => a.map((_, column) => (row === column ? 1 : 0)));
  for (let sweep = 0; sweep < 50; sweep++) {
    let [off, all] = [0, 0];
    for (let p = 0; p < n; p++)
      for (let q = 0; q < n; q++) {
        all += Math.abs(a[p]![q]!);
        if (q !== p) off += Math.abs(a[p]![q]!);
      }
    if (off <= 1e-17 * all) break;
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, v, p, q);
  }
  return a
    .map((row, k) => ({ value: row[k]!, vector: v.map((line) => line[k]!) }))
    .sort((one, other) => other.value - one.value);
}

/** Turns the plane of two axes so that the entry between them becomes 0. */
function rotate(a: number[][], v: number[][], p: number, q: number): void {
  const between = a[p]![q]!;
  if (between === 0) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * between);
  const tangent = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  for (const rows of [a, v])
    for (const row of rows) {
      const [at, to] = [row[p]!, row[q]!];
      row[p] = cosine * at - sine * to;
      row[q] = sine * at + cosine * to;
    }
  for (let k = 0; k < a.length; k++) {
    const [at, to] = [a[p]![k]!, a[q]![k]!];
    a[p]![k] = cosine * at - sine * to;
    a[q]![k] = sine * at + cosine * to;
  }
}
