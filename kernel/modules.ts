/** How cells import: from the notebook's folder first, then from the kernel's own package; local TypeScript is compiled as it is loaded. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire, register } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

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

type NativeImport = (specifier: string) => Promise<Record<string, unknown>>;

export class Modules {
  private readonly own = ownEntries("default");
  private hooked = false;
  readonly require: NodeJS.Require;

  /**
   * @param folder the notebook's folder
   * @param loaded called after one of the package's own entry points was first imported
   */
  constructor(
    private readonly folder: string,
    private readonly loaded: (entry: string) => void = () => {},
  ) {
    this.require = createRequire(join(folder, "cell.js"));
  }

  /** What stands for `import` in a cell; `native` resolves from the cell's own file. */
  importer(native: NativeImport) {
    return async (specifier: unknown, names?: readonly string[]): Promise<Record<string, unknown>> => {
      const module = await this.load(String(specifier), native);
      if (names === undefined) return module;
      // CommonJS modules name their exports only in part; the rest is on their default export.
      const rest = module.default as Record<string, unknown> | undefined;
      return Object.fromEntries(names.map((name) => [name, name in module ? module[name] : rest?.[name]]));
    };
  }

  private async load(specifier: string, native: NativeImport): Promise<Record<string, unknown>> {
    const own = this.own[specifier];
    if (own !== undefined) {
      const module = (await import(pathToFileURL(own).href)) as Record<string, unknown>;
      this.loaded(specifier);
      return module;
    }
    if (/^\.{0,2}\/|^file:/.test(specifier)) return this.loadLocal(specifier, native);
    try {
      return await native(specifier);
    } catch (error) {
      if (!isMissing(error, specifier)) throw error;
      try {
        // This file lies in the package, so its dependencies resolve from here.
        return (await import(specifier)) as Record<string, unknown>;
      } catch (second) {
        if (isMissing(second, specifier))
          throw new Error(
            `Cannot find package '${specifier}' from ${this.folder}; install it there with: npm install ${specifier}`,
          );
        throw second;
      }
    }
  }

  private async loadLocal(specifier: string, native: NativeImport): Promise<Record<string, unknown>> {
    const path = specifier.startsWith("file:") ? fileURLToPath(specifier) : resolve(this.folder, specifier);
    const file = [path, path.replace(/\.js$/, ".ts"), `${path}.ts`, join(path, "index.ts")].find(
      (name) => existsSync(name) && statSync(name).isFile(),
    );
    if (file === undefined) throw new Error(`Cannot find '${specifier}' in ${this.folder}`);
    if (file.endsWith(".json")) return { default: JSON.parse(readFileSync(file, "utf8")) };
    if (!file.endsWith(".ts")) return native(pathToFileURL(file).href);
    if (!this.hooked) {
      register("./typescript-hooks.js", import.meta.url);
      this.hooked = true;
    }
    // An edited file is another module: the next import sees the change.
    return native(`${pathToFileURL(file).href}?changed=${statSync(file).mtimeMs}`);
  }
}

function isMissing(error: unknown, specifier: string): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return code === "ERR_MODULE_NOT_FOUND" && message !== undefined && message.includes(`'${specifier.split("/")[0]}`);
}
