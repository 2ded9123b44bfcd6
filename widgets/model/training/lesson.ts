/** From scribbles to a forest: the same as `trainForest` gives, from features that are kept from one training to the next. */
import { isHeldOut, isTaken } from "../../../src/compute/operations/forest.js";
import type { RunOptions } from "../../../src/core/options.js";
import type { Phase } from "../../../src/core/phases.js";
import type { Traced } from "../../../src/core/provenance.js";
import type { Forest } from "../../../src/segment/forest.js";
import { forestOf } from "../../../src/segment/forest-of.js";
import { type KnownFeatures, voxelOf } from "../../../src/segment/known-features.js";
import { apart, sharesTaken } from "../../../src/segment/scribbles.js";
import { forestSettings, type TrainForestOptions } from "../../../src/segment/train-forest-options.js";
import type { TrainingReport } from "../../protocol/training.js";
import type { Labelled } from "../labels/changes.js";

/** Options of `trainForest` that say how the trees grow. */
export type GrowOptions = Omit<TrainForestOptions, "mask" | "signal" | "onProgress" | "memoryLimit" | "workers">;

/** A forest with the options by which `trainForest` gives it from the same scribbles. */
export interface Trained {
  readonly forest: Forest;
  readonly options: GrowOptions;
  readonly scribbled: TrainingReport["scribbled"];
}

/** Scribbled phases and how many voxels each has, by ascending labels. */
export function phasesOf(
  { labels }: Labelled,
  phases: readonly Phase[],
): { readonly phases: readonly Phase[]; readonly voxels: readonly number[] } {
  const counts = new Float64Array(256);
  for (const label of labels) counts[label]!++;
  const found = phases.filter(({ label }) => counts[label]! > 0).sort((a, b) => a.label - b.label);
  return { phases: found, voxels: found.map(({ label }) => counts[label]!) };
}

/**
 * Trains. Where scribbles are so few that a phase would lie in blocks that are held out altogether, or none would be held out, nothing
 * is, and the forest has no score; the options that are returned say so.
 * @param scribbled at least two of the phases
 * @param run for the features; the trees are grown without a signal unless it is given in `grow`
 */
export async function trained(
  known: KnownFeatures,
  scribbled: Labelled & Traced,
  phases: readonly Phase[],
  options: GrowOptions,
  run: Pick<RunOptions, "signal">,
  grow: Pick<RunOptions, "signal"> = {},
): Promise<Trained> {
  const { choice, count, shape } = known;
  const found = phasesOf(scribbled, phases);
  const { seed, samples, unlabelled, share: wanted, ...rest } = forestSettings(options, count);
  const shares = sharesTaken(found, samples);
  const taken = Array.from(scribbled.places.keys()).filter((k) =>
    isTaken(seed, shares[scribbled.labels[k]!]!, voxelOf(scribbled.places[k]!, shape)),
  );
  const places = Float64Array.from(taken, (k) => scribbled.places[k]!);
  const labels = Uint8Array.from(taken, (k) => scribbled.labels[k]!);
  const held = Uint8Array.from(places, (place) => (isHeldOut(seed, wanted, voxelOf(place, shape)) ? 1 : 0));
  const left = new Set(labels.filter((_, k) => held[k] === 0));
  const share = held.includes(1) && left.size === found.phases.length ? wanted : 0;
  if (share === 0) held.fill(0);
  const values = await known.of(places, run);
  const { learn, test, dropped } = apart({ places, labels, held, values }, found.phases, count);
  const settings = { ...rest, seed, samples, unlabelled, share };
  const lesson = { choice, settings, phases: found.phases, learn, test: share > 0 ? test : undefined, dropped };
  const forest = await forestOf({ ...lesson, scribbles: scribbled, mask: undefined }, count, grow);
  const heldOf = (label: number): number => labels.reduce((sum, one, k) => sum + (one === label ? held[k]! : 0), 0);
  return {
    forest,
    options: { ...options, heldOut: share },
    scribbled: found.phases.map(({ label }, k) => ({ label, voxels: found.voxels[k]!, heldOut: heldOf(label) })),
  };
}
