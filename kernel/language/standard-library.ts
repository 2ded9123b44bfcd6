/**
 * What JavaScript itself brings, in a few large files instead of sixty small ones. Each check joins the global declarations of
 * all files anew, and what stands in one file was joined when that was read: a check takes a quarter of the time.
 */
import { dirname, join } from "node:path";
import { ts } from "../cells/typescript.js";

/** In parts that each take a few tens of milliseconds to read. */
const PARTS = [["es5"], ["es2015"], ["es2017"], ["es2020"], ["es2023", "esnext.disposable", "decorators"]];
const REFERENCE = /^\/\/\/ *<reference +([\w-]+)="([^"]+)".*$/gm;

const folder = dirname(ts.getDefaultLibFilePath({}));
const fileOf = (name: string): string => `lib.${name}.d.ts`;

/** Names of the files, for the compiler's option `lib`. */
export const LIBRARY = PARTS.map((_, k) => fileOf(`voxbook-${k + 1}`));

/** Files of the compiler that stand in ours. */
const contained = new Set<string>();
let texts: ReadonlyMap<string, string> | undefined;

function bundled(): ReadonlyMap<string, string> {
  const made = new Map<string, string>();
  for (const [k, names] of PARTS.entries()) {
    const parts: string[] = [];
    const add = (name: string): void => {
      const path = join(folder, fileOf(name));
      if (contained.has(path)) return;
      contained.add(path);
      const text = ts.sys.readFile(path);
      if (text === undefined) throw new Error(`the compiler has no ${fileOf(name)} in ${folder}; install it again`);
      for (const [, kind, other] of text.matchAll(REFERENCE)) if (kind === "lib") add(other!);
      parts.push(text.replace(REFERENCE, ""));
    };
    for (const name of names) add(name);
    made.set(join(folder, LIBRARY[k]!), parts.join("\n"));
  }
  return made;
}

/** The text of a file of the standard library; undefined if the path is none of it, or it is one that is left as it is. */
export function libraryText(path: string): string | undefined {
  if (dirname(path) !== folder) return undefined;
  texts ??= bundled();
  // A package may ask by itself for a part that is there already.
  return texts.get(path) ?? (contained.has(path) ? "" : undefined);
}
