/** Compiles a local `.ts` file, by syntax alone. Loads the compiler, so it is imported when the first such file is. */
import ts from "typescript";
import type { Place } from "./cell-error.js";
import { Editor } from "./editor.js";
import { checkLoops } from "./halt-check.js";

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  sourceMap: true,
  useDefineForClassFields: true,
};

type Parsed = ts.SourceFile & {
  parseDiagnostics: ts.DiagnosticWithLocation[];
  bindDiagnostics: ts.DiagnosticWithLocation[];
};
interface Internals {
  bindSourceFile(file: ts.SourceFile, options: ts.CompilerOptions): void;
}

/** Two types of one name are no error at run time. */
const DUPLICATE_IDENTIFIER = 2300;

/**
 * Parses a local file.
 * @throws SyntaxError with a `place` ({@link Place}), which survives the way from the hooks' thread
 */
export function checkSyntax(file: string, source: string): ts.SourceFile {
  const kind = file.endsWith("ts") ? ts.ScriptKind.TS : ts.ScriptKind.JS;
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.ES2022, true, kind) as Parsed;
  (ts as unknown as Internals).bindSourceFile(parsed, OPTIONS);
  const [first] = [
    ...parsed.parseDiagnostics,
    ...parsed.bindDiagnostics.filter(({ code }) => code !== DUPLICATE_IDENTIFIER),
  ];
  if (first === undefined) return parsed;
  const { line, character } = parsed.getLineAndCharacterOfPosition(first.start);
  const place: Place = { file, line: line + 1, column: character + 1, text: source };
  throw Object.assign(new SyntaxError(ts.flattenDiagnosticMessageText(first.messageText, "\n")), { place });
}

/** @throws SyntaxError as {@link checkSyntax} does */
export function compileLocal(file: string, source: string): { code: string; map: string } {
  const editor = new Editor(source);
  checkLoops(checkSyntax(file, source), editor);
  const { outputText, sourceMapText = "{}" } = ts.transpileModule(editor.apply(), {
    fileName: file,
    compilerOptions: OPTIONS,
  });
  // Positions are those of the edited text, whose lines are the file's; what is shown is the file itself.
  const map = JSON.stringify({ ...(JSON.parse(sourceMapText) as object), sourcesContent: [source] });
  return { code: outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, ""), map };
}
