import { memoryLimitOf } from "../compute/build.js";
import { machine } from "../compute/memory.js";
import { featuresOf, type ScribbleParameters, scribbledVoxels } from "../compute/operations/forest.js";
import { reduce } from "../compute/run.js";
import type { Volume } from "../core/volume.js";
import { type Channels, featureChoice } from "./feature-options.js";
import type { Forest } from "./forest.js";
import { forestOf } from "./forest-of.js";
import { alsoScribbled, apart, checkScribbles, scribbledPhases, scribbledRegion, sharesTaken } from "./scribbles.js";
import { checkTrainOptions, forestSettings, type TrainForestOptions } from "./train-forest-options.js";

/**
 * Trains a random forest from sparse scribbles: labels of some voxels, from which it learns how the phases look, to find
 * them everywhere by {@link predictForest}. What it looks at are the {@link features} of a voxel: itself, blurred, edges,
 * ridges, texture, at several sizes and in several channels.
 *
 * Each tree grows on a bootstrap sample of the scribbled voxels, by the splits that leave the least Gini impurity; at each split
 * some features are tried, in up to 256 bins whose edges are quantiles of the scribbled voxels. A leaf keeps the shares of the
 * phases. All sums are whole numbers: the same forest for any brick shape and number of workers, the same answer
 * from a file. Scribbled voxels with a feature that is NaN or infinite are left out; the provenance tells how many.
 * Cost: the features of the scribbled part of each brick, and about 60 ms a tree on 50 000 voxels, on one thread; memory 13
 * bytes a feature and 30 more for each voxel that is trained with, and a worker's brick as for {@link predictForest}.
 * @param channels a volume of any voxel type and shape, or several on the same grid with names
 * @param scribbles labels of 8 bits of the same shape: the label of a phase where one was scribbled, else `unlabelled`
 * @throws InvalidArgument if an option is outside its limits, scribbles have another shape, or only one phase is there to learn
 * @throws MissingData if nothing is scribbled, or all that is has no finite features
 * @throws LimitExceeded if the memory limit cannot hold the voxels or the work on one brick
 * @see L. Breiman, Random Forests (2001), doi:10.1023/A:1010933404324; I. Arganda-Carreras et al., Trainable Weka Segmentation
 * (2017), doi:10.1093/bioinformatics/btx180
 * @example
 * const forest = await trainForest(scan, scribbles, { heldOut: 0.2 });
 * forest.score?.accuracy;                                       // 0.97
 * const labels = await predictForest(scan, forest);
 * await forest.save("cathode.json");
 */
export async function trainForest(
  channels: Channels,
  scribbles: Volume,
  options: TrainForestOptions = {},
): Promise<Forest> {
  checkTrainOptions(options);
  const choice = featureChoice("trainForest", channels, options);
  const { volumes, stack, border } = choice;
  const [volume, ...others] = volumes as [Volume, ...Volume[]];
  const base = { stack, channels: volumes.map(({ dtype }) => dtype), shape: volume.shape };
  const features = featuresOf(base);
  const settings = forestSettings(options, features);
  const { seed, share, test, unlabelled, samples } = settings;
  checkScribbles("scribbles", scribbles, volume);
  if (test !== undefined) checkScribbles("heldOut", test, volume);
  const { mask } = options;
  const run = runOptions(options);
  const counted = await scribbledPhases(scribbles, unlabelled, run);
  const { phases, voxels } = counted;

  const collect = async (labels: Volume, shares: readonly number[], heldOut: number) => {
    const parameters: ScribbleParameters = { ...base, shares, seed, heldOut };
    const sight = {
      border,
      besides: [labels, ...others],
      besideBorder: border,
      region: scribbledRegion(labels, unlabelled),
    };
    return apart(await reduce(scribbledVoxels, volume, parameters, { ...run, ...sight }), phases, features);
  };
  const shares = sharesTaken(counted, samples);
  const toTest = test && (await alsoScribbled(test, phases, run));
  const most = (sum: number, count: number): number => sum + Math.min(samples, count);
  const expected = (toTest?.voxels ?? []).reduce(most, voxels.reduce(most, 0));
  // As they come from the threads, sorted, apart, and as bins.
  const bytes = expected * (13 * features + 30);
  const claim = await machine.claim("the scribbled voxels of trainForest", bytes, memoryLimitOf(options, machine));
  try {
    const known = await collect(scribbles, shares, share);
    const asked = test === undefined ? { ...known, dropped: 0 } : await collect(test, sharesTaken(toTest!, samples), 1);
    const lesson = {
      ...{ choice, settings, phases, scribbles, mask },
      learn: known.learn,
      test: share > 0 || test !== undefined ? asked.test : undefined,
      dropped: known.dropped + asked.dropped,
    };
    return await forestOf(lesson, features, run);
  } finally {
    claim.drop();
  }
}

/** The options of a run that are given. */
function runOptions({ mask, signal, onProgress, memoryLimit, workers }: TrainForestOptions) {
  const all = { mask, signal, onProgress, memoryLimit, workers };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Pick<
    TrainForestOptions,
    keyof typeof all
  >;
}
