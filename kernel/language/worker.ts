/** Thread that holds the compiler: neither its loading nor a type check is ever in the way of a running cell. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { completeness } from "../cells/cell.js";
import { CellSyntaxError } from "../cells/cell-error.js";
import { transformCell } from "../cells/transform.js";
import { saveCodeCache, startedFromCache } from "../cells/typescript.js";
import { Language } from "./language.js";
import { Tidy } from "./tidy.js";

export interface LanguageSettings {
  readonly folder: string;
  readonly home: string;
  readonly aliases: Readonly<Record<string, string>>;
}

export type LanguageRequest =
  | { id: number; kind: "transform"; source: string; known: readonly string[] }
  | { id: number; kind: "check"; index: number; source: string }
  | { id: number; kind: "complete" | "inspect"; source: string; position: number }
  | { id: number; kind: "completeness"; source: string };

/** Not a request: another thread that asks, too. */
export interface LanguageConnect {
  kind: "connect";
  port: MessagePort;
}

export type LanguageReply = {
  id: number;
  value?: unknown;
  error?: { message: string; line?: number; column?: number };
};

/** The code cache is made when the engine has compiled what a first cell needs. */
const CACHE_AFTER_CHECKS = 2;

/** A client that runs a cell at once must not wait for the warming. */
const WARM_AFTER_MILLISECONDS = 150;

const { folder, home, aliases } = workerData as LanguageSettings;
let language: Language | undefined;
const types = (): Language => {
  language ??= new Language(folder, home, aliases);
  return language;
};

const tidy = new Tidy();
let checks = 0;
function check(index: number, source: string): unknown {
  const found = types().check(index, source);
  if (++checks === CACHE_AFTER_CHECKS && !startedFromCache) setTimeout(saveCodeCache, 1000).unref();
  return found;
}

function answer(request: LanguageRequest): unknown {
  switch (request.kind) {
    case "transform":
      return transformCell(request.source, new Set(request.known));
    case "check":
      return check(request.index, request.source);
    case "complete":
      return types().complete(request.source, request.position);
    case "inspect":
      return types().inspect(request.source, request.position);
    case "completeness":
      return completeness(request.source);
  }
}

function listen(port: MessagePort): void {
  port.on("message", (request: LanguageRequest | LanguageConnect) => {
    if (request.kind === "connect") return listen(request.port);
    const reply: LanguageReply = { id: request.id };
    try {
      reply.value = answer(request);
    } catch (error) {
      const place = error instanceof CellSyntaxError ? { line: error.line, column: error.column } : {};
      reply.error = { message: error instanceof Error ? error.message : String(error), ...place };
    }
    port.postMessage(reply);
    // While the compiler warms up its heap grows for good.
    if (checks > 0) tidy.answered();
  });
}

/** Until a first cell comes there is time for what it will need. */
function warm(): void {
  const steps = types().warm();
  const next = (): void => {
    transformCell("const warm: number = 1", new Set(["earlier"]));
    if (!steps.next().done) setImmediate(next);
    // The programs on the way are a fifth of the idle kernel's memory.
    else tidy.collect();
  };
  next();
}

listen(parentPort!);
setTimeout(warm, WARM_AFTER_MILLISECONDS).unref();
