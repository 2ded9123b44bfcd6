/**
 * Module hooks, in Node's own hooks thread: local `.ts` files load as modules, with their own `import.meta`, and local
 * files of any kind are seen anew once they, or what they import, have changed.
 */
import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { hasPackage, localFile, packageName } from "./local-files.js";
import type { FromHooks, ToHooks } from "./local-modules.js";
import { home, ownEntries } from "./modules.js";
import { Versions } from "./versions.js";

interface Resolved {
  url: string;
  format?: string | undefined;
  shortCircuit?: boolean;
}
type NextResolve = (specifier: string, context: { parentURL?: string }) => Promise<Resolved>;
type NextLoad = (url: string, context: object) => Promise<{ format: string; source?: unknown; shortCircuit?: boolean }>;

const own = ownEntries("default");
const versions = new Versions();
let port: MessagePort | undefined;

export function initialize(data: { port: MessagePort }): void {
  port = data.port;
}

/** The main thread has told which modules ran and which failed. */
function hear(): void {
  while (port !== undefined) {
    const heard = receiveMessageOnPort(port) as { message: ToHooks } | undefined;
    if (heard === undefined) return;
    versions[heard.message.kind](heard.message.file);
  }
}

/** Modules of the notebook's own files carry their version in the URL, which is also how they are told from packages. */
const isLocal = (url: string | undefined): url is string => url !== undefined && new URL(url).searchParams.has("edit");

function versioned(url: URL): Resolved {
  hear();
  url.searchParams.set("edit", versions.of(fileURLToPath(url)));
  return { url: url.href, shortCircuit: true };
}

export async function resolve(
  specifier: string,
  context: { parentURL?: string },
  next: NextResolve,
): Promise<Resolved> {
  const entry = own[specifier];
  if (entry !== undefined) return { url: pathToFileURL(entry).href, shortCircuit: true };
  const { parentURL } = context;
  const path = /^\.{0,2}\/|^\.{1,2}$|^file:/.test(specifier);
  if (path && (isLocal(parentURL) || /\?edit(?:&diagnose)?$/.test(specifier))) {
    const url = new URL(specifier, parentURL);
    const file = url.protocol === "file:" ? localFile(fileURLToPath(url)) : undefined;
    if (file === undefined) throw missing(specifier, parentURL);
    return versioned(new URL(pathToFileURL(file).href + url.search));
  }
  if (path || !isLocal(parentURL) || isBuiltin(specifier) || /^[a-z]+:|^#/i.test(specifier))
    return next(specifier, context);
  const name = packageName(specifier);
  if (hasPackage(name, dirname(fileURLToPath(parentURL)))) return next(specifier, context);
  if (hasPackage(name, home)) return next(specifier, { ...context, parentURL: import.meta.url });
  throw missing(specifier, parentURL);
}

/** Told as an error of Node's own kind; the main thread turns it into what the reader sees. */
const missing = (specifier: string, parentURL: string | undefined): Error =>
  Object.assign(new Error(`Cannot find '${specifier}' imported from ${parentURL}`), {
    code: "ERR_MODULE_NOT_FOUND",
    specifier,
    importer: parentURL === undefined ? undefined : fileURLToPath(parentURL),
  });

export async function load(url: string, context: object, next: NextLoad): ReturnType<NextLoad> {
  if (!url.startsWith("file:")) return next(url, context);
  const file = fileURLToPath(url);
  if (new URL(url).searchParams.has("diagnose")) {
    const { checkSyntax } = await import("./compile-local.js");
    for (const path of versions.closure(file))
      if (/\.[cm]?js$/.test(path)) checkSyntax(path, await readFile(path, "utf8"));
  }
  // A `.ts` file may import JSON without saying that it is.
  if (file.endsWith(".json") && isLocal(url))
    return { format: "json", source: await readFile(file, "utf8"), shortCircuit: true };
  if (!/\.m?ts$/.test(file)) return next(url, context);
  const [{ compileLocal }, source] = await Promise.all([import("./compile-local.js"), readFile(file, "utf8")]);
  const { code, map } = compileLocal(file, source);
  port?.postMessage({ url, map } satisfies FromHooks);
  return { format: "module", source: code, shortCircuit: true };
}
