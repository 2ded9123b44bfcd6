/** Recipes: chains of functions as plain JSON. A recipe file is hostile until it has passed {@link stepsOf}. */
import { InvalidArgument, MalformedFile, UnsupportedFeature } from "../core/errors.js";
import { RUN_OPTIONS, suggestion } from "../core/options.js";
import { type Plain, VERSION } from "../core/provenance.js";
import { optionsAt, STEPS, type StepFunction } from "./steps.js";

const FORMAT = "voxbook.recipe";
/** Recipes of a later version are refused. */
const FORMAT_VERSION = 1;
const MOST_STEPS = 1000;
/** A forest tells how all came to be that it learnt from. */
const MOST_LEVELS = 200;

/** A chain as it stands in a file. Lengths are objects such as `{ "metres": 8e-7 }`, as `um(0.8)` gives them. */
export interface Recipe {
  readonly format: typeof FORMAT;
  readonly version: number;
  /** Version of the library that wrote it. */
  readonly voxbook: string;
  readonly steps: readonly { readonly function: string; readonly arguments: readonly Plain[] }[];
}

/** One function with its arguments after the volume. */
export interface Step {
  readonly name: string;
  readonly function: StepFunction;
  readonly arguments: readonly unknown[];
}

/** What is decided for the whole chain when it runs, and `mask`, which is no plain value. */
const OF_THE_RUN = RUN_OPTIONS.filter((name) => name !== "region");

/** Checks a function of the library and its arguments as a step of a chain. */
export function stepOf(step: unknown, number: number): Step {
  const [call, ...rest] = Array.isArray(step) ? step : [step];
  const name = Object.keys(STEPS).find((name) => STEPS[name] === call);
  if (name === undefined)
    throw new InvalidArgument(
      `step ${number} of the pipeline is ${typeof call === "function" ? call.name || "a function of your own" : String(call)}; allowed are ${Object.keys(STEPS).join(", ")}, alone or with their arguments: [median, { radius: 2 }]`,
    );
  return checkedStep({ name, function: STEPS[name]!, arguments: rest }, number);
}

function checkedStep(step: Step, number: number): Step {
  const what = `step ${number} of the pipeline, ${step.name},`;
  const last = optionsAt(step.function);
  if (step.arguments.length > last + 1)
    throw new InvalidArgument(`${what} has ${step.arguments.length} arguments; it takes ${last + 1}`);
  const options = step.arguments[last];
  for (const name of OF_THE_RUN)
    if (typeof options === "object" && options !== null && name in options)
      throw new InvalidArgument(`${what} has an option \`${name}\`; give it to the run of the whole pipeline`);
  if (!step.arguments.every((value) => isPlain(value, 0)))
    throw new InvalidArgument(`${what} has arguments that are no plain values (numbers, text, lists, lengths)`);
  return step;
}

function isPlain(value: unknown, depth: number): boolean {
  if (value === undefined || value === null || ["boolean", "string"].includes(typeof value)) return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || depth > MOST_LEVELS) return false;
  if (Array.isArray(value)) return value.every((item) => isPlain(item, depth + 1));
  if (![Object.prototype, null].includes(Object.getPrototypeOf(value))) return false;
  return Object.values(value).every((item) => isPlain(item, depth + 1));
}

/** A chain as plain JSON. */
export function recipeOf(steps: readonly Step[]): Recipe {
  return {
    format: FORMAT,
    version: FORMAT_VERSION,
    voxbook: VERSION,
    steps: JSON.parse(
      JSON.stringify(steps.map(({ name, arguments: rest }) => ({ function: name, arguments: rest }))),
    ) as Recipe["steps"],
  };
}

/** The steps of a recipe. @param source name of the file, for messages */
export function stepsOf(recipe: unknown, source: string): Step[] {
  const { format, version, steps } = (recipe ?? {}) as Partial<Recipe>;
  if (format !== FORMAT) throw new UnsupportedFeature(`${source} is no recipe: its format is not ${FORMAT}`);
  if (version !== FORMAT_VERSION)
    throw new UnsupportedFeature(
      `${source} is a recipe of version ${JSON.stringify(version)}; this version of voxbook reads version ${FORMAT_VERSION}`,
    );
  if (!Array.isArray(steps) || steps.length === 0 || steps.length > MOST_STEPS)
    throw new MalformedFile(`${source}: a recipe has a list of 1 to ${MOST_STEPS} steps`);
  return steps.map((step: unknown, k) => {
    const { function: name, arguments: rest } = (step ?? {}) as Partial<Recipe["steps"][number]>;
    if (typeof name !== "string" || !Array.isArray(rest))
      throw new MalformedFile(`${source}: step ${k + 1} needs a \`function\` and a list of \`arguments\``);
    if (!Object.hasOwn(STEPS, name))
      throw new UnsupportedFeature(
        `${source}: step ${k + 1} is the function ${JSON.stringify(name)}, which this version does not have${suggestion(name, Object.keys(STEPS))}`,
      );
    return checkedStep({ name, function: STEPS[name]!, arguments: rest }, k + 1);
  });
}
