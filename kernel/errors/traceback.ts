/** Errors as a reader of the notebook needs them: the lines that somebody wrote, without the calls of the kernel. */
import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Place } from "../cells/cell-error.js";
import { compiledMap } from "../imports/local-modules.js";
import { asTyped, cut, isError, safely, shownText, valueText } from "./error-text.js";
import { blanks, CompiledSource, linesOf, quoted } from "./source-lines.js";
import { type Call, parseStack, syntaxPlace, withoutHeader } from "./stack.js";

export interface CellError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: string[];
}

/** How many calls an error remembers: the engine's own 10 are often all a library's. */
const REMEMBERED = 100;
/** How many places of one error are shown: from where it was thrown, and from where it all began. */
const INNERMOST = 12;
const OUTERMOST = 4;
/** How many errors of one that holds many are shown, and how many of all that hold each other. */
const MOST = 5;
const MOST_IN_ALL = 12;

/** The package's own code: what a cell called is told by the cell's line and the message. */
const DIST = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");
const OURS = [DIST, join(DIST, "../kernel/bin")].map((folder) => folder + sep);
/** What lies below the call of a cell is how the kernel got there. */
const SESSION = join(DIST, "kernel/session/session.js");

interface KnownCell {
  readonly index: number;
  readonly source: CompiledSource;
}

/** One place of a traceback: its line, and the quoted source. */
type Shown = readonly string[];

/** Where one is among errors that hold each other. */
interface Walk {
  readonly above: Set<unknown>;
  left: number;
}

export class Tracebacks {
  private readonly cells = new Map<string, KnownCell>();
  private readonly files = new Map<string, CompiledSource>();
  /** What was thrown last that is no error, and so knows no place, and where. */
  private last: { readonly value: unknown; readonly site: Error } | undefined;
  /** Errors of modules that failed to load, and where a cell imported them. */
  private readonly imports = new WeakMap<object, Error>();
  private readonly prepare = Error.prepareStackTrace;

  /** @param folder the notebook's folder: its files are called by their names */
  constructor(private readonly folder: string) {
    Error.stackTraceLimit = REMEMBERED;
  }

  /** Makes the file name that a cell's script runs under known. */
  register(path: string, index: number, source: string, map: string): void {
    this.cells.set(path, { index, source: new CompiledSource(map, source) });
  }

  /** What a cell throws passes through here: any value may be thrown, and only errors know where. */
  readonly thrown = <T>(value: T): T => {
    if (!isError(value)) this.last = { value, site: new Error() };
    return value;
  };

  /** An import has failed with an error that may know nothing of the cell; `site` is an error of the import. */
  readonly imported = (error: unknown, site: Error): void => {
    if (typeof error === "object" && error !== null) this.imports.set(error, site);
  };

  /**
   * Turns anything thrown into name, message and traceback.
   * @param cell number of the cell on whose behalf the code ran, for errors that do not tell
   */
  describe(error: unknown, cell?: number): CellError {
    return this.one(error, cell, { above: new Set(), left: MOST_IN_ALL });
  }

  private one(error: unknown, cell: number | undefined, walk: Walk): CellError {
    walk.left--;
    if (!isError(error)) {
      const evalue = valueText(error);
      const stack = this.last !== undefined && Object.is(this.last.value, error) ? this.stackOf(this.last.site) : "";
      return { ename: "Error", evalue, traceback: [`Uncaught ${evalue}`, ...this.places(stack, cell)] };
    }
    const name = read(error, "name");
    const ename = typeof name === "string" && name !== "" ? shownText(name, 100) : "Error";
    const message = safely(() => String(error.message), "");
    const evalue = shownText(asTyped(cut(message, 10_000)), 20_000);
    const traceback = [evalue === "" ? ename : `${ename}: ${evalue}`];
    const place = safely(() => placeIn(error), undefined);
    if (place !== undefined) traceback.push(...this.syntaxLines(this.fileName(place.file), place.text, place));
    const site = this.imports.get(error);
    const stack = withoutHeader(this.stackOf(error), message);
    traceback.push(...this.places(stack, cell, site && this.stackOf(site)), ...this.within(error, walk));
    return { ename, evalue, traceback };
  }

