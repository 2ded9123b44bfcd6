/** What takes the place of a cell's import and export statements, which only a module may have. */
import type TS from "typescript";
import { ts } from "./typescript.js";

/** What the text of a cell calls its surroundings. */
export interface CellNames {
  /** The object that the cell's function takes: see CellSurroundings in run-cell.ts. */
  readonly cell: string;
  /** The {@link Binding} of a shared name. */
  binding(name: string): string;
}

const attributes = (node: { attributes?: TS.ImportAttributes }): string =>
  node.attributes === undefined
    ? ""
    : `{ with: { ${node.attributes.elements.map(({ name, value }) => `${name.getText()}: ${value.getText()}`).join(", ")} } }`;

/** A string literal or name as a string: `"a b"`, `default`. */
const exported = (name: TS.ModuleExportName): string => JSON.stringify(name.text);

/**
 * The module is loaded where the statement stands; each name becomes a link to what the module exports.
 * What is imported for its type alone is not loaded if that is said (`import type`); a type among values does no harm.
 */
export function importStatement(node: TS.ImportDeclaration, names: CellNames): string {
  const clause = node.importClause;
  if (clause?.isTypeOnly === true) return "";
  const pairs: string[] = [];
  const pair = (key: string, local: TS.Identifier): void => {
    pairs.push(`[${key}, ${names.binding(local.text)}]`);
  };
  if (clause?.name !== undefined) pair('"default"', clause.name);
  const bindings = clause?.namedBindings;
  if (bindings !== undefined && ts.isNamespaceImport(bindings)) pair('"*"', bindings.name);
  if (bindings !== undefined && ts.isNamedImports(bindings)) {
    for (const element of bindings.elements)
      if (!element.isTypeOnly) pair(exported(element.propertyName ?? element.name), element.name);
    if (pairs.length === 0 && bindings.elements.length > 0) return "";
  }
  const options = attributes(node);
  return `await ${names.cell}.bring(${node.moduleSpecifier.getText()}, [${pairs.join(", ")}]${options && `, ${options}`});`;
}

/** `export … from` loads the module; it declares no name, as in a module. Other lists change nothing: every name is shared. */
export function exportStatement(node: TS.ExportDeclaration, names: CellNames): string {
  const { exportClause, moduleSpecifier } = node;
  if (moduleSpecifier === undefined || node.isTypeOnly) return "";
  if (exportClause !== undefined && ts.isNamedExports(exportClause)) {
    const { elements } = exportClause;
    if (elements.length > 0 && elements.every(({ isTypeOnly }) => isTypeOnly)) return "";
  }
  const options = attributes(node);
  return `await ${names.cell}.import(${moduleSpecifier.getText()}${options && `, ${options}`});`;
}
