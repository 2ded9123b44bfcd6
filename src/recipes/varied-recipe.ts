/** A recipe whose arguments are varied: which argument of which step a name such as `median.radius` means. */
import { InvalidArgument } from "../core/errors.js";
import type { Plain } from "../core/provenance.js";
import type { Recipe } from "./recipe.js";
import { optionsAt, STEPS } from "./steps.js";

/** Names of arguments that stand before the options. */
const POSITIONS: Readonly<Record<string, readonly string[]>> = {
  threshold: ["thresholds"],
  hysteresisThreshold: ["low", "high"],
  percentile: ["percentage"],
  removeSmall: ["size"],
  labelMask: ["which"],
  clip: ["low", "high"],
  convert: ["dtype"],
  cropToLabel: ["which"],
  hMaxima: ["h"],
  hMinima: ["h"],
  relabel: ["by"],
};

/** Where an argument stands. */
export interface Place {
  /** Number of the step, from 0. */
  readonly step: number;
  /** Number among the arguments after the volume; of an option the place of the options. */
  readonly argument: number;
  readonly option?: string;
}

/** `threshold.thresholds`, `median.radius`; of several steps of the same function `median#2.radius` is the second one. */
export function placeOf(caller: string, name: string, { steps }: Recipe): Place {
  const [, called, which, argument] = /^(\w+)(?:#(\d+))?\.(\w+)$/.exec(name) ?? [];
  const found = [...steps.entries()].filter(([, step]) => step.function === called).map(([k]) => k);
  const step = which === undefined && found.length === 1 ? found[0] : found[Number(which) - 1];
  if (called === undefined || argument === undefined || step === undefined)
    throw new InvalidArgument(
      `${caller}: vary names ${JSON.stringify(name)}, which is no argument of ${steps.map((one) => one.function).join(" → ")}; name function and argument, such as "threshold.thresholds" or "median.radius"${found.length > 1 ? `, and which of the ${found.length} steps: "${called}#1.${argument}"` : ""}`,
    );
  const position = POSITIONS[called]?.indexOf(argument) ?? -1;
  if (position >= 0) return { step, argument: position };
  return { step, argument: optionsAt(STEPS[called]!), option: argument };
}

/** The recipe with other values of some of its arguments. */
export function withArguments(recipe: Recipe, values: readonly (readonly [Place, unknown])[]): Recipe {
  const steps = recipe.steps.map((step) => ({ function: step.function, arguments: [...step.arguments] }));
  for (const [{ step, argument, option }, value] of values) {
    const list = steps[step]!.arguments;
    // What stands before the options may have been left out.
    while (list.length < argument) list.push(null);
    list[argument] = (
      option === undefined ? value : { ...(list[argument] as object | undefined), [option]: value }
    ) as Plain;
  }
  return { ...recipe, steps };
}
