/** The best pairing, against all pairings there are. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { bestPairs, type Pairing } from "#src/measure/assignment.js";

const sumOf = (pairs: Int32Array, all: readonly Pairing[]): number =>
  pairs.reduce((sum, column, row) => {
    if (column < 0) return sum;
    return sum + all.find((one) => one.row === row && one.column === column)!.worth;
  }, 0);

/** The greatest worth of all pairings, tried one by one. */
function greatest(row: number, rows: number, all: readonly Pairing[], taken: ReadonlySet<number>): number {
  if (row === rows) return 0;
  let best = greatest(row + 1, rows, all, taken);
  for (const { row: of, column, worth } of all)
    if (of === row && !taken.has(column))
      best = Math.max(best, worth + greatest(row + 1, rows, all, new Set([...taken, column])));
  return best;
}

test("no pairing is worth more, and nobody is in two pairs", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 6 }),
      fc.array(fc.tuple(fc.nat(5), fc.nat(5), fc.double({ min: 0.01, max: 3, noNaN: true })), { maxLength: 24 }),
      (rows, columns, drawn) => {
        const all = [
          ...new Map(drawn.map(([row, column, worth]) => [`${row},${column}`, { row, column, worth }])).values(),
        ].filter(({ row, column }) => row < rows && column < columns);
        const pairs = bestPairs(rows, columns, all);
        const taken = [...pairs].filter((column) => column >= 0);
        expect(new Set(taken).size).toBe(taken.length);
        expect(sumOf(pairs, all)).toBeCloseTo(greatest(0, rows, all, new Set()), 9);
      },
    ),
    { numRuns: 300 },
  );
});

test("a chain of rivals gives way all the way along", () => {
  const all: Pairing[] = Array.from({ length: 2000 }, (_, row) => [
    { row, column: row, worth: 2 },
    { row, column: row + 1, worth: 1.5 },
  ]).flat();
  all.push({ row: 2000, column: 0, worth: 1.8 });
  const pairs = bestPairs(2001, 2001, all);
  // 2000 · 2 + 0 against 1.8 + 2000 · 1.5: the newcomer stays alone; with a better offer it does not.
  expect(pairs[2000]).toBe(-1);
  expect(
    bestPairs(3, 3, [
      { row: 0, column: 0, worth: 2 },
      { row: 0, column: 1, worth: 1.5 },
      { row: 1, column: 0, worth: 1.8 },
    ]),
  ).toEqual(Int32Array.of(1, 0, -1));
});
