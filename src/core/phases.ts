import { InvalidArgument } from "./errors.js";
import { suggestion } from "./options.js";

/** One phase of a labels volume. */
export interface Phase {
  /** Label value of the phase's voxels. */
  readonly label: number;
  readonly name: string;
  /** Colour as `#rrggbb`. */
  readonly colour: string;
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
