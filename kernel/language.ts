/**
 * What the notebook knows of its own code: types, completion and documentation. Each cell is a virtual module beside the
 * notebook that imports the names of earlier cells and exports its own; TypeScript's language service then re-checks
 * only what is new, and doc comments travel as they are.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { declaredNames, parseCell } from "./cell.js";

/** A type error of a cell; `line` counts from 1. */
export interface Warning {
  readonly line: number;
  readonly message: string;
}

export interface Completion {
  readonly matches: string[];
  /** Range of the source that a match replaces, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly types: { text: string; type: string }[];
}

/** What is wrong only for the virtual module: imported names are read-only there, but a cell may assign to them. */
const NOT_FOR_CELLS = new Set([2632, 1378, 1375, 2440, 2300]);

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
  strict: true,
  noImplicitAny: false,
  skipLibCheck: true,
  resolveJsonModule: true,
  allowImportingTsExtensions: true,
  moduleDetection: ts.ModuleDetectionKind.Force,
  noEmit: true,
  types: ["node"],
};

/** Names that the kernel gives to every cell. */
const AMBIENT = `
/** Shows a value below the cell, like the last expression of a cell. Give \`displayId\` to renew it later. */
declare function display(value: unknown, options?: { displayId?: string; update?: boolean }): Promise<void>;
/** Clears the output of the cell; with \`wait\`, once something new comes. */
declare function clearOutput(wait?: boolean): void;
/** Shows a value in the pager, beside the notebook. */
declare function page(value: unknown): Promise<void>;
/** Asks the reader of the notebook for a line of text. */
declare function input(prompt?: string): Promise<string>;
`;

interface CellFile {
  text: string;
  version: number;
  /** Names it exports, types included. */
  names: readonly string[];
}

export class Language {
  private readonly files = new Map<string, CellFile>();
  /** Which file declares a name now. */
  private readonly owners = new Map<string, string>();
  private readonly service: ts.LanguageService;
  private readonly ambient: string;
  private version = 0;

  /**
   * @param folder the notebook's folder: relative imports and packages resolve from here
   * @param home the folder of the kernel's own package, whose dependencies resolve after the notebook's
   * @param aliases type files of packages that resolve anywhere: name → path of a `.d.ts`
   */
  constructor(
    private readonly folder: string,
    private readonly home: string,
    private readonly aliases: Readonly<Record<string, string>>,
  ) {
    this.ambient = join(folder, "__voxbook_ambient__.d.ts");
    this.service = ts.createLanguageService(this.host(), ts.createDocumentRegistry());
  }

  private host(): ts.LanguageServiceHost {
    const virtual = (path: string): string | undefined =>
      path === this.ambient ? AMBIENT : this.files.get(path)?.text;
    const host: ts.LanguageServiceHost = {
      getCompilationSettings: () => ({ ...OPTIONS, typeRoots: [join(this.home, "node_modules/@types")] }),
      getScriptFileNames: () => [this.ambient, ...this.files.keys()],
      getScriptVersion: (path) =>
        String(this.files.get(path)?.version ?? (virtual(path) === undefined ? stamp(path) : 0)),
      getScriptSnapshot: (path) => {
        const text = virtual(path) ?? (existsSync(path) ? readFileSync(path, "utf8") : undefined);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => this.folder,
      getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
      fileExists: (path) => virtual(path) !== undefined || ts.sys.fileExists(path),
      readFile: (path) => virtual(path) ?? ts.sys.readFile(path),
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
      readDirectory: ts.sys.readDirectory,
      realpath: ts.sys.realpath ?? ((path) => path),
      resolveModuleNameLiterals: (literals, from, _redirected, options) => {
        const scope = { fileExists: host.fileExists, readFile: host.readFile, directoryExists: ts.sys.directoryExists };
        return literals.map(({ text }) => {
          const alias = this.aliases[text];
          if (alias !== undefined && existsSync(alias))
            return { resolvedModule: { resolvedFileName: alias, extension: ts.Extension.Dts } };
          const found = ts.resolveModuleName(text, from, options, scope);
          if (found.resolvedModule !== undefined || /^[./]/.test(text)) return found;
          return ts.resolveModuleName(text, join(this.home, "x.ts"), options, scope);
        });
      },
    };
    return host;
  }

  /** Makes a cell known, as the newest one. @returns the path of its virtual module, for {@link check} */
  add(index: number, source: string): string {
    const path = join(this.folder, `__cell_${index}__.ts`);
    this.write(path, source);
    for (const name of this.files.get(path)!.names) this.owners.set(name, path);
    return path;
  }

  private write(path: string, source: string): number {
    let names: string[] = [];
    let suffix = "";
    try {
      const file = parseCell(source);
      names = declaredNames(file).all;
      const exported = new Set(
        file.statements.flatMap((statement) =>
          ts.canHaveModifiers(statement) && statement.modifiers?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)
            ? ts.isVariableStatement(statement)
              ? statement.declarationList.declarations.map((d) => d.name.getText())
              : [(statement as ts.DeclarationStatement).name?.getText() ?? ""]
            : [],
        ),
      );
      const own = names.filter((name) => !exported.has(name));
      suffix = `\nexport { ${own.join(", ")} };`;
    } catch {
      // While somebody types, a cell need not parse: it then has the earlier names, and none of its own.
    }
    const own = new Set(names);
    const imports = new Map<string, string[]>();
    for (const [name, owner] of this.owners)
      if (!own.has(name) && owner !== path) imports.set(owner, [...(imports.get(owner) ?? []), name]);
    const lines = Array.from(
      imports,
      ([owner, list]) =>
        `import { ${list.join(", ")} } from ${JSON.stringify(`./${owner.slice(dirname(owner).length + 1).replace(/\.ts$/, "")}`)};`,
    );
    const prefix = `${lines.join(" ")}\n`;
    this.files.set(path, { text: prefix + source + suffix, version: ++this.version, names });
    return prefix.length;
  }

