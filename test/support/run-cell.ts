/** Runs a cell that a view has written, as a notebook does. */
import * as voxbook from "#src/index.js";
import * as widgets from "#widgets/model/index.js";

const MODULES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = { voxbook, "voxbook/widgets": widgets };
const AsyncFunction = (async () => undefined).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<unknown>;

/** @param names what the notebook has already @returns the value of the last statement */
export function runCell(code: string, names: Readonly<Record<string, unknown>>): Promise<unknown> {
  const known = new Map(Object.entries(names));
  for (const [, list, from] of code.matchAll(/^import \{ (.*) \} from "(.*)";$/gm))
    for (const name of list!.split(", ")) {
      if (!Object.hasOwn(MODULES[from!]!, name)) throw new Error(`${from} has no ${name}`);
      known.set(name, MODULES[from!]![name]);
    }
  const lines = code.replace(/^import .*$/gm, "").split("\n");
  const last = lines.findLastIndex((line) => /^(await |\w+$)/.test(line));
  lines[last] = `return ${lines[last]}`;
  return new AsyncFunction(...known.keys(), lines.join("\n"))(...known.values());
}
