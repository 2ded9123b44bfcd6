import { type ForestParameters, forestLabels, forestShares } from "../compute/operations/forest.js";
import { run } from "../compute/run.js";
import { InvalidArgument } from "../core/errors.js";
import { checkChoice, checkOptions, RUN_OPTIONS, type RunOptions } from "../core/options.js";
import { labelOf } from "../core/phases.js";
import { trace } from "../core/provenance.js";
import type { Volume } from "../core/volume.js";
import { type Channels, channelsOf } from "./feature-options.js";
import { Forest } from "./forest.js";
import { checkedModel, type ForestModel } from "./forest-model.js";

/** Options of {@link predictForest}. */
export interface PredictForestOptions extends RunOptions {
  /**
   * - `labels`: the most likely phase, of several the one with the lowest label
   * - `probability`: that of one `phase`, from 0 to 1: the mean over the trees of its share in the leaf where a voxel ends
   * - `uncertainty`: 1 − (p₁ − p₂) of the two most likely phases: 1 where they are even, 0 where all trees agree
   *
   * Default `labels`.
   */
  output?: "labels" | "probability" | "uncertainty";
  /** Name or label of the phase whose probability is asked for. */
  phase?: string | number;
}

const OUTPUTS = ["labels", "probability", "uncertainty"] as const;

/**
 * Segments a volume by a trained forest. Features are computed brick by brick and never written out, so that the volume may be
 * larger than memory. A voxel's answer depends on nothing but what its features see: the same bytes for any brick shape,
 * number of workers and region; of a forest trained with `slicewise` also for a slice alone and in the stack.
 *
 * σ and the shape of voxels count as in the volume that the forest was trained on; the grey values must mean the same, too: of a
 * scan with another exposure `normalise` both first. Voxels outside the mask, and those where a NaN is within reach of a
 * feature, get label 255, and NaN as probability and uncertainty.
 * Cost about 1 µs a voxel on one thread for 15 features and 50 trees of depth 10, a third more for probabilities, for labels
 * need no more trees where they are settled; memory per worker one brick with a halo of 4 σ + 2 voxels, one or more blurred
 * copies of it, and a byte a feature: at σ 4, uint8 and bricks of 64³ 8 MB, of 22 MB that are claimed.
 * In a pipeline, whose arguments are plain values: `[predictForest, forest.toJSON()]`.
 * @param channels a volume of the voxel type that the forest was trained on, or volumes with the same names
 * @param forest what {@link trainForest} gave, or that as plain JSON
 * @returns new labels volume (uint8), or a field (float32) from 0 to 1, of the same shape and voxel size (of the region's
 * shape, with `region`)
 * @throws InvalidArgument if channels or voxel types are not those of the forest, or it has no such phase
 * @throws LimitExceeded if the memory limit cannot hold the work on one brick
 * @see L. Breiman, Random Forests (2001), doi:10.1023/A:1010933404324
 * @example const labels = await predictForest(scan, await openForest("cathode.json"));
 */
export async function predictForest(
  channels: Channels,
  forest: Forest | ForestModel,
  options: PredictForestOptions = {},
): Promise<Volume> {
  const { names, volumes } = channelsOf("predictForest", channels);
  checkOptions("predictForest", options, ["output", "phase", ...RUN_OPTIONS]);
  const model = forest instanceof Forest ? forest.toJSON() : checkedModel(forest, "the forest");
  const { output = "labels", phase, region, mask, ...rest } = options;
  checkChoice("output", output, OUTPUTS);
  const { phases, border } = model;
  if ((phase !== undefined) !== (output === "probability"))
    throw new InvalidArgument(
      phase === undefined
        ? `predictForest: a probability is that of a phase; give phase: one of ${phases.map(({ name }) => JSON.stringify(name)).join(", ")}`
        : `predictForest: phase is for the output probability, not for ${output}`,
    );
  const inOrder = matched(names, volumes, model);
  const [volume, ...besides] = inOrder as [Volume, ...Volume[]];
  const label = phase === undefined ? -1 : labelOf("predictForest", phase, phases);
  const parameters: ForestParameters = {
    stack: model.stack,
    channels: model.channels.map(({ dtype }) => dtype),
    shape: volume.shape,
    trees: model.trees,
    labels: phases.map((one) => one.label),
    of: phases.findIndex((one) => one.label === label),
  };
  const inputs = Object.fromEntries(model.channels.map(({ name }, k) => [name || "volume", inOrder[k]]));
  const given = { output, ...(phase !== undefined && { phase: label }), region };
  const provenance = trace("predictForest", given, { ...inputs, forest: model, mask });
  const all = { ...rest, region, mask, border, besides, besideBorder: border };
  const defined = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  if (output === "labels")
    return run(forestLabels, volume, parameters, defined, { provenance, role: "labels", phases });
  return run(forestShares, volume, parameters, defined, { provenance, role: "field" });
}

/** The volumes in the order of the forest's channels. */
function matched(names: readonly string[], volumes: readonly Volume[], { channels }: ForestModel): Volume[] {
  const said = (list: readonly string[]): string =>
    list.length === 1 && list[0] === "" ? "a volume without a name" : list.join(", ");
  return channels.map(({ name, dtype }) => {
    const volume = volumes[names.indexOf(name)];
    if (volume === undefined || volumes.length !== channels.length)
      throw new InvalidArgument(
        `predictForest: the forest was trained on ${said(channels.map((one) => one.name))}, got ${said(names)}`,
      );
    if (volume.dtype !== dtype)
      throw new InvalidArgument(
        `predictForest: the forest was trained on voxels of ${dtype}${name === "" ? "" : ` for ${name}`}, these are ${volume.dtype}; convert the volume as the one it was trained on`,
      );
    return volume;
  });
}
