/** What the reader is told when an import fails: what was looked for, where, and what to do. */
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { manifestOf, packageName, upwards } from "./local-files.js";
import { nearest } from "./nearest.js";

export interface SearchPlaces {
  /** The notebook's folder. */
  readonly folder: string;
  /** Folder of the kernel's own package. */
  readonly home: string;
  /** Entry points of the kernel's own package. */
  readonly own: readonly string[];
}

interface Failure {
  readonly code?: string;
  readonly message: string;
  /** What our hooks say, where Node has it in the message only. */
  readonly specifier?: string;
  readonly importer?: string;
}

const names = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** Names of packages that an import in the folder could find. */
function installed({ folder, home, own }: SearchPlaces): Set<string> {
  const found = new Set(own);
  for (const at of upwards(folder))
    for (const name of names(join(at, "node_modules")))
      if (name.startsWith("@")) for (const part of names(join(at, "node_modules", name))) found.add(`${name}/${part}`);
      else found.add(name);
  const { dependencies = {} } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as {
    dependencies?: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) found.add(name);
  return found;
}

const isPackage = (path: string): boolean => path.split(/[\\/]/).includes("node_modules");

const meant = (word: string, known: Iterable<string>): string => {
  const name = nearest(word, known);
  return name === undefined ? "" : `; did you mean '${name}'?`;
};

/** npm puts packages beside the nearest package.json above the folder, if there is one. */
const project = (folder: string): string => {
  for (const at of upwards(folder)) if (names(at).includes("package.json")) return at;
  return folder;
};

const shell = (path: string): string => (/^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
const install = (name: string, folder: string): string => `cd ${shell(project(folder))} && npm install ${shell(name)}`;

/** The text that the reader sees for a package that is nowhere. */
export function missingPackage(specifier: string, around: SearchPlaces, importer?: string): string {
  const { folder, own } = around;
  const name = packageName(specifier);
  const part = own.find((entry) => entry === name);
  if (part !== undefined)
    return `'${part}' has no part '${specifier}'; it has ${own.map((entry) => `'${entry}'`).join(", ")}${meant(specifier, own)}`;
  const builtin = nearest(specifier, builtinModules);
  const guess =
    meant(specifier, own) ||
    meant(name, installed(around)) ||
    (builtin === undefined ? "" : meant(`node:${builtin}`, [`node:${builtin}`]));
  const by = importer === undefined ? "" : `, which ${relative(folder, importer) || importer} imports`;
  // What a package needs is installed where the package is: for the notebook.
  const from = importer === undefined || isPackage(importer) ? folder : dirname(importer);
  return [
    `there is no package '${name}'${by}${guess}`,
    `looked in node_modules of ${from} and of the folders above it, then among the kernel's own packages`,
    `to install it, in a terminal: ${install(name, from)}`,
  ].join("\n");
}

function missingFile(path: string, importer: string | undefined, { folder }: SearchPlaces): string {
  const by = importer === undefined ? "" : `, which ${relative(folder, importer) || importer} imports`;
  const beside = dirname(path);
  const files = names(beside);
  const guess =
    nearest(basename(path), files) ??
    nearest(
      basename(path),
      files.map((name) => name.replace(/\.\w+$/, "")),
    );
  const where = files.length === 0 ? "; its folder does not exist" : "";
  return `there is no file '${relative(folder, path) || path}'${by}${guess === undefined ? where : `; did you mean '${guess}'?`}`;
}

/** A package is there, but not what was asked of it. */
function notExported(specifier: string, message: string): string | undefined {
  const [, manifest] = /(?:in|in package config) (\S.*?package\.json)/.exec(message) ?? [];
  const exports = manifest === undefined ? undefined : manifestOf(dirname(manifest))?.exports;
  if (typeof exports !== "object" || exports === null) return undefined;
  const name = packageName(specifier);
  const parts = Object.keys(exports)
    .filter((key) => key.startsWith(".") && !key.endsWith(".json"))
    .map((key) => name + key.slice(1));
  if (parts.length === 0) return undefined;
  return `the package '${name}' does not export '${specifier}'; it exports ${parts.map((part) => `'${part}'`).join(", ")}${meant(specifier, parts)}`;
}

const pathOf = (place: string): string => (place.startsWith("file:") ? fileURLToPath(place) : place);

/**
 * The text for an error of an import; undefined if it is not about finding a module, so that it speaks for itself.
 * @param specifier what the cell imports
 */
export function explainImport(error: unknown, specifier: string, around: SearchPlaces): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, specifier: told, importer } = error as Failure;
  const message = String((error as Failure).message);
  const [, file, name] =
    /requested module '(.+?)(?:\?edit=.*)?' does not provide an export named '(.+)'/.exec(message) ?? [];
  if (file !== undefined && error instanceof SyntaxError)
    return `'${file}' exports no value '${name}'; where it is a type, say so: import type { ${name} } or export type { ${name} }`;
  if (code === "ERR_UNKNOWN_BUILTIN_MODULE") {
    const guess = nearest(specifier.replace(/^node:/, ""), builtinModules);
    return `Node has no module '${specifier}'${guess === undefined ? "" : `; did you mean 'node:${guess}'?`}`;
  }
  if (code === "ERR_PACKAGE_PATH_NOT_EXPORTED") return notExported(specifier, message);
  if (code === "ERR_REQUIRE_ASYNC_MODULE" || code === "ERR_REQUIRE_ESM")
    return `'${specifier}' cannot be required, only imported: const module = await import("${specifier}")`;
  if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") return undefined;
  const [, what, by] = /Cannot find (?:package|module) '([^']+)'(?: imported from (.+))?/.exec(message) ?? [];
  const wanted = told ?? what ?? specifier;
  const from = importer ?? (by === undefined ? undefined : pathOf(by));
  const outside = from !== undefined && isPackage(from);
  if (/^[./]|^file:|^[A-Za-z]:[\\/]/.test(wanted)) {
    const path = wanted.startsWith("file:") ? fileURLToPath(wanted.split("?")[0]!) : wanted;
    const file = path.startsWith(".") ? join(from === undefined ? around.folder : dirname(from), path) : path;
    return missingFile(file, importer, around);
  }
  const text = missingPackage(wanted, around, importer ?? (outside ? from : undefined));
  // Node keeps what failed inside a package for good.
  return outside ? `${text}\nthen restart the kernel` : text;
}
