/** From scribbled voxels with their features to a forest: what `trainForest` and a view that trains again and again have in common. */
import { InvalidArgument, MissingData } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import type { Phase } from "../core/phases.js";
import { type Traced, trace, VERSION } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import type { FeatureChoice } from "./feature-options.js";
import { Forest } from "./forest.js";
import { FORMAT, FORMAT_VERSION, packed } from "./forest-model.js";
import { confusionOf, growForest } from "./grow-forest.js";
import type { Known } from "./scribbles.js";
import type { ForestSettings } from "./train-forest-options.js";

/** What a forest learns from and is tested with. */
export interface Lesson {
  readonly choice: FeatureChoice;
  readonly settings: ForestSettings;
  /** Phases that were scribbled, by ascending labels. */
  readonly phases: readonly Phase[];
  readonly learn: Known;
  /** Voxels that it does not learn from; undefined: it is not tested. */
  readonly test: Known | undefined;
  /** Scribbled voxels that were left out, for they have features that are no finite numbers. */
  readonly dropped: number;
  readonly scribbles: Traced;
  readonly mask: Volume | undefined;
}

/**
 * Grows the trees and asks them about the voxels that were held out.
 * @throws MissingData if a phase has no voxel to learn from; InvalidArgument if none is there to test with
 */
export async function forestOf(lesson: Lesson, features: number, run: RunOptions): Promise<Forest> {
  const { choice, settings, phases, learn, test, dropped, scribbles, mask } = lesson;
  const { names, volumes, stack, slicewise, border } = choice;
  const { seed, share, test: heldOut, unlabelled, samples, ...rest } = settings;
  for (const [k, { name }] of phases.entries())
    if (!learn.classes.includes(k))
      throw new MissingData(
        `trainForest: of ${JSON.stringify(name)} no voxel is left to learn from: all are held out, or have features that are no finite numbers; scribble more of it, or hold out less`,
      );
  const grown = await growForest(learn, phases.length, features, settings, run);
  if (test?.classes.length === 0)
    throw new InvalidArgument(
      `trainForest: no voxel is held out: ${heldOut === undefined ? "a larger share, or more scribbles, will give some" : "the labels to test with are none of the phases"}`,
    );
  const facts = {
    ...{ ...rest, unlabelled, samples, seed, heldOut: heldOut === undefined ? share : undefined },
    ...{ ...stack, slicewise, border },
    voxels: learn.classes.length,
    withoutFeatures: dropped,
  };
  const inputs = Object.fromEntries(names.map((name, k) => [name || "volume", volumes[k]]));
  return new Forest({
    format: FORMAT,
    version: FORMAT_VERSION,
    voxbook: VERSION,
    channels: names.map((name, k) => ({ name, dtype: volumes[k]!.dtype })),
    stack,
    slicewise,
    border,
    phases,
    treeCount: settings.trees,
    trees: {
      classes: phases.length,
      edges: packed(grown.edges),
      sizes: packed(grown.sizes),
      nodes: packed(grown.nodes),
      leaves: packed(grown.leaves),
    },
    importance: grown.importance,
    confusion: test === undefined ? null : confusionOf(grown, test, phases.length, features),
    provenance: trace("trainForest", facts, { ...inputs, scribbles, heldOut, mask }),
  });
}
