import type { Border } from "#src/core/border.js";
import type { Triple } from "#src/core/shape.js";
import { type Block, bordered, eachVoxel, footprint } from "./neighbourhood.js";

export type Element = "ball" | "box" | "cross";

/** A phase in space without end: its voxels, and beyond the faces what the border says. */
type Inside = (z: number, y: number, x: number) => boolean;

function remembered(inside: Inside): Inside {
  const known = new Map<string, boolean>();
  return (z, y, x) => {
    const key = `${z} ${y} ${x}`;
    const found = known.get(key) ?? inside(z, y, x);
    known.set(key, found);
    return found;
  };
}

/**
 * Erosions (true) and dilations (false) of a phase, from their definitions; `neutral` voxels count as inside for erosions,
 * and as outside for dilations.
 */
export function changed(
  { shape, values }: Block,
  {
    element,
    radius,
    erodes,
    border = "reflect",
  }: { element: Element; radius: Triple; erodes: readonly boolean[]; border?: Border },
  belongs: (value: number) => boolean,
  neutral?: number,
): boolean[] {
  const offsets = footprint(element, radius);
  const value: (z: number, y: number, x: number) => number = (...at) => {
    const [z, y, x] = at.map((n, k) => bordered(n, shape[k]!, border)) as [number, number, number];
    return Math.min(z, y, x) < 0
      ? (border as { constant: number }).constant
      : values[(z * shape[1] + y) * shape[2] + x]!;
  };
  let now: Inside = (z, y, x) => belongs(value(z, y, x));
  for (const erode of erodes) {
    const before = now;
    now = remembered((z, y, x) => {
      const around = (dz: number, dy: number, dx: number): boolean => {
        const at = [z + dz, y + dy, x + dx] as const;
        return before(...at) || (erode && value(...at) === neutral);
      };
      return erode ? offsets.every((o) => around(...o)) : offsets.some((o) => around(...o));
    });
  }
  return eachVoxel(shape, (z, y, x) => (now(z, y, x) ? 1 : 0)).map(Boolean);
}

/** The labels after a phase has changed: who leaves it gets the nearest other label within the element, the smallest of equally near ones. */
export function relabelled(
  block: Block,
  after: readonly boolean[],
  { element, radius, border = "reflect" }: { element: Element; radius: Triple; border?: Border },
  label: number,
  neutral: number,
): number[] {
  const { shape, values } = block;
  const far = (o: Triple): number => o.reduce((sum, d, k) => sum + (d === 0 ? 0 : (d / radius[k]!) ** 2), 0);
  const offsets = footprint(element, radius).sort((a, b) => far(a) - far(b));
  let k = -1;
  return eachVoxel(shape, (z, y, x) => {
    const was = values[++k]!;
    if (was === neutral || (was === label) === after[k]) return was;
    if (after[k]) return label;
    const others = offsets.flatMap((o) => {
      const at = [z + o[0], y + o[1], x + o[2]].map((n, axis) => bordered(n, shape[axis]!, border)) as [
        number,
        number,
        number,
      ];
      const value =
        Math.min(...at) < 0
          ? (border as { constant: number }).constant
          : values[(at[0] * shape[1] + at[1]) * shape[2] + at[2]]!;
      return value === label || value === neutral ? [] : [{ value, far: far(o) }];
    });
    return Math.min(...others.filter((one) => one.far === others[0]!.far).map(({ value }) => value));
  });
}
