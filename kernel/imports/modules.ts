/**
 * How cells import.
 *
 * A package is looked for in `node_modules` of the notebook's folder and of the folders above it, then among the kernel's
 * own dependencies; the kernel's own package resolves anywhere. `npm install name` in the notebook's folder adds one,
 * without a restart. Local files are looked for beside the notebook, TypeScript among them, and are seen anew at the next
 * import once they, or a file that they import, have changed; what has not changed stays the same module.
 * An import that fails declares none of its names and leaves all others as they are.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, extname, join, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Binding, Bindings } from "../cells/bindings.js";
import { hasPackage, localFile, packageName } from "./local-files.js";
import { startHooks, tellHooks } from "./local-modules.js";
import { explainImport, missingPackage, type SearchPlaces } from "./missing-module.js";
import { nearest } from "./nearest.js";

/** The folder of the package that this kernel belongs to. */
export const home: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
})();

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string | { types?: string; default?: string }>>;
}

/** Entry points of the kernel's own package, which resolve in any notebook: `name` or `name/part` → file of `condition`. */
export function ownEntries(condition: "types" | "default"): Record<string, string> {
  const { name, exports = {} } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as Manifest;
  const entries: Record<string, string> = {};
  for (const [path, target] of Object.entries(exports)) {
    const file = typeof target === "string" ? target : target[condition];
    if (file !== undefined && !file.endsWith(".json")) entries[name + path.slice(1)] = join(home, file);
  }
  return entries;
}

export type Namespace = Record<string, unknown>;
/** Node's own import, as from a file in the notebook's folder. */
type NativeImport = (specifier: string, options?: ImportCallOptions) => Promise<Namespace>;

/** What an import found, in the words that help; Node's own error is the cause of none, since it says the same, worse. */
class ImportError extends Error {
  override readonly name = "ImportError";
  constructor(
    message: string,
    readonly code: unknown,
  ) {
    super(message);
  }
}

export class Modules {
  private readonly own = ownEntries("default");
  private readonly around: SearchPlaces;
  private readonly nodeRequire: NodeJS.Require;
  /** Local CommonJS files as they were when they were loaded. */
  private readonly loadedStamps = new Map<string, string>();

  /**
   * @param folder the notebook's folder
   * @param native resolves from the notebook's folder
   * @param loaded called after one of the package's own entry points was first imported
   */
  constructor(
    private readonly folder: string,
    private readonly native: NativeImport,
    private readonly loaded: (entry: string) => void = () => {},
    /** Called with an error and one made where the cell imports: modules that fail to load do not know who asked. */
    private readonly failed: (error: unknown, site: Error) => void = () => {},
  ) {
    this.nodeRequire = createRequire(join(folder, "cell.js"));
    this.around = { folder, home, own: Object.keys(this.own) };
    this.require = Object.assign((specifier: string) => this.required(specifier), this.nodeRequire);
  }

  /** What stands for `require` in a cell. */
  readonly require: NodeJS.Require;

  /** What stands for `import()` in a cell. */
  readonly import = async (specifier: unknown, options?: ImportCallOptions): Promise<Namespace> => {
    const name = String(specifier);
    try {
      return await this.load(name, options);
    } catch (error) {
      const text = explainImport(error, name, this.around);
      if (text !== undefined) throw new ImportError(text, (error as { code?: unknown }).code);
      this.failed(error, new Error());
      throw error;
    }
  };

  /** `import.meta.resolve`: the URL that an import would load. */
  resolve(specifier: string): string {
    const own = this.own[specifier];
    if (own !== undefined) return pathToFileURL(own).href;
    if (isBuiltin(specifier)) return specifier.startsWith("node:") ? specifier : `node:${specifier}`;
    const path = /^\.{0,2}\/|^\.{1,2}$/.test(specifier);
    return pathToFileURL(path ? resolve(this.folder, specifier) : this.require.resolve(specifier)).href;
  }

  /** What stands for an import statement: links names to the exports of a module, `*` to all of them. */
  async bring(
    bindings: Bindings,
    specifier: string,
    names: readonly (readonly [key: string, binding: Binding])[],
    options?: ImportCallOptions,
  ): Promise<void> {
    const module = await this.import(specifier, options);
    // CommonJS modules name their exports only in part; the rest is on their default export.
    const rest = Object(module.default) as Namespace;
    for (const [key, binding] of names)
      if (key === "*") bindings.declare(binding, module, true);
      else if (key in module) bindings.link(binding, () => module[key]);
      else if (key in rest) bindings.link(binding, () => rest[key]);
      else {
        // It may be a type, of which nothing is left at run time and which no code reads.
        const guess = nearest(key, [...Object.keys(module), ...Object.keys(rest)]);
        bindings.link(binding, () => {
          const instead = guess === undefined ? "" : `; did you mean '${guess}'?`;
          throw new ReferenceError(`'${specifier}' exports no value '${key}'${instead}`);
        });
      }
  }

