/** Shapes and dashes that tell the lines of a chart apart where colours do not: for the page and for the picture alike. */

type Corner = readonly [x: number, y: number];

const circle: readonly Corner[] = Array.from({ length: 16 }, (_, k) => [
  Math.cos((k * Math.PI) / 8),
  Math.sin((k * Math.PI) / 8),
]);

/** Corners of the marks around 0, which reach about 1 far. */
const MARKS: readonly (readonly Corner[])[] = [
  circle,
  [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  [
    [0, -1.1],
    [1.1, 0.85],
    [-1.1, 0.85],
  ],
  [
    [0, -1.25],
    [1.25, 0],
    [0, 1.25],
    [-1.25, 0],
  ],
  [
    [0, 1.1],
    [1.1, -0.85],
    [-1.1, -0.85],
  ],
  [
    [-0.45, -1.2],
    [0.45, -1.2],
    [0.45, 1.2],
    [-0.45, 1.2],
  ],
];

/** Lengths of strokes and gaps. */
const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3], [4, 4], [12, 4]];

export const markOf = (line: number): readonly Corner[] => MARKS[line % MARKS.length]!;
export const dashOf = (line: number): readonly number[] => DASHES[line % DASHES.length]!;

/** Whether a point lies in a mark around 0 of so many pixels. */
export function inMark(line: number, x: number, y: number, radius: number): boolean {
  const corners = markOf(line);
  let inside = false;
  for (const [k, [ax, ay]] of corners.entries()) {
    const [bx, by] = corners[(k + 1) % corners.length]!;
    const [px, py] = [x / radius, y / radius];
    if (ay > py !== by > py && px < ax + ((py - ay) * (bx - ax)) / (by - ay)) inside = !inside;
  }
  return inside;
}

/** The end of an axis from 0 on that `largest` fits under, of 1, 1.5, 2, 3, 4, 5, 6 or 8 · 10ⁿ. */
export function axisEnd(largest: number): number {
  if (!(largest > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  return power * ([1, 1.5, 2, 3, 4, 5, 6, 8].find((n) => n * power >= largest * (1 - 1e-9)) ?? 10);
}
