/** What parameters may be, how values are drawn from it, and how they are told. */
import { InvalidArgument } from "../core/errors.js";
import { isLength, type Length } from "../core/length.js";
import { checkOptions } from "../core/options.js";
import { mainEffect } from "../statistics/distribution.js";

/** Any value from one number to another, each equally plausible. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
  /** Only whole numbers, both ends among them: seeds, iterations, voxels. Default false. */
  readonly whole?: boolean;
}

/** Any length from one to another, each equally plausible. */
export interface LengthRange {
  readonly from: Length;
  readonly to: Length;
}

/**
 * The plausible values of a parameter: from a number to another (`{ from: 110, to: 130 }`), from a length to another, several such
 * ranges for a list of numbers, each drawn by itself (`[{ from: 110, to: 130 }, { from: 180, to: 190 }]`), or a list of
 * values, each equally plausible: numbers, names, functions (`[otsu, isodata]`).
 */
export type PlausibleRange = NumberRange | LengthRange | readonly NumberRange[] | readonly Choice[];
/** A value to choose; no object with `from`, which would be a range. */
export type Choice = number | string | boolean | null | Length | readonly number[] | ((...values: never[]) => unknown);

/** Parameters by name. */
export type Vary = Readonly<Record<string, PlausibleRange>>;

/** A value from a range. */
export type Chosen<R> = R extends LengthRange
  ? Length
  : R extends NumberRange
    ? number
    : R extends readonly (infer T)[]
      ? T extends NumberRange
        ? number[]
        : T
      : never;

/** One number of the design: a parameter, or one of the numbers of a list. */
export interface DrawnNumber {
  readonly name: string;
  /** Text for a choice that is no number. */
  told(u: number): number | string;
  readonly unit: string;
  /** Number of values to choose from; undefined of a range. */
  readonly choices: number | undefined;
}

/** A parameter that is varied. */
export interface VariedParameter {
  readonly name: string;
  readonly numbers: readonly DrawnNumber[];
  /** @param u a number from 0 to below 1 for each of `numbers` */
  value(u: readonly number[]): unknown;
}

const isRange = (range: unknown): range is NumberRange | LengthRange =>
  typeof range === "object" && range !== null && !Array.isArray(range) && "from" in range;

/** The parameters, checked. */
export function parametersOf(caller: string, vary: unknown): VariedParameter[] {
  if (typeof vary !== "object" || vary === null || Array.isArray(vary) || Object.keys(vary).length === 0)
    throw new InvalidArgument(
      `${caller}: vary is ${JSON.stringify(vary)}; give the plausible range of each parameter by its name, such as { thresholds: { from: 110, to: 130 } }`,
    );
  return Object.entries(vary as Vary).map(([name, range]) => {
    if (isRange(range)) {
      const number = numberOf(caller, name, range);
      return { name, numbers: [number], value: ([u]) => number.value(u!) };
    }
    if (!Array.isArray(range) || range.length === 0)
      throw new InvalidArgument(
        `${caller}: vary.${name} is ${JSON.stringify(range)}; give { from, to }, several of these for a list, or a list of values`,
      );
    if (range.every(isRange)) {
      const numbers = range.map((one, k) => numberOf(caller, `${name}[${k}]`, one));
      return { name, numbers, value: (u) => numbers.map((number, k) => number.value(u[k]!)) };
    }
    const at = (u: number): Choice => range[Math.floor(u * range.length)] as Choice;
    const told = (u: number): number | string => toldChoice(at(u));
    return { name, numbers: [{ name, told, unit: "", choices: range.length }], value: ([u]) => at(u!) };
  });
}

function toldChoice(choice: Choice): number | string {
  if (typeof choice === "number") return choice;
  if (typeof choice === "function") return choice.name || "a function";
  return typeof choice === "string" ? choice : JSON.stringify(choice);
}

function numberOf(
  caller: string,
  name: string,
  range: NumberRange | LengthRange,
): DrawnNumber & { value(u: number): number | Length } {
  checkOptions(`${caller}: vary.${name}`, range, ["from", "to", "whole"]);
  const { from, to } = range;
  const whole = "whole" in range && range.whole === true;
  const [low, high] = [from, to].map((end) => (isLength(end) ? end.metres : end)) as [number, number];
  const fits = isLength(from) === isLength(to) && !(whole && isLength(from));
  const ends = Number.isFinite(low) && Number.isFinite(high) && low <= high;
  if (!fits || !ends || (whole && !(Number.isSafeInteger(low) && Number.isSafeInteger(high))))
    throw new InvalidArgument(
      `${caller}: vary.${name} goes from ${JSON.stringify(from)} to ${JSON.stringify(to)}; give two ${whole ? "whole numbers" : "finite numbers, or two lengths"}, the smaller one first`,
    );
  const at = (u: number): number => (whole ? low + Math.floor(u * (high - low + 1)) : low + u * (high - low));
  return {
    name,
    value: (u) => (isLength(from) ? Object.freeze({ metres: at(u) }) : at(u)),
    told: (u) => (isLength(from) ? at(u) * 1e6 : at(u)),
    unit: isLength(from) ? "µm" : "",
    choices: whole && high - low < 12 ? high - low + 1 : undefined,
  };
}

/** Most groups into which a range is cut for its main effect: in 16 of them a straight line loses 0.4 % of its variance. */
const MOST_GROUPS = 16;

/** Share of the variance of a quantity that one number of the design makes. */
export function effectOf({ choices }: DrawnNumber, u: readonly number[], y: readonly number[]): number {
  const groups = choices ?? Math.max(2, Math.min(MOST_GROUPS, Math.floor(Math.sqrt(y.length))));
  return mainEffect(
    y,
    u.map((value) => Math.floor(value * groups)),
    groups,
  );
}
