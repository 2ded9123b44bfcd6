/**
 * Turns the source of one cell into a function that can run at once, by syntax alone: no type is looked at.
 *
 * A cell becomes the body of an async function, strict as a module. What it declares at its top level stays declared
 * there, so that functions and classes have their names; right behind each declaration the value goes to the name's
 * {@link Binding}, and every other mention of the name, in this and later cells, reads and writes that. Decided with it:
 * - A name has one value in the notebook. Declared anew, in whatever kind, functions of earlier cells see the newest.
 * - Until its declaration has run, a name still means what earlier cells gave it: `let n = n + 1` counts on.
 * - Functions are there from the cell's start; a cell that throws keeps what it declared before.
 * - Functions may name what only a later cell declares.
 * - A constant cannot be assigned to, from anywhere; it can be declared anew.
 * - `using` at the top level disposes at the end of its cell.
 * - `eval` sees the shared names, and in a function the function's own, too; functions made of text see globals alone.
 * - The value shown is that of a last expression statement; a semicolon at its end keeps it back, as in IPython.
 *
 * All edits keep each statement on its line, so that one source map, TypeScript's own, leads back to the cell.
 */
import type TS from "typescript";
import { declaredNames, parseCell, syntaxError, type TransformedCell } from "./cell.js";
import { CellSyntaxError, NESTED_TOO_DEEPLY } from "./cell-error.js";
import { Editor } from "./editor.js";
import { allowsReturn, checkLoop } from "./halt-check.js";
import { type CellNames, exportStatement, importStatement } from "./module-statements.js";
import { emit, identifiers } from "./parse.js";
import { boundNames, isReference, type Meaning, meaning, type Scope, scopeInside } from "./references.js";
import { ts } from "./typescript.js";

/** Globals that the kernel gives to cells; those of the engine and of Node are the same in this thread. */
const KERNEL_GLOBALS = new Set(["display", "clearOutput", "page", "input", "notebook"]);

/** Where a node stands. */
interface Place {
  /** Outside every function: `var` declares a name of the notebook. */
  readonly top: boolean;
  /** Whether `arguments` is some function's. */
  readonly hasArguments: boolean;
  readonly mayReturn: boolean;
  readonly scope: Scope | undefined;
}

class Transformation implements CellNames {
  private readonly editor: Editor;
  private readonly own: ReadonlySet<string>;
  private readonly identifiers: ReadonlyMap<string, string>;
  /** A run of underscores that begins no name of the cell: all names that we add begin with it. */
  private readonly mark: string;
  private readonly used = new Set<string>();
  private readonly functions = new Set<string>();
  private readonly variables = new Set<string>();
  private count = 0;
  /** Whether a function of the cell runs code given as text, which then has to find the shared names. */
  private evaluates = false;
  readonly cell: string;
  readonly names: readonly string[];

  constructor(
    private readonly file: TS.SourceFile,
    private readonly known: ReadonlySet<string>,
  ) {
    this.editor = new Editor(file.text);
    this.names = declaredNames(file).values;
    this.own = new Set(this.names);
    this.identifiers = identifiers(file);
    let mark = "__";
    const taken = [...this.identifiers.keys()];
    while (taken.some((name) => name.startsWith(mark))) mark += "_";
    this.mark = mark;
    this.cell = `${mark}cell`;
  }

  binding(name: string): string {
    this.used.add(name);
    return `${this.mark}of_${name}`;
  }

  run(): TransformedCell {
    const { statements } = this.file;
    const last = statements.findLast((statement) => !ts.isEmptyStatement(statement));
    const shown = last !== undefined && ts.isExpressionStatement(last) && !last.getText().endsWith(";");
    if (shown) {
      this.editor.before(last.expression.getStart(), `${this.cell}.result = (`);
      this.editor.behind(last.expression.end, ")");
    }
    for (const statement of statements) this.statement(statement);
    const { code, map } = emit("cell.ts", this.editor.apply());
    // Our own prologue has the directive; the line stays, for the map.
    return { code: this.wrap(code.replace(/^"use strict";\n/, "\n")), map, names: this.names };
  }

  private wrap(body: string): string {
    const { cell } = this;
    const start = [
      ...Array.from(this.variables, (name) => `${cell}.hoist(${this.binding(name)});`),
      ...Array.from(this.functions, (name) => `${this.share(name, "let")};`),
    ];
    const bindings = [...this.used].map((name) => `${this.binding(name)} = ${cell}.binding(${JSON.stringify(name)})`);
    if (bindings.length > 0) start.unshift(`const ${bindings.join(", ")};`);
    const code = `async function (${cell}) { "use strict"; ${start.join(" ")}\n${body}\n}`;
    // Code given as text finds shared names as it finds globals: by looking, so only cells that need it pay for it.
    return this.evaluates ? `(function (${cell}) { with (${cell}) return ${code}; })` : `(() => ${code})`;
  }