  /** What an error holds: its cause, the errors of an AggregateError, the one that a SuppressedError hides. */
  private within(error: Error, walk: Walk): string[] {
    const held: [label: string, error: unknown][] = [];
    const cause = read(error, "cause");
    if (cause !== undefined) held.push(["Caused by", cause]);
    if (read(error, "name") === "SuppressedError")
      held.push(["Thrown while disposing:", read(error, "error")], ["After", read(error, "suppressed")]);
    const errors = read(error, "errors");
    const some = safely((): unknown[] => (Array.isArray(errors) ? errors.slice(0, MOST) : []), []);
    for (const one of some) held.push(["One of them:", one]);
    const more = safely(() => (errors as unknown[]).length, 0) - some.length;
    walk.above.add(error);
    const lines: string[] = [];
    for (const [label, one] of held) {
      const again = walk.above.has(one);
      if (again || walk.left <= 0) {
        lines.push("", `${label} ${again ? "itself" : "…"}`);
        continue;
      }
      const [first, ...rest] = this.one(one, undefined, walk).traceback;
      lines.push("", `${label} ${first}`, ...rest);
    }
    walk.above.delete(error);
    if (some.length > 0 && more > 0) lines.push("", `… ${more} errors more`);
    return lines;
  }

  /** The stack's text as the engine writes it, also where a cell has set another way (`Error.prepareStackTrace`). */
  private stackOf(error: Error): string {
    const format = (prepare: typeof Error.prepareStackTrace): unknown => {
      const theirs = Error.prepareStackTrace;
      try {
        Error.prepareStackTrace = prepare;
        return error.stack;
      } finally {
        Error.prepareStackTrace = theirs;
      }
    };
    const calls = (_error: Error, sites: NodeJS.CallSite[]): string =>
      sites.map((site) => `    at ${String(site)}`).join("\n");
    // The engine begins with name and message, and those may throw.
    const stack = safely(() => format(this.prepare), undefined) ?? safely(() => format(calls), "");
    return typeof stack === "string" ? stack : "";
  }

  /** The error of a cell that does not parse. */
  syntax(index: number, source: string, error: { message: string; line: number; column: number }): CellError {
    const evalue = shownText(error.message);
    const traceback = [`SyntaxError: ${evalue}`, ...this.syntaxLines(`Cell [${index}]`, source, error)];
    return { ename: "SyntaxError", evalue, traceback };
  }

  /** A cell that is not run for its type errors. */
  types(index: number, source: string, found: readonly { line: number; message: string }[]): CellError {
    const lines = linesOf(source);
    const evalue = `${found.length} type error${found.length === 1 ? "" : "s"}; the cell was not run`;
    const traceback = found.flatMap(({ line, message }) => [
      `    at Cell [${index}], line ${line}`,
      `      ${quoted(lines[line - 1] ?? "")}`,
      `      ${message}`,
    ]);
    return { ename: "TypeErrors", evalue, traceback: [`TypeErrors: ${evalue}`, ...traceback] };
  }

  private syntaxLines(where: string, source: string, { line, column }: { line: number; column: number }): string[] {
    const text = linesOf(source)[line - 1] ?? "";
    const place = `    at ${where}, line ${line}`;
    if (text.length > 1000) return [place, `      ${quoted(text)}`];
    return [place, `      ${text}`, `      ${blanks(text, column)}^`];
  }

