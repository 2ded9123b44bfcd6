import { checkVolume } from "../../../src/compute/run.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import { checkNumber, checkOptions } from "../../../src/core/options.js";
import type { Volume } from "../../../src/core/volume.js";
import { FEATURE_OPTIONS } from "../../../src/segment/feature-options.js";
import { KnownFeatures } from "../../../src/segment/known-features.js";
import { forestSettings } from "../../../src/segment/train-forest-options.js";
import type { PredictionShown } from "../../protocol/training.js";
import { unlabelled } from "../labels/unlabelled.js";
import { sceneOf } from "../scene.js";
import { type CameraOptions, checkCamera } from "../slices/camera.js";
import { changesOf, checkDisplay, checkFlag, checkTitle, editorOf, type SlicesOptions } from "../slices/slices.js";
import type { GrowOptions } from "./lesson.js";
import { shownIn } from "./predicted.js";
import { Trainable } from "./trainable-view.js";
import { Trainer } from "./trainer.js";

/** Options of {@link trainable}: those of `trainForest` and of `slices` that make sense here, and its own. */
export interface TrainableOptions
  extends Omit<GrowOptions, "unlabelled" | "heldOut">,
    Pick<
      SlicesOptions,
      "cursor" | "window" | "region" | "normal" | "planes" | "mode" | "outline" | "opacity" | "title"
    >,
    CameraOptions {
  /** Names of the phases that are told apart, two to eight. Their labels are 1, 2, …; 0 is what is not scribbled. */
  classes: readonly string[];
  /**
   * File that keeps the scribbles, each as soon as it is made; what stands in it is there again. Default: one in the folder
   * `.voxbook/edits` beside the notebook, by scan and classes.
   */
  edit?: string;
  /** Share of the scribbled blocks of 8 × 8 × 8 voxels that the forest is tested with, 0 to 0.9. Default 0.2. */
  heldOut?: number;
  /** Trees of the forests that follow each stroke; Update has `trees`. Default 30. */
  quickTrees?: number;
  /** Voxels of each phase, at most, that those learn from; Update has `samples`. Default 2000. */
  quickSamples?: number;
  /**
   * What lies over the grey values to begin with: the "scribbles" alone, the most likely phase ("labels"), the "uncertainty", or the
   * probability of the phase with this label, 1, 2, …. Default "labels".
   */
  show?: PredictionShown;
  /** Whether each stroke is followed by a training. Default true. */
  live?: boolean;
}

const VIEW = ["cursor", "window", "region", "normal"] as const;
const LOOK = ["planes", "mode", "outline", "zoom", "centre", "opacity", "title"] as const;
const GROW = ["trees", "depth", "minimumLeaf", "featuresPerSplit", "balance", "samples", "seed"] as const;
const OWN = ["classes", "edit", "heldOut", "quickTrees", "quickSamples", "show", "live"] as const;

const given = (options: object, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(options).filter(([name, value]) => names.includes(name) && value !== undefined));

function checkClasses(classes: unknown): asserts classes is readonly string[] {
  const fits =
    Array.isArray(classes) &&
    classes.length >= 2 &&
    classes.length <= 8 &&
    classes.every((name) => typeof name === "string" && name !== "" && name.length <= 40) &&
    new Set(classes).size === classes.length;
  if (!fits)
    throw new InvalidArgument(
      `trainable: classes is ${JSON.stringify(classes)}; give two to eight different names of at most 40 characters`,
    );
}

/**
 * Segments a scan by scribbles: shows its three planes, on which the reader scribbles some voxels of each phase. After each stroke a
 * random forest learns from all of them ({@link trainForest}) and the planes show what it makes of the rest ({@link predictForest}):
 * the most likely phase, the probability of one, or the uncertainty. With Update it has all trees.
 *
 *   const trained = await trainable(scan, { classes: ["pore", "binder", "active material"] });
 *   trained                                      // scribble; then, in another cell:
 *   trained.score?.accuracy;                     // 0.97, on scribbles that were held out
 *   const labels = await trained.predict();      // the whole volume
 *   await trained.forest.save("cathode.json");
 *
 * Scribbles are kept in a file as soon as they are made, and can be undone. Forests are trained and planes predicted in threads: the
 * kernel runs cells meanwhile. From the same scribbles `trainForest` gives the same forest (see the button Code).
 * Cost after a stroke: the features of the box around it, 30 trees, and the visible planes, about a third of a second for planes of
 * 256² on two cores; memory a vector of features for each scribbled voxel.
 * @param scan any voxel type and shape
 * @throws InvalidArgument if an option is out of range, or there are fewer than two classes
 */
export async function trainable(scan: Volume, options: TrainableOptions): Promise<Trainable> {
  checkVolume("trainable", scan);
  checkOptions("trainable", options, [...OWN, ...GROW, ...FEATURE_OPTIONS, ...VIEW, ...LOOK]);
  const { classes, edit, heldOut = 0.2, quickTrees = 30, quickSamples = 2000, title = "scan" } = options;
  const { show = "labels", live = true } = options;
  checkClasses(classes);
  checkNumber("heldOut", heldOut, 0, 0.9);
  if (options.opacity !== undefined) checkNumber("opacity", options.opacity, 0, 1);
  checkTitle(title);
  checkDisplay(options);
  checkCamera(options);
  checkFlag("live", live);
  const nothing = unlabelled(scan, classes);
  if (shownIn(show, nothing.phases!) === undefined)
    throw new InvalidArgument(
      `trainable: show is ${JSON.stringify(show)}; give "scribbles", "labels", "uncertainty" or the label of a phase, 1 to ${classes.length}`,
    );
  const known = new KnownFeatures(scan, given(options, FEATURE_OPTIONS));
  const full = { ...given(options, [...GROW, ...FEATURE_OPTIONS]), unlabelled: 0, heldOut } as GrowOptions;
  const quick = { ...full, trees: quickTrees, samples: quickSamples };
  for (const one of [full, quick]) forestSettings(one, known.count);
  const changes = changesOf(scan, given(options, VIEW));
  const scene = await sceneOf(scan);
  if (Object.keys(changes).length > 0) scene.set(changes);
  const editor = await editorOf(scene, nothing, edit ?? true);
  const trainer = new Trainer(scan, editor, known, { quick, full });
  const look = { opacity: 0.45, ...given(options, LOOK), title };
  const call = { ...options, edit: editor.path };
  const view = new Trainable(scan, scene, look, editor, trainer, call, { show, live });
  // Scribbles that were kept: their forest is there as soon as it can be.
  if (editor.edits.length > 0) trainer.scribbled(true);
  return view;
}