  private async load(specifier: string, options: ImportCallOptions | undefined): Promise<Namespace> {
    const own = this.own[specifier];
    if (own !== undefined) {
      const module = (await import(pathToFileURL(own).href)) as Namespace;
      this.loaded(specifier);
      return module;
    }
    if (/^\.{0,2}\/|^\.{1,2}$|^file:/.test(specifier)) return this.loadLocal(specifier, options);
    if (isBuiltin(specifier) || /^[a-z]+:|^#/i.test(specifier) || specifier === "")
      return this.native(specifier, options);
    const name = packageName(specifier);
    if (hasPackage(name, this.folder)) return this.loadPackage(specifier, options);
    // This file lies in the package, so its dependencies resolve from here.
    if (hasPackage(name, home)) return (await import(specifier, options)) as Namespace;
    throw new ImportError(missingPackage(specifier, this.around), "ERR_MODULE_NOT_FOUND");
  }

  /** A package that only gives itself to `require`, or leaves the suffix of a file to it, is required. */
  private async loadPackage(specifier: string, options: ImportCallOptions | undefined): Promise<Namespace> {
    try {
      return await this.native(specifier, options);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== "ERR_PACKAGE_PATH_NOT_EXPORTED" && code !== "ERR_MODULE_NOT_FOUND") throw error;
      let file: string;
      try {
        file = this.nodeRequire.resolve(specifier);
      } catch {
        throw error;
      }
      return this.native(pathToFileURL(file).href, options);
    }
  }

  private async loadLocal(specifier: string, options: ImportCallOptions | undefined): Promise<Namespace> {
    const path = specifier.startsWith("file:") ? fileURLToPath(specifier) : resolve(this.folder, specifier);
    const file = localFile(path);
    if (file === undefined) throw Object.assign(new Error(), { code: "ERR_MODULE_NOT_FOUND", specifier: path });
    if (extname(file) === ".json") return { default: parseJson(file, specifier) };
    startHooks();
    this.forgetEdited();
    const { href } = pathToFileURL(file);
    try {
      const module = await this.native(`${href}?edit`, options);
      tellHooks({ kind: "loaded", file });
      return module;
    } catch (error) {
      tellHooks({ kind: "failed", file });
      // Node does not tell where a module does not parse; the hooks look for it.
      if (error instanceof SyntaxError && !("place" in error)) await this.native(`${href}?edit&diagnose`, options);
      throw error;
    } finally {
      this.stampLoaded();
    }
  }

  private required(specifier: string): unknown {
    try {
      const own = this.own[specifier];
      if (own !== undefined) return this.nodeRequire(own);
      if (/\.m?ts$/.test(specifier))
        throw new ImportError(
          `'${specifier}' is TypeScript: import * as module from "${specifier}"`,
          "ERR_REQUIRE_ESM",
        );
      this.forgetEdited();
      return this.nodeRequire(specifier);
    } catch (error) {
      const text = error instanceof ImportError ? undefined : explainImport(error, specifier, this.around);
      throw text === undefined ? error : new ImportError(text, (error as { code?: unknown }).code);
    } finally {
      this.stampLoaded();
    }
  }

  private *localCommonJs(): Generator<string> {
    for (const file of Object.keys(this.nodeRequire.cache))
      if (!file.split(sep).includes("node_modules") && !file.startsWith(join(home, "dist") + sep)) yield file;
  }

  private stampLoaded(): void {
    for (const file of this.localCommonJs()) if (!this.loadedStamps.has(file)) this.loadedStamps.set(file, stamp(file));
  }

  /** CommonJS has a cache by path: what was edited leaves it, and so does what required that. */
  private forgetEdited(): void {
    const { cache } = this.nodeRequire;
    const edited = [...this.localCommonJs()].filter((file) => (this.loadedStamps.get(file) ?? "") !== stamp(file));
    for (const file of edited) {
      const module = cache[file];
      delete cache[file];
      this.loadedStamps.delete(file);
      for (const other of this.localCommonJs())
        if (module !== undefined && cache[other]?.children.includes(module) && !edited.includes(other))
          edited.push(other);
    }
  }
}

function stamp(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
}

function parseJson(file: string, specifier: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new SyntaxError(`'${specifier}' is not JSON: ${(error as Error).message}`);
  }
}
