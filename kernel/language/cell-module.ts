/**
 * A cell as a module, for the language service only: it exports what the cell declares and imports from the modules of
 * earlier cells what it takes from them. So a name keeps the type of the cell that it came from, even when a later cell
 * declares it anew, and doc comments travel along.
 */
import type TS from "typescript";
import { parseCell } from "../cells/cell.js";
import { ts } from "../cells/typescript.js";

/** A name that a cell declares. */
export interface Declared {
  /** `variable`: may be assigned to. `ambient`: promised by `declare`, without a value of the cell's own. */
  readonly kind: "variable" | "other";
  /** Doc comment, as it stands. */
  readonly comment: string;
}

export interface CellSource {
  /** The text as it is parsed: an object at a cell's end has brackets. */
  readonly source: string;
  readonly names: ReadonlyMap<string, Declared>;
  /** Names that the cell exports by itself. */
  readonly exported: ReadonlySet<string>;
  /** Whether it adds to global or to another module's declarations. */
  readonly augments: boolean;
}

/** Where a name comes from. */
export interface Origin {
  /** Module name as another cell imports it. */
  readonly module: string;
  readonly declared: Declared;
}

type Bound = TS.Node & { locals?: TS.SymbolTable };

/** What a cell declares. While somebody types, a cell need not parse: it then declares nothing. */
export function readCell(source: string): CellSource {
  let file: TS.SourceFile;
  try {
    file = parseCell(source);
  } catch {
    return { source, names: new Map(), exported: new Set(), augments: false };
  }
  const names = new Map<string, Declared>();
  const exported = new Set<string>();
  for (const [key, local] of (file as Bound).locals ?? []) {
    const symbol = (local as TS.Symbol & { exportSymbol?: TS.Symbol }).exportSymbol;
    const name = ts.unescapeLeadingUnderscores(key);
    const { declarations = [], flags } = symbol ?? local;
    if (declarations.length === 0 || name === "default") continue;
    if (symbol !== undefined) exported.add(name);
    names.set(name, { kind: isVariable(declarations, flags) ? "variable" : "other", comment: comment(declarations) });
  }
  const augments = file.statements.some(
    (statement) => ts.isModuleDeclaration(statement) && (ts.isStringLiteral(statement.name) || isGlobal(statement)),
  );
  return { source: file.text, names, exported, augments };
}

const isGlobal = (node: TS.ModuleDeclaration): boolean => (node.flags & ts.NodeFlags.GlobalAugmentation) !== 0;

function isVariable(declarations: readonly TS.Declaration[], flags: TS.SymbolFlags): boolean {
  if ((flags & ts.SymbolFlags.Variable) === 0 || (flags & ts.SymbolFlags.Type) !== 0) return false;
  return declarations.every((one) => (ts.getCombinedNodeFlags(one) & ts.NodeFlags.Constant) === 0);
}

function comment(declarations: readonly TS.Declaration[]): string {
  const doc = declarations.flatMap((one) => ts.getJSDocCommentsAndTags(one)).find((one) => ts.isJSDoc(one));
  return doc?.getText() ?? "";
}

const NAME = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu;

/** Text of the module, and where in it the cell's own text begins. */
export function cellModule(
  cell: CellSource,
  origins: ReadonlyMap<string, Origin>,
  everything = false,
): { text: string; start: number } {
  // Words of strings and comments count, too: to import a name too much does no harm.
  const words = everything ? origins.keys() : new Set(cell.source.match(NAME));
  const imports = new Map<string, string[]>();
  const variables: string[] = [];
  for (const word of words) {
    const origin = origins.get(word);
    if (origin === undefined || cell.names.has(word)) continue;
    const { module, declared } = origin;
    // An imported name may not be assigned to; a cell may assign to a variable of another.
    if (declared.kind === "variable")
      variables.push(`${declared.comment}\ndeclare let ${word}: typeof import("${module}").${word};`);
    else imports.set(module, [...(imports.get(module) ?? []), word]);
  }
  const lines = Array.from(imports, ([module, list]) => `import { ${list.join(", ")} } from "${module}";`);
  // A doc comment counts only at the beginning of a line.
  const prefix = `${[...lines, ...variables].join("\n")}\n`;
  const own = [...cell.names.keys()].filter((name) => !cell.exported.has(name));
  return { text: `${prefix}${cell.source}\nexport { ${own.join(", ")} };`, start: prefix.length };
}
