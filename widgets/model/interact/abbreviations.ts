/** Short forms of controls: `[0, 10]` is a slider, `["ball", "box"]` a list to choose from. */
import { InvalidArgument } from "../../../src/core/errors.js";
import { Dropdown } from "../controls/choices.js";
import { DescriptionWidget, type DOMWidget } from "../controls/dom.js";
import { FloatSlider, IntSlider } from "../controls/sliders.js";
import { Checkbox } from "../controls/switches.js";
import { Text } from "../controls/texts.js";
import { Widget } from "../core/widget.js";

/** A control with a value. */
export type ValueWidget<Value = unknown> = DOMWidget & { readonly value: Value };

/** What stands for a control. */
export type Abbreviation =
  | boolean
  | number
  | string
  | readonly [min: number, max: number, step?: number]
  | readonly string[]
  | readonly (readonly [label: string, value: unknown])[]
  | ValueWidget;

/** Controls by the name of the value that they give. */
export type Abbreviations = Readonly<Record<string, Abbreviation>>;

/** The type of the value that a control gives. */
export type ValueOf<A> =
  A extends ValueWidget<infer Value>
    ? Value
    : A extends boolean
      ? boolean
      : A extends number
        ? number
        : A extends string
          ? string
          : A extends readonly number[]
            ? number
            : A extends readonly (readonly [string, infer Value])[]
              ? Value
              : A extends readonly (infer Name extends string)[]
                ? Name
                : never;

/** The values that controls give, by name. */
export type ValuesOf<C> = { -readonly [Name in keyof C]: ValueOf<C[Name]> };

const isNumbers = (list: readonly unknown[]): list is readonly number[] => list.every((n) => typeof n === "number");
const isPairs = (list: readonly unknown[]): boolean => list.every((one) => Array.isArray(one) && one.length === 2);

/** Decimals of a number as it is written. */
function decimals(n: number): number {
  const [digits, exponent = "0"] = n.toString().split("e");
  return Math.max(0, (digits!.split(".")[1]?.length ?? 0) - Number(exponent));
}

function slider(description: string, min: number, max: number, step?: number, value?: number): IntSlider | FloatSlider {
  const fail = (what: string): never => {
    throw new InvalidArgument(
      `${description}: ${what}; a slider is [min, max] or [min, max, step]; a choice of numbers is new SelectionSlider({ options: […] })`,
    );
  };
  if (![min, max, step ?? 1].every(Number.isFinite)) fail("a number is missing or not finite");
  if (!(min < max)) fail(`min is ${min}, max is ${max}`);
  if (step !== undefined && !(step > 0 && step <= max - min)) fail(`step is ${step} between ${min} and ${max}`);
  const middle = (by: number): number => min + Math.round((max - min) / 2 / by) * by;
  if ([min, max, step ?? 1, value ?? 0].every(Number.isInteger)) {
    const by = step ?? 1;
    return new IntSlider({ description, min, max, step: by, value: value ?? middle(by) });
  }
  const by = step ?? Number(((max - min) / 100).toPrecision(1));
  const digits = Math.max(decimals(min), decimals(by));
  const readout_format = digits > 6 ? ".3g" : `.${digits}f`;
  const start = value ?? Number(middle(by).toPrecision(12));
  return new FloatSlider({ description, min, max, step: by, value: start, readout_format });
}

/** The control that an abbreviation stands for. A widget stands for itself; without a description it gets its name. */
export function controlFor(name: string, given: Abbreviation): ValueWidget {
  if (given instanceof Widget) {
    if (!given.hasAttribute("value"))
      throw new InvalidArgument(`${name}: a ${given.constructor.name} has no value; give a control that has one`);
    if (given instanceof DescriptionWidget && given.description === "") given.description = name;
    return given;
  }
  if (typeof given === "boolean") return new Checkbox({ description: name, value: given });
  if (typeof given === "string") return new Text({ description: name, value: given });
  if (typeof given === "number") {
    // As in ipywidgets: from minus the value to three times the value.
    const ends = given === 0 ? [0, 1] : [-given, 3 * given].sort((a, b) => a - b);
    return slider(name, ends[0]!, ends[1]!, undefined, given);
  }
  if (Array.isArray(given) && given.length > 0) {
    const list: readonly unknown[] = given;
    if (isNumbers(list) && list.length <= 3) return slider(name, list[0]!, list[1]!, list[2]);
    if (isNumbers(list))
      throw new InvalidArgument(
        `${name} is a list of ${list.length} numbers; a slider is [min, max] or [min, max, step], a choice of numbers is new SelectionSlider({ options: [${list.join(", ")}] })`,
      );
    if (list.every((one) => typeof one === "string")) return new Dropdown({ description: name, options: list });
    if (isPairs(list)) return new Dropdown({ description: name, options: list as readonly [string, object][] });
  }
  throw new InvalidArgument(
    `${name} is no control; allowed are [min, max, step], ["one", "of", "these"], [["label", value], …], true or false, text, a number, or a widget with a value`,
  );
}
