/** Parsing of TypeScript by syntax alone, with what the compiler keeps to itself. */
import type TS from "typescript";
import { ts } from "./typescript.js";

/** How cells and local files are compiled. Both are strict, as modules are. */
export const OPTIONS: TS.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  sourceMap: true,
  useDefineForClassFields: true,
  alwaysStrict: true,
};

interface Internals {
  bindSourceFile(file: TS.SourceFile, options: TS.CompilerOptions): void;
}
type Parsed = TS.SourceFile & {
  parseDiagnostics: TS.DiagnosticWithLocation[];
  bindDiagnostics: TS.DiagnosticWithLocation[];
  identifiers: Map<string, string>;
};

/** Two types of one name: the compiler finds nothing wrong with the code itself, so it may run. */
const DUPLICATE_IDENTIFIER = 2300;

/** @param name a name or path; its suffix tells the language */
export const parseSource = (name: string, text: string): TS.SourceFile =>
  ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true, /ts$/.test(name) ? ts.ScriptKind.TS : ts.ScriptKind.JS);

/** The first place where a text does not parse. */
export const parseError = (file: TS.SourceFile): TS.DiagnosticWithLocation | undefined =>
  (file as Parsed).parseDiagnostics[0];

/** Finds what each name of a parsed text declares. @returns the first error of the text */
export function bind(file: TS.SourceFile): TS.DiagnosticWithLocation | undefined {
  (ts as unknown as Internals).bindSourceFile(file, OPTIONS);
  const found = (file as Parsed).bindDiagnostics.find(({ code }) => code !== DUPLICATE_IDENTIFIER);
  return parseError(file) ?? found;
}

/** All identifiers of a text. */
export const identifiers = (file: TS.SourceFile): ReadonlyMap<string, string> => (file as Parsed).identifiers;

/** Line and column of a position, counted from 1. */
export function placeOf(file: TS.SourceFile, position: number): { line: number; column: number } {
  const { line, character } = file.getLineAndCharacterOfPosition(position);
  return { line: line + 1, column: character + 1 };
}

/** The compiler's own way to say what is wrong. */
export const messageOf = ({ messageText }: TS.Diagnostic): string => ts.flattenDiagnosticMessageText(messageText, "\n");

/** Compiles an edited text. @returns code without the comment that names its map, and the map (JSON) */
export function emit(name: string, text: string): { code: string; map: string } {
  const { outputText, sourceMapText = "" } = ts.transpileModule(text, { fileName: name, compilerOptions: OPTIONS });
  return { code: outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, ""), map: sourceMapText };
}
