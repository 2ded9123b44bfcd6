/** The range of a structure from how much stretches of lines through it differ, as ImageRep compares it with that of correlation. */
import type { Triple } from "../core/shape.js";

/** Probability 0.95 of a normal distribution, as the authors round it for what is seen, and as it is. */
const SEEN = 1.96;
const EXPECTED = 1.959963984540054;
/** Ranges that are tried, and points between them. */
const MOST_RANGE = 150;
const FINE = 50;

/**
 * An image is cut into 1, 2, 4, … parts along each axis; in each part the fraction of every line along y (of a volume: of every plane
 * across x) is taken, and the range found with which independent samples would scatter as much.
 * @param inside 1 in the phase
 */
export function lineRange(inside: Uint8Array, shape: Triple, fraction: number): number {
  const plane = shape[0] === 1;
  const shortest = Math.min(...shape.filter((n) => n > 1));
  const cuts: number[] = [];
  for (let k = 1; k < Math.floor(Math.log2(shortest)) - 5; k++) cuts.unshift(2 ** k);
  const used = [...cuts, 1].slice(-4);
  const side = plane ? shape[2] : shape[1];
  const samples = used.map((cut) => {
    const spread = deviationOfLines(inside, shape, cut);
    return { error: (100 * SEEN * spread) / fraction, size: Math.floor(side / cut) ** (plane ? 1 : 2) };
  });
  const model = (range: number, size: number): number =>
    (100 * EXPECTED * Math.sqrt((fraction * (1 - fraction) * range ** (plane ? 1 : 2)) / size)) / fraction;
  const best = (ranges: readonly number[]): number => {
    const off = ranges.map((range) =>
      samples.reduce((sum, { error, size }) => sum + Math.abs(error - model(range, size)), 0),
    );
    return ranges[off.indexOf(Math.min(...off))]!;
  };
  const coarse = best(Array.from({ length: MOST_RANGE - 1 }, (_, k) => k + 1));
  const middle = coarse <= 1 ? coarse + 0.1 : coarse;
  return best(Array.from({ length: FINE }, (_, k) => middle - 1 + (2 * k) / (FINE - 1)));
}

/** Standard deviation of the fractions of all lines (planes) of all parts. */
function deviationOfLines(inside: Uint8Array, shape: Triple, cut: number): number {
  const [depth, height, width] = shape;
  const parts = shape.map((n) => (n > 1 ? cut : 1));
  const [pz, py, px] = shape.map((n, k) => Math.floor(n / parts[k]!)) as unknown as Triple;
  const columns = px * parts[2]!;
  const sums = new Float64Array(parts[0]! * parts[1]! * columns);
  for (let z = 0; z < Math.min(depth, pz * parts[0]!); z++)
    for (let y = 0; y < Math.min(height, py * parts[1]!); y++) {
      const to = (Math.floor(z / pz) * parts[1]! + Math.floor(y / py)) * columns;
      const from = (z * height + y) * width;
      for (let x = 0; x < columns; x++) sums[to + x]! += inside[from + x]!;
    }
  const values = sums.map((sum) => sum / (pz * py));
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
