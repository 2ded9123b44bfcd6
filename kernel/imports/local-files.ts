/** Which file or package an import means. */
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

interface Manifest {
  readonly name?: string;
  readonly main?: string;
  readonly module?: string;
  readonly exports?: Exports;
}
type Exports = string | null | readonly Exports[] | { readonly [condition: string]: Exports };

/** The package.json of a folder; undefined if there is none. */
export function manifestOf(folder: string): Manifest | undefined {
  const path = join(folder, "package.json");
  if (!isFile(path)) return undefined;
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof manifest === "object" && manifest !== null ? manifest : {};
  } catch (error) {
    throw new SyntaxError(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** What `exports` gives an `import`, after the rules of Node: the first condition that holds. */
function target(exports: Exports | undefined): string | undefined {
  if (typeof exports === "string") return exports;
  if (typeof exports !== "object" || exports === null) return undefined;
  if (Array.isArray(exports)) return exports.map(target).find((path) => path !== undefined);
  for (const [condition, value] of Object.entries(exports))
    if ([".", "node", "import", "module-sync", "require", "default"].includes(condition)) {
      const path = target(value);
      if (path !== undefined) return path;
    }
  return undefined;
}

const SUFFIXES = [".ts", ".mts", ".js", ".mjs", ".cjs", ".json"];

/**
 * The file that a path in an import means: itself; `x.ts` for `x.js`, as TypeScript has it; with a suffix that was left
 * out; or of a folder the entry that its package.json names, else its `index`.
 */
export function localFile(path: string): string | undefined {
  const direct = [path, path.replace(/\.(m?)js$/, ".$1ts"), ...SUFFIXES.map((suffix) => path + suffix)];
  const file = direct.find(isFile);
  if (file !== undefined || !isFolder(path)) return file;
  const manifest = manifestOf(path);
  const entry = target(manifest?.exports) ?? manifest?.module ?? manifest?.main;
  const named = entry === undefined ? undefined : localFile(join(path, entry));
  return named ?? SUFFIXES.map((suffix) => join(path, `index${suffix}`)).find(isFile);
}

/** Name of the package that a specifier means: `@scope/name` of `@scope/name/part`. */
export const packageName = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** The folder itself and all above it. */
export function* upwards(folder: string): Generator<string> {
  for (let at = folder; ; at = dirname(at)) {
    yield at;
    if (dirname(at) === at) return;
  }
}

/**
 * Whether Node would find a package from a folder. Asked before Node is, which remembers for ever that a package was
 * missing: what is installed afterwards could only be imported after a restart.
 */
export function hasPackage(name: string, folder: string): boolean {
  if (name === "") return false;
  let own: Manifest | undefined;
  for (const at of upwards(folder)) {
    if (isFolder(join(at, "node_modules", name))) return true;
    // A package may import itself by its name.
    own ??= manifestOf(at);
  }
  return own?.name === name && own.exports !== undefined;
}
