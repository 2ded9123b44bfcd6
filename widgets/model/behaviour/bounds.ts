/** Values between a lowest and a highest one: a value beyond them is brought to the nearest. */
import { InvalidArgument } from "../../../src/core/errors.js";
import { DescriptionWidget } from "../controls/dom.js";
import type { Values } from "../core/attributes.js";

type Bound = number | string | Date;

/** Throws if the bounds are the wrong way round. null is no bound. */
export function checkBounds({ min, max }: Values): void {
  if (min !== null && max !== null && (min as Bound) > (max as Bound))
    throw new InvalidArgument(
      `min is ${String(min)}, above max, which is ${String(max)}; set both at once with set(…)`,
    );
}

/** The nearest value between the bounds. */
export function clamped<T extends Bound>(value: T, min: T | null, max: T | null): T {
  if (min !== null && value < min) return min;
  return max !== null && value > max ? max : value;
}

/** A number between `min` and `max`. */
export abstract class Bounded extends DescriptionWidget {
  protected override settle(next: Values): void {
    checkBounds(next);
    next.value = clamped(next.value as number, next.min as number, next.max as number);
  }
}

/** A number between `base` to the power of `min` and `base` to the power of `max`. */
export abstract class BoundedLog extends DescriptionWidget {
  protected override settle(next: Values): void {
    checkBounds(next);
    const { value, base, min, max } = next as Record<string, number>;
    if (!(base! > 0)) throw new InvalidArgument(`base is ${base}; allowed is a number above 0`);
    const ends = [base! ** min!, base! ** max!].sort((a, b) => a - b) as [number, number];
    next.value = clamped(value!, ends[0], ends[1]);
  }
}

/** A lower and an upper number between `min` and `max`. Without a value it begins as the middle half of the bounds that are given. */
export abstract class BoundedRange extends DescriptionWidget {
  /** The lower and the upper end. */
  declare value: readonly [lower: number, upper: number];

  protected override settle(next: Values, changed: ReadonlySet<string>, before?: Readonly<Values>): void {
    checkBounds(next);
    const { min, max, step } = next as { min: number; max: number; step: number | null };
    if (before === undefined && !changed.has("value") && (changed.has("min") || changed.has("max"))) {
      const quarter = (max - min) / 4;
      const whole = Number.isInteger(step) && Number.isInteger(min) && Number.isInteger(max);
      next.value = [min + quarter, max - quarter].map((n) => (whole ? Math.round(n) : n));
    }
    const [lower, upper] = next.value as [number, number];
    if (lower > upper) throw new InvalidArgument(`value is [${lower}, ${upper}]; allowed is [lower, upper]`);
    next.value = [clamped(lower, min, max), clamped(upper, min, max)];
  }
}

/** A date or time between `min` and `max`, each of which may be null. */
export abstract class BoundedMoment extends DescriptionWidget {
  protected override settle(next: Values): void {
    checkBounds(next);
    const { value, min, max } = next as Record<string, string | Date | null>;
    if (value !== null) next.value = clamped(value!, min!, max!);
  }
}
