/** What of a volume conducts, and how well: from names of phases to the bytes that threads work on. */
import { checkMask, checkVolume } from "../compute/run.js";
import { DTYPES } from "../core/dtype.js";
import { InvalidArgument, LimitExceeded } from "../core/errors.js";
import type { RunOptions } from "../core/options.js";
import { labelOf, OUTSIDE } from "../core/phases.js";
import { checkRegion, wholeRegion } from "../core/shape.js";
import type { Volume } from "../core/volume.js";
import { checkLabelled } from "../morphology/find-components.js";
import { phaseOf } from "../morphology/structuring.js";
import { OUTSIDE_SAMPLE, REACTING } from "./conduction-thread.js";
import type { Conductors } from "./solve-conduction.js";

/** Conductivities (or diffusivities) of phases by name or label; what is not listed conducts nothing. */
export type Conductivities = Readonly<Record<string | number, number>>;

/** Kinds of conductor that fit a byte. */
const MOST_KINDS = 127;
/** Labels of 32 bits may lie so far from each other. */
const MOST_LABELS = 2 ** 26;

export interface GivenConductors extends Pick<RunOptions, "region" | "mask"> {
  readonly phase?: string | number | undefined;
  readonly conductivities?: Conductivities | undefined;
  /** Phases whose faces react; all that does not conduct where it is true. */
  readonly reacting?: true | readonly (string | number)[] | undefined;
}

/** Conductors with what the provenance tells of them. */
export interface NamedConductors {
  readonly conductors: Conductors;
  /** Label → conductivity of those that conduct. */
  readonly named: Readonly<Record<string, number>>;
  /** The phases that conduct, in words. */
  readonly what: string;
}

/** @throws InvalidArgument if phases are not there, or conductivities no finite numbers from 0 on */
export function conductorsOf(caller: string, labels: Volume, given: GivenConductors): NamedConductors {
  checkVolume(caller, labels);
  checkLabelled(caller, labels);
  checkMask(given.mask, labels);
  const { region = wholeRegion(labels.shape), mask, reacting } = given;
  checkRegion(region, labels.shape);
  const conducting = conductivityOf(caller, labels, given);
  const { lowest, count } = valuesOf(caller, labels);
  const bytes = new Uint8Array(count);
  const isMask = labels.role === "mask";
  if (reacting !== undefined) {
    const which = reacting === true ? undefined : reacting.map((phase) => labelOf(caller, phase, labels.phases));
    for (let k = 0; k < count; k++) if (which === undefined || which.includes(k + lowest)) bytes[k] = REACTING;
  }
  const kinds = [0, ...new Set([...conducting.values()].filter((value) => value > 0))];
  if (kinds.length - 1 > MOST_KINDS)
    throw new InvalidArgument(`${caller}: ${kinds.length - 1} different conductivities; allowed are ${MOST_KINDS}`);
  if (kinds.length === 1) throw new InvalidArgument(`${caller}: nothing conducts; give a conductivity above 0`);
  if (isMask) {
    const [value] = conducting.values();
    for (let k = 0; k < count; k++) bytes[k] = k + lowest === 0 ? bytes[k]! : kinds.indexOf(value!);
  } else {
    for (const [label, value] of conducting) {
      const at = label - lowest;
      if (at >= 0 && at < count) bytes[at] = value > 0 ? kinds.indexOf(value) : bytes[at]!;
    }
    const outside = OUTSIDE - lowest;
    const listed = labels.phases?.some(({ label }) => label === OUTSIDE) || conducting.has(OUTSIDE);
    if (DTYPES[labels.dtype].bytes === 1 && !listed && outside < count) bytes[outside] = OUTSIDE_SAMPLE;
  }
  const steps = labels.spacing ?? [1, 1, 1];
  const conductors = { labels, region, mask, bytes, lowest, conductivities: kinds, steps };
  const nameOf = (label: number): string => labels.phases?.find((one) => one.label === label)?.name ?? `label ${label}`;
  const named = Object.fromEntries([...conducting].map(([label, value]) => [String(label), value]));
  const what = isMask ? "the mask" : [...conducting.keys()].map((label) => JSON.stringify(nameOf(label))).join(", ");
  return { conductors, named, what };
}

function conductivityOf(
  caller: string,
  labels: Volume,
  { phase, conductivities }: GivenConductors,
): Map<number, number> {
  if (conductivities === undefined) {
    const label = phaseOf(caller, labels, phase);
    return new Map([[label ?? 1, 1]]);
  }
  if (phase !== undefined)
    throw new InvalidArgument(`${caller}: give either phase, which then conducts alone, or conductivities of several`);
  if (typeof conductivities !== "object" || conductivities === null || Object.keys(conductivities).length === 0)
    throw new InvalidArgument(
      `${caller}: conductivities are an object such as { pore: 1, binder: 0.05 }, got ${JSON.stringify(conductivities)}`,
    );
  const found = new Map<number, number>();
  for (const [name, value] of Object.entries(conductivities)) {
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0)
      throw new InvalidArgument(
        `${caller}: the conductivity of ${JSON.stringify(name)} is ${String(value)}; allowed are finite numbers from 0 on`,
      );
    const named = labels.phases?.some((one) => one.name === name);
    const label =
      labels.role === "mask"
        ? Number(name)
        : labelOf(caller, named || !/^-?\d+$/.test(name) ? name : Number(name), labels.phases);
    if (labels.role === "mask" && label !== 1)
      throw new InvalidArgument(`${caller}: a mask has one phase, 1; conductivities has ${JSON.stringify(name)}`);
    if (found.has(label)) throw new InvalidArgument(`${caller}: conductivities has the label ${label} twice`);
    found.set(label, value);
  }
  const largest = Math.max(...found.values());
  const least = Math.min(...[...found.values()].filter((value) => value > 0));
  if (largest / least > 1e6)
    throw new InvalidArgument(
      `${caller}: conductivities from ${least} to ${largest} are further apart than 10⁶, which voxels of 32 bits do not solve; set those of no account to 0`,
    );
  return found;
}

function valuesOf(caller: string, { dtype, range: [least, most] }: Volume): { lowest: number; count: number } {
  const { bytes, min } = DTYPES[dtype];
  if (bytes < 4) return { lowest: min, count: 2 ** (8 * bytes) };
  if (most - least >= MOST_LABELS)
    throw new LimitExceeded(
      `${caller}: labels from ${least} to ${most} are no phases; relabel them, or make a mask of them`,
      most - least + 1,
      MOST_LABELS,
    );
  return { lowest: least, count: most - least + 1 };
}
