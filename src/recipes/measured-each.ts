/** Quantities of many volumes: of the states of a series, of many samples. */
import { InvalidArgument } from "../core/errors.js";
import type { Volume } from "../core/volume.js";
import { type Quantities, type Quantity, quantitiesOf } from "../measure/quantities.js";
import type { SensitivityRun } from "./sensitivity.js";

/** Measures one volume; `about` is what is known of it beside its labels. */
export type QuantityOf<About> = (labels: Volume, run: SensitivityRun, about: About) => Quantities | Promise<Quantities>;

/** One function, several, or several by names of yours. */
export type QuantitySet<About> =
  | QuantityOf<About>
  | readonly QuantityOf<About>[]
  | Readonly<Record<string, QuantityOf<About>>>;

interface Named<About> {
  /** A name of the caller's, or undefined: then names are those that the function gives. */
  readonly key: string | undefined;
  readonly name: string;
  readonly measure: QuantityOf<About>;
}

/** The functions with their names. @throws InvalidArgument if there are none, or something else is among them */
export function quantitySet<About>(caller: string, given: QuantitySet<About>): readonly Named<About>[] {
  const all: Named<About>[] =
    typeof given === "function"
      ? [{ key: undefined, name: given.name, measure: given }]
      : Array.isArray(given)
        ? given.map((measure: QuantityOf<About>) => ({ key: undefined, name: measure?.name, measure }))
        : typeof given === "object" && given !== null
          ? Object.entries(given).map(([key, measure]) => ({ key, name: key, measure: measure as QuantityOf<About> }))
          : [];
  const wrong = all.find(({ measure }) => typeof measure !== "function");
  if (all.length === 0 || wrong !== undefined)
    throw new InvalidArgument(
      `${caller}: the quantities are ${wrong === undefined ? String(given) : String(wrong.measure)}; give functions of labels, such as phaseFractions, [phaseFractions, interfaceAreas] or { thickness: (labels) => … }`,
    );
  return all.map((one) => ({ ...one, name: one.name || "quantity" }));
}

/** What one volume gave, and what failed. */
export interface MeasuredVolume {
  readonly quantities: readonly Quantity[];
  readonly errors: readonly { readonly name: string; readonly message: string; readonly error: unknown }[];
}

/**
 * Each quantity of one volume. A function that fails takes no other one with it; that it gives no numbers at all would be so for
 * every volume and is thrown, as is that the work was stopped.
 */
export async function measureOne<About>(
  caller: string,
  set: readonly Named<About>[],
  labels: Volume,
  run: SensitivityRun,
  about: About,
): Promise<MeasuredVolume> {
  const quantities: Quantity[] = [];
  const errors: MeasuredVolume["errors"][number][] = [];
  const taken = new Set<string>();
  for (const { key, name, measure } of set) {
    let found: Quantities;
    try {
      found = await measure(labels, run, about);
    } catch (error) {
      run.signal?.throwIfAborted();
      errors.push({ name, message: error instanceof Error ? error.message : String(error), error });
      continue;
    }
    for (const one of quantitiesOf(caller, name, found)) {
      const own = key === undefined || one.name === key ? one.name : `${key}: ${one.name}`;
      // Two functions may name different things alike.
      const told = taken.has(own) ? `${name}: ${own}` : own;
      taken.add(told);
      quantities.push({ ...one, name: told });
    }
  }
  return { quantities, errors };
}

/** All quantities in the order in which they came, with the value of each volume; NaN where it has none. */
export function byQuantity(
  caller: string,
  volumes: readonly MeasuredVolume[],
): Map<string, { unit: string; values: number[] }> {
  const all = new Map<string, { unit: string; values: number[] }>();
  for (const [k, { quantities }] of volumes.entries())
    for (const { name, unit, value } of quantities) {
      const known = all.get(name) ?? { unit, values: new Array<number>(volumes.length).fill(Number.NaN) };
      if (known.unit !== unit)
        throw new InvalidArgument(
          `${caller}: ${name} is in ${unit || "no unit"} here and in ${known.unit || "no unit"} there; give all volumes a voxel size, or none`,
        );
      known.values[k] = value;
      all.set(name, known);
    }
  return all;
}

export const toldOf = (errors: MeasuredVolume["errors"]): string =>
  errors.map(({ name, message }) => `${name}: ${message}`).join("; ");
