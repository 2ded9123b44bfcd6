/** Values as messages and the text of widgets quote them: short, whatever they are. */
import { inspect } from "node:util";

const LONGEST = 80;

/** A value in a few words: text in quotes, lists and objects with their first parts. */
export function printed(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  const whole =
    typeof value === "string"
      ? JSON.stringify(value)
      : inspect(value, { depth: 2, maxArrayLength: 8, maxStringLength: 60, breakLength: Number.POSITIVE_INFINITY });
  return whole.length > LONGEST ? `${whole.slice(0, LONGEST - 1)}…` : whole;
}
