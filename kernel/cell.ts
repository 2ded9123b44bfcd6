/**
 * Turns the source of one cell into a function that can run at once, by syntax alone: no type is looked at.
 *
 * A cell becomes the body of an async function. Its top-level names stay ordinary local variables, as fast as any, and
 * are published to later cells as accessors on the session's scope object; a name of an earlier cell reads `scope.name`.
 * All edits keep each statement on its line, so that one source map, TypeScript's own, leads back to the cell.
 */
import type TS from "typescript";
import { CellSyntaxError } from "./cell-error.js";
import { ts } from "./typescript.js";

export interface TransformedCell {
  /** A script whose value is the cell's function. */
  readonly code: string;
  /** Source map (JSON) from `code` to the cell's own lines. */
  readonly map: string;
  /** Names that the cell declares for later cells. */
  readonly names: readonly string[];
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

type Bound = TS.Node & { locals?: TS.SymbolTable };
interface Internals {
  bindSourceFile(file: TS.SourceFile, options: TS.CompilerOptions): void;
}

const OPTIONS: TS.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  sourceMap: true,
  useDefineForClassFields: true,
};

/** Parses and binds a cell; throws {@link CellSyntaxError} at its first error. */
export function parseCell(source: string): TS.SourceFile {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const [first] = (file as unknown as { parseDiagnostics: TS.Diagnostic[] }).parseDiagnostics;
  if (first !== undefined) {
    const { line, character } = file.getLineAndCharacterOfPosition(first.start ?? 0);
    throw new CellSyntaxError(ts.flattenDiagnosticMessageText(first.messageText, "\n"), line + 1, character + 1);
  }
  (ts as unknown as Internals).bindSourceFile(file, OPTIONS);
  return file;
}

const isAmbient = (node: TS.Declaration): boolean =>
  (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Ambient) !== 0;

const isTypeOnlyImport = (node: TS.Declaration): boolean =>
  (ts.isImportSpecifier(node) && (node.isTypeOnly || node.parent.parent.isTypeOnly)) ||
  (ts.isImportClause(node) && node.isTypeOnly) ||
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

/** True if the name of `node` is declared in the cell itself, in any scope around the node. */
function isOwn(node: TS.Identifier): boolean {
  for (let at: TS.Node = node; at !== undefined; at = at.parent) {
    if ((at as Bound).locals?.has(node.escapedText)) return true;
    if (ts.isFunctionExpression(at) || ts.isClassLike(at)) if (at.name?.escapedText === node.escapedText) return true;
  }
  return false;
}

/** True if an identifier stands for a value that it reads or writes, rather than for a key, a label or a type. */
function isReference(node: TS.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isPropertyAssignment(parent) || ts.isEnumMember(parent)) return parent.initializer === node;
  if (ts.isPropertyDeclaration(parent) || ts.isVariableDeclaration(parent) || ts.isParameter(parent))
    return parent.initializer === node;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent) || ts.isMetaProperty(parent)) return false;
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent)) return false;
  // The name of a declaration (a function, a class, a method, an enum) is no reference to a value.
  return ts.isShorthandPropertyAssignment(parent) || (parent as TS.Node & { name?: TS.Node }).name !== node;
}

class Editor {
  private readonly edits: Edit[] = [];
  constructor(private readonly source: string) {}

  insert(at: number, text: string): void {
    this.edits.push({ start: at, end: at, text });
  }

  /** Replaces a range, keeping as many line breaks as it had. */
  replace(start: number, end: number, text: string): void {
    const breaks = this.source.slice(start, end).split("\n").length - text.split("\n").length;
    this.edits.push({ start, end, text: text + "\n".repeat(Math.max(0, breaks)) });
  }

  apply(): string {
    const sorted = this.edits.map((edit, order) => ({ ...edit, order }));
    sorted.sort((a, b) => a.start - b.start || a.end - b.end || a.order - b.order);
    let out = "";
    let at = 0;
    for (const edit of sorted) {
      out += this.source.slice(at, edit.start) + edit.text;
      at = edit.end;
    }
    return out + this.source.slice(at);
  }
}