  /** Type errors of a cell that {@link add} made known, in the order of its lines. */
  check(path: string): Warning[] {
    const file = this.files.get(path)!;
    const start = file.text.indexOf("\n") + 1;
    const source = this.service.getProgram()?.getSourceFile(path);
    if (source === undefined) return [];
    return this.service
      .getSemanticDiagnostics(path)
      .filter(
        (d) => d.category === ts.DiagnosticCategory.Error && !NOT_FOR_CELLS.has(d.code) && (d.start ?? 0) >= start,
      )
      .map((d) => ({
        line: source.getLineAndCharacterOfPosition(d.start ?? 0).line,
        message: `${ts.flattenDiagnosticMessageText(d.messageText, "\n  ")} (TS${d.code})`,
      }))
      .filter((warning) => warning.line >= 1);
  }

  private scratch(source: string): { path: string; offset: number } {
    const path = join(this.folder, "__cell_now__.ts");
    return { path, offset: this.write(path, source) };
  }

  /** What could stand at a position (UTF-16 units) of unfinished source. */
  complete(source: string, position: number): Completion {
    const { path, offset } = this.scratch(source);
    const found = this.service.getCompletionsAtPosition(path, offset + position, {
      includeCompletionsWithInsertText: false,
      includeCompletionsForModuleExports: false,
    });
    const typed = /[\w$]*$/.exec(source.slice(0, position))![0];
    const named = (found?.entries ?? []).filter((entry) => !entry.name.startsWith("__cell_"));
    const exact = named.filter((entry) => entry.name.startsWith(typed));
    const entries = (
      exact.length > 0 ? exact : named.filter((entry) => entry.name.toLowerCase().startsWith(typed.toLowerCase()))
    ).sort((a, b) => a.sortText.localeCompare(b.sortText) || a.name.localeCompare(b.name));
    return {
      matches: entries.map((entry) => entry.name),
      types: entries.map((entry) => ({ text: entry.name, type: entry.kind })),
      start: position - typed.length,
      end: position,
    };
  }

  /** Signature and documentation of what stands at a position, as plain text and Markdown; undefined if nothing does. */
  inspect(source: string, position: number): { text: string; markdown: string } | undefined {
    const { path, offset } = this.scratch(source);
    // A cursor behind a name or behind its bracket still asks for the name.
    for (const back of [0, 1, 2]) {
      const info = this.service.getQuickInfoAtPosition(path, offset + Math.max(0, position - back));
      if (info === undefined) continue;
      const signature = ts.displayPartsToString(info.displayParts);
      const documentation = ts.displayPartsToString(info.documentation);
      const tags = (info.tags ?? []).map((tag) => `@${tag.name} ${ts.displayPartsToString(tag.text)}`);
      const plain = [signature, documentation, tags.join("\n")].filter((part) => part !== "").join("\n\n");
      const markdown = [
        `\`\`\`ts\n${signature}\n\`\`\``,
        documentation,
        tags.map((tag) => `- \`${tag.split(" ")[0]}\` ${tag.slice(tag.indexOf(" ") + 1)}`).join("\n"),
      ];
      return { text: plain, markdown: markdown.filter((part) => part !== "").join("\n\n") };
    }
    return undefined;
  }
}

function stamp(path: string): number {
  return ts.sys.getModifiedTime?.(path)?.getTime() ?? 0;
}
