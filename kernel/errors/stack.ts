/** The calls in the text of a stack, as V8 writes it. */

export interface Call {
  /** Name of the function as the reader knows it; empty for a cell itself and for functions without a name. */
  readonly name: string;
  /** Path or URL of the file, as the engine knows it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const LONGEST_LINE = 4096;

/** Receivers and aliases that the engine adds tell about itself, not about the reader's code. */
function functionName(text: string): string {
  const name = text
    .replace(/ \[as .*\]$/, "")
    .replace(/^(?:Object|Function|global|globalThis)\./, "")
    // Node names the symbols that the engine does not have yet.
    .replace(/\[nodejs\.(dispose|asyncDispose)\]$/, "[Symbol.$1]");
  return /(^|\.)<anonymous>$|^(?:Timeout|Immediate)\._on/.test(name) ? "" : name;
}

/** One line: `at name (file:line:column)` or `at file:line:column`. Folders may have brackets in their names. */
function call(line: string): Call | undefined {
  const text = /^\s+at (.*)$/.exec(line)?.[1]?.replace(/^async /, "");
  if (text === undefined) return undefined;
  const bracket = text.endsWith(")") ? text.indexOf(" (") : -1;
  const place = bracket < 0 ? text : text.slice(bracket + 2, -1);
  const [, file, row, column] = /^(.*):(\d+):(\d+)$/.exec(place) ?? [];
  // Code given as text (eval) has no lines that anyone has seen; the call that ran it follows.
  if (file === undefined || /^eval at |^node:|^<anonymous>$|\]-wrapper$/.test(file)) return undefined;
  return {
    name: bracket < 0 ? "" : functionName(text.slice(0, bracket)),
    file,
    line: Number(row),
    column: Number(column),
  };
}

/** The part of a stack behind the error's message, whose lines may look like calls. */
export function withoutHeader(stack: string, message: string): string {
  const at = message === "" ? -1 : stack.indexOf(message);
  return at < 0 || stack.slice(0, at).includes("\n") ? stack : stack.slice(at + message.length);
}

/** The calls, innermost first. */
export const parseStack = (stack: string): Call[] =>
  stack
    .split("\n")
    .filter((line) => line.length < LONGEST_LINE)
    .map(call)
    .filter((one): one is Call => one !== undefined);

/**
 * Where a script does not parse: the engine writes `file:line`, the line, and a caret below the column, before the name
 * of the error.
 */
export function syntaxPlace(stack: string): Omit<Call, "name"> | undefined {
  const [head = "", , caret = ""] = stack.split("\n", 3);
  const [, file, line] = /^(.*):(\d+)$/.exec(head) ?? [];
  if (file === undefined) return undefined;
  return { file, line: Number(line), column: caret.indexOf("^") + 1 };
}
