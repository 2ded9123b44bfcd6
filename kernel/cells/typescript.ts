/**
 * The TypeScript compiler, loaded in a third of the time that `import` takes: its 9 MB are read as one-byte text, not
 * searched for export names, and compiled from the engine's code cache, which the build leaves beside this file.
 *
 *   import type TS from "typescript";      // types
 *   import { ts } from "./typescript.js";  // values
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import vm from "node:vm";
import type TS from "typescript";

const file = createRequire(import.meta.url).resolve("typescript");
// The cache holds for one engine and one compiler; another pair has another file.
const cacheFile = fileURLToPath(new URL(`./typescript-${process.versions.v8}-${process.arch}.cache`, import.meta.url));

function cached(): Buffer | undefined {
  try {
    return readFileSync(cacheFile);
  } catch {
    return undefined;
  }
}

function load(): { ts: typeof TS; script: vm.Script } {
  // All of it is ASCII: the engine then keeps one byte a character.
  const source = readFileSync(file, "latin1");
  const wrapped = `(function (exports, require, module, __filename, __dirname) { ${source}\n})`;
  const cachedData = cached();
  const script = new vm.Script(wrapped, { filename: file, ...(cachedData && { cachedData }) });
  const module = { exports: {} as typeof TS };
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
  return { ts: module.exports, script };
}

/**
 * Two functions of the compiler hold thousands of others, run once a cell, and would take the engine's best compiler
 * seconds of a processor and 130 MB, for nothing.
 */
function neverOptimize(functions: readonly unknown[]): void {
  setFlagsFromString("--allow-natives-syntax");
  try {
    const never = new vm.Script("(f) => { %NeverOptimizeFunction(f); }").runInThisContext() as (f: unknown) => void;
    for (const one of functions) if (typeof one === "function") never(one);
  } catch {
    // Another engine: it may waste what it likes.
  } finally {
    setFlagsFromString("--no-allow-natives-syntax");
  }
}

const loaded = load();
const { createProgram, createTypeChecker } = loaded.ts as typeof TS & { createTypeChecker: unknown };
neverOptimize([createProgram, createTypeChecker]);

/** The compiler's API. */
export const ts: typeof TS = loaded.ts;

/** Keeps what the engine has compiled until now for the next start. The engine checks that it fits the source. */
export function saveCodeCache(): void {
  const temporary = `${cacheFile}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, loaded.script.createCachedData());
    renameSync(temporary, cacheFile);
  } catch {
    // A package that may not be written to starts slower, and that is all.
    rmSync(temporary, { force: true });
  }
}

/** Whether the code cache was there and fitted. */
export const startedFromCache: boolean = loaded.script.cachedDataRejected === false;
