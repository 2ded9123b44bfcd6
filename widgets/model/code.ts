/** Views as cells: values as TypeScript that a reader would write, and that says the same again. */
import { isLength } from "../../src/core/length.js";
import type { SlicesDisplay } from "../protocol.js";
import { written } from "./scene-view.js";

/** What a cell calls by its name: a volume, a function. */
export class Called {
  constructor(readonly name: string) {}
}

/** Options whose value is called as they are, where they were given: `{ labels }`. */
export function given<Name extends string>(
  options: Readonly<Partial<Record<Name, unknown>>>,
  ...names: readonly Name[]
): Record<string, Called> {
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, new Called(name)]),
  );
}

/** JSON as code. What turns the direction of writing or is not seen at all is escaped: code has to be what it looks like. */
export const jsonCode = (value: unknown): string =>
  JSON.stringify(value).replace(/[\p{C}\u2028\u2029]/gu, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`);

/** A name before a colon. `__proto__` there would be no property. */
const key = (name: string): string =>
  name === "__proto__" ? `["__proto__"]` : /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) ? name : jsonCode(name);

/** A plain value as TypeScript: lengths are written in micrometres, what is undefined or null is left out of objects. */
export function asCode(value: unknown): string {
  if (value instanceof Called) return value.name;
  if (isLength(value)) return `um(${written(value.metres * 1e6)})`;
  if (Array.isArray(value)) return `[${value.map(asCode).join(", ")}]`;
  if (typeof value === "number") return written(value);
  if (typeof value === "string") return jsonCode(value);
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined && one !== null);
  const parts = entries.map(([name, one]) => {
    const [before, after] = [key(name), asCode(one)];
    return one instanceof Called && before === after ? before : `${before}: ${after}`;
  });
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

/** Whether code of a value calls `um`. */
export const hasLengths = (value: unknown): boolean =>
  isLength(value) || (typeof value === "object" && value !== null && Object.values(value).some(hasLengths));

/** A cell that makes a view. @param of what it is of, as code @param options what is undefined or null is left out */
export const cellOf = (make: string, of: string, options: object): string =>
  [
    ...(hasLengths(options) ? ['import { um } from "voxbook";'] : []),
    `import { ${make} } from "voxbook/widgets";`,
    "",
    `await ${make}(${of}, ${asCode(options)})`,
    "",
  ].join("\n");

/** A plain value where it is not the usual one. */
export const unless = <Value>(usual: Value, value: Value): Value | undefined =>
  JSON.stringify(value) === JSON.stringify(usual) ? undefined : value;

/** How planes are shown, where it is not as usual. @param curtain whether something is behind one */
export const displayCode = (display: SlicesDisplay, curtain: boolean): object => ({
  planes: unless(1, display.planes),
  mode: unless("mean", display.mode),
  outline: unless(false, display.outline),
  curtain: curtain ? unless(0.5, display.curtain) : undefined,
});
