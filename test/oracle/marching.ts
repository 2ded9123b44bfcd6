import type { Shape, Triple } from "#src/core/shape.js";

/**
 * Arrival times of a front through open voxels, the voxel with the least time next; −1 where it does not come. In float32, for
 * whether a voxel was reached from the one behind it is a matter of the last bit where the front goes along an axis.
 */
export function arrivalTimes(
  shape: Shape,
  open: readonly boolean[],
  starts: ReadonlyMap<number, number>,
  size: Triple,
): number[] {
  const [, height, width] = shape;
  const strides = [height * width, width, 1];
  const place = (k: number): number[] => [Math.floor(k / strides[0]!), Math.floor(k / width) % height, k % width];
  const times = new Array<number>(open.length).fill(Number.POSITIVE_INFINITY);
  const reached = new Array<boolean>(open.length).fill(false);
  for (const [voxel, time] of starts) times[voxel] = time;
  const reachedAt = (k: number, axis: number, by: number): number => {
    const at = place(k)[axis]! + by;
    if (at < 0 || at >= shape[axis]!) return Number.POSITIVE_INFINITY;
    const other = k + by * strides[axis]!;
    return reached[other] ? times[other]! : Number.POSITIVE_INFINITY;
  };
  /** The root of the sum of squared differences over the axes, in each of which the front comes from the sooner side. */
  const arrival = (k: number): number => {
    const sorted = [0, 1, 2]
      .map((axis) => {
        const [down, up] = [reachedAt(k, axis, -1), reachedAt(k, axis, 1)];
        const known = Math.min(down, up);
        const before = reachedAt(k, axis, down <= up ? -2 : 2);
        return { known, before: before < known - 1 / 32 ? before : Number.POSITIVE_INFINITY, edge: size[axis]! };
      })
      .filter(({ known }) => known < Number.POSITIVE_INFINITY)
      .sort((a, b) => a.known - b.known);
    let time = Number.POSITIVE_INFINITY;
    const used: { place: number; weight: number }[] = [];
    for (const { known, before, edge } of sorted) {
      if (known >= time) break;
      const place = (4 * known - before) / 3;
      const two = before < Number.POSITIVE_INFINITY && place < time;
      used.push({ place: two ? place : known, weight: (two ? 2.25 : 1) / edge ** 2 });
      const sum = used.reduce((all, { weight }) => all + weight, 0);
      const first = used.reduce((all, { weight, place }) => all + weight * place, 0);
      const square = used.reduce((all, { weight, place }) => all + weight * place ** 2, -1);
      time = (first + Math.sqrt(Math.max(0, first ** 2 - sum * square))) / sum;
    }
    return time;
  };
  for (;;) {
    let next = -1;
    for (let k = 0; k < times.length; k++)
      if (!reached[k] && times[k]! < (next < 0 ? Number.POSITIVE_INFINITY : times[next]!)) next = k;
    if (next < 0) break;
    reached[next] = true;
    for (const [axis, stride] of strides.entries())
      for (const by of [-1, 1]) {
        const at = place(next)[axis]! + by;
        const other = next + by * stride;
        if (at >= 0 && at < shape[axis]! && open[other] && !reached[other])
          times[other] = Math.min(times[other]!, Math.fround(arrival(other)));
      }
  }
  return times.map((time, k) => (reached[k] ? time : -1));
}