  /** Expression that makes the value of a declared name the notebook's. */
  private share(name: string, kind: "var" | "let" | "const"): string {
    // A `var` was declared before the cell ran.
    if (kind === "var") return `${this.binding(name)}.now = ${name}`;
    return `${this.cell}.declare(${this.binding(name)}, ${name}${kind === "const" ? ", true" : ""})`;
  }

  private statement(node: TS.Statement): void {
    const { editor } = this;
    if (ts.isImportDeclaration(node)) return editor.replace(node.getStart(), node.end, importStatement(node, this));
    if (ts.isExportDeclaration(node)) return editor.replace(node.getStart(), node.end, exportStatement(node, this));
    if (ts.isNamespaceExportDeclaration(node)) return editor.replace(node.getStart(), node.end, "");
    if (ts.isImportEqualsDeclaration(node)) return editor.replace(node.getStart(), node.end, this.alias(node));
    if (ts.isExportAssignment(node)) {
      editor.replace(node.getStart(), node.expression.getStart(), "void (");
      editor.behind(node.expression.end, ")");
    } else if (ts.canHaveModifiers(node)) this.dropExport(node);
    this.visit(node, { top: true, hasArguments: false, mayReturn: true, scope: undefined });
    if (isAmbient(node)) return;
    if (ts.isFunctionDeclaration(node)) {
      if (node.body !== undefined && node.name !== undefined) this.functions.add(node.name.text);
    } else if (ts.isClassDeclaration(node) || ts.isEnumDeclaration(node) || ts.isModuleDeclaration(node)) {
      const name = node.name?.text;
      if (name !== undefined && this.own.has(name)) editor.behind(node.end, ` ;${this.share(name, "let")};`);
    }
  }

  private dropExport(node: TS.Statement & TS.HasModifiers): void {
    // Without a name it is no statement, and nothing can refer to it: only what it does by itself is left.
    const nameless = (ts.isClassDeclaration(node) || ts.isFunctionDeclaration(node)) && node.name === undefined;
    for (const modifier of node.modifiers ?? []) {
      const { kind } = modifier;
      if (kind === ts.SyntaxKind.ExportKeyword)
        this.editor.replace(modifier.getStart(), modifier.end, nameless ? "void" : "");
      if (kind === ts.SyntaxKind.DefaultKeyword || (nameless && kind === ts.SyntaxKind.AbstractKeyword))
        this.editor.replace(modifier.getStart(), modifier.end, "");
    }
  }

  /** `import x = require("y")` and `import x = A.b`. */
  private alias(node: TS.ImportEqualsDeclaration): string {
    if (node.isTypeOnly) return "";
    const target = node.moduleReference;
    if (ts.isExternalModuleReference(target))
      return `${this.cell}.declare(${this.binding(node.name.text)}, ${this.cell}.require(${target.expression.getText()}), true);`;
    const [first = "", ...rest] = target.getText().split(/\s*\.\s*/);
    // An alias of a type has no value.
    if (!this.own.has(first) && !this.known.has(first)) return "";
    const path = [`${this.binding(first)}.now`, ...rest].join("?.");
    return `${this.cell}.declare(${this.binding(node.name.text)}, ${path}, true);`;
  }

