import type { Shape } from "#src/core/shape.js";

/** A box of labels, −1 where nothing counts. */
interface Box {
  readonly shape: Shape;
  readonly labels: readonly number[];
}

type Step = readonly [z: number, y: number, x: number];

/** The nine planes of 3 × 3 × 3 through a voxel. */
const PLANES: readonly (readonly Step[])[] = (() => {
  const near = [-1, 0, 1];
  const all = near.flatMap((z) => near.flatMap((y) => near.map((x): Step => [z, y, x])));
  const are: ((step: Step) => boolean)[] = [
    ([z]) => z === 0,
    ([, y]) => y === 0,
    ([, , x]) => x === 0,
    ([, y, x]) => y === x,
    ([, y, x]) => y === -x,
    ([z, , x]) => z === x,
    ([z, , x]) => z === -x,
    ([z, y]) => z === y,
    ([z, y]) => z === -y,
  ];
  return are.map((is) => all.filter(is));
})();

/** What stands at a step from a voxel: along an axis of one voxel that itself; −1 beyond the faces. */
function at({ shape, labels }: Box, k: number, step: Step): number {
  const place = [Math.floor(k / (shape[1] * shape[2])), Math.floor(k / shape[2]) % shape[1], k % shape[2]];
  const there = place.map((n, axis) => (shape[axis] === 1 ? n : n + step[axis]!));
  if (there.some((n, axis) => n < 0 || n >= shape[axis]!)) return -1;
  return labels[(there[0]! * shape[1] + there[1]!) * shape[2] + there[2]!]!;
}

/** The supremum over the planes of the infimum over a plane, or the other way round. */
function operator(box: Box, supremumFirst: boolean, closed: boolean): number[] {
  return box.labels.map((own, k) => {
    if (own < 0) return own;
    const planes = PLANES.map((plane) => {
      const values = plane.map((step) => at(box, k, step)).map((value) => (value < 0 && closed ? 0 : value));
      const there = values.filter((value) => value >= 0);
      return supremumFirst ? Math.max(...there) : Math.min(...there);
    });
    return supremumFirst ? Math.min(...planes) : Math.max(...planes);
  });
}

/** Curvature: by turns the infimum of suprema and then the supremum of infima, or these the other way round. */
function smoothed(box: Box, turns: readonly boolean[], closed: boolean): number[] {
  let { labels } = box;
  for (const supremaFirst of turns)
    for (const supremum of [supremaFirst, !supremaFirst])
      labels = operator({ shape: box.shape, labels }, supremum, closed);
  return [...labels];
}

const AXES: readonly Step[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];
const back = ([z, y, x]: Step): Step => [-z, -y, -x];

/** Labels and values before and after a voxel along an axis; where nothing counts, its own. */
function around(box: Box, values: readonly number[], k: number, axis: Step) {
  const own = box.labels[k]!;
  const steps = [back(axis), axis] as const;
  const found = steps.map((step) => {
    const label = at(box, k, step);
    if (label < 0) return { label: own, value: values[k]!, counts: false };
    const { shape } = box;
    const there = step.map((n, a) => (shape[a] === 1 ? 0 : n));
    const next = k + (there[0]! * shape[1] + there[1]!) * shape[2] + there[2]!;
    return { label, value: values[next]!, counts: true };
  });
  return found as [(typeof found)[0], (typeof found)[0]];
}

export interface ContourOptions {
  readonly iterations: number;
  readonly smoothing: number;
  readonly closed: boolean;
}

const turnsOf = (iteration: number, smoothing: number): boolean[] =>
  Array.from({ length: smoothing }, (_, k) => (iteration * smoothing + k) % 2 === 0);

/** Chan and Vese, for any number of classes. */
export function chanVese(
  shape: Shape,
  values: readonly number[],
  start: readonly number[],
  { iterations, smoothing, closed, weights }: ContourOptions & { readonly weights: readonly number[] },
): number[] {
  let labels = [...start];
  let means: number[] = [];
  for (let k = 0; k < iterations; k++) {
    means = weights.map((_, label) => {
      const own = values.filter((_, at) => labels[at] === label);
      return own.length === 0 ? means[label]! : own.reduce((sum, value) => sum + value, 0) / own.length;
    });
    const box = { shape, labels };
    const moved = labels.map((own, at) => {
      if (own < 0) return own;
      const pairs = AXES.map((axis) => around(box, values, at, axis));
      if (pairs.every(([a, b]) => a.label === b.label)) return own;
      const cost = (label: number): number => weights[label]! * (values[at]! - means[label]!) ** 2;
      const classes = [...new Set(pairs.flat().map(({ label }) => label))].sort((a, b) => a - b);
      const least = Math.min(cost(own), ...classes.map(cost));
      return cost(own) === least ? own : classes.find((label) => cost(label) === least)!;
    });
    labels = smoothed({ shape, labels: moved }, turnsOf(k, smoothing), closed);
  }
  return labels;
}

/** The geodesic contour of labels 0 and 1. */
export function geodesicContour(
  shape: Shape,
  values: readonly number[],
  start: readonly number[],
  { iterations, smoothing, closed, balloon, threshold }: ContourOptions & { balloon: number; threshold: number },
): number[] {
  let labels = [...start];
  const near = [-1, 0, 1];
  const cube = near.flatMap((z) => near.flatMap((y) => near.map((x): Step => [z, y, x])));
  for (let k = 0; k < iterations; k++) {
    let box: Box = { shape, labels };
    if (balloon !== 0)
      labels = labels.map((own, place) => {
        if (own < 0 || !(values[place]! > threshold / Math.abs(balloon))) return own;
        const there = cube.map((step) => at(box, place, step)).map((value) => (value < 0 && closed ? 0 : value));
        const counted = there.filter((value) => value >= 0);
        return balloon > 0 ? Math.max(...counted) : Math.min(...counted);
      });
    box = { shape, labels };
    const moved = labels.map((own, place) => {
      if (own < 0) return own;
      let pull = 0;
      for (const axis of AXES) {
        const [a, b] = around(box, values, place, axis);
        const half = a.counts && b.counts ? 2 : 1;
        pull += ((b.value - a.value) / half) * ((b.label - a.label) / half);
      }
      return pull > 0 ? 1 : pull < 0 ? 0 : own;
    });
    labels = smoothed({ shape, labels: moved }, turnsOf(k, smoothing), closed);
  }
  return labels;
}
