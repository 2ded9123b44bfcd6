/** Compiles a local `.ts` file, by syntax alone. Loads the compiler, so it is imported when the first such file is. */
import type TS from "typescript";
import type { Place } from "../cells/cell-error.js";
import { Editor } from "../cells/editor.js";
import { checkLoops } from "../cells/halt-check.js";
import { bind, emit, messageOf, parseSource, placeOf } from "../cells/parse.js";

/**
 * Parses a local file.
 * @throws SyntaxError with a `place` ({@link Place}), which survives the way from the hooks' thread
 */
export function checkSyntax(file: string, source: string): TS.SourceFile {
  const parsed = parseSource(file, source);
  const first = bind(parsed);
  if (first === undefined) return parsed;
  const place: Place = { file, ...placeOf(parsed, first.start), text: source };
  throw Object.assign(new SyntaxError(messageOf(first)), { place });
}

/** @throws SyntaxError as {@link checkSyntax} does */
export function compileLocal(file: string, source: string): { code: string; map: string } {
  const editor = new Editor(source);
  checkLoops(checkSyntax(file, source), editor);
  const { code, map } = emit(file, editor.apply());
  // Positions are those of the edited text, whose lines are the file's; what is shown is the file itself.
  return { code, map: JSON.stringify({ ...(JSON.parse(map) as object), sourcesContent: [source] }) };
}
