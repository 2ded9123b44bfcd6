import type { Shape } from "#src/core/shape.js";

/** Chords along one axis: numbers by length of those between walls and of cut ones, and how many walls they end at. */
export interface Chords {
  whole: Map<number, number>;
  cut: Map<number, number>;
  walls: number;
}

/** Walks along every line. @param kinds 0 wall, 1 phase, 2 beyond the sample */
export function chords(shape: Shape, kinds: ArrayLike<number>, axis: 0 | 1 | 2): Chords {
  const found: Chords = { whole: new Map(), cut: new Map(), walls: 0 };
  const strides = [shape[1] * shape[2], shape[2], 1];
  const count = shape[0] * shape[1] * shape[2];
  for (let first = 0; first < count; first++) {
    const place = Math.floor(first / strides[axis]!) % shape[axis];
    if (place !== 0) continue;
    let [run, start] = [0, 2];
    for (let k = 0; k <= shape[axis]; k++) {
      const kind = k < shape[axis] ? kinds[first + k * strides[axis]!]! : 2;
      if (kind === 1) run++;
      else {
        if (run > 0) {
          const into = start === 0 && kind === 0 ? found.whole : found.cut;
          into.set(run, (into.get(run) ?? 0) + 1);
          found.walls += (start === 0 ? 1 : 0) + (kind === 0 ? 1 : 0);
        }
        [run, start] = [0, kind];
      }
    }
  }
  return found;
}
