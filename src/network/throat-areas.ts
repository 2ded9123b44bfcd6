/** Areas of throats by marching cubes. */
import { LabelIndex } from "../compute/label-index.js";
import { MESH_AREAS, mostNeighbours, type PairNumbers, throatMeshes } from "../compute/operations/throat-mesh.js";
import type { ReduceOperation } from "../compute/operations.js";
import { reduce } from "../compute/run.js";
import type { RunOptions } from "../core/options.js";
import type { Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { surfaceTables } from "../measure/value-triangles.js";

/** Voxels of a voxel and its neighbours. */
const ALL = 7;
/** Areas are added up in whole units, so that no order shows: 2⁻³⁰ of what no cell has. */
const PARTS = 2 ** 30;
/** Labels there may be: the numbers of two make a key below 2⁵³. */
const MOST_LABELS = 2 ** 26;

/** What is known of pairs of labels, of which 0 and a label is the label alone. */
class Pairs {
  readonly #index = new LabelIndex(MOST_LABELS);
  readonly #known = new Map<number, { readonly one: number; readonly other: number; readonly numbers: Float64Array }>();

  #key(one: number, other: number): number {
    const [a, b] = [this.#index.numberOf(one), this.#index.numberOf(other)];
    return Math.min(a, b) * MOST_LABELS + Math.max(a, b);
  }

  get(one: number, other: number): Float64Array | undefined {
    return this.#known.get(this.#key(one, other))?.numbers;
  }

  set(one: number, other: number, numbers: Float64Array): void {
    this.#known.set(this.#key(one, other), { one, other, numbers });
  }

  values(): Iterable<{ readonly one: number; readonly other: number; readonly numbers: Float64Array }> {
    return this.#known.values();
  }
}

/**
 * Areas at which regions meet, by marching cubes: half of what their surfaces have more than that of both together. Each voxel becomes the
 * share of the region among itself and its six neighbours; the surface lies where half of the largest share is passed. What lies beyond
 * the volume is no region. Regions so thin that no voxel has all of its neighbours in them have their own half.
 * @param labels uint32, 0 in the wall
 * @param size edges of a voxel along z, y, x
 * @returns the area of two labels; below or at 0 where what they share is rougher than their surfaces
 */
export async function throatAreas(
  labels: Volume,
  size: Triple,
  options: RunOptions,
): Promise<(one: number, other: number) => number> {
  const border = { constant: 0 };
  const most = await joined(labels, mostNeighbours, {}, 1, Math.max, { ...options, border });
  const few = fewNeighbours(most);
  const faces = [size[1] * size[2], size[0] * size[2], size[0] * size[1]];
  // Twelve triangles, none larger than the cell's largest section.
  const perUnit = PARTS / (24 * Math.max(...faces));
  const parameters = {
    shape: labels.shape as Triple,
    most: {
      pairs: Uint32Array.from([...few.values()].flatMap(({ one, other }) => [one, other])),
      numbers: Float64Array.from([...few.values()].map(({ numbers }) => numbers[0]!)),
    },
    surfaces: surfaceTables(size),
    perUnit,
  };
  const add = (a: number, b: number): number => a + b;
  const sums = await joined(labels, throatMeshes, parameters, MESH_AREAS, add, { ...options, border });
  const mostOf = (one: number, other: number): number => few.get(one, other)?.[0] ?? ALL;
  const sumOf = (one: number, other: number, level: number): number => sums.get(one, other)?.[level - 1] ?? 0;
  return (one, other) => {
    const level = mostOf(one, other);
    // Both surfaces at their own halves, in place of that of both together.
    const own = [one, other].reduce(
      (sum, label) => sum + sumOf(0, label, mostOf(0, label)) - sumOf(0, label, level),
      0,
    );
    return (own + sumOf(one, other, level)) / 2 / perUnit;
  };
}

/** The most neighbours of regions that nowhere have all, and of pairs of these. */
function fewNeighbours(most: Pairs): Pairs {
  const few = new Pairs();
  const alone = (label: number): number => most.get(0, label)![0]!;
  for (const { one, other, numbers } of most.values()) {
    const both = one === 0 ? numbers[0]! : Math.max(numbers[0]!, alone(one), alone(other));
    if (both < ALL) few.set(one, other, Float64Array.of(both));
  }
  return few;
}

/** Joins the numbers that bricks have of pairs. */
async function joined<P>(
  labels: Volume,
  operation: ReduceOperation<P, PairNumbers>,
  parameters: P,
  count: number,
  join: (a: number, b: number) => number,
  options: Parameters<typeof reduce>[3],
): Promise<Pairs> {
  const all = new Pairs();
  const take = ({ pairs, numbers }: PairNumbers): void => {
    for (let k = 0; 2 * k < pairs.length; k++) {
      const [one, other] = [pairs[2 * k]!, pairs[2 * k + 1]!];
      const known = all.get(one, other);
      if (known === undefined) all.set(one, other, numbers.slice(count * k, count * (k + 1)));
      else for (let n = 0; n < count; n++) known[n] = join(known[n]!, numbers[count * k + n]!);
    }
  };
  const nothing: PairNumbers = { pairs: new Uint32Array(0), numbers: new Float64Array(0) };
  const joining = {
    ...operation,
    join: (one: PairNumbers, next: PairNumbers): PairNumbers => {
      take(one);
      take(next);
      return nothing;
    },
  };
  take(await reduce(joining, labels, parameters, options));
  return all;
}
