/** What the names in a cell stand for. */
import type TS from "typescript";
import { ts } from "./typescript.js";

type Bound = TS.Node & { locals?: TS.SymbolTable; symbol?: TS.Symbol };

/** True if an identifier stands for a value that it reads or writes, rather than for a key, a label or a type. */
export function isReference(node: TS.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isPropertyAssignment(parent) || ts.isEnumMember(parent)) return parent.initializer === node;
  if (ts.isPropertyDeclaration(parent) || ts.isVariableDeclaration(parent) || ts.isParameter(parent))
    return parent.initializer === node;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent) || ts.isMetaProperty(parent)) return false;
  // The name of a declaration (a function, a class, a method, an enum) is no reference to a value.
  return ts.isShorthandPropertyAssignment(parent) || (parent as TS.Node & { name?: TS.Node }).name !== node;
}

/** Names that a declaration's pattern declares. */
export function boundNames(name: TS.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

/** Nodes around a place that declare names, innermost first; what is at the top level of the cell is not among them. */
export interface Scope {
  readonly node: TS.Node;
  readonly outer: Scope | undefined;
}

/** The scope of a node's children. */
export function scopeInside(node: TS.Node, outer: Scope | undefined): Scope | undefined {
  if (ts.isSourceFile(node)) return outer;
  const declares =
    (node as Bound).locals !== undefined ||
    ts.isFunctionLike(node) ||
    ts.isClassLike(node) ||
    ts.isModuleDeclaration(node) ||
    ts.isEnumDeclaration(node) ||
    isWholePattern(node);
  return declares ? { node, outer } : outer;
}

/** `{ a, b = a }` of `const { a, b = a } = …`: its names are shared only when all of it has run. */
const isWholePattern = (node: TS.Node): node is TS.BindingPattern =>
  (ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node)) && ts.isVariableDeclaration(node.parent);

/**
 * `local`: declared inside the cell, below its top level. `notebook`: a name that cells share. `free`: declared nowhere
 * that is known, so a global, or a name that a later cell declares.
 */
export type Meaning = "local" | "notebook" | "free";

/**
 * @param own names that the cell declares at its top level
 * @param known names that earlier cells declared
 */
export function meaning(
  { escapedText, text }: TS.Identifier,
  scope: Scope | undefined,
  own: ReadonlySet<string>,
  known: ReadonlySet<string>,
): Meaning {
  let inFunction = false;
  for (let at = scope; at !== undefined; at = at.outer) {
    const { node } = at;
    const { locals, symbol } = node as Bound;
    if (locals?.has(escapedText)) return "local";
    if (ts.isFunctionExpression(node) || ts.isClassLike(node))
      if (node.name?.escapedText === escapedText) return "local";
    // Members of an enum and exports of a namespace are in scope inside it, also from another part of it.
    if (ts.isModuleDeclaration(node) || ts.isEnumDeclaration(node))
      if (node.name.text === text || symbol?.exports?.has(escapedText)) return "local";
    inFunction ||= ts.isFunctionLike(node);
    if (!inFunction && isWholePattern(node) && boundNames(node).includes(text)) return "local";
  }
  return own.has(text) || known.has(text) ? "notebook" : "free";
}