  /** @param site stack of the import that the error ended, for errors without a call of a cell */
  private places(stack: string, cell: number | undefined, site = ""): string[] {
    const calls = parseStack(stack);
    const parsed = syntaxPlace(stack);
    if (parsed !== undefined && this.cells.has(parsed.file)) calls.unshift({ name: "", ...parsed });
    if (!calls.some(({ file }) => this.cells.has(file))) calls.push(...parseStack(site));
    const shown: Shown[] = [];
    const ours: Shown[] = [];
    for (const call of calls) {
      const path = pathOf(call.file);
      if (path === SESSION) break;
      const known = this.cells.get(call.file);
      if (known === undefined && OURS.some((folder) => path.startsWith(folder)))
        ours.push([`    at ${path}:${call.line}:${call.column}${nameOf(call)}`]);
      else {
        const place =
          known === undefined ? this.inFile(call, path) : inSource(`Cell [${known.index}]`, call, known.source);
        if (place !== undefined) shown.push(place);
      }
    }
    // No call of it is left, after an event or a promise: at least the cell, whose line is lost.
    if (cell !== undefined && !calls.some(({ file }) => this.cells.get(file)?.index === cell))
      shown.push([`    at Cell [${cell}]${lineless()}`]);
    const remembered = stack.split("\n    at ").length - 1;
    return cutPlaces(shown.length > 0 ? shown : ours, remembered >= Error.stackTraceLimit);
  }

  private fileName(path: string): string {
    const short = relative(this.folder, path);
    return short.startsWith("..") ? path : short;
  }

  private inFile(call: Call, path: string): Shown | undefined {
    const where = this.fileName(path);
    const map = call.file.startsWith("file:") ? compiledMap(call.file) : undefined;
    if (map !== undefined) {
      const source = this.files.get(call.file) ?? new CompiledSource(map);
      this.files.set(call.file, source);
      return inSource(where, call, source);
    }
    const line = `    at ${where}, line ${call.line}${nameOf(call)}`;
    // Lines of packages say nothing to the reader; those of an own file do, as it is now.
    if (where === path || where.split(sep).includes("node_modules")) return [line];
    const text = safely(() => linesOf(readFileSync(path, "utf8"))[call.line - 1] ?? "", "");
    return text.trim() === "" ? [line] : [line, `      ${quoted(text)}`];
  }
}

const nameOf = ({ name }: Call): string => (name === "" ? "" : ` in ${name}`);
const lineless = (): string =>
  Error.stackTraceLimit > 0 ? "" : " (Error.stackTraceLimit is 0, so errors do not remember their lines)";

const pathOf = (file: string): string => (file.startsWith("file:") ? safely(() => fileURLToPath(file), file) : file);

function inSource(where: string, call: Call, source: CompiledSource): Shown | undefined {
  const found = source.at(call.line, call.column);
  if (found === undefined) return undefined;
  const line = `    at ${where}, line ${found.line}${nameOf(call)}`;
  return found.text.trim() === "" ? [line] : [line, `      ${quoted(found.text)}`];
}

/** Recursion repeats a place; the middle of what is left is cut, and counted. */
function cutPlaces(places: readonly Shown[], maybeMore: boolean): string[] {
  const folded: { place: Shown; times: number }[] = [];
  for (const place of places) {
    const before = folded.at(-1);
    if (before !== undefined && before.place.join("\n") === place.join("\n")) before.times++;
    else folded.push({ place, times: 1 });
  }
  const lines = ({ place, times }: { place: Shown; times: number }): string[] =>
    times === 1 ? [...place] : [...place, `      … ${times - 1} more of this call`];
  const left = folded.length - INNERMOST - OUTERMOST;
  if (left <= 1) return folded.flatMap(lines);
  return [
    ...folded.slice(0, INNERMOST).flatMap(lines),
    `    … ${left} ${maybeMore ? "or more " : ""}calls more`,
    ...folded.slice(-OUTERMOST).flatMap(lines),
  ];
}

const read = (error: object, key: string): unknown =>
  safely((): unknown => (error as Record<string, unknown>)[key], undefined);

/** Where a local file does not parse, if the error says so. */
function placeIn(error: Error): Place | undefined {
  const { file, line, column, text } = (error as { place?: Record<string, unknown> }).place ?? {};
  if (typeof file !== "string" || typeof text !== "string") return undefined;
  return typeof line === "number" && typeof column === "number" ? { file, line, column, text } : undefined;
}
