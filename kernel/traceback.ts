/** Errors as a reader of the notebook needs them: the cell's own lines, without the frames of the kernel. */
import { SourceMap } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

interface KnownCell {
  readonly index: number;
  readonly lines: readonly string[];
  readonly map: SourceMap;
}

export interface CellError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: string[];
}

/** The package's own code: what a cell called is told by the cell's line and the message. */
const DIST = dirname(dirname(fileURLToPath(import.meta.url)));
const OURS = [DIST, join(DIST, "../kernel/bin")].map((folder) => folder + sep);
const FRAME = /^\s*at (?:(.*?) \()?(?:file:\/\/)?(\/.*?|[A-Za-z]:[\\/].*?):(\d+):(\d+)\)?$/;

export class Tracebacks {
  private readonly cells = new Map<string, KnownCell>();

  /** Makes the file name that a cell's script runs under known. */
  register(path: string, index: number, source: string, map: string): void {
    this.cells.set(path, { index, lines: source.split("\n"), map: new SourceMap(JSON.parse(map)) });
  }

  /** Turns anything thrown into name, message and traceback. */
  describe(error: unknown): CellError {
    if (!isError(error)) {
      const text = typeof error === "string" ? error : safeText(error);
      return { ename: "Error", evalue: text, traceback: [`Uncaught ${text}`] };
    }
    const ename = typeof error.name === "string" && error.name !== "" ? error.name : "Error";
    const evalue = asTyped(String(error.message));
    const traceback = [`${ename}: ${evalue}`, ...this.frames(error)];
    if (error.cause !== undefined) {
      const cause = this.describe(error.cause);
      traceback.push("", ...cause.traceback.map((line, k) => (k === 0 ? `Caused by ${line}` : line)));
    }
    return { ename, evalue, traceback };
  }

  /** The error of a cell that does not parse. */
  syntax(index: number, source: string, error: { message: string; line: number; column: number }): CellError {
    const text = source.split("\n")[error.line - 1] ?? "";
    const place = `    at Cell [${index}], line ${error.line}`;
    const mark = " ".repeat(Math.max(0, error.column - 1));
    return {
      ename: "SyntaxError",
      evalue: error.message,
      traceback: [`SyntaxError: ${error.message}`, place, `      ${text}`, `      ${mark}^`],
    };
  }

  /** A cell that is not run for its type errors. */
  types(index: number, source: string, found: readonly { line: number; message: string }[]): CellError {
    const lines = source.split("\n");
    const evalue = `${found.length} type error${found.length === 1 ? "" : "s"}; the cell was not run`;
    const traceback = found.flatMap(({ line, message }) => [
      `    at Cell [${index}], line ${line}`,
      `      ${lines[line - 1]?.trim() ?? ""}`,
      `      ${message}`,
    ]);
    return { ename: "TypeErrors", evalue, traceback: [`TypeErrors: ${evalue}`, ...traceback] };
  }

  private frames(error: Error): string[] {
    const lines: string[] = [];
    const ours: string[] = [];
    for (const frame of String(error.stack ?? "").split("\n")) {
      const parts = FRAME.exec(frame);
      if (parts === null) continue;
      const [, called, path, line, column] = parts as unknown as [string, string | undefined, string, string, string];
      const file = decodeURIComponent(path);
      const cell = this.cells.get(file);
      const name =
        called === undefined || /^(Object\.|async )?<anonymous>$/.test(called)
          ? ""
          : ` in ${called.replace(/^(async )?(Object\.)?/, "$1")}`;
      if (cell !== undefined) lines.push(...inCell(cell, name, Number(line), Number(column)));
      else
        (OURS.some((folder) => file.startsWith(folder)) ? ours : lines).push(`    at ${file}:${line}:${column}${name}`);
    }
    // An error that no cell is in, such as one of a timer of ours, has nothing else to show.
    return lines.length > 0 ? lines : ours;
  }
}

function inCell(cell: KnownCell, name: string, line: number, column: number): string[] {
  const entry = cell.map.findEntry(line - 1, column - 1) as { originalLine?: number };
  const original = Math.min((entry.originalLine ?? line - 1) + 1, cell.lines.length);
  const where = `    at Cell [${cell.index}], line ${original}${name}`;
  const text = cell.lines[original - 1]?.trim() ?? "";
  return text === "" ? [where] : [where, `      ${text}`];
}

/** Engines quote the code that failed: names of earlier cells, which the kernel has rewritten, read as they were typed. */
const asTyped = (message: string): string =>
  message.replace(/\(0 ?, ?__scope\.([\p{L}\p{N}_$]+)\)/gu, "$1").replaceAll("__scope.", "");

/** Errors of other realms (vm, workers) are no instances of ours. */
function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

function safeText(value: unknown): string {
  try {
    return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
