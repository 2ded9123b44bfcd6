/** The syntax of a cell: parsed, its names, and whether it is whole. How it becomes a function stands in transform.ts. */
import type TS from "typescript";
import { CellSyntaxError } from "./cell-error.js";
import { foreignSyntax } from "./foreign-syntax.js";
import { bind, messageOf, parseError, parseSource, placeOf } from "./parse.js";
import { ts } from "./typescript.js";

export interface TransformedCell {
  /** A script that gives the cell's function, see surroundings.ts. The cell's code begins on its second line. */
  readonly code: string;
  /** Source map (JSON) from the lines of `code` behind the first to the cell's own lines. */
  readonly map: string;
  /** Names that the cell declares for later cells. */
  readonly names: readonly string[];
}

type Bound = TS.Node & { locals?: TS.SymbolTable };
// A shebang is no code, but only at the very beginning of a text.
const parse = (source: string): TS.SourceFile => parseSource("cell.ts", source.replace(/^#!/, "//"));

/**
 * A cell that ends with `{ a: 1, b }` means the object, where the language has a block: nobody ends a cell with a block
 * whose statements are labels and names alone.
 */
function withObjectLiteral(file: TS.SourceFile): TS.SourceFile {
  for (const statement of file.statements.slice(-3).toReversed()) {
    if (!ts.isBlock(statement)) continue;
    const start = statement.getStart();
    const text = file.text.slice(start).trimEnd();
    const trimmed = text.replace(/;$/, "");
    const again = parse(`${file.text.slice(0, start)};(${trimmed}\n)${text.slice(trimmed.length)}`);
    const last = again.statements.at(-1);
    if (
      parseError(again) === undefined &&
      last !== undefined &&
      last.getStart() === start + 1 &&
      ts.isExpressionStatement(last) &&
      ts.isParenthesizedExpression(last.expression) &&
      ts.isObjectLiteralExpression(last.expression.expression)
    )
      return again;
  }
  return file;
}

/** A syntax error that the compiler does not find; `node` is where. */
export function syntaxError(node: TS.Node, message: string): CellSyntaxError {
  const { line, column } = placeOf(node.getSourceFile(), node.getStart());
  return new CellSyntaxError(message, line, column);
}

/**
 * Parses and binds a cell; the text of the result is the cell's but for brackets around an object at its end, and a
 * shebang, which is a comment.
 * @throws CellSyntaxError at its first error
 */
export function parseCell(source: string): TS.SourceFile {
  const file = withObjectLiteral(parse(source));
  const first = bind(file);
  if (first === undefined) return file;
  const { line, column } = placeOf(file, first.start);
  throw new CellSyntaxError(foreignSyntax(source) ?? messageOf(first), line, column);
}

const isAmbient = (node: TS.Declaration): boolean =>
  (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Ambient) !== 0;

const isTypeOnlyImport = (node: TS.Declaration): boolean =>
  (ts.isImportSpecifier(node) && (node.isTypeOnly || node.parent.parent.isTypeOnly)) ||
  (ts.isImportClause(node) && node.isTypeOnly) ||
  (ts.isImportEqualsDeclaration(node) && node.isTypeOnly) ||
  (ts.isNamespaceImport(node) && node.parent.isTypeOnly);

/** Top-level names of a bound cell: those with a value, and all of them, types included. */
export function declaredNames(file: TS.SourceFile): { values: string[]; all: string[] } {
  const values: string[] = [];
  const all: string[] = [];
  for (const [key, local] of (file as Bound).locals ?? []) {
    // What is exported has a symbol of its own behind the local one.
    const symbol = (local as TS.Symbol & { exportSymbol?: TS.Symbol }).exportSymbol ?? local;
    const declarations = symbol.declarations ?? [];
    if (declarations.length === 0 || declarations.every(isAmbient)) continue;
    const name = ts.unescapeLeadingUnderscores(key);
    if (name === "default") continue;
    all.push(name);
    const value = (symbol.flags & (ts.SymbolFlags.Value | ts.SymbolFlags.Alias)) !== 0;
    if (value && !declarations.every(isTypeOnlyImport)) values.push(name);
  }
  return { values, all };
}

/** Whether a cell is whole: what a console needs to know when Enter is pressed. */
export function completeness(source: string): { status: "complete" | "incomplete" | "invalid"; indent?: string } {
  const file = withObjectLiteral(parse(source));
  const first = parseError(file);
  if (first === undefined) return { status: "complete" };
  const rest = source.slice(first.start).trim();
  // Only what is missing at the very end can still come; 1002, 1160: a string or template is not closed.
  if (rest !== "" && first.code !== 1160 && first.code !== 1010) return { status: "invalid" };
  const line = source.slice(source.lastIndexOf("\n") + 1);
  const indent = /^\s*/.exec(line)![0];
  return { status: "incomplete", indent: /[{([]\s*$/.test(line) ? `${indent}  ` : indent };
}
