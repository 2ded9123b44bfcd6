/** Labels of some voxels, from which a forest learns. */
import type { ScribbledVoxels } from "../compute/operations/forest.js";
import { checkVolume } from "../compute/run.js";
import { InvalidArgument, MissingData, UnsupportedFeature } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import { OUTSIDE, type Phase } from "../core/phases.js";
import { type Region, sameShape, type Triple } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { countPhases } from "../statistics/phase-counts.js";

/** Throws unless these are labels on the volume's grid. */
export function checkScribbles(what: string, scribbles: unknown, { shape }: Volume): asserts scribbles is Volume {
  checkVolume(`trainForest (${what})`, scribbles);
  if (!sameShape(scribbles.shape, shape))
    throw new InvalidArgument(
      `trainForest: ${what} has the shape ${scribbles.shape.join(" × ")}, the volume ${shape.join(" × ")}; they must be the same`,
    );
  if (scribbles.dtype !== "uint8")
    throw new UnsupportedFeature(
      `trainForest: ${what} are labels of uint8, these voxels are ${scribbles.dtype}; convert(…, { dtype: "uint8" })`,
    );
  if (scribbles.role === "mask")
    throw new InvalidArgument(
      `trainForest: ${what} is a mask, which says nothing of phases; give labels, or with({ role: "labels" })`,
    );
}

/** Phases that were scribbled, by ascending labels, and how many voxels of each. */
export interface ScribbledPhases {
  readonly phases: readonly Phase[];
  readonly voxels: readonly number[];
}

/** @throws MissingData if nothing is scribbled; InvalidArgument if it is all one phase */
export async function scribbledPhases(
  scribbles: Volume,
  unlabelled: number,
  options: RunOptions,
): Promise<ScribbledPhases> {
  const { phases, voxels } = await countPhases("trainForest", scribbles, options);
  const found = phases
    .map((phase, k) => ({ phase, count: voxels[k]! }))
    .filter(({ phase: { label }, count }) => count > 0 && label !== unlabelled && label !== OUTSIDE)
    .sort((a, b) => a.phase.label - b.phase.label);
  if (found.length === 0)
    throw new MissingData(
      `trainForest: nothing is scribbled: all voxels have the label ${unlabelled} or ${OUTSIDE}, which say so; scribble some, or set \`unlabelled\``,
    );
  if (found.length === 1) {
    const { label, name } = found[0]!.phase;
    throw new InvalidArgument(
      `trainForest: only one phase is scribbled, ${JSON.stringify(name)} (${label}); a forest learns to tell at least two apart${label === 0 ? ", or set `unlabelled: 0`" : ""}`,
    );
  }
  return { phases: found.map(({ phase }) => phase), voxels: found.map(({ count }) => count) };
}

/** How many voxels other scribbles have of the same phases. */
export async function alsoScribbled(
  scribbles: Volume,
  phases: readonly Phase[],
  options: RunOptions,
): Promise<ScribbledPhases> {
  const counted = await countPhases("trainForest (heldOut)", scribbles, options);
  const voxels = phases.map(({ label }) => counted.voxels[counted.phases.findIndex((one) => one.label === label)] ?? 0);
  return { phases, voxels };
}

/** The box of the bricks that hold scribbles, by their records alone. */
export function scribbledRegion({ grid, store, shape }: Volume, unlabelled: number): Region {
  let start: Triple = shape;
  let stop: Triple = [0, 0, 0];
  const says = (label: number): boolean => label !== unlabelled && label !== OUTSIDE;
  for (let k = 0; k < grid.length; k++) {
    const { min, max } = store.zone(k);
    if (min === max && !says(min)) continue;
    const box = grid.region(k);
    start = start.map((n, axis) => Math.min(n, box.start[axis]!)) as unknown as Triple;
    stop = stop.map((n, axis) => Math.max(n, box.stop[axis]!)) as unknown as Triple;
  }
  return stop[0] === 0 ? { start: [0, 0, 0], stop: shape } : { start, stop };
}

/** For each label the share of its voxels that are taken, so that of no phase there are many more than `most`. */
export function sharesTaken({ phases, voxels }: ScribbledPhases, most: number): number[] {
  const shares = new Array<number>(256).fill(0);
  for (const [k, { label }] of phases.entries()) shares[label] = Math.min(1, most / voxels[k]!);
  return shares;
}

/** Voxels with the number of their phase and their features, which follow each other. */
export interface Known {
  readonly classes: Uint8Array;
  readonly values: Float32Array;
}

/** Those to learn from and those to test with; those without finite features are left out. */
export function apart(
  { labels, held, values }: ScribbledVoxels,
  phases: readonly Phase[],
  features: number,
): { learn: Known; test: Known; dropped: number } {
  const classOf = new Map(phases.map(({ label }, k) => [label, k]));
  const finite = Uint8Array.from(labels, (_, k) =>
    values.subarray(k * features, (k + 1) * features).every((value) => Number.isFinite(value)) ? 1 : 0,
  );
  const part = (which: number): Known => {
    const chosen = Array.from(labels.keys()).filter((k) => finite[k] === 1 && held[k] === which);
    const own = new Float32Array(chosen.length * features);
    for (const [n, k] of chosen.entries()) own.set(values.subarray(k * features, (k + 1) * features), n * features);
    return { classes: Uint8Array.from(chosen, (k) => classOf.get(labels[k]!)!), values: own };
  };
  const dropped = finite.reduce((sum, one) => sum + 1 - one, 0);
  return { learn: part(0), test: part(1), dropped };
}