  /** Edits of one node and all below it. */
  private visit(node: TS.Node, place: Place): void {
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isHeritageClause(node)) {
      if (node.token === ts.SyntaxKind.ExtendsKeyword)
        for (const type of node.types) this.visit(type.expression, place);
      return;
    }
    if (ts.isExpressionWithTypeArguments(node)) return this.visit(node.expression, place);
    if (ts.isTypeNode(node) || isAmbient(node)) return;
    if (ts.isIdentifier(node)) return this.identifier(node, place);
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword)
      return this.editor.replace(node.getStart(), node.end, `${this.cell}.meta`);
    if (ts.isBinaryExpression(node)) return this.operands(node, place);
    if (ts.isReturnStatement(node) && place.top)
      throw syntaxError(node, "return works inside functions only; a cell shows the value of its last expression");
    if (ts.isVariableDeclarationList(node)) this.publish(node, place);
    if (ts.isIterationStatement(node, false)) this.loop(node, place);
    // A cell that was interrupted while it waited goes no further when what it waited for comes.
    if (ts.isAwaitExpression(node) && place.top) {
      this.editor.before(node.getStart(), `${this.cell}.resumed(`);
      this.editor.behind(node.end, ")");
    }
    if (ts.isThrowStatement(node)) {
      this.editor.before(node.expression.getStart(), `${this.cell}.thrown(`);
      this.editor.behind(node.expression.end, ")");
    }
    if (ts.isCallExpression(node)) this.call(node, place);
    const below = inside(node, place);
    ts.forEachChild(node, (child) => this.visit(child, below));
  }

  /** A sum of a thousand terms is nested a thousand deep on its left side. */
  private operands(node: TS.BinaryExpression, place: Place): void {
    const right: TS.Expression[] = [];
    let at: TS.Expression = node;
    for (; ts.isBinaryExpression(at); at = at.left) right.push(at.right);
    this.visit(at, place);
    for (const operand of right.toReversed()) this.visit(operand, place);
  }

  /** Right behind each declarator of top-level names their values are shared, in a declarator of our own. */
  private publish(list: TS.VariableDeclarationList, place: Place): void {
    const { parent } = list;
    const block = (list.flags & ts.NodeFlags.BlockScoped) !== 0;
    if (!(block ? ts.isVariableStatement(parent) && ts.isSourceFile(parent.parent) : place.top)) return;
    const kind = !block ? "var" : (list.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Let ? "let" : "const";
    for (const declaration of list.declarations) {
      const names = boundNames(declaration.name);
      if (!block) for (const name of names) this.variables.add(name);
      if (ts.isForOfStatement(parent) || ts.isForInStatement(parent)) continue;
      if (!block && declaration.initializer === undefined) continue;
      const values = names.map((name) => this.share(name, kind));
      if (values.length > 0)
        this.editor.behind(declaration.end, `, ${this.mark}${++this.count} = void (${values.join(", ")})`);
    }
  }

  private loop(node: TS.IterationStatement, place: Place): void {
    const head = ts.isForOfStatement(node) || ts.isForInStatement(node) ? node.initializer : undefined;
    let first = ts.isForOfStatement(node) && node.awaitModifier && place.top ? `${this.cell}.resumed(); ` : "";
    if (head !== undefined && ts.isVariableDeclarationList(head) && place.top)
      if ((head.flags & ts.NodeFlags.BlockScoped) === 0)
        for (const { name } of head.declarations)
          first += boundNames(name)
            .map((bound) => `${this.share(bound, "var")}; `)
            .join("");
    checkLoop(node, this.editor, this.identifiers, place.mayReturn, first);
  }

  private call(node: TS.CallExpression, place: Place): void {
    const { expression } = node;
    if (expression.kind === ts.SyntaxKind.ImportKeyword)
      this.editor.replace(expression.getStart(), expression.end, `${this.cell}.import`);
    if (!ts.isIdentifier(expression) || expression.text !== "eval" || this.meaning(expression, place) !== "free")
      return;
    // Outside functions there are only shared names; inside, the text may name the function's own variables, too.
    if (place.top) this.editor.replace(expression.getStart(), expression.end, `${this.cell}.evaluate`);
    else this.evaluates = true;
  }

  private meaning(node: TS.Identifier, { scope }: Place): Meaning {
    return meaning(node, scope, this.own, this.known);
  }

  private identifier(node: TS.Identifier, place: Place): void {
    if (!isReference(node)) return;
    const { text, parent } = node;
    const stands = this.meaning(node, place);
    if (stands === "local" || (stands === "free" && !this.isLater(node, place))) return;
    const needsValue = stands === "notebook" || !isOperandOfTypeof(node);
    const access =
      stands === "free" && text === "require"
        ? `${this.cell}.require`
        : `${this.binding(text)}.${needsValue ? "now" : "maybe"}`;
    // A function is called without a `this`.
    const called =
      (ts.isCallExpression(parent) && parent.expression === node) ||
      (ts.isTaggedTemplateExpression(parent) && parent.tag === node);
    if (ts.isShorthandPropertyAssignment(parent) && parent.name === node) this.editor.behind(node.end, `: ${access}`);
    else this.editor.replace(node.getStart(), node.end, called ? `(0, ${access})` : access);
  }

  /** Whether a name that is declared nowhere may be declared by the time that the code runs, or is none but by us. */
  private isLater({ text }: TS.Identifier, place: Place): boolean {
    if (text === "arguments") return !place.hasArguments;
    if (text === "require") return true;
    return !place.top && !(text in globalThis) && !KERNEL_GLOBALS.has(text);
  }
}

const isAmbient = (node: TS.Node): boolean =>
  ts.canHaveModifiers(node) && (node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) ?? false);

function isOperandOfTypeof(node: TS.Expression): boolean {
  let at: TS.Node = node.parent;
  while (ts.isParenthesizedExpression(at)) at = at.parent;
  return ts.isTypeOfExpression(at);
}

/** Where the children of a node stand. */
function inside(node: TS.Node, place: Place): Place {
  const scope = scopeInside(node, place.scope);
  const mayReturn = allowsReturn(node);
  if (mayReturn === undefined && !ts.isModuleBlock(node) && !ts.isPropertyDeclaration(node))
    return scope === place.scope ? place : { ...place, scope };
  return {
    top: false,
    hasArguments: place.hasArguments || (ts.isFunctionLike(node) && !ts.isArrowFunction(node)),
    mayReturn: mayReturn ?? place.mayReturn,
    scope,
  };
}

/**
 * Transforms a cell.
 * @param source the cell as typed
 * @param known names that earlier cells declared
 * @throws CellSyntaxError if it does not parse
 */
export function transformCell(source: string, known: ReadonlySet<string>): TransformedCell {
  try {
    return new Transformation(parseCell(source), known).run();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CellSyntaxError(NESTED_TOO_DEEPLY, 1, 1);
  }
}
