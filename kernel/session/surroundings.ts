/** What the code of a cell runs in. */
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import type { Binding, Bindings } from "../cells/bindings.js";
import { NESTED_TOO_DEEPLY } from "../cells/cell-error.js";
import type { Modules, Namespace } from "../imports/modules.js";
import type { Interrupted } from "../threads/halt.js";

/** The one argument of a cell's function; transform.ts writes the code that uses it. */
export interface CellSurroundings {
  /** Set by the cell: the value of its last expression. */
  result: unknown;
  /** Set from outside: why the cell was interrupted. */
  stopped: Interrupted | undefined;
  binding(name: string): Binding;
  declare(binding: Binding, value: unknown, constant?: boolean): void;
  hoist(binding: Binding): void;
  /** An import statement. */
  bring(
    specifier: string,
    names: readonly (readonly [key: string, binding: Binding])[],
    options?: ImportCallOptions,
  ): Promise<void>;
  import(specifier: unknown, options?: ImportCallOptions): Promise<Namespace>;
  readonly require: NodeJS.Require;
  /** `import.meta`. */
  readonly meta: object;
  /** What a cell has waited for passes through here: a cell that was interrupted meanwhile ends there. */
  resumed<T>(value?: T): T | undefined;
  /** What is thrown passes through here. */
  thrown<T>(value: T): T;
  /** `eval` outside functions: the text finds the shared names. */
  evaluate(code: unknown): unknown;
}

// Decorators leave what they know of a class under a symbol that engines do not have yet.
if (!("metadata" in Symbol)) Object.defineProperty(Symbol, "metadata", { value: Symbol("Symbol.metadata") });

const evaluate = new Function(
  "scope",
  "with (scope) return function () { 'use strict'; return eval(arguments[0]); };",
) as (scope: object) => (code: unknown) => unknown;

export function surroundings({
  bindings,
  modules,
  path,
  thrown,
}: {
  bindings: Bindings;
  modules: Modules;
  /** File name that the cell runs under. */
  path: string;
  thrown: CellSurroundings["thrown"];
}): CellSurroundings {
  const around: CellSurroundings = {
    result: undefined,
    stopped: undefined,
    binding: (name) => bindings.of(name),
    declare: (binding, value, constant) => bindings.declare(binding, value, constant),
    hoist: (binding) => bindings.hoist(binding),
    bring: (specifier, names, options) => modules.bring(bindings, specifier, names, options),
    import: modules.import,
    require: modules.require,
    meta: {
      url: pathToFileURL(path).href,
      dirname: dirname(path),
      filename: path,
      resolve: (specifier: string) => modules.resolve(specifier),
    },
    resumed(value) {
      if (around.stopped !== undefined) throw around.stopped;
      return value;
    },
    thrown,
    evaluate: evaluate(bindings.scope),
  };
  return around;
}

// Code of a cell may itself make functions out of text, and those may import.
const importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;

/** @param scope the shared names as properties, for cells with functions that run code given as text */
export function compile(code: string, filename: string, scope: object): (around: CellSurroundings) => Promise<void> {
  let script: vm.Script;
  try {
    // The first line of the code is not the cell's.
    script = new vm.Script(code, { filename, lineOffset: -1, importModuleDynamically });
  } catch (error) {
    throw error instanceof RangeError ? new SyntaxError(NESTED_TOO_DEEPLY) : error;
  }
  return (script.runInThisContext() as (scope: object) => (around: CellSurroundings) => Promise<void>)(scope);
}

/** Node's import as a file in the folder has it. */
export const nativeImport = (
  folder: string,
): ((specifier: string, options?: ImportCallOptions) => Promise<Namespace>) =>
  new vm.Script("(specifier, options) => import(specifier, options)", {
    filename: join(folder, "cell.ts"),
    importModuleDynamically,
  }).runInThisContext() as (specifier: string, options?: ImportCallOptions) => Promise<Namespace>;