/** The statement that takes an import's place: the module comes by `__import`, whose names become local constants. */
function importStatement(node: TS.ImportDeclaration): string {
  const specifier = node.moduleSpecifier.getText();
  const clause = node.importClause;
  if (clause === undefined) return `await __import(${specifier});`;
  if (clause.isTypeOnly) return "";
  const pairs: string[] = [];
  if (clause.name !== undefined) pairs.push(`default: ${clause.name.text}`);
  const bindings = clause.namedBindings;
  let whole = "";
  if (bindings !== undefined && ts.isNamespaceImport(bindings))
    whole = `const ${bindings.name.text} = await __import(${specifier}); `;
  if (bindings !== undefined && ts.isNamedImports(bindings))
    for (const element of bindings.elements)
      if (!element.isTypeOnly) pairs.push(`${(element.propertyName ?? element.name).getText()}: ${element.name.text}`);
  if (pairs.length === 0) return whole;
  const wanted = pairs.map((pair) => JSON.stringify(pair.slice(0, pair.lastIndexOf(":")).replace(/^["']|["']$/g, "")));
  return `${whole}const { ${pairs.join(", ")} } = await __import(${specifier}, [${wanted.join(", ")}]);`;
}

/** Edits of one node and all below it. */
function rewrite(node: TS.Node, known: ReadonlySet<string>, editor: Editor): void {
  const visit = (child: TS.Node): void => rewrite(child, known, editor);
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
  if (ts.isHeritageClause(node)) {
    if (node.token === ts.SyntaxKind.ExtendsKeyword) for (const type of node.types) visit(type.expression);
    return;
  }
  if (ts.isExpressionWithTypeArguments(node)) return visit(node.expression);
  if (ts.isTypeNode(node)) return;
  if (ts.canHaveModifiers(node) && node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.DeclareKeyword))
    return;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    editor.replace(node.expression.getStart(), node.expression.end, "__import");
  else if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
    editor.replace(node.getStart(), node.end, "__meta");
    return;
  }
  if (ts.isIterationStatement(node, false)) {
    // A loop looks at the interrupt flag: it can then be stopped anywhere, also after an await or in a callback, by an
    // ordinary error, which leaves promises, timers and finally blocks whole.
    const check = "__halt[0] && __cell.halt(); ";
    const { statement } = node;
    if (ts.isBlock(statement)) editor.insert(statement.getStart() + 1, ` ${check}`);
    else {
      editor.insert(statement.getStart(), `{ ${check}`);
      editor.insert(statement.end, " }");
    }
  }
  if (ts.isIdentifier(node) && known.has(node.text) && isReference(node) && !isOwn(node)) {
    const access = `__scope.${node.text}`;
    const { parent } = node;
    const called =
      (ts.isCallExpression(parent) && parent.expression === node) ||
      (ts.isTaggedTemplateExpression(parent) && parent.tag === node);
    if (ts.isShorthandPropertyAssignment(parent)) editor.insert(node.end, `: ${access}`);
    else editor.replace(node.getStart(), node.end, called ? `(0, ${access})` : access);
    return;
  }
  ts.forEachChild(node, visit);
}

function rewriteStatement(node: TS.Statement, known: ReadonlySet<string>, editor: Editor): void {
  if (ts.isImportDeclaration(node)) return editor.replace(node.getStart(), node.end, importStatement(node));
  if (ts.isImportEqualsDeclaration(node)) {
    const target = node.moduleReference;
    if (ts.isExternalModuleReference(target) && !node.isTypeOnly)
      return editor.replace(
        node.getStart(),
        node.end,
        `const ${node.name.text} = __require(${target.expression.getText()});`,
      );
    return rewrite(node, known, editor);
  }
  if (ts.isExportDeclaration(node)) {
    const from = node.moduleSpecifier?.getText();
    return editor.replace(node.getStart(), node.end, from === undefined ? "" : `await __import(${from});`);
  }
  if (ts.isExportAssignment(node)) {
    editor.replace(node.getStart(), node.expression.getStart(), "void (");
    editor.insert(node.expression.end, ")");
  } else if (ts.canHaveModifiers(node))
    for (const modifier of node.modifiers ?? [])
      if (modifier.kind === ts.SyntaxKind.ExportKeyword || modifier.kind === ts.SyntaxKind.DefaultKeyword)
        editor.replace(modifier.getStart(), modifier.end, "");
  rewrite(node, known, editor);
}

/**
 * Transforms a cell.
 * @param source the cell as typed
 * @param known names that earlier cells declared
 * @throws CellSyntaxError if it does not parse
 */
export function transformCell(source: string, known: ReadonlySet<string>): TransformedCell {
  const file = parseCell(source);
  const names = declaredNames(file).values;
  const editor = new Editor(source);
  const last = file.statements.findLast((statement) => !ts.isEmptyStatement(statement));
  if (last !== undefined && ts.isExpressionStatement(last))
    editor.insert(last.expression.getStart(), "__cell.result = (");
  for (const statement of file.statements) rewriteStatement(statement, known, editor);
  if (last !== undefined && ts.isExpressionStatement(last)) editor.insert(last.expression.end, ")");
  const accessors = names.map((name) => `${name}: [() => ${name}, (__value) => { ${name} = __value; }]`);
  const prologue = `__cell.declare({ __proto__: null, ${accessors.join(", ")} }); __import = __import((__id) => import(__id));`;
  const text = `(async function (__scope, __cell, __halt, __import, __require, __meta) { "use strict"; ${prologue} ${editor.apply()}\n})`;
  const { outputText, sourceMapText } = ts.transpileModule(text, { fileName: "cell.ts", compilerOptions: OPTIONS });
  return { code: outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, ""), map: sourceMapText ?? "", names };
}

/** Whether a cell is whole: what a console needs to know when Enter is pressed. */
export function completeness(source: string): { status: "complete" | "incomplete" | "invalid"; indent?: string } {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const errors = (file as unknown as { parseDiagnostics: TS.DiagnosticWithLocation[] }).parseDiagnostics;
  const [first] = errors;
  if (first === undefined) return { status: "complete" };
  const rest = source.slice(first.start).trim();
  // Only what is missing at the very end can still come; 1002, 1160: a string or template is not closed.
  if (rest !== "" && first.code !== 1160 && first.code !== 1010) return { status: "invalid" };
  const line = source.slice(source.lastIndexOf("\n") + 1);
  const indent = /^\s*/.exec(line)![0];
  return { status: "incomplete", indent: /[{([]\s*$/.test(line) ? `${indent}  ` : indent };
}
