/** Thread that holds the compiler: neither its loading nor a type check is ever in the way of a running cell. */
import { parentPort, workerData } from "node:worker_threads";
import { completeness } from "./cell.js";
import { CellSyntaxError } from "./cell-error.js";
import { Language } from "./language.js";
import { transformCell } from "./transform.js";

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

export type LanguageReply = {
  id: number;
  value?: unknown;
  error?: { message: string; line?: number; column?: number };
};

const settings = workerData as LanguageSettings;
let language: Language | undefined;
const types = (): Language => {
  language ??= new Language(settings.folder, settings.home, settings.aliases);
  return language;
};

function answer(request: LanguageRequest): unknown {
  switch (request.kind) {
    case "transform":
      return transformCell(request.source, new Set(request.known));
    case "check":
      return types().check(types().add(request.index, request.source));
    case "complete":
      return types().complete(request.source, request.position);
    case "inspect":
      return types().inspect(request.source, request.position);
    case "completeness":
      return completeness(request.source);
  }
}

parentPort?.on("message", (request: LanguageRequest) => {
  const reply: LanguageReply = { id: request.id };
  try {
    reply.value = answer(request);
  } catch (error) {
    const place = error instanceof CellSyntaxError ? { line: error.line, column: error.column } : {};
    reply.error = { message: error instanceof Error ? error.message : String(error), ...place };
  }
  parentPort?.postMessage(reply);
});
