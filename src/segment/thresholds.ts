import { InvalidArgument } from "../core/errors.js";
import { OUTSIDE, type Phase, phaseTable } from "../core/phases.js";

/** Most thresholds: the label above the last one must not be {@link OUTSIDE}. */
const MOST = OUTSIDE - 1;

/** The thresholds as an array; throws unless they are finite, ascending, and from 1 to 254. */
export function checkThresholds(thresholds: number | readonly number[]): readonly number[] {
  const given = typeof thresholds === "number" ? [thresholds] : thresholds;
  const ascending = (value: number, k: number): boolean => Number.isFinite(value) && (k === 0 || value > given[k - 1]!);
  if (!Array.isArray(given) || given.length === 0 || !given.every(ascending))
    throw new InvalidArgument(
      `thresholds are ${Array.isArray(given) ? `[${given.join(", ")}]` : String(given)}; give one finite number, or several in ascending order`,
    );
  if (given.length > MOST)
    throw new InvalidArgument(`${given.length} thresholds; at most ${MOST} are allowed, for labels have 8 bits`);
  return given;
}

/** The phases that thresholds make, from dark to bright; throws unless there are as many names as phases. */
export function thresholdPhases(thresholds: readonly number[], names?: readonly string[]): Phase[] {
  const count = thresholds.length + 1;
  if (names === undefined) return phaseTable(count);
  if (!Array.isArray(names) || names.length !== count || !names.every((name) => typeof name === "string"))
    throw new InvalidArgument(
      `names are ${JSON.stringify(names)}; ${thresholds.length} threshold${count === 2 ? " makes" : "s make"} ${count} phases: give ${count} names, the darkest phase first`,
    );
  return phaseTable(count, names);
}
