import { DTYPES, type DType } from "./dtype.js";
import { InvalidArgument } from "./errors.js";
import { checkOptions, suggestion } from "./options.js";

/** One phase of a labels volume. */
export interface Phase {
  /** Label value of the phase's voxels. */
  readonly label: number;
  readonly name: string;
  /** Colour as `#rrggbb`. */
  readonly colour: string;
  /** Density of what the phase is made of, in kg/m³; undefined where it is not known. */
  readonly density?: number | undefined;
}

/** A phase as {@link Volume.with} takes it: what is left out stays as the volume's own table has it, or gets its default. */
export interface PhaseChanges {
  readonly label: number;
  readonly name?: string;
  /** `#rrggbb`. */
  readonly colour?: string;
  /** kg/m³; 0 for a void. */
  readonly density?: number;
}

/** Label of voxels outside the mask that a segmentation was given; they belong to no phase. */
export const OUTSIDE = 255;

/** Okabe & Ito's palette, safe for colour-blind eyes; black is left out, for it cannot be told from dark grey values. */
export const PALETTE = [
  "#0072b2",
  "#e69f00",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#d55e00",
  "#f0e442",
  "#999999",
] as const;

/** A table of `count` phases with the labels 0, 1, 2, …, names given or `phase 0`, `phase 1`, …. */
export function phaseTable(count: number, names: readonly string[] = []): Phase[] {
  return Array.from({ length: count }, (_, label) => ({
    label,
    name: names[label] ?? `phase ${label}`,
    colour: PALETTE[label % PALETTE.length]!,
  }));
}

const isColour = (value: unknown): value is string => typeof value === "string" && /^#[0-9a-f]{6}$/i.test(value);
const isDensity = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value >= 0;

/** True if a value read from somewhere is a table of phases. */
export const isPhases = (value: unknown): value is Phase[] =>
  Array.isArray(value) &&
  value.every(
    (phase: Partial<Phase> | null) =>
      typeof phase === "object" &&
      Number.isInteger(phase?.label) &&
      typeof phase?.name === "string" &&
      isColour(phase.colour) &&
      (phase.density === undefined || isDensity(phase.density)),
  );

/**
 * A table of phases that a person wrote down, checked and with its gaps filled from the `known` one: names default to
 * `phase 2` of label 2, colours to the first of the {@link PALETTE} that the table does not have yet.
 * @throws InvalidArgument if labels repeat or do not fit the voxels, names repeat or are empty, or a colour or density is none
 */
export function checkPhases(
  caller: string,
  given: readonly PhaseChanges[],
  dtype: DType,
  known: readonly Phase[] = [],
): Phase[] {
  if (!Array.isArray(given) || given.length === 0)
    throw new InvalidArgument(
      `${caller}: phases are a list such as [{ label: 0, name: "pore" }], got ${String(given)}`,
    );
  const { min, max } = DTYPES[dtype];
  const phases = given.map((one: PhaseChanges) => {
    checkOptions(`${caller}: a phase`, one, ["label", "name", "colour", "density"]);
    const { label } = one;
    if (!Number.isInteger(label) || label < min || label > max)
      throw new InvalidArgument(
        `${caller}: the label of a phase is ${String(label)}; allowed are whole numbers from ${min} to ${max}, for the voxels are ${dtype}`,
      );
    const before = known.find((phase) => phase.label === label);
    const { name = before?.name ?? `phase ${label}`, colour = before?.colour, density = before?.density } = one;
    if (typeof name !== "string" || name.trim() === "")
      throw new InvalidArgument(`${caller}: the name of phase ${label} is ${JSON.stringify(name)}; give a text`);
    if (colour !== undefined && !isColour(colour))
      throw new InvalidArgument(
        `${caller}: the colour of ${JSON.stringify(name)} is ${JSON.stringify(colour)}; give red, green and blue such as "#0072b2"`,
      );
    if (density !== undefined && !isDensity(density))
      throw new InvalidArgument(
        `${caller}: the density of ${JSON.stringify(name)} is ${String(density)}; give kg/m³, a finite number from 0 on`,
      );
    return { label, name, colour: colour?.toLowerCase(), ...(density !== undefined && { density }) };
  });
  for (const key of ["label", "name"] as const) {
    const all = phases.map((phase) => phase[key]);
    const twice = all.find((value, k) => all.indexOf(value) !== k);
    if (twice !== undefined)
      throw new InvalidArgument(`${caller}: two phases have the ${key} ${JSON.stringify(twice)}; each needs its own`);
  }
  const used = new Set(phases.map(({ colour }) => colour));
  const free = PALETTE.filter((colour) => !used.has(colour));
  return phases.map((phase, k) => ({ ...phase, colour: phase.colour ?? free.shift() ?? PALETTE[k % PALETTE.length]! }));
}

/** Red, green and blue, 0–255, of `#rrggbb`. */
export function rgb(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** How the fraction of a phase has changed from one volume to the next. */
export interface PhaseDrift {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/**
 * The label of a phase, given by its name or its label.
 * @throws InvalidArgument if the table has no such phase
 */
export function labelOf(caller: string, phase: unknown, phases: readonly Phase[] | undefined): number {
  if (
    typeof phase === "number" &&
    Number.isInteger(phase) &&
    (phases === undefined || phases.some(({ label }) => label === phase))
  )
    return phase;
  const found = phases?.filter(({ name }) => name === phase) ?? [];
  if (found.length === 1) return found[0]!.label;
  const known = phases?.map(({ label, name }) => `${JSON.stringify(name)} (${label})`).join(", ");
  const names = phases?.map(({ name }) => name) ?? [];
  const near = typeof phase === "string" ? suggestion(phase, names) : "";
  const why = found.length > 1 ? "; several phases have this name: give the label" : near;
  throw new InvalidArgument(
    `${caller}: phase is ${JSON.stringify(phase)}${why}; ${known === undefined ? "these labels have no phase table: give a label as a whole number" : `the phases are ${known}`}`,
  );
}
