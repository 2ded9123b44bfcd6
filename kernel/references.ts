/** What the names in a cell stand for. */
import ts from "typescript";

type Bound = ts.Node & { locals?: ts.SymbolTable; symbol?: ts.Symbol };

/** True if an identifier stands for a value that it reads or writes, rather than for a key, a label or a type. */
export function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isPropertyAssignment(parent) || ts.isEnumMember(parent)) return parent.initializer === node;
  if (ts.isPropertyDeclaration(parent) || ts.isVariableDeclaration(parent) || ts.isParameter(parent))
    return parent.initializer === node;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent) || ts.isMetaProperty(parent)) return false;
  // The name of a declaration (a function, a class, a method, an enum) is no reference to a value.
  return ts.isShorthandPropertyAssignment(parent) || (parent as ts.Node & { name?: ts.Node }).name !== node;
}

/** Names that a declaration's pattern declares. */
export function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

/**
 * `local`: declared inside the cell, below its top level. `notebook`: a name that cells share. `free`: declared nowhere
 * that is known, so a global, or a name that a later cell declares.
 */
export type Meaning = "local" | "notebook" | "free";

/**
 * @param own names that the cell declares at its top level
 * @param known names that earlier cells declared
 */
export function meaning(node: ts.Identifier, own: ReadonlySet<string>, known: ReadonlySet<string>): Meaning {
  const { escapedText, text } = node;
  let inFunction = false;
  let below: ts.Node = node;
  for (let at: ts.Node = node.parent; !ts.isSourceFile(at); below = at, at = at.parent) {
    const { locals, symbol } = at as Bound;
    if (locals?.has(escapedText)) return "local";
    if (ts.isFunctionExpression(at) || ts.isClassLike(at)) if (at.name?.escapedText === escapedText) return "local";
    // Members of an enum and exports of a namespace are in scope inside it, also from another part of it.
    if (ts.isModuleDeclaration(at) || ts.isEnumDeclaration(at))
      if (at.name.text === text || symbol?.exports?.has(escapedText)) return "local";
    inFunction ||= ts.isFunctionLike(at);
    // `const { a, b = a } = …`: names of the pattern are shared only when all of it has run.
    if (!inFunction && ts.isVariableDeclaration(at) && at.name === below && boundNames(at.name).includes(text))
      return "local";
  }
  return own.has(text) || known.has(text) ? "notebook" : "free";
}
