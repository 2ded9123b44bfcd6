/**
 * Solves a square system for several right-hand sides at once, by elimination with partial pivots; neither is changed. Cost O(n³).
 * @param matrix rows
 * @param right a row of right-hand sides for each row of the matrix
 * @returns the solutions, one a column; undefined if the matrix is singular to rounding
 */
export function solveLinear(
  matrix: readonly (readonly number[])[],
  right: readonly (readonly number[])[],
): number[][] | undefined {
  const n = matrix.length;
  const rows = matrix.map((row, k) => Float64Array.from([...row, ...right[k]!]));
  const width = rows[0]?.length ?? 0;
  const size = matrix.reduce((most, row) => row.reduce((best, entry) => Math.max(best, Math.abs(entry)), most), 0);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let r = k + 1; r < n; r++) if (Math.abs(rows[r]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = r;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    const chosen = rows[k]!;
    if (!(Math.abs(chosen[k]!) > 1e-13 * size)) return undefined;
    for (let r = k + 1; r < n; r++) {
      const row = rows[r]!;
      const factor = row[k]! / chosen[k]!;
      if (factor !== 0) for (let c = k; c < width; c++) row[c]! -= factor * chosen[c]!;
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    const row = rows[k]!;
    for (let c = n; c < width; c++) {
      let sum = row[c]!;
      for (let j = k + 1; j < n; j++) sum -= row[j]! * rows[j]![c]!;
      row[c] = sum / row[k]!;
    }
  }
  return rows.map((row) => Array.from(row.subarray(n)));
}
