import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { InvalidArgument, MalformedFile, MissingData } from "../core/errors.js";
import { Pipeline } from "./pipeline.js";
import { type Recipe, stepsOf } from "./recipe.js";

/** A recipe is a page of text, but for forests; what is larger is something else. */
const MOST_BYTES = 2 ** 28;

/**
 * Reads a recipe: the chain that `pipeline(…).save(path)` wrote, or the object that stands in such a file.
 * @throws MissingData if there is no such file; MalformedFile or UnsupportedFeature if it is no recipe of this version;
 * InvalidArgument if a step has arguments that its function does not take
 */
export async function recipe(source: string | Recipe): Promise<Pipeline> {
  if (typeof source === "object" && source !== null) return new Pipeline(stepsOf(source, "the recipe"));
  if (typeof source !== "string" || source === "")
    throw new InvalidArgument(`recipe takes the path of a .json file or a recipe, got ${String(source)}`);
  const name = basename(source);
  let text: string;
  try {
    const { size } = await stat(source);
    if (size > MOST_BYTES) throw new MalformedFile(`${name} is no recipe: it has ${size} bytes`);
    text = await readFile(source, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EISDIR" && code !== "EACCES" && code !== "ENOTDIR") throw error;
    throw new MissingData(`the recipe ${source} could not be read: ${(error as Error).message}`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new MalformedFile(`${name} is no recipe: ${(error as Error).message}`);
  }
  return new Pipeline(stepsOf(parsed, name));
}
