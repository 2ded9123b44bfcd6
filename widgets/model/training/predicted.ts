/** Planes that a forest predicts: for the page, which may ask anything, and for the picture that a notebook keeps. */
import type { Json } from "../../../kernel/comm.js";
import { InvalidArgument } from "../../../src/core/errors.js";
import type { Phase } from "../../../src/core/phases.js";
import type { PredictionKey, PredictionShown, TrainingChoice } from "../../protocol/training.js";
import type { Sources } from "../planes.js";
import type { PredictedPicture } from "../slices/slices-picture.js";
import type { Trainer } from "./trainer.js";

/** What can be shown of labels with these phases; undefined: not this. */
export function shownIn(value: unknown, phases: readonly Phase[]): PredictionShown | undefined {
  if (value === "scribbles" || value === "labels" || value === "uncertainty") return value;
  return phases.find(({ label }) => label === value)?.label;
}

/** What a page may choose. */
export function choiceIn(value: unknown, phases: readonly Phase[]): TrainingChoice | undefined {
  const { show, live } = Object(value) as Partial<TrainingChoice>;
  const shown = shownIn(show, phases);
  return shown !== undefined && typeof live === "boolean" ? { show: shown, live } : undefined;
}

/** Planes for the page. Of an older forest there is no answer: the page asks for the newer one, of which it hears. */
export function predictedBy(trainer: Trainer): NonNullable<Sources["predicted"]> {
  return async ({ prediction }: Record<string, Json>, [axis, index], signal) => {
    const { show: wanted, model } = Object(prediction) as Partial<PredictionKey>;
    const show = shownIn(wanted, trainer.editor.now.phases!);
    if (!Number.isInteger(model)) throw new InvalidArgument(`prediction: model is ${String(model)}; give its number`);
    if (show === undefined || show === "scribbles")
      throw new InvalidArgument(
        `prediction: show is ${String(wanted)}; allowed are labels, uncertainty, or the label of a phase`,
      );
    return trainer.plane(show, axis, index, signal, model);
  };
}

/** What the picture in the notebook shows of a forest; nothing until there is one. */
export function predictedShown(
  trainer: Trainer | undefined,
  show: Exclude<PredictionShown, "scribbles">,
): PredictedPicture | undefined {
  const forest = trainer?.forest;
  if (trainer === undefined || forest === undefined) return undefined;
  const phase = forest.phases.find(({ label }) => label === show);
  if (typeof show === "number" && phase === undefined) return undefined;
  return {
    name: show === "labels" ? undefined : phase === undefined ? "uncertainty" : `probability of ${phase.name}`,
    plane: (axis, index) => trainer.plane(show, axis, index),
  };
}
