import type { Shape, Triple } from "#src/core/shape.js";

/** What there is of one label, by going through all voxels. */
export interface Figures {
  label: number;
  voxels: number;
  first: number;
  start: number[];
  stop: number[];
  centroid: number[];
  greys: number[];
}

const placeOf = (k: number, [, height, width]: Shape): Triple => [
  Math.floor(k / (height * width)),
  Math.floor(k / width) % height,
  k % width,
];

/** @param counts which voxels count */
export function figures(
  values: ArrayLike<number>,
  shape: Shape,
  grey: ArrayLike<number> | undefined,
  counts: (k: number) => boolean,
): Figures[] {
  const found = new Map<number, Figures>();
  for (let k = 0; k < values.length; k++) {
    if (!counts(k)) continue;
    const at = placeOf(k, shape);
    const label = values[k]!;
    const one = found.get(label) ?? {
      label,
      voxels: 0,
      first: k,
      start: [...at],
      stop: [...at],
      centroid: [0, 0, 0],
      greys: [],
    };
    found.set(label, one);
    one.voxels++;
    for (const [axis, n] of at.entries()) {
      one.start[axis] = Math.min(one.start[axis]!, n);
      one.stop[axis] = Math.max(one.stop[axis]!, n + 1);
      one.centroid[axis]! += n;
    }
    if (grey !== undefined && !Number.isNaN(grey[k]!)) one.greys.push(grey[k]!);
  }
  for (const one of found.values()) one.centroid = one.centroid.map((sum) => sum / one.voxels);
  return [...found.values()].sort((a, b) => a.label - b.label);
}

/** Mean and deviation of some numbers. */
export function moments(greys: readonly number[]): { mean: number; deviation: number } {
  const mean = greys.reduce((sum, value) => sum + value, 0) / greys.length;
  return { mean, deviation: Math.sqrt(greys.reduce((sum, value) => sum + (value - mean) ** 2, 0) / greys.length) };
}

const reflected = (n: number, size: number): number => {
  const at = ((n % (2 * size)) + 2 * size) % (2 * size);
  return at < size ? at : 2 * size - 1 - at;
};

/** The label that most of the offsets around each voxel have; the own one among ties, else the smallest. */
export function majority(
  values: ArrayLike<number>,
  shape: Shape,
  offsets: readonly Triple[],
  never: number | undefined,
): number[] {
  return Array.from(values, (own, k) => {
    if (own === never) return own;
    const at = placeOf(k, shape);
    const votes = new Map<number, number>();
    for (const offset of offsets) {
      const [z, y, x] = offset.map((d, axis) => reflected(at[axis]! + d, shape[axis]!)) as unknown as Triple;
      const label = values[(z * shape[1] + y) * shape[2] + x]!;
      if (label !== never) votes.set(label, (votes.get(label) ?? 0) + 1);
    }
    const most = Math.max(...votes.values());
    if (votes.get(own) === most) return own;
    return Math.min(...[...votes].flatMap(([label, count]) => (count === most ? [label] : [])));
  });
}

/** Faces that voxels of a component share with each label that is not of it. */
export function facesAround(
  values: ArrayLike<number>,
  shape: Shape,
  component: readonly number[],
  piece: number,
): Map<number, number> {
  const faces = new Map<number, number>();
  for (let k = 0; k < values.length; k++) {
    if (component[k] !== piece) continue;
    const at = placeOf(k, shape);
    for (const axis of [0, 1, 2])
      for (const step of [-1, 1]) {
        const n = [...at];
        n[axis]! += step;
        if (n[axis]! < 0 || n[axis]! >= shape[axis]!) continue;
        const other = (n[0]! * shape[1] + n[1]!) * shape[2] + n[2]!;
        if (component[other] !== piece) faces.set(values[other]!, (faces.get(values[other]!) ?? 0) + 1);
      }
  }
  return faces;
}

/** Voxels of a phase with a face neighbour, inside the volume, that is not of it. */
export function surface(inside: readonly boolean[], shape: Shape): boolean[] {
  return inside.map((is, k) => {
    if (!is) return false;
    const at = placeOf(k, shape);
    return [0, 1, 2].some((axis) =>
      [-1, 1].some((step) => {
        const n = [...at];
        n[axis]! += step;
        if (n[axis]! < 0 || n[axis]! >= shape[axis]!) return false;
        return !inside[(n[0]! * shape[1] + n[1]!) * shape[2] + n[2]!];
      }),
    );
  });
}

/** For each voxel of one surface the distance to the nearest one of the other, by trying all. */
export function distances(from: readonly boolean[], to: readonly boolean[], shape: Shape, spacing: Triple): number[] {
  const places = (of: readonly boolean[]): Triple[] => of.flatMap((is, k) => (is ? [placeOf(k, shape)] : []));
  const others = places(to);
  return places(from).map((a) =>
    others.reduce(
      (least, b) => Math.min(least, Math.hypot(...a.map((n, axis) => (n - b[axis]!) * spacing[axis]!))),
      Number.POSITIVE_INFINITY,
    ),
  );
}
