/** Choosing one or several of a list of options: value, label and index always say the same. */
import { InvalidArgument } from "../../../src/core/errors.js";
import { DescriptionWidget } from "../controls/dom.js";
import { local, type Values } from "../core/attributes.js";
import { type Kind, list, nullable, text } from "../core/kinds.js";
import type { Options } from "../core/options.js";
import { printed } from "../core/printed.js";
import { same } from "../core/same.js";

/** What one may choose from: values, which are then their own labels, or pairs of a label and a value. */
export type Choices<T> = readonly T[] | readonly (readonly [label: string, value: T])[];

/** Values of which a list of options is remembered word for word: `["ball", "box"]` gives "ball" or "box", not any text. */
export type Choice = string | number | boolean | bigint | object | null | undefined;

type Rest<W> = Omit<Options<W>, "options" | "value">;

/** Options where one of some values is chosen. */
export type Listed<W, T> = Rest<W> & { options?: readonly T[]; value?: NoInfer<T> | null };
/** Options where one of some labelled values is chosen. */
export type Labelled<W, T> = Rest<W> & {
  options: readonly (readonly [label: string, value: T])[];
  value?: NoInfer<T> | null;
};
/** Options where several of some values are chosen. */
export type ListedMany<W, T> = Rest<W> & { options?: readonly T[]; value?: readonly NoInfer<T>[] };
/** Options where several of some labelled values are chosen. */
export type LabelledMany<W, T> = Rest<W> & {
  options: readonly (readonly [label: string, value: T])[];
  value?: readonly NoInfer<T>[];
};

const any: Kind<unknown> = { allowed: "one of the options", take: (given) => given };
const options: Kind<readonly unknown[]> = {
  allowed: "a list of values, or of [label, value] pairs",
  take: (given) => (Array.isArray(given) ? Object.freeze([...given]) : undefined),
};

/** The attributes of a choice that no page knows. */
export const ONE = { options: local(options, []), value: local(any, null), label: local(nullable(text), null) };
/** The attributes of a choice of several that no page knows. */
export const MANY = { options: local(options, []), value: local(list(any), []), label: local(list(text), []) };

const isPair = (option: unknown): option is readonly [unknown, unknown] => Array.isArray(option) && option.length === 2;

function separated(given: unknown): { labels: readonly string[]; values: readonly unknown[] } {
  const choices = given as readonly unknown[];
  // As in ipywidgets: pairs only if all are.
  if (choices.length > 0 && choices.every(isPair))
    return { labels: choices.map(([label]) => String(label)), values: choices.map(([, value]) => value) };
  return { labels: choices.map(String), values: choices };
}

function indexOf(caller: string, what: string, wanted: unknown, among: readonly unknown[]): number {
  const index = among.findIndex((one) => same(one, wanted));
  if (index >= 0) return index;
  throw new InvalidArgument(
    `${caller}: the ${what} ${printed(wanted)} is none of the options ${among.slice(0, 20).map(printed).join(", ")}${among.length > 20 ? ", …" : ""}`,
  );
}

/** One of several options, or none. */
export abstract class OneChoice<T> extends DescriptionWidget {
  /** Values to choose from, or [label, value] pairs. New options choose the first, if something was chosen before. Default []. */
  declare options: Choices<T>;
  /** The chosen value; null: none. Default: the first. */
  declare value: T | null;
  /** The label of the chosen value. */
  declare label: string | null;

  protected override settle(next: Values, changed: ReadonlySet<string>, before?: Readonly<Values>): void {
    const { labels, values } = separated(next.options);
    const caller = this.constructor.name;
    next._options_labels = labels;
    if (changed.has("index")) checkIndex(caller, next.index, labels);
    else if (changed.has("value"))
      next.index = next.value === null ? null : indexOf(caller, "value", next.value, values);
    else if (changed.has("label"))
      next.index = next.label === null ? null : indexOf(caller, "label", next.label, labels);
    else if (changed.has("options"))
      next.index = labels.length > 0 && (before === undefined || before.index !== null) ? 0 : null;
    const { index } = next as { index: number | null };
    next.value = index === null ? null : (values[index] ?? null);
    next.label = index === null ? null : (labels[index] ?? null);
  }
}

/** One of at least one option. */
export abstract class OneOfSome<T> extends OneChoice<T> {
  protected override settle(next: Values, changed: ReadonlySet<string>, before?: Readonly<Values>): void {
    if ((next.options as readonly unknown[]).length === 0)
      throw new InvalidArgument(`${this.constructor.name} needs options: a list with at least one value`);
    super.settle(next, changed, before);
    if (next.index === null) throw new InvalidArgument(`${this.constructor.name}: one of the options is always chosen`);
  }
}

function checkIndex(caller: string, index: unknown, labels: readonly string[]): void {
  const inside = index === null || ((index as number) >= 0 && (index as number) < labels.length);
  if (!inside)
    throw new InvalidArgument(
      `${caller}: index is ${String(index)}; there are ${labels.length} options, counted from 0`,
    );
}

/** Any number of several options. */
export abstract class SomeChoices<T> extends DescriptionWidget {
  /** Values to choose from, or [label, value] pairs. New options choose none. Default []. */
  declare options: Choices<T>;
  /** The chosen values. Default []. */
  declare value: readonly T[];
  /** The labels of the chosen values. */
  declare label: readonly string[];

  protected override settle(next: Values, changed: ReadonlySet<string>, before?: Readonly<Values>): void {
    const { labels, values } = separated(next.options);
    const caller = this.constructor.name;
    next._options_labels = labels;
    if (changed.has("index")) for (const index of next.index as number[]) checkIndex(caller, index, labels);
    else if (changed.has("value"))
      next.index = (next.value as unknown[]).map((value) => indexOf(caller, "value", value, values));
    else if (changed.has("label"))
      next.index = (next.label as unknown[]).map((label) => indexOf(caller, "label", label, labels));
    else if (changed.has("options")) next.index = this.first(before);
    next.value = (next.index as number[]).map((index) => values[index]);
    next.label = (next.index as number[]).map((index) => labels[index]!);
  }

  /** @internal What is chosen of new options. */
  protected first(_before: Readonly<Values> | undefined): readonly number[] {
    return [];
  }
}

/** A first and a last one of at least one option. */
export abstract class RangeOfSome<T> extends SomeChoices<T> {
  protected override settle(next: Values, changed: ReadonlySet<string>, before?: Readonly<Values>): void {
    if ((next.options as readonly unknown[]).length === 0)
      throw new InvalidArgument(`${this.constructor.name} needs options: a list with at least one value`);
    super.settle(next, changed, before);
    if ((next.index as number[]).length !== 2)
      throw new InvalidArgument(`${this.constructor.name}: allowed are two options, the first and the last`);
  }

  protected override first(): readonly number[] {
    return [0, 0];
  }
}
